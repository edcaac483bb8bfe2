"""What a file says of itself: the network, its classes, and how pictures become its input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .. import __version__
from ..bundle.find import SHIPPED
from ..bundle.load import Bundle
from ..data import Preprocessing
from ..evaluate.predictor import Predictor
from ..evaluate.read import preprocessing_of
from ..nets import beside
from ..said import Record
from ..texts import json_text
from ..words import by, short

OURS = "apache-2.0"
"""The licence of the trained weights in this package: NOTICE says it."""


def record_of(bundle: Bundle) -> Record:
    """What was said of a bundle's network."""
    return beside(Predictor(bundle).net).record


def facts(bundle: Bundle, prepares: bool = False, **more: Any) -> dict[str, str]:
    """What an exported file's metadata hold, JSON where it is more than a word; `more` adds to it.

    Nothing of the machine: no path, no file's name, no user's. What is to be done with a picture
    before it is given to the file is `preprocessing_words`; `prepares` is true where the file
    prepares stored pictures itself.
    """
    info = bundle.info
    found: dict[str, Any] = {
        "network": short(info.network),
        "options": info.options,
        "paper": record_of(bundle).source,
        "classes": list(info.classes),
        "input": list(info.input),
        "score_scale": info.score_scale,
        "preprocessing": info.preprocessing,
        "preprocessing_in_graph": prepares,
        "preprocessing_words": steps(bundle),
        "papernets": __version__,
    }
    if info.kind == "committee":
        found["committee"] = {"members": len(info.members), **info.rule}
    found |= more
    return {k: v if isinstance(v, str) else json_text(v) for k, v in found.items() if v != ""}


def licence_of(bundle: Bundle) -> str:
    """The licence of weights that come with Papernets; of others nobody has said one."""
    return OURS if bundle.folder.is_relative_to(SHIPPED) else ""


def steps(bundle: Bundle) -> list[str]:
    """How a picture's file becomes the network's input, a sentence a step."""
    eyes = preprocessing_of(bundle)
    place = eyes.placing()
    size, stored = by((eyes.height, eyes.width)), by(eyes.picture)
    told = [*_reading(eyes), f"It is stored as {stored} pixels of 8 bits{_colour(eyes)}."]
    if place.cut is not None and place.cut[2:] != eyes.picture:
        told.append(f"Its middle, {size}, is cut out.")
    elif place.rows is not None:
        told.append(f"It is scaled about its middle to {size}, with a triangle filter.")
    elif any(place.pads):
        told.append(f"It is padded with 0 to {size}.")
    if eyes.order == "bgr":
        told.append("Its channels are turned: blue comes first.")
    low, high = (_numbers(values) for values in (eyes.low, eyes.high))
    told.append(f"0 becomes {low}, 255 becomes {high}, and what lies between lies evenly.")
    if eyes.gcn:
        told.append(f"Its own mean is subtracted, and it is made a vector of length {eyes.gcn:g}.")
    if eyes.arrays is not None:
        told.append("The mean picture is subtracted.")
        if eyes.arrays.matrix is not None:
            told.append("All its values in one row are multiplied by the whitening matrix.")
    return told


def _colour(eyes: Preprocessing) -> str:
    if eyes.channels == 1:
        return ", grey"
    known = eyes.kind == "photo" and eyes.channels == 3
    return ", red, green and blue" if known else ""


def _reading(eyes: Preprocessing) -> Iterator[str]:
    """How a file becomes a stored picture."""
    yield "A picture is turned upright by its EXIF data, and laid over white where it is clear."
    height, width = eyes.picture
    if eyes.kind != "photo":
        what = "digit" if eyes.kind == "digit" else "garment"
        yield (
            f"One of {by(eyes.picture)} is taken as it is, light on dark; of another size the "
            f"{what} is found, cut out and put in the middle, light on dark."
        )
        return
    if not eyes.exact:
        yield (
            "A JPEG is decoded at a half, a quarter or an eighth of its size, while both its sides "
            f"stay {2 * max(height, width)} pixels or more."
        )
    if height == width:
        yield (
            "Its middle square is cut out, from the whole pixel (longer - shorter side) // 2 on, "
            f"and scaled {_scaling(eyes)}."
        )
        return
    yield (
        f"Its middle of the aspect {by((height, width))} is cut out, from a whole pixel on (half "
        "of what is left over, rounded down) where its sides are whole, and scaled "
        f"{_scaling(eyes)}; where they are not, Pillow scales it by its box."
    )


def _scaling(eyes: Preprocessing) -> str:
    if min(eyes.picture) == 1:
        return "by Pillow's BILINEAR, which is antialiased"
    return (
        "by torch's interpolate of uint8 (bilinear, antialias=True); Pillow's BILINEAR comes "
        "within one level of 255"
    )


def _numbers(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.6g}" for value in values)
