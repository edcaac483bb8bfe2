"""What a file says of itself: the network, its classes, and how pictures become its input."""

from __future__ import annotations

from typing import Any

from .. import __version__
from ..bundle.load import Bundle
from ..data.sources import NAMES, normal
from ..evaluate.predictor import Predictor
from ..evaluate.read import preprocessing_of
from ..nets import beside
from ..said import Record
from ..texts import json_text
from ..words import by, short


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


def data_word(name: object) -> str:
    """A data set's name, where it is one that everybody knows; empty for a path, and for none."""
    word = normal(str(name or ""))
    return word if word in NAMES else ""


def steps(bundle: Bundle) -> list[str]:
    """How a stored picture becomes the network's input, a sentence a step."""
    eyes = preprocessing_of(bundle)
    place = eyes.placing()
    size, stored = by((eyes.height, eyes.width)), by(eyes.picture)
    what = {1: "grey"}.get(eyes.channels, "red, green and blue" if eyes.channels == 3 else "")
    kind = {"photo": "scaled and cut about its middle", "digit": "its ink centred, light on dark"}
    told = [
        f"A picture is stored as {stored} pixels of 8 bits{f', {what}' if what else ''}"
        f" ({kind.get(eyes.kind, 'light on dark')})."
    ]
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


def _numbers(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.6g}" for value in values)
