"""The layers that torch lacks, against the papers' formulas written out in loops."""

import math

import pytest
import torch
import torch.nn.functional as F

from papernets import spec
from papernets.nets.lenet import TABLE_I, codes
from papernets.rewrite.forms import BY_SIGMOID, CENTRED
from papernets.run.activations import ACTIVATE, activate, scaled_tanh
from papernets.run.block import Join, joined
from papernets.run.rows import row_module


@pytest.fixture(autouse=True)
def seeded():
    """The same draws in every run."""
    torch.manual_seed(1998)


def made(layer, shape):
    """The layer's module in double precision, all its parameters drawn."""
    built = row_module(layer, shape).double()
    for weight in built.parameters():
        torch.nn.init.normal_(weight)
    return built, torch.randn(2, *shape, dtype=torch.double)


def test_the_scaled_tanh_keeps_one_and_minus_one():
    """LeCun et al. 1998, appendix A: f(1) = 1, f(-1) = -1, curvature greatest there."""
    x = torch.tensor([1.0, -1.0, 0.0], dtype=torch.double)
    torch.testing.assert_close(scaled_tanh(x), x, rtol=0, atol=2e-5)
    at = torch.tensor([0.8, 1.0, 1.2], dtype=torch.double, requires_grad=True)
    (slope,) = torch.autograd.grad(scaled_tanh(at).sum(), at, create_graph=True)
    (curve,) = torch.autograd.grad(slope.sum(), at)
    assert curve[1].abs() > curve[0].abs() and curve[1].abs() > curve[2].abs()
    assert scaled_tanh(torch.tensor(50.0)).item() == pytest.approx(1.7159)


def test_there_is_a_function_for_every_activation_of_the_specification():
    assert set(ACTIVATE) == spec.ACTIVATIONS | {*BY_SIGMOID.values(), CENTRED}
    x = torch.randn(50)
    assert torch.equal(activate(x, None), x)
    for name in spec.MONOTONE | {*BY_SIGMOID.values(), CENTRED}:
        assert (activate(x.sort().values, name).diff() >= 0).all()


@pytest.mark.parametrize("name", sorted(BY_SIGMOID))
@pytest.mark.parametrize("graded", [True, False])
def test_a_tanh_by_way_of_the_sigmoid_is_a_tanh(name, graded):
    """2 sigmoid(2x) - 1 = tanh(x), in value and gradient, to the rounding of single precision."""
    x = torch.linspace(-6, 6, 1001, requires_grad=graded)
    exact = x.detach().double().requires_grad_(graded)
    y, z = activate(x, BY_SIGMOID[name]), activate(exact, name)
    torch.testing.assert_close(y.double(), z, rtol=0, atol=4e-7)
    if graded:
        toward = torch.randn(1001)
        y.backward(toward)
        z.backward(toward.double())
        torch.testing.assert_close(x.grad.double(), exact.grad, rtol=0, atol=2e-6)
    in_double = activate(exact.detach(), BY_SIGMOID[name])
    assert torch.equal(in_double, z.detach())


def test_local_response_normalisation_is_the_papers():
    """Krizhevsky et al. 2012, section 3.3: b = a / (k + alpha * sum over n maps of a^2)^beta."""
    n, k, alpha, beta = 5, 2.0, 1e-4, 0.75
    built, x = made(spec.LRN(n, k, alpha, beta), (9, 3, 2))
    x = 40 * x
    expected = torch.empty_like(x)
    for i in range(9):
        near = range(max(0, i - n // 2), min(8, i + n // 2) + 1)
        total = sum(x[:, j] ** 2 for j in near)
        expected[:, i] = x[:, i] / (k + alpha * total) ** beta
    torch.testing.assert_close(built(x), expected)
    theirs = F.local_response_norm(x, n, alpha, beta, k)  # torch divides alpha by n
    assert not torch.allclose(built(x), theirs, rtol=1e-3)


def test_rbf_is_minus_the_squared_distance():
    """LeCun et al. 1998, equation 7: y_i = sum over j of (x_j - w_ij)^2."""
    own = codes(10)
    built, x = made(spec.RBF(own), (84, 1, 1))
    x = x.flatten(1)
    expected = torch.tensor(
        [[-sum((v - w) ** 2 for v, w in zip(p, c, strict=True)) for c in own] for p in x.tolist()]
    )
    torch.testing.assert_close(built(x).float(), expected, rtol=1e-6, atol=1e-6)
    right = torch.tensor(own[3], dtype=torch.double)[None]
    assert built(right).argmax() == 3
    assert built(right).max().abs() < 1e-12
    halved = row_module(spec.RBF(own, scale=0.5), (84, 1, 1)).double()
    torch.testing.assert_close(halved(x), built(x) / 2)


def test_rbf_on_a_map_is_the_rbf_of_each_place():
    built, x = made(spec.RBF(codes(10)), (84, 2, 3))
    out = built(x)
    assert tuple(out.shape) == (2, 10, 2, 3)
    for row in range(2):
        for column in range(3):
            torch.testing.assert_close(out[:, :, row, column], built(x[:, :, row, column]))


def test_codes_are_a_buffer_that_is_saved_but_not_trained():
    built = row_module(spec.RBF(codes(10)), (84, 1, 1))
    assert list(built.parameters()) == []
    assert built.state_dict()["codes"].shape == (10, 84)
    assert built.double().codes.dtype == torch.double


@pytest.mark.parametrize("sources", [None, (0, 0, 1, 1, 2, 2)])
def test_subsampling_is_the_papers(sources):
    """Section II-B: the four inputs are added, times a coefficient, plus a bias, squashed."""
    layer = spec.Subsample(2, "scaled_tanh", sources)
    built, x = made(layer, (3, 6, 8))
    out = built(x)
    maps = sources or (0, 1, 2)
    assert tuple(out.shape) == (2, len(maps), 3, 4)
    for i, source in enumerate(maps):
        for row in range(3):
            for column in range(4):
                window = x[:, source, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
                own = built.subsample
                total = window.sum((1, 2)) * own.weight[i] + own.bias[i]
                torch.testing.assert_close(out[:, i, row, column], scaled_tanh(total))


# sorted as printed, not sorted, one map, all maps, nothing at the ends
TABLES = {
    "table I": (TABLE_I, 6),
    "any order": (((2, 0), (1,), (3, 1, 0)), 4),
    "one": (((0,),), 1),
    "all": (((0, 1), (0, 1)), 2),
    "ends": (((1,), (2, 1), (1,)), 4),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_a_masked_convolution(name):
    """Table I: a C3 map sums 5x5 convolutions of the S2 maps that it lists, plus a bias."""
    table, count = TABLES[name]
    built, x = made(spec.TableConv(table, 5, "tanh"), (count, 14, 14))
    full = torch.zeros(len(table), count, 5, 5, dtype=torch.double)
    kernels = iter(built.table.weight.detach())
    for out, maps in enumerate(table):
        for source in maps:
            full[out, source] = next(kernels)
    assert next(kernels, None) is None
    torch.testing.assert_close(built(x), torch.tanh(F.conv2d(x, full, built.table.bias)))
    torch.testing.assert_close(built.table.full_weight(), full)


def test_absent_connections_get_no_gradient():
    built, x = made(spec.TableConv(((0,), (1, 2)), 3), (3, 5, 5))
    x.requires_grad_()
    built(x)[:, 0].sum().backward()
    assert x.grad[:, 0].abs().sum() > 0
    assert x.grad[:, 1:].abs().sum() == 0
    assert built.weight.grad[1:].abs().sum() == 0


def test_an_average_counts_its_padding_or_does_not():
    ones = torch.ones(1, 1, 4, 4)
    counted = row_module(spec.Pool("average", 3, 1, padding=1), (1, 4, 4))(ones)
    assert counted[0, 0, 0, 0].item() == pytest.approx(4 / 9)
    for padding in (1, "same"):
        layer = spec.Pool("average", 3, 1, padding=padding, count_padding=False)
        assert torch.equal(row_module(layer, (1, 4, 4))(ones), ones)
    lopsided = spec.Pool("average", 2, 1, padding="same")
    assert row_module(lopsided, (1, 4, 4))(ones)[0, 0, 3, 3].item() == pytest.approx(1 / 4)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("how", ["max", "average"])
def test_same_pooling_keeps_to_the_picture(how, stride):
    """Padding never wins a maximum: of negative values the largest is negative."""
    layer = spec.Pool(how, 3, stride, padding="same", count_padding=False)
    x = -1 - torch.rand(2, 3, 7, 8, dtype=torch.double)
    out = row_module(layer, (3, 7, 8))(x)
    assert tuple(out.shape[1:]) == layer.shape((3, 7, 8))
    (top, _), (left, _) = layer.window().pads((7, 8))
    for row in range(out.shape[2]):
        for column in range(out.shape[3]):
            y, z = row * stride - top, column * stride - left
            window = x[:, :, max(y, 0) : y + 3, max(z, 0) : z + 3]
            best = window.amax((2, 3)) if how == "max" else window.mean((2, 3))
            torch.testing.assert_close(out[:, :, row, column], best)


@pytest.mark.parametrize(
    ("kernel", "stride"), [((3, 3), (2, 2)), ((4, 2), (1, 3)), ((4, 3), (1, 1)), ((2, 3), (3, 5))]
)
def test_same_convolution_is_a_padded_one(kernel, stride):
    """By a module of its own, where it is not the same on both sides for every size."""
    layer = spec.Conv(4, kernel, stride, "same", bias=False)
    built, x = made(layer, (3, 8, 9))
    (top, bottom), (left, right) = layer.window().pads((8, 9))
    expected = F.conv2d(F.pad(x, (left, right, top, bottom)), built.conv.weight, stride=stride)
    torch.testing.assert_close(built(x), expected)
    assert tuple(expected.shape[2:]) == (math.ceil(8 / stride[0]), math.ceil(9 / stride[1]))


def test_a_shortcut_of_zeros_keeps_every_second_value():
    """He et al. 2016, section 3.3, option A; zeros behind, or on both sides as often copied."""
    for before in (0, 5):
        built, x = made(spec.PadShortcut(9, (2, 3), before), (4, 5, 7))
        y = built(x)
        assert tuple(y.shape) == (2, 9, 3, 3)
        assert torch.equal(y[:, before : before + 4], x[:, :, ::2, ::3])
        assert not y[:, :before].any() and not y[:, before + 4 :].any()


def test_a_pooling_sees_the_zeros_of_a_pad_and_not_its_own():
    pad, x = made(spec.Pad((1, 2)), (2, 3, 3))
    x = -x.abs() - 1
    pool, _ = made(spec.Pool("max", 3, 2), (2, 5, 7))
    own, _ = made(spec.Pool("max", 3, 2, 1), (2, 3, 3))
    assert tuple(pad(x).shape) == (2, 2, 5, 7)
    assert (pool(pad(x))[:, :, 0, 0] == 0).all()
    assert (own(x) < 0).all()


def test_zeros_behind_are_laid_below_and_to_the_right():
    built, x = made(spec.Conv(4, 3, 2, "behind", groups=2), (4, 7, 6))
    padded = F.pad(x, (0, 1, 0, 1))
    theirs = F.conv2d(padded, built.conv.weight, built.conv.bias, 2, groups=2)
    torch.testing.assert_close(built(x), theirs)
    assert tuple(theirs.shape) == (2, 4, 3, 3)


def test_convolution_then_normalisation_then_activation():
    built, x = made(spec.Conv(4, 3, norm=spec.Norm(eps=1e-3), activation="relu"), (3, 8, 8))
    raw = F.conv2d(x, built.conv.weight, built.conv.bias)
    mean, variance = raw.mean((0, 2, 3)), raw.var((0, 2, 3), unbiased=False)
    unit = (raw - mean.view(-1, 1, 1)) / (variance + 1e-3).sqrt().view(-1, 1, 1)
    scaled = unit * built.norm.weight.view(-1, 1, 1) + built.norm.bias.view(-1, 1, 1)
    torch.testing.assert_close(built.train()(x), scaled.clamp(min=0))


def test_a_normalisation_may_have_no_gamma():
    built, x = made(spec.Conv(4, 1, bias=False, norm=spec.Norm(scale=False)), (3, 4, 4))
    assert [name for name, _ in built.named_parameters()] == ["conv.weight", "norm.bias"]
    assert tuple(built(x).shape) == (2, 4, 4, 4)


def test_a_sum_weighs_its_branches():
    """Szegedy et al. 2016, section 3.3: residuals are scaled before they are added."""
    own = torch.nn.Module()
    own.a, own.b = torch.nn.Linear(3, 3), torch.nn.Identity()
    x = torch.randn(2, 3)
    with torch.no_grad():
        for over in (None, 0):
            join = Join((("a",), ("b",)), (0.2, 1.0), over)
            torch.testing.assert_close(joined(own, join, x, None), 0.2 * own.a(x) + x)
            join = Join((("a",), ("b",)), (1.0, 1.0), over)
            torch.testing.assert_close(joined(own, join, x, None), own.a(x) + x)


def test_a_sum_is_not_written_over_what_a_branch_passes_on():
    own, x = torch.nn.Module(), torch.randn(2, 3)
    own.a, own.b = torch.nn.Identity(), torch.nn.Identity()
    given = x.clone()
    for scales in ((1.0, 1.0), (0.5, 1.0)):
        found = joined(own, Join((("a",), ("b",)), scales, 0), x, None)
        torch.testing.assert_close(found, x * sum(scales))
        assert torch.equal(x, given)


def test_a_layer_without_a_module_says_so():
    class Unknown(spec.Layer):
        kind = "unknown"

    with pytest.raises(TypeError, match="no module for a layer of kind 'unknown'"):
        row_module(Unknown(), (1, 2, 2))
