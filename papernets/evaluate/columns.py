"""Batches of a table, a column each: what Ray, Spark and Dask give a function, and take from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.picture import shown
from ..data.stored import File
from ..words import brief, did_you_mean, either, listed
from .predict import Answer, Source

Columns = Mapping[str, Any]
"""A dict of arrays of one length; a pandas frame is one as well."""
PICTURES = ("bytes", "image", "picture", "item", "path", "file")
"""Columns that hold pictures, the first that is there."""
NAMES = ("path", "file", "filename", "file_name", "image_path")
NAMED = 10  # columns that an error names


def sources_in(
    columns: Columns, column: str, file_of: Callable[[object, str], File]
) -> list[Source]:
    """The pictures of a column, named by a column of paths where there is one, else by place.

    `file_of` makes of a value, and of what it is called, what is read. ValueError where no column
    holds pictures.
    """
    known = [str(name) for name in columns]
    which = column or next((name for name in PICTURES if name in known), "")
    if which not in known:
        has = f"The batch has {listed(map(repr, known), NAMED) or 'no column'}"
        if column:
            raise ValueError(f"no column {brief(column)}.{did_you_mean(column, known)} {has}")
        raise ValueError(
            f"no column of pictures: call it {either(PICTURES)}, or say batch(..., column=NAME). "
            f"{has}"
        )
    values = list(columns[which])
    names = next((list(columns[name]) for name in NAMES if name in known), [])
    return [_source(one, at, names, file_of) for at, one in enumerate(values)]


def _source(
    value: object, at: int, names: Sequence[object], file_of: Callable[[object, str], File]
) -> Source:
    called = shown(str(names[at])) if names else f"picture {at}"
    try:
        file = file_of(value, called)
    except ValueError as error:
        return Source(called, "", str(error).removeprefix(f"{called} is "))
    if isinstance(file, str):
        return Source(shown(file) or "''", file, "" if file else "an empty name")
    return Source(called, file)


def as_columns(answers: Sequence[Answer], top: int) -> dict[str, NDArray[Any]]:
    """Answers as columns: file, label, score, error, and label_2, score_2 ... up to `top`."""
    found: dict[str, NDArray[Any]] = {
        "file": _texts([answer.file for answer in answers]),
        "label": _texts([answer.label or "" for answer in answers]),
        "score": _scores([answer.score for answer in answers]),
        "error": _texts([answer.error for answer in answers]),
    }
    for place in range(1, top):
        others = [a.top[place] if place < len(a.top) else ("", None) for a in answers]
        found[f"label_{place + 1}"] = _texts([label for label, _ in others])
        found[f"score_{place + 1}"] = _scores([score for _, score in others])
    return found


def _texts(values: Sequence[str]) -> NDArray[Any]:
    return np.array(values, dtype=object)


def _scores(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if one is None else one for one in values], np.float64)
