"""MobileNet as Keras and timm have it: ReLU6, other padding, another epsilon."""

from __future__ import annotations

from dataclasses import replace

from ...spec import Net, Norm, pair
from ..entry import Entry, Size, check_switch
from . import PAPER, Variant, body, check_width, entry_of, name_of, read_name, separable

KERAS = Variant("relu6", Norm(eps=1e-3, momentum=0.01), strided="behind", dropout=1e-3)
TIMM = Variant("relu6", Norm(), padding=1, strided=1, eights=True)


def mobilenet_v1_keras(
    classes: int = 1000, channels: int = 3, input: Size = 224, width: float = 1.0
) -> Net:
    """MobileNet of Keras: ReLU6, zeros below and to the right before a stride, dropout."""
    check_width(width, KERAS)
    name = name_of("mobilenet_v1_keras", width, input)
    layers = body(separable(width, KERAS), classes, KERAS)
    return Net(name, (channels, *pair(input)), classes, layers)


def mobilenet_v1_timm(
    classes: int = 1000,
    channels: int = 3,
    input: Size = 224,
    width: float = 1.0,
    head: bool = False,
) -> Net:
    """MobileNet of timm: ReLU6, padding of 1; with `head` a 1x1 convolution before the average."""
    variant = replace(TIMM, head=check_switch("head", head))
    check_width(width, variant)
    layers = body(separable(width, variant), classes, variant)
    return Net("mobilenet_v1_timm", (channels, *pair(input)), classes, layers)


def named(name: str) -> Entry | None:
    """The entry of mobilenet_v1_keras_<width>_<size>, any of either; None for other names."""
    found = read_name("mobilenet_?v1_keras", name)
    return None if found is None else entry_of(mobilenet_v1_keras, "MobileNet of Keras,", *found)


NETWORKS = (
    Entry("mobilenet_v1_timm", mobilenet_v1_timm, PAPER.year),
    Entry("mobilenet_v1_keras", mobilenet_v1_keras, PAPER.year),
)
