"""The walk: rows, totals, errors that name the layer; on two small networks and all others."""

import re
from dataclasses import replace
from math import ceil, floor
from pathlib import Path

import pytest
import siblings

from papernets import rewrite
from papernets.nets.registry import NETS, net
from papernets.spec import (
    Add,
    Aux,
    Chain,
    Committee,
    Concat,
    Conv,
    Dense,
    Flatten,
    GlobalPool,
    Identity,
    Net,
    Pad,
    PadShortcut,
    Pool,
    add,
    chain,
    concat,
    fixed_size,
    smallest_input,
    totals,
    walk,
)

SMALL = Path(__file__).parents[1] / "small_nets.py"
BRANCHES, SHORTCUTS = net(f"{SMALL}:BRANCHES"), net(f"{SMALL}:SHORTCUTS")


def made(*parts, size=(3, 32, 32), **named):
    body = Chain(tuple(named.items()) + tuple((f"layer{n}", p) for n, p in enumerate(parts)))
    return Net("little", size, 10, body)


def rows(network):
    return {row.name: row for row in walk(network)}


def singles():
    """Every network that has a name, a committee by its member, and the two small ones."""
    for entry in NETS:
        made = entry.make()
        yield made.member if isinstance(made, Committee) else made
    yield from (BRANCHES, SHORTCUTS)


# name, output, parameters, multiply-adds, worked out by hand
BRANCH_ROWS = [
    ("conv1", (8, 20, 17), 8 * (5 * 3 * 3 + 1), 8 * 45 * 20 * 17),
    ("pool1", (8, 10, 8), 0, 0),  # ceil((20 - 3)/2) + 1 = 10, ceil((17 - 3)/2) + 1 = 8
    ("norm1", (8, 10, 8), 0, 0),
    ("mixed1.b1x1.conv", (4, 10, 8), 4 * 9, 4 * 8 * 80),
    ("mixed1.b7x7.reduce", (4, 10, 8), 4 * 9, 4 * 8 * 80),
    ("mixed1.b7x7.wide", (5, 10, 8), 5 * (7 * 4 + 1), 5 * 28 * 80),
    ("mixed1.b7x7.tall", (6, 10, 8), 6 * (7 * 5 + 1), 6 * 35 * 80),
    ("mixed1.pool.pool", (8, 10, 8), 0, 0),
    ("mixed1.pool.project", (3, 10, 8), 3 * 9, 3 * 8 * 80),
    ("mixed1", (4 + 6 + 3, 10, 8), 0, 0),
    ("aux1.pool", (13, 4, 3), 0, 0),
    ("aux1.conv", (4, 4, 3), 4 * 14, 4 * 13 * 12),
    ("aux1.flatten", (48, 1, 1), 0, 0),
    ("aux1.out", (7, 1, 1), 7 * 49, 7 * 48),
    ("pool2", (13, 5, 4), 0, 0),
    ("mixed2.split.reduce", (6, 5, 4), 6 * 13 + 2 * 6, 6 * 13 * 20),
    ("mixed2.split.fork.wide", (4, 5, 4), 4 * (3 * 6 + 1), 4 * 18 * 20),
    ("mixed2.split.fork.tall", (4, 5, 4), 4 * (3 * 6 + 1), 4 * 18 * 20),
    ("mixed2.split.fork", (8, 5, 4), 0, 0),
    ("mixed2.same", (5, 5, 4), 5 * (16 * 13 + 1), 5 * 16 * 13 * 20),
    ("mixed2", (13, 5, 4), 0, 0),
    ("pool3", (13, 1, 1), 0, 0),
    ("dropout", (13, 1, 1), 0, 0),
    ("flatten", (13, 1, 1), 0, 0),
    ("out", (7, 1, 1), 7 * 14, 7 * 13),
]
SHORTCUT_ROWS = [
    ("conv1", (8, 32, 32), 8 * 27 + 16, 8 * 27 * 1024),
    ("pool1", (8, 16, 16), 0, 0),
    ("block1.residual.conv1", (8, 16, 16), 8 * 72 + 16, 8 * 72 * 256),
    ("block1.residual.conv2", (8, 16, 16), 8 * 72 + 8, 8 * 72 * 256),  # no gamma
    ("block1.shortcut", (8, 16, 16), 0, 0),
    ("block1", (8, 16, 16), 0, 0),
    ("block2.residual.norm", (8, 16, 16), 16, 0),
    ("block2.residual.conv1", (16, 8, 8), 16 * (9 * 2 + 1), 16 * 18 * 64),  # 4 groups of 2
    ("block2.residual.conv2", (16, 8, 8), 16 * 9, 16 * 9 * 64),  # depthwise
    ("block2.shortcut", (16, 8, 8), 16 * 8 + 32, 16 * 8 * 64),
    ("block2", (16, 8, 8), 0, 0),
    ("norm", (16, 8, 8), 32, 0),
    ("pool2", (16, 1, 1), 0, 0),
    ("flatten", (16, 1, 1), 0, 0),
    ("fc", (6, 1, 1), 6 * 16 + 12, 6 * 16),
    ("out", (5, 1, 1), 5 * 7, 5 * 6),
]


@pytest.mark.parametrize(
    ("network", "expected"), [(BRANCHES, BRANCH_ROWS), (SHORTCUTS, SHORTCUT_ROWS)]
)
def test_the_rows_of_a_small_network(network, expected):
    assert [(r.name, r.out, r.params, r.macs) for r in walk(network)] == expected


def test_heads_are_summed_apart():
    sums = totals(walk(BRANCHES))
    head = [row for row in BRANCH_ROWS if row[0].startswith("aux1")]
    assert sums.aux_params == sum(row[2] for row in head) == 399
    assert sums.aux_macs == sum(row[3] for row in head)
    assert sums.params == sum(row[2] for row in BRANCH_ROWS) - 399
    assert {r.name for r in walk(BRANCHES) if r.aux} == {row[0] for row in head}


def test_a_part_without_a_name_goes_by_the_name_of_the_whole():
    way = add({"": chain({"conv1": Conv(3, 1)}), "shortcut": Identity()})
    network = made(block=chain({"bn": Identity(), "": way}), flatten=Flatten(), fc=Dense(10))
    names = ["block.bn", "block.conv1", "block.shortcut", "block", "flatten", "fc"]
    assert [row.name for row in walk(network)] == names
    wide = made(block=add({"": Conv(4, 1), "shortcut": Identity()}))
    with pytest.raises(ValueError, match=r"block: branch without a name gives 4@32x32 but branch"):
        walk(wide)


def test_a_pad_widens_no_field_and_a_shortcut_of_zeros_has_its_step():
    network = made(pad=Pad(1), conv=Conv(3, 3), short=PadShortcut(6), then=Conv(3, 3))
    rows = {row.name: row for row in walk(network)}
    assert [rows[n].receptive_field for n in ("pad", "conv", "short", "then")] == [
        (1, 1),
        (3, 3),
        (3, 3),
        (7, 7),
    ]
    assert rows["short"].field_stride == (2, 2)
    padded = {row.name: row for row in walk(made(conv=Conv(3, 3, padding=1)))}
    assert rows["conv"].out == padded["conv"].out


def test_totals_are_the_sums_of_their_columns():
    for network in singles():
        main = [row for row in walk(network) if not row.aux]
        sums = totals(walk(network))
        for column in ("params", "fixed_params", "macs", "connections"):
            assert getattr(sums, column) == sum(getattr(row, column) for row in main)
        assert sums.activations == sum(c * h * w for c, h, w in (row.out for row in main))


def test_each_row_takes_what_the_row_before_it_gives():
    for network in singles():
        shape = network.input
        rows = walk(rewrite.without_heads(network).net)
        joins = {row.name for row in rows if isinstance(row.layer, Concat | Add)}
        for row in rows:
            above = row.name.split(".")[:-1]
            branched = {".".join(above[: n + 1]) for n in range(len(above))} & joins
            if not branched:
                assert row.input == shape, (network.name, row.name)
                shape = row.out
        if network.classes:  # a module is no whole network
            assert shape == (network.classes, 1, 1)


def test_the_arithmetic_in_words_is_true():
    """Every `a = b` in the words, evaluated; the results are the row's own numbers."""
    checked = 0
    for network in singles():
        for row in walk(network):
            words = row.formula.replace(",", "").replace("×", "*")
            words = words.replace(" for the normalisation", "").replace(" channels", "")
            words = words.replace(" values", "")
            for sentence in re.split("; | by ", words):
                found = re.fullmatch(r"(size|parameters|connections)? ?([^=]+) = (\d+)", sentence)
                if found is None:
                    continue
                what, left, right = found.groups()
                assert eval(left, {"floor": floor, "ceil": ceil}) == int(right), row
                if what in ("parameters", "connections"):
                    column = "params" if what == "parameters" else what
                    assert int(right) == getattr(row, column), row
                checked += 1
    assert checked > 150


def test_words_of_lenet5_c3():
    """Notes 001: 6*(3*25+1) + 6*(4*25+1) + 3*(4*25+1) + 1*(6*25+1) = 1,516 and 151,600."""
    assert rows(net("lenet5"))["C3"].formula == (
        "size (14 - 5)/1 + 1 = 10; "
        "parameters 6×(3×5×5 + 1) + 9×(4×5×5 + 1) + 1×(6×5×5 + 1) = 1,516; "
        "connections 1,516×10×10 = 151,600"
    )


def test_concat_and_add_say_what_they_join():
    assert rows(BRANCHES)["mixed1"].formula == "4 + 6 + 3 = 13 channels"
    assert rows(SHORTCUTS)["block1"].formula == "sum of 2 branches"
    assert (rows(BRANCHES)["mixed1"].kind, rows(SHORTCUTS)["block1"].kind) == ("concat", "add")
    assert rows(SHORTCUTS)["block1"].activation == "relu"


ERRORS = {
    "heights of a concat": (
        made(mixed=concat({"a": Conv(4, 1), "b": Conv(4, 1, 2)})),
        "mixed: branch a gives 4@32x32 but branch b gives 4@16x16: they cannot be joined",
    ),
    "channels of a sum": (
        made(block=add({"residual": Conv(8, 3, padding=1), "shortcut": Identity()})),
        "block: branch residual gives 8@32x32 but branch shortcut gives 3@32x32: "
        "they cannot be added",
    ),
    "no branches": (made(mixed=Concat(())), "mixed: nothing to join; it has no branches"),
    "scales": (
        made(block=Add((("a", Identity()), ("b", Identity())), scales=(1.0,))),
        "block: 1 scales for 2 branches",
    ),
    "an activation in a sum": (
        made(block=add({"a": Identity()}, activation="rleu")),
        "block: unknown activation 'rleu'. Did you mean 'relu'?",
    ),
    "dense on a map": (
        made(fc=Dense(10)),
        "fc: a dense layer needs a flat input, not 3@32x32; put Flatten first",
    ),
    "groups": (
        made(outer=chain({"conv": Conv(8, 3, groups=2)})),
        "outer.conv: 3 channels to 8 cannot be split into 2 groups",
    ),
    "an activation": (
        made(conv=Conv(8, 3, activation="scaled-tanh")),
        "conv: unknown activation 'scaled-tanh'. Did you mean 'scaled_tanh'? There are relu, ",
    ),
    "padding in words": (
        made(conv=Conv(8, 3, padding="valid")),
        "conv: padding 'valid': give 'same' or a number of pixels",
    ),
    "a name twice": (
        made(Identity(), layer0=Identity()),
        "two rows of little are called 'layer0': parameters need names",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_impossible_network_says_where(name):
    network, message = ERRORS[name]
    with pytest.raises(ValueError, match=re.escape(message)):
        walk(network)


def test_a_small_input_names_the_layer_its_size_and_one_that_works():
    with pytest.raises(
        ValueError,
        match=re.escape(
            "C5: a 5x5 window does not fit on its input of 4x4: "
            "the smallest input of lenet5 is 32x32, not 28x28"
        ),
    ):
        walk(net("lenet5", input=28))


def test_the_smallest_input_works_and_one_pixel_less_does_not():
    rectangular = made(a=Conv(4, (1, 7)), b=Pool("max", (3, 1), (2, 1)), c=Conv(4, (5, 2)))
    assert smallest_input(rectangular) == (11, 8)  # 5 rows from 3 + 4*2; 2 columns from 2 + 6
    few = [one for one in singles() if not siblings.left_to_check(one.name)]
    for network in (*few, rectangular):
        height, width = smallest_input(network)
        walk(replace(network, input=(network.input[0], height, width)))
        for size in ((height - 1, width), (height, width - 1)):
            if min(size) > 0:
                with pytest.raises(ValueError, match=f"the smallest input .* is {height}x{width}"):
                    walk(replace(network, input=(network.input[0], *size)))


def test_the_message_gives_a_rectangle_for_a_rectangle():
    wide = made(a=Conv(4, (1, 7)), size=(3, 4, 6))
    with pytest.raises(ValueError, match=r"a 1x7 window .* 4x6: the smallest .* is 1x7, not 4x6"):
        walk(wide)


def test_no_larger_input_may_work_either():
    hopeless = made(pool=GlobalPool(), conv=Conv(4, 3))
    with pytest.raises(ValueError, match="input of 1x1: no larger input works either"):
        walk(hopeless)


def test_sizes_where_branches_do_not_meet_are_passed_over():
    """The search for a size goes on where a smaller one fails for another reason."""
    network = made(
        a=concat({"floor": Pool("max", 2, 2), "ceil": Pool("max", 2, 2, ceil=True)}),
        b=Conv(4, 3),
        size=(3, 4, 4),
    )
    with pytest.raises(ValueError, match="the smallest input of little is 6x6, not 4x4"):
        walk(network)


def test_only_flattened_maps_fix_the_size():
    assert fixed_size(net("lenet5"))
    assert fixed_size(net("lenet4"))  # flattened for codes, without a dense layer
    assert not fixed_size(SHORTCUTS)  # global average before its dense layers
    assert fixed_size(BRANCHES)  # its head flattens a map
    assert not fixed_size(made(conv=Conv(10, 3)))


def test_a_head_does_not_change_what_goes_on():
    head = Aux(chain({"pool": GlobalPool(), "flatten": Flatten(), "out": Dense(4)}), 0.3)
    plain = made(a=Conv(4, 3), c=Conv(4, 3))
    with_head = made(a=Conv(4, 3), aux=head, c=Conv(4, 3))
    assert [r for r in walk(with_head) if not r.aux] == list(walk(plain))


def test_a_row_as_json():
    row = rows(BRANCHES)["mixed1.b7x7.wide"].to_dict()
    assert row["kernel"] == [1, 7]
    assert row["stride"] == [1, 1]
    assert row["padding"] == [0, 3]
    assert rows(BRANCHES)["mixed2.same"].to_dict()["padding"] == "same"
    assert rows(SHORTCUTS)["block2.residual.conv1"].to_dict()["groups"] == 4
    assert rows(BRANCHES)["norm1"].to_dict()["kernel"] is None
