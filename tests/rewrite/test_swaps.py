"""One part of a network swapped: what changes, what stays, and what is refused."""

import re
from pathlib import Path

import pytest

from papernets.nets import NETS, look_up, net
from papernets.nets.shelf import swaps_in
from papernets.rewrite import swapped
from papernets.spec import (
    LRN,
    MONOTONE,
    Activation,
    Add,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Identity,
    Net,
    Norm,
    Pool,
    add,
    chain,
    each_part,
    parted,
    tensors,
    totals,
    walk,
)

SMALL = Path(__file__).parents[1] / "small_nets.py"
SWAPPED = [
    ("activation", "tanh"),
    ("activation", "relu"),
    ("norm", "none"),
    ("norm", "batch"),
    ("norm", "lrn"),
    ("lrn", False),
    ("dropout", 0),
    ("dropout", 0.3),
    ("pooling", "plain"),
    ("pooling", "overlapping"),
    ("residual_scale", 0.1),
]
KEPT = {"activation", "lrn", "dropout", "residual_scale"}
"""The swaps after which all weights still fit."""
SAMPLE = (
    *("lenet5", "alexnet", "zfnet", "nin_cifar10", "vgg11_bn", "googlenet_torchvision"),
    *("plain20", "resnet20", "resnet18_v2", "mobilenet_v1_0.25_128"),
)


def of(made, kind):
    return [part for _, part in each_part(made.body) if isinstance(part, kind)]


def out(made):
    return {row.name: row.out for row in walk(made)}


def names(own):
    """The names of quick networks, and of the others for the slow tests."""
    return [
        name if name in SAMPLE else pytest.param(name, marks=pytest.mark.slow)
        for name in (entry.name for entry in NETS)
    ]


@pytest.mark.parametrize("name", names(NETS))
def test_every_network_and_swap_is_a_network_of_its_own_or_refused(name):
    own = look_up(name)
    for swap, value in SWAPPED:
        try:
            found = look_up(name, **{swap: value})
        except ValueError as error:
            assert f"{swap}=" in str(error) and "changes nothing: it" in str(error)
            continue
        member = found.net.member
        assert member.body != own.net.member.body and member.swapped and not found.claims
        assert walk(member)[-1].out == walk(own.net.member)[-1].out
        assert found.record.title == own.record.title + swaps_in(member.name)
        before, after = tensors(own.net.member), tensors(member)
        if swap in KEPT:
            assert before == after
        if swap == "pooling" and totals(walk(member)) != totals(walk(own.net.member)):
            assert "in place of" in found.record.departures[-1].what


def test_a_network_has_its_swaps_in_its_name_in_one_order():
    made = net("alexnet", pooling="plain", activation="tanh", lrn=False, dropout=0.25)
    assert made.name == "alexnet+lrn=false+activation=tanh+dropout=0.25+pooling=plain"
    assert net(made.name) == made
    assert parted(made.name) == (
        "alexnet",
        {"lrn": "false", "activation": "tanh", "dropout": "0.25", "pooling": "plain"},
    )
    assert parted("my+net") == ("my+net", {}) and not net("alexnet").swapped


def test_an_option_takes_the_place_of_the_names():
    assert net("alexnet+dropout=0", dropout=0.3).name == "alexnet+dropout=0.3"


def test_tanh_is_behind_every_layer_but_the_one_that_tells_the_classes():
    made = net("alexnet", activation="tanh")
    ends = [getattr(row.layer, "activation", None) for row in walk(made)]
    assert ends[-1] == "softmax" and set(ends[:-1]) == {"tanh", None}
    lenet = net("lenet1", activation="relu")
    assert walk(lenet)[-1].activation == "scaled_tanh" and walk(lenet)[0].activation == "relu"
    assert {part.activation for part in of(net("resnet20", activation="sigmoid"), Add)} == {
        "sigmoid"
    }


@pytest.mark.parametrize("word", sorted(MONOTONE))
def test_every_activation_can_be_asked_for(word):
    own = "resnet20" if word != "relu" else "lenet5"
    assert {p.activation for p in of(net(own, activation=word), Conv)} == {word} | (
        {None} if own == "resnet20" else set()
    )


def test_batch_normalisation_takes_the_bias_and_the_other_normalisation():
    made = net("alexnet", norm="batch")
    hidden = (*of(made, Conv), *of(made, Dense))[:-1]
    assert all(part.norm == Norm() and not part.bias for part in hidden)
    last = walk(made)[-1].layer
    assert last.norm is None and last.bias and not of(made, LRN)
    lenet = net("lenet5", norm="batch")
    rows = {row.name: row for row in walk(lenet)}
    assert rows["C3"].activation is None and rows["C3_norm"].activation == "scaled_tanh"
    assert isinstance(rows["C3_norm"].layer, BatchNorm)


def test_without_normalisation_every_layer_has_a_bias():
    for name in ("resnet20", "resnet18_v2", "alexnet"):
        made = net(name, norm="none")
        assert not of(made, LRN) and not of(made, BatchNorm)
        assert all(p.bias and p.norm is None for p in (*of(made, Conv), *of(made, Dense)))
    # where a row was a normalisation with its activation, the activation stays
    assert {p.activation for p in of(net("resnet18_v2", norm="none"), Activation)} == {"relu"}


def test_lrn_stands_behind_each_convolution_and_block_with_alexnets_constants():
    made = net("vgg11", norm="lrn")
    after = [row.name for row in walk(made)]
    assert len(of(made, LRN)) == len(of(made, Conv)) == 8
    assert after[:3] == ["conv1_1", "conv1_1_lrn", "pool1"]
    assert set(of(made, LRN)) == {LRN(5, 2, 1e-4, 0.75)}  # section 3.3
    made = net("resnet20", norm="lrn")
    assert len(of(made, LRN)) == 1 + 9  # conv1 and nine blocks
    assert not any(part.norm for part in of(made, Conv))


def test_lrn_and_dropout_are_taken_out():
    assert not of(net("alexnet", lrn=False), LRN)
    assert not of(net("alexnet", dropout=0), Dropout)
    assert {part.rate for part in of(net("googlenet", dropout=0.5), Dropout)} == {0.5}


def test_plain_pooling_gives_alexnets_sizes():
    """Section 3.4: s = 2, z = 2 "produces output of equivalent dimensions"."""
    own, made = net("alexnet"), net("alexnet", pooling="plain")
    assert [(p.kernel, p.stride) for p in of(made, Pool)] == [(2, 2)] * 3
    assert out(own) == out(made)
    assert {p.kernel for p in of(net("vgg11", pooling="overlapping"), Pool)} == {3}
    assert out(net("vgg11", pooling="overlapping")) == out(net("vgg11"))


def test_where_no_window_gives_the_size_it_is_said():
    odd = Net("odd", (1, 8, 8), 2, chain({"p": Pool("max", 3, 2), "f": Flatten(), "d": Dense(2)}))
    made = swapped(odd, {"pooling": "plain"})
    assert out(odd)["p"] == (1, 3, 3) and out(made)["p"] == (1, 4, 4)
    assert tensors(made)["d.weight"].shape == (2, 16)
    said = look_up("resnet50_v2_keras", pooling="plain").record.departures[-1].what
    assert said == "pool1 gives 64@57x57 in place of 64@56x56"


def test_a_pooling_over_the_whole_map_stays():
    whole = Net("w", (1, 4, 4), 2, chain({"p": Pool("average", 4), "f": Flatten(), "d": Dense(2)}))
    with pytest.raises(ValueError, match="changes nothing"):
        swapped(whole, {"pooling": "overlapping"})


def test_residual_scale_is_of_the_block_not_of_the_shortcut():
    body = chain(
        {
            "in": Conv(2, 1),
            "sum": add({"block": chain({"conv": Conv(2, 1)}), "way": Identity()}, "relu"),
            "f": Flatten(),
            "d": Dense(2),
        }
    )
    made = swapped(Net("two", (1, 2, 2), 2, body), {"residual_scale": 0.2})
    assert of(made, Add)[0].scales == (0.2, 1.0)
    assert {p.scales for p in of(net("resnet50", residual_scale=0.1), Add)} == {(0.1, 1.0)}


def test_heads_that_do_not_fit_the_input_are_no_hindrance():
    assert net("googlenet", input=64, activation="tanh").swapped


@pytest.mark.parametrize(
    ("name", "swap", "why"),
    [
        ("vgg16", {"lrn": False}, "vgg16: lrn=false changes nothing: it has no local response"),
        ("vgg16", {"activation": "relu"}, "activation=relu changes nothing: its layers have that"),
        ("resnet20", {"dropout": 0.5}, "resnet20: dropout=0.5 changes nothing: it has no dropout"),
        ("resnet20", {"norm": "batch"}, "norm=batch changes nothing: it is normalised so already"),
        ("alexnet", {"pooling": "overlapping"}, "pooling=overlapping changes nothing"),
        ("vgg16", {"residual_scale": 0.1}, "residual_scale=0.1 changes nothing: it has no shortc"),
        ("resnet20", {"residual_scale": 1}, "residual_scale=1 changes nothing"),
        ("vgg16", {"activation": "rellu"}, "unknown activation. Did you mean 'relu'? There is re"),
        ("vgg16", {"norm": "bn"}, "norm=bn: unknown norm."),
        ("vgg16", {"pooling": "overlaping"}, "Did you mean 'overlapping'? There is overlapping"),
        ("alexnet", {"dropout": 1}, "dropout=1: a rate from 0"),
        ("alexnet", {"dropout": float("nan")}, "dropout=nan: a rate from 0"),
        ("alexnet", {"dropout": "half"}, "dropout=half: a rate from 0"),
        ("alexnet", {"dropout": True}, "dropout=True: a rate from 0"),
        ("alexnet", {"lrn": True}, "lrn=True: only false, which takes it out"),
        ("resnet20", {"residual_scale": 0}, "residual_scale=0: a number above 0"),
        ("alexnet", {"activaton": "tanh"}, "no option 'activaton'. Did you mean 'activation'?"),
        ("alexnet", {"activation": ["tanh"]}, "unknown activation."),
    ],
)
def test_what_cannot_be_swapped_is_refused(name, swap, why):
    with pytest.raises(ValueError, match=re.escape(why)):
        net(name, **swap)


def test_an_unknown_swap_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match=r"no swap 'polling'\. Did you mean 'pooling'\? There are"):
        swapped(net("alexnet"), {"polling": "plain"})


def test_a_users_own_network_is_swapped_and_its_own_option_is_its_own(tmp_path):
    made = net(f"{SMALL}:BRANCHES", activation="tanh")
    assert made.name == "branches+activation=tanh"
    file = tmp_path / "own.py"
    file.write_text(
        "from papernets.spec import *\n"
        "def mine(dropout: float = 0.5) -> Net:\n"
        "    layers = {'f': Flatten(), 'drop': Dropout(dropout), 'd': Dense(3)}\n"
        "    return Net('mine', (1, 4, 4), 3, chain(layers))\n"
    )
    made = net(f"{file}:mine", dropout=0.9)
    assert made.name == "mine" and of(made, Dropout)[0].rate == 0.9


def test_a_committees_members_are_swapped():
    made = net("boosted_lenet4", activation="relu")
    assert made.name == "boosted_lenet4+activation=relu"
    assert made.member.name == "lenet4+activation=relu"
    assert look_up(made.name).claims == ()


def test_hes_rule_alone_follows_the_activation():
    """Its factor 2 is for rectifiers; a rule that a paper prints as a number stays."""
    assert look_up("resnet20").initialisation.scale == 2
    assert look_up("resnet20", activation="tanh").initialisation.scale == 1
    assert look_up("resnet20", norm="none").initialisation.scale == 2
    own = look_up("alexnet").initialisation
    assert look_up("alexnet", activation="tanh").initialisation == own
