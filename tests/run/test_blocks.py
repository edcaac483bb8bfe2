"""Every row and every block can be called by itself, and gives what it gives in the network."""

from pathlib import Path

import pytest
import siblings
import torch

from papernets.nets.registry import NETS, net
from papernets.run.network import build
from papernets.spec import Committee, Net, smallest_input

SMALL = Path(__file__).parents[1] / "small_nets.py"
QUICK = [
    "lenet5",
    "googlenet",
    "inception_resnet_v2_slim",
    "resnet18_v2",
    "resnet20",
    "mobilenet_v1_keras",
    f"{SMALL}:BRANCHES",
    f"{SMALL}:SHORTCUTS",
]
OTHERS = [entry.name for entry in NETS if entry.name not in QUICK]


def small(name):
    """The network of a name, for pictures as small as it and its heads can be made for."""
    own = net(name)
    own = own.member if isinstance(own, Committee) else own
    size = smallest_input(own)
    assert size is not None
    if ".py:" in name or own.input[1] <= 64:
        return own
    side = max(*size, 64)
    made = net(name, input=side)
    assert isinstance(made, Net)
    return made


@pytest.mark.parametrize(
    "name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)]
)
def test_every_row_and_block_called_alone_gives_its_feature(name):
    """A row, or a block, is given what it is given within the network, and gives its feature."""
    network = small(name)
    # a thousand layers that were never trained leave float32's numbers behind
    model = build(network, generator=torch.Generator().manual_seed(3)).eval().double()
    x = torch.rand(2, *network.input, generator=torch.Generator().manual_seed(5)).double()
    given, names = {}, list(model._built.names)
    handles = [
        model.get_submodule(name).register_forward_pre_hook(
            lambda _module, inputs, name=name: given.update({name: inputs[0].clone()})
        )
        for name in names
    ]
    with torch.no_grad():
        features = model.features(x, names)
        for handle in handles:
            handle.remove()
        assert given.keys() == set(names)  # each was called, heads too
        for name in names:
            alone = model.get_submodule(name)(given[name].clone())
            torch.testing.assert_close(alone, features[name], rtol=1e-9, atol=0, msg=name)


@pytest.mark.parametrize(
    "name", ["resnet18", "mobilenet_v1_0.25_128", *siblings.slow("resnet50", "vgg11")]
)
def test_the_children_of_a_line_are_the_network(name):
    """nn.Sequential(*model.children())[:-1], as people cut torchvision's networks."""
    model = build(net(name, input=64)).eval()
    x = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        rows = list(model.children())
        torch.testing.assert_close(torch.nn.Sequential(*rows)(x), model(x))
        last = list(model._modules)[-2]
        torch.testing.assert_close(
            torch.nn.Sequential(*rows[:-1])(x), model.features(x, last)[last]
        )
