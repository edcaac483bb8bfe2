"""Batches computed in parts, means of the weights, and mistakes counted while it learns."""

import json
from dataclasses import replace

import pytest
import torch
from small_runs import (
    CPU,
    DATA,
    EYES,
    NORMED,
    SHARP,
    TINY,
    a_run,
    batches,
    do,
    drawn,
    fitted,
    log_of,
    run_of,
    write_own,
)

from papernets.cli.progress import accumulated
from papernets.nets.registry import net
from papernets.run.network import Logits, build
from papernets.train.events import Epoch
from papernets.train.losses import make_loss, wrong
from papernets.train.recipe import TrainRecipe
from papernets.train.settings import resolve
from papernets.train.source import Source
from papernets.train.state import start, update_average
from papernets.train.stepper import Alone
from papernets.train.where import Where
from papernets.train.workers import Team


def one_step(net_, seen, recipe, workers=0, tiles=True):
    """Gradients and what the step told, of the first batch of an epoch."""
    model = build(net_, generator=torch.Generator().manual_seed(4)).train()
    state = start(model, recipe)
    source = Source(DATA.train, seen, recipe, CPU)
    if not workers:
        stepper = Alone(model, source, Where(tiles=tiles))
        found = stepper.step(state, next(iter(stepper.epoch(1))), 0.0)
        return [p.grad.clone() for p in model.parameters()], found
    with Team(model, source, workers, tiles) as stepper:
        found = stepper.step(state, next(iter(stepper.epoch(1))), 0.0)
        return [p.grad.clone() for p in model.parameters()], found


LENET1, SEEN = net("lenet1", classes=3, input=16), replace(EYES, height=16, width=16)


@pytest.mark.parametrize("loss", ["cross_entropy", "mse"])
@pytest.mark.parametrize("micro", [1, 7, 10, 15, 31])
def test_a_batch_in_parts_has_the_whole_batchs_gradient(loss, micro):
    """A last part of one picture joins the one before: 31 of 32 are the whole."""
    recipe = TrainRecipe("x", batch_size=32, optimizer="sgd", loss=loss)
    whole, told = one_step(LENET1, SEEN, recipe)
    parts, again = one_step(LENET1, SEEN, replace(recipe, micro_batch=micro))
    for one, other in zip(parts, whole, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-6)
    assert float(again.loss) == pytest.approx(float(told.loss), rel=1e-6)
    assert int(again.wrong) == int(told.wrong)


def test_it_is_the_gradient_of_the_loss():
    """Not that of a sum, and not of the last part."""
    recipe = TrainRecipe("x", batch_size=32, optimizer="sgd", micro_batch=10)
    parts, told = one_step(SHARP, EYES, recipe)
    model = drawn(SHARP, 4)
    x, y = batches(DATA.train, EYES, 32)[0]
    loss = torch.nn.functional.cross_entropy(model(x), y)
    loss.backward()
    assert float(told.loss) == pytest.approx(loss.item(), rel=1e-6)
    for one, p in zip(parts, model.parameters(), strict=True):
        torch.testing.assert_close(one, p.grad, rtol=1e-6, atol=1e-6)


@pytest.mark.slow  # a process imports torch for a second
@pytest.mark.parametrize("tiles", [True, False])
def test_workers_compute_their_shares_in_parts(tiles):
    recipe = TrainRecipe("x", batch_size=32, optimizer="sgd")
    whole, told = one_step(LENET1, SEEN, recipe)
    parts, again = one_step(LENET1, SEEN, replace(recipe, micro_batch=5), 2, tiles)
    for one, other in zip(parts, whole, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)
    assert float(again.loss) == pytest.approx(float(told.loss), rel=1e-6)
    assert int(again.wrong) == int(told.wrong)


def test_it_is_said_what_normalisation_sees():
    recipe = TrainRecipe("x", batch_size=128, micro_batch=32)
    assert accumulated(recipe, TINY) == (
        "a batch of 128 is computed 32 pictures at a time: its gradient is the mean over all"
    )
    assert accumulated(recipe, NORMED).endswith(
        "; batch normalisation sees 32 at a time, not the batch"
    )
    assert (recipe.at_once, replace(recipe, micro_batch=0).at_once) == (32, 128)
    assert replace(recipe, batch_size=16).at_once == 16
    with pytest.raises(ValueError, match=r"normalises .* over a batch, of which one picture"):
        resolve("mobilenet_v1_0.25_128", {"micro_batch": 1, "input": (32,), "data": "cifar10"})


def test_wrong_answers_are_counted():
    recipe = TrainRecipe("x")
    logits, labels = torch.eye(3), torch.tensor([0, 1, 1])
    assert int(wrong(recipe, logits, labels)) == 1
    assert int(wrong(recipe, Logits(logits, (1 - logits,)), labels)) == 1
    assert int(wrong(recipe, torch.tensor([[0.2], [-0.3], [1.0]]), torch.tensor([1, 1, 0]))) == 2
    strips = TrainRecipe("x", neighbours=0.5, loss="map", constant=0.5)
    # none is -0.5: the second picture's scores are below it
    scores = torch.tensor([[0.0, -1.0], [-0.6, -2.0], [0.0, -9.0], [-3.0, -4.0]])
    assert int(wrong(strips, scores, torch.tensor([0, -1, -1, 0]))) == 2


def test_the_log_has_the_training_error(tmp_path):
    """Of weights that learn nothing it is that of the network, picture by picture."""
    write_own(tmp_path)
    run = run_of(tmp_path, optimizer="sgd", learning_rate=1e-12, epochs=1, average=0.0)
    (epoch,) = [e for e in do(run, tmp_path / "run") if isinstance(e, Epoch)]
    (record,) = log_of(tmp_path / "run")
    assert record["train_error"] == epoch.train_error and 0 < epoch.train_error <= 1
    assert list(record)[:3] == ["epoch", "train_loss", "train_error"]
    described = json.loads((tmp_path / "run" / "last" / "bundle.json").read_text())
    assert described["metrics"]["train_error"] == epoch.train_error
    net_ = replace(TINY, body=SHARP.body)  # without dropout
    run = a_run("tiny", epochs=1, batch_size=16, optimizer="sgd", learning_rate=1e-12)
    state = start(drawn(net_), run.recipe)
    (epoch,) = [e for e in fitted(state, DATA, EYES, run) if isinstance(e, Epoch)]
    x, y = batches(DATA.train, EYES, 60)[0]
    assert epoch.train_error == int((state.model(x).argmax(1) != y).sum()) / 60


def test_a_log_of_before_has_none():
    values = {"epoch": 1, "train_loss": 1.0, "val_loss": 1.0, "val_error": 0.5}
    values |= {"learning_rate": 0.1, "seconds": 1.0, "images": 5, "images_per_second": 5.0}
    assert Epoch(**values).to_dict() == values
    told = Epoch(**values, train_error=0.25).to_dict()
    assert told == {**values, "train_error": 0.25}


def averaged(settings, steps):
    """The weights 1, 2, ... after each step, and the running mean that they leave."""
    recipe = TrainRecipe("x", **settings)
    state = start(drawn(TINY), recipe)
    name, seen = "out.bias", []
    for step in range(1, steps + 1):
        with torch.no_grad():
            state.model.get_parameter(name).fill_(float(step))
        state.step = step
        update_average(state, recipe, steps)
        seen.append(float(state.average[name][0]))
    return seen


def test_polyaks_mean_is_plain():
    """Over all steps; over the last half; of the last weights alone, where that is none."""
    every = averaged({"average": 1.0, "average_kind": "polyak"}, 6)
    assert every == pytest.approx([1, 1.5, 2, 2.5, 3, 3.5])
    half = averaged({"average": 0.5, "average_kind": "polyak"}, 6)
    assert half == pytest.approx([1, 2, 3, 4, 4.5, 5])
    last = averaged({"average": 0.01, "average_kind": "polyak"}, 6)
    assert last == pytest.approx([1, 2, 3, 4, 5, 6])


def test_an_exponential_mean():
    found = averaged({"average": 0.5}, 30)
    mean = float(start(drawn(TINY), TrainRecipe("x")).model.get_parameter("out.bias").detach()[0])
    for step in range(1, 31):
        decay = min(0.5, (1 + step) / (10 + step))
        mean = decay * mean + (1 - decay) * step
        assert found[step - 1] == pytest.approx(mean)


def test_a_loss_in_parts_is_a_mean():
    """The loss of the whole batch is what is told, whatever its parts."""
    recipe = TrainRecipe("x", batch_size=60, micro_batch=25)
    model = drawn(SHARP)
    stepper = Alone(model, Source(DATA.train, EYES, recipe, CPU))
    (batch,) = stepper.epoch(1)
    loss = make_loss(recipe, model.net)(model(batch[0]), batch[1])
    assert float(stepper.step(start(model, recipe), batch, 0.1).loss) == pytest.approx(loss.item())
