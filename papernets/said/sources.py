"""Who prints something, and where: papers, released code, lecture notes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from .claims import Claim, Value, read_claims
from .recipe import Recipe, recipe

WHO = ("paper", "code", "notes")
"""Whose a number may be, the weightiest first: a paper's, released code's, the notes'."""
ABOUT_NOTES = (
    "Notes 000 to 004 are five lecture notes and articles that teachers use. They cover classic "
    'networks from LeNet to MobileNet. Notes 003 are "Convolutional Neural Network", slides by '
    'Premanand P. Ghadekar; 004 are "CNN Architectures II" by One Fourth Labs. The others name '
    "neither title nor author."
)
"""What the sources `notes 000` to `notes 004` are; docs/architecture.md says the same."""


FEW_AUTHORS = 4
"""From so many authors on, the first stands for all where a paper is cited on a line."""


class Origin:
    """Whoever prints something."""

    who: ClassVar[str]

    def at(self, place: str) -> Source:
        """A place in it: what `where` names in a table of claims."""
        return Source((self,), place)

    def claims(
        self, table: str, of: str | tuple[str, ...] = (), ours: Mapping[str, Value] | None = None
    ) -> tuple[Claim, ...]:
        """The claims that a table lists, as `read_claims` reads it: printed here."""
        return read_claims(table, self.at, (of,) if isinstance(of, str) else of, ours or {})

    @property
    def short(self) -> str:
        """Its name where it is cited on a line."""
        return str(self)

    def recipe(self, name: str, table: str, which: str = "", data: tuple[str, ...] = ()) -> Recipe:
        """The recipe that a table lists, as `said.recipe` reads it; `which` of several it is."""
        return recipe(name, self.short + (f": {which}" if which else ""), table, data)


@dataclass(frozen=True)
class Paper(Origin):
    """A publication, named well enough to find it.

    `authors` are family names, `given` the others in the same order.

    A place in it is `table 2`, or `He et al. 2015, figure 3` beside another paper.
    """

    title: str
    authors: str
    year: int
    venue: str
    given: str = ""
    who = "paper"

    def __str__(self) -> str:
        return f"{self.authors} ({self.year}). {self.title}. {self.venue}."

    @property
    def short(self) -> str:
        """`Simonyan, Zisserman 2014`, `He et al. 2015`."""
        several = self.authors.split(", ")
        names = self.authors if len(several) < FEW_AUTHORS else f"{several[0]} et al."
        return f"{names} {self.year}"


@dataclass(frozen=True)
class Code(Origin):
    """Released code or weights, and what was counted in them: `torchvision 0.28`.

    A place in it is written behind its name: `torchvision 0.28, measured`.
    """

    name: str
    who = "code"

    def __str__(self) -> str:
        return self.name

    def at(self, place: str = "") -> Source:
        return Source((self,), behind(self.name, place))


@dataclass(frozen=True)
class Notes(Origin):
    """One of the five lecture notes: `ABOUT_NOTES` says what they are.

    A place in them is written behind their name: `notes 001, VGG16 table`.
    """

    number: str
    who = "notes"

    def __str__(self) -> str:
        return f"notes {self.number}"

    def at(self, place: str = "") -> Source:
        return Source((self,), behind(str(self), place))


class Together(Origin):
    """Several that print the same; of the notes among them those that a place names.

    `Together(*NOTES)` is whichever of the notes a place names.
    """

    def __init__(self, *origins: Origin):
        self.origins = origins

    def at(self, place: str) -> Source:
        named = re.findall(r"\b\d{3}\b", place)
        here = [o for o in self.origins if not isinstance(o, Notes) or o.number in named]
        if not here:
            raise ValueError(f"{place!r} names none of the notes: begin it as `notes 001, ...`")
        return Source(tuple(here), place)


NOTES = tuple(Notes(f"00{number}") for number in range(5))
"""Notes 000 to 004."""


def behind(name: str, place: str) -> str:
    """A place behind the name of what it is in: a comma between them, or the colon it begins with.

    `notes 001, VGG16 table`; `notes 001: over 23 million`; the name alone for no place.
    """
    return name + (place if place.startswith(":") or not place else f", {place}")


@dataclass(frozen=True)
class Source:
    """Where something is printed: in these, at this place; `place` names all of them."""

    origins: tuple[Origin, ...]
    place: str

    def __str__(self) -> str:
        return self.place

    @property
    def who(self) -> str:
        """`paper`, `code` or `notes`: the weightiest of those who print it."""
        return min((origin.who for origin in self.origins), key=WHO.index)

    @property
    def in_notes(self) -> bool:
        """True where one of the lecture notes prints it, alone or beside others."""
        return any(isinstance(origin, Notes) for origin in self.origins)
