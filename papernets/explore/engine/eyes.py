"""How a bundle prepares pictures, as a page has it: checked, with what goes without saying."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from ...bundle.info import AGAIN, BundleInfo
from ...numbers import is_number, is_whole
from ...texts import Form, check_forms
from ...words import brief, by, plural

Values = dict[str, Any]
UNSAID: Values = {
    "picture": [28, 28],
    "kind": "digit",
    "shrink": 1.0,
    "low": [-0.1],
    "high": [1.175],
    "crop": False,
    "order": "rgb",
    "short": 0,
    "gcn": 0.0,
}
"""What `papernets.data.Preprocessing` takes where nothing is said."""
KINDS = ("digit", "garment", "photo")
MOST_SIDE = 10_000
APART = ("arrays", "exact")
"""Settings that are read elsewhere, or that the page has no use for."""


def _side(value: object) -> bool:
    return is_whole(value, 1) and value <= MOST_SIDE


def _numbers(value: object) -> bool:
    return isinstance(value, list) and len(value) > 0 and all(map(is_number, value))


FORMS: dict[str, Form] = {
    "channels": (_side, "a whole number"),
    "height": (_side, "a whole number"),
    "width": (_side, "a whole number"),
    "picture": (
        lambda value: isinstance(value, list) and len(value) == 2 and all(map(_side, value)),
        "height and width",
    ),
    "kind": (lambda value: value in KINDS, "digit, garment or photo"),
    "shrink": (lambda value: is_number(value) and 0 < value <= 1, "a number up to 1"),
    "low": (_numbers, "a list of numbers"),
    "high": (_numbers, "a list of numbers"),
    "crop": (lambda value: isinstance(value, bool), "true or false"),
    "order": (lambda value: value in ("rgb", "bgr"), "rgb or bgr"),
    "short": (lambda value: is_whole(value, 0) and value <= MOST_SIDE, "a whole number"),
    "gcn": (lambda value: is_number(value) and value >= 0, "a number of 0 or more"),
}


def eyes(info: BundleInfo, where: str) -> tuple[Values, dict[str, NDArray[np.float32]]]:
    """How pictures are prepared, and the arrays by which: `mean`, perhaps `matrix`.

    ValueError where a setting makes no sense, or the page cannot do it.
    """
    given = {**UNSAID, **info.preprocessing}
    check_forms(given, FORMS, f"{where}, preprocessing", AGAIN)
    found = {key: given[key] for key in FORMS if key in given}
    wrong = _wrong(found, info) or next(
        (f"the key {brief(key)} is unknown" for key in given if key not in (*FORMS, *APART)), ""
    )
    if wrong:
        raise ValueError(f"{where}, preprocessing: {wrong}. {AGAIN}")
    if info.input[0] not in (1, 3):
        raise ValueError(
            f"{where}: its network takes {plural(info.input[0], 'channel')}; a page reads pictures "
            "of 1 or 3, grey or colour"
        )
    return found, _arrays(info, where)


def _wrong(found: Values, info: BundleInfo) -> str:
    """Which settings do not go together, in words; empty where all do."""
    own = [found.get(name) for name in ("channels", "height", "width")]
    if own != list(info.input):
        return f"it makes {own}, its network takes {list(info.input)}"
    if any(len(found[name]) not in (1, own[0]) for name in ("low", "high")):
        return f"give low and high one number, or {own[0]}"
    if found["order"] == "bgr" and own[0] != 3:
        return f"bgr is for three channels, not {own[0]}"
    picture, size = found["picture"], info.input[1:]
    side = found["short"] or min(picture)
    kept = [round(one * side / min(picture)) for one in picture]
    alike = found["kind"] == "photo" and found["shrink"] == 1
    if found["crop"] and not (alike and all(a >= b for a, b in zip(kept, size, strict=True))):
        return f"no {by(size)} can be cut out of a {found['kind']} of {by(kept)}"
    if found["short"] and not found["crop"]:
        return "short is for pictures of which the middle is cut out"
    return ""


def _arrays(info: BundleInfo, where: str) -> dict[str, NDArray[np.float32]]:
    if not info.arrays:
        return {}
    try:
        found = load(info.arrays)
    except (SafetensorError, KeyError) as error:
        raise ValueError(f"{where}: the arrays of its preprocessing: {error}. {AGAIN}") from None
    size = int(np.prod(info.input))
    shapes = {"mean": info.input, "matrix": (size, size)}
    for name, array in found.items():
        if shapes.get(name) != array.shape or not np.isfinite(array).all():
            raise ValueError(
                f"{where}: an array {name!r} of {by(array.shape)} in its preprocessing, or numbers "
                f"in it that are none. {AGAIN}"
            )
    return found
