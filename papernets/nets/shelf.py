"""What stands beside a network: what was said of it, how its weights are drawn, its recipes.

A family's folder has it in `claims.py` and `recipes.py`; a file with networks of one's own, which
may be a family's too, has it in constants: `PAPER`, `CLAIMS`, `DEPARTURES`, `INITIALISATION` and
`RECIPES`, each for all networks of the file, or a mapping from their names.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from ..numbers import is_whole
from ..rewrite import swaps
from ..said import Claim, Departure, Paper, Printed, Recipe, Record, Source
from ..spec import HE, SWAPS, Committee, Initialisation, Net, pair, parted
from ..words import brief, did_you_mean, plain

Network = Net | Committee


@dataclass(frozen=True)
class Shelf:
    """Three functions of a network; without them nothing was said, and weights are He's."""

    record: Callable[[Network], Record] = lambda net: Record(net.name)
    initialisation: Callable[[Net], Initialisation] = lambda net: HE
    recipes: Callable[[Network], tuple[Recipe, ...]] = lambda net: ()

    def by(self, own: Callable[[str], str]) -> Shelf:
        """The same shelf, asked for a network by what `own` makes of the name that it carries."""
        return Shelf(
            lambda net: self.record(replace(net, name=own(net.name))),
            lambda net: self.initialisation(replace(net, name=own(net.name))),
            lambda net: self.recipes(replace(net, name=own(net.name))),
        )


@dataclass(frozen=True)
class Found:
    """A network and its shelf, which is read when something is asked of it.

    `printed` is for which input and classes the claims hold; None: for any.
    """

    net: Network
    shelf: Shelf = Shelf()
    printed: Printed | None = None
    resized: str = ""
    """Where something was swapped, the first row with weights or pooling whose size changed so."""

    @property
    def name(self) -> str:
        """The network's name."""
        return self.net.name

    @property
    def record(self) -> Record:
        """What was said of the network."""
        record = self.shelf.record(self.net)
        if not record.printed:
            record = replace(record, printed=self.printed)
        return self._of_swapped(record) if self.net.member.swapped else record

    def _of_swapped(self, record: Record) -> Record:
        """What is to be said of a network in which something was swapped: that, first of all."""
        net = self.net.member
        said = (*swaps.told(net), *filter(None, [self.resized]))
        return replace(
            record,
            title=(record.title or parted(net.name)[0]) + swaps_in(net.name),
            departures=tuple(Departure(one, "an experiment") for one in said),
            ledger_name="",
        )

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims that hold for the network as it is: none where it is not as printed."""
        return self.record.claims_on(self.net)

    @property
    def initialisation(self) -> Initialisation:
        """How its weights are drawn; a committee's: each member's."""
        net = self.net.member
        return swaps.first_weights(self.shelf.initialisation(net), net)

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """How it is trained: the first, unless the data set has one of its own."""
        return self.shelf.recipes(self.net)

    def recipe(self, name: str) -> Recipe:
        """The recipe of a name; a wrong name is a ValueError with the nearest one."""
        names = {plain(recipe.name): recipe for recipe in self.recipes}
        if plain(name) not in names:
            raise ValueError(
                f"{self.name} has no recipe {brief(name)}.{did_you_mean(plain(name), names)} "
                f"Its recipes: {', '.join(one.name for one in names.values()) or 'none'}"
            )
        return names[plain(name)]


def swaps_in(name: str) -> str:
    """What a network's name says that was swapped, as a title has it at its end; or nothing."""
    return "".join(f", {swap}={value}" for swap, value in parted(name)[1].items())


def with_swaps(found: Found, wanted: Mapping[str, Any]) -> Found:
    """A network with these swapped (`rewrite.swaps`), its members where it is a committee."""
    if not wanted:
        return found
    own = found.net.member
    made: Network = swaps.swapped(own, wanted)
    resized = swaps.resized(own, made.member) or found.resized
    if isinstance(found.net, Committee):
        told = made.name.removeprefix(parted(made.name)[0])
        made = replace(found.net, name=parted(found.net.name)[0] + told, member=made.member)
    shelf = found.shelf.by(lambda name: parted(name)[0])
    return replace(found, net=made, shelf=shelf, resized=resized)


def split_swaps(
    options: Mapping[str, Any], declared: Collection[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options that a network declares, or may not know, and those that swap a part of any."""
    wanted = {k: v for k, v in options.items() if k in SWAPS and k not in declared}
    return {k: v for k, v in options.items() if k not in wanted}, wanted


CONSTANTS: dict[str, tuple[type, bool]] = {
    "PAPER": (Paper, False),
    "CLAIMS": (Claim, True),
    "DEPARTURES": (Departure, True),
    "INITIALISATION": (Initialisation, False),
    "RECIPES": (Recipe, True),
}
"""What may stand in a file beside its networks: of which kind, and whether several."""


def in_file(module: ModuleType, where: str, titles: Mapping[str, str]) -> Shelf:
    """The shelf that a file's constants make, with titles of its networks by their names.

    ValueError for a constant of a wrong kind, which says `where`.
    """
    for what in CONSTANTS:
        given = getattr(module, what, None)
        for one in given.values() if isinstance(given, Mapping) else (given,):
            _check(what, one, where)

    def constant(what: str, name: str) -> Any:
        given = getattr(module, what, None)
        return given.get(name) if isinstance(given, Mapping) else given

    def record(net: Network) -> Record:
        return Record(
            titles.get(net.name, net.name),
            constant("PAPER", net.name),
            tuple(c for c in constant("CLAIMS", net.name) or () if not c.of or net.name in c.of),
            tuple(constant("DEPARTURES", net.name) or ()),
        )

    return Shelf(
        record,
        lambda net: constant("INITIALISATION", net.name) or HE,
        lambda net: tuple(constant("RECIPES", net.name) or ()),
    )


def _check(what: str, given: object, where: str) -> None:
    """ValueError where a constant, or a mapping's value in one, is of a wrong kind."""
    kind, several = CONSTANTS[what]
    if isinstance(given, Paper):
        _check_paper(what, given, where)
    if given is None or (isinstance(given, kind) and not several):
        return
    a_kind = f"{'an' if kind.__name__[0] in 'AEIOU' else 'a'} {kind.__name__}"
    if not (several and isinstance(given, tuple | list)):
        wanted = f"a tuple, each {a_kind}" if several else a_kind
        raise ValueError(
            f"{where}: {what} is of type {type(given).__name__}. It must be {wanted}; or a mapping "
            "from networks' names to such"
        )
    for one in given:
        if not isinstance(one, kind):
            hint = ". Put a star before it: *PAPER.claims(...)"
            star = hint if isinstance(one, tuple | list) else ""
            raise ValueError(f"{where}: {what} holds a {type(one).__name__}, not {a_kind}{star}")
        if isinstance(one, Claim) and not isinstance(one.source, Source):
            raise ValueError(
                f"{where}: {what}: the source of {one.quantity!r} is {one.source!r}, not a place "
                "in one: PAPER.at('table 2'), say"
            )


def _check_paper(what: str, paper: Paper, where: str) -> None:
    """ValueError for a paper whose title, authors, venue or year is none."""
    for field in ("title", "authors", "venue", "given"):
        text = getattr(paper, field)
        if not isinstance(text, str):
            raise ValueError(f"{where}: {what}: its {field} is {brief(text)}, not a text")
    if not is_whole(paper.year, 0) or paper.year > 9999:
        raise ValueError(f"{where}: {what}: its year is {brief(paper.year)}, not one such as 1998")


def printed_by(make: Callable[..., Network], made: Network) -> Printed:
    """The input and the classes that a function's defaults print; `made` is what it made.

    What it does not take, or has no default for, is as it was made.
    """
    if not (isinstance(made.member.input, tuple) and len(made.member.input) == 3):
        return Printed(made.member.input, made.member.classes)  # an error, which `walk` words
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
