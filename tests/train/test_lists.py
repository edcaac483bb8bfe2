"""The lists of pictures that a run keeps beside its state: there before it, and checked."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from noise import noise
from small_runs import a_run, do

from papernets.bundle.seen import BEFORE, PICTURES, read_seen
from papernets.train import outcome, session
from papernets.train.events import Epoch, Started
from papernets.train.sealed import sealed, unsealed

LISTS = Path("state", PICTURES)


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcome, "draw", lambda *_: None)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """given/, a run on pictures/, and whole/, a run with its weights on the same pictures."""
    root = tmp_path_factory.mktemp("lists")
    noise(root / "pictures", 30)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcome, "draw", lambda *_: None)
        do(run_of(root), root / "given")
        do(run_with(root), root / "whole")
    return root


def run_of(root: Path, **settings):
    return a_run("lenet1", data=str(root / "pictures"), epochs=2, **settings)


def run_with(root: Path, **settings):
    return run_of(root, seed=9, weights=str(root / "given"), **settings)


def first(event: object) -> bool:
    return isinstance(event, Epoch) and event.epoch == 1


def left(folder: Path) -> tuple:
    result = json.loads((folder / "result.json").read_text())
    result.pop("seconds")
    names = ("best/weights.safetensors", f"best/{PICTURES}", f"last/{PICTURES}", LISTS)
    return result, [(folder / name).read_bytes() for name in names]


def test_killed_between_the_state_and_the_first_views(home, tmp_path, monkeypatch) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(session, "save_views", killed)
        with pytest.raises(KeyboardInterrupt):
            do(run_with(home), tmp_path / "half")
    assert (tmp_path / "half" / "state" / "state.pt").exists()
    assert not (tmp_path / "half" / "last").exists()
    started = do(None, tmp_path / "half", resume=True)[0]
    assert isinstance(started, Started) and started.epochs_done == 1
    assert left(tmp_path / "half") == left(home / "whole")
    seen = read_seen(tmp_path / "half" / "last")
    given = read_seen(home / "given" / "best")
    assert seen is not None and given is not None
    assert seen.counts[BEFORE] == given.counts["train"] + given.counts["validation"] > 50
    assert left(home / "whole")[0]["test_seen_before"] > 0


def test_lists_are_there_before_the_first_state(home, tmp_path, monkeypatch) -> None:
    def look(folder: Path, *_: object) -> None:
        assert read_seen(folder / "state") is not None
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "save_state", look)
    with pytest.raises(KeyboardInterrupt):
        do(run_with(home), tmp_path / "run")


@pytest.fixture
def half(home, tmp_path) -> Path:
    """A run that was stopped after its first epoch."""
    with pytest.raises(KeyboardInterrupt):
        do(run_with(home), tmp_path / "half", until=first)
    return tmp_path / "half"


def test_other_lists_than_those_of_the_run_are_refused(home, half) -> None:
    path = half / LISTS
    kept = path.read_bytes()
    assert kept == (half / "last" / PICTURES).read_bytes()

    def refused(why: str) -> None:
        with pytest.raises(ValueError) as error:
            do(None, half, resume=True)
        assert str(error.value) == (
            f"{path} is not the list of pictures that a run wrote ({why}). Bring back the one that "
            "this run wrote, or start a new run with another --out. Where it has saved an epoch, "
            f"its last/{PICTURES} is the same file"
        )

    shutil.copy(home / "given" / LISTS, path)
    refused("it is another file than the one that was written")
    path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    refused("it is another file than the one that was written")
    path.unlink()
    refused("it is not there")
    os.mkfifo(path)
    refused("it is not a regular file, where a file should be")
    path.unlink()
    path.mkdir()
    refused("it is a folder, where a file should be")
    path.rmdir()
    shutil.copy(half / "last" / PICTURES, path)  # as the error says
    do(None, half, resume=True)
    assert left(half) == left(home / "whole")


@pytest.mark.parametrize("kept", [True, False])
def test_a_state_of_before_goes_on(home, half, kept: bool) -> None:
    state = half / "state" / "state.pt"
    values = unsealed(state)
    del values["lists"]
    state.write_bytes(sealed(values))
    (half / LISTS).unlink()
    if not kept:
        (half / "last" / PICTURES).unlink()
    started = do(None, half, resume=True)[0]
    old = "this run began with an earlier version, and its state names no list of its pictures: "
    said = f"the list in {half / 'last'} is taken"
    if not kept:
        said = "whether its first weights were trained on some of these test pictures is not known"
    assert started.notes[-1] == old + said
    result = json.loads((half / "result.json").read_text())
    assert ("test_seen_before" in result) == kept


def test_a_link_in_the_place_of_best_is_an_error(home, tmp_path) -> None:
    victim = tmp_path / "victim"
    shutil.copytree(home / "given" / "best", victim)
    before = {file.name: file.read_bytes() for file in victim.iterdir()}
    with pytest.raises(KeyboardInterrupt):
        do(run_of(home), tmp_path / "run", until=first)
    shutil.rmtree(tmp_path / "run" / "best")
    (tmp_path / "run" / "best").symlink_to(victim)
    with pytest.raises(OSError, match="best is a link: nothing is written through it"):
        do(None, tmp_path / "run", resume=True)
    assert {file.name: file.read_bytes() for file in victim.iterdir()} == before
