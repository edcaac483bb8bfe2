"""When a run saves within an epoch, and who may ask it to stop. No torch."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import NoReturn, Protocol

SECONDS = {"s": 1, "min": 60, "h": 3600}
UNITS = {"step": "step", "steps": "step", "epoch": "epoch", "epochs": "epoch"}
SPELT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*")


@dataclass(frozen=True)
class Every:
    """So many steps, epochs or seconds: `unit` is one of `step`, `epoch`, `second`."""

    count: float
    unit: str


def every(text: str) -> Every:
    """`200steps`, `5min`, `30s`, `2h` or `1epoch`; ValueError for anything else."""
    found = SPELT.fullmatch(text)
    if found:
        count, word = float(found[1]), found[2]
        if word in SECONDS and math.isfinite(count):
            return Every(count * SECONDS[word], "second")
        if word in UNITS and count >= 1 and count == int(count):
            return Every(count, UNITS[word])
    raise ValueError(f"save_every takes 200steps, 5min, 30s, 2h or 1epoch, not {text!r}")


class Stop(Protocol):
    """Who may ask a run to stop: a signal, say."""

    def asked(self) -> bool:
        """Whether the run is to save what it has, and to stop."""

    def end(self) -> NoReturn:
        """Raise what ends the run, once all is saved."""

    def steps(self) -> AbstractContextManager[None]:
        """Within it a run asks between steps; outside it, it is stopped at once."""


class Nobody:
    """Nobody asks."""

    def asked(self) -> bool:
        """Never."""
        return False

    def end(self) -> NoReturn:
        """Nothing is ended."""
        raise AssertionError("nobody asked")

    def steps(self) -> AbstractContextManager[None]:
        """Nothing to do."""
        return nullcontext()


_STOP: ContextVar[Stop] = ContextVar("papernets_stop", default=Nobody())  # noqa: B039 - immutable


@contextmanager
def heeding(stop: Stop) -> Iterator[None]:
    """Within it runs ask this one between steps whether they are to stop."""
    before = _STOP.set(stop)
    try:
        yield
    finally:
        _STOP.reset(before)


def stopper() -> Stop:
    """Who may ask just now."""
    return _STOP.get()


class Keeper:
    """Says when the state is to be saved: each so many steps or seconds, and to stop."""

    def __init__(self, save_every: str, clock: Callable[[], float] = time.monotonic):
        self.every, self.stop, self._clock = every(save_every), stopper(), clock
        self._steps, self._saved = 0, clock()

    def due(self) -> bool:
        """Whether to save now, within an epoch; asked once after each step."""
        self._steps += 1
        if self.stop.asked():
            return True
        if self.every.unit == "second":
            return self._clock() - self._saved >= self.every.count
        return self.every.unit == "step" and self._steps >= self.every.count

    def epoch_due(self, epoch: int, epochs: int) -> bool:
        """Whether to save after an epoch: always, but where every so many epochs are enough."""
        if self.every.unit != "epoch" or epoch == epochs or self.stop.asked():
            return True
        return epoch % int(self.every.count) == 0

    def saved(self) -> None:
        """The state was saved just now."""
        self._steps, self._saved = 0, self._clock()
