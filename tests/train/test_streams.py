"""A run on a stream larger than memory: the same whoever reads it, and wherever it goes on."""

from dataclasses import replace

import pytest
import torch
from small_photos import AUGMENT, OWN
from small_runs import After, a_run, do, left_by
from streamed_sets import MadeStream, pretend, small_memory

from papernets.train import outcome, source
from papernets.train.events import Started
from papernets.train.keeping import heeding
from papernets.train.pictures import open_data, preprocessing_for
from papernets.train.settings import read_config
from papernets.train.source import Source

LABELS = [0, 1, 1, 0, 1, 0] * 14


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """Chunks of 16 pictures, no drawn curves, and a set that no memory holds."""
    monkeypatch.setattr(outcome, "draw", lambda *_: None)
    monkeypatch.setattr(source, "CHUNK", 16)
    monkeypatch.setattr("papernets.train.source.PIXELS", 16 * 256)
    parts = {"train": MadeStream(LABELS), "validation": MadeStream([1, 0] * 6, 300)}
    pretend(monkeypatch, **parts, test=MadeStream([0, 1] * 5, 600))
    small_memory(monkeypatch)


@pytest.fixture
def run(tmp_path):
    (tmp_path / "own.py").write_text(OWN)
    settings = {"epochs": 2, "batch_size": 8, "learning_rate": 0.02, "shuffle_buffer": 20}
    settings |= {"augment": AUGMENT, "enlarge": 1.25, "standardise": True, "memory": 1e-9}
    return a_run(f"{tmp_path}/own.py:make", data="hf-stream:made", **settings)


def moved(run, **where):
    return replace(run, where=replace(run.where, **where))


def of(run, rank=(0, 1)):
    dataset = open_data(run, (3, 16, 16))
    eyes = preprocessing_for(run.recipe, run.found.net.member, dataset)
    return Source(dataset.train, eyes, run.recipe, torch.device("cpu"), rank)


def test_the_order_is_of_seed_and_epoch_and_an_epoch_is_one_pass(run):
    made = of(run)
    order = made.order(1)
    assert torch.equal(order, of(run).order(1)) and not torch.equal(order, made.order(2))
    assert not torch.equal(order, of(run.changed(seed=1)).order(1))
    whole = list(made.epoch(1))
    MadeStream.begun = 0
    assert len(list(made.epoch(2))) == len(whole) and MadeStream.begun == 1
    for start in (1, 5, 9):
        rest = list(of(run).epoch(1, start))
        assert all(map(torch.equal, [b.images for b in rest], [b.images for b in whole[start:]]))
    shares = [list(of(run, (rank, 2)).epoch(1)) for rank in range(2)]
    for batch, *both in zip(whole, *shares, strict=True):
        assert torch.equal(batch.images, torch.cat([share.images for share in both]))


@pytest.mark.parametrize("workers", [0, pytest.param(2, marks=pytest.mark.slow)])
def test_a_run_is_the_same_in_memory_and_when_it_goes_on(run, tmp_path, workers):
    events = do(moved(run, memory=0.0), tmp_path / "held")
    whole = left_by(tmp_path / "held")
    (begun,) = [event for event in events if isinstance(event, Started)]
    assert "drawn among 20" in begun.dataset.remarks[-1]
    with pytest.raises(KeyboardInterrupt), heeding(After(13)):
        do(moved(run, workers=workers), tmp_path / "stopped")
    do(None, tmp_path / "stopped", resume=True)
    assert left_by(tmp_path / "stopped") == whole


def test_what_cannot_be_is_told(run, tmp_path):
    with pytest.raises(ValueError, match=r"balance=sampling takes pictures from anywhere.*hf:NAME"):
        of(run.changed(balance="sampling"))
    with pytest.raises(ValueError, match="shuffle_buffer must be at least 1, not 0"):
        run.changed(shuffle_buffer=0)
    assert run.recipe.buffer == 20 and replace(run.recipe, data="photos").buffer == 0


def test_runs_of_before_shuffle_all_at_once(run, tmp_path):
    text = "".join(f"{line}\n" for line in run.to_toml().splitlines() if "shuffle_buf" not in line)
    (tmp_path / "run.toml").write_text(text)
    assert read_config(tmp_path / "run.toml")["shuffle_buffer"] == 2**31
