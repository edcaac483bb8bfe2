"""Training on tiles: on where it can be, off by a setting, and resumed bit for bit."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from small_runs import DATA, EYES, SHARP, TINY, a_run, fitted

from papernets.nets.registry import net
from papernets.run.network import build
from papernets.train import forms
from papernets.train.events import Epoch
from papernets.train.settings import checked, parse_set
from papernets.train.state import start
from papernets.train.where import Where

RUN = a_run("tiny", epochs=3, batch_size=16, learning_rate=0.01, average=0.9)  # 60 = 3 * 16 + 12


def trained(run, state=None, network=TINY):
    """The state after a run; its epochs are in the state's history."""
    torch.manual_seed(1)  # of dropout
    if state is None:
        state = start(build(network, generator=torch.Generator().manual_seed(4)), run.recipe)
    for _ in fitted(state, DATA, EYES, run):
        pass
    return state


@pytest.fixture
def calls(monkeypatch):
    """Each network that a stepper put on tiles, with what came of it."""
    found = []

    def spy(network, really=forms.tiled):
        found.append(really(network))
        return found[-1]

    monkeypatch.setattr(forms, "tiled", spy)
    return found


def test_training_takes_tiles_where_it_can(calls):
    trained(RUN)
    (call,) = calls
    assert sorted(key[0] for key in call._chains) == [12, 16]


def test_the_same_but_for_rounding_without_tiles(calls):
    ours, plain = trained(RUN), trained(replace(RUN, where=Where(tiles=False)))
    assert len(calls) == 1
    for key, value in plain.weights().items():
        torch.testing.assert_close(ours.weights()[key], value, rtol=0, atol=1e-4)
    for one, other in zip(ours.history, plain.history, strict=True):
        assert one["train_loss"] == pytest.approx(other["train_loss"], rel=1e-4)


def test_a_network_that_cannot_trains_as_it_is(calls):
    trained(RUN, network=SHARP)
    assert calls == [None]


def test_two_runs_give_the_same_bits():
    one, other = trained(RUN), trained(RUN)
    for key, value in one.model.state_dict().items():
        assert torch.equal(value, other.model.state_dict()[key])


GO_ON = """
import sys, torch
torch.set_num_threads(1)
from dataclasses import replace
from math import inf
from papernets.run.network import build
from papernets.nets import net
from papernets.train.recipe import TrainRecipe
from papernets.train.run import Run
from papernets.train.state import start
from papernets.train.where import Where
from small_runs import DATA, EYES, fitted

run = {run!r}
state = start(build(net("lenet1", classes=3, input=16)), run.recipe)
state.load_dict(torch.load(sys.argv[1]))
assert state.epoch == 1
for _ in fitted(state, DATA, replace(EYES, height=16, width=16), run):
    pass
torch.save(state.model.state_dict(), sys.argv[2])
"""


def test_a_new_process_goes_on_to_the_same_bits(tmp_path):
    """One process trains three epochs, another takes up its state after the first."""
    network = net("lenet1", classes=3, input=16)
    state = start(build(network, generator=torch.Generator().manual_seed(4)), RUN.recipe)
    for event in fitted(state, DATA, replace(EYES, height=16, width=16), RUN):
        if isinstance(event, Epoch) and event.epoch == 1:
            torch.save(state.to_dict(), tmp_path / "state.pt")
    tests = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", GO_ON.format(run=RUN), tmp_path / "state.pt", tmp_path / "end.pt"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tests.parent), str(tests)])},
    )
    assert done.returncode == 0, done.stderr
    end = torch.load(tmp_path / "end.pt")
    for key, value in state.model.state_dict().items():
        assert torch.equal(value, end[key]), key


def test_tiles_are_a_setting():
    assert parse_set("tiles=false") == ("tiles", False)
    assert "tiles = false\n" in a_run("tiny", tiles=False).to_toml()
    with pytest.raises(ValueError, match="--set tiles: tiles takes true or false, not 3"):
        checked("tiles", 3, "--set tiles")
