"""Pictures of a stream that is larger than memory: it passes, again and again, in its own order.

A stream has no places to go to: row 1,000 comes after 999 others. What is asked for is therefore
taken while the stream passes, and what an epoch will ask for soon is held until then. An order that
takes pictures from a buffer of so many rows, as `train.sampling.buffered` gives it, never asks for
more to be held than the buffer has.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from papernets.data.picture import Packed, Refused
from papernets.words import plural

RECENT = 256
"""Rows that stay for a moment when they have passed: threads ask for them out of order."""


class Streamed(Packed):
    """A picture that came from a stream: its bytes."""

    __slots__ = ("called", "held")

    def __init__(self, called: str, held: bytes):
        self.called, self.held = called, held

    @property
    def name(self) -> str:
        return self.called

    def content(self) -> bytes:
        if not self.held:
            raise Refused(f"{self.called}: no picture in it")
        return self.held


class Stream(ABC):
    """Rows that come in the same order each time, each with a picture; it can be pickled."""

    def __init__(self, where: str):
        self.where = where
        self.count = 0
        self._begin()

    def _begin(self) -> None:
        self._once, self._lock = Cursor(self), threading.Lock()
        self._recent: OrderedDict[int, bytes] = OrderedDict()

    def __getstate__(self) -> dict[str, object]:
        """Without where it stands, which each process has for itself."""
        return {k: v for k, v in self.__dict__.items() if k not in ("_once", "_lock", "_recent")}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._begin()

    @abstractmethod
    def pictures(self, start: int) -> Iterator[bytes]:
        """The pictures' bytes from row `start` on (from 0), empty where a row has none."""

    def one(self, place: int) -> bytes:
        """The bytes of a row, for whoever asks for one after another, from several threads."""
        with self._lock:
            while place not in self._recent:
                at = place if place < self._once.at else self._once.at
                found = self._once.take([at])
                self._recent.update(found)
                while len(self._recent) > RECENT:
                    self._recent.popitem(last=False)
            return self._recent[place]


class Cursor:
    """Where in a stream somebody stands, and the rows that are held until they are asked for."""

    def __init__(self, stream: Stream):
        self.stream, self.at = stream, 0
        self.rows: Iterator[bytes] | None = None
        self.wanted = np.zeros(0, bool)
        self.held: dict[int, bytes] = {}

    def expect(self, places: Iterable[int]) -> None:
        """From now on hold these rows when they pass, and nothing else, until they are taken."""
        self.wanted = np.zeros(self.stream.count, bool)
        self.wanted[np.fromiter(places, np.int64)] = True
        self.held = {at: row for at, row in self.held.items() if self.wanted[at]}

    def take(self, places: Sequence[int]) -> dict[int, bytes]:
        """The bytes of these rows; the stream passes to the last, or begins anew for the first.

        ValueError where it ends before.
        """
        asked = set(places)
        found = {at: self.held[at] for at in asked if at in self.held}
        missing = sorted(asked - found.keys())
        if missing and (self.rows is None or missing[0] < self.at):
            self.at, self.rows = missing[0], self.stream.pictures(missing[0])
        for last in missing[-1:]:
            assert self.rows is not None
            while self.at <= last:
                row = next(self.rows, None)
                if row is None:
                    raise self._short()
                if self.at in asked:
                    found[self.at] = row
                elif self.at < len(self.wanted) and self.wanted[self.at]:
                    self.held[self.at] = row
                self.at += 1
        for at in asked:
            self.held.pop(at, None)
            if at < len(self.wanted):
                self.wanted[at] = False
        return found

    def _short(self) -> ValueError:
        return ValueError(
            f"{self.stream.where}: the stream ended after {plural(self.at, 'row')}, and had "
            f"{self.stream.count:,} when this began. When it is whole again, go on with --resume"
        )


class Passing(Packed):
    """A picture in a row of a stream that passes."""

    __slots__ = ("place", "stream")

    def __init__(self, stream: Stream, place: int):
        self.stream, self.place = stream, place

    @property
    def name(self) -> str:
        return f"{self.stream.where} row {self.place}"

    def content(self) -> bytes:
        return self.now().content()

    def now(self) -> Streamed:
        """The picture with its bytes, which are there from now on."""
        return Streamed(self.name, self.stream.one(self.place))


class Taker:
    """Takes files from the streams that some of them are in, each stream by a cursor of its own."""

    def __init__(self) -> None:
        self.cursors: dict[int, Cursor] = {}
        self._lock = threading.Lock()

    def expect(self, files: Iterable[str | Packed]) -> None:
        """What is going to be asked for, in any order: it is held when it passes."""
        with self._lock:
            for cursor, places in self._by_stream(files):
                cursor.expect(places)

    def ready(self, files: Sequence[str | Packed]) -> list[str | Packed]:
        """The same files, those of streams with their bytes."""
        found = list(files)
        if not any(isinstance(file, Passing) for file in files):
            return found
        with self._lock:
            rows = {
                (id(cursor.stream), at): row
                for cursor, places in self._by_stream(files)
                for at, row in cursor.take(places).items()
            }
        for at, file in enumerate(files):
            if isinstance(file, Passing):
                found[at] = Streamed(file.name, rows[id(file.stream), file.place])
        return found

    def _by_stream(self, files: Iterable[str | Packed]) -> list[tuple[Cursor, list[int]]]:
        streams: dict[int, tuple[Cursor, list[int]]] = {
            key: (cursor, []) for key, cursor in self.cursors.items()
        }
        for file in files:
            if isinstance(file, Passing):
                key = id(file.stream)
                if key not in streams:
                    self.cursors[key] = Cursor(file.stream)
                    streams[key] = (self.cursors[key], [])
                streams[key][1].append(file.place)
        return list(streams.values())
