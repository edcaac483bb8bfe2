"""timm's names for our rows, and what its weights expect to see (timm 1.0.31)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from ..spec import Net
from .conventions import TF, TORCH
from .layout import Inputs, PeerNet
from .rules import Rule, Rules
from .torchvision import B7X7DBL, INCEPTION_V3, RESNET, VGGS, branch, features, unit

BLOCKS = (1, 2, 2, 6, 2)  # models/mobilenetv3.py, _gen_mobilenet_v1: separable layers a stage


def mobilenet(net: Net) -> Iterator[Rule]:
    """MobileNet v1 of any width, with and without the 1x1 convolution before its classifier."""
    yield Rule("conv1", "conv_stem", "bn1")
    places = [(stage, at) for stage, count in enumerate(BLOCKS) for at in range(count)]
    for n, (stage, at) in enumerate(places, 1):
        block = f"blocks.{stage}.{at}"
        yield Rule(f"dw{n}", f"{block}.conv_dw", f"{block}.bn1")
        yield Rule(f"pw{n}", f"{block}.conv_pw", f"{block}.bn2")
    yield Rule("head", "conv_head", "bn2")
    yield Rule("fc", "classifier")


# models/inception_v4.py: the figures' modules are places in one sequence
INCEPTION_V4 = (
    *(unit(f"stem.conv{n}", f"features.{n - 1}") for n in (1, 2, 3)),
    unit("stem.join1.conv", "features.3.conv"),
    *branch("stem.join2.b3x3", "features.4.branch0.", "reduce conv3x3"),
    *branch("stem.join2.b7x7", "features.4.branch1.", "reduce conv1x7 conv7x1 conv3x3"),
    unit("stem.join3.conv", "features.5.conv"),
    unit("inception_a{n}.b1x1", "features.{n+5}.branch0"),
    *branch("inception_a{n}.b3x3", "features.{n+5}.branch1.", "reduce conv3x3"),
    *branch("inception_a{n}.b3x3dbl", "features.{n+5}.branch2.", "reduce conv3x3 conv3x3_2"),
    unit("inception_a{n}.pool.project", "features.{n+5}.branch3.1"),
    unit("reduction_a.b3x3", "features.10.branch0"),
    *branch("reduction_a.b3x3dbl", "features.10.branch1.", "reduce conv3x3 conv3x3_2"),
    unit("inception_b{n}.b1x1", "features.{n+10}.branch0"),
    *branch("inception_b{n}.b7x7", "features.{n+10}.branch1.", "reduce conv1x7 conv7x1"),
    *branch("inception_b{n}.b7x7dbl", "features.{n+10}.branch2.", B7X7DBL),
    unit("inception_b{n}.pool.project", "features.{n+10}.branch3.1"),
    *branch("reduction_b.b3x3", "features.18.branch0.", "reduce conv3x3"),
    *branch("reduction_b.b7x7x3", "features.18.branch1.", "reduce conv1x7 conv7x1 conv3x3"),
    unit("inception_c{n}.b1x1", "features.{n+18}.branch0"),
    unit("inception_c{n}.b3x3.reduce", "features.{n+18}.branch1_0"),
    unit("inception_c{n}.b3x3.fork.conv1x3", "features.{n+18}.branch1_1a"),
    unit("inception_c{n}.b3x3.fork.conv3x1", "features.{n+18}.branch1_1b"),
    *branch("inception_c{n}.b3x3dbl", "features.{n+18}.branch2_", "reduce conv3x1 conv1x3"),
    unit("inception_c{n}.b3x3dbl.fork.conv1x3", "features.{n+18}.branch2_3a"),
    unit("inception_c{n}.b3x3dbl.fork.conv3x1", "features.{n+18}.branch2_3b"),
    unit("inception_c{n}.pool.project", "features.{n+18}.branch3.1"),
    Rule("fc", "last_linear"),
)


# models/inception_resnet_v2.py: the last of the modules stands apart from its sequence
LAST_BLOCK = {"block8_10": "block8", "block8_{n}": "repeat_2.{n-1}"}
INCEPTION_RESNET_V2 = (
    *(unit(f"conv_{n}", f"conv2d_{n}") for n in ("1a", "2a", "2b", "3b", "4a", "7b")),
    unit("mixed_{m}.b1x1", "mixed_{m}.branch0"),
    *branch("mixed_5b.b5x5", "mixed_5b.branch1.", "reduce conv5x5"),
    *branch("mixed_5b.b3x3dbl", "mixed_5b.branch2.", "reduce conv3x3 conv3x3_2"),
    unit("mixed_5b.pool.project", "mixed_5b.branch3.1"),
    unit("block35_{n}.mixed.b1x1", "repeat.{n-1}.branch0"),
    *branch("block35_{n}.mixed.b3x3", "repeat.{n-1}.branch1.", "reduce conv3x3"),
    *branch("block35_{n}.mixed.b3x3dbl", "repeat.{n-1}.branch2.", "reduce conv3x3 conv3x3_2"),
    Rule("block35_{n}.linear", "repeat.{n-1}.conv2d"),
    unit("mixed_6a.b3x3", "mixed_6a.branch0"),
    *branch("mixed_6a.b3x3dbl", "mixed_6a.branch1.", "reduce conv3x3 conv3x3_2"),
    unit("block17_{n}.mixed.b1x1", "repeat_1.{n-1}.branch0"),
    *branch("block17_{n}.mixed.b7x7", "repeat_1.{n-1}.branch1.", "reduce conv1x7 conv7x1"),
    Rule("block17_{n}.linear", "repeat_1.{n-1}.conv2d"),
    *branch("mixed_7a.b3x3", "mixed_7a.branch0.", "reduce conv3x3"),
    *branch("mixed_7a.b3x3_2", "mixed_7a.branch1.", "reduce conv3x3"),
    *branch("mixed_7a.b3x3dbl", "mixed_7a.branch2.", "reduce conv3x3 conv3x3_2"),
    *(
        rule
        for ours, place in LAST_BLOCK.items()
        for rule in (
            unit(f"{ours}.mixed.b1x1", f"{place}.branch0"),
            *branch(f"{ours}.mixed.b3x3", f"{place}.branch1.", "reduce conv1x3 conv3x1"),
            Rule(f"{ours}.linear", f"{place}.conv2d"),
        )
    ),
    Rule("fc", "classif"),
)


def vgg(net: Net) -> Iterator[Rule]:
    """VGG (models/vgg.py): torchvision's sequence, dense layers as convolutions."""
    yield from features(net)
    yield Rule("fc6", "pre_logits.fc1")
    yield Rule("fc7", "pre_logits.fc2")
    yield Rule("fc8", "head.fc")


def cropped(inputs: Inputs, size: int, crop: float, interpolation: str = "bicubic") -> Inputs:
    """Inputs of this size, cut from a picture whose shorter side is size / crop."""
    return replace(inputs, size=size, resize=int(size / crop), interpolation=interpolation)


MOBILENET = "mobilenet_v1_timm"
peer_net = partial(PeerNet, "timm")
_ALL = (
    peer_net("mobilenetv1_100", MOBILENET, cropped(TF, 224, 0.875), "classifier"),
    peer_net("mobilenetv1_100h", MOBILENET, cropped(TF, 224, 0.875), "classifier", {"head": True}),
    peer_net("mobilenetv1_125", MOBILENET, cropped(TF, 224, 0.9), "classifier", {"width": 1.25}),
    peer_net("inception_v3", "inception_v3_timm", cropped(TF, 299, 0.875), "fc", aux="AuxLogits"),
    peer_net("inception_v4", "inception_v4_timm", cropped(TF, 299, 0.875), "last_linear"),
    peer_net(
        "inception_resnet_v2", "inception_resnet_v2_timm", cropped(TF, 299, 0.8975), "classif"
    ),
    *(
        peer_net(f"resnet{depth}", f"resnet{depth}{kind}", cropped(TORCH, 224, 0.95), "fc")
        for depth, kind in ((18, ""), (34, ""), (50, "_v1.5"), (101, "_v1.5"), (152, "_v1.5"))
    ),
    *(peer_net(name, name, cropped(TORCH, 224, 0.875, "bilinear"), "head.fc") for name in VGGS),
)
KNOWN: Mapping[str, PeerNet] = {known.name: known for known in _ALL}

FAMILIES: Mapping[str, Rules] = {
    "mobilenetv1": mobilenet,
    "inception_v3": INCEPTION_V3,
    "inception_v4": INCEPTION_V4,
    "inception_resnet_v2": INCEPTION_RESNET_V2,
    "resnet": RESNET,
    "vgg": vgg,
}
