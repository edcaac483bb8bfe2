"""The tensors of a network, against the state_dict of the module that is built of it."""

from math import prod

import pytest
import siblings
import torch
from small_nets import BRANCHES, SHORTCUTS

from papernets.nets.registry import NETS, net
from papernets.run.network import build
from papernets.spec import BatchNorm, Committee, Conv, Net, Norm, chain, tensors, walk


def singles():
    """Every network that has a name, a committee by its member, and two small ones."""
    for entry in NETS:
        made = entry.make()
        yield made.member if isinstance(made, Committee) else made
    yield from (BRANCHES, SHORTCUTS)


OTHERWISE = [
    net("googlenet", classes=7, channels=1),
    net("googlenet", aux=False),
    net("inception_v3_aux", classes=3),
    net("boosted_lenet4", classes=12).member,
    net("lenet5", classes=12, channels=3, input=(44, 36)),
    net("alexnet", classes=2, input=(99, 131)),
    net("mobilenet_v1_timm", width=0.25, head=True),
    net("resnet110_v2", classes=5),
]
# Names with dots of a user's own: blocks are made where their first row is.
DOTTED = Net(
    "dotted",
    (3, 8, 8),
    0,
    chain({"a.x": Conv(4, 1), "b": Conv(4, 1, norm=Norm(scale=False)), "a.y": BatchNorm()}),
)
ALL = siblings.each({one.name: one for one in singles()}) + [
    pytest.param(one, id=f"other {one.name}") for one in (*OTHERWISE, DOTTED)
]


@pytest.mark.parametrize("network", ALL)
def test_they_are_the_state_dict(network):
    with torch.device("meta"):
        model = build(network)
    found = tensors(network)
    state = [(name, tuple(tensor.shape)) for name, tensor in model.state_dict().items()]
    assert [(name, one.shape) for name, one in found.items()] == state
    trained = {name: one.shape for name, one in found.items() if one.trained}
    assert trained == {name: tuple(p.shape) for name, p in model.named_parameters()}


@pytest.mark.parametrize("network", ALL)
def test_each_is_its_rows_and_they_add_up(network):
    found = tensors(network)
    for name, one in found.items():
        assert name.startswith(f"{one.row}.")
    for row in walk(network):
        own = [one for one in found.values() if one.row == row.name]
        assert sum(prod(one.shape) for one in own if one.trained) == row.params
        codes = [one for name, one in found.items() if name == f"{row.name}.codes"]
        assert sum(prod(one.shape) for one in codes) == row.fixed_params


def test_an_impossible_network_is_the_walks_error():
    with pytest.raises(ValueError, match="the smallest input of lenet5 is 32x32, not 9x9"):
        tensors(net("lenet5", input=9))
