"""torchvision's names for our rows, and what its weights expect to see (torchvision 0.28)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from ..spec import Conv, Net, Pool
from .conventions import TF, TORCH
from .layout import PeerNet
from .rules import Rule, Rules


def unit(row: str, theirs: str) -> Rule:
    """A row whose peer is a module of a convolution and its normalisation (BasicConv2d)."""
    return Rule(row, f"{theirs}.conv", f"{theirs}.bn")


def branch(row: str, theirs: str, parts: str, first: int = 0) -> list[Rule]:
    """The rows of a branch, whose peers are such modules with numbers, counted from `first`."""
    return [unit(f"{row}.{part}", f"{theirs}{n}") for n, part in enumerate(parts.split(), first)]


# models/alexnet.py: places in two sequences
ALEXNET = (
    *(Rule(f"conv{n}", f"features.{at}") for n, at in enumerate((0, 3, 6, 8, 10), 1)),
    *(Rule(f"fc{n}", f"classifier.{at}") for n, at in enumerate((1, 4, 6), 6)),
)


def features(net: Net) -> Iterator[Rule]:
    """VGG's convolutions: places in a sequence that counts activations and poolings too."""
    at = 0
    for name, part in net.body.parts:
        if isinstance(part, Conv):
            yield Rule(name, f"features.{at}", f"features.{at + 1}")
            at += 3 if part.norm else 2
        elif isinstance(part, Pool):
            at += 1


def vgg(net: Net) -> Iterator[Rule]:
    """VGG (models/vgg.py), with and without normalisation."""
    yield from features(net)
    for n, at in enumerate((0, 3, 6), 6):
        yield Rule(f"fc{n}", f"classifier.{at}")


# models/resnet.py: stages count from 1 where ours are conv2 to conv5, blocks from 0
BLOCK = "layer{stage-1}.{block-1}"
RESNET = (
    Rule("conv1", "conv1", "bn1"),
    Rule("conv{stage}_{block}.conv{n}", f"{BLOCK}.conv{{n}}", f"{BLOCK}.bn{{n}}"),
    Rule("conv{stage}_{block}.shortcut", f"{BLOCK}.downsample.0", f"{BLOCK}.downsample.1"),
    Rule("fc", "fc"),
)


# models/googlenet.py: with its auxiliary heads or without, as below
GOOGLENET = (
    unit("conv1", "conv1"),
    unit("conv2_reduce", "conv2"),
    unit("conv2", "conv3"),
    unit("inception_{m}.b1x1", "inception{m}.branch1"),
    *branch("inception_{m}.b3x3", "inception{m}.branch2.", "reduce conv"),
    *branch("inception_{m}.b5x5", "inception{m}.branch3.", "reduce conv"),
    unit("inception_{m}.pool.project", "inception{m}.branch4.1"),
    unit("aux{n}.conv", "aux{n}.conv"),
    Rule("aux{n}.fc{k}", "aux{n}.fc{k}"),
    Rule("fc", "fc"),
)


# models/inception.py
B7X7DBL = "reduce conv7x1 conv1x7 conv7x1_2 conv1x7_2"
INCEPTION_V3 = (
    unit("conv_1a", "Conv2d_1a_3x3"),
    unit("conv_2a", "Conv2d_2a_3x3"),
    unit("conv_2b", "Conv2d_2b_3x3"),
    unit("conv_3b", "Conv2d_3b_1x1"),
    unit("conv_4a", "Conv2d_4a_3x3"),
    unit("mixed_{m}.b1x1", "Mixed_{m}.branch1x1"),
    unit("mixed_{m}.pool.project", "Mixed_{m}.branch_pool"),
    *branch("mixed_{m}.b5x5", "Mixed_{m}.branch5x5_", "reduce conv5x5", 1),
    *branch("mixed_{m}.b3x3dbl", "Mixed_{m}.branch3x3dbl_", "reduce conv3x3 conv3x3_2", 1),
    unit("mixed_{m}.b3x3dbl.fork.conv1x3", "Mixed_{m}.branch3x3dbl_3a"),
    unit("mixed_{m}.b3x3dbl.fork.conv3x1", "Mixed_{m}.branch3x3dbl_3b"),
    unit("mixed_{m}.b3x3", "Mixed_{m}.branch3x3"),
    *branch("mixed_{m}.b3x3", "Mixed_{m}.branch3x3_", "reduce conv3x3", 1),
    unit("mixed_{m}.b3x3.fork.conv1x3", "Mixed_{m}.branch3x3_2a"),
    unit("mixed_{m}.b3x3.fork.conv3x1", "Mixed_{m}.branch3x3_2b"),
    *branch("mixed_{m}.b7x7", "Mixed_{m}.branch7x7_", "reduce conv1x7 conv7x1", 1),
    *branch("mixed_{m}.b7x7dbl", "Mixed_{m}.branch7x7dbl_", B7X7DBL, 1),
    *branch("mixed_{m}.b7x7x3", "Mixed_{m}.branch7x7x3_", "reduce conv1x7 conv7x1 conv3x3", 1),
    unit("aux.conv1x1", "AuxLogits.conv0"),
    unit("aux.conv5x5", "AuxLogits.conv1"),
    Rule("aux.fc", "AuxLogits.fc"),
    Rule("fc", "fc"),
)


# How the weights that torchvision gives away see a picture; `transform_input` says no state_dict.
TRANSFORMED = (
    "torchvision's own weights came from TensorFlow and want transform_input, values from -1 to 1, "
    "which no state_dict records; for weights trained without it: --preprocessing torch"
)
VGGS = [f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn")]

peer_net = partial(PeerNet, "torchvision")
_ALL = (
    peer_net("alexnet", "alexnet_torchvision", TORCH, "classifier.6"),
    *(peer_net(name, name, TORCH, "classifier.6") for name in VGGS),
    *(peer_net(name, name, TORCH, "fc") for name in ("resnet18", "resnet34")),
    *(peer_net(f"resnet{depth}", f"resnet{depth}_v1.5", TORCH, "fc") for depth in (50, 101, 152)),
    peer_net("googlenet", "googlenet_torchvision", TF, "fc", note=TRANSFORMED, aux="aux"),
    peer_net(
        "inception_v3",
        "inception_v3_torchvision",
        replace(TF, size=299, resize=342),
        "fc",
        note=TRANSFORMED,
        aux="AuxLogits",
    ),
)
KNOWN: Mapping[str, PeerNet] = {known.name: known for known in _ALL}

FAMILIES: Mapping[str, Rules] = {
    "alexnet": ALEXNET,
    "vgg": vgg,
    "resnet": RESNET,
    "googlenet": GOOGLENET,
    "inception_v3": INCEPTION_V3,
}
