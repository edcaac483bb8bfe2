"""Every optimiser, schedule and mean goes on bit for bit, alone and with processes."""

from dataclasses import replace

import pytest
import siblings
import torch
from small_runs import CPU, DATA, EYES, TINY, a_run, do, drawn, fitted, left_by, run_of, write_own

from papernets.nets.registry import net
from papernets.run.network import build
from papernets.train import outcome
from papernets.train.events import Epoch
from papernets.train.state import start

LISTED = {"schedule": "listed", "rates": ((0.002, 1), (0.001, 1), (0.0005, 1))}
SETTINGS = {
    "rmsprop": {"optimizer": "rmsprop", "epsilon": 0.1, "schedule": "polynomial"},
    "rmsprop_tensorflow": {
        "optimizer": "rmsprop_tensorflow",
        "epsilon": 1.0,
        "schedule": "exponential",
        "clip_norm": 1.0,
        "decays": {"bias": 0.0, "dense": 0.5},
        "weight_decay": 1e-3,
    },
    "levenberg_marquardt": {"optimizer": "levenberg_marquardt", "average": 0.0, **LISTED},
    "sgd_plain": {"optimizer": "sgd", "momentum": 0.0},  # it keeps nothing
    "sgd": {
        "optimizer": "sgd",
        "schedule": "plateau",
        "patience": 1,
        "drops": 1,
        "average": 0.5,
        "average_kind": "polyak",
        "micro_batch": 5,
    },
    "adam": {
        "epsilon": 1e-3,
        "warmup_error": 0.6,
        "warmup_rate": 0.002,
        "filter_rms": 0.2,
        "clip_value": 0.01,
    },
    "adamw": {"optimizer": "adamw", "warmup_steps": 5, "warmup_rate": 0.001, "curvature": 5},
}


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch):
    monkeypatch.setattr(outcome, "draw", lambda *_: None)


@pytest.mark.parametrize(("name", "at"), siblings.crossed(SETTINGS, [1, 2]))
def test_a_stopped_run_is_never_stopped(tmp_path, name, at):
    write_own(tmp_path)
    run = run_of(tmp_path, **SETTINGS[name])
    do(run, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        do(run, tmp_path / "half", until=lambda e: isinstance(e, Epoch) and e.epoch == at)
    do(None, tmp_path / "half", resume=True)
    assert left_by(tmp_path / "half") == left_by(tmp_path / "whole")


@pytest.mark.parametrize("name", SETTINGS)
def test_each_setting_matters(name):
    """What is resumed is not what was there by chance: another run learns otherwise."""
    common = {"epochs": 2, "batch_size": 16, "average": 0.9, "learning_rate": 0.01}
    run, plain = a_run("tiny", **{**common, **SETTINGS[name]}), a_run("tiny", **common)
    found = []
    for one in (run, plain):
        state = start(drawn(TINY), one.recipe)
        for _ in fitted(state, DATA, EYES, one):
            pass
        found.append(state.weights()["out.weight"])
    assert not torch.equal(*found)


NET = net("lenet1", classes=3, input=16)
SEEN = replace(EYES, height=16, width=16)


@pytest.mark.slow
@pytest.mark.parametrize("name", SETTINGS)
def test_workers_go_on_bit_for_bit_and_are_one_process(tmp_path, name):
    settings = {"epochs": 3, "batch_size": 16, "average": 0.9, "learning_rate": 0.01}
    run = a_run("lenet1", **{**settings, **SETTINGS[name]}, processes=2)

    def fresh():
        return start(build(NET, generator=torch.Generator().manual_seed(4)), run.recipe)

    def trained(own, state, keep=None):
        for event in fitted(state, DATA, SEEN, own):
            if keep is not None and isinstance(event, Epoch) and event.epoch == 1:
                torch.save(state.to_dict(), keep)
        return state

    kept = tmp_path / "state.pt"
    whole, again = trained(run, fresh(), kept), fresh()
    again.load_dict(torch.load(kept))
    trained(run, again)
    alone = trained(a_run("lenet1", **{**settings, **SETTINGS[name]}), fresh())
    for key, value in whole.weights().items():
        assert torch.equal(value, again.weights()[key]), key
        torch.testing.assert_close(alone.weights()[key], value, rtol=1e-4, atol=1e-4)
    for one, other in zip(whole.history, alone.history, strict=True):
        assert one["learning_rate"] == other["learning_rate"]
        assert one["train_error"] == pytest.approx(other["train_error"], abs=0.04)


def test_second_derivatives_are_kept():
    run = a_run("tiny", epochs=1, batch_size=16, optimizer="levenberg_marquardt")
    state = start(drawn(TINY), run.recipe)
    for _ in fitted(state, DATA, EYES, run):
        pass
    again = start(drawn(TINY), run.recipe)
    again.load_dict(state.to_dict())
    for one, other in zip(
        state.optimizer.state.values(), again.optimizer.state.values(), strict=True
    ):
        assert one["curvature"].sum() > 0 and torch.equal(one["curvature"], other["curvature"])
    assert next(again.model.parameters()).device == CPU


def test_a_state_of_another_optimiser_is_refused():
    run = a_run("tiny", epochs=1, batch_size=16, optimizer="rmsprop_tensorflow")
    state = start(drawn(TINY), run.recipe)
    for _ in fitted(state, DATA, EYES, run):
        pass
    for other in ("rmsprop", "levenberg_marquardt", "adam"):
        again = start(drawn(TINY), run.changed(optimizer=other).recipe)
        with pytest.raises(ValueError, match="its optimizer does not fit its model: it keeps oth"):
            again.load_dict(state.to_dict())
