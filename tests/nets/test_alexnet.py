"""The AlexNet family against the printed numbers, typed a second time."""

import pytest
import torch

from papernets.nets.alexnet import layers
from papernets.nets.registry import look_up, net, verify
from papernets.run.network import build
from papernets.spec import LRN, Dropout, chain, totals, walk


def rows(name, **options):
    return {row.name: row for row in walk(net(name, **options))}


def sums(name):
    return totals(walk(net(name)))


# Krizhevsky et al. 2012, section 3.5: kernels, their depth; figure 2: maps. Parameters by hand.
ALEXNET = {
    "conv1": (96, 3, (96, 55, 55), 96 * (11 * 11 * 3 + 1)),
    "conv2": (256, 48, (256, 27, 27), 256 * (5 * 5 * 48 + 1)),
    "conv3": (384, 256, (384, 13, 13), 384 * (3 * 3 * 256 + 1)),
    "conv4": (384, 192, (384, 13, 13), 384 * (3 * 3 * 192 + 1)),
    "conv5": (256, 192, (256, 13, 13), 256 * (3 * 3 * 192 + 1)),
    "fc6": (4096, 9216, (4096, 1, 1), 4096 * (9216 + 1)),
    "fc7": (4096, 4096, (4096, 1, 1), 4096 * (4096 + 1)),
    "fc8": (1000, 4096, (1000, 1, 1), 1000 * (4096 + 1)),
}


@pytest.mark.parametrize("name", ALEXNET)
def test_a_layer_of_alexnet(name):
    kernels, depth, out, params = ALEXNET[name]
    row = rows("alexnet")[name]
    assert (row.out, row.params) == (out, params)
    assert row.layer.out == kernels
    assert row.input[0] // row.groups == depth


TOTALS = {  # parameters, multiply-adds: the ledger, notes 002, torchvision measured
    "alexnet": (60_965_224, 724_406_816),
    "caffenet": (60_965_224, 724_406_816),
    "alexnet_single": (62_378_344, 1_135_256_096),
    "alexnet_torchvision": (61_100_840, 714_188_480),
    "alexnet_keras_bn": (24_000_586, 1_035_504_768),
}


@pytest.mark.parametrize("name", TOTALS)
def test_totals(name):
    assert (sums(name).params, sums(name).macs) == TOTALS[name]


def test_notes_001_leave_out_the_dense_biases():
    """ERRATA, item 10: 62,369,152 is 62,378,344 without 4096 + 4096 + 1000."""
    assert sums("alexnet_single").params - 62_369_152 == 4096 + 4096 + 1000


def kinds(name):
    return [row.kind for row in walk(net(name))][:6]


def test_normalisation_stands_between_relu_and_pooling():
    """Section 3.5: normalisation, then pooling, after conv1 and conv2; CaffeNet the other way."""
    assert kinds("alexnet") == ["conv", "lrn", "max pool"] * 2
    assert kinds("caffenet") == ["conv", "max pool", "lrn"] * 2
    assert kinds("alexnet_single") == kinds("alexnet")
    assert rows("alexnet")["conv1"].activation == "relu"
    assert not any(row.kind == "lrn" for row in walk(net("alexnet_torchvision")))


def test_the_constants_of_the_normalisation():
    """Section 3.3; Caffe divides alpha by the window and starts from 1."""
    norms = [r.layer for r in walk(net("alexnet")) if isinstance(r.layer, LRN)]
    assert norms == [LRN(5, k=2, alpha=1e-4, beta=0.75)] * 2
    norms = [r.layer for r in walk(net("caffenet")) if isinstance(r.layer, LRN)]
    assert norms == [LRN(5, k=1, alpha=2e-5, beta=0.75)] * 2


def test_the_normalisations_window_crosses_the_towers_border():
    """Section 3.3, neighbours among all N kernels of a layer: b = a / (k + alpha sum a^2)^beta."""
    body = chain({"norm1": net("alexnet").body.parts[1][1]})
    one = build(net("alexnet", input=(1, 1), channels=96).with_body(body)).double()
    x = torch.zeros(1, 96, 1, 1, dtype=torch.float64)
    x[0, 47], x[0, 48] = 30.0, 40.0  # the last map of one tower, the first of the other
    out = one.eval()(x).flatten()
    for at in (47, 48):
        expected = float(x[0, at]) / (2 + 1e-4 * (30.0**2 + 40.0**2)) ** 0.75
        assert float(out[at]) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("alexnet", {"fc6": 0.5, "fc7": 0.5}),  # section 4.2: in the first two dense layers
        ("caffenet", {"fc6": 0.5, "fc7": 0.5}),
        ("alexnet_single", {"fc6": 0.5, "fc7": 0.5}),
        ("alexnet_torchvision", {"flatten": 0.5, "fc6": 0.5}),  # torchvision: before fc6 and fc7
        ("alexnet_keras_bn", {"fc6": 0.4, "fc7": 0.4}),  # notes 001
    ],
)
def test_dropout(name, after):
    found = list(walk(net(name)))
    assert {
        found[at - 1].name: row.layer.rate
        for at, row in enumerate(found)
        if isinstance(row.layer, Dropout)
    } == after


def test_torchvisions_shapes_in_torchvisions_order():
    """torchvision 0.28, alexnet().state_dict()."""
    with torch.device("meta"):
        state = build(net("alexnet_torchvision")).state_dict()
    assert [tuple(w.shape) for name, w in state.items() if name.endswith("weight")] == [
        (64, 3, 11, 11),
        (192, 64, 5, 5),
        (384, 192, 3, 3),
        (256, 384, 3, 3),
        (256, 256, 3, 3),
        (4096, 9216),
        (4096, 4096),
        (1000, 4096),
    ]


def test_biases_of_one_where_the_paper_has_them():
    """Section 5: 1 in conv2, conv4, conv5 and the hidden dense layers, 0 in the others."""
    found = look_up("alexnet", classes=2, input=67)
    coin = torch.Generator().manual_seed(1)
    model = build(found.net, generator=coin, initialisation=found.initialisation)
    begins = {
        name.split(".")[0]: set(p.tolist())
        for name, p in model.named_parameters()
        if name.endswith("bias")
    }
    ones = ("conv2", "conv4", "conv5", "fc6", "fc7")
    assert begins == {name: {1.0} if name in ones else {0.0} for name in begins}
    assert set(ones) < set(begins) and len(begins) == 8
    assert float(model.conv3.conv.weight.detach().std()) == pytest.approx(0.01, rel=0.01)


def test_the_keras_model_normalises_flat_values():
    """Notes 001: batch normalisation after the dense layers too; Keras's epsilon and momentum."""
    model = build(net("alexnet_keras_bn"))
    assert (model.bn6.eps, model.bn6.momentum) == (1e-3, pytest.approx(0.01))
    with torch.no_grad():
        out = model.eval().bn6(torch.full((2, 4096), 3.0))
    assert tuple(out.shape) == (2, 4096)
    assert float(out[0, 0]) == pytest.approx(3 / (1 + 1e-3) ** 0.5)


# ERRATA.md, section 1 and 2: item, network, quantity, what the source prints
ERRATA = [
    *[(6, "alexnet", f"conv{n}.stride", (4, 4)) for n in (2, 3, 4, 5)],
    (7, "alexnet", "flatten.size", 9_261),
    (8, "alexnet", "conv2.kernel", (11, 11)),
    (8, "alexnet", "pool1.kernel", (2, 2)),
    (8, "alexnet", "conv3.padding", (0, 0)),
    (8, "alexnet", "rate of dropout", 0.4),
    (8, "alexnet", "classes", 10),
    (8, "alexnet_keras_bn", "classes", 6),
    (9, "alexnet", "conv1.padding", "same"),
    (9, "alexnet", "conv1.input", (3, 224, 224)),
    (10, "alexnet", "params", 62_378_344),
    (10, "alexnet_single", "params", 62_369_152),
    (11, "alexnet", "macs", 1_500_000_000),
    (11, "alexnet_single", "macs", 1_500_000_000),
    (33, "alexnet", "what norm1 stands after", "conv1, before its ReLU"),
    (33, "alexnet_single", "what norm1 stands after", "the pooling"),
    (34, "alexnet", "norm1.formula", "a / (k + alpha×sum of a^2)^beta"),
    ("2", "alexnet", "conv1.kernel", (7, 7)),
    ("figure 2", "alexnet", "conv1.size", 253_440),
]


@pytest.mark.parametrize(("item", "name", "quantity", "printed"), ERRATA)
def test_a_mistake_is_listed_and_still_wrong(item, name, quantity, printed):
    (check,) = (c for c in verify(name) if (c.quantity, c.printed) == (quantity, printed))
    assert check.verdict == "erratum"
    assert check.ours != printed
    assert check.why


def test_the_papers_results_are_there_with_their_conditions():
    """Tables 1 and 2, top-1 and top-5 in per cent."""
    results = [c for c in look_up("alexnet").claims if c.measured]
    printed = [37.5, 17.0, 39.0, 18.3, 40.7, 18.2, 38.1, 16.4, 39.0, 16.6, 36.7, 15.4, 15.3]
    assert [round(100 * c.printed, 4) for c in results] == printed
    assert all("ILSVRC" in c.conditions for c in results)


def test_published_numbers_hold_for_the_published_network_alone():
    for changed in ({"classes": 12}, {"channels": 1}, {"input": 231}):
        for name in TOTALS:
            assert look_up(name, **changed).claims == ()
            assert look_up(name).claims


def test_the_smallest_picture():
    """The last pooling needs 3x3: 67 pixels, as pool5 sees 67 for its first value at stride 32."""
    assert rows("alexnet", input=67)["pool5"].out == (256, 1, 1)
    with pytest.raises(
        ValueError, match=r"pool5: a 3x3 window does not fit .* is 67x67, not 66x66"
    ):
        walk(net("alexnet", input=66))


def test_the_printed_depth_makes_the_groups():
    parts = dict(layers(1000).parts)
    assert [parts[f"conv{n}"].groups for n in (1, 2, 3, 4, 5)] == [1, 2, 1, 2, 2]
    assert rows("alexnet", channels=1)["conv1"].groups == 1
