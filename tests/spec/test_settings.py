"""What counts do not show: each layer's settings, and their words."""

import pytest
import siblings

from papernets.nets.registry import NETS, net
from papernets.show.details import legend_of, short_details
from papernets.spec import (
    LRN,
    AdaptivePool,
    Add,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Identity,
    Net,
    Norm,
    Pad,
    PadShortcut,
    Pool,
    Zeros,
    chain,
    phrase,
    phrases,
    walk,
)

MAP = (8, 14, 14)


def said(layer, s=MAP):
    return ", ".join(phrases(layer.settings(s)).values())


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (LRN(size=5, k=2, alpha=1e-4, beta=0.75), "5 maps, k 2, alpha 0.0001, beta 0.75"),
        (Dropout(0.4), "rate 0.4"),
        (Conv(8, 3), ""),
        (Conv(8, 3, padding=1), "pad 1"),
        (Conv(8, (1, 7), padding=(0, 3)), "pad 0x3"),
        (Conv(8, 3, 2, "same"), "pad 0+1 (same)"),  # 14 to 7: one zero below and to the right
        (Conv(8, 3, 1, "same"), "pad 1"),  # at stride 1 the rule is a number
        (Conv(8, 3, 2, "behind"), "pad 0+1"),
        (Conv(8, 1, 2), ""),
        (Conv(8, 3, norm=Norm(eps=1e-3)), "BN eps 0.001, momentum 0.1"),
        (BatchNorm(Norm(scale=False)), "BN eps 1e-05, momentum 0.1, no gamma"),
        (Dense(3), ""),
        (Pool("max", 3, 2, ceil=True), "ceil"),
        (Pool("max", 3, 2, padding=1), "pad 1"),
        (Pool("average", 3, 1, 1), "pad 1, padding counted"),
        (Pool("average", 3, 1, 1, count_padding=False), "pad 1, padding not counted"),
        (Pool("average", 2, count_padding=False), ""),  # no padding to count
        (Pad(3), "pad 3"),
        (PadShortcut(16, 2, before=4), "4 of the zeros in front"),
        (AdaptivePool(4), ""),
        (
            Add((("", Identity()), ("shortcut", Identity())), scales=(0.17, 1.0)),
            "residual×0.17",
        ),
        (Add((("", Identity()), ("shortcut", Identity()))), ""),
    ],
)
def test_settings_in_words(layer, words):
    assert said(layer) == words


def test_a_setting_that_goes_without_saying_is_still_there():
    """`diff` compares what `explain` does not say: a pad of 0 with a pad of 1."""
    settings = Conv(8, 3).settings(MAP)
    assert settings["padding"] == Zeros((0, 0), (0, 0)) and not settings["padding"]
    assert settings["padding"].words() == "pad 0"
    assert phrase("padding", settings["padding"]) == ""
    assert settings["bias"] is True and settings["norm"] is None


def test_the_same_rule_on_another_size_gives_other_zeros():
    """TensorFlow's rule: 15 at stride 2 is padded alike on both sides, 14 is not."""
    layer = Conv(8, 3, 2, "same")
    assert [said(layer, (8, n, n)) for n in (14, 15)] == ["pad 0+1 (same)", "pad 1 (same)"]


def test_details_of_a_row():
    rows = {row.name: row for row in walk(net("mobilenet_v1_keras"))}
    assert rows["dw2"].details == (
        *("depthwise", "pad 0+1", "BN eps 0.001, momentum 0.01", "relu6"),
    )
    rows = {row.name: row for row in walk(net("alexnet"))}
    assert rows["conv2"].details == ("2 groups", "pad 2", "relu")
    assert rows["conv2"].to_dict()["settings"] == {
        "padding": {"rows": [2, 2], "columns": [2, 2], "rule": None},
        "bias": True,
        "norm": None,
    }


def test_what_all_rows_share_is_said_once():
    rows = walk(net("inception_v3_keras"))
    details, legend = short_details(rows), legend_of(rows)
    assert details[2] == "pad 1, BN, relu"
    assert legend[0] == "BN: batch normalisation, eps 0.001, momentum 0.01, no gamma."
    two = chain({"a": Conv(2, 3, norm=Norm()), "b": Conv(2, 3, norm=Norm(eps=0.1))})
    rows = walk(Net("two", MAP, 0, two))
    details, legend = short_details(rows), legend_of(rows)
    assert details == [
        *("BN eps 1e-05, momentum 0.1", "BN eps 0.1, momentum 0.1"),
    ]
    assert not any(line.startswith("BN:") for line in legend)


@pytest.mark.parametrize("entry", siblings.each({entry.name: entry for entry in NETS}))
def test_every_dropout_norm_and_lrn_of_the_family_says_its_constants(entry):
    made = entry.make()
    for row in walk(getattr(made, "member", made)):
        words = ", ".join(row.details)
        for kind, must in (("dropout", "rate "), ("lrn", "alpha "), ("batch norm", "eps ")):
            assert row.kind != kind or must in words
        norm = getattr(row.layer, "norm", None)
        assert not isinstance(norm, Norm) or f"BN eps {norm.eps:g}" in words
        assert not row.activation or row.activation in words
