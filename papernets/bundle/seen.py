"""Which pictures a network has seen, by checksums of their content, in a file of its bundle.

For each list the file has checksums in ascending order, as the gaps between them: 4 bytes for each
picture, 8 where a picture's file and its pixels have different ones. A picture that is in no list
is taken for one of a list in one of 67 million cases (2^-26).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save

from ..files import write_atomically
from ..numbers import is_whole
from .head import as_errors
from .info import AGAIN

Keys = NDArray[np.uint64]
PICTURES = "pictures.safetensors"
TRAIN, VALIDATION, TEST, BEFORE, WRONG = LISTS = (
    *("train", "validation", "test", "before"),
    "wrong",
)
SPARE = 26  # bits beyond those that tell the pictures of a list apart
SCHEMA = 1
MOST = 1 << 29  # bytes of the file: of 67 million pictures


@dataclass(frozen=True)
class Marked:
    """A set of checksums, cut to their first `bits`, in ascending order, none twice."""

    values: Keys
    bits: int

    @staticmethod
    def of(keys: Keys) -> Marked:
        """Of whole checksums, cut as short as their number allows."""
        values = np.unique(keys)
        return _cut(values, min(64, max(len(values), 1).bit_length() + SPARE))

    def __len__(self) -> int:
        return len(self.values)

    def has(self, keys: Keys) -> NDArray[np.bool_]:
        """Which of these checksums are in the set."""
        return np.isin(keys >> np.uint64(64 - self.bits), self.values)

    def alike(self, other: Marked) -> tuple[Keys, Keys]:
        """The values of both, cut to the bits that both have."""
        bits = min(self.bits, other.bits)
        one, two = (np.unique(each.values >> np.uint64(each.bits - bits)) for each in (self, other))
        return one, two

    def joined(self, other: Marked) -> Marked:
        """Both sets as one."""
        bits = min(self.bits, other.bits)
        values = [one.values >> np.uint64(one.bits - bits) for one in (self, other)]
        return Marked(np.unique(np.concatenate(values)), bits)

    def gaps(self) -> NDArray[np.uint32]:
        """What is kept: each value less the one before it."""
        return np.diff(self.values, prepend=np.uint64(0)).astype(np.uint32)


def _cut(values: Keys, bits: int) -> Marked:
    """The first bits of sorted checksums; fewer where a gap would not fit into 4 bytes."""
    cut = np.unique(values >> np.uint64(64 - bits))
    while len(cut) and int(np.diff(cut, prepend=np.uint64(0)).max()) >> 32:
        bits -= 1
        cut = np.unique(cut >> np.uint64(1))
    return Marked(cut, bits)


@dataclass(frozen=True)
class Seen:
    """The lists of a network: trained on, chosen by, tested on; and before, with those weights.

    "before" are pictures that the weights were trained on or chosen by with which the run began,
    "wrong" the test pictures that it got wrong: of each one checksum alone, that of its pixels.
    `counts` are the pictures of each list.
    """

    lists: Mapping[str, Marked] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)

    def has(self, name: str, held: Keys, pixels: Keys) -> NDArray[np.bool_]:
        """Which pictures are in a list, by the checksum of their file or that of their pixels."""
        marked = self.lists.get(name)
        if marked is None:
            return np.zeros(len(held), np.bool_)
        return np.asarray(marked.has(held) | marked.has(pixels))

    def learnt(self, held: Keys, pixels: Keys) -> NDArray[np.bool_]:
        """Which pictures the weights were trained on, by this run or before it."""
        return self.has(TRAIN, held, pixels) | self.has(BEFORE, held, pixels)

    def used(self, held: Keys, pixels: Keys) -> NDArray[np.bool_]:
        """Which pictures were trained on or chose the epoch: an error on them says too little."""
        return self.learnt(held, pixels) | self.has(VALIDATION, held, pixels)

    def all_used(self) -> tuple[Marked | None, int]:
        """What is "before" for a run that begins with these weights, and how many pictures."""
        found: Marked | None = None
        for name in (TRAIN, VALIDATION, BEFORE):
            own = self.lists.get(name)
            if own is not None:
                found = own if found is None else found.joined(own)
        return found, sum(self.counts.get(name, 0) for name in (TRAIN, VALIDATION, BEFORE))

    def to_bytes(self) -> bytes:
        """As the file holds it."""
        about = {
            "schema": SCHEMA,
            "bits": {name: self.lists[name].bits for name in LISTS if name in self.lists},
            "pictures": dict(self.counts),
        }
        gaps = {name: self.lists[name].gaps() for name in LISTS if name in self.lists}
        # one key: see `save_bundle`
        return save(gaps, metadata={"papernets": json.dumps(about)})


def tested_alike(one: Seen | None, other: Seen | None) -> bool | None:
    """Whether two networks were tested on the very same pictures; None where it is not known."""
    if one is None or other is None or not (one.counts.get(TEST) and other.counts.get(TEST)):
        return None
    if TEST not in one.lists or TEST not in other.lists:
        return None
    a, b = one.lists[TEST].alike(other.lists[TEST])
    return one.counts[TEST] == other.counts[TEST] and bool(np.array_equal(a, b))


def wrong_alone(one: Seen | None, other: Seen | None) -> tuple[int, int] | None:
    """How many test pictures the first got wrong and the second right, and the other way round.

    None where it is not kept, or where equal pictures among them cannot be told apart.
    """
    marks = [seen.lists.get(WRONG) for seen in (one, other) if seen is not None]
    counts = [seen.counts.get(WRONG) for seen in (one, other) if seen is not None]
    if len(marks) < 2 or marks[0] is None or marks[1] is None:
        return None
    a, b = marks[0].alike(marks[1])
    if [len(a), len(b)] != counts:
        return None
    both = len(np.intersect1d(a, b))
    return len(a) - both, len(b) - both


def write_seen(folder: Path, seen: Seen) -> None:
    """Write a bundle's lists, where they are not there already."""
    path, data = folder / PICTURES, seen.to_bytes()
    if not path.exists() or path.read_bytes() != data:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, data)


def read_seen(folder: Path) -> Seen | None:
    """The lists of the bundle in a folder; None where it has none, as older and others' have.

    A damaged file is a ValueError.
    """
    path = folder / PICTURES
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > MOST:
            raise ValueError("it is too large")
        with as_errors(path, AGAIN), safe_open(path, framework="numpy") as file:
            about = json.loads((file.metadata() or {})["papernets"])
            if about["schema"] != SCHEMA:
                raise ValueError(f"it has schema {about['schema']!r}")
            bits = {name: about["bits"][name] for name in LISTS if name in about["bits"]}
            lists = {name: _read(file.get_tensor(name), bits[name]) for name in bits}
            counts = {k: v for k, v in about["pictures"].items() if is_whole(v, 0)}
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ValueError(
            f"{path} is not the list of pictures that a run wrote ({error}). {AGAIN}"
        ) from None
    return Seen(lists, counts)


def _read(gaps: NDArray[np.uint32], bits: object) -> Marked:
    if gaps.dtype != np.uint32 or gaps.ndim != 1:
        raise ValueError(f"{gaps.dtype} of {gaps.ndim} dimensions")
    if not (is_whole(bits, 1) and isinstance(bits, int) and bits <= 64):
        raise ValueError(f"{bits!r} bits")
    values = np.cumsum(gaps, dtype=np.uint64)
    beyond = len(values) and bits < 64 and int(values[-1]) >> bits
    if not gaps[1:].all() or beyond:
        raise ValueError("its values are in no order")
    return Marked(values, bits)
