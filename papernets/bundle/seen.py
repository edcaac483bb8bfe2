"""Which pictures a network has seen, by checksums of their content, in a file of its bundle.

For each list the file has checksums in ascending order, as the gaps between them: 4 bytes for each
picture, 8 where a picture's file and its pixels have different ones. A picture that is in no list
is taken for one of a list in one of 67 million cases (2^-26).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ..files import FOLDER, SPECIAL, make_folder, read_bytes, unreadable, write_atomically
from ..numbers import is_whole
from ..texts import parsed
from .head import as_errors
from .info import AGAIN, digest

Keys = NDArray[np.uint64]
Keys32 = NDArray[np.uint32]
PICTURES = "pictures.safetensors"
TRAIN, VALIDATION, TEST, BEFORE, WRONG = LISTS = (
    *("train", "validation", "test", "before"),
    "wrong",
)
SPARE = 26  # bits beyond those that tell the pictures of a list apart
SCHEMA = 1
MOST = 1 << 29  # bytes of the file: of 67 million pictures
MOST_HEAD = 1 << 16  # bytes of the table at its beginning
MOST_COUNT = 1 << 40  # pictures of a list: "before" adds up from run to run


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

    def gaps(self) -> Keys32:
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

    def without(self, name: str) -> Seen:
        """The same without one of the lists."""
        lists = {key: marked for key, marked in self.lists.items() if key != name}
        return Seen(lists, {key: count for key, count in self.counts.items() if key != name})

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
        gaps = {name: self.lists[name].gaps() for name in LISTS if name in self.lists}
        bits = {name: self.lists[name].bits for name in gaps}
        told = _digest(gaps, bits, self.counts)
        about = {"schema": SCHEMA, "bits": bits, "pictures": dict(self.counts), "sha256": told}
        # one key: see `save_bundle`
        return save(gaps, metadata={"papernets": json.dumps(about)})

    @staticmethod
    def from_bytes(content: bytes) -> Seen:
        """What `to_bytes` gave; ValueError with the reason, in a few words, for anything else."""
        try:
            about, gaps = _head(content), load(content)
        except (SafetensorError, LookupError, TypeError) as error:
            raise ValueError(str(error)) from None
        if about.get("schema") != SCHEMA:
            raise ValueError(f"its schema is not {SCHEMA}, which this version reads")
        bits, counts = about.get("bits"), about.get("pictures")
        if not (_whole(bits, 1, 64) and _whole(counts, 0, MOST_COUNT)):
            raise ValueError("its bits or its numbers of pictures are none that a run writes")
        if set(gaps) != set(bits) or not all(map(_is_list, gaps.values())):
            raise ValueError("its lists are none that a run writes")
        if about.get("sha256") != _digest(gaps, bits, counts):
            raise ValueError("its checksum is another")
        return Seen({name: _marked(gaps[name], bits[name]) for name in bits}, counts)


def _digest(gaps: Mapping[str, Keys32], bits: Mapping[str, int], counts: Mapping[str, int]) -> str:
    """SHA-256 of all that the file says."""
    numbers = json.dumps([bits, counts], sort_keys=True).encode()
    return digest([("", numbers), *((name, gaps[name].tobytes()) for name in sorted(gaps))])


def _head(content: bytes) -> dict[str, Any]:
    """What the file says beside its lists."""
    size = int.from_bytes(content[:8], "little")
    if size > min(MOST_HEAD, len(content) - 8):
        raise ValueError("its head is cut short, or too long")
    head: Any = parsed(content[8 : 8 + size])
    try:
        about = parsed(head["__metadata__"]["papernets"])
    except (LookupError, TypeError, AttributeError):
        about = None
    if not isinstance(about, dict):
        raise ValueError("it does not say what it holds")
    return about


def _whole(values: object, least: int, most: int) -> TypeGuard[dict[str, int]]:
    """True for a table of whole numbers within limits, under names of lists."""
    return isinstance(values, dict) and all(
        name in LISTS and is_whole(value, least) and value <= most for name, value in values.items()
    )


def _is_list(gaps: NDArray[Any]) -> bool:
    return gaps.dtype == np.uint32 and gaps.ndim == 1


def _marked(gaps: Keys32, bits: int) -> Marked:
    values = np.cumsum(gaps, dtype=np.uint64)
    beyond = len(values) and bits < 64 and int(values[-1]) >> bits
    if not gaps[1:].all() or beyond:
        raise ValueError("its values are in no order")
    return Marked(values, bits)


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
    """Write a bundle's lists, where they are not there already.

    A folder that is not there is made, those above it are not. Nothing is written through a link:
    one in the folder's place is a NotADirectoryError, one in the file's is replaced. Another thing
    than a file is a ValueError.
    """
    make_folder(folder)
    path, data = folder / PICTURES, seen.to_bytes()
    what = "" if path.is_symlink() else unreadable(path, len(data))
    if what in (FOLDER, SPECIAL):
        raise ValueError(f"{path} is {what}, where a file should be. Move it away")
    if what or path.is_symlink() or not path.exists() or read_bytes(path, len(data)) != data:
        write_atomically(path, data)


def read_seen(folder: Path) -> Seen | None:
    """The lists of the bundle in a folder; None where it has none, as older and others' have.

    A damaged file is a ValueError, as is what is no regular file.
    """
    path = folder / PICTURES
    if not os.path.lexists(path):
        return None
    return seen_in(path, AGAIN)


def seen_in(path: Path, advice: str, sha256: str = "") -> Seen:
    """The lists in a file; ValueError, which ends with the advice, where it holds none.

    With `sha256` it is one too where the file has another.
    """
    try:
        content = read_bytes(path, MOST)
        if sha256 and hashlib.sha256(content).hexdigest() != sha256:
            raise ValueError("it is another file than the one that was written")
        with as_errors(path, advice):
            return Seen.from_bytes(content)
    except FileNotFoundError:
        why = "it is a link that leads nowhere" if path.is_symlink() else "it is not there"
    except ValueError as error:
        why = str(error).removeprefix(f"{path} ")
        why = f"it {why}" if why != str(error) else why
    raise ValueError(f"{path} is not the list of pictures that a run wrote ({why}). {advice}")
