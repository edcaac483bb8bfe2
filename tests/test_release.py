"""make release: what it holds the versions to, and the oldest that it tries."""

import tomllib
import zipfile
from pathlib import Path

import pytest

from release import release

ROOT = Path(__file__).resolve().parents[1]


def test_the_versions_agree():
    assert release.check_versions() == __import__("papernets").__version__


def test_the_oldest_and_the_newest_are_those_of_pyproject(monkeypatch):
    monkeypatch.setattr(release, "found", "python{}".format)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    oldest, newest = release.extremes(project, torch_pinned=False)
    assert project["requires-python"] == ">=3.11" and oldest.python == "python3.11"
    assert "torch==2.9" in oldest.constraints and newest.constraints == ()
    assert newest.python == "python3.13"
    torch = [one for one in release.pinned().constraints if one.startswith("torch==")]
    for trial in release.extremes(project, torch_pinned=True):
        assert [one for one in trial.constraints if one.startswith("torch==")] == torch


def test_a_wheel_that_lacks_something_or_is_too_large_is_refused(tmp_path, monkeypatch):
    wheel, version = tmp_path / "papernets.whl", release.check_versions()
    names = [*(f"{one}x" for one in release.OURS), f"papernets-{version}.dist-info/METADATA"]

    def written(*several):
        with zipfile.ZipFile(wheel, "w") as file:
            for name in several:
                file.writestr(name, "x")

    written(*names)
    release.check_wheel(wheel, version)
    monkeypatch.setattr(release, "MOST", 10)
    with pytest.raises(SystemExit, match="and may have 10"):
        release.check_wheel(wheel, version)
    monkeypatch.undo()
    for lacking in names:
        written(*(name for name in names if name != lacking))
        with pytest.raises(SystemExit, match="lacks"):
            release.check_wheel(wheel, version)
    written(*names, "tests/test_x.py")
    with pytest.raises(SystemExit, match="beside the package"):
        release.check_wheel(wheel, version)
