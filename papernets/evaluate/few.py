"""A few pictures of a large set: no more of its files are read than these take."""

from __future__ import annotations

from collections import Counter

from ..bundle.load import Bundle
from ..bundle.seen import read_seen
from .known import Groups, Pictures, by_content
from .pictures import (
    UnknownClasses,
    classes_of,
    matched,
    of_source,
    open_pictures,
    trained_on,
)
from .read import preprocessing_of
from .whole import source_of


def few_pictures(bundle: Bundle, name: str, count: int, *, data_dir: str | None = None) -> Pictures:
    """Of the part that `open_pictures` takes at least `count` pictures, where it has so many.

    The first `count` of its classes in turn are among them. Of files without parts, a folder or a
    table, so many of each class are read as it takes for that; of other sets all. Errors as
    `open_pictures`.
    """
    seen, nested = read_seen(bundle.folder), bundle.info.run.get("nested") is True
    source = source_of(name, data_dir, nested)
    if source is None or not source.classes or (seen is None and trained_on(bundle, source.root)):
        return open_pictures(bundle, name, data_dir=data_dir)
    own = classes_of(bundle, source.classes)
    places = dict(zip(source.classes, matched(own, source.classes, name), strict=True))
    there, depth = Counter(source.names), -(-count // len(source.classes))
    while True:
        some, depth = source.upto(depth), 2 * depth
        every = len(some.files) == len(source.files)
        try:
            found = of_source(bundle, preprocessing_of(bundle), some, False, None)
        except UnknownClasses:
            raise
        except ValueError:  # not one of them can be read
            if every:
                raise
            continue
        if seen is not None:
            if not every and not Groups.of(found, seen).fair.any():
                continue
            found = by_content(found, seen, "")
        read = Counter(some.names)
        more = {places[name] for name, number in there.items() if read[name] < number}
        if every or _enough(Counter(found.labels.tolist()), more, count):
            return found


def _enough(held: Counter[int], open_: set[int], count: int) -> bool:
    """Whether the first `count` of what is held, its classes in turn, are the first of all.

    held: how many pictures there are of each label; open: labels of which there are more files.
    """
    if held.total() < count:
        return False
    rounds = next(n for n in range(1, count + 1) if _within(held, n) >= count)
    return all(held[label] >= rounds for label in open_)


def _within(held: Counter[int], most: int) -> int:
    """How many pictures there are with at most so many of each label."""
    return sum(min(number, most) for number in held.values())
