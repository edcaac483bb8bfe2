"""Ctrl-C and SIGTERM during a training from Python: it saves after the step, and then ends."""

from __future__ import annotations

import signal
from typing import NoReturn

from ..cli.stopping import Halt


class Interrupt(Halt):
    """As the verb's `Halt`: a first signal is a wish, a second one ends at once.

    SIGTERM ends as `SystemExit` with 143. Outside the main thread no signal is touched.
    """

    def __init__(self, said: bool) -> None:
        super().__init__(said)

    def end(self) -> NoReturn:
        if self.number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + self.number)
