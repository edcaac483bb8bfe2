"""Rare classes that count as much as frequent ones, and runs that end when nothing gets better."""

import json

import pytest
import torch
import torch.nn.functional as F
from small_runs import (
    DATA,
    EYES,
    TINY,
    a_run,
    do,
    drawn,
    fitted,
    left_by,
    part,
    run_of,
    source_of,
    write_own,
)

from papernets.data import Part
from papernets.run.network import Logits
from papernets.spec import Aux, Dense, Flatten, Net, chain
from papernets.train import outcome
from papernets.train.events import Epoch
from papernets.train.losses import class_weights, make_loss
from papernets.train.settings import resolve
from papernets.train.state import start
from papernets.train.stepper import Alone

RARE = Part(part(60, 0).images[:24], torch.tensor([0] * 16 + [2] * 6 + [1] * 2))


def test_a_balanced_loss_is_the_mean_of_the_classes_own_means():
    logits = torch.randn(24, 5, generator=torch.Generator().manual_seed(0))
    recipe = a_run("tiny", balance="weights").recipe
    found = make_loss(recipe, TINY, class_weights(RARE.labels))(logits, RARE.labels)
    means = [
        F.cross_entropy(logits[RARE.labels == c], RARE.labels[RARE.labels == c]) for c in (0, 1, 2)
    ]
    torch.testing.assert_close(found, torch.stack(means).mean())
    assert class_weights(torch.tensor([0, 0, 3])).tolist() == [0.75, 1.0, 1.0, 1.5]


def test_heads_are_balanced_too():
    body = {"flatten": Flatten(), "aux": Aux(chain({"out": Dense(3)}), 0.3), "out": Dense(3)}
    net = Net("own", (1, 12, 12), 3, chain(body))
    one, two = torch.randn(2, 24, 3, generator=torch.Generator().manual_seed(0))
    loss = make_loss(a_run("x", balance="weights").recipe, net, class_weights(RARE.labels))
    both = loss(Logits(one, (two,)), RARE.labels)
    torch.testing.assert_close(both, loss(one, RARE.labels) + 0.3 * loss(two, RARE.labels))


def test_parts_of_a_batch_have_the_gradient_of_the_whole():
    found = []
    for micro in (0, 5):
        source = source_of(RARE, balance="weights", micro_batch=micro, batch_size=24)
        state = start(drawn(TINY), source.recipe)
        alone = Alone(state.model, source)
        found.append(alone.step(state, next(alone.epoch(1)), 1e-3).loss)
        found.append(state.model.get_submodule("out").weight.grad.clone())
    torch.testing.assert_close(found[0], found[2])
    torch.testing.assert_close(found[1], found[3])
    plain = source_of(RARE, batch_size=24)
    state = start(drawn(TINY), plain.recipe)
    alone = Alone(state.model, plain)
    assert not torch.allclose(alone.step(state, next(alone.epoch(1)), 1e-3).loss, found[0])


@pytest.mark.parametrize("patience, epochs, best", [(1, 3, 2), (2, 6, 4), (0, 7, 4), (3, 7, 4)])
def test_training_ends_where_nothing_gets_better(patience, epochs, best, monkeypatch):
    errors = iter([0.5, 0.4, 0.4, 0.3, 0.35, 0.3, 0.4])
    monkeypatch.setattr("papernets.train.fit.validate", lambda *_: (1.0, next(errors)))
    run = a_run("tiny", epochs=7, stop_after=patience)
    state = start(drawn(TINY), run.recipe)
    done = [event.epoch for event in fitted(state, DATA, EYES, run) if isinstance(event, Epoch)]
    assert done[-1] == epochs and state.best_epoch == best


def test_a_run_that_stopped_early_is_finished(tmp_path, monkeypatch):
    monkeypatch.setattr(outcome, "draw", lambda *_: None)
    write_own(tmp_path)
    run = run_of(tmp_path, epochs=9, stop_after=1, learning_rate=1e-20, balance="weights")
    do(run, tmp_path / "run")
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert result["stopped_after"] == 1 and result["best_epoch"] == result["epochs"] - 1 < 8
    (event,) = do(None, tmp_path / "run", resume=True)
    assert event.already
    with pytest.raises(KeyboardInterrupt):
        do(run, tmp_path / "cut", until=lambda e: isinstance(e, Epoch) and e.epoch == 1)
    do(None, tmp_path / "cut", resume=True)
    assert left_by(tmp_path / "cut") == left_by(tmp_path / "run")


@pytest.mark.parametrize(
    "wanted, told",
    [
        ({"stop_after": -1}, "stop_after must be 0 or more"),
        ({"stop_after": 2, "keep": "last"}, "that is the one to keep: --set keep=best"),
        ({"balance": "weight"}, "unknown balance 'weight'. Did you mean 'weights'"),
        (
            {"balance": "weights", "loss": "mse"},
            "'mse': draw them as often, --set balance=sampling",
        ),
        ({"stop_after": 2, "val_share": 0.0, "keep": "best"}, "val_share=0 trains on all pictures"),
    ],
)
def test_what_cannot_be_is_told(wanted, told):
    with pytest.raises(ValueError, match=told):
        resolve("lenet5", {"data": "digits", "loss": "cross_entropy", **wanted})
