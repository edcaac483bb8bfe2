"""What no network is made of: each slip is a ValueError that names the layer and the value."""

import re

import numpy as np
import pytest

from papernets import net, totals, walk
from papernets.spec import (
    LRN,
    Activation,
    Aux,
    Chain,
    Conv,
    Dense,
    Dropout,
    Identity,
    Layer,
    Net,
    Norm,
    PadShortcut,
    Pool,
    TableConv,
    add,
    chain,
)


def made(body=None, **changed):
    body = chain({"c": Conv(3, 3)}) if body is None else body
    given = {"name": "mine", "input": (1, 8, 8), "classes": 3}
    return Net(**{**given, "body": body, **changed})


def deep(levels):
    part = Conv(3, 3)
    for _ in range(levels):
        part = chain({"a": part})
    return part


LAYERS = {
    "conv's maps in a list": (Conv([3], 3), "c: out is [3], not a whole number of at least 1"),
    "maps below 0": (Conv(-3, 3), "c: out is -3, not a whole number of at least 1"),
    "no number": (Conv(float("nan"), 3), "c: out is nan, not a whole number of at least 1"),
    "text": (Dense("10"), "c: out is '10', not a whole number of at least 1"),
    "a switch": (Conv(True, 3), "c: out is True, not a whole number of at least 1"),
    "no groups": (Conv(3, 3, groups=0), "c: groups is 0, not a whole number of at least 1"),
    "a kernel of text": (Conv(3, "3"), "c: kernel is '3', not a whole number, or two"),
    "a kernel of three": (Conv(3, (1, 2, 3)), "c: kernel is (1, 2, 3), not a whole number, or t"),
    "half a stride": (Conv(3, 3, 0.5), "c: stride is 0.5, not a whole number, or two"),
    "padding": (Conv(3, 3, padding=None), "c: padding is None, not a whole number, or two"),
    "a norm": (Conv(3, 3, norm=[1]), "c: norm is [1], not a Norm"),
    "a norm's eps": (Conv(3, 3, norm=Norm(eps="x")), "c: norm: eps is 'x', not a number"),
    "a bias": (Conv(3, 3, bias="no"), "c: bias is 'no', not True or False"),
    "an activation": (Conv(3, 3, activation=["relu"]), "c: unknown activation ['relu']. There"),
    "one alone": (Activation(5), "c: unknown activation 5. There are relu, "),
    "a rate": (Dropout([1]), "c: rate is [1], not a number"),
    "a rate above 1": (Dropout(1.5), "c: rate 1.5: a share from 0 to 1"),
    "a constant": (LRN(5, float("inf"), 1e-4, 0.75), "c: k is inf, not a number"),
    "zeros in front": (PadShortcut(8, before="1"), "c: before is '1', not a whole number"),
    "maps without measure": (Conv(10**9 + 1, 3), "c: out: a whole number is at most 1,000,000,000"),
    "digits by the thousand": (Dense(10**5000), "c: out: a whole number is at most 1,000,000,000"),
    "a side": (Conv(3, (3, 10**300)), "c: kernel: a whole number is at most 1,000,000,000"),
    "zeros without measure": (Conv(3, 3, padding=10**10), "c: padding: a whole number is at most"),
    "a row of a table": (TableConv(((10**10,),), 3), "c: table: a whole number is at most"),
    "no map": (TableConv((), 3), "c: it gives no map at all"),
    "no layer": ("relu", "c: 'relu' is no layer; papernets.spec has them"),
    "a class": (Conv, "c: <class 'papernets.spec.weighted.Conv'> is no layer"),
    "within": (chain({"d": add({"e": Conv([3], 3)})}), "c.d.e: out is [3], not a whole number"),
    "in a head": (Aux(chain({"fc": Dense(0)}), 0.3), "c.fc: out is 0, not a whole number"),
    "a head": (Aux(Dense([1]), 0.3), "c: out is [1], not a whole number of at least 1"),
    "a name": (chain({5: Conv(3, 3)}), "c: a part is called 5, which is no text"),
    "no pair": (Chain((Conv(3, 3),)), "c: Conv(out=3, kernel=3"),
    "no parts": (Chain(5), "c: 5 is no tuple of (name, layer)"),
    "3,000 deep": (deep(3000), "parts lie in parts 100 deep, which is the most"),
}


@pytest.mark.parametrize("slip", LAYERS)
def test_a_layer_that_cannot_be_is_named_with_its_value(slip):
    layer, message = LAYERS[slip]
    with pytest.raises(ValueError, match=re.escape(message)):
        walk(made(chain({"c": layer})))


NETS = {
    "a body of pairs": ({"body": [("c", Conv(3, 3))]}, "not a chain of named layers: chain({'c"),
    "two sizes": ({"input": (8, 8)}, "the input of mine is (8, 8), not three whole numbers of at"),
    "a side": ({"input": 8}, "the input of mine is 8, not three"),
    "no channels": ({"input": (0, 8, 8)}, "the input of mine is (0, 8, 8), not three"),
    "classes": ({"classes": "3"}, "the classes of mine are '3', not a whole number"),
    "a picture without measure": ({"input": (1, 8, 10**5000)}, "the input of mine: a whole number"),
    "classes without measure": (
        {"classes": 10**10},
        "the classes of mine: a whole number is at mo",
    ),
    "a row named 5": ({"body": chain({5: Conv(3, 3)})}, "the body: a part is called 5, which is"),
}


@pytest.mark.parametrize("slip", NETS)
def test_a_network_that_cannot_be_says_what_is_wrong(slip):
    changed, message = NETS[slip]
    with pytest.raises(ValueError, match=re.escape(message)):
        walk(made(**changed))


def test_a_later_layer_is_named_even_where_an_earlier_one_does_not_fit():
    """The search for the smallest input goes through every layer."""
    with pytest.raises(ValueError, match="late: out is 'x'"):
        walk(made(chain({"early": Conv(3, 99), "late": Conv("x", 3)})))


def test_an_input_in_a_list_is_taken_as_it_is_meant():
    assert made(input=[1, 8, 8]) == made(input=(1, 8, 8))


def test_what_numpy_counts_is_a_number_and_nesting_is_allowed():
    sized = chain(
        {"c": Conv(np.int64(4), 3), "p": Pool("max", [2, 2]), "d": Dropout(np.float32(0))}
    )
    assert [row.out for row in walk(made(sized))] == [(4, 6, 6), (4, 3, 3), (4, 3, 3)]
    assert walk(made(deep(90)))[0].out == (3, 6, 6)


def test_a_layer_of_ones_own_is_walked():
    class Mine(Layer):
        kind = "mine"

    assert [row.kind for row in walk(made(chain({"m": Mine(), "i": Identity()})))] == [
        "mine",
        "identity",
    ]


@pytest.mark.parametrize(
    ("work", "given", "message"),
    [
        (walk, "lenet5", "walk takes a network, not 'lenet5': walk(net('lenet5')), say"),
        (walk, 5, "walk takes a network, not a int: walk(net"),
        (walk, net("boosted_lenet4"), "walk takes a network, not a Committee: walk its member"),
        (totals, net("lenet5"), "the rows of a network: totals(walk(net)), not a Net"),
        (totals, "lenet5", "the rows of a network: totals(walk(net)), not 'lenet5'"),
    ],
    ids=["a name", "a number", "a committee", "totals of a network", "totals of a name"],
)
def test_walk_and_totals_say_what_they_take(work, given, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        work(given)
