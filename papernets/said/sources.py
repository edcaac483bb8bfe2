"""Who prints something, and where: papers, released code, lecture notes, sums of printed rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

WHO = ("paper", "code", "notes")
"""Whose a number may be, the weightiest first: a paper's, released code's, the notes'."""
ABOUT_NOTES = (
    "Notes 000 to 004 are five lecture notes and articles on classic networks, from LeNet to "
    'MobileNet, that teachers use: 003 is "Convolutional Neural Network", slides by Premanand P. '
    'Ghadekar, 004 "CNN Architectures II" by One Fourth Labs; the others name no title and no '
    "author."
)
"""What the sources `notes 000` to `notes 004` are; docs/architecture.md says the same."""


@dataclass(frozen=True)
class Paper:
    """A publication, named well enough to find it."""

    title: str
    authors: str
    year: int
    venue: str
    who: ClassVar[str] = "paper"

    def __str__(self) -> str:
        return f"{self.authors} ({self.year}). {self.title}. {self.venue}."

    def at(self, place: str) -> Source:
        """A place in this paper: `table 2`, or `He et al. 2015, figure 3` beside another paper."""
        return Source((self,), place)


@dataclass(frozen=True)
class Code:
    """Released code or weights, and what was counted in them: `torchvision 0.28`."""

    name: str
    who: ClassVar[str] = "code"

    def __str__(self) -> str:
        return self.name

    def at(self, place: str = "") -> Source:
        """A place in this code, written behind its name: `torchvision 0.28, measured`."""
        return Source((self,), behind(self.name, place))


@dataclass(frozen=True)
class Notes:
    """One of the five lecture notes: `ABOUT_NOTES` says what they are."""

    number: str
    who: ClassVar[str] = "notes"

    def __str__(self) -> str:
        return f"notes {self.number}"

    def at(self, place: str = "") -> Source:
        """A place in these notes, written behind their name: `notes 001, VGG16 table`."""
        return Source((self,), behind(str(self), place))


@dataclass(frozen=True)
class Sum:
    """Printed rows added by hand, as public code and teachers do; it counts as the notes'."""

    who: ClassVar[str] = "notes"

    def at(self, terms: str) -> Source:
        """The terms as they are printed: `104 + 808 + 1,290`."""
        return Source((self,), terms)


Origin = Paper | Code | Notes | Sum
NOTES = tuple(Notes(f"00{number}") for number in range(5))
"""Notes 000 to 004."""
BY_HAND = Sum()


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
