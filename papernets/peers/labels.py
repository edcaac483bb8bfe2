"""The names of a conversion's classes: from a file, ImageNet's in the peer's order, or numbers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from .. import rewrite, spec
from ..data.imagenet import COUNT, imagenet_names
from ..files import FOLDER, SPECIAL, unreadable
from ..words import composed, plain, plural
from .translate import Conversion
from .usual import for_digits

IMAGENET, NUMBERS = "imagenet", "numbers"
"""Words in the place of a file of names."""
DIGITS = 10
MOST_LABELS = 16 << 20  # bytes: 160 for each of as many classes as a bundle may have


def labels_in(path: Path, count: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Class names, one a line, in the order of the outputs; and notes on names that were doubled.

    ValueError where there are more or fewer than `count`, or where it is no file of names.
    """
    what = unreadable(path, MOST_LABELS)
    if what in (FOLDER, SPECIAL):
        raise ValueError(f"{path} is {what}: give a text file of class names, one a line")
    if what:
        raise ValueError(f"{path} has {what}, too many for a text file of class names")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not a text file in UTF-8 ({error.reason})") from None
    names = [line.strip() for line in text.splitlines()]
    while names and not names[-1]:
        names.pop()
    if len(names) != count:
        raise ValueError(
            f"{path} has {plural(len(names), 'line')}, the network has "
            f"{plural(count, 'class', 'classes')}: give one name a "
            "line, in the order of its outputs"
        )
    if "" in names:
        raise ValueError(f"{path}: line {names.index('') + 1} is empty")
    times = Counter(map(composed, names))
    several = {name for name in names if times[composed(name)] > 1}
    unique = tuple(
        f"{name} ({number})" if name in several else name for number, name in enumerate(names)
    )
    if len(set(map(composed, unique))) < len(unique):
        raise ValueError(f"{path} has the name {sorted(several)[0]!r} more than once")
    notes = [f"{path} has {name!r} more than once: told apart by their numbers" for name in several]
    return unique, tuple(sorted(notes))


def class_names(found: Conversion, labels: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of a conversion's classes in the order of its outputs, and notes on them.

    `labels` is a file of names, `imagenet` or `numbers`. Without it, a peer's classifier of 1,000
    or 1,001 outputs is ImageNet's; any other has numbers, with a note unless the network is for ten
    digits or the classifier was drawn. One output has two names. ValueError where names do not fit.
    """
    count = max(found.model.net.classes, 2)  # one output tells two apart, by its sigmoid
    word = plain(labels)
    if word not in ("", IMAGENET, NUMBERS):
        return labels_in(Path(labels), count)
    if word == IMAGENET:
        return imagenet_names(count), ()
    if not word and found.known is not None and count in (COUNT, COUNT + 1) and _kept(found):
        note = (
            f"the classes have ImageNet's names, in the order of {found.known.peer}'s weights; "
            "where they are others: papernets convert --labels FILE, or --labels numbers"
        )
        return imagenet_names(count), (note,)
    digits = for_digits(found.model.net) and count == DIGITS
    if word or digits or not _kept(found):
        return tuple(map(str, range(count))), ()
    note = (
        f"nothing in the file names the {count:,} classes: they are called by their numbers from "
        "0; --labels FILE names them, one name per line"
    )
    return tuple(map(str, range(count))), (note,)


def _kept(found: Conversion) -> bool:
    """Whether the classifier is that of the weights, not one that was drawn."""
    net = found.model.net
    features = spec.tensors(rewrite.without_classifier(net))
    heads = {row.name for row in spec.walk(net) if row.aux}
    own = {key for key, one in spec.tensors(net).items() if one.row not in heads}
    return not (own - set(features)) & set(found.left_out)
