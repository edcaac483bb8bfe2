"""How far a long work is, on stderr: a bar on a terminal, elsewhere a line every so often."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..watch import told_to
from . import screen

FIRST, AGAIN = 10.0, 30.0
"""Seconds before the first line of a work, and between two lines."""
SOON = 2.0
"""Seconds after which a work that cannot tell how far it is is named on a terminal."""
BAR = 1.0
"""Seconds that a work takes before it has a bar."""


def nobody() -> bool:
    """Nothing else draws a bar."""
    return False


class Waiting:
    """Told of each step of a work, it says seldom how far the work is; of a short one nothing.

    `busy` is true while something else draws a bar: then nothing is said. `clock` gives seconds.
    """

    def __init__(
        self, busy: Callable[[], bool] = nobody, clock: Callable[[], float] = time.monotonic
    ):
        self._busy, self._clock = busy, clock
        self._what, self._done, self._begun, self._said = "", 0, 0.0, float("-inf")
        self._bar: Any = None
        self._task: Any = None

    def __call__(self, what: str, done: int, total: int | None, more: str = "") -> None:
        """So many of the things that `what` counts are done; `more` stands behind the numbers."""
        self.since(what, done, total, done, more)

    def since(self, what: str, done: int, total: int | None, new: int, more: str = "") -> None:
        """As calling it, of a work that goes on: `new` of those done were done since it was begun
        here, and tell how long the rest takes."""
        if screen.QUIET:
            return
        now = self._clock()
        if what != self._what or done < self._done:
            self.close()
            self._what, self._begun = what, now
        self._done = done
        if sys.stderr.isatty():
            self._drawn(what, done, total, now, more)
        elif done != total and now - max(self._begun + FIRST - AGAIN, self._said) >= AGAIN:
            self._said = now
            screen.note(f"{what}: {_far(done, total)}{more}{self._left(done, total, new, now)}")

    def fetched(self, name: str, done: int, total: int | None) -> None:
        """So many bytes of a file have come."""
        self(f"bytes of {name}", done, total)

    def _left(self, done: int, total: int | None, new: int, now: float) -> str:
        from .epochs import clock

        if not new or not total:
            return ""
        return f", {clock((now - self._begun) / new * (total - done))} left"

    def _drawn(self, what: str, done: int, total: int | None, now: float, more: str) -> None:
        if self._bar is None and (self._busy() or done == total or now - self._begun < BAR):
            return
        if self._bar is None:
            self._bar = screen.bar()
            self._task = self._bar.add_task(what, total=total)
        words = {"description": f"{what}{more}"} if more else {}
        self._bar.update(self._task, completed=done, total=total, **words)
        if done == total:
            self.close()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _far(done: int, total: int | None) -> str:
    """`1,200 of 50,000 (2 %)`."""
    return f"{done:,} of {total:,} ({100 * done // total} %)" if total else f"{done:,}"


@contextmanager
def sign_of_life(words: str, after: float | None = None) -> Iterator[None]:
    """A work that cannot tell how far it is: it is named once it has taken a while.

    After `after` seconds: by default SOON on a terminal, FIRST elsewhere.
    """
    wait = after if after is not None else SOON if sys.stderr.isatty() else FIRST
    timer = threading.Timer(wait, screen.note, (f"{words} ...",))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def waiting(busy: Callable[[], bool] = nobody) -> Iterator[Waiting]:
    """Within it, what is read and computed says how far it is."""
    teller = Waiting(busy)
    try:
        with told_to(teller):
            yield teller
    finally:
        teller.close()
