"""Inception v4 as in timm; Inception-ResNet v2 as its authors released it, as in timm and Keras.

The released Inception-ResNet v2 is another network than the paper's figures: Inception v3's stem
and one plain module before 10, 20 and 10 residual ones, which are those of figures 16, 17 and 19 on
other widths, and a 1x1 at the end.
"""

from __future__ import annotations

from dataclasses import replace

from ...said import Departure
from ...said.legacy import Fact
from ...spec import Chain, Initialisation, Net, Norm, Part, chain, pair
from ..cost import cost
from ..entry import Entry
from ..figures import Defaults, branches, layers, statistics
from ..inception import DEFAULTS, STEM, classifier
from ..printed import as_printed
from . import (
    DROPOUT,
    FIELDS,
    FIGURE_7,
    GAMMA,
    LINEAR_BIAS,
    OPEN,
    PAPER,
    SCALES,
    TIMM_V4,
    V2,
    Scale,
    inception_v4,
    made,
    residual,
    scales,
    v4,
    widths,
)

SLIM = "the authors' release, TF-slim, inception_resnet_v2.py"
TIMM = "timm 1.0.31, models/inception_resnet_v2.py"
KERAS = "Keras 3.15.1, applications/inception_resnet_v2.py"

# As released: the module before the residual ones, and how many of these there are on each grid.
MIXED_5B = """
b1x1:    1x1 96
b5x5:    1x1 48, 5x5 64
b3x3dbl: 1x1 64, 3x3 96, 3x3 96
pool:    avg 3x3, 1x1 64
"""
CONV_7B = "conv_7b: 1x1 1536"
TIMES = {"block35": 10, "block17": 20, "block8": 10}


def inception_v4_timm(
    classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 299
) -> Net:
    """Inception v4 as in timm: without dropout."""
    base = inception_v4(classes, channels, input)
    return replace(
        base,
        name="inception_v4_timm",
        ledger_name="",
        title="Inception v4 as in timm",
        body=v4(classes, 0.0),
        facts=base.facts[:2],
        errata=(),
        departures=(
            Departure("no dropout; figure 9 keeps 0.8", TIMM_V4),
            replace(OPEN[1], where=TIMM_V4),
            GAMMA,
            OPEN[0],
        ),
    )


def _released(
    classes: int, shape: tuple[int, int, int], defaults: Defaults, dropout: float, scale: Scale
) -> Chain:
    parts: dict[str, Part] = {
        **layers(STEM, defaults),
        "mixed_5b": branches(MIXED_5B, defaults),
    }
    now, _, _ = cost(chain(parts), shape)
    reductions = (("mixed_6a", FIGURE_7), ("mixed_7a", V2.reduction_b), ("", ""))
    for (block, times), module, factor, (name, reduction) in zip(
        TIMES.items(), V2.modules, scales(scale), reductions, strict=True
    ):
        for n in range(1, times + 1):
            last = not reduction and n == times  # neither scaled nor rectified
            parts[f"{block}_{n}"] = residual(
                branches(module, defaults), now[0], 1.0 if last else factor, relu=not last
            )
        if reduction:
            parts[name] = branches(reduction, defaults, **widths(V2.network))
            now, _, _ = cost(parts[name], now)
    parts |= layers(CONV_7B, defaults)
    return chain(parts | classifier(classes, dropout))


OTHER = Departure(
    "the released network is not the figures': 10, 20 and 10 modules for 5, 10 and 5, Inception "
    "v3's stem, a 1x1 of 1536 at the end: see inception_resnet_v2",
    f"figures 3, 15 to 19; {SLIM}",
)
LAST = Departure("the last residual is neither scaled nor followed by a ReLU", SLIM)
NO_GAMMA = "the normalisation has no gamma"
MACS = 13_155_794_016


def inception_resnet_v2_slim(
    classes: int = 1000,
    channels: int = 3,
    input: int | tuple[int, int] = 299,
    scale: Scale = SCALES,
) -> Net:
    """Inception-ResNet v2 as its authors released it: 10, 20, 10 modules, 55,843,464 parameters."""
    shape = (channels, *pair(input))
    net = made(
        "inception_resnet_v2_slim",
        "Inception-ResNet v2 (released)",
        shape,
        classes,
        _released(classes, shape, DEFAULTS, DROPOUT, scale),
    )
    printed = as_printed(classes, channels, input, 299, colours=3, of=1000)
    facts = (
        Fact("params", 55_843_464, f"{TIMM}: counted"),
        Fact("macs", MACS, f"{TIMM}: counted"),
        Fact("conv_7b.receptive_field", (3039, 3039), FIELDS),
    )
    return replace(
        net,
        facts=facts if printed else (),
        departures=(
            OTHER,
            LAST,
            Departure(
                "residuals are scaled by 0.17, 0.1 and 0.2; the option `scale` sets others", SLIM
            ),
            LINEAR_BIAS,
            Departure(
                f"{NO_GAMMA} in the release and in Keras: see inception_resnet_v2_keras; here it "
                "has one, as in timm, which sets it to 1",
                f"{SLIM}; {TIMM}",
            ),
            Departure("the release's auxiliary head, on block17_20, is left out", SLIM),
            *OPEN,
        ),
    )


def inception_resnet_v2_timm(
    classes: int = 1000,
    channels: int = 3,
    input: int | tuple[int, int] = 299,
    scale: Scale = SCALES,
) -> Net:
    """Inception-ResNet v2 as in timm: the released network without dropout."""
    base = inception_resnet_v2_slim(classes, channels, input, scale)
    return replace(
        base,
        name="inception_resnet_v2_timm",
        ledger_name="",
        title="Inception-ResNet v2 as in timm",
        body=_released(classes, base.input, DEFAULTS, 0.0, scale),
        departures=(
            OTHER,
            LAST,
            Departure("no dropout; the release keeps 0.8", TIMM),
            replace(OPEN[1], where=TIMM),
            LINEAR_BIAS,
            OPEN[0],
        ),
    )


def inception_resnet_v2_keras(
    classes: int = 1000,
    channels: int = 3,
    input: int | tuple[int, int] = 299,
    scale: Scale = SCALES,
) -> Net:
    """Inception-ResNet v2 as in Keras: released, without gamma, without dropout."""
    base = inception_resnet_v2_slim(classes, channels, input, scale)
    norm = Norm(eps=1e-3, scale=False, momentum=0.01)  # Keras's momentum 0.99
    body = _released(classes, base.input, Defaults(norm), 0.0, scale)
    facts = (
        Fact("params", 55_813_192, f"{KERAS}: trainable"),
        Fact("macs", MACS, f"{KERAS}: counted"),
        Fact(
            "moving means and variances",
            60_544,
            f"{KERAS}: not trainable",
            ours=statistics(body),
        ),
    )
    return replace(
        base,
        name="inception_resnet_v2_keras",
        ledger_name="",
        title="Inception-ResNet v2 as in Keras",
        body=body,
        init=Initialisation("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)"),
        facts=facts if base.facts else (),
        departures=(
            OTHER,
            LAST,
            Departure(f"{NO_GAMMA}, as released", KERAS),
            Departure("no dropout; the release keeps 0.8", KERAS),
            LINEAR_BIAS,
            *OPEN,
        ),
    )


NETWORKS = tuple(
    Entry(make.__name__, make, PAPER.year)
    for make in (
        inception_v4_timm,
        inception_resnet_v2_slim,
        inception_resnet_v2_timm,
        inception_resnet_v2_keras,
    )
)
