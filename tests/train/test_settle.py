"""Few steps: batch normalisation's statistics are those of the weights that are looked at."""

import json

import pytest
import torch
from small_runs import do, run_of, write_own

from papernets import build
from papernets.data import Part
from papernets.spec import Aux, Conv, Dense, Flatten, GlobalPool, Net, Norm, chain
from papernets.train import outcome, session
from papernets.train.settle import ENOUGH, lags, settle
from papernets.train.source import Source
from papernets.train.state import State

END = {"pool": GlobalPool(), "flatten": Flatten(), "out": Dense(2)}
HEAD = Aux(chain({"conv": Conv(2, 1, norm=Norm(), bias=False), **END}), 0.3)
NET = Net(
    "own", (1, 8, 8), 2, chain({"conv": Conv(3, 3, norm=Norm(), bias=False), "aux1": HEAD, **END})
)


class Recipe:
    batch_size, seed, freeze_norm, neighbours = 4, 0, False, 0
    freeze_to, unfreeze, balance, precision = "", 0, "", "float32"
    augment, draws = {}, "picture"
    at_once = property(lambda self: self.batch_size)


def halved(images):
    return images.float() / 128


halved.kind = "digit"


def made(**changed):
    recipe = type("Changed", (Recipe,), changed)()
    model = build(NET, torch.Generator().manual_seed(0)).train()
    images = torch.randint(0, 256, (9, 1, 8, 8), dtype=torch.uint8)
    part = Part(images, torch.arange(9) % 2)
    state = State(model, torch.optim.SGD(model.parameters(), 0.1), {}, step=3)
    return state, Source(part, halved, recipe, torch.device("cpu")), images


def test_the_statistics_are_those_of_the_training_pictures():
    state, source, images = made()
    norm, head = state.model.conv.norm, state.model.aux1.conv.norm
    norm.running_mean.fill_(7.0)
    head.running_mean.fill_(7.0)
    norm.num_batches_tracked.fill_(3)
    before = torch.random.get_rng_state()
    settle(state, source)
    with torch.no_grad():
        maps = state.model.conv.conv(halved(images))
    assert (norm.running_mean - maps.mean((0, 2, 3))).abs().max() < 0.02  # batches of 4 and 5
    assert (norm.running_var / maps.var((0, 2, 3)) - 1).abs().max() < 0.1
    assert bool((head.running_mean == 7.0).all())
    assert norm.momentum == 0.1 and int(norm.num_batches_tracked) == 3
    assert state.model.training and norm.training
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("changed", [{"freeze_norm": True}, {"neighbours": 1}])
def test_statistics_that_are_not_to_change_stay(changed):
    state, source, _ = made(**changed)
    before = state.model.conv.norm.running_mean.clone()
    settle(state, source)
    assert torch.equal(state.model.conv.norm.running_mean, before)


def test_after_enough_steps_the_running_averages_are_used():
    state, source, _ = made()
    norm = state.model.conv.norm
    assert lags(norm, 99) and not lags(norm, round(ENOUGH / norm.momentum))
    state.step = 100
    before = norm.running_mean.clone()
    settle(state, source)
    assert torch.equal(norm.running_mean, before)


def test_a_run_looks_at_its_pictures_with_them(tmp_path, monkeypatch):
    """The same steps; only the statistics that held-out pictures are looked at with are others."""
    monkeypatch.setattr(outcome, "draw", lambda *_: None)
    write_own(tmp_path)
    text = (tmp_path / "own.py").read_text()
    normed = text.replace("Conv(4, 3, ", "Conv(4, 3, norm=Norm(), bias=False, ")
    assert normed != text
    (tmp_path / "own.py").write_text("from papernets.spec import Norm\n" + normed)
    losses = {}
    for name in ("with", "without"):
        if name == "without":
            monkeypatch.setattr(session, "settle", lambda *_: None)
        do(run_of(tmp_path, average=0.0), tmp_path / name)
        log = (tmp_path / name / "log.jsonl").read_text().splitlines()
        losses[name] = [json.loads(line) for line in log]
    both = list(zip(losses["with"], losses["without"], strict=True))
    assert [one["train_loss"] for one, _ in both] == [other["train_loss"] for _, other in both]
    assert {one["val_loss"] for one, _ in both}.isdisjoint(other["val_loss"] for _, other in both)


def test_a_mean_of_weights_has_statistics_of_its_own():
    """Those of the training pictures under the mean; the weights and statistics it is of stay."""
    state, source, images = made(average=0.9, average_kind="exponential")
    own = {name: value.clone() for name, value in state.model.state_dict().items()}
    state.average = {name: value.clone() for name, value in own.items()}
    state.average["conv.conv.weight"].mul_(3.0)
    settle(state, source)
    assert all(torch.equal(value, own[name]) for name, value in state.model.state_dict().items())
    with torch.no_grad():
        maps = 3 * state.model.conv.conv(halved(images))
    mean = state.average["conv.norm.running_mean"]
    assert (mean - maps.mean((0, 2, 3))).abs().max() < 0.06


@pytest.mark.parametrize(("kind", "settles"), [("exponential", False), ("polyak", True)])
def test_a_long_runs_mean_of_statistics_is_used_but_for_a_plain_mean(kind, settles):
    state, source, _ = made(average=0.9, average_kind=kind)
    state.step = 101
    state.average = {name: value.clone() for name, value in state.model.state_dict().items()}
    before = state.average["conv.norm.running_mean"].clone()
    settle(state, source)
    assert torch.equal(state.average["conv.norm.running_mean"], before) != settles
