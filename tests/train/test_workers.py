"""Worker processes: the mathematics of one process, the same bits twice, and nobody left behind."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from processes import children, none_left, runs
from small_runs import CPU, DATA, EYES, NORMED, a_run, batches, fitted

from papernets.nets.registry import net
from papernets.run.network import build
from papernets.train.events import Epoch, Progress
from papernets.train.recipe import TrainRecipe
from papernets.train.source import Source
from papernets.train.state import State, start
from papernets.train.where import Where
from papernets.train.workers import Team, WorkerDied, check_workers

NET = net("lenet1", classes=3, input=16)
SEEN = replace(EYES, height=16, width=16)
RUN = a_run("lenet1", epochs=3, batch_size=16, learning_rate=0.01, average=0.9, processes=2)
"""60 pictures are 3 batches of 16 and one of 12: 12 steps in all."""
ROOT = Path(__file__).resolve().parents[2]


def fresh(run):
    return start(build(NET, generator=torch.Generator().manual_seed(4)), run.recipe)


def trained(run, state=None, keep=None):
    """The state after a run; `keep` gets a copy of it after the first epoch."""
    state = state or fresh(run)
    for event in fitted(state, DATA, SEEN, run):
        if keep is not None and isinstance(event, Epoch) and event.epoch == 1:
            torch.save(state.to_dict(), keep)
    return state


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """The state that two workers reach, and the file of their state after one epoch."""
    kept = tmp_path_factory.mktemp("two") / "state.pt"
    return trained(RUN, keep=kept), kept


def team_of(model, part):
    """Two workers that share these pictures."""
    return Team(model, Source(part, SEEN, RUN.recipe, CPU), 2)


@pytest.mark.slow
def test_twelve_steps_are_those_of_one_process(two):
    ours, alone = two[0], trained(replace(RUN, where=Where()))
    for key, value in alone.weights().items():
        torch.testing.assert_close(ours.weights()[key], value, rtol=1e-5, atol=1e-5)
    for one, other in zip(ours.history, alone.history, strict=True):
        assert one["train_loss"] == pytest.approx(other["train_loss"], rel=1e-5)


def test_a_gradient_is_that_of_the_whole_batch():
    """Five pictures in shares of two and three; relative to the gradient's length."""
    few = replace(DATA.train, images=DATA.train.images[:5], labels=DATA.train.labels[:5])
    model, whole = fresh(RUN).model, fresh(RUN).model
    ((x, y),) = batches(few, SEEN, 16)
    loss = torch.nn.functional.cross_entropy(whole(x), y)
    loss.backward()
    state = State(model, torch.optim.SGD(model.parameters(), 0.0), {})
    with team_of(model, few) as team:
        for batch in team.epoch(1):
            found = team.step(state, batch, 0.0)
            assert float(found.loss) == pytest.approx(loss.item(), rel=1e-6)
        for own, other in zip(model.parameters(), whole.parameters(), strict=True):
            assert (own.grad - other.grad).norm() <= 2e-6 * other.grad.norm()


@pytest.mark.slow
def test_more_processes_than_pictures():
    """Two pictures, three processes: one has nothing to do, and the gradient is the whole one."""
    few = replace(DATA.train, images=DATA.train.images[:2], labels=DATA.train.labels[:2])
    model, whole = fresh(RUN).model, fresh(RUN).model
    ((x, y),) = batches(few, SEEN, 16)
    torch.nn.functional.cross_entropy(whole(x), y).backward()
    state = State(model, torch.optim.SGD(model.parameters(), 0.0), {})
    with Team(model, Source(few, SEEN, RUN.recipe, CPU), 3) as team:
        for batch in team.epoch(1):
            team.step(state, batch, 0.0)
        for own, other in zip(model.parameters(), whole.parameters(), strict=True):
            assert (own.grad - other.grad).norm() <= 2e-6 * other.grad.norm()


@pytest.mark.slow
def test_the_same_workers_give_the_same_bits_and_go_on_to_them(two):
    ours, kept = two
    state = fresh(RUN)
    state.load_dict(torch.load(kept))
    for other in (trained(RUN), trained(RUN, state)):
        for key, value in ours.model.state_dict().items():
            assert torch.equal(value, other.model.state_dict()[key]), key


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"augment": {"rotate": 9.0, "elastic_alpha": 3.0}},
        {"neighbours": 0.5, "loss": "map", "constant": 5.0},
    ],
    ids=["as stored", "distorted", "between others"],
)
@pytest.mark.parametrize("workers", [2, 15])
def test_shares_make_up_the_batches(settings, workers):
    """Fifteen workers: some have no picture of the last batch of twelve."""

    def given(worker):
        recipe = TrainRecipe("tiny", batch_size=16, **settings)
        return Source(DATA.train, EYES, recipe, CPU, worker).epoch(1)

    whole = batches(DATA.train, EYES, 16, **settings)
    parts = zip(*(given((rank, workers)) for rank in range(workers)), strict=True)
    for (x, y), own in zip(whole, parts, strict=True):
        # one grey level, where the rounding of a sum decides
        torch.testing.assert_close(torch.cat([p[0] for p in own]), x, rtol=0, atol=1.3 / 255)
        assert torch.equal(torch.cat([p[1] for p in own]), y)
        assert {p[2] for p in own} == {len(y)}


@pytest.mark.slow
def test_a_worker_that_is_killed_is_an_error_at_once():
    state = fresh(RUN)
    with team_of(state.model, DATA.train) as team:
        (process,) = team.processes
        began = time.monotonic()
        process.kill()
        with pytest.raises(WorkerDied, match=r"worker 1 of 2 was killed by signal 9\. What is"):
            for batch in team.epoch(1):
                team.step(state, batch, 0.01)
        assert time.monotonic() - began < 2
    assert all(torch.isfinite(p).all() for p in state.model.parameters())


@pytest.mark.slow
def test_leaving_in_an_epoch_ends_the_workers():
    state = fresh(RUN)
    with none_left():
        events = fitted(state, DATA, SEEN, RUN)
        assert isinstance(next(events), Progress)
        events.close()
    assert state.weights().keys() == state.model.state_dict().keys()


TRAIN = """
import signal, torch
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
torch.set_num_threads(1)
from test_workers import DATA, RUN, SEEN, fitted, fresh
for event in fitted(fresh(RUN), DATA, SEEN, RUN.changed(epochs=10**6)):
    print("on", flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nobody_outlives_the_caller(number):
    path = os.pathsep.join(map(str, [ROOT, ROOT / "tests", ROOT / "tests" / "train"]))
    with subprocess.Popen(
        [sys.executable, "-c", TRAIN],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as caller:
        assert caller.stdout.readline() == b"on\n"
        workers = children(caller.pid)
        assert len(workers) == 1
        caller.send_signal(number)
        caller.stdout.read()
    until = time.monotonic() + 20  # where other programs use the cores
    while any(runs(pid) for pid in workers):
        assert time.monotonic() < until, "a worker is left"
        time.sleep(0.02)


def test_what_workers_cannot_share_is_refused():
    state = start(build(NORMED), RUN.recipe)
    with pytest.raises(ValueError, match=r"tiny has batch normalisation \(conv\), which process"):
        next(fitted(state, DATA, EYES, RUN))
    with pytest.raises(ValueError, match="processes must be 0 or more, not -1"):
        a_run("lenet1", processes=-1)
    with pytest.raises(ValueError, match="workers must be 0 or more, or -1 for as many as are"):
        a_run("lenet1", workers=-2)
    with pytest.raises(ValueError, match="give workers or processes, --workers 0 or --processes"):
        a_run("lenet1", workers=2, processes=2)


def test_workers_do_not_share_normalisation_inside_a_convolution():
    with pytest.raises(ValueError, match=r"resnet20 has batch normalisation \(conv1\), which proc"):
        check_workers(net("cifar_resnet20"))
