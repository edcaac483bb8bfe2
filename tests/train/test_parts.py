"""Which pictures a run learns from and is tested on: kept, gone on with, and said."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from noise import noise
from small_runs import a_run, do

from papernets.bundle.load import load_bundle
from papernets.bundle.seen import PICTURES, Marked, Seen, read_seen
from papernets.cli import main
from papernets.data import open as open_data
from papernets.evaluate.known import split_of
from papernets.evaluate.pictures import open_pictures
from papernets.train import outcome
from papernets.train.events import Epoch, Started
from papernets.train.settings import read_config


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcome, "draw", lambda *_: None)


def first(event: object) -> bool:
    return isinstance(event, Epoch) and event.epoch == 1


def run_of(folder: Path, **settings):
    return a_run("lenet1", data=str(folder / "pictures"), epochs=2, **settings)


def left(folder: Path) -> tuple:
    result = json.loads((folder / "result.json").read_text())
    result.pop("seconds")
    files = [folder / name / file for name in ("best", "last") for file in ("weights.safetensors",)]
    return result, [file.read_bytes() for file in files], read_bytes(folder)


def read_bytes(folder: Path) -> list[bytes]:
    return [(folder / name / PICTURES).read_bytes() for name in ("best", "last")]


def test_a_run_of_before_goes_on_with_its_own_draw(tmp_path: Path) -> None:
    noise(tmp_path / "pictures", 30)
    do(run_of(tmp_path, split="order"), tmp_path / "whole")
    half = tmp_path / "half"
    with pytest.raises(KeyboardInterrupt):
        do(run_of(tmp_path, split="order"), half, until=first)
    config = half / "run.toml"
    config.write_text(re.sub(r'split = "order"\n', "", config.read_text()))
    shutil.rmtree(half / "last")  # such a run had no list either
    started = do(None, half, resume=True)[0]
    assert isinstance(started, Started)
    assert started.dataset.split.endswith("(80, 10 and 10 %), drawn by class with seed 0")
    assert left(half)[:2] == left(tmp_path / "whole")[:2]


def test_a_bundle_of_before_is_tested_as_its_run_drew(tmp_path: Path) -> None:
    noise(tmp_path / "pictures", 30)
    do(run_of(tmp_path, split="order"), tmp_path / "run")
    bundle = load_bundle(tmp_path / "run")
    (bundle.folder / PICTURES).unlink()
    settings = {k: v for k, v in bundle.info.run.items() if k != "split"}
    old = replace(bundle, info=replace(bundle.info, run=settings))
    found = open_pictures(old, str(tmp_path / "pictures"))
    drawn = open_data(str(tmp_path / "pictures"), split="order")
    assert found.files == drawn.test.files
    assert "The network keeps no list of its pictures" in found.notes[-1]
    assert (split_of(settings), split_of({})) == ("order", "content")


def test_with_weights_and_stopped_is_never_stopped(tmp_path: Path) -> None:
    """What the weights had seen is kept: the run that gave them may be gone."""
    noise(tmp_path / "pictures", 40)
    do(run_of(tmp_path), tmp_path / "given")
    run = run_of(tmp_path, seed=9, weights=str(tmp_path / "given"))
    started = do(run, tmp_path / "whole")[0]
    assert "test pictures were trained on, or chose the epoch, with the" in started.notes[0]
    assert "pictures that choose the epoch were trained on with those weights" in started.notes[1]
    with pytest.raises(KeyboardInterrupt):
        do(run, tmp_path / "half", until=first)
    shutil.rmtree(tmp_path / "given")
    do(None, tmp_path / "half", resume=True)
    assert left(tmp_path / "half") == left(tmp_path / "whole")
    seen = read_seen(tmp_path / "half" / "best")
    assert seen is not None and seen.counts["test"] == left(tmp_path / "half")[0]["test_images"]


def test_weights_that_have_seen_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noise(tmp_path / "pictures" / "train", 10)
    noise(tmp_path / "pictures" / "val", 4, first=50)
    do(run_of(tmp_path), tmp_path / "given")
    other = tmp_path / "other"
    shutil.copytree(tmp_path / "pictures" / "train", other / "val")
    noise(other / "train", 10, first=100)
    run = a_run("lenet1", data=str(other), epochs=1, weights=str(tmp_path / "given"))
    started = do(run, tmp_path / "out")[0]
    assert started.notes == (
        "20 of the 20 test pictures were trained on, or chose the epoch, with the weights that "
        "this run begins with: the test error is none on new pictures",
    )
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert result["test_seen_before"] == result["test_images"] == 20
    assert main(["train", "--resume", "--out", str(tmp_path / "out")]) == 0
    assert "had seen all these pictures: this is not a test." in capsys.readouterr().out


def test_weights_without_a_list(tmp_path: Path) -> None:
    noise(tmp_path / "pictures", 20)
    do(run_of(tmp_path), tmp_path / "given")
    for name in ("best", "last"):
        (tmp_path / "given" / name / PICTURES).unlink()
    started = do(run_of(tmp_path, weights=str(tmp_path / "given")), tmp_path / "out")[0]
    assert "keeps no list of its pictures: whether it was trained on" in started.notes[0]


def test_a_run_prints_its_classes_and_what_is_odd(tmp_path: Path, capsys) -> None:
    noise(tmp_path / "pictures", 20)
    noise(tmp_path / "pictures", 1, classes="c")
    shutil.copy(tmp_path / "pictures" / "a" / "1.png", tmp_path / "pictures" / "b" / "copy.png")
    flags = ["--data", f"{tmp_path}/pictures", "--epochs", "1", "--out", f"{tmp_path}/run"]
    assert main(["train", "lenet1", *flags]) == 0
    said, err = capsys.readouterr()
    assert re.search(r"^3 classes: a \d+/\d/\d, b \d+/\d/\d, c 1/0/0 \(to train, to ch", err, re.M)
    assert "note: 1 picture under two classes or more (first: " in err
    assert re.search(r"val \d+\.\d % \(\d+ to \d+ %\)", err)
    assert re.search(r"Always '[ab]' is .* % error; balanced error, the mean of the classes", said)
    assert "No test picture of c." in said
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert result["untested"] == ["c"] and result["most_frequent"] in "ab"
    assert result["untrained"] == []


def test_a_dry_run_looks_at_the_pictures_and_writes_nothing(
    tmp_path: Path, capsys, monkeypatch
) -> None:
    noise(tmp_path / "pictures", 20)
    (tmp_path / "pictures" / "a" / "bad.png").write_text("no picture")
    monkeypatch.chdir(tmp_path)
    flags = ["train", "lenet1", "--data", "pictures", "--dry-run"]
    assert main(flags) == 0
    out, err = capsys.readouterr()
    assert "\nlow = -0.1\n" in out and "\nmomentum = " not in out and "\nbetas = " in out
    assert main([*flags, "--set", "standardise=true"]) == 0
    assert "\nlow = " not in capsys.readouterr().out
    assert "2 classes: a " in err and "bad.png: not a picture" in err
    assert re.search(r"^an epoch takes about [\d.e-]+ s, \d+ take [\d.]+ s$", err, re.M), err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["pictures"]
    assert main([*flags, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert sum(map(sum, found["pictures"]["counts"].values())) == 40
    assert found["epoch_seconds"] > 0 and found["net"] == "lenet1"
    assert main([*flags, "--strict"]) == 1
    assert "1 of 41 files are not readable" in capsys.readouterr().err


def test_a_list_keeps_what_it_has_and_little_else() -> None:
    random = np.random.RandomState(0)
    keys, others = (random.randint(0, 2**63, 20_000).astype(np.uint64) * 2 for _ in range(2))
    marked = Marked.of(keys)
    assert marked.has(keys).all() and not marked.has(others).any()
    both = marked.joined(Marked.of(others[:10]))
    assert both.has(keys).all() and both.has(others[:10]).all() and not both.has(others[10:]).any()
    assert len(Seen({"train": marked}).to_bytes()) < 4 * 20_000 + 400


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_short_lists(tmp_path: Path, count: int) -> None:
    from papernets.bundle.seen import write_seen

    keys = np.arange(1, count + 1).astype(np.uint64) << np.uint64(60)
    write_seen(tmp_path, Seen({"train": Marked.of(keys)}, {"train": count}))
    seen = read_seen(tmp_path)
    assert seen is not None and seen.counts == {"train": count}
    assert seen.has("train", keys, keys).all()
    far = np.array([5 << 61], np.uint64)
    assert not seen.has("train", far, far).any() and not seen.has("test", keys, keys).any()


def test_settings_name_the_draw(tmp_path: Path) -> None:
    noise(tmp_path / "pictures", 20)
    do(run_of(tmp_path), tmp_path / "run")
    assert read_config(tmp_path / "run" / "run.toml")["split"] == "content"
    assert main(["train", "lenet1", "--set", "split=name", "--dry-run"]) == 2
