"""When all ranks save or stop: after the same step, whichever of them a signal came to."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import NoReturn, Protocol

from ...ranks.group import Group
from ...spent import part
from ..keeping import Stop


class Numbered(Stop, Protocol):
    """Who is asked to stop by a signal: its number, 0 for none."""

    number: int


class Agreed:
    """A wish to stop that one rank has and all follow; it is what `heeding` takes."""

    def __init__(self, group: Group, own: Numbered):
        self.group, self.own, self.number = group, own, 0

    def due(self, save: bool = False) -> bool:
        """Whether to save now, asked by all ranks after the same step; `save`: this one wants to.

        After it `asked` says whether all are to stop.
        """
        if not self.number:
            with part("ranks"):
                wish, self.number = self.group.most(int(save), self.own.number)
            save = bool(wish)
        return save or self.asked()

    def asked(self) -> bool:
        """Whether all have agreed to stop."""
        return self.number != 0

    def end(self) -> NoReturn:
        """Raise what the signal raises, on the ranks too that it did not come to."""
        self.own.number = self.number
        self.own.end()

    def steps(self) -> AbstractContextManager[None]:
        """As the own one."""
        return self.own.steps()
