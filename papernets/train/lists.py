"""Which pictures a run learns from, chooses by and is tested on, as its bundles keep it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch import Tensor

from ..bundle.seen import BEFORE, TEST, TRAIN, VALIDATION, WRONG, Marked, Seen, read_seen
from ..data import Dataset, Part
from ..words import plural
from .checkpoint import kept_lists
from .pretrained import bundle_of
from .run import Run

LAST = "last"


def seen_by(dataset: Dataset, before: tuple[Marked | None, int] = (None, 0)) -> Seen:
    """The lists of a run on a data set; `before` are pictures that its first weights have seen."""
    parts = {TRAIN: dataset.train, VALIDATION: dataset.validation, TEST: dataset.test}
    lists = {name: Marked.of(part.content.both()) for name, part in parts.items()}
    counts = {name: len(part) for name, part in parts.items()}
    marked, count = before
    if marked is not None:
        lists, counts = lists | {BEFORE: marked}, counts | {BEFORE: count}
    return Seen(lists, counts)


def with_wrong(seen: Seen, test: Part, answers: Tensor) -> Seen:
    """The lists with the test pictures on which the answers (N,) are wrong."""
    wrong = (answers != test.labels).numpy()
    marked = Marked.of(test.content.pixels[wrong])
    lists = {**seen.lists, WRONG: marked}
    return Seen(lists, {**seen.counts, WRONG: int(wrong.sum())})


@dataclass(frozen=True)
class Begun:
    """The data of a run as they are used, its lists, and what to say of them.

    `seen_before`: how many pictures of the test part its first weights had seen.
    """

    dataset: Dataset
    seen: Seen
    notes: tuple[str, ...] = ()
    seen_before: int = 0


def begun(run: Run, dataset: Dataset, folder: Path, state: dict[str, Any] | None) -> Begun:
    """What a run begins with, or goes on with: from a kept `state`, with the lists that it names.

    Pictures that its first weights have seen are no test of it: they are left out of the test part,
    but where none would be left. ValueError where the lists are not there, or are others.
    """
    kept = kept_lists(folder, state) if state is not None else None
    if kept is not None:
        return replace(_without(dataset, kept), seen=kept)
    if state is not None:
        return _of_before(run, dataset, folder)
    if not run.recipe.first_weights:
        return Begun(dataset, seen_by(dataset))
    info, place = bundle_of(run.recipe.first_weights)
    earlier = read_seen(place)
    if earlier is None:
        unknown = (
            f"{run.recipe.first_weights} keeps no list of its pictures: whether it was trained on "
            "some of these test pictures is not known"
        )
        return Begun(dataset, seen_by(dataset), (unknown,) if info.run.get("data") else ())
    before = earlier.all_used()
    known = Seen({BEFORE: before[0]} if before[0] else {})
    found = _without(dataset, known)
    notes = (*found.notes, *_held_out(dataset.validation, earlier))
    return replace(found, seen=seen_by(found.dataset, before), notes=notes)


def _of_before(run: Run, dataset: Dataset, folder: Path) -> Begun:
    """What a run goes on with that began when lists stood in last/ alone, or nowhere."""
    kept = read_seen(folder / LAST)
    found = Begun(dataset, seen_by(dataset))
    if kept is not None:
        found = replace(_without(dataset, kept), seen=kept)
    if not run.recipe.weights:
        return found
    old = "this run began with an earlier version, and its state names no list of its pictures: "
    note = f"{old}the list in {folder / LAST} is taken"
    if kept is None:
        note = (
            f"{old}whether its first weights were trained on some of these test pictures is not "
            "known"
        )
    return replace(found, notes=(*found.notes, note))


def _held_out(part: Part, earlier: Seen) -> list[str]:
    """A sentence on pictures that choose the epoch and were trained on by the first weights."""
    content = part.content
    learnt = int(earlier.learnt(content.held, content.pixels).sum())
    if not learnt:
        return []
    return [
        f"{learnt:,} of the {plural(len(part), 'picture')} that choose the epoch were "
        "trained on with "
        "those weights: the error on them is too small"
    ]


def without_seen(dataset: Dataset, seen: Seen) -> Dataset:
    """The data of a run as they are used, by its lists."""
    return _without(dataset, seen).dataset


def _without(dataset: Dataset, seen: Seen) -> Begun:
    """A data set without the test pictures that were seen before, and a sentence on them."""
    test = dataset.test
    known = seen.has(BEFORE, test.content.held, test.content.pixels)
    if not known.any():
        return Begun(dataset, seen)
    number = int(known.sum())
    count = f"{number:,} of the {len(test):,} test pictures"
    why = "were trained on, or chose the epoch, with the weights that this run begins with"
    if known.all():
        said = f"{count} {why}: the test error is none on new pictures"
        return Begun(dataset, seen, (said,), number)
    left = test.select((~known).nonzero()[0].tolist())
    said = (
        f"{count} {why}: they are left out, and {plural(len(left), 'picture')} tested. The seed "
        "of that run holds out the same pictures"
    )
    return Begun(replace(dataset, test=left), seen, (said,), number)
