"""A publication, and what the lecture notes are."""

from __future__ import annotations

from dataclasses import dataclass

NOTES = (
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

    def __str__(self) -> str:
        return f"{self.authors} ({self.year}). {self.title}. {self.venue}."
