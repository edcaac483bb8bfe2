"""Swapped networks run: walk, plain module and fast form agree, and numbers are as by hand."""

import math

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from papernets import create_model, fast, rewrite
from papernets.nets import NETS, beside, look_up
from papernets.rewrite import swapped
from papernets.rewrite.forms import executed_macs
from papernets.run.fast import Fast
from papernets.run.network import build
from papernets.spec import (
    Conv,
    Dense,
    Dropout,
    Flatten,
    Identity,
    Net,
    Pool,
    add,
    chain,
    walk,
)

SWAPS = [
    {"activation": "tanh"},
    {"activation": "sigmoid"},
    {"norm": "none"},
    {"norm": "batch"},
    {"norm": "lrn"},
    {"lrn": False},
    {"dropout": 0},
    {"pooling": "plain"},
    {"pooling": "overlapping"},
    {"residual_scale": 0.1},
]
SAMPLE = (*("lenet5", "alexnet", "resnet20", "mobilenet_v1_0.25_128", "inception_naive_3a"),)
NAMES = [
    n if n in SAMPLE else pytest.param(n, marks=pytest.mark.slow) for n in (e.name for e in NETS)
]


def ways(name):
    """The network with each swap that changes something in it."""
    found = []
    for swap in SWAPS:
        try:
            found.append(look_up(name, **swap).net.member)
        except ValueError as error:
            assert "changes nothing" in str(error)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_walk_plain_module_and_fast_form_are_one_network(name):
    for network in ways(name):
        with torch.device("meta"):
            model = build(network).eval()
        x = torch.empty(2, *network.input, device="meta")
        rows = {row.name: row for row in walk(network)}
        weights = {row.name: 0 for row in walk(network)}
        own = model.state_dict()
        for parameter, value in model.named_parameters():
            row = max((r for r in rows if parameter.startswith(f"{r}.")), key=len)
            weights[row] += value.numel()
            assert parameter in own
        assert weights == {row.name: row.params for row in walk(network)}
        predicting = rewrite.without_heads(network).net
        for one, of in ((model, predicting), (Fast(model), rewrite.fast(predicting).net)):
            with FlopCounterMode(display=False) as counter:
                given = one(x[:1])
            assert counter.get_total_flops() == 2 * executed_macs(of)
            assert given.shape[1:].numel() == math.prod(walk(predicting)[-1].out)


@pytest.mark.parametrize("swap", SWAPS, ids=str)
@pytest.mark.parametrize("name", ["lenet5", "lenet5_modern", "tiny", "shortcuts"])
@pytest.mark.parametrize("training", [True, False])
def test_the_fast_form_is_equal_in_value_and_gradient(name, swap, training):
    own = {"tiny": TINY, "shortcuts": SHORTCUTS}.get(name) or look_up(name).net
    try:
        network = swapped(own, swap)
    except ValueError as error:
        assert "changes nothing" in str(error)
        return
    plain = build(network, generator=torch.Generator().manual_seed(3)).double().train(training)
    for module in plain.modules():
        if isinstance(module, torch.nn.BatchNorm2d | torch.nn.BatchNorm1d):
            module.momentum = 0.0
    ours, theirs = (step_of(model, network) for model in (plain, Fast(plain)))
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)


def step_of(model, network):
    """The output, and the gradients of the pictures and of the parameters."""
    torch.manual_seed(7)  # of dropout
    x = torch.rand(2, *network.input, generator=torch.Generator().manual_seed(5)).double()
    x.requires_grad_()
    out = model(x)
    wanted = (x, *model.parameters())
    return [out.detach(), *torch.autograd.grad(out.square().sum(), wanted)]


TINY = Net(
    "tiny",
    (1, 9, 9),
    3,
    chain(
        {
            "conv": Conv(4, 3, activation="relu"),
            "pool": Pool("max", 3, 2),
            "flatten": Flatten(),
            "drop": Dropout(0.5),
            "hidden": Dense(5, activation="relu"),
            "out": Dense(3, activation="softmax"),
        }
    ),
)
SHORTCUTS = Net(
    "shortcuts",
    (2, 4, 4),
    3,
    chain(
        {
            "first": Conv(3, 3, padding=1, activation="relu"),
            "block": add({"way": Identity(), "long": chain({"conv": Conv(3, 1)})}, "relu"),
            "flatten": Flatten(),
            "out": Dense(3),
        }
    ),
)


def built(network):
    return build(network, generator=torch.Generator().manual_seed(1)).double().eval()


def test_a_swapped_network_computes_what_its_words_say():
    """The tiny network by hand: torch's own functions on its weights."""
    x = torch.rand(2, 1, 9, 9, generator=torch.Generator().manual_seed(2)).double()
    functional = torch.nn.functional
    for swap, act, pool in (
        ({"activation": "tanh"}, torch.tanh, (3, 2)),
        ({"activation": "sigmoid"}, torch.sigmoid, (3, 2)),
        ({"pooling": "plain", "dropout": 0}, torch.relu, (2, 2)),
    ):
        model = built(swapped(TINY, swap))
        w = model.state_dict()
        y = act(functional.conv2d(x, w["conv.conv.weight"], w["conv.conv.bias"]))
        y = functional.max_pool2d(y, *pool).flatten(1)
        y = act(functional.linear(y, w["hidden.linear.weight"], w["hidden.linear.bias"]))
        y = functional.linear(y, w["out.weight"], w["out.bias"])
        torch.testing.assert_close(model(x), y)
        torch.testing.assert_close(fast(model)(x), y)


def test_a_block_is_scaled_before_it_is_added():
    x = torch.rand(2, 2, 4, 4, generator=torch.Generator().manual_seed(2)).double()
    model = built(swapped(SHORTCUTS, {"residual_scale": 0.25}))
    first = model.first(x)
    own = torch.relu(first + 0.25 * model.block.long.conv(first))
    torch.testing.assert_close(model(x), model.out(own.flatten(1)))


def test_weights_that_still_fit_are_loaded():
    plain = create_model("lenet5_modern", generator=torch.Generator().manual_seed(1))
    state = plain.state_dict()
    model = create_model("lenet5_modern", weights=state, activation="relu", pooling="overlapping")
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert model.net.name == "lenet5_modern+activation=relu+pooling=overlapping"
    with pytest.raises(ValueError, match=r"norm\.weight"):
        create_model("lenet5_modern", weights=state, norm="batch")


def test_weights_are_drawn_by_the_rule_that_stands_beside_the_network():
    """He's deviation, sqrt(2/fan-in), is that of tanh times sqrt(2)."""
    spreads = []
    for swap in ({}, {"activation": "tanh"}):
        model = create_model("resnet20", generator=torch.Generator().manual_seed(0), **swap)
        spreads.append(model.state_dict()["stage1_1.conv1.conv.weight"].std().item())
        assert beside(model.net).initialisation == look_up("resnet20", **swap).initialisation
    assert spreads[0] / spreads[1] == pytest.approx(math.sqrt(2), rel=1e-5)
