"""Which of Keras's layers each row of ours is: by its name, or by its number among its kind.

`keras/src/applications/` names the layers of VGG, ResNet and MobileNet, and of the others only a
few; those that it does not name get the next number of their class in the process
(`conv2d_37`), wherever that count stands, so they are known by the order in which they are made.
That is the order of our rows: branch after branch, from the first layer to the last.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..spec import BatchNorm, Conv, Dense, Flatten, Net, Shape
from ..spec.walk import Row, walk

Names = Callable[[str], tuple[str, str]]
"""A row's name to the names of Keras's layer and of the normalisation after it; "" if numbered."""


@dataclass(frozen=True)
class Family:
    """Networks that Keras names alike; their `top` is what include_top=False leaves out.

    `in_line`: without branches, so that any numbering of the layers is their order.
    """

    names: Names
    top: tuple[str, ...] = ("fc",)
    in_line: bool = False


@dataclass(frozen=True)
class Place:
    """A layer of Keras with weights: its class as Keras writes it, its name, our row for it.

    `maps` is what a dense layer sees flattened, in our order (C, H, W).
    """

    kind: str
    layer: str
    row: Row
    top: bool = False
    maps: Shape | None = None


def places(net: Net, family: Family) -> list[Place]:
    """Keras's layers with weights in the order of our rows, each normalisation as its own."""
    found: list[Place] = []
    maps: Shape | None = None
    for row in walk(net):
        layer, top = row.layer, row.name in family.top
        name, norm = family.names(row.name)
        if isinstance(layer, Conv):
            kind = "depthwise_conv2d" if layer.groups > 1 else "conv2d"
            found.append(Place(kind, name, row, top))
        elif isinstance(layer, Dense):
            # MobileNet's classifier is a convolution there
            kind = "conv2d" if name == CONV_PREDS else "dense"
            found.append(Place(kind, name, row, top, maps))
            maps = None
        elif isinstance(layer, Flatten):
            maps = row.input
        if isinstance(layer, BatchNorm) or (isinstance(layer, Conv) and layer.norm is not None):
            found.append(Place("batch_normalization", norm, row, top))
    return found


CONV_PREDS = "conv_preds"


def _vgg(row: str) -> tuple[str, str]:
    named = re.sub(r"^conv(\d)_(\d)$", r"block\1_conv\2", row)
    return {"fc6": "fc1", "fc7": "fc2", "fc8": "predictions"}.get(row, named), ""


def _resnet(row: str) -> tuple[str, str]:
    if row == "bn_last":
        return "", "post_bn"
    if row == "fc":
        return "predictions", ""
    block, _, part = row.rpartition(".")
    block = re.sub(r"^(conv\d)_(\d+)$", r"\1_block\2_", block)
    part = {"conv1": "1", "conv2": "2", "conv3": "3", "shortcut": "0", "bn1": "preact"}.get(
        part, ""
    )
    stem = "conv1" if row == "conv1" else f"{block}{part}"
    return f"{stem}_conv", f"{stem}_bn"


def _inception(row: str) -> tuple[str, str]:
    return ("predictions" if row == "fc" else ""), ""


def _inception_resnet(row: str) -> tuple[str, str]:
    if row == "conv_7b":
        return "conv_7b", "conv_7b_bn"
    block = re.fullmatch(r"(block\d+_\d+)\.linear", row)
    return (f"{block[1]}_conv", "") if block else _inception(row)


def _mobilenet(row: str) -> tuple[str, str]:
    name = re.sub(r"^(dw|pw)(\d+)$", r"conv_\1_\2", row)
    return (CONV_PREDS if row == "fc" else name), f"{name}_bn"


FAMILIES = {
    "vgg": Family(_vgg, ("fc6", "fc7", "fc8"), in_line=True),
    "resnet": Family(_resnet),
    "inceptionv3": Family(_inception),
    "inceptionresnetv2": Family(_inception_resnet),
    "mobilenet": Family(_mobilenet, in_line=True),
}


def family_of(network: str) -> Family:
    """The family of one of Keras's networks: its name begins with the family's, whatever case."""
    return next(f for name, f in FAMILIES.items() if network.casefold().startswith(name))
