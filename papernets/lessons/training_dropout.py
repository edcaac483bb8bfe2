"""Dropout: what the next layer gets, and where the scale goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ..said import NOTES
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import choice, real, several
from .pictures import Beside, Cells, Picture
from .terms import listed, near, percent, term, terms
from .training_sources import KERAS, TORCH, alexnets, googlenets
from .values import Matrix, Number, number_text

CHAPTER = "Training"
PAPERS, TODAYS = "alexnet", "inverted"


def _outputs(random: Random) -> Sequence[Number]:
    return [random.randint(1, 9) for _ in range(5)]


def _mask(random: Random) -> Sequence[Number]:
    kept = [1, 1, 0, 0, random.choice((0, 1))]
    random.shuffle(kept)
    return kept


@dataclass(frozen=True)
class Dropout(Example):
    """A sum over outputs of which some are dropped, in training and in test."""

    outputs: tuple[Number, ...] = several(
        "the outputs of the layer", (2, 4, 6, 8), 2, 16, -1e3, 1e3, drawn=_outputs
    )
    mask: tuple[Number, ...] = several(
        "1 for what is kept in this step, 0 for what is dropped", (1, 0, 1, 0), 2, 16, 0, 1,
        drawn=_mask,
    )  # fmt: skip
    rate: float = real("the share that is dropped", 0.5, 0, 0.9, stops=(0.2, 0.4, 0.5, 0.7))
    convention: str = choice("where the scale goes", PAPERS, (PAPERS, TODAYS))
    when: str = choice("what is asked for", "test", ("training", "test"))

    def check(self) -> None:
        if len(self.mask) != len(self.outputs):
            raise ValueError(
                f"--mask has {len(self.mask)} numbers, --outputs {len(self.outputs)}: "
                "give one for each output"
            )
        if set(self.mask) - {0, 1}:
            raise ValueError("--mask: each number is 0 or 1")

    def ask(self) -> str:
        how = (
            "as AlexNet does, which scales in the test"
            if self.convention == PAPERS
            else "as torch and Keras do, inverted"
        )
        step = (
            f"In this step the mask is {listed(self.mask)}. What does the next unit get in training"
            if self.when == "training"
            else "What does the next unit get in the test"
        )
        return (
            f"A layer puts out {listed(self.outputs)}. It drops {percent(self.rate)} of its "
            f"outputs, {how}. {step}, if all its weights are 1?"
        )

    def work(self) -> Worked:
        outputs, mask, rate = self.outputs, self.mask, self.rate
        keep = 1 - rate
        kept = [value for value, one in zip(outputs, mask, strict=True) if one]
        everything, thinned = sum(outputs), sum(kept)
        papers, training = self.convention == PAPERS, self.when == "training"
        base = thinned if training else everything
        written = terms(kept if training else outputs) or "0"
        scaled = papers != training
        steps = [
            Step("Add the outputs that are kept" if training else "In the test all are kept: add "
                 "them", written, base)
        ]  # fmt: skip
        found: float = base
        if scaled and training:
            found = base / keep
            steps.append(Step("Divide by the share that is kept, at once",
                              f"({written})/(1 - {term(rate)})", found))  # fmt: skip
        elif scaled:
            found = base * keep
            steps.append(Step("Multiply by the share that is kept",
                              f"({written})*(1 - {term(rate)})", found))  # fmt: skip
        else:
            steps.append(Step("Nothing is scaled here: the scale is applied "
                              + ("in the test" if training else "in training"),
                              f"({written})*1", found))  # fmt: skip
        slips = self._slips(base, found, everything, thinned)
        return Worked(tuple(steps), near(found), slips, self._picture(scaled, keep))

    def _slips(
        self, base: float, found: float, everything: float, thinned: float
    ) -> tuple[Slip, ...]:
        rate, keep = self.rate, 1 - self.rate
        papers, training = self.convention == PAPERS, self.when == "training"
        slips = []
        if papers != training:
            slips.append(
                Slip(
                    base,
                    "You did not scale.",
                    "Without it the next unit gets more in the test than it is used to."
                    if not training
                    else "Inverted dropout scales in training, so that the test needs nothing.",
                )
            )
            if rate not in (0, 0.5):
                slips.append(
                    Slip(
                        base / rate if training else base * rate,
                        "You scaled by the share that is dropped.",
                        f"{percent(keep)} are kept: that is what makes both sums alike on average.",
                    )
                )
        else:
            slips.append(
                Slip(
                    base * keep if not training else base / keep,
                    "You scaled.",
                    "In this convention the scale is applied "
                    + ("in the test alone." if papers else "in training alone."),
                )
            )
        slips.append(
            Slip(
                everything if training else thinned,
                "You added all outputs." if training else "You dropped outputs in the test.",
                "In training the dropped ones give nothing."
                if training
                else "In the test no output is dropped.",
            )
        )
        if papers != training and not training:
            slips.append(
                Slip(
                    base / keep,
                    "You divided by the share that is kept.",
                    "That belongs into training, in the inverted convention.",
                )
            )
        return tuple(slips)

    def _picture(self, scaled: bool, keep: float) -> Picture:
        training = self.when == "training"
        factor = (1 / keep if training else keep) if scaled else 1.0
        mask: Sequence[Number] = self.mask if training else (1,) * len(self.outputs)
        row: Matrix = (self.outputs,)
        faint = frozenset((0, at) for at, one in enumerate(mask) if not one)
        passed: Matrix = (
            tuple(value * one * factor for value, one in zip(self.outputs, mask, strict=True)),
        )
        texts = [[number_text(round(cell, 4), comma=False) for cell in passed[0]]]
        return Beside(
            [
                Cells(row, "outputs"),
                "→",
                Cells(passed, f"what passes in {self.when}", faint=faint, texts=texts),
            ]
        )


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "dropout",
        CHAPTER,
        "Dropout and its scale",
        "Half of the units are gone in training: who makes up for it?",
        Dropout,
        (
            NOTES[0].at("lines 507 to 534"),
            NOTES[1].at("line 442"),
            alexnets("section 4.2"),
            googlenets("section 5: 40 % and 70 %"),
            TORCH.at("nn.Dropout"),
            KERAS.at("Dropout"),
        ),
    ),
)
