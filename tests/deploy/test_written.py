"""What is written, and what is said of it."""

import numpy as np
import pytest

from papernets.bundle.load import load_bundle
from papernets.deploy.export import Asked, export
from papernets.deploy.judge import Check, compared, drawn
from papernets.deploy.material import Material


def test_files_have_the_permissions_of_any_new_file(tmp_path):
    bundle = load_bundle("lenet5")
    (tmp_path / "any").touch()
    for to, name in (("python", "net.py"), ("safetensors", "w.safetensors"), ("card", "README.md")):
        export(bundle, tmp_path / name, Asked(to), lambda: Material(drawn(bundle, 3)))
    assert len({path.stat().st_mode for path in tmp_path.iterdir()}) == 1
    assert len([*tmp_path.iterdir()]) == 5


def test_the_same_weights_may_lie_beside_a_file_of_code(tmp_path):
    """They were exported before; others are not replaced, and the error says whose place it is."""
    bundle = load_bundle("lenet5")
    seen = lambda: Material(drawn(bundle, 2))  # noqa: E731
    export(bundle, tmp_path / "net.safetensors", Asked("safetensors"), seen)
    assert len(export(bundle, tmp_path / "net.py", Asked("python"), seen).files) == 2
    other = load_bundle("lenet1")
    export(other, tmp_path / "own.safetensors", Asked("safetensors"), seen)
    with pytest.raises(
        FileExistsError, match=r"own.safetensors is there.*own.py keeps its weights"
    ):
        export(bundle, tmp_path / "own.py", Asked("python"), seen)
    assert not (tmp_path / "own.py").exists()


def test_what_float32_is_off_by_is_another_measure():
    told = Check("digits", 1, 1, 0, 2e-5, rounding=7.3e-6).words()
    assert told.endswith(
        "2.0e-05 of the largest output (float32 itself is off by 7.3e-06 from float64)"
    )


def test_outputs_that_are_equal_are_said_to_be():
    same = np.array([[1.0, 0.0]])
    told = compared(same, same, "digits, test set").words()
    assert told.endswith(
        "1 stored picture (digits, test set): all labels equal, outputs equal to the bit"
    )
