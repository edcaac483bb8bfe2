"""Receptive fields against a judge without formulas: where the gradient of an output reaches."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from papernets.nets.registry import net
from papernets.run.network import build
from papernets.spec import (
    LRN,
    Chain,
    Conv,
    Identity,
    Net,
    Pool,
    Subsample,
    chain,
    concat,
    rebuilt,
    walk,
)

SMALL = Path(__file__).parents[1] / "small_nets.py"
# 'same' padding with a stride is lopsided: the branches look from different corners
SAME = Net(
    "lopsided",
    (1, 32, 32),
    10,
    chain(
        {
            "mixed1": concat(
                {
                    "conv": Conv(2, (3, 2), 2, "same"),
                    "pool": Pool("average", 2, 2),
                    "one": Conv(1, 1, 2),
                }
            ),
            "mixed2": concat(
                {"wide": Conv(2, (5, 1), 1, (2, 0)), "same": Conv(2, (4, 4), 1, "same")}
            ),
        }
    ),
)


def linear(name, part):
    """The part as a map through which every path adds: linear, average pooling."""
    if isinstance(part, Pool):
        return replace(part, how="average")
    if isinstance(part, LRN):
        return Identity()
    if getattr(part, "activation", None) is not None:
        return replace(part, activation=None)
    return part


def extent(picture, output, at):
    """First and last (row, column) of the picture that one place of the output hears."""
    (gradient,) = torch.autograd.grad(output[0, :, at[0], at[1]].sum(), picture, retain_graph=True)
    heard = gradient[0].abs().sum(0).nonzero()
    return heard.min(0).values, heard.max(0).values


@pytest.mark.parametrize(
    "network",
    [net(f"{SMALL}:BRANCHES"), net(f"{SMALL}:SHORTCUTS"), net("lenet5"), net("lenet4"), SAME],
    ids=lambda network: network.name,
)
def test_the_field_is_where_the_gradient_reaches(network):
    large = replace(network, input=(network.input[0], 160, 152), body=rebuilt(network.body, linear))
    fields = []
    try:
        for row in walk(large):
            fields.append(row)
    except ValueError:  # codes of a fixed length end here
        large = replace(large, body=Chain(large.body.parts[:-1]))
        fields = list(walk(large))
    spatial = [row for row in fields if row.receptive_field is not None]
    assert spatial
    model = build(large).double().eval()
    for weight in model.parameters():
        torch.nn.init.uniform_(weight, 0.5, 1.0)
    picture = torch.rand(1, *large.input, dtype=torch.double, requires_grad=True)
    found = model.features(picture, [row.name for row in spatial])
    for row in spatial:
        at = (row.out[1] // 2, row.out[2] // 2)
        first, last = extent(picture, found[row.name], at)
        assert min(first) > 0 and last[0] < 159 and last[1] < 151, "the picture is too small"
        assert tuple((last - first + 1).tolist()) == row.receptive_field, row.name
        for side in (0, 1):
            beside = (at[0] + (side == 0), at[1] + (side == 1))
            moved = extent(picture, found[row.name], beside)[0] - first
            assert moved[side] == row.field_stride[side], row.name
            assert moved[1 - side] == 0


def test_branches_are_seen_to_their_corners():
    """3x2 'same' at stride 2 looks at rows 0..2, 2x2 at rows 0..1, both from column 0 to 1."""
    rows = {row.name: row for row in walk(SAME)}
    assert rows["mixed1.conv"].receptive_field == (3, 2)
    assert rows["mixed1"].receptive_field == (3, 2)
    assert rows["mixed1"].field_stride == (2, 2)
    # 5 rows of 2 apart are 3 + 4*2 = 11; 4 columns 'same' are 2 + 3*2 = 8
    assert rows["mixed2"].receptive_field == (11, 8)


def test_lenet5_sees_the_whole_picture_at_c5():
    """LeCun et al. 1998, figure 2: C5 is 1x1 on 32x32, so that a unit sees everything."""
    rows = {row.name: row for row in walk(net("lenet5"))}
    fields = [rows[name].receptive_field for name in ("C1", "S2", "C3", "S4", "C5")]
    assert fields == [(5, 5), (6, 6), (14, 14), (16, 16), (32, 32)]
    assert rows["C5"].field_stride == (4, 4)
    assert all(rows[name].receptive_field is None for name in ("flatten", "F6", "output"))


def test_two_3x3_see_what_a_5x5_sees():
    """Simonyan and Zisserman 2014, section 2.3: two 3x3 have a 5x5 field, three a 7x7 one."""
    body = chain({f"conv{n}": Conv(4, 3, padding=1) for n in (1, 2, 3)})
    rows = walk(replace(SAME, body=body))
    assert [row.receptive_field for row in rows] == [(3, 3), (5, 5), (7, 7)]


def test_subsampling_steps():
    rows = walk(replace(SAME, body=chain({"S": Subsample(2), "T": Subsample(2)})))
    assert [row.field_stride for row in rows] == [(2, 2), (4, 4)]
