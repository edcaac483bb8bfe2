"""Every network's first weights, row by row, as its paper or its released code says."""

import math
import os
from functools import cache
from pathlib import Path

import pytest
import siblings
import torch

from papernets.bundle.create import build
from papernets.nets import NETS, beside, net
from papernets.spec import Committee, walk

PAGE = Path(__file__).parents[2] / "docs" / "initialisation.md"
NEW = os.environ.get("PAPERNETS_UPDATE_GOLDEN", "")
CUT = (
    0.8796  # the deviation of a unit Gaussian that is cut at two: sqrt(1 - 4 phi(2)/(2 Phi(2) - 1))
)

# Row, deviation, mean of the biases (None: the row has none). Deviations as printed, typed apart
# from the networks; fan-ins and fan-outs are counted from the paper's kernels.
SAYS = {
    # Krizhevsky et al. 2012, section 5
    "alexnet": [
        ("conv1", 0.01, 0),
        ("conv2", 0.01, 1),
        ("conv3", 0.01, 0),
        ("conv4", 0.01, 1),
        ("conv5", 0.01, 1),
        ("fc6", 0.01, 1),
        ("fc7", 0.01, 1),
        ("fc8", 0.01, 0),
    ],
    # models/bvlc_reference_caffenet/train_val.prototxt
    "caffenet": [
        ("conv1", 0.01, 0),
        ("conv2", 0.01, 1),
        ("conv4", 0.01, 1),
        ("conv5", 0.01, 1),
        ("fc6", 0.005, 1),
        ("fc7", 0.005, 1),
        ("fc8", 0.01, 0),
    ],
    # Zeiler and Fergus 2013, section 3: "initialized to 10^-2 and biases are set to 0"
    "zfnet": [("conv1", 0.01, 0), ("conv3", 0.01, 0), ("fc7", 0.01, 0)],
    # the authors' definitions, weight_filler
    "nin_cifar10": [("conv1", 0.05, 0), ("cccp1", 0.05, 0), ("conv3", 0.05, 0), ("cccp6", 0.05, 0)],
    "nin_imagenet": [
        ("conv1", 0.01, 0),
        ("cccp1", 0.05, 0),
        ("conv2", 0.05, 0),
        ("conv3", 0.01, 0),
        ("conv4", 0.05, 0),
        ("cccp8", 0.01, 0),
    ],
    # Simonyan and Zisserman 2014, section 3.1: Glorot and Bengio 2010, variance 2/(in + out)
    "vgg16": [
        ("conv1_1", math.sqrt(2 / (27 + 576)), 0),
        ("conv3_2", math.sqrt(2 / (2304 + 2304)), 0),
        ("fc7", math.sqrt(2 / (4096 + 4096)), 0),
    ],
    # torchvision/models/vgg.py
    "vgg11_bn": [("conv1_1", math.sqrt(2 / 576), 0), ("fc7", 0.01, 0)],
    # models/bvlc_googlenet: xavier, variance 1/fan-in; bias 0.2, of the classifiers 0
    "googlenet": [
        ("conv1", math.sqrt(1 / 147), 0.2),
        ("inception_4a.b5x5.conv", math.sqrt(1 / 400), 0.2),
        ("aux1.fc1", math.sqrt(1 / 2048), 0.2),
        ("aux2.fc2", math.sqrt(1 / 1024), 0),
        ("fc", math.sqrt(1 / 1024), 0),
    ],
    # torchvision/models/googlenet.py: trunc_normal_ of 0.01
    "googlenet_torchvision": [("conv1", 0.01, None), ("inception_4a.b1x1", 0.01, None)],
    # slim/nets/inception_v2.py
    "bn_inception_slim": [
        ("conv1_pw", CUT * 1.0, None),
        ("conv2_reduce", CUT * 0.1, None),
        ("conv2", CUT * math.sqrt(2.6 / 576), None),
        ("inception_3a.b3x3.reduce", CUT * 0.09, None),
        ("inception_3a.pool.project", CUT * 0.1, None),
        ("inception_3a.b3x3.conv", CUT * math.sqrt(2.6 / 576), None),
    ],
    # slim/nets/inception_utils.py and inception_v3.py
    "inception_v3": [
        ("conv_2b", CUT * math.sqrt(2.6 / 288), None),
        ("mixed_5b.b1x1", CUT * math.sqrt(2.6 / 192), None),
        ("aux.conv5x5", CUT * 0.01, None),
        ("aux.fc", CUT * 0.001, 0),
        ("fc", CUT * math.sqrt(2.6 / 2048), 0),
    ],
    # torchvision/models/inception.py: stddev of 0.1, conv1.stddev, fc.stddev; cut far outside
    "inception_v3_torchvision": [
        ("conv_2b", 0.1, None),
        ("aux.conv5x5", 0.01, None),
        ("aux.fc", 0.001, 0),
        ("fc", 0.1, 0),
    ],
    "inception_v4": [
        ("inception_a1.b1x1", CUT * math.sqrt(2.6 / 384), None),
        ("fc", math.sqrt(2 / (1536 + 1000)), 0),
    ],
    # slim/nets/inception_resnet_v2.py leaves slim's Xavier: Glorot and Bengio 2010
    "inception_resnet_v2": [
        ("inception_a1.mixed.b1x1", math.sqrt(2 / (384 + 32)), None),
        ("inception_a1.linear", math.sqrt(2 / (128 + 384)), 0),
    ],
    # He et al. 2016, section 3.4; He et al. 2015: variance 2/fan-in
    "resnet50": [
        ("conv1", math.sqrt(2 / 147), None),
        ("conv2_1.conv2", math.sqrt(2 / 576), None),
        ("fc", math.sqrt(2 / 2048), 0),
    ],
    "resnet56": [("stage1_2.conv1", math.sqrt(2 / 144), None)],
    "resnet164": [("stage1_1.conv2", math.sqrt(2 / 144), None)],
    # torchvision/models/resnet.py: fan-out
    "resnet50_v1.5": [("conv1", math.sqrt(2 / 3136), None)],
    # slim/nets/mobilenet_v1.py: truncated normal, stddev 0.09
    "mobilenet_v1": [
        ("conv1", CUT * 0.09, None),
        ("dw5", CUT * 0.09, None),
        ("pw13", CUT * 0.09, None),
        ("fc", CUT * 0.09, 0),
    ],
}
SMALLER = {"alexnet": 67, "caffenet": 67, "zfnet": 63, "vgg16": 32, "vgg11_bn": 32}


@cache
def built(name):
    """The network with drawn weights; where dense layers depend on it, of a small input."""
    network = net(name, input=SMALLER.get(name))
    return build(network, generator=torch.Generator().manual_seed(4))


@pytest.mark.parametrize("name", SAYS)
def test_rows_are_drawn_as_the_source_says(name):
    model = built(name)
    for row, deviation, bias in SAYS[name]:
        layer = next(m for m in model.get_submodule(row).modules() if hasattr(m, "weight"))
        error = deviation / math.sqrt(layer.weight.numel())
        assert layer.weight.std().item() == pytest.approx(deviation, abs=4 * error), row
        assert abs(layer.weight.mean().item()) < 4 * error, row
        if bias is None:
            assert layer.bias is None, row
        else:
            assert (layer.bias == bias).all(), row


@pytest.mark.parametrize("name", siblings.few(list(SAYS)))
def test_normalisation_begins_at_one_and_zero(name):
    """Ioffe and Szegedy 2015: gamma 1, beta 0; running statistics of a unit Gaussian."""
    for module in built(name).modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            assert module.weight is None or (module.weight == 1).all()
            assert (module.bias == 0).all()
            assert (module.running_mean == 0).all() and (module.running_var == 1).all()


def members():
    for entry in NETS:
        made = entry.make()
        yield entry.name, made.member if isinstance(made, Committee) else made


def test_every_rule_for_some_rows_finds_them():
    """A pattern that fits no row is a slip of the pen, or left over from another network."""
    for name, network in members():
        init = beside(network).initialisation
        rows = [row.name for row in walk(network)]
        assert set(init.ones) <= set(rows), name
        for at, (pattern, rule) in enumerate(init.but):
            assert any(init.of(row) == init.but[at][1] for row in rows), f"{name}: {pattern}"
            assert rule.source


def table():
    """The rules with their networks, as the page prints them."""
    rules = {}
    for name, network in members():
        init = beside(network).initialisation
        rules.setdefault((init.words(), init.source), []).append(name)
    yield "| networks | first weights | source |"
    yield "|---|---|---|"
    for (words, source), names in rules.items():
        words = words.replace("*", "\\*")
        yield f"| {', '.join(names)} | {words} | {source} |"


@pytest.mark.golden
def test_the_page_lists_every_networks_rule():
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition("<!-- table -->\n")
    _, _, after = rest.partition("<!-- end -->\n")
    current = before + "<!-- table -->\n" + "\n".join(table()) + "\n<!-- end -->\n" + after
    if NEW == "1":
        PAGE.write_text(current, encoding="utf-8")
    assert text == current or NEW == "1", "PAPERNETS_UPDATE_GOLDEN=1 pytest -m golden"
