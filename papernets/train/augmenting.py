"""What a recipe's `augment` may hold, and what cannot be. No torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from .basics import check_keys

DISTORTIONS = (
    "rotate", "scale", "squeeze", "shear", "shift", "elastic_alpha", "elastic_sigma",
)  # fmt: skip
"""The strengths of distortion: the fields of `data.Distortion`."""
CROPS = (
    "flip", "padding", "area", "aspect", "jitter_low", "jitter_high", "interpolation", "corners",
)  # fmt: skip
"""For photographs alone: how often one is mirrored; pixels around it before the crop; the least
share of it that a crop takes, scaled to the input, and the widest aspect of that; the least and the
largest length, in pixels, to which its short side is scaled before the crop; 1 for a filter drawn
at random; 1 for crops in the corners and the centre alone."""
MOST_SIDE = 10_000
"""Pixels of a side, or around a picture."""
COLOURS = ("pca", "brightness", "contrast", "saturation", "hue", "lighting")
"""Changes of light and colour: the strengths of `data.Colour`."""
AUGMENTATIONS = (*DISTORTIONS, *CROPS, *COLOURS)


def check_augment(augment: Mapping[str, Any], neighbours: float) -> None:
    """ValueError for what no table of augmentations holds, or cannot hold together."""
    check_table("augment", augment, AUGMENTATIONS)
    flip, padding, area = (augment.get(k, d) for k, d in (("flip", 0), ("padding", 0), ("area", 1)))
    if flip > 1:
        raise ValueError(f"augment.flip takes a share from 0 to 1, not {flip}")
    if padding != int(padding) or padding > MOST_SIDE:
        raise ValueError(
            f"augment.padding takes a whole number of pixels up to {MOST_SIDE:,}, not {padding}"
        )
    for name in ("scale", "squeeze"):
        if augment.get(name, 0) >= 1:
            raise ValueError(f"augment.{name} takes a share below 1, not {augment[name]}")
    if augment.get("elastic_sigma", 1) < 1:
        raise ValueError(
            f"augment.elastic_sigma takes 1 pixel or more, not {augment['elastic_sigma']}"
        )
    if not 0 < area <= 1:
        raise ValueError(f"augment.area takes a share above 0 and up to 1, not {area}")
    if "aspect" in augment and not 1 <= augment["aspect"] <= 100:
        raise ValueError(
            f"augment.aspect takes the widest aspect of a crop, 1 to 100, not {augment['aspect']}"
        )
    if augment.get("corners", 0) not in (0, 1):
        raise ValueError(
            "augment.corners takes 1, for crops in the corners and the centre alone, or 0, not "
            f"{augment['corners']}"
        )
    if augment.get("interpolation", 0) not in (0, 1):
        raise ValueError(
            "augment.interpolation takes 1, for a filter drawn at random, or 0, not "
            f"{augment['interpolation']}"
        )
    for name in COLOURS:
        most = 0.5 if name == "hue" else 1
        if augment.get(name, 0) > most:
            raise ValueError(f"augment.{name} takes a number from 0 to {most}, not {augment[name]}")
    _check_jitter(augment)
    _check_together(augment, neighbours)


def _check_jitter(augment: Mapping[str, Any]) -> None:
    low, high = augment.get("jitter_low", 0), augment.get("jitter_high", 0)
    if not (low or high):
        return
    for name, value in (("jitter_low", low), ("jitter_high", high)):
        if value < 1 or value != int(value) or value > MOST_SIDE:
            raise ValueError(
                f"augment.{name} takes a whole number of pixels from 1 to {MOST_SIDE:,}, as "
                f"augment.jitter_low=256 and augment.jitter_high=480 are, not {value}"
            )
    if low > high:
        raise ValueError(f"augment.jitter_low={low} is above augment.jitter_high={high}")
    if augment.get("area", 1) < 1:
        raise ValueError(
            "augment.area and augment.jitter_low are two ways to scale a crop: give one, such as "
            "--set augment.area=1"
        )


def _check_together(augment: Mapping[str, Any], neighbours: float) -> None:
    coloured = [name for name in augment if name in COLOURS and augment[name]]
    if coloured and neighbours:
        raise ValueError(
            f"augment.{coloured[0]} does not go with neighbours: strips are black on white"
        )


def check_table(name: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """ValueError for an unknown key of a table, or a value that is no number of 0 or more."""
    check_keys(name, table, known)
    for key, value in table.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (number and math.isfinite(value) and value >= 0):
            raise ValueError(f"{name}.{key} takes a number of 0 or more, not {value!r}")
