"""What every picture can do: characters for a terminal, SVG for a page; several in one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from .board import Board

MARGIN = 12.0


class Picture(ABC):
    """Something that is shown in characters and as SVG."""

    @abstractmethod
    def lines(self, width: int = 80) -> list[str]:
        """The picture in characters, at most so many columns wide where that is possible."""

    @abstractmethod
    def extent(self) -> tuple[float, float]:
        """Width and height in pixels."""

    @abstractmethod
    def draw(self, board: Board, x: float, y: float) -> None:
        """Draw it with its upper left corner there."""

    @abstractmethod
    def alt(self) -> str:
        """The picture in words."""

    def svg(self, styled: bool = True) -> str:
        """The picture as one SVG; without `styled` the page has the rules."""
        board = Board()
        self.draw(board, MARGIN, MARGIN)
        width, height = self.extent()
        return board.svg(width + 2 * MARGIN, height + 2 * MARGIN, self.alt(), styled)

    def _repr_html_(self) -> str:
        return self.svg()

    def __str__(self) -> str:
        return "\n".join(self.lines())


@dataclass(frozen=True)
class Stack(Picture):
    """Pictures one above the other."""

    pictures: Sequence[Picture]
    gap: float = 20.0

    def lines(self, width: int = 80) -> list[str]:
        found: list[str] = []
        for picture in self.pictures:
            found += [*([""] if found else []), *picture.lines(width)]
        return found

    def extent(self) -> tuple[float, float]:
        sizes = [picture.extent() for picture in self.pictures]
        height = sum(height for _, height in sizes) + self.gap * (len(sizes) - 1)
        return max(width for width, _ in sizes), height

    def draw(self, board: Board, x: float, y: float) -> None:
        for picture in self.pictures:
            picture.draw(board, x, y)
            y += picture.extent()[1] + self.gap

    def alt(self) -> str:
        return " ".join(picture.alt() for picture in self.pictures)


@dataclass(frozen=True)
class Words(Picture):
    """A line of words between or under pictures."""

    text: str

    def lines(self, width: int = 80) -> list[str]:
        import textwrap

        return textwrap.wrap(self.text, width) or [""]

    def _parts(self) -> list[str]:
        import textwrap

        return textwrap.wrap(self.text, 76) or [""]

    def extent(self) -> tuple[float, float]:
        from .board import text_width

        return max(text_width(part) for part in self._parts()), 20.0 * len(self._parts())

    def draw(self, board: Board, x: float, y: float) -> None:
        for at, part in enumerate(self._parts()):
            board.text(x, y + 15 + 20 * at, part, anchor="start", soft=True)

    def alt(self) -> str:
        return self.text
