"""First weights: the papers' bounds and spreads, a seed, and the meta device."""

import math
from pathlib import Path

import pytest
import torch

from papernets.build import build
from papernets.build.init import initialise
from papernets.nets import net
from papernets.paper import Init, Paper
from papernets.spec import Conv, Dense, Flatten, Net, chain

SMALL = Path(__file__).parents[1] / "small_nets.py"


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def wide(init):
    """A convolution in groups and a dense layer, large enough to measure a spread."""
    body = chain({"conv": Conv(128, 3, groups=2), "flatten": Flatten(), "fc": Dense(500)})
    return Net("wide", "wide", Paper("t", "a", 2026, "v"), (64, 5, 5), 500, body, init=init)


# LeCun et al. 1998, appendix A: uniform in +-2.4/F, F the inputs of a unit
FAN_IN = {"C1": 25, "S2": 4, "S4": 4, "C5": 400, "F6": 120}


def filled(values, bound):
    """True where the values stay within the bound, and come near it on both sides."""
    near = 0.8 if values.numel() > 20 else 0.2
    inside = values.abs().max() <= bound
    return bool(inside and values.max() > near * bound and values.min() < -near * bound)


@pytest.mark.parametrize("name", FAN_IN)
def test_lenet5_draws_within_its_fan_in(name):
    model = build(net("lenet5"), generator=seeded(2))
    bound = 2.4 / FAN_IN[name]
    layer = model.get_submodule(name)
    assert filled(layer.weight, bound)
    assert layer.bias.abs().max() <= bound
    assert layer.bias.abs().max() > bound / 3


def test_each_map_of_a_table_has_its_own_fan_in():
    """Table I: the first six C3 maps have 3*25 inputs, nine 4*25, the last 6*25."""
    model = build(net("lenet5"), generator=seeded(2))
    at = 0
    for out, maps in enumerate(net("lenet5").body.parts[2][1].table):
        bound = 2.4 / (25 * len(maps))
        assert filled(model.C3.weight[at : at + len(maps)], bound)
        assert 0 < model.C3.bias[out].abs() <= bound
        at += len(maps)
    assert at == len(model.C3.weight) == 60


def test_glorot_fills_its_bounds():
    """Glorot and Bengio 2010, equation 16: uniform in +-sqrt(6/(fan-in + fan-out)), biases 0."""
    model = build(wide(Init("glorot", 1.0, "test")), generator=seeded(1))
    conv, fc = math.sqrt(6 / (9 * 32 + 9 * 64)), math.sqrt(6 / (128 * 9 + 500))
    assert 0.99 * conv < model.conv.weight.abs().max() <= conv
    assert 0.99 * fc < model.fc.weight.abs().max() <= fc
    assert model.conv.bias.abs().max() == model.fc.bias.abs().max() == 0


@pytest.mark.parametrize(
    ("init", "conv", "fc"),
    [
        (Init("he", 2.0, "test"), math.sqrt(2 / (9 * 32)), math.sqrt(2 / (128 * 9))),
        (None, math.sqrt(2 / (9 * 32)), math.sqrt(2 / (128 * 9))),
        (Init("gaussian", 0.01, "test"), 0.01, 0.01),
    ],
)
def test_gaussians_have_their_spread(init, conv, fc):
    """He et al. 2015, equation 10: variance 2/fan-in; Krizhevsky et al. 2012: deviation 0.01."""
    model = build(wide(init), generator=seeded(1))
    assert model.conv.weight.std().item() == pytest.approx(conv, rel=0.02)
    assert model.fc.weight.std().item() == pytest.approx(fc, rel=0.02)
    assert model.conv.weight.mean().abs() < 0.02 * conv
    assert model.conv.bias.abs().max() == model.fc.bias.abs().max() == 0


def test_normalisation_begins_as_the_identity():
    model = build(net(f"{SMALL}:SHORTCUTS"), generator=seeded(1))
    assert (model.conv1.norm.weight == 1).all() and (model.conv1.norm.bias == 0).all()


@pytest.mark.parametrize("name", ["lenet1", "lenet4", "lenet5", "lenet5_modern"])
def test_a_seed_gives_the_same_weights(name):
    first, second, other = (build(net(name), generator=seeded(s)).state_dict() for s in (3, 3, 4))
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert any(not torch.equal(first[key], other[key]) for key in first)


def test_both_forms_draw_the_same_weights():
    fast, reference = (
        build(net("lenet5"), reference=form, generator=seeded(3)) for form in (False, True)
    )
    for name, weight in fast.state_dict().items():
        assert torch.equal(weight, reference.state_dict()[name])


def test_a_generator_leaves_the_global_one_alone():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    build(net("lenet5"), generator=seeded(3))
    assert torch.equal(torch.get_rng_state(), before)


def test_the_meta_device_draws_nothing():
    generator = seeded(3)
    before = generator.get_state()
    with torch.device("meta"):
        model = build(net("lenet5"), generator=generator)
    assert torch.equal(generator.get_state(), before)
    assert all(weight.is_meta for weight in model.parameters())


def test_an_unknown_rule_lists_the_known():
    model = build(net("lenet5"))
    message = "unknown initialisation 'zeros': fan_in, glorot, he or gaussian"
    with pytest.raises(ValueError, match=message):
        initialise(model, Init("zeros", 1.0, "test"))
