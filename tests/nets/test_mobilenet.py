"""MobileNets against the printed tables typed a second time, the ledger, and the peers' counts."""

import pytest
from ledger import systems

from papernets.nets import mobilenet
from papernets.nets.mobilenet import claims
from papernets.nets.mobilenet import peers as mobilenet_readings
from papernets.nets.registry import NETS, find, look_up, net, verify
from papernets.spec import Dropout, totals, walk

OURS = [e.name for module in (mobilenet, mobilenet_readings) for e in module.NETWORKS]


def rows(name, **options):
    return {row.name: row for row in walk(net(name, **options))}


def sums(name, **options):
    return totals(walk(net(name, **options)))


def test_table_1_is_the_papers():
    """Howard et al. 2017, table 1: maps of the 13 pointwise layers, strides of the depthwise."""
    made = rows("mobilenet_v1")
    maps = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]
    assert [made[f"pw{n}"].out[0] for n in range(1, 14)] == maps
    assert [n for n in range(1, 14) if made[f"dw{n}"].stride == (2, 2)] == [2, 4, 6, 12]
    assert made["conv1"].out == (32, 112, 112)
    assert made["pw13"].out == (1024, 7, 7)
    assert all(row.groups == row.out[0] for name, row in made.items() if name.startswith("dw"))


# tables 6 and 7: millions of multiply-adds and parameters as printed
PRINTED = {
    (1.0, 224): (569, 4.2),
    (0.75, 224): (325, 2.6),
    (0.5, 224): (149, 1.3),
    (0.25, 224): (41, 0.5),
    (1.0, 192): (418, 4.2),
    (1.0, 160): (290, 4.2),
    (1.0, 128): (186, 4.2),
}


@pytest.mark.parametrize(("width", "size"), PRINTED)
def test_widths_and_sizes(width, size):
    found = sums("mobilenet_v1", width=width, input=size)
    macs, params = PRINTED[width, size]
    assert abs(found.macs / 1e6 - macs) < 1
    assert round(found.params / 1e6, 1) == params
    assert net("mobilenet_v1", width=width, input=size) == net(f"mobilenet_v1_{width}_{size}")


def test_full_convolutions_and_the_shallow_network():
    """Tables 4 and 5: 4,866 and 307 million, 29.3 and 2.9 million parameters."""
    full, shallow = sums("mobilenet_v1_conv"), sums("mobilenet_v1_shallow")
    assert full.macs - 1_024_000 == 4_866_269_184
    assert round(full.params / 1e6, 1) == 29.3
    assert (round(shallow.macs / 1e6), round(shallow.params / 1e6, 1)) == (307, 2.9)


def test_the_receptive_field_is_the_published_one():
    """Araujo, Norris, Sim 2019: 315, a step of 32."""
    row = rows("mobilenet_v1")["pw13"]
    assert (row.receptive_field, row.field_stride) == ((315, 315), (32, 32))


# item, network, quantity, what the source prints
ERRATA = [
    ("section 3, table 1", "mobilenet_v1", "dw13.stride", (2, 2)),
    (27, "mobilenet_v1", "inception modules", 9),
    (27, "mobilenet_v1", "layers with weights", 22),
    (27, "mobilenet_v1", "layers with weights and pooling", 27),
    ("table 2", "mobilenet_v1", "per cent of mult-adds in conv1", 1.19),
    ("table 4", "mobilenet_v1_conv", "macs", 4_866_000_000),
    ("table 9", "mobilenet_v1_0.5_160", "params", 1_320_000),
]


@pytest.mark.parametrize(("item", "name", "quantity", "printed"), ERRATA)
def test_a_mistake_is_listed_and_still_wrong(item, name, quantity, printed):
    (check,) = (c for c in verify(name) if (c.quantity, c.printed) == (quantity, printed))
    assert check.verdict == "erratum"
    assert check.ours != printed
    assert check.why


def test_the_shares_of_table_2_add_up_but_for_two_digits():
    shares = [float(row["mult-adds"]) for row in claims.TABLE_2]
    assert round(sum(shares), 2) == 99.29
    assert round(sum(shares) - 1.19 + 1.91, 2) == 100.01


def test_peers_differ_where_counts_do_not():
    paper, keras, timm = (rows(f"mobilenet_v1{peer}") for peer in ("", "_keras", "_timm"))
    assert paper["pw3"].activation == "relu"
    assert keras["pw3"].activation == timm["pw3"].activation == "relu6"
    assert [made["dw2"].layer.norm.eps for made in (paper, keras, timm)] == [1e-3, 1e-3, 1e-5]
    assert [made["dw2"].padding for made in (paper, keras, timm)] == ["same", "behind", (1, 1)]
    assert keras["dropout"].layer == Dropout(1e-3)


def test_an_odd_map_before_a_stride_tells_keras_from_same():
    """Keras pads 0 and 1 where TensorFlow's rule has 1 and 1: 25 to 12, not to 13."""
    paper, keras = (rows(f"mobilenet_v1{peer}", input=200) for peer in ("", "_keras"))
    assert (paper["dw6"].input[1], paper["dw6"].out[1], keras["dw6"].out[1]) == (25, 13, 12)


@pytest.mark.parametrize(
    ("name", "found", "width", "size"),
    [
        ("mobilenet_v1_1.0_224", "mobilenet_v1", 1.0, (224, 224)),
        ("mobilenet_v1_1_224", "mobilenet_v1", 1.0, (224, 224)),
        ("MobileNet-v1-0.50-160", "mobilenet_v1_0.5_160", 0.5, (160, 160)),
        ("mobilenet_v1_0.4_96", "mobilenet_v1_0.4_96", 0.4, (96, 96)),
        ("mobilenet_v1_1.4_224", "mobilenet_v1_1.4_224", 1.4, (224, 224)),
        ("mobilenet_v1_.25_96x64", "mobilenet_v1_0.25_96x64", 0.25, (96, 64)),
    ],
)
def test_the_grammar_of_names(name, found, width, size):
    made = net(name)
    assert find(name).name == made.name == found
    assert find(found).name == found
    assert made.input == (3, *size)
    assert rows(name)["pw13"].out[0] == int(1024 * width)


def test_widths_close_to_listed_ones_are_not_taken_for_them():
    """Without separators 0.51_60 and 0.5_160 are the same letters."""
    assert net("mobilenet_v1_0.51_60").input == (3, 60, 60)


@pytest.mark.parametrize("width", [0, -1, 0.03])
def test_a_width_without_a_channel(width):
    with pytest.raises(ValueError, match=r"leaves conv1, .* without a channel: give a number of"):
        net("mobilenet_v1", width=width)


def test_a_width_without_a_channel_in_a_name():
    with pytest.raises(ValueError, match=r"width 0\.01 leaves conv1.* of at least 0\.03125"):
        net("mobilenet_v1_0.01_224")


def test_published_numbers_hold_for_the_published_network_alone():
    for name in OURS:
        assert look_up(name).claims, name
        for changed in ({"classes": 12}, {"channels": 1}, {"input": 200}):
            assert look_up(name, **changed).claims == (), name


@pytest.mark.parametrize("system", systems("mobilenet"), ids=lambda system: system["name"])
def test_rows_have_the_ledgers_names_in_its_order(system):
    """What is in them test_ledger.py compares."""
    found = look_up(system["name"])
    assert found.record.ledger_name == system["name"]
    rows = [(row.name, row.padding) for row in walk(found.net) if row.kind != "dense"]
    for (name, padding), printed in zip(rows, system["layers"], strict=False):
        assert name == printed["n"]
        if "p" in printed:
            assert padding == (printed["p"] if printed["p"] == "same" else tuple(printed["p"]))


@pytest.mark.parametrize("system", systems("mobilenet"), ids=lambda system: system["name"])
def test_the_ledgers_results_are_facts(system):
    claims = look_up(system["name"]).claims
    errors = {claim.printed for claim in claims if claim.quantity == "error"}
    for result in system["results"]:
        assert round(1 - result["value"] / 100, 6) in errors


# timm 1.0.31, counted: a width, and a 1x1 convolution before the average
@pytest.mark.parametrize(
    ("options", "params", "macs"),
    [
        ({}, 4_231_976, 568_740_352),
        ({"head": True}, 5_282_600, 620_120_576),
        ({"width": 1.25}, 6_270_840, 879_516_800),
    ],
)
def test_timms_widths_and_head(options, params, macs):
    found = sums("mobilenet_v1_timm", **options)
    assert (found.params, found.macs) == (params, macs)


@pytest.mark.parametrize("width", mobilenet.WIDTHS)
@pytest.mark.parametrize("size", mobilenet.SIDES)
def test_keras_widths_and_sizes(width, size):
    """keras.applications 3.15.1, counted."""
    found = sums("mobilenet_v1_keras", width=width, input=size)
    assert (found.params, found.macs) == claims.counts(f"{width}_{size}")


def test_every_network_of_these_is_listed():
    assert set(OURS) <= {entry.name for entry in NETS}


# Keras 3.15.1: keras.applications.MobileNet(weights=None, alpha=width, input_shape=(160, 160, 3)),
# the sizes of its trainable_weights
@pytest.mark.parametrize(
    "width, params", [(1.0, 4_231_976), (0.75, 2_585_560), (0.5, 1_331_592), (0.25, 470_072)]
)
def test_keras_s_mobilenets_have_a_name_each(width, params):
    name = f"mobilenet_v1_keras_{width}_160"
    named = net(name)
    assert sums(name).params == params
    assert (named.name, named.input) == (name, (3, 160, 160))
    assert named.body == net("mobilenet_v1_keras", width=width, input=160).body
    assert net("mobilenet_v1_keras_1.0_224") == net("mobilenet_v1_keras")
    assert net(f"mobilenet_v1_keras_{width}_160x96").input == (3, 160, 96)


KERAS = "Keras's default (Glorot and Bengio 2010)"
SLIM = "tensorflow/models research/slim/nets/mobilenet_v1.py: truncated normal, stddev 0.09"


# name, title, name in the ledger, how many claims, of the first weights
@pytest.mark.parametrize(
    ("name", "title", "ledger_name", "count", "source"),
    [
        ("mobilenet_v1_0.4_96", "MobileNet v1, width 0.4, input 96", "", 0, SLIM),
        ("mobilenet_v1_1.0_192x160", "MobileNet v1, width 1.0, input 192x160", "", 0, SLIM),
        ("mobilenet_v1_keras_0.3_97", "MobileNet v1 of Keras, width 0.3, input 97", "", 0, KERAS),
        ("mobilenet_v1_keras_.5_128", "MobileNet v1 of Keras, width 0.5, input 128", "", 2, KERAS),
        (
            "mobilenet_v1_.5_224",
            "MobileNet v1, width 0.5, input 224",
            "mobilenet_v1_0.5_224",
            6,
            SLIM,
        ),
    ],
)
def test_a_name_of_the_grammar_has_its_record(name, title, ledger_name, count, source):
    found = look_up(name)
    assert (found.record.title, found.record.ledger_name) == (title, ledger_name)
    assert len(found.claims) == count
    assert found.initialisation.source == source
    assert [recipe.name for recipe in found.recipes][:2] == ["modern", "photos"]
    departures = found.record.departures
    assert any("ReLU6" in departure.what for departure in departures) == ("keras" in name)


def test_what_was_said_follows_the_width_and_the_input_that_options_choose():
    assert look_up("mobilenet_v1", width=0.5, input=160).claims
    assert look_up("mobilenet_v1", width=0.5, input=160).record == (
        look_up("mobilenet_v1_0.5_160").record
    )
    assert not look_up("mobilenet_v1", width=0.5, input=161).claims
    for options in ({}, {"head": True}, {"width": 1.25}):
        assert len(look_up("mobilenet_v1_timm", **options).claims) == 2
    assert not look_up("mobilenet_v1_timm", width=0.5).claims
    assert not look_up("mobilenet_v1_timm", width=1.25, head=True).claims
