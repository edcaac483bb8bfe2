"""Local response normalisation: one place in a row of maps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ..said import NOTES
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import real, several, whole
from .pictures import Bars, Cells, Stack
from .terms import listed, near, place, term, terms
from .training_sources import TORCH, alexnets
from .values import Number, number_text

CHAPTER = "Training"


def _rows(random: Random) -> Sequence[Number]:
    return [random.choice((0, 10, 20, 50, 80, 100, 150)) for _ in range(7)]


@dataclass(frozen=True)
class ResponseNorm(Example):
    """One place in a row of maps, divided by what its neighbours say."""

    row: tuple[Number, ...] = several(
        "the values of all maps at one pixel, behind ReLU", (10, 100, 50, 0, 200, 20, 80), 1, 32,
        0, 1e4, drawn=_rows,
    )  # fmt: skip
    map: int = whole("the map that is asked for, from 1", 3, 1, 32, stops=(1, 3, 4, 6))
    n: int = whole("maps in the window, odd", 5, 1, 31)
    k: float = real("what is added to the sum", 2, 0.1, 10)
    alpha: float = real("the factor before the sum", 1e-4, 0, 10)
    beta: float = real("the power", 0.75, 0, 5)

    def check(self) -> None:
        if self.map > len(self.row):
            raise ValueError(f"--map {self.map}: there are {len(self.row)} maps in the row")
        if self.n % 2 == 0:
            raise ValueError(f"--n {self.n}: an odd window has as many maps on both sides")

    def ask(self) -> str:
        return (
            f"At one pixel the maps have the values {listed(self.row)}. What does LRN make of the "
            f"{place(self.map)} with n {self.n}, k {number_text(self.k)}, alpha "
            f"{term(self.alpha)}, beta {number_text(self.beta)}?"
        )

    def normed(self, at: int, alpha: float) -> float:
        """The value of a map, from 0, by the paper's formula."""
        return self.row[at] / math.pow(self.k + alpha * self._squares(at), self.beta)

    def _window(self, at: int) -> Sequence[Number]:
        return self.row[max(0, at - self.n // 2) : at + self.n // 2 + 1]

    def _squares(self, at: int) -> float:
        return sum(float(value) ** 2 for value in self._window(at))

    def work(self) -> Worked:
        at = self.map - 1
        own, window, total = self.row[at], self._window(at), self._squares(at)
        k, alpha, beta = self.k, self.alpha, self.beta
        found = self.normed(at, alpha)
        half = self.n // 2
        squares = terms(window, "^2 + ") + "^2"
        under = f"{term(k)} + {term(alpha)}*({squares})"
        steps = (
            Step(
                f"Square the map and its neighbours, at most {half} on each side, and add",
                squares,
                total,
            ),
            Step("Times alpha, and k added", under, k + alpha * total),
            Step(
                f"Divide the value by that to the power of {number_text(beta)}",
                f"{term(own)}/({under})^{term(beta)}",
                found,
            ),
        )
        slips = []
        if own and alpha and self.n > 1:
            slips = [
                Slip(
                    self.normed(at, alpha / self.n),
                    f"You divided alpha by {self.n}.",
                    "That is what torch does. AlexNet's formula has alpha times the sum; give "
                    "torch alpha times n.",
                ),
                Slip(
                    own / (k + alpha * total),
                    "You left out the power.",
                    "The paper raises the sum to beta before it divides.",
                ),
                Slip(
                    own / (k + alpha * own**2) ** beta,
                    "You squared the map's own value alone.",
                    "It is the neighbours that hold a map down.",
                ),
                Slip(
                    own / (k + alpha * sum(window)) ** beta,
                    "You did not square the values.",
                    "The sum is over squares, so that large neighbours count far more.",
                ),
            ]
        before = [(f"map {one + 1}", value) for one, value in enumerate(self.row)]
        shares = [
            (f"map {one + 1}", round(self.normed(one, alpha), 4)) for one in range(len(self.row))
        ]
        marked = frozenset((0, max(0, at - half) + one) for one in range(len(window)))
        row = Cells((self.row,), "the window round the map", marked)
        picture = Stack([row, Bars(before, title="before"), Bars(shares, title="after")])
        remarks = (
            "Notes 001 write one letter on both sides of the formula, as if a value were its own "
            "result. They print none of the four constants: the paper has n 5, k 2, alpha 1e-4 "
            "and beta 0.75.",
        )
        return Worked(steps, near(found), tuple(slips), picture, remarks)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "lrn",
        CHAPTER,
        "Local response normalisation",
        "How does a loud map silence its neighbours?",
        ResponseNorm,
        (
            NOTES[0].at("lines 384 to 403"),
            NOTES[1].at("line 438"),
            alexnets("section 3.3"),
            TORCH.at("LocalResponseNorm"),
        ),
    ),
)
