"""The rectangle of a unit against gradients: what a unit hears lies in it and reaches its sides."""

import random
from dataclasses import replace

import pytest
import torch
from linear import heard, positive

from papernets.arithmetic import explained, graph, unit
from papernets.nets import net
from papernets.spec import (
    AdaptivePool,
    Conv,
    GlobalPool,
    Net,
    Pad,
    PadShortcut,
    Pool,
    add,
    chain,
    concat,
    walk,
)

UNEVEN = Net(
    "uneven",
    (2, 38, 30),
    0,
    chain(
        {
            "pad": Pad((1, 0)),
            "mixed": concat(
                {
                    "wide": Conv(2, (5, 3), (2, 1), "same"),
                    "behind": chain(
                        {"a": Conv(2, 3, 1, "behind"), "b": Conv(2, (1, 4), (2, 1), "same")}
                    ),
                    "pool": Pool("max", (3, 2), (2, 1), "same"),
                }
            ),
            "ceil": Pool("average", 3, 2, ceil=True),
            "block": add({"conv": Conv(9, 3, 2, 1), "shortcut": PadShortcut(9)}),
            "grid": AdaptivePool((3, 4)),
            "last": Conv(3, 2),
        }
    ),
)
"""Branches that look from different corners, windows beyond the edge, windows not alike."""
FEW = ["lenet5", "googlenet", "resnet18_A", "mobilenet_v1_0.25_128"]
MANY = [
    *("lenet1", "lenet4", "alexnet", "alexnet_torchvision", "zfnet", "caffenet", "nin_cifar10"),
    *("vgg11", "googlenet", "googlenet_caffe", "bn_inception", "bn_inception_caffe"),
    *("inception_v3", "inception_v3_keras", "inception_v4", "inception_resnet_v2_slim"),
    *("resnet20", "resnet18_A", "resnet50", "resnet50_v1.5", "resnet50_v2_keras", "resnet152"),
    *("mobilenet_v1", "mobilenet_v1_keras", "resnet110_v2"),
]


def check(one: Net, units: int, seed: int) -> None:
    """Random units of random rows: gradients lie inside, and reach the sides on the picture."""
    torch.manual_seed(seed)
    chance, whole, model = random.Random(seed), graph(one), positive(one)
    picture = torch.rand(1, *one.input, dtype=torch.double, requires_grad=True)
    rows = chance.choices([row for row in whole.rows.values() if not row.aux], k=units)
    found = model.features(picture, [row.name for row in rows])
    height, width = one.input[1:]
    for row in rows:
        at = chance.randrange(row.out[1]), chance.randrange(row.out[2])
        output = found[row.name].reshape(1, row.out[0], *row.out[1:])
        seen, told = heard(picture, output, at), unit(whole, row.name, at)
        top, left, bottom, right = told.rectangle
        inside = told.clipped
        assert inside is not None
        assert inside[0] <= seen[0] and inside[1] <= seen[1], (row.name, at, seen, told)
        assert seen[2] <= inside[2] and seen[3] <= inside[3], (row.name, at, seen, told)
        for side, edge, on in (
            (0, top, top >= 0),
            (1, left, left >= 0),
            (2, bottom, bottom < height),
            (3, right, right < width),
        ):
            assert not on or seen[side] == edge, (one.name, row.name, at, seen, told)


def smaller(name: str, chance: random.Random) -> Net:
    """A network on a small input, whose sides differ and are of no round number."""
    one = net(name).member
    sides = [min(side, chance.randrange(97, 131)) for side in one.input[1:]]
    try:
        found = net(name, input=(sides[0], sides[1])).member
        walk(found)
    except ValueError:  # it has one size, or heads that need a larger one
        return one
    return found


@pytest.mark.parametrize("name", FEW)
def test_a_unit_hears_its_rectangle(name):
    check(net(name, input=(101, 96)).member if "net5" not in name else net(name), 6, 1)


@pytest.mark.parametrize("seed", range(3))
def test_a_unit_hears_its_rectangle_where_nothing_is_even(seed):
    check(UNEVEN, 12, seed)
    check(replace(UNEVEN, input=(2, 40 + 2 * seed, 33)), 12, seed)


@pytest.mark.slow
@pytest.mark.parametrize("name", MANY)
def test_200_units_hear_their_rectangles(name):
    check(smaller(name, random.Random(name)), 8, 2)


def test_a_plain_convolution_by_hand():
    """AlexNet's conv1 takes 11x11 windows at stride 4: unit 2,3 sees rows 8 to 18."""
    whole = graph(net("alexnet"))
    told = unit(whole, "conv1", (2, 3))
    assert told.rectangle == (8, 12, 18, 22) == told.clipped
    assert set(told.outside.values()) == {0}
    # conv3 sees 99x99 around it in the middle; a unit of the corner begins in the padding
    corner = explained(net("alexnet"), "conv3", (0, 0))
    assert corner.unit.rectangle[:2] == tuple(corner.place.end.field_start)
    size = corner.place.end.receptive_field
    assert corner.unit.rectangle[2] - corner.unit.rectangle[0] + 1 == size[0]


def test_neighbours_are_a_stride_apart():
    """Where branches look from one corner: the rectangle moves as the field's step says."""
    whole = graph(net("googlenet"))
    row = whole.rows["inception_4c"]
    first, second = (unit(whole, row.name, at).rectangle for at in ((3, 3), (4, 5)))
    down, across = row.field_stride
    moved = (down, 2 * across, down, 2 * across)
    assert tuple(b - a for a, b in zip(first, second, strict=True)) == moved


def test_a_row_that_sees_everything_says_what_no_pixel_reaches():
    """AlexNet's floor leaves out nothing of 227, and at 230 the last rows are never seen."""
    seen = unit(graph(net("alexnet")), "fc6", (0, 0))
    assert seen.clipped == (0, 0, 226, 226)
    small = Net("small", (1, 10, 9), 0, chain({"c": Conv(1, 4, 4), "all": GlobalPool()}))
    assert unit(graph(small), "all", (0, 0)).rectangle == (0, 0, 7, 7)


def test_windows_of_adaptive_pooling_are_each_their_own():
    """5 values over 3: floor(i*5/3) to ceil((i+1)*5/3)-1 are 0..1, 1..3, 3..4."""
    five = graph(Net("five", (1, 5, 5), 0, chain({"grid": AdaptivePool(3)})))
    rows = [unit(five, "grid", (i, 0)).rectangle for i in range(3)]
    assert [(top, bottom) for top, _, bottom, _ in rows] == [(0, 1), (1, 3), (3, 4)]


@pytest.mark.parametrize("at", [(55, 0), (0, 55), (-1, 3)])
def test_a_unit_that_is_not_there_is_told_the_range(at):
    with pytest.raises(ValueError, match=r"a map of 55x55 has rows 0 to 54, columns 0 to 54"):
        unit(graph(net("alexnet")), "conv1", at)
    with pytest.raises(ValueError, match="has row 0, column 0"):
        unit(graph(net("alexnet")), "fc6", (1, 0))
