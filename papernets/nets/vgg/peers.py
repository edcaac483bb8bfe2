"""VGG as others build it: torchvision's, with batch normalisation or without, and Keras's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ...spec import Net, Norm, Part, chain, pair
from ..entry import Entry, Size
from . import PAPER, layers

DEPTHS = {11: "A", 13: "B", 16: "D", 19: "E"}
"""The columns of table 1 that peers build, by their layers with weights."""
AVERAGE = 7  # torchvision: AdaptiveAvgPool2d((7, 7))
NORM = Norm(eps=1e-5)  # torch's default


def _entry(
    name: str, body: Callable[[int], dict[str, Part]], doc: str, aliases: tuple[str, ...] = ()
) -> Entry:
    """A peer's network under its name; `body` gives its layers for a number of classes."""

    def make(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
        return Net(name, (channels, *pair(input)), classes, chain(body(classes)))

    make.__doc__ = doc
    return Entry(name, make, PAPER.year, aliases)


def vgg16_keras_2class(classes: int = 2, channels: int = 3, input: Size = 224) -> Net:
    """The notes' Keras model of VGG-16 for two classes, without dropout."""
    body = chain(layers("D", classes, dropout=0.0))
    return Net("vgg16_keras_2class", (channels, *pair(input)), classes, body)


NETWORKS = (
    *(
        _entry(
            f"vgg{depth}_bn",
            partial(layers, column, norm=NORM, average=AVERAGE),
            f"torchvision's VGG-{depth} with batch normalisation.",
            aliases=(f"vgg{depth}_bn_torchvision",),
        )
        for depth, column in DEPTHS.items()
    ),
    *(
        _entry(
            f"vgg{depth}_torchvision",
            partial(layers, column, average=AVERAGE),
            f"torchvision's VGG-{depth}: an average over 7x7 before the dense layers.",
        )
        for depth, column in DEPTHS.items()
    ),
    *(
        _entry(
            f"vgg{depth}_keras",
            partial(layers, DEPTHS[depth], dropout=0.0),
            f"VGG-{depth} of Keras: no dropout.",
        )
        for depth in (16, 19)
    ),
    Entry("vgg16_keras_2class", vgg16_keras_2class, PAPER.year),
)
