"""Inception v2, v3, v4 and Inception-ResNet: printed sizes, what counts cannot see, peers."""

import pytest

from papernets.nets.figures import Defaults, branches, layers
from papernets.nets.registry import look_up, net, verify
from papernets.rewrite import without_heads
from papernets.spec import Add, Conv, Dropout, Norm, Pool, smallest_input, totals, walk

V3 = (
    "inception_v3",
    "inception_v3_aux",
    "inception_v3_torchvision",
    "inception_v3_timm",
    "inception_v3_keras",
)
EVERY = (
    "inception_v2",
    "inception_v2_5b",
    *V3,
    "inception_v4",
    "inception_v4_timm",
    "inception_resnet_v1",
    "inception_resnet_v2",
    "inception_resnet_v2_slim",
    "inception_resnet_v2_timm",
    "inception_resnet_v2_keras",
)


def rows(name, **options):
    return {row.name: row for row in walk(net(name, **options))}


# notes 001, "input size" of table 1; who takes it
TABLE_1 = {
    "conv1": (3, 299, 299),
    "conv2": (32, 149, 149),
    "conv3": (32, 147, 147),
    "pool": (64, 147, 147),
    "conv4": (64, 73, 73),
    "conv5": (80, 71, 71),
    "conv6": (192, 35, 35),
    "inception_a1": (288, 35, 35),
    "inception_b1": (768, 17, 17),
    "inception_c1": (1280, 8, 8),
    "average": (2048, 8, 8),
    "fc": (2048, 1, 1),
}


@pytest.mark.parametrize("name", ["inception_v2", "inception_v2_5b"])
def test_a_row_of_table_1(name):
    made = rows(name)
    assert {layer: made[layer].input for layer in TABLE_1} == TABLE_1
    assert [made[f"conv{n}"].padding for n in range(1, 7)] == [
        *[(0, 0)] * 2,
        (1, 1),
        *[(0, 0)] * 2,
        (1, 1),
    ]
    blocks = [n for n in made if n.startswith("inception_") and "." not in n]
    fives = 5 if name.endswith("5b") else 4
    assert [sum(b.startswith(f"inception_{x}") for b in blocks) for x in "abc"] == [3, fives, 2]


@pytest.mark.parametrize(
    ("name", "row", "field"),
    [
        ("inception_v3", "mixed_7c", 1311),
        ("inception_v4", "inception_c3", 2071),
        ("inception_resnet_v2_slim", "conv_7b", 3039),
    ],
)
def test_a_receptive_field_that_araujo_norris_and_sim_publish(name, row, field):
    made = rows(name)[row]
    assert made.receptive_field == (field, field)
    assert made.field_stride == (32, 32)


# the figures' grids: 3 and 9, 14 and 15
FIGURES = {
    "inception_v4": {
        "stem.conv1": (32, 149, 149),
        "stem.conv2": (32, 147, 147),
        "stem.conv3": (64, 147, 147),
        "stem.join1": (160, 73, 73),
        "stem.join2": (192, 71, 71),
        "stem.join3": (384, 35, 35),
        "inception_a4": (384, 35, 35),
        "reduction_a": (1024, 17, 17),
        "inception_b7": (1024, 17, 17),
        "reduction_b": (1536, 8, 8),
        "inception_c3": (1536, 8, 8),
    },
    "inception_resnet_v1": {
        "stem.conv3": (64, 147, 147),
        "stem.pool": (64, 73, 73),
        "stem.conv4": (80, 73, 73),
        "stem.conv5": (192, 71, 71),
        "stem.conv6": (256, 35, 35),
        "inception_a5": (256, 35, 35),
        "reduction_a": (896, 17, 17),
        "inception_b10": (896, 17, 17),
        "reduction_b": (1792, 8, 8),
        "inception_c5": (1792, 8, 8),
    },
}


@pytest.mark.parametrize("name", FIGURES)
def test_the_grids_of_a_figure(name):
    made = rows(name)
    assert {row: made[row].out for row in FIGURES[name]} == FIGURES[name]


# what parameter counts cannot see: dropout, if an average counts its padding, gamma, the head
HIDDEN = {
    "inception_v2": (None, False, True, False),
    "inception_v3": (0.2, False, True, True),
    "inception_v3_aux": (0.2, False, True, True),
    "inception_v3_torchvision": (0.5, True, True, True),
    "inception_v3_timm": (None, True, True, False),
    "inception_v3_keras": (None, False, False, False),
    "inception_v4": (0.2, False, True, False),
    "inception_v4_timm": (None, False, True, False),
    "inception_resnet_v1": (0.2, None, True, False),
    "inception_resnet_v2": (0.2, None, True, False),
    "inception_resnet_v2_slim": (0.2, False, True, False),
    "inception_resnet_v2_timm": (None, False, True, False),
    "inception_resnet_v2_keras": (None, False, False, False),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_counts_cannot_see(name):
    made = [row.layer for row in walk(net(name))]
    dropout, padding, gamma, head = HIDDEN[name]
    assert [x.rate for x in made if isinstance(x, Dropout)] == ([dropout] if dropout else [])
    averages = [x for x in made if isinstance(x, Pool) and x.how == "average" and x.padding != 0]
    assert {x.count_padding for x in averages} == ({padding} - {None})
    norms = {x.norm for x in made if isinstance(x, Conv)} - {None}
    assert {(n.eps, n.scale) for n in norms} == {(1e-3, gamma)}
    assert net(name).aux_weights == ((0.4,) if head else ())


@pytest.mark.parametrize("name", ["inception_v3", "inception_v3_torchvision"])
def test_a_departure_of_the_head_is_said_where_there_is_a_head(name):
    of_head = [d for d in look_up(name).record.departures if "head's loss" in d.what]
    without = look_up(name, aux=False).record.departures
    assert len(of_head) == 1
    assert [d for d in look_up(name).record.departures if d not in of_head] == list(without)


def test_the_head_is_summed_apart_or_counted_in():
    """3,326,696 parameters (ledger, torchvision with and without aux_logits)."""
    apart, within = totals(walk(net("inception_v3"))), totals(walk(net("inception_v3_aux")))
    assert apart.aux_params == 3_326_696 == within.params - apart.params
    assert within.aux_params == within.aux_macs == 0
    assert within.macs - apart.macs == apart.aux_macs
    assert without_heads(net("inception_v3_aux")).net.body == (
        without_heads(net("inception_v3")).net.body
    )


def blocks(name, **options):
    return {row.name: row.layer for row in walk(net(name, **options)) if isinstance(row.layer, Add)}


def test_residuals_are_scaled():
    made = blocks("inception_resnet_v2")
    assert {n: b.scales for n, b in made.items() if n[-1] == "1"} == {
        "inception_a1": (0.17, 1.0),
        "inception_b1": (0.1, 1.0),
        "inception_c1": (0.2, 1.0),
    }
    assert len(made) == 5 + 10 + 5
    assert {b.activation for b in made.values()} == {"relu"}
    same = blocks("inception_resnet_v1", scale=0.3)
    assert {b.scales for b in same.values()} == {(0.3, 1.0)}
    three = blocks("inception_resnet_v2_slim", scale=[0.3, 0.2, 0.1])
    assert [three[n].scales[0] for n in ("block35_10", "block17_20", "block8_9")] == [0.3, 0.2, 0.1]


@pytest.mark.parametrize("name", ["slim", "timm", "keras"])
def test_the_last_released_residual_is_neither_scaled_nor_rectified(name):
    made = blocks(f"inception_resnet_v2_{name}")
    assert len(made) == 10 + 20 + 10
    assert (made["block8_10"].scales, made["block8_10"].activation) == ((1.0, 1.0), None)
    assert (made["block8_9"].scales, made["block8_9"].activation) == ((0.2, 1.0), "relu")


@pytest.mark.parametrize("scale", [0, -0.1, 1.5, True, "0.1", (0.1, 0.2), [0.1, 0.2, None]])
def test_an_impossible_scale_says_what_would_work(scale):
    with pytest.raises(ValueError, match=r"scale must be a number above 0, .* paper takes 0.1 to"):
        net("inception_resnet_v2", scale=scale)


# ERRATA.md, item 35 and section 3; the paper's tables and figures
ERRATA = [
    ("inception_v2", "depth", 42),
    ("inception_v2", "macs", 4_800_000_000),
    ("inception_v2_5b", "depth", 42),
    ("inception_v2_5b", "macs", 4_800_000_000),
    ("inception_v3", "params", 23_900_000),
    ("inception_v3", "macs", 4_800_000_000),
    ("inception_v3", "macs", 5_000_000_000),
    ("inception_v4", "letters of the reduction's widths", "V, l, k"),
    ("inception_resnet_v2", "maps of inception_b's linear 1x1", 1154),
    ("inception_resnet_v2", "maps of inception_c's linear 1x1", 2048),
]


@pytest.mark.parametrize(("name", "quantity", "printed"), ERRATA)
def test_a_mistake_is_listed_and_still_wrong(name, quantity, printed):
    (check,) = (c for c in verify(name) if (c.quantity, c.printed) == (quantity, printed))
    unknown = quantity in ("macs", "depth")
    assert check.verdict == ("unexplained" if unknown else "erratum")
    assert check.ours != printed
    assert check.why


def test_every_mistake_is_in_the_table_above():
    listed = [(n, c.quantity, c.printed) for n in EVERY for c in look_up(n).claims if c.wrong]
    assert sorted(map(str, listed)) == sorted(map(str, ERRATA))


def test_needed_maps_of_the_linear_convolutions():
    """ERRATA.md, section 3: 1152 and 2144 are needed, not 1154 and 2048."""
    made = rows("inception_resnet_v2")
    assert made["inception_b1.linear"].out[0] == 1152 == made["reduction_a"].out[0]
    assert made["inception_c1.linear"].out[0] == 2144 == made["reduction_b"].out[0]


def test_inception_v3_is_48_layers_deep():
    """Notes 003; 5 of the stem, 3 times 3, 3, 4 times 5, 4, twice 3, and the classifier."""
    assert 5 + 3 * 3 + 3 + 4 * 5 + 4 + 2 * 3 + 1 == 48
    (depth,) = (c for c in verify("inception_v3") if c.quantity == "depth")
    assert (depth.ours, depth.verdict) == (48, "agrees")


# tables 2 to 5 of the v4 paper, 3 to 5 of the v3 paper: some of them
RESULTS = {
    "inception_v2": {0.234, 0.216, 0.058},
    "inception_v3": {0.212, 0.056, 0.1947, 0.0448, 0.1877, 0.042, 0.172, 0.0358},
    "inception_v4": {0.2, 0.05, 0.187, 0.042, 0.177, 0.038, 0.165, 0.031, 0.0308},
    "inception_resnet_v1": {0.213, 0.055, 0.198, 0.046, 0.188, 0.043},
    "inception_resnet_v2": {0.199, 0.049, 0.187, 0.041, 0.178, 0.037, 0.165, 0.031, 0.0308},
}


@pytest.mark.parametrize("name", RESULTS)
def test_the_papers_results_are_there_with_their_conditions(name):
    results = [claim for claim in look_up(name).claims if claim.measured]
    assert {claim.printed for claim in results} >= RESULTS[name]
    assert all("ILSVRC-2012" in claim.conditions for claim in results)


@pytest.mark.parametrize("name", EVERY)
def test_published_numbers_hold_for_the_published_network_alone(name):
    assert any(not claim.wrong for claim in look_up(name).claims)
    for changed in ({"classes": 12}, {"channels": 1}, {"input": 331}):
        other = look_up(name, **changed)
        assert other.claims == ()
        assert walk(other.net)[-1].out[0] == changed.get("classes", 1000)
    assert look_up(name).record.departures


@pytest.mark.parametrize(
    ("name", "with_head", "without"),
    [("inception_v3", 299, 75), ("inception_v4", 75, 75), ("inception_resnet_v2_slim", 75, 75)],
)
def test_the_smallest_input(name, with_head, without):
    """75 is what Keras asks of InceptionV3 and InceptionResNetV2 too (min_size).

    The head's 5x5 after its pooling needs 5x5, so 17x17 before it, so all of the 299.
    """
    made = net(name)
    assert smallest_input(made) == (with_head, with_head)
    assert smallest_input(without_heads(made).net) == (without, without)


DEFAULTS = Defaults(Norm())


def test_a_line_is_a_branch():
    made = dict(
        branches(
            "b: 1x1 n, 1x7 8 V, 1x7/2 8, 1x3 4 | 3x1 4\np: avg 3x3, 1x1 2", DEFAULTS, n=3
        ).branches
    )
    steps = dict(made["b"].parts)
    assert list(steps) == ["reduce", "conv1x7", "conv1x7_2", "fork"]
    assert (steps["reduce"].out, steps["conv1x7"].padding) == (3, 0)
    assert (steps["conv1x7_2"].padding, steps["conv1x7_2"].stride) == ((0, 3), 2)
    assert [name for name, _ in steps["fork"].branches] == ["conv1x3", "conv3x1"]
    assert [name for name, _ in made["p"].parts] == ["pool", "project"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("b: 1x1 n", "branch b: no width is given for 'n' in '1x1 n'"),
        ("b: 3*3 4", "branch b: '3[*]3 4' is no layer; write `3x3/2 96 V` or `avg 3x3`"),
        ("1x1 4", "'1x1 4': a line is `name: layer, layer`"),
    ],
)
def test_a_wrong_line_says_so(line, message):
    with pytest.raises(ValueError, match=message):
        layers(line, DEFAULTS)
