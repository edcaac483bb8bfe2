"""Inception v4 as in timm; Inception-ResNet v2 as its authors released it, as in timm and Keras.

The released Inception-ResNet v2 is another network than the paper's figures: Inception v3's stem
and one plain module before 10, 20 and 10 residual ones, which are those of figures 16, 17 and 19 on
other widths, and a 1x1 at the end.
"""

from __future__ import annotations

from dataclasses import replace

from ...spec import Add, Chain, Net, Part, chain, pair
from ..entry import Entry, Size
from ..figures import Defaults, branches, layers
from ..inception import DEFAULTS, STEM, classifier
from ..inception.peers import KERAS
from . import DROPOUT, PAPER, SCALES, V2, Scale, residuals, v4

# As released: the module before the residual ones, and how many of these there are on each grid.
MIXED_5B = """
b1x1:    1x1 96
b5x5:    1x1 48, 5x5 64
b3x3dbl: 1x1 64, 3x3 96, 3x3 96
pool:    avg 3x3, 1x1 64
"""
GRIDS = (("block35_", 10, "mixed_6a"), ("block17_", 20, "mixed_7a"), ("block8_", 10, ""))
CONV_7B = "conv_7b: 1x1 1536"


def inception_v4_timm(classes: int = 1000, channels: int = 3, input: Size = 299) -> Net:
    """Inception v4 as in timm: without dropout."""
    return Net("inception_v4_timm", (channels, *pair(input)), classes, v4(classes, dropout=0.0))


def released(
    classes: int, channels: int, defaults: Defaults, dropout: float, scale: Scale
) -> Chain:
    """Inception-ResNet v2 as released; the last residual is neither scaled nor rectified."""
    before: dict[str, Part] = {**layers(STEM, defaults), "mixed_5b": branches(MIXED_5B, defaults)}
    parts = residuals(before, channels, V2, GRIDS, scale, defaults)
    last = parts["block8_10"]
    assert isinstance(last, Add)
    parts["block8_10"] = replace(last, activation=None, scales=(1.0, 1.0))
    return chain(parts | layers(CONV_7B, defaults) | classifier(classes, dropout))


def inception_resnet_v2_slim(
    classes: int = 1000, channels: int = 3, input: Size = 299, scale: Scale = SCALES
) -> Net:
    """Inception-ResNet v2 as its authors released it: 10, 20, 10 modules, 55,843,464 parameters."""
    body = released(classes, channels, DEFAULTS, DROPOUT, scale)
    return Net("inception_resnet_v2_slim", (channels, *pair(input)), classes, body)


def inception_resnet_v2_timm(
    classes: int = 1000, channels: int = 3, input: Size = 299, scale: Scale = SCALES
) -> Net:
    """Inception-ResNet v2 as in timm: the released network without dropout."""
    body = released(classes, channels, DEFAULTS, 0.0, scale)
    return Net("inception_resnet_v2_timm", (channels, *pair(input)), classes, body)


def inception_resnet_v2_keras(
    classes: int = 1000, channels: int = 3, input: Size = 299, scale: Scale = SCALES
) -> Net:
    """Inception-ResNet v2 as in Keras: released, without gamma, without dropout."""
    body = released(classes, channels, KERAS, 0.0, scale)
    return Net("inception_resnet_v2_keras", (channels, *pair(input)), classes, body)


NETWORKS = tuple(
    Entry(make.__name__, make, PAPER.year)
    for make in (
        inception_v4_timm,
        inception_resnet_v2_slim,
        inception_resnet_v2_timm,
        inception_resnet_v2_keras,
    )
)
