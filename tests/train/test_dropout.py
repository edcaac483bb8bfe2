"""What dropout leaves out of a picture depends on the seed, the epoch and the picture alone."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from small_runs import CPU, DATA, EYES, TINY, a_run, drawn, fitted
from torch import nn

from papernets.data.draws import DROPOUT, Draws
from papernets.run.network import build
from papernets.spec import Aux, Conv, Dense, Dropout, Flatten, chain
from papernets.train.source import Source
from papernets.train.state import start
from papernets.train.stepper import Alone
from papernets.train.where import Where

PLACES = torch.arange(64)


def test_a_mask_is_that_of_splitmix64():
    """The generator of Steele, Lea and Flood 2014 in whole numbers of Python, figure 14."""
    mask = 2**64 - 1

    def mix(z):
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    draws = Draws(3, 5, torch.tensor([7, 123_456]))
    found = draws.dropped("fc6", torch.ones(2, 3, 2), 0.25)
    begins = draws._begin(DROPOUT, *b"fc6").tolist()
    for picture, begin in zip(found.flatten(1).tolist(), begins, strict=True):
        words = [mix((begin + k * 0x9E3779B97F4A7C15) & mask) for k in (1, 2)]
        numbers = np.array(words, "<u8").view("<i2")[:6]
        assert picture == [pytest.approx(4 / 3) if n >= 2**14 - 2**15 else 0 for n in numbers]


def test_masks_are_of_no_batch():
    x = torch.randn(64, 5, 3, 3)
    whole = Draws(1, 2, PLACES).dropped("drop", x, 0.4)
    own = torch.tensor([40, 3, 17])
    assert torch.equal(Draws(1, 2, own).dropped("drop", x[own], 0.4), whole[own])
    for other in (Draws(2, 2, PLACES), Draws(1, 3, PLACES), Draws(1, 2, PLACES + 64)):
        assert not torch.equal(other.dropped("drop", x, 0.4), whole)
    assert not torch.equal(Draws(1, 2, PLACES).dropped("drop2", x, 0.4), whole)


@pytest.mark.parametrize("rate", [0.2, 0.5, 0.7])
def test_masks_are_independent_of_one_another(rate):
    """Shares within four standard deviations: of all, of each place, of neighbours together."""
    kept = Draws(0, 1, torch.arange(2000)).dropped("drop", torch.ones(2000, 64), rate) != 0
    kept = kept.double()
    keep = 1 - rate

    def near(found, share, count):
        return ((found - share).abs() < 4.2 * (share * (1 - share) / count) ** 0.5).all()

    assert near(kept.mean(), keep, 128_000)
    assert near(kept.mean(0), keep, 2000)
    for both in (kept[1:] * kept[:-1], kept[:, 1:] * kept[:, :-1], kept[:, 4:] * kept[:, :-4]):
        assert near(both.mean(), keep * keep, both.numel() / 3)


def test_a_step_is_that_of_the_masks():
    """The loss and the gradient of a step are those of the plain module under its own masks."""
    recipe = a_run("tiny", batch_size=60).recipe
    model, plain = drawn(TINY).train(), drawn(TINY).train()
    stepper = Alone(model, Source(DATA.train, EYES, recipe, CPU))
    batch = next(iter(stepper.epoch(1)))

    class Mask(nn.Module):
        def forward(self, x):
            return batch.draws.dropped("drop", x, 0.2)

    plain.drop = Mask()
    loss = nn.functional.cross_entropy(plain(batch.images), batch.labels)
    loss.backward()
    state = start(model, recipe)
    found = stepper.step(state, batch, 0.0)
    torch.testing.assert_close(found.loss, loss.detach())
    for own, other in zip(model.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(own.grad, other.grad)
    assert type(model.drop) is nn.Dropout


def test_training_asks_torch_for_no_random_number():
    run = a_run("tiny", epochs=2, batch_size=16, learning_rate=0.01)
    found = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        state = start(drawn(TINY), run.recipe)
        before = torch.get_rng_state()
        for _ in fitted(state, DATA, EYES, run):
            pass
        assert torch.equal(torch.get_rng_state(), before)
        found.append(state.weights()["out.weight"])
    assert torch.equal(*found)


def test_smaller_parts_of_a_batch_have_the_same_masks():
    found = []
    for part in (0, 7):
        recipe = a_run("tiny", batch_size=60, micro_batch=part).recipe
        model = drawn(TINY).train()
        stepper = Alone(model, Source(DATA.train, EYES, recipe, CPU))
        stepper.step(start(model, recipe), next(iter(stepper.epoch(1))), 0.0)
        found.append(torch.cat([p.grad.flatten() for p in model.parameters()]))
    torch.testing.assert_close(*found)


def test_heads_have_masks_too():
    def rows(rate):
        parts = {"flatten": Flatten(), "drop": Dropout(rate), "out": Dense(3)}
        return chain(parts)

    body = chain({"conv": Conv(4, 3), "head": Aux(rows(0.7), 0.3), **dict(rows(0.4).parts)})
    model = build(replace(TINY, body=body)).train()
    asked = []
    stepper = Alone(model, Source(DATA.train, EYES, a_run("tiny").recipe, CPU), Where(tiles=False))
    stepper.form.drop_by(lambda row, x, rate: asked.append((row, rate)) or x)
    stepper.forward(torch.randn(2, 1, 12, 12))
    assert dict(asked) == {"head.drop": 0.7, "drop": 0.4}
