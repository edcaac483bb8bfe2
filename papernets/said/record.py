"""All that was said of one network: its title, its paper, claims, departures."""

from __future__ import annotations

from dataclasses import dataclass

from ..spec import Committee, Net, Shape
from .claims import Claim, Departure
from .sources import Paper


@dataclass(frozen=True)
class Printed:
    """The input (channels, height, width) and the classes for which a network was printed."""

    input: Shape
    classes: int


@dataclass(frozen=True)
class Record:
    """What was said of a network: a shelf of its own beside it.

    `printed` is the network for which the claims were printed: they hold for no other input and no
    other number of classes. None: they hold for any. None holds where something was swapped in the
    network. `ledger_name` is its name in the ledger of
    facts.
    """

    title: str = ""
    paper: Paper | None = None
    claims: tuple[Claim, ...] = ()
    departures: tuple[Departure, ...] = ()
    ledger_name: str = ""
    printed: Printed | None = None

    def claims_on(self, net: Net | Committee) -> tuple[Claim, ...]:
        """The claims that hold for this network: none where it is not as it was printed."""
        member = net.member
        asked = Printed(member.input, member.classes)
        return self.claims if self.printed in (None, asked) and not member.swapped else ()

    @property
    def source(self) -> str:
        """The paper in one line; empty where there is none."""
        return str(self.paper) if self.paper else ""
