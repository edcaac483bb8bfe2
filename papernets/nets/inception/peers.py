"""Inception v3 as torchvision, timm and Keras have it: what parameter counts cannot see.

They differ in dropout, in whether an average counts its padding, in gamma, and in the head.
"""

from __future__ import annotations

from dataclasses import replace

from ...spec import Net, pair
from ..entry import Entry, Size, check_switch
from ..figures import Defaults
from . import DEFAULTS, PAPER, aux_head, v3

TORCHVISION = replace(DEFAULTS, count_padding=True)  # timm's too
KERAS = Defaults(replace(DEFAULTS.norm, scale=False, momentum=0.01))  # Keras's momentum 0.99


def inception_v3_torchvision(
    classes: int = 1000, channels: int = 3, input: Size = 299, aux: bool = True
) -> Net:
    """Inception v3 as in torchvision: an average counts its padding, dropout 0.5."""
    head = aux_head(classes, TORCHVISION) if check_switch("aux", aux) else None
    body = v3(classes, TORCHVISION, 0.5, head)
    return Net("inception_v3_torchvision", (channels, *pair(input)), classes, body)


def inception_v3_timm(classes: int = 1000, channels: int = 3, input: Size = 299) -> Net:
    """Inception v3 as in timm: torchvision's averages, no dropout, no auxiliary head."""
    body = v3(classes, TORCHVISION, 0.0, None)
    return Net("inception_v3_timm", (channels, *pair(input)), classes, body)


def inception_v3_keras(classes: int = 1000, channels: int = 3, input: Size = 299) -> Net:
    """Inception v3 as in Keras: normalisation without gamma, no dropout, no auxiliary head."""
    body = v3(classes, KERAS, 0.0, None)
    return Net("inception_v3_keras", (channels, *pair(input)), classes, body)


NETWORKS = tuple(
    Entry(make.__name__, make, PAPER.year)
    for make in (inception_v3_torchvision, inception_v3_timm, inception_v3_keras)
)
