"""Pictures that somebody holds in memory, as arrays or tensors, listed as those of files are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from papernets.data.gathered import Gathered, Rows, gathered
from papernets.data.layout import split_of
from papernets.data.picture import Packed
from papernets.words import brief, composed, first_line, plural, type_of, utf8

FORMS = (
    "uint8 (N, H, W), (N, H, W, 3) or (N, 3, H, W), values 0 to 255, or a list of (H, W) and "
    "(H, W, 3)"
)


class Held(Packed):
    """A picture of an array: (H, W) or (H, W, 3), uint8."""

    encoded = False
    __slots__ = ("called", "number", "pictures")

    def __init__(self, called: str, pictures: Sequence[NDArray[np.uint8]], number: int):
        self.called, self.pictures, self.number = called, pictures, number

    @property
    def name(self) -> str:
        return f"{self.called} picture {self.number}"

    def content(self) -> Image.Image:
        return Image.fromarray(np.ascontiguousarray(self.pictures[self.number]))


def is_held(data: object) -> bool:
    """Whether data are meant as pictures in memory: a pair, or a pair for each part."""
    return isinstance(data, tuple | Mapping)


def held(data: Any, classes: Sequence[str] | None = None, called: str = "arrays") -> Gathered:
    """Pictures in memory with their labels: a pair (images, labels), or a dict of pairs by part.

    The parts are train, and val and test where they are given. Labels are places among `classes`,
    or names; without `classes` numbers are the names. ValueError says what does not fit.
    """
    parts = data if isinstance(data, Mapping) else {"train": data}
    order = _ordered(called, classes)
    rows: dict[str, Rows] = {}
    for part, pair in parts.items():
        split = split_of(part) if isinstance(part, str) else None
        if split is None or split in rows:
            raise ValueError(f"a part called {brief(part)}: parts are train, val and test")
        rows[split] = _rows(f"{called} {split}", pair, order)
    return gathered(called, rows, (), order or [])


def _ordered(called: str, classes: object) -> list[str] | None:
    """The names of the classes in their order; ValueError where they cannot tell them apart."""
    if classes is None:
        return None
    unordered = str | bytes | Mapping | set | frozenset
    if isinstance(classes, unordered) or not isinstance(classes, Iterable):
        raise ValueError(
            f"{called}: classes must be names in the order of the labels, not {brief(classes)}: "
            "classes=['ants', 'bees']"
        )
    names = [str(name) for name in classes]
    _check_names(called, names)
    known = [composed(name) for name in names]
    twice = next((name for at, name in enumerate(known) if name in known[:at]), None)
    if twice is not None:
        raise ValueError(
            f"{called}: two classes are called {brief(twice)}: each needs a name of its own"
        )
    return names


def _check_names(called: str, names: Iterable[str]) -> None:
    """ValueError for a name that cannot be written or read."""
    for name in dict.fromkeys(names):
        if not name.strip():
            raise ValueError(f"{called}: a class is called {name!r}: give it a name")
        if not utf8(name):
            raise ValueError(
                f"{called}: the name of a class, {brief(name)}, has characters that no file can "
                "hold (surrogates, of a name that was not UTF-8): give it as text"
            )


def _rows(called: str, pair: Any, classes: Sequence[str] | None) -> Rows:
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise ValueError(f"{called}: give a pair (images, labels), not {type_of(pair)}")
    pictures = _pictures(called, pair[0])
    names = _names(called, pair[1], classes)
    if len(pictures) != len(names):
        raise ValueError(
            f"{called}: {plural(len(pictures), 'picture')} and {plural(len(names), 'label')}"
        )
    return [(Held(called, pictures, at), name) for at, name in enumerate(names)]


def _pictures(called: str, images: Any) -> Sequence[NDArray[np.uint8]]:
    """Pictures (H, W) or (H, W, 3) each."""
    if isinstance(images, list | tuple):
        found = [_array(one) for one in images]
        for at, one in enumerate(found):
            _check(f"{called} picture {at}", one, one.ndim == 2 or _coloured(one))
        return [one[..., 0] if one.ndim == 3 and one.shape[2] == 1 else one for one in found]
    values = _array(images)
    _check(called, values, values.ndim in (3, 4))
    if values.ndim == 4:
        first, last = values.shape[1] in (1, 3), values.shape[3] in (1, 3)
        _check(called, values, first or last)
        if first and (not last or isinstance(images, Tensor)):
            values = values.transpose(0, 2, 3, 1)
        values = values[..., 0] if values.shape[3] == 1 else values
    return values  # type: ignore[return-value]


def _coloured(one: NDArray[Any]) -> bool:
    return one.ndim == 3 and one.shape[2] in (1, 3)


def _array(values: Any) -> NDArray[Any]:
    if isinstance(values, Tensor):
        try:
            return values.detach().cpu().numpy()  # type: ignore[no-any-return]
        except (TypeError, NotImplementedError, RuntimeError) as error:  # meta, bfloat16, sparse
            raise ValueError(
                f"a tensor on {values.device} of {values.dtype} gives no numbers "
                f"({first_line(error)})"
            ) from None
    return np.asarray(values)


def _check(called: str, values: NDArray[Any], good: bool) -> None:
    if not good or values.dtype != np.uint8 or not values.size:
        hint = ". Of values from 0 to 1: (255 * x).round() as uint8" * (values.dtype.kind == "f")
        raise ValueError(
            f"{called}: an array of shape {values.shape} and {values.dtype}: give {FORMS}{hint}"
        )


def _names(called: str, labels: Any, classes: Sequence[str] | None) -> list[str]:
    """The name of each picture's class."""
    values = _array(labels)
    if values.ndim != 1:
        raise ValueError(f"{called}: labels of shape {values.shape}: give one a picture, (N,)")
    if values.dtype.kind in "US":
        names = [str(value) for value in values.tolist()]
        _check_names(called, names)
        return list(_named(called, names, classes))
    if values.dtype.kind not in "iu":
        raise ValueError(
            f"{called}: labels are {values.dtype}: give whole numbers, places among the classes, "
            "or names"
        )
    wrong = values < 0
    if classes is not None:
        wrong |= values >= len(classes)
    if wrong.any():
        raise ValueError(
            f"{called} picture {int(wrong.argmax())}: label {int(values[wrong][0])}"
            + (": they begin at 0" if classes is None else f" among {_count(classes)}")
        )
    return [str(at if classes is None else classes[at]) for at in values.tolist()]


def _count(classes: Sequence[str]) -> str:
    return plural(len(classes), "class", "classes")


def _named(called: str, names: list[str], classes: Sequence[str] | None) -> Iterator[str]:
    known = None if classes is None else set(map(str, classes))
    for at, name in enumerate(names):
        if known is not None and name not in known:
            raise ValueError(f"{called} picture {at}: class {name!r} is not among the classes")
        yield name
