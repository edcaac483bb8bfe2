"""What is written, and what is said of it."""

import numpy as np

from papernets.bundle.load import load_bundle
from papernets.deploy.export import Asked, export
from papernets.deploy.judge import compared, drawn
from papernets.deploy.material import Material


def test_files_have_the_permissions_of_any_new_file(tmp_path):
    bundle = load_bundle("lenet5")
    (tmp_path / "any").touch()
    for to, name in (("python", "net.py"), ("safetensors", "w.safetensors"), ("card", "README.md")):
        export(bundle, tmp_path / name, Asked(to), lambda: Material(drawn(bundle, 3)))
    assert len({path.stat().st_mode for path in tmp_path.iterdir()}) == 1
    assert len([*tmp_path.iterdir()]) == 5


def test_outputs_that_are_equal_are_said_to_be():
    same = np.array([[1.0, 0.0]])
    told = compared(same, same, "digits, test set").words()
    assert told.endswith(
        "1 stored picture (digits, test set): all labels equal, outputs equal to the bit"
    )
