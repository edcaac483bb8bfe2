"""Inception v3 as torchvision, timm and Keras have it: what parameter counts cannot see.

They differ in dropout, in whether an average counts its padding, in gamma, and in the head.
"""

from __future__ import annotations

from dataclasses import replace

from ...said import Departure
from ...said.legacy import Fact
from ...spec import Initialisation, Net, Norm
from ..entry import Entry, check_switch
from ..figures import Manner, statistics
from . import (
    EPS,
    GAMMA,
    KEEP_5X5,
    MAIN,
    NORM,
    OPEN,
    PAPER,
    TIMM,
    TORCHVISION,
    TRAINED,
    head,
    inception_v3,
    v3,
    variant,
)

KERAS = "Keras 3.15.1, applications/inception_v3.py"


def inception_v3_torchvision(
    classes: int = 1000,
    channels: int = 3,
    input: int | tuple[int, int] = 299,
    aux: bool = True,
) -> Net:
    """Inception v3 as in torchvision: an average counts its padding, dropout 0.5."""
    manner = Manner(NORM, count_padding=True)
    made = variant(
        inception_v3(classes, channels, input),
        "inception_v3_torchvision",
        "Inception v3 as in torchvision",
        v3(classes, manner, 0.5, head(classes, manner) if check_switch("aux", aux) else None),
        Fact("params", MAIN[0], f"{TORCHVISION}, aux_logits=False: counted"),
        Fact("macs", MAIN[1], f"{TORCHVISION}: counted"),
    )
    return replace(
        made,
        init=Initialisation(
            "gaussian",
            0.1,
            f"{TORCHVISION}: trunc_normal_ between -2 and 2",
            cut=20,
            but=(
                (
                    "aux.conv5x5",
                    Initialisation("gaussian", 0.01, f"{TORCHVISION}: conv1.stddev", cut=200),
                ),
                (
                    "aux.fc",
                    Initialisation("gaussian", 0.001, f"{TORCHVISION}: fc.stddev", cut=2000),
                ),
            ),
        ),
        departures=(
            KEEP_5X5,
            GAMMA,
            Departure("dropout of 0.5 before the classifier; the release has 0.2", TORCHVISION),
            Departure(
                "an average counts its padding; the release's does not: see inception_v3",
                TORCHVISION,
            ),
            *((TRAINED,) if aux else ()),
            OPEN[0],
        ),
    )


def inception_v3_timm(
    classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 299
) -> Net:
    """Inception v3 as in timm: torchvision's averages, no dropout, no auxiliary head."""
    made = variant(
        inception_v3(classes, channels, input),
        "inception_v3_timm",
        "Inception v3 as in timm",
        v3(classes, Manner(NORM, count_padding=True), 0.0, None),
        Fact("params", MAIN[0], f"{TIMM}: counted"),
        Fact("macs", MAIN[1], f"{TIMM}: counted"),
    )
    return replace(
        made,
        init=Initialisation("gaussian", 0.1, f"{TIMM}: trunc_normal_ between -2 and 2", cut=20),
        departures=(
            KEEP_5X5,
            GAMMA,
            Departure("no dropout; the release has 0.2", TIMM),
            Departure("no auxiliary head, unless asked for by aux_logits=True", TIMM),
            Departure(
                "an average counts its padding; the release's does not: see inception_v3", TIMM
            ),
            OPEN[0],
        ),
    )


def inception_v3_keras(
    classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 299
) -> Net:
    """Inception v3 as in Keras: normalisation without gamma, no dropout, no auxiliary head."""
    norm = Norm(eps=EPS, scale=False, momentum=0.01)  # Keras's momentum 0.99
    body = v3(classes, Manner(norm), 0.0, None)
    made = variant(
        inception_v3(classes, channels, input),
        "inception_v3_keras",
        "Inception v3 as in Keras, normalisation without gamma",
        body,
        Fact("params", 23_817_352, f"{KERAS}: trainable"),
        Fact("macs", MAIN[1], f"{KERAS}: counted"),
        Fact(
            "moving means and variances",
            34_432,
            f"{KERAS}: not trainable; 23,851,784 in total",
            ours=statistics(body),
        ),
    )
    return replace(
        made,
        init=Initialisation("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)"),
        departures=(
            KEEP_5X5,
            Departure("the normalisation has no gamma, as released", KERAS),
            Departure("no dropout; the release has 0.2", KERAS),
            Departure("no auxiliary head", KERAS),
            *OPEN,
        ),
    )


NETWORKS = tuple(
    Entry(make.__name__, make, PAPER.year)
    for make in (inception_v3_torchvision, inception_v3_timm, inception_v3_keras)
)
