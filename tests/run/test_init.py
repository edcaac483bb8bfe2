"""First weights: the papers' bounds and spreads, a seed, and the meta device."""

import math
import re
from pathlib import Path

import pytest
import torch
from scipy import stats
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter

from papernets.bundle.create import build
from papernets.nets.registry import net
from papernets.run.initialisation import CHUNK, draw
from papernets.run.network import build as drawn_by
from papernets.spec import HE, Conv, Dense, Flatten, Initialisation, Net, chain

SMALL = Path(__file__).parents[1] / "small_nets.py"


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def wide():
    """A convolution in groups and a dense layer, large enough to measure a spread."""
    body = chain({"conv": Conv(128, 3, groups=2), "flatten": Flatten(), "fc": Dense(500)})
    return Net("wide", (64, 5, 5), 500, body)


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
    row = model.get_submodule(name)
    layer = next(m for m in row.modules() if getattr(m, "weight", None) is not None)
    assert filled(layer.weight, bound)
    assert layer.bias.abs().max() <= bound
    assert layer.bias.abs().max() > bound / 3


def test_each_map_of_a_table_has_its_own_fan_in():
    """Table I: the first six C3 maps have 3*25 inputs, nine 4*25, the last 6*25."""
    model = build(net("lenet5"), generator=seeded(2))
    at = 0
    for out, maps in enumerate(net("lenet5").body.parts[2][1].table):
        bound = 2.4 / (25 * len(maps))
        assert filled(model.C3.table.weight[at : at + len(maps)], bound)
        assert 0 < model.C3.table.bias[out].abs() <= bound
        at += len(maps)
    assert at == len(model.C3.table.weight) == 60


def test_glorot_fills_its_bounds():
    """Glorot and Bengio 2010, equation 16: uniform in +-sqrt(6/(fan-in + fan-out)), biases 0."""
    model = drawn_by(wide(), seeded(1), Initialisation("glorot", 1.0, "test"))
    conv, fc = math.sqrt(6 / (9 * 32 + 9 * 64)), math.sqrt(6 / (128 * 9 + 500))
    assert 0.99 * conv < model.conv.weight.abs().max() <= conv
    assert 0.99 * fc < model.fc.weight.abs().max() <= fc
    assert model.conv.bias.abs().max() == model.fc.bias.abs().max() == 0


@pytest.mark.parametrize(
    ("init", "conv", "fc"),
    [
        (Initialisation("he", 2.0, "test"), math.sqrt(2 / (9 * 32)), math.sqrt(2 / (128 * 9))),
        (None, math.sqrt(2 / (9 * 32)), math.sqrt(2 / (128 * 9))),
        (Initialisation("gaussian", 0.01, "test"), 0.01, 0.01),
    ],
)
def test_gaussians_have_their_spread(init, conv, fc):
    """He et al. 2015, equation 10: variance 2/fan-in; Krizhevsky et al. 2012: deviation 0.01."""
    model = drawn_by(wide(), seeded(1), init or HE)
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


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "zeros"}, "unknown initialisation 'zeros': there are fan_in, root_fan_in, "),
        ({"scale": 0.0}, "the scale of an initialisation must be above 0, not 0.0"),
        ({"scale": float("nan")}, "must be above 0, not nan"),
        (
            {"kind": "gaussian", "cut": 0.1},
            "cut 0.1: give a Gaussian and at least half a deviation",
        ),
        ({"kind": "glorot", "cut": 2.0}, "cut 2.0: give a Gaussian"),
    ],
)
def test_a_rule_that_cannot_be_drawn_is_refused(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Initialisation(**{"kind": "he", "scale": 1.0, "source": "test", **given})


# Each kind against its distribution as its source defines it, with scipy as the judge.
IN, OUT = 40, 90
EXACT = {
    # LeCun et al. 1998, appendix A
    "fan_in": (Initialisation("fan_in", 2.4, "t"), stats.uniform(-2.4 / IN, 4.8 / IN)),
    # torch's layers: U(-1/sqrt(fan-in), 1/sqrt(fan-in))
    "torch": (Initialisation("root_fan_in", 1.0, "t"), stats.uniform(-(IN**-0.5), 2 * IN**-0.5)),
    # Caffe, filler.hpp: scale = sqrt(3 / fan_in)
    "xavier": (
        Initialisation("xavier", 1.0, "t"),
        stats.uniform(-math.sqrt(3 / IN), 2 * math.sqrt(3 / IN)),
    ),
    # Glorot and Bengio 2010, equation 16
    "glorot": (
        Initialisation("glorot", 1.0, "t"),
        stats.uniform(-math.sqrt(6 / (IN + OUT)), 2 * math.sqrt(6 / (IN + OUT))),
    ),
    # He et al. 2015, equations 10 and 14
    "he": (Initialisation("he", 2.0, "t"), stats.norm(0, math.sqrt(2 / IN))),
    "he_out": (Initialisation("he_out", 2.0, "t"), stats.norm(0, math.sqrt(2 / OUT))),
    # Krizhevsky et al. 2012, section 5
    "gaussian": (Initialisation("gaussian", 0.01, "t"), stats.norm(0, 0.01)),
    # tf.truncated_normal: beyond two deviations drawn again
    "truncated": (Initialisation("gaussian", 0.09, "t", cut=2), stats.truncnorm(-2, 2, scale=0.09)),
    "slim": (
        Initialisation("he", 2.6, "t", cut=2),
        stats.truncnorm(-2, 2, scale=math.sqrt(1.3 * 2 / IN)),
    ),
    "narrow": (Initialisation("gaussian", 1.0, "t", cut=0.5), stats.truncnorm(-0.5, 0.5)),
}
MANY = 3 * CHUNK // 2  # so that a truncated one takes two chunks


def drawn(init, seed=11, count=MANY):
    weight = torch.empty(count)
    draw(weight, init, IN, OUT, seeded(seed))
    return weight


@pytest.mark.parametrize("name", EXACT)
def test_values_have_the_exact_distribution(name):
    init, judge = EXACT[name]
    values = drawn(init).double().numpy()
    assert stats.kstest(values, judge.cdf).pvalue > 1e-3
    low, high = judge.support()
    slack = 1e-6 * judge.std()  # float32 rounds a bound
    assert values.min() >= low - slack and values.max() <= high + slack
    error = judge.std() / math.sqrt(MANY)
    assert abs(values.mean()) < 4 * error
    assert values.std() == pytest.approx(judge.std(), rel=0.01)


def test_the_judge_sees_values_that_are_moved_to_the_bound():
    """Clamping has the same bounds, and another distribution: 4.6 % lie on them."""
    clamped = drawn(Initialisation("gaussian", 0.09, "t")).clamp(-0.18, 0.18).double().numpy()
    assert stats.kstest(clamped, EXACT["truncated"][1].cdf).pvalue < 1e-9


def test_a_truncated_draw_is_reproducible_and_fills_any_shape():
    init = Initialisation("gaussian", 0.1, "t", cut=2)
    assert torch.equal(drawn(init, seed=5, count=1000), drawn(init, seed=5, count=1000))
    assert not torch.equal(drawn(init, seed=5, count=1000), drawn(init, seed=6, count=1000))
    for shape in ((), (1,), (3, 1, 7, 2)):
        weight = torch.full(shape, 9.0)
        draw(weight, init, 1, 1, seeded(0))
        assert (weight.abs() <= 0.2).all()


class Largest(TorchDispatchMode):
    """The most bytes of one tensor that an operation makes anew."""

    bytes = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        given = {t.untyped_storage().data_ptr() for t in args if isinstance(t, torch.Tensor)}
        for t in tree_iter(out):
            if isinstance(t, torch.Tensor) and t.untyped_storage().data_ptr() not in given:
                self.bytes = max(self.bytes, t.untyped_storage().nbytes())
        return out


@pytest.mark.parametrize("name", EXACT)
def test_drawing_makes_nothing_near_as_large_as_a_large_tensor(name):
    weight = torch.empty(8 * CHUNK)
    with Largest() as largest:
        draw(weight, EXACT[name][0], IN, OUT, seeded(0))
    assert largest.bytes <= 8 * CHUNK  # a quarter of the weight: an index for every value
