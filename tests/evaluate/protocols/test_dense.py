"""What a network run over a whole picture says, and of which crops it says so.

Where a network pads, a crop has zeros beyond its edges and the same part of a larger picture has
its surroundings (Simonyan and Zisserman 2014, section 3.2). So a map of outputs equals the network
at each crop exactly where nothing is padded; else it equals the network's dense layers on each part
of the last map of the whole picture.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from papernets import rewrite
from papernets.bundle.committee import Committee
from papernets.bundle.create import create_model
from papernets.bundle.dense import check_dense, dense_form
from papernets.nets import net as named
from papernets.run.network import Network, build
from papernets.spec import (
    LRN,
    AdaptivePool,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Net,
    Norm,
    Part,
    Pool,
    chain,
    walk,
)


def conv(maps: int, kernel: int = 3, padding: int = 0, **rest: object) -> Conv:
    return Conv(maps, kernel, padding=padding, activation="relu", **rest)  # type: ignore[arg-type]


def of(name: str, side: int, layers: dict[str, Part]) -> Net:
    head: dict[str, Part] = {
        "flatten": Flatten(),
        "fc1": Dense(9, activation="relu"),
        "drop": Dropout(0.5),
        "fc2": Dense(4, activation="softmax"),
    }
    return Net(name, (3, side, side), 4, chain({**layers, **head}))


def vgg(padding: int, side: int) -> Net:
    """As VGG: 3x3 at stride 1, pooling 2x2; a step of 4 pixels."""
    layers: dict[str, Part] = {
        "conv1": conv(6, padding=padding),
        "conv2": conv(6, padding=padding, norm=Norm()),
        "pool1": Pool("max", 2),
        "conv3": conv(8, padding=padding),
        "pool2": Pool("max", 2),
    }
    return of("vgg_like", side, layers)


def alexnet(padding: int, side: int) -> Net:
    """As AlexNet: a first stride, LRN, two towers, overlapping pooling; a step of 8 pixels."""
    layers: dict[str, Part] = {
        "conv1": conv(8, 5, stride=2),
        "norm1": LRN(5, k=2, alpha=1e-4, beta=0.75),
        "pool1": Pool("max", 3, 2),
        "conv2": conv(8, 3, padding=padding, groups=2),
        "pool2": Pool("max", 3, 2),
    }
    return of("alexnet_like", side, layers)


PADDED = {"vgg": (vgg(1, 16), 4), "alexnet": (alexnet(1, 35), 8)}
PLAIN = {"vgg": (vgg(0, 22), 4), "alexnet": (alexnet(0, 43), 8)}


def pair_of(net: Net) -> tuple[Network, Network]:
    """The network plain and dense, in double precision."""
    plain = build(net, generator=torch.Generator().manual_seed(1)).double().eval()
    return plain, dense_form(plain)


def picture(side: int, seed: int = 0) -> Tensor:
    return torch.rand(2, 3, side, side + 8, generator=torch.Generator().manual_seed(seed)).double()


@pytest.mark.parametrize("net", [*PADDED.values(), *PLAIN.values()], ids=lambda one: one[0].name)
def test_at_the_size_of_training_it_is_the_plain_network(net: tuple[Net, int]) -> None:
    plain, dense = pair_of(net[0])
    x = picture(net[0].input[1])[..., : net[0].input[2]]
    out = dense(x)
    assert out.shape == (2, 4, 1, 1) and not dense.training and out.dtype == torch.double
    torch.testing.assert_close(out[:, :, 0, 0], plain(x), rtol=0, atol=1e-12)
    in_single = dense.float()(x.float())[:, :, 0, 0]
    torch.testing.assert_close(in_single, plain.float()(x.float()), rtol=0, atol=1e-5)


@pytest.mark.parametrize("net", PLAIN.values(), ids=PLAIN)
def test_without_padding_a_map_is_the_network_at_each_crop(net: tuple[Net, int]) -> None:
    network, step = net
    side = network.input[1]
    plain, dense = pair_of(network)
    x = picture(side + 2 * step)
    out = dense(x)
    assert out.shape[2] == 3 and out.shape[3] == 3 + 8 // step
    for row in range(out.shape[2]):
        for column in range(out.shape[3]):
            top, left = step * row, step * column
            crop = x[:, :, top : top + side, left : left + side]
            torch.testing.assert_close(out[:, :, row, column], plain(crop), rtol=0, atol=1e-12)


@pytest.mark.parametrize("net", PADDED.values(), ids=PADDED)
def test_with_padding_a_map_is_the_dense_layers_on_each_part_of_the_last_map(
    net: tuple[Net, int],
) -> None:
    """A crop of its own differs: its padding is zeros where the picture goes on."""
    network, step = net
    side = network.input[1]
    plain, dense = pair_of(network)
    x = picture(side + 2 * step)
    maps = x
    children = dict(plain.named_children())
    names = list(children)
    for name in names[: names.index("flatten")]:
        maps = children[name](maps)
    window = next(row.input for row in walk(network) if row.name == "flatten")[1]
    out = dense(x)
    assert out.shape[2] == maps.shape[2] - window + 1 == 3
    apart = []
    for row in range(out.shape[2]):
        for column in range(out.shape[3]):
            values = maps[:, :, row : row + window, column : column + window]
            for name in names[names.index("flatten") :]:
                values = children[name](values)
            torch.testing.assert_close(out[:, :, row, column], values, rtol=0, atol=1e-12)
            top, left = step * row, step * column
            crop = plain(x[:, :, top : top + side, left : left + side])
            apart.append(float((crop - values).detach().abs().max()))
    assert min(apart) > 1e-6


def test_with_padding_a_value_far_from_the_edges_depends_on_its_field_alone() -> None:
    """The field of one output reaches beyond its crop by as much as was padded."""
    network, step = PADDED["vgg"]
    _, dense = pair_of(network)
    last = walk(rewrite.dense(network).net)[-1]
    assert last.receptive_field is not None and last.field_start is not None
    field, start = last.receptive_field[0], last.field_start[0]
    assert (field, start, last.field_stride) == (24, -4, (4, 4))
    assert field == network.input[1] + 2 * 4  # conv1 and conv2 pad a pixel each, conv3 one of two
    x = picture(40)
    at = 2  # its field begins at 2 * 4 - 4
    top = at * step + start
    whole = dense(x)[:, :, at, at]
    noise = torch.rand_like(x)
    noise[:, :, top : top + field, top : top + field] = x[
        :, :, top : top + field, top : top + field
    ]
    torch.testing.assert_close(dense(noise)[:, :, at, at], whole, rtol=0, atol=1e-12)
    moved = dense(x[:, :, step:, step:])[:, :, at - 1, at - 1]
    torch.testing.assert_close(moved, whole, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "name", ["alexnet", "vgg11", "googlenet", "resnet18", "mobilenet_v1_0.25_224"]
)
@pytest.mark.slow
def test_networks_as_printed_at_their_own_size(name: str) -> None:
    plain = create_model(name, num_classes=10, generator=torch.Generator().manual_seed(0)).eval()
    x = torch.rand(1, *plain.net.input, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        one, other = plain(x), dense_form(plain)(x)[:, :, 0, 0]
        wide = dense_form(plain)(torch.nn.functional.pad(x, (0, 64, 0, 96)))
    torch.testing.assert_close(other, one, rtol=0, atol=1e-5 * max(1.0, float(one.abs().max())))
    assert tuple(wide.shape[2:]) == (4, 3)


def test_a_mobilenet_can_be_run_so_and_a_head_that_adapts_cannot() -> None:
    """Its average over 7x7 slides; pooling to a fixed size gives that size, whatever it sees."""
    check_dense(named("mobilenet_v1"))
    adapted = of("adapted", 20, {"conv1": conv(4), "pool": AdaptivePool(4)})
    with pytest.raises(ValueError) as error:
        check_dense(adapted)
    assert str(error.value) == (
        "adapted has a fixed head: pool makes 4x4 of 18x18 by windows that are not all alike, so "
        "that its dense layers cannot run as convolutions. Crops work: ten-crop, 144, multi-crop"
    )
    check_dense(replace(adapted, input=(3, 18, 18)))  # 4x4 of 16x16: windows of 4x4
    with pytest.raises(ValueError, match="gives a map of 28x28 at its own size"):
        check_dense(named("inception_naive_3a"))


def test_what_has_no_dense_form() -> None:
    network = build(PADDED["vgg"][0])
    with pytest.raises(ValueError, match="a committee has no dense form"):
        dense_form(Committee([network]))
    with pytest.raises(ValueError, match="no dense form is known of a Linear"):
        dense_form(torch.nn.Linear(2, 2))
