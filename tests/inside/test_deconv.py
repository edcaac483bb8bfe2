"""deconv: the paper's procedure in loops, what it needs, and where it does not apply."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from papernets import build, create_model, inside, net
from papernets.inside.deconvnet import deconv_layer, obstacle
from papernets.spec import LRN, Conv, Net, Pool, chain

Array = NDArray[np.float64]
# As ZFNet begins: convolution, rectification, overlapping pooling, normalisation across maps.
SMALL = Net(
    "small",
    (2, 13, 11),
    3,
    chain(
        {
            "conv1": Conv(4, 3, stride=2, padding=1, activation="relu"),
            "pool1": Pool("max", 3, 2, padding=1),
            "norm1": LRN(3, k=2, alpha=0.5, beta=0.75),
            "conv2": Conv(3, 3, padding=1, activation="relu"),
        }
    ),
)


def up(x: Array, weight: Array, bias: Array, stride: int) -> Array:
    """Convolution with a padding of 1, then rectification."""
    out, _, k, _ = weight.shape
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    high, wide = ((n - k) // stride + 1 for n in padded.shape[1:])
    maps = np.zeros((out, high, wide))
    for o in range(out):
        for i in range(high):
            for j in range(wide):
                window = padded[:, i * stride : i * stride + k, j * stride : j * stride + k]
                maps[o, i, j] = max((window * weight[o]).sum() + bias[o], 0)
    return maps


def pooled(x: Array) -> tuple[Array, dict[tuple[int, int, int], tuple[int, int]]]:
    """Windows of 3x3 in steps of 2, padded by 1: the largest values, and where each came from."""
    high, wide = ((n + 2 - 3) // 2 + 1 for n in x.shape[1:])
    maps, switches = np.zeros((len(x), high, wide)), {}
    for c in range(len(x)):
        for i in range(high):
            for j in range(wide):
                places = [
                    (a, b)
                    for a in range(max(2 * i - 1, 0), min(2 * i + 2, x.shape[1]))
                    for b in range(max(2 * j - 1, 0), min(2 * j + 2, x.shape[2]))
                ]
                best = max(places, key=lambda at: x[c][at])  # the first of equal ones
                maps[c, i, j], switches[c, i, j] = x[c][best], best
    return maps, switches


def normalised(x: Array) -> Array:
    """Krizhevsky et al. 2012, section 3.3, over three neighbours."""
    out = np.zeros_like(x)
    for c in range(len(x)):
        near = x[max(c - 1, 0) : c + 2]
        out[c] = x[c] / (2 + 0.5 * (near**2).sum(0)) ** 0.75
    return out


def down(signal: Array, weight: Array, size: tuple[int, int], stride: int) -> Array:
    """The same filters transposed, on what is rectified: each value lays its filter down."""
    _, maps, k, _ = weight.shape
    padded = np.zeros((maps, size[0] + 2, size[1] + 2))
    for o, i, j in np.ndindex(signal.shape):
        laid = max(signal[o, i, j], 0) * weight[o]
        padded[:, i * stride : i * stride + k, j * stride : j * stride + k] += laid
    return padded[:, 1:-1, 1:-1]


def test_it_is_the_papers_procedure():
    """Zeiler and Fergus 2013, section 2.1: unpool, rectify, filter; no contrast operation."""
    model = build(SMALL, torch.Generator().manual_seed(0)).double()
    x = torch.randn(1, 2, 13, 11, generator=torch.Generator().manual_seed(1)).double()
    w1, b1 = (model.conv1.conv.get_parameter(n).detach().numpy() for n in ("weight", "bias"))
    w2, b2 = (model.conv2.conv.get_parameter(n).detach().numpy() for n in ("weight", "bias"))
    first = up(x[0].numpy(), w1, b1, 2)
    pools, switches = pooled(first)
    second = up(normalised(pools), w2, b2, 1)
    alive = 0
    for unit in range(3):
        found = inside.deconv(model, x, layer="conv2", unit=unit)
        (patch,) = found.patches
        place = unit, patch.row, patch.column
        assert second[place] == second[unit].max() == pytest.approx(patch.value)
        kept = np.zeros_like(second)
        kept[place] = second[place]
        signal = down(kept, w2, pools.shape[1:], 1)
        unpooled = np.zeros_like(first)
        for (c, i, j), (a, b) in switches.items():
            unpooled[c, a, b] += signal[c, i, j]
        wanted = down(unpooled, w1, (13, 11), 2)
        np.testing.assert_allclose(found.values[0], wanted, atol=1e-6)
        alive += bool(np.abs(wanted).max() > 1e-3)
    assert alive  # of a dead unit all is 0


def test_the_module_is_as_it_was():
    """Rectifiers in place, hooks and modes: the next pass gives the plain gradient again."""
    model = build(SMALL, torch.Generator().manual_seed(0))
    x = torch.randn(1, 2, 13, 11, generator=torch.Generator().manual_seed(1), requires_grad=True)

    def slope() -> torch.Tensor:
        return torch.autograd.grad(model(x).sum(), x)[0]

    before = slope()
    inside.deconv(model, x.detach())
    assert model.training and torch.equal(slope(), before)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


@pytest.mark.parametrize(
    ("name", "layer", "words"),
    [
        ("lenet5", "C3", "C1 ends in scaled_tanh, which does not rectify"),
        ("nin_cifar10", "cccp6", "pool2 averages, and leaves no switch"),
        ("resnet20", "fc", "avgpool averages"),
        ("inception_v3", "mixed_5b", "mixed_5b.pool.pool averages"),
        ("alexnet", "fc8", ""),
        ("zfnet", "conv5", ""),
        ("vgg16", "conv5_3", ""),
        ("inception_v3", "mixed_5b.b1x1", ""),  # beside the average
    ],
)
def test_where_it_applies(name: str, layer: str, words: str) -> None:
    assert words in obstacle(net(name), layer) and bool(words) == bool(obstacle(net(name), layer))


def test_where_it_does_not_the_error_says_why_and_how_far():
    model = create_model("nin_cifar10", generator=torch.Generator().manual_seed(0))
    assert deconv_layer(model) == "cccp4"
    with pytest.raises(ValueError, match=r"does not apply to cccp6 of nin_cifar10: pool2 averages"):
        inside.deconv(model, torch.zeros(1, 3, 32, 32), layer="cccp6")
    with pytest.raises(ValueError, match=r"It applies up to dropout2|It applies up to cccp4"):
        inside.deconv(model, torch.zeros(1, 3, 32, 32), layer="cccp6")
