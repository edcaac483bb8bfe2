"""Networks of torch's own classes alone, to hold ours against: as torchvision writes them.

torchvision's own stand beside them where it is installed.
"""

import copy
import importlib
from functools import cache

import pytest
import torch
from torch import nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

import papernets


class Block(nn.Module):
    """torchvision/models/resnet.py, BasicBlock: one ReLU for both of its places."""

    def __init__(self, given, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(given, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.downsample = None
        if stride != 1 or given != out:
            self.downsample = nn.Sequential(
                nn.Conv2d(given, out, 1, stride, bias=False), nn.BatchNorm2d(out)
            )

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y += x if self.downsample is None else self.downsample(x)
        return self.relu(y)


class ResNet18(nn.Module):
    """torchvision's resnet18: the same names, orders and classes of modules."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        given = 64
        for at, width in enumerate((64, 128, 256, 512), 1):
            blocks = [Block(given, width, 1 if at == 1 else 2), Block(width, width, 1)]
            self.add_module(f"layer{at}", nn.Sequential(*blocks))
            given = width
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512, 1000)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def nin_cifar10():
    """Network in Network for CIFAR-10, a line of torch's modules."""

    def three(given, kernel, *widths):
        for at, out in enumerate(widths):
            yield nn.Conv2d(given, out, 1 if at else kernel, padding=0 if at else kernel // 2)
            yield nn.ReLU(inplace=True)
            given = out

    return nn.Sequential(
        *three(3, 5, 192, 160, 96),
        nn.MaxPool2d(3, 2, ceil_mode=True),
        nn.Dropout(0.5),
        *three(96, 5, 192, 192, 192),
        nn.AvgPool2d(3, 2, ceil_mode=True),
        nn.Dropout(0.5),
        *three(192, 3, 192, 192, 10),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )


@cache
def torchvision():
    """torchvision, or None where it is not installed or was built with another torch."""
    try:
        return importlib.import_module("torchvision")
    except (ImportError, RuntimeError):
        return None


PEERS = [
    "torch",
    pytest.param(
        "torchvision",
        marks=pytest.mark.skipif(torchvision() is None, reason="torchvision is not installed"),
    ),
]
"""Who made the network that ours is held against."""


@cache
def resnet18_state():
    """Weights of torchvision's names: drawn, with statistics that are not those of a new layer."""
    generator = torch.Generator().manual_seed(0)
    model = ResNet18()
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, generator=generator)
            elif isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.1, generator=generator)
                module.running_var.uniform_(0.8, 1.2, generator=generator)
                module.weight.uniform_(0.4, 0.6, generator=generator)
                module.bias.normal_(0, 0.1, generator=generator)
            elif isinstance(module, nn.Linear):
                module.weight.normal_(0, 0.1, generator=generator)
                module.bias.normal_(0, 0.1, generator=generator)
    return model.state_dict()


def place_of(name):
    """What torchvision's resnet18 calls the module that stands under this name in ours."""
    whole = {"conv1": "relu", "conv1.conv": "conv1", "conv1.norm": "bn1", "conv1.relu": "relu"}
    whole |= {"pool1": "maxpool", "avgpool": "avgpool", "fc": "fc"}
    if name in whole:
        return whole[name]
    block, _, row = name.partition(".")
    stage, at = block.removeprefix("conv").split("_")
    rows = {f"conv{n}.{kind}": f".{own}{n}" for n in (1, 2) for kind, own in OWN.items()}
    rows |= {"": "", "relu": ".relu", "shortcut": ".downsample"}
    rows |= {"shortcut.conv": ".downsample.0", "shortcut.norm": ".downsample.1"}
    return f"layer{int(stage) - 1}.{int(at) - 1}{rows[row]}"


OWN = {"conv": "conv", "norm": "bn"}


class Side:
    """A model, and its modules by our names, whoever wrote it."""

    def __init__(self, model, place=lambda name: name):
        self.model, self.place = model.eval(), place

    def at(self, name):
        return self.model.get_submodule(self.place(name))

    def put(self, name, module):
        """As `model.a.b = module` does."""
        *above, last = self.place(name).split(".")
        setattr(self.model.get_submodule(".".join(above)), last, module)


@cache
def first_of_ours():
    """Our ResNet-18 with those weights, which nothing is done to."""
    return papernets.from_peer("torchvision", "resnet18", resnet18_state())


def ours():
    """A copy of it: to draw and translate eleven million weights takes longer than most habits."""
    return Side(copy.deepcopy(first_of_ours()))


@cache
def first_of(peer):
    """The same network of torch's classes, or torchvision's."""
    model = ResNet18() if peer == "torch" else torchvision().models.resnet18()
    model.load_state_dict(resnet18_state())
    return model


def peers_own(peer):
    """A copy of a peer's."""
    return Side(copy.deepcopy(first_of(peer)), place_of)


def both_nins():
    """Ours and the line of torch's modules, with the same weights."""
    model = papernets.create_model("nin_cifar10", generator=torch.Generator().manual_seed(0))
    line = nin_cifar10()
    vector_to_parameters(parameters_to_vector(model.parameters()).detach(), line.parameters())
    return model.eval(), line.eval()
