"""What is wrong with pictures that were looked at: each kind by a rule with stated numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import numpy as np

from papernets.data.content import together
from papernets.data.doctor.likeness import BITS, CROWD, MOST, alike, groups, partners
from papernets.data.doctor.look import Looked
from papernets.data.gathered import Gathered
from papernets.data.picture import ENDLESS, RANGE, shown
from papernets.words import by, listed, percent, plural

STOPS, UNREADABLE, LABEL, LEAK = "stops training", "unreadable", "two classes", "leakage"
SAME, NEAR, FEW, SMALL, ODD = "duplicate", "near duplicate", "imbalance", "small", "odd colours"
MISLABELLED = "likely mislabelled"
KINDS = (STOPS, UNREADABLE, LABEL, LEAK, SAME, NEAR, MISLABELLED, FEW, SMALL, ODD)
RARE = 10  # times fewer pictures than the largest class has: a class is rare
TIMES = 2.0  # that a picture may be enlarged for the network
NEARLY_ALL = 0.9  # of the pictures: then the others are odd, and what all are is told once
FLAT = 2.0  # levels of 255: a picture whose grey values deviate less shows nothing
ENOUGH = 10  # pictures, of which nearly all say something


@dataclass(frozen=True)
class Fault:
    """Something wrong: one of KINDS, the pictures that it concerns, and why, in a sentence.

    places: of the pictures among those that were looked at; empty where it is of no picture.
    """

    kind: str
    files: tuple[str, ...]
    why: str
    places: tuple[int, ...] = field(default=(), compare=False)

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"kind": self.kind, "files": list(self.files), "why": self.why}


def grouped(faults: Sequence[Fault]) -> list[list[Fault]]:
    """Faults by what is read at once: those of one picture each with the same reason together."""
    found: dict[object, list[Fault]] = {}
    for number, fault in enumerate(faults):
        key = (fault.kind, fault.why) if len(fault.places) == 1 else number
        found.setdefault(key, []).append(fault)
    return list(found.values())


def common(names: Sequence[str]) -> str:
    """The folder, ending with a slash, in which all of these lie; empty where there is none."""
    parts = [name.split("/")[:-1] for name in names]
    shared = takewhile(lambda some: len(set(some)) == 1, zip(*parts, strict=False))
    return "".join(f"{one}/" for one, *_ in shared)


def faults_of(seen: Looked, source: Gathered, size: tuple[int, int]) -> list[Fault]:
    """The faults of pictures for a network that sees this size (height, width), in KINDS' order."""
    found = [Fault(UNREADABLE, (), line) for line in source.skipped]
    found += [
        Fault(UNREADABLE, (shown(seen.files[at]),), reason, (at,))
        for at, reason in enumerate(seen.reasons)
        if reason
    ]
    for rule in (_stops, _copies, _balance, _small, _odd):
        found += rule(seen, size)
    return sorted(found, key=lambda fault: KINDS.index(fault.kind))


def _fault(seen: Looked, kind: str, places: Sequence[int], why: str) -> Fault:
    return Fault(kind, tuple(shown(seen.files[at]) for at in places), why, tuple(map(int, places)))


def _stops(seen: Looked, size: tuple[int, int]) -> Iterator[Fault]:
    """What `train` would refuse."""
    counts = _counts(seen, 0)
    if (counts > 0).sum() < 2:
        there = [name for name, count in zip(seen.classes, counts, strict=True) if count]
        only = f"only {there[0]!r} has" if there else "no class has"
        yield Fault(STOPS, (), f"{only} a picture to train on that can be read: two classes must")
    for at, part in enumerate(seen.parts[1:], 1):
        if not _counts(seen, at).sum():
            yield Fault(STOPS, (), f"no picture of the part {part} can be read")
    least = 3 if len(seen.parts) == 1 else 2
    if (counts > 0).sum() >= 2 and counts.max() < least:
        yield Fault(STOPS, (), f"too few to hold a part out: give {least} or more of a class")


def _copies(seen: Looked, size: tuple[int, int]) -> Iterator[Fault]:
    """The same picture, or nearly the same, several times."""
    places = np.flatnonzero(seen.readable)
    same = together(seen.content.select(places.tolist()))
    pairs = [(int(places[first]), int(at)) for first, at in zip(same, places, strict=True)]
    pairs = [pair for pair in pairs if pair[0] != pair[1]]
    firsts = places[np.unique(same)]
    shown_ones = firsts[seen.spread[firsts] >= FLAT]
    crowd = partners(seen.hashes, seen.small, shown_ones)
    near = alike(seen.hashes, seen.small, shown_ones) if crowd <= CROWD else []
    if crowd > CROWD:
        yield Fault(
            NEAR,
            (),
            f"the pictures are alike by nature: each is nearly the same as {crowd:.0f} others of a "
            "sample, as the frames of a film are. Which are copies cannot be told; frames of one "
            "film belong in one part",
        )
    bits = {pair[:2]: pair[2] for pair in near}
    for group in groups(len(seen), [*pairs, *bits]):
        inside = set(group)
        most = max((n for (a, b), n in bits.items() if a in inside), default=None)
        exact = most is None
        what = (
            "the same picture" if exact else f"nearly the same picture ({most} of 64 bits differ)"
        )
        labels, parts = sorted({seen.labels[at] for at in group}), {seen.part[at] for at in group}
        if len(labels) > 1:
            names = " and ".join(repr(seen.classes[label]) for label in labels)
            yield _fault(seen, LABEL, group, f"{what} under {names}")
        elif len(parts) > 1:
            names = " and ".join(seen.parts[part] for part in sorted(parts))
            yield _fault(seen, LEAK, group, f"{what} in {names}: a test that the network knows")
        else:
            yield _fault(seen, SAME if exact else NEAR, group, f"{what}, {len(group)} times")


def _counts(seen: Looked, part: int) -> np.ndarray:
    """Readable pictures of each class in a part."""
    return np.bincount(
        seen.labels[(seen.part == part) & seen.readable], minlength=len(seen.classes)
    )


def _balance(seen: Looked, size: tuple[int, int]) -> Iterator[Fault]:
    """Classes that are rare, and those that another part lacks."""
    counts = _counts(seen, 0)
    for name, count in zip(seen.classes, counts.tolist(), strict=True):
        if RARE * count <= counts.max() and counts.max():
            largest = seen.classes[int(counts.argmax())]
            yield Fault(
                FEW,
                (),
                f"class {name!r} has {plural(count, 'picture')} to train on, and {largest!r} "
                f"{counts.max():,}: {RARE} times as many or more",
            )
    for at, part in enumerate(seen.parts[1:], 1):
        own = _counts(seen, at)
        lacks = [n for n, c, o in zip(seen.classes, counts, own, strict=True) if c and not o]
        if lacks and own.sum():
            yield Fault(FEW, (), f"{part} has no picture of {listed(map(repr, lacks), 5)}")


def _small(seen: Looked, size: tuple[int, int]) -> Iterator[Fault]:
    """Pictures that are much enlarged, each alone, or all together."""
    places = np.flatnonzero(seen.readable)
    times = (np.array(size) / np.maximum(seen.sizes[places], 1)).max(1)
    much = places[times > TIMES]
    if len(much) >= max(ENOUGH, NEARLY_ALL * len(places)):
        typical = np.median(seen.sizes[much], 0).astype(int)
        yield Fault(
            SMALL,
            (),
            f"{percent(len(much) / len(places))} of the pictures ({by(typical)} in the middle) are "
            f"enlarged more than {TIMES:g} times for {by(size)}: take a network for small pictures",
        )
        return
    for at in much:
        yield _fault(seen, SMALL, [at], f"{by(seen.sizes[at])}, and the network sees {by(size)}")


def _odd(seen: Looked, size: tuple[int, int]) -> Iterator[Fault]:
    """Pictures that show nothing, that alone have colours or none, and values without a range."""
    readable = seen.readable
    shows = readable & (seen.spread >= FLAT)
    for at in np.flatnonzero(readable & ~shows).tolist():
        yield _fault(seen, ODD, [at], "one colour alone: nothing is to be seen on it")
    share = float(seen.coloured[shows].mean()) if shows.sum() >= ENOUGH else 0.5
    if share >= NEARLY_ALL or share <= 1 - NEARLY_ALL:
        grey, what = share >= NEARLY_ALL, percent(max(share, 1 - share))
        for at in np.flatnonzero(shows & (seen.coloured != grey)).tolist():
            has, others = ("no colours", "have some") if grey else ("colours", "have none")
            yield _fault(seen, ODD, [at], f"{has}, where {what} of the others {others}")
    for at in np.flatnonzero(readable).tolist():
        for remark in seen.remarks[at]:
            if remark.kind in (RANGE, ENDLESS):
                yield _fault(seen, ODD, [at], f"more than 8 bits a value: {remark.detail}")


NOTES = (
    f"Near duplicates: at most {BITS} of 64 bits of a perceptual hash differ, and small copies "
    f"agree. Crops and mirrored copies are not found. Compared are up to {MOST:,} pictures."
)
"""What a reader should know of what was looked for."""
