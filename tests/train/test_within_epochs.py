"""A run stopped within an epoch goes on from that step, and is then never stopped."""

import errno
import json
import os
import signal

import pytest
import torch
from small_runs import (
    CPU,
    DATA,
    EYES,
    NORMED,
    TINY,
    After,
    a_run,
    do,
    drawn,
    left_by,
    log_of,
    never_stopped,
    run_of,
    write_own,
)  # fmt: skip

from papernets.data.stored import OnDemand, marks_of
from papernets.train import outcome, session
from papernets.train.checkpoint import load_state
from papernets.train.events import Started
from papernets.train.fit import Between, Diverged, Due, fit
from papernets.train.keeping import Keeper, every, heeding
from papernets.train.recipe import TrainRecipe
from papernets.train.source import Source
from papernets.train.state import start
from papernets.train.stepper import Alone

LISTED = {"schedule": "listed", "rates": ((0.002, 1), (0.001, 1), (0.0005, 1))}


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch):
    monkeypatch.setattr(outcome, "draw", lambda *_: None)


@pytest.mark.parametrize(
    "settings",
    [
        {"warmup_error": 0.6, "warmup_rate": 0.002, "augment": {"rotate": 9.0}},
        {"optimizer": "levenberg_marquardt", **LISTED, "curvature": 5},
        {"optimizer": "sgd", "schedule": "plateau", "patience": 1, "average": 0.5,
         "average_kind": "polyak", "micro_batch": 5},
        {"optimizer": "rmsprop_tensorflow", "epsilon": 1.0, "schedule": "exponential"},
        {"weights": "bundle", "unfreeze": 1},
    ],
    ids=["adam", "levenberg_marquardt", "sgd", "rmsprop", "unfreeze"],
)  # fmt: skip
@pytest.mark.parametrize("net", [TINY, NORMED], ids=["plain", "normed"])
def test_every_step_is_a_place_to_go_on_from(settings, net):
    """A second state takes up the first one's after each step, through its dictionary."""
    recipe = a_run("tiny", **{"epochs": 2, "batch_size": 16, "average": 0.9, **settings}).recipe
    if net is NORMED and recipe.optimizer == "levenberg_marquardt":
        pytest.skip("it takes no normalisation")

    def trained(state, due):
        source = Source(DATA.train, EYES, recipe, CPU)
        own = Between(due=due)
        yield from fit(state, Alone(state.model, source), DATA.validation, EYES, recipe, own)

    whole = start(drawn(net), recipe)
    list(trained(whole, lambda: False))
    kept = start(drawn(net), recipe).to_dict()
    for _ in range(8):
        state = start(drawn(net, 9), recipe)
        state.load_dict(kept)
        torch.manual_seed(0)
        stopped = next(e for e in trained(state, lambda: True) if isinstance(e, Due))
        assert state.part.at == stopped.step
        kept = state.to_dict()
    list(trained(state, lambda: False))
    for key, value in whole.weights().items():
        assert torch.equal(value, state.weights()[key]), key
    timed = ("seconds", "images_per_second")
    for one, other in zip(whole.history, state.history, strict=True):
        assert {k: v for k, v in one.items() if k not in timed} == {
            k: v for k, v in other.items() if k not in timed
        }


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    write_own(folder)
    return folder


@pytest.fixture(scope="module")
def whole(home):
    return never_stopped(run_of(home), home / "whole")


def stopped(home, folder, steps, resume=False):
    with pytest.raises(KeyboardInterrupt), heeding(After(steps)):
        do(run_of(home), folder, resume)


def test_a_run_that_is_asked_to_stop_saves_and_goes_on(home, whole, tmp_path):
    folder = tmp_path / "run"
    stopped(home, folder, 2)
    assert load_state(folder)["state"]["part"]["at"] == 2
    assert not (folder / "last").exists() and not (folder / "log.jsonl").exists()
    stopped(home, folder, 5, resume=True)  # two steps, a look, the epoch, a step
    events = do(None, folder, resume=True)
    (began,) = (e for e in events if isinstance(e, Started))
    assert (began.epochs_done, began.steps_done) == (1, 1)
    assert left_by(folder) == whole


def test_asked_to_stop_while_held_out_pictures_are_looked_at(home, whole, tmp_path):
    """It is asked once after each of the four steps, and then between batches of pictures."""
    folder = tmp_path / "run"
    stopped(home, folder, 5)
    kept = load_state(folder)["state"]
    assert (kept["epoch"], kept["part"]["at"], kept["history"]) == (0, 4, [])
    do(None, folder, resume=True)
    assert left_by(folder) == whole


@pytest.mark.slow
def test_processes_share_dropout_and_go_on_within_an_epoch(home, whole, tmp_path):
    run = run_of(home, processes=2)
    do(run, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt), heeding(After(6)):
        do(run, tmp_path / "run")
    do(None, tmp_path / "run", resume=True)
    assert left_by(tmp_path / "run") == left_by(tmp_path / "whole")
    for ours, alone in zip(log_of(tmp_path / "run"), whole[1], strict=True):
        assert ours["train_loss"] == pytest.approx(alone["train_loss"], rel=1e-4)


def test_a_damaged_state_is_replaced_by_the_one_before_it(home, whole, tmp_path):
    folder = tmp_path / "run"
    stopped(home, folder, 8)
    newest = folder / "state" / "state.pt"
    newest.write_bytes(newest.read_bytes()[:-300])
    (began,) = (e for e in do(None, folder, resume=True) if isinstance(e, Started))
    (note,) = began.notes
    assert f"{newest} cannot be read (it is not whole): the run goes on from the one that" in note
    assert left_by(folder) == whole


def test_a_full_disk_within_an_epoch(home, whole, tmp_path, monkeypatch):
    folder = tmp_path / "run"
    stopped(home, folder, 2)
    real = session.save_state

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    def save(*given):
        patch.setattr(os, "fsync", full)
        real(*given)

    with monkeypatch.context() as patch, heeding(After(1)), pytest.raises(OSError) as found:
        patch.setattr(session, "save_state", save)
        do(None, folder, resume=True)
    said = "could not save step 3 of epoch 1 in"
    assert said in str(found.value) and "No space left on device" in str(found.value)
    assert "the checkpoint of step 2 of epoch 1 is kept. Make room, then: " in str(found.value)
    do(None, folder, resume=True)
    assert left_by(folder) == whole


def test_an_epoch_begins_at_a_step_without_the_chunks_before_it(monkeypatch):
    monkeypatch.setattr("papernets.train.source.CHUNK", 16)
    read = []

    class Noting(OnDemand):
        def __getitem__(self, index):
            read.append(len(index))
            return DATA.train.images[index]

    noting = Noting(["?"] * 60, 1, (12, 12), marks_of(DATA.train.images))
    part = type(DATA.train)(noting, DATA.train.labels)
    recipe = TrainRecipe("tiny", batch_size=8, augment={"shift": 1.0})
    source = Source(part, EYES, recipe, CPU)
    whole = list(source.epoch(3))
    assert len(whole) == len(source) == 8
    for start_at in (5, 8):
        read.clear()
        left = list(source.epoch(3, start_at))
        assert sum(read) == (28 if start_at == 5 else 0)
        for one, other in zip(whole[start_at:], left, strict=True):
            assert torch.equal(one.images, other.images) and torch.equal(one.labels, other.labels)
            assert torch.equal(one.draws.places, other.draws.places)
    assert torch.equal(source.places_of(3, 5), whole[5].draws.places)


@pytest.mark.parametrize(
    ("text", "found"),
    [("200steps", (200, "step")), ("5min", (300, "second")), ("1.5h", (5400, "second")),
     ("1epoch", (1, "epoch")), ("2 epochs", (2, "epoch"))],
)  # fmt: skip
def test_how_often(text, found):
    assert (every(text).count, every(text).unit) == found


@pytest.mark.parametrize("text", ["", "5", "often", "0steps", "1.5steps", "-5min", "5minutes"])
def test_how_often_not(text):
    with pytest.raises(ValueError, match=r"save_every takes 200steps, 5min, 30s, 2h or 1epoch, no"):
        a_run("lenet1", save_every=text)


def test_when_it_is_due():
    now = [0.0]
    keeper = Keeper("10s", lambda: now[0])
    assert not keeper.due()
    now[0] = 10
    assert keeper.due()
    keeper.saved()
    assert not keeper.due()
    steps = Keeper("3steps")
    assert [steps.due() for _ in range(3)] == [False, False, True]
    seldom = Keeper("2epochs")
    assert [seldom.epoch_due(n, 5) for n in range(1, 6)] == [False, True, False, True, True]


def test_the_batch_that_diverged_is_kept(home, tmp_path):
    run = run_of(home, optimizer="sgd", learning_rate=9e29, loss="mse", average=0.0)
    with pytest.raises(Diverged) as found:
        do(run, tmp_path / "run")
    kept = json.loads((tmp_path / "run" / "nan_batch.json").read_text())
    assert set(kept) == {"epoch", "step", "learning_rate", "places", "labels", "files"}
    assert (kept["epoch"], kept["learning_rate"]) == (1, 9e29) and len(kept["places"]) == 16
    first = kept["files"][0]
    assert f"is kept in {tmp_path / 'run' / 'nan_batch.json'}: {first}, " in str(found.value)
    names = ("low", "mid", "top")
    for file, label in zip(kept["files"], kept["labels"], strict=True):
        assert f"/train/{names[label]}/" in file


def test_a_signal_is_a_wish_within_steps_and_a_second_one_ends():
    from papernets.cli.stopping import Halt, Stopped

    halt = Halt()
    before = signal.getsignal(signal.SIGTERM)
    with halt.steps():
        os.kill(os.getpid(), signal.SIGTERM)
        assert halt.asked()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGTERM) is before
    halt.number = signal.SIGTERM
    with pytest.raises(Stopped) as stopped_by:
        halt.end()
    assert stopped_by.value.code == 143
