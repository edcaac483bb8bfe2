"""What stands beside a network: what was said of it, how its weights are drawn, its recipes.

A family's folder has it in `claims.py` and `recipes.py`; a file with networks of one's own, which
may be a family's too, has it in constants: `PAPER`, `CLAIMS`, `DEPARTURES`, `INITIALISATION` and
`RECIPES`, each for all networks of the file, or a mapping from their names.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from ..said import Claim, Departure, Paper, Printed, Recipe, Record
from ..spec import HE, Committee, Initialisation, Net, pair

Network = Net | Committee


@dataclass(frozen=True)
class Shelf:
    """Three functions of a network; without them nothing was said, and weights are He's."""

    record: Callable[[Network], Record] = lambda net: Record(net.name)
    initialisation: Callable[[Net], Initialisation] = lambda net: HE
    recipes: Callable[[Network], tuple[Recipe, ...]] = lambda net: ()


@dataclass(frozen=True)
class Found:
    """A network and its shelf, which is read when something is asked of it.

    `printed` is for which input and classes the claims hold; None: for any.
    """

    net: Network
    shelf: Shelf = Shelf()
    printed: Printed | None = None

    @property
    def name(self) -> str:
        """The network's name."""
        return self.net.name

    @property
    def record(self) -> Record:
        """What was said of the network."""
        record = self.shelf.record(self.net)
        return record if record.printed else replace(record, printed=self.printed)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims that hold for the network as it is: none where it is not as printed."""
        return self.record.claims_on(self.net)

    @property
    def initialisation(self) -> Initialisation:
        """How its weights are drawn; a committee's: each member's."""
        return self.shelf.initialisation(self.net.member)

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """How it is trained: the first, unless the data set has one of its own."""
        return self.shelf.recipes(self.net)


CONSTANTS: dict[str, tuple[type, bool]] = {
    "PAPER": (Paper, False),
    "CLAIMS": (Claim, True),
    "DEPARTURES": (Departure, True),
    "INITIALISATION": (Initialisation, False),
    "RECIPES": (Recipe, True),
}
"""What may stand in a file beside its networks: of which kind, and whether several."""


def in_file(module: ModuleType, title: str) -> Shelf:
    """The shelf that a file's constants make; ValueError for one that is no such thing."""

    def constant(what: str, name: str, otherwise: Any) -> Any:
        found = getattr(module, what, otherwise)
        if isinstance(found, Mapping):
            found = found.get(name, otherwise)
        kind, several = CONSTANTS[what]
        listed = isinstance(found, tuple | list) and all(isinstance(one, kind) for one in found)
        if not (listed if several else found is None or isinstance(found, kind)):
            wanted = f"a tuple of {kind.__name__}" if several else f"a {kind.__name__}"
            raise ValueError(f"{what} of {module.__name__} is {found!r}, not {wanted}")
        return tuple(found) if several else found

    def record(net: Network) -> Record:
        claims = constant("CLAIMS", net.name, ())
        return Record(
            title or net.name,
            constant("PAPER", net.name, None),
            tuple(claim for claim in claims if not claim.of or net.name in claim.of),
            constant("DEPARTURES", net.name, ()),
        )

    return Shelf(
        record,
        lambda net: constant("INITIALISATION", net.name, None) or HE,
        lambda net: constant("RECIPES", net.name, ()),
    )


def printed_by(make: Callable[..., Network], made: Network) -> Printed:
    """The input and the classes that a function's defaults print; `made` is what it made.

    What it does not take, or has no default for, is as it was made.
    """
    default = {p.name: p.default for p in inspect.signature(make).parameters.values()}
    (channels, *size), classes = made.member.input, made.member.classes
    sides = default.get("input")
    height, width = pair(sides) if isinstance(sides, int | tuple) else size
    return Printed(
        (_whole(default.get("channels"), channels), height, width),
        _whole(default.get("classes"), classes),
    )


def _whole(default: object, otherwise: int) -> int:
    return default if isinstance(default, int) else otherwise


def first_sentence(made: object) -> str:
    """The first line of a docstring, without its full stop: a title."""
    return (inspect.getdoc(made) or "").split("\n")[0].rstrip(".")
