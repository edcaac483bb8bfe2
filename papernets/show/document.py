"""A page as a value: headings, words, tables and pictures in characters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..tables import Table


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Items:
    """Sentences, each on a line of its own, behind a label where it has one."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Drawn:
    """A picture in characters."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table; `optional` columns are left out first, in their order, where there is no room.

    The first `left` columns are text. `in_order`: rows follow one another as they are computed.
    """

    table: Table
    left: int = 1
    optional: tuple[str, ...] = ()
    in_order: bool = True


Piece = Words | Items | Drawn | Grid


@dataclass(frozen=True)
class Chapter:
    """Pieces under a heading; the first of a page has none."""

    heading: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Document:
    """A page; `data` makes what a file of CSV holds of it."""

    title: str
    source: str
    chapters: tuple[Chapter, ...]
    data: Callable[[], Table]

    def grids(self) -> Iterator[Grid]:
        """Its tables."""
        for chapter in self.chapters:
            yield from (piece for piece in chapter.pieces if isinstance(piece, Grid))
