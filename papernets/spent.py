"""Where a work's time goes, part by part, where somebody asked; else nobody looks at a clock.

Parts lie within one another: each has the time that its inner ones have not. What the thread that
asked spends is `here`; what other threads, and loader processes, spend meanwhile is `beside`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

T = TypeVar("T")
_LOCAL = threading.local()


class Spent:
    """Seconds by part, in this thread and beside it; and the steps that took them.

    The first step is not counted: it warms up. `sync` waits for a device before a clock is read.
    """

    def __init__(self, sync: Callable[[], object] | None = None):
        self.here: dict[str, float] = {}
        self.beside: dict[str, float] = {}
        self.steps = self.pictures = 0
        self.seconds, self.sync = 0.0, sync
        self._thread, self._lock = threading.get_ident(), threading.Lock()
        self._began: float | None = None

    @property
    def mine(self) -> bool:
        """Whether the calling thread is the one that asked."""
        return threading.get_ident() == self._thread

    def add(self, name: str, seconds: float) -> None:
        """Seconds of a part, of the calling thread."""
        table = self.here if self.mine else self.beside
        with self._lock:
            table[name] = table.get(name, 0.0) + seconds

    def add_beside(self, table: Mapping[str, float]) -> None:
        """Seconds by part that another process spent."""
        with self._lock:
            for name, seconds in table.items():
                self.beside[name] = self.beside.get(name, 0.0) + seconds

    def take(self) -> dict[str, float]:
        """All seconds by part, here and beside, since this was asked before."""
        with self._lock:
            names = {**self.here, **self.beside}
            found = {n: self.here.get(n, 0.0) + self.beside.get(n, 0.0) for n in names}
            self.here.clear()
            self.beside.clear()
        return found

    def step(self, pictures: int) -> None:
        """A step of so many pictures is done."""
        if self._began is None:
            self.take()
            self._began = time.perf_counter()
            return
        self.steps, self.pictures = self.steps + 1, self.pictures + pictures
        self.seconds = time.perf_counter() - self._began

    def pause(self) -> Callable[[], None]:
        """Stop the clock of the steps; what is given back lets it go on."""
        stopped = time.perf_counter()

        def go_on() -> None:
            if self._began is not None:
                self._began += time.perf_counter() - stopped

        return go_on


_NOW: Spent | None = None


@contextmanager
def measured(sync: Callable[[], object] | None = None) -> Iterator[Spent]:
    """Within it the time of all parts is taken, by whichever thread."""
    global _NOW
    before, _NOW = _NOW, Spent(sync)
    try:
        yield _NOW
    finally:
        _NOW = before


def measuring() -> Spent | None:
    """What takes the time now, if anything does."""
    return _NOW


def part(name: str) -> AbstractContextManager[None]:
    """Within it, the time is that of the part of this name."""
    return nullcontext() if _NOW is None else _part(name, _NOW)


@contextmanager
def _part(name: str, spent: Spent) -> Iterator[None]:
    stack: list[float] = _LOCAL.__dict__.setdefault("stack", [])
    stack.append(0.0)
    began = time.perf_counter()
    try:
        yield
    finally:
        if spent.sync is not None and spent.mine:
            spent.sync()
        whole = time.perf_counter() - began
        spent.add(name, whole - stack.pop())
        if stack:
            stack[-1] += whole


def timed(items: Iterable[T], name: str) -> Iterator[T]:
    """The items as they are; waiting for each is a part of this name."""
    if _NOW is None:
        yield from items
        return
    found = iter(items)
    while True:
        with part(name):
            try:
                item = next(found)
            except StopIteration:
                return
        yield item


def stepped(pictures: int) -> None:
    """A step of so many pictures is done: told to whoever takes the time."""
    if _NOW is not None:
        _NOW.step(pictures)


@contextmanager
def between_steps() -> Iterator[None]:
    """Within it nothing is a step: held-out pictures are looked at."""
    spent = _NOW
    go_on = spent.pause() if spent is not None else None
    kept = (dict(spent.here), dict(spent.beside)) if spent is not None else ({}, {})
    try:
        yield
    finally:
        if spent is not None and go_on is not None:
            go_on()
            spent.here, spent.beside = kept
