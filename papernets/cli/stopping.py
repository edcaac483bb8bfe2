"""Signals that end a process: what is half written is taken away first; a training is saved."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from . import screen

ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Stopped(BaseException):
    """A signal asked the process to end; the exit code is what a shell says of it."""

    def __init__(self, number: int):
        super().__init__(number)
        self.code = 128 + number


class Halt:
    """A wish to stop a training that a signal makes, heard between steps; a second stops at once.

    It is what `train.keeping.heeding` takes. `said`: the first signal is answered on stderr. Where
    it is one of several processes' it is not: torchrun ends the others by a signal too when one has
    died.
    """

    def __init__(self, said: bool = True) -> None:
        self.number, self.said = 0, said

    def asked(self) -> bool:
        """Whether a signal came."""
        return self.number != 0

    def end(self) -> NoReturn:
        """Raise what the signal raises outside a training."""
        if self.number == signal.SIGINT:
            raise KeyboardInterrupt
        raise Stopped(self.number)

    @contextmanager
    def steps(self) -> Iterator[None]:
        """Within it a first signal is a wish, and a second one ends the process as ever."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {n: signal.getsignal(n) for n in (signal.SIGINT, *ENDING)}
        ours = [
            n for n, handler in before.items() if callable(handler) or handler is signal.SIG_DFL
        ]
        for number in ours:
            signal.signal(number, self._signalled)
        try:
            yield
        finally:
            for number in ours:
                signal.signal(number, before[number])

    def _signalled(self, number: int, _: FrameType | None) -> None:
        again, self.number = self.asked(), number
        if again:
            self.end()
        if self.said and not screen.QUIET:  # by no buffer: a signal may come while that is written
            os.write(2, b"\nSaves after this step and stops; once more stops at once.\n")


@contextmanager
def stopped_cleanly() -> Iterator[None]:
    """Within it SIGTERM and SIGHUP raise `Stopped`, as Ctrl-C raises KeyboardInterrupt.

    A signal that somebody handles or ignores already (nohup) is left as it is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = [number for number in ENDING if signal.getsignal(number) is signal.SIG_DFL]

    def stop(number: int, _: FrameType | None) -> None:
        for each in ours:
            signal.signal(each, signal.SIG_IGN)  # a second one does not disturb the cleaning
        raise Stopped(number)

    for number in ours:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
