"""How far a long work is: told to whoever asked to be told; else nobody is, and it costs nothing.

A reader of a million pictures knows how many it has read, and not who waits for it. Who waits says
so with `told_to`, and the loops that are `watched` within it tell him, from the thread that asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
Tell = Callable[[str, int, int], None]
"""Called with what is counted (`pictures read`), how many are done, and how many there are."""
_TELL: ContextVar[Tell | None] = ContextVar("papernets_tell", default=None)


@contextmanager
def told_to(tell: Tell) -> Iterator[None]:
    """Within it `tell` is called for each item of what is watched."""
    before = _TELL.set(tell)
    try:
        yield
    finally:
        _TELL.reset(before)


@contextmanager
def also_told_to(tell: Tell) -> Iterator[None]:
    """As `told_to`, beside whoever is told already."""
    before = _TELL.get()

    def both(what: str, done: int, total: int) -> None:
        if before is not None:
            before(what, done, total)
        tell(what, done, total)

    with told_to(both):
        yield


def watched(items: Iterable[T], what: str, total: int, each: int = 1) -> Iterator[T]:
    """The items as they are; whoever asked is told how many are done, `each` counted as so many."""
    tell = _TELL.get()
    done = 0
    for item in items:
        yield item
        done = min(total, done + each)
        if tell is not None:
            tell(what, done, total)
