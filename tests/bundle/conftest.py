"""A bundle, a committee's bundle, and a file of code that tells whether it was run."""

from dataclasses import replace

import pytest
from small_bundles import INFO, RULE, model_of

from papernets.bundle.save import save_bundle


@pytest.fixture
def bundle(tmp_path):
    folder = tmp_path / "bundle"
    save_bundle(folder, INFO, model_of().state_dict())
    return folder


@pytest.fixture
def pile(bundle):
    """A committee's bundle."""
    folder = bundle.parent / "pile"
    for name in "12":
        save_bundle(folder / name, INFO, model_of(seed=int(name)).state_dict())
    save_bundle(folder, replace(INFO, kind="committee", members=("1", "2"), rule=RULE), None)
    return folder


EVIL = """
from pathlib import Path
Path(__file__).with_suffix(".ran").touch()
from papernets.nets import net
NET = net("lenet5_keras_28")
"""


@pytest.fixture
def evil(tmp_path, monkeypatch):
    """A file of code in the present folder; evil.ran beside it tells that it was run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evil.py").write_text(EVIL)
    return tmp_path / "evil.py"
