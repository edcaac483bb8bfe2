"""A conversion to a bundle: class names, and a folder that is written whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..bundle.info import BundleInfo
from ..bundle.new_folder import refuse_taken, write_new
from ..bundle.save import save_bundle, versions
from ..files import FOLDER, SPECIAL, unreadable
from ..nets.entry import COMMON
from .translate import Conversion

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
            f"{path} has {len(names):,} lines, the network has {count:,} classes: give one name a "
            "line, in the order of its outputs"
        )
    if "" in names:
        raise ValueError(f"{path}: line {names.index('') + 1} is empty")
    several = {name for name, times in Counter(names).items() if times > 1}
    unique = tuple(
        f"{name} ({number})" if name in several else name for number, name in enumerate(names)
    )
    if len(set(unique)) < len(unique):
        raise ValueError(f"{path} has the name {sorted(several)[0]!r} more than once")
    notes = [f"{path} has {name!r} more than once: told apart by their numbers" for name in several]
    return unique, tuple(sorted(notes))


def save(
    found: Conversion,
    out: Path,
    labels: Sequence[str],
    prepared: Mapping[str, Any],
    source: Mapping[str, object],
) -> None:
    """Write a bundle to a folder that is not there yet: whole, or not at all.

    FileExistsError where something is there, and where another process was faster.
    """
    refuse_taken(out)
    model = found.model.float()
    info = BundleInfo(
        network=found.name,
        classes=tuple(labels),
        input=model.net.input,
        preprocessing=dict(prepared),
        options={k: v for k, v in found.options.items() if k not in COMMON},
        run={"converted": dict(source)},
        versions=versions(),
    )
    write_new(out, lambda folder: save_bundle(folder, info, model.state_dict()))


__all__ = ["MOST_LABELS", "labels_in", "refuse_taken", "save"]
