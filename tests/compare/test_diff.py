"""Two networks, layer by layer: what is compared, how rows are paired, what is said."""

import json
from dataclasses import replace

import pytest
import siblings

from papernets.compare.align import align
from papernets.compare.diff import diff
from papernets.compare.words import common_line, lines, percent, throughout
from papernets.nets import NETS, Found, net
from papernets.nets.shelf import Shelf
from papernets.said import Departure, Record
from papernets.spec import (
    HE,
    LRN,
    RBF,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Identity,
    Initialisation,
    Net,
    Pool,
    TableConv,
    add,
    chain,
    totals,
    walk,
)


def small(name="small", departures=(), init=HE, **parts):
    """A little network on 3x16x16, with this beside it."""
    shelf = Shelf(lambda net: Record(name, departures=departures), lambda net: init)
    return Found(Net(name, (3, 16, 16), 5, chain(parts)), shelf)


def compared(a, b):
    return diff(net(a), net(b))


def changes(found):
    return {
        match.row.name: {change.what: (change.a, change.b) for change in match.changes}
        for match in found.matches
        if match.changes
    }


def verdicts(found):
    return {match.row.name: match.verdict for match in found.matches}


def text(found):
    several = [*map(common_line, throughout(found)), *lines(found)]
    return [f"{line.mark} {line.name}: {line.text}" for line in several]


@pytest.mark.parametrize("entry", siblings.each({entry.name: entry for entry in NETS}))
def test_a_network_is_the_same_as_itself(entry):
    found = diff(entry.make(), entry.make())
    assert found.same and found.same_layers
    assert {match.verdict for match in found.matches} == {"same"}
    assert found.to_dict()["same"] is True


def test_the_totals_are_those_of_both_walks():
    found = compared("alexnet", "alexnet_torchvision")
    ours = {total.what: (total.a, total.b) for total in found.totals}
    assert ours["params"] == (60_965_224, 61_100_840)
    sums = [totals(walk(net(name))) for name in ("alexnet", "alexnet_torchvision")]
    assert ours["macs"] == tuple(s.macs for s in sums)
    assert ours["input"] == ((3, 227, 227), (3, 224, 224))
    assert ours["receptive_field"] == ((195, 195), (195, 195))
    assert "aux_params" not in ours and "fixed_params" not in ours


PAIRS = [
    ("alexnet", "alexnet_torchvision"),
    ("resnet50", "resnet50_v1.5"),
    ("googlenet", "googlenet_torchvision"),
    ("inception_v3", "inception_v3_keras"),
    ("vgg16", "vgg16_bn"),
    ("resnet18", "plain18"),
    ("lenet5", "lenet5_modern"),
    ("lenet5", "resnet20"),
    ("alexnet", "vgg16"),
    ("resnet50", "resnet101"),
]


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_each_row_stands_in_the_comparison_once_and_in_order(a, b):
    found = compared(a, b)
    assert [m.a.name for m in found.matches if m.a] == [row.name for row in walk(net(a))]
    assert [m.b.name for m in found.matches if m.b] == [row.name for row in walk(net(b))]
    more = {"params": 0, "macs": 0}
    for match in found.matches:
        for what in more:
            of_a, of_b = (getattr(row, what) if row else 0 for row in (match.a, match.b))
            more[what] += of_b - of_a
            told = {effect.what: (effect.a, effect.b) for effect in match.effects}
            if match.a and match.b:
                assert told.get(what, (of_a, of_b)) == (of_a, of_b)
                assert (what in told) == (of_a != of_b)
    heads = {f"aux_{total.what}": 0 for total in found.totals}
    sums = {total.what: total.b - total.a for total in found.totals if isinstance(total.a, int)}
    for what, difference in more.items():
        assert difference == sums[what] + (heads | sums).get(f"aux_{what}", 0)


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_the_other_way_round_is_the_mirror_image(a, b):
    one, other = compared(a, b), compared(b, a)
    turned = {"only_a": "only_b", "only_b": "only_a"}
    assert [turned.get(m.verdict, m.verdict) for m in one.matches if m.a and m.b] == [
        m.verdict for m in other.matches if m.a and m.b
    ]
    assert [(t.b, t.a) for t in one.totals] == [(t.a, t.b) for t in other.totals]


def test_alexnet_and_torchvisions():
    found = compared("alexnet", "alexnet_torchvision")
    assert verdicts(found) == {
        **dict.fromkeys(("conv1", "conv2", "conv4", "conv5"), "changed"),
        **dict.fromkeys(("pool1", "pool2", "conv3", "pool5", "flatten", "fc6"), "same"),
        **dict.fromkeys(("norm1", "norm2", "drop7"), "only_a"),
        **dict.fromkeys(("drop6", "fc7", "fc8"), "same"),
        **dict.fromkeys(("avgpool", "drop5"), "only_b"),
    }
    of = changes(found)
    assert of["conv2"] == {"groups": (2, 1), "maps": (256, 192)}
    assert set(of["conv1"]) == {"maps", "padding"}
    said = text(found)
    assert "- norm1: lrn: 5 maps, k 2, alpha 0.0001, beta 0.75; output 96@55x55" in said
    assert (
        "~ conv1: conv 11x11/4: maps 96 -> 64, pad 0 -> pad 2; output 96@55x55 -> 64@55x55, "
        "parameters 34,944 -> 23,296, MACs 105,415,200 -> 70,276,800"
    ) in said


def test_resnet50_moves_its_strides():
    """torchvision's v1.5: 3 strides from the first 1x1 to the 3x3, 0.23 billion MACs more."""
    found = compared("resnet50", "resnet50_v1.5")
    assert changes(found) == {
        **{f"conv{n}_1.conv1": {"stride": ((2, 2), (1, 1))} for n in (3, 4, 5)},
        **{f"conv{n}_1.conv2": {"stride": ((1, 1), (2, 2))} for n in (3, 4, 5)},
    }
    assert [m.verdict for m in found.matches if not m.changes] == ["same"] * 79
    (departure,) = found.departures_b
    assert "torchvision/models/resnet.py" in departure.where
    assert "~ conv3_1.conv2: conv 3x3 -> conv 3x3/2; sees 51x51 -> 43x43" in text(found)


def test_googlenet_and_torchvisions():
    found = compared("googlenet", "googlenet_torchvision")
    of = changes(found)
    for module in ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"):
        assert of[f"inception_{module}.b5x5.conv"]["kernel"] == ((5, 5), (3, 3))
    assert of["dropout"] == {"rate": (0.4, 0.2)}
    assert of["pool4"] == {"kernel": ((3, 3), (2, 2))}
    assert of["aux1.pool"]["kind"] == ("average pool", "adaptive average pool")
    assert verdicts(found)["norm1"] == "only_a"
    first = text(found)[0]
    assert first.startswith("~ all 59 conv: bias -> no bias, no BN -> BN eps 0.001, momentum 0.1 (")


@pytest.mark.parametrize(
    ("a", "b", "what", "values", "rows"),
    [  # equal parameters, multiply-adds and sizes: only these settings differ
        ("mobilenet_v1", "mobilenet_v1_keras", "activation", ("relu", "relu6"), 27),
        ("mobilenet_v1", "mobilenet_v1_keras", "momentum", (0.1, 0.01), 27),
        ("mobilenet_v1", "mobilenet_v1_timm", "eps", (1e-3, 1e-5), 27),
        ("inception_v3", "inception_v3_torchvision", "padding_counted", (False, True), 9),
        ("inception_v3", "inception_v3_torchvision", "rate", (0.2, 0.5), 1),
        ("googlenet", "googlenet_caffe", "alpha", (1e-4, 2e-5), 2),
        ("resnet50", "resnet50_keras", "bias", (False, True), 53),
        ("inception_v3", "inception_v3_keras", "gamma", (True, False), 94),
    ],
)
def test_what_counts_cannot_see_is_seen(a, b, what, values, rows):
    of = changes(compared(a, b))
    found = [row for row, changed in of.items() if changed.get(what) == values]
    assert len(found) == rows


def test_a_padding_rule_is_another_thing_than_its_zeros():
    of = changes(compared("mobilenet_v1", "mobilenet_v1_keras"))
    same, behind = of["dw2"]["padding"]
    assert (same.words(), behind.words()) == ("pad 0+1 (same)", "pad 0+1")
    assert "padding" not in of["dw1"]


def test_an_inserted_layer_shifts_no_other():
    one = small(a=Conv(4, 3), b=Conv(4, 3), flat=Flatten(), out=Dense(5))
    more = small(a=Conv(4, 3), new=Dropout(0.5), b=Conv(4, 3), flat=Flatten(), out=Dense(5))
    assert verdicts(diff(one, more)) == {
        **dict.fromkeys(("a", "b", "flat", "out"), "same"),
        "new": "only_b",
    }
    assert verdicts(diff(more, one))["new"] == "only_a"


def test_renamed_layers_are_paired_by_form():
    one = small(c1=Conv(4, 3), p1=Pool("max", 2), c2=Conv(8, 3), flat=Flatten(), out=Dense(5))
    other = small(x=Conv(4, 3), y=Pool("max", 2), z=Conv(8, 5), f=Flatten(), o=Dense(5))
    found = diff(one, other)
    assert [(m.a.name, m.b.name, m.verdict) for m in found.matches] == [
        ("c1", "x", "renamed"),
        ("p1", "y", "renamed"),
        ("c2", "z", "changed"),
        ("flat", "f", "renamed"),
        ("out", "o", "renamed"),
    ]
    assert not found.same and not found.same_layers


def test_layers_of_one_name_that_changed_places():
    one = small(norm=LRN(5, 2, 1e-4, 0.75), pool=Pool("max", 2))
    other = small(pool=Pool("max", 2), norm=LRN(5, 2, 1e-4, 0.75))
    found = [(m.verdict, m.row.name) for m in diff(one, other).matches]
    assert sorted(verdict for verdict, _ in found) == ["only_a", "only_b", "same"]


def test_large_networks_without_common_names_are_paired_too():
    """More pairs than are compared one by one: runs of the same form."""
    rows = walk(net("resnet110"))
    named = [replace(row, name=f"x{at}") for at, row in enumerate(rows)]
    longer = [*named[:200], *named]
    pairs = align(list(rows), longer)
    assert [i for i, _ in pairs if i is not None] == list(range(len(rows)))
    assert [j for _, j in pairs if j is not None] == list(range(len(longer)))
    assert sum(i is not None and j is not None for i, j in pairs) > 0.9 * len(rows)


def test_what_no_setting_tells_is_said_to_differ():
    table = ((0,), (1,), (2,))
    for a, b, what in (
        (TableConv(table, 3), TableConv(table[::-1], 3), "connections"),
        (RBF(((1, -1, 1),)), RBF(((1, 1, 1),)), "codes"),
    ):
        found = diff(small(layer=a), small(layer=b))
        assert changes(found) == {"layer": {what: ("some", "others")}}
        assert text(found)[0].startswith(f"~ layer: {walk(small(layer=a).net)[0].kind}")
        assert f"other {what}" in text(found)[0]


def test_other_scales_of_a_sum_are_told():
    """They are a table of the branches, as no other setting is."""

    def scaled(*scales):
        return small(a=add({"way": Conv(3, 1), "b": Identity()}, scales=scales))

    found = diff(scaled(0.1, 1.0), scaled(1.0, 1.0))
    (change,) = (c for m in found.matches for c in m.changes)
    assert (change.what, change.a["way"], change.b["way"]) == ("scales", 0.1, 1.0)
    assert any("way×0.1 -> no scales" in line for line in text(found))
    assert text(compared("bn_inception_caffe", "inception_resnet_v1"))


def test_equal_layers_with_other_words_are_not_the_same_network():
    departure = Departure("trained otherwise", "section 1")
    one, other = small(a=Conv(4, 3)), small(a=Conv(4, 3), departures=(departure,))
    found = diff(one, other)
    assert found.same_layers and not found.same
    assert found.departures_b == (departure,) and found.departures_a == ()
    assert diff(other, other).shared == (departure,)


FAN_OUT = Initialisation("he_out", 2.0, "s", but=(("fc", Initialisation("glorot", 1.0, "code")),))


def test_first_weights_differ_by_how_they_are_drawn_and_not_by_who_says_so():

    def compare(a, b):
        return diff(small(a=Conv(4, 3), init=a), small(a=Conv(4, 3), init=b))

    for a, b, differ in (
        (HE, Initialisation("he", 2.0, "section 3"), False),
        (Initialisation("he", 2.0, "section 3"), Initialisation("he", 2.0, "code"), False),
        (Initialisation("he", 2.0, "section 3"), Initialisation("glorot", 1.0, "code"), True),
        (
            FAN_OUT,
            replace(FAN_OUT, but=(("fc", Initialisation("glorot", 1.0, "other code")),)),
            False,
        ),
        (
            Initialisation("gaussian", 0.01, "s", ones=("a",)),
            Initialisation("gaussian", 0.01, "s"),
            True,
        ),
    ):
        found = compare(a, b)
        assert [change.what for change in found.general] == ["first weights"] * differ
        assert found.same is not differ
    (change,) = compare(a, b).general
    gaussian = "Gaussian of deviation 0.01, biases 0"
    assert (change.a, change.b) == (f"{gaussian}, 1 in a (s)", f"{gaussian} (s)")


def test_rows_with_other_counts_are_of_the_same_form_and_not_the_same():
    """A 3x3 of as many maps on another input: not "the same", with 4.6 billion MACs more."""
    said = text(compared("mobilenet_v1", "vgg16"))
    alike = [line for line in said if line.startswith("=")]
    assert alike and not [line for line in alike if "the same;" in line and "MACs" in line]
    assert any("3 rows, of the same form; on other sizes; parameters +" in line for line in alike)
    wider = diff(
        small(a=Conv(4, 3), b=Conv(4, 3, padding=1)), small(a=Conv(8, 3), b=Conv(4, 3, padding=1))
    )
    assert "= b: of the same form; parameters +144; MACs +28,224" in text(wider)
    assert text(diff(small(a=Conv(4, 3)), small(a=Conv(4, 3)))) == ["= a: the same"]


def test_a_committee_is_compared_by_its_member():
    found = compared("lenet4", "boosted_lenet4")
    assert not changes(found)
    assert {"what": "params", "a": 16_998, "b": 50_994} in found.to_dict()["totals"]
    assert [(c.what, c.a, c.b) for c in found.general] == [("members", 1, 3)]


def test_json_has_every_row_and_every_source():
    found = compared("inception_v3", "inception_v3_keras")
    said = json.loads(json.dumps(found.to_dict()))
    assert list(said) == [
        *("schema", "a", "b", "same", "totals", "general", "layers", "departures"),
        "shared_departures",
    ]
    assert said["schema"] == 1 and said["a"]["name"] == "inception_v3"
    assert len(said["layers"]) == len(found.matches)
    first = said["layers"][0]
    assert first["changes"] == [
        {"what": "momentum", "a": 0.1, "b": 0.01},
        {"what": "gamma", "a": True, "b": False},
    ]
    assert {departure["of"] for departure in said["departures"]} == {"a", "b"}
    assert all(departure["where"] for departure in said["departures"])
    padding = json.loads(json.dumps(compared("vgg16", "alexnet").to_dict()))["layers"]
    (one,) = (c for c in padding[0]["changes"] if c["what"] == "padding")
    assert one["b"] == {"rows": [0, 0], "columns": [0, 0], "rule": None}


def test_runs_are_summed():
    assert text(compared("resnet50", "resnet101")) == [
        "= conv1 ... conv4_6: 67 rows, the same",
        "+ conv4_7.conv1 ... conv4_23: 85 rows (51 conv, 17 identity, 17 add); parameters "
        "18,992,128, MACs 3,712,221,184, output 1024@14x14",
        "= conv5_1.conv1 ... fc: 18 rows, the same",
    ]


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0022, "+0.2 %"), (-0.525, "-52.5 %"), (2.0, "+200.0 %"), (0.00004, "+0.004 %")],
)
def test_percent(share, words):
    assert percent(share) == words
