"""What explain --optimised says of costs: torch's own counters are the judge."""

from __future__ import annotations

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from papernets import optimised
from papernets.nets.registry import net
from papernets.run.network import build
from papernets.run.passes import optimised_cost, plain_cost
from papernets.spec import Concat, Conv, Net, Norm, Pool, add, chain, concat

NAMES = ("resnet18", "inception_v3", "mobilenet_v1", "resnet18_v2")
VIEWS = ("detach", "view", "t", "slice", "reshape", "_unsafe_view", "alias", "dropout", "empty")
"""Operators that look at memory and do not pass over it."""


class Operators(TorchDispatchMode):
    """Counts the operators that pass over memory."""

    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_dispatch__(self, operator, types, args=(), kwargs=None):
        name = operator.overloadpacket.__name__
        if name not in VIEWS:
            self.names.append(name)
        return operator(*args, **(kwargs or {}))


def on_meta(name):
    network = net(name)
    with torch.device("meta"):
        model = build(network).eval()
    return network, model, torch.empty(1, *network.input, device="meta")


@pytest.mark.parametrize("name", NAMES)
def test_a_pass_is_an_operator_of_the_plain_form(name):
    network, model, x = on_meta(name)
    with torch.no_grad(), Operators() as counted:
        model(x)
    assert plain_cost(network).passes == len(counted.names)


@pytest.mark.parametrize("name", NAMES)
def test_multiply_adds_and_weights_are_those_of_the_modules(name):
    network, model, x = on_meta(name)
    form = optimised(model)
    for one, cost in ((model, plain_cost(network)), (form, optimised_cost(form.form))):
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            one(x)
        assert counter.get_total_flops() == 2 * cost.macs
        held = one.state_dict()
        own = {n: t for n, t in held.items() if not n.endswith("tracked") and "aux" not in n}
        assert cost.weights == sum(tensor.numel() for tensor in own.values())


def test_passes_and_memory_of_a_small_network_by_hand():
    body = {
        "a": Conv(4, 3, padding=1, bias=False, norm=Norm(), activation="relu"),
        "m": concat(
            {"b": Conv(2, 1, activation="relu"), "c": Conv(6, 1), "p": Pool("max", 3, 1, 1)}
        ),
        "s": add({"d": Conv(12, 3, padding=1), "id": chain({})}, activation="relu"),
    }
    assert isinstance(body["m"], Concat)
    network = Net("hand", (3, 8, 8), 12, chain(body))
    plain, area = plain_cost(network), 8 * 8
    # conv, norm, relu; conv, relu; conv; pool; concat; conv, sum, relu
    assert plain.passes == 3 + 2 + 1 + 1 + 1 + 3
    a = (3 + 4) + 8 + 8
    m = (4 + 2) + 4 + (4 + 6) + 8 + 24
    assert plain.moved == area * (a + m + 24 + 36 + 24)
    assert plain.peak == area * 36  # the sum, and its two terms
    with torch.device("meta"):
        form = optimised(build(network).eval()).form
    cost = optimised_cost(form)
    # a; b and c at once; relu of b's maps; pool; one concat; d with its sum and activation
    assert cost.passes == 6
    assert cost.moved == area * (7 + (4 + 8) + 4 + 8 + 24 + 36)
    # at the concat: b and c at once, of which c is a part; the relu of b's; the pool's; its own
    assert cost.peak == area * (8 + 2 + 4 + 12)
