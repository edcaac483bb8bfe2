"""What one value sees through a stack of layers."""

from __future__ import annotations

from dataclasses import dataclass

from ..nets.papers import ARAUJO
from ..said import NOTES
from ..spec import Conv, Net, chain, walk
from ..words import plural
from .answers import Answer
from .convolution_windows import CHAPTER
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import whole
from .pictures import Bars, Beside, Cells, Picture, window


@dataclass(frozen=True)
class ReceptiveField(Example):
    """What one value sees through several layers."""

    layers: int = whole("convolutions, one on the other", 2, 1, 12, stops=(2, 3, 4, 5))
    kernel: int = whole("the kernel's side", 3, 2, 15, stops=(3, 5), unit="pixels")
    stride: int = whole("the first layer's stride", 1, 1, 4, stops=(1, 2), unit="pixels")

    def ask(self) -> str:
        k, s = self.kernel, self.stride
        first = f", the first with stride {s}" if s > 1 else ""
        return (
            f"{self.layers} convolutions of {k}x{k} stand one on the other{first}. How many pixels "
            "of the picture does one value see, on a side?"
        )

    def work(self) -> Worked:
        k, s, layers = self.kernel, self.stride, self.layers
        stack = {f"conv{n + 1}": Conv(1, k, s if n == 0 else 1) for n in range(layers)}
        need = s * (layers * (k - 1) + 1) + k
        rows = walk(Net("stack", (1, need, need), 0, chain(stack)))
        fields = [row.receptive_field[0] for row in rows if row.receptive_field]
        steps, before = [], 1
        for at, field in enumerate(fields):
            step = 1 if at == 0 else s
            steps.append(
                Step(
                    f"Layer {at + 1} adds kernel - 1 steps of {plural(step, 'pixel')}",
                    f"{before} + ({k} - 1)*{step}",
                    field,
                    "pixels",
                )
            )
            before = field
        found = fields[-1]
        slips = [
            Slip(k * layers, "You added the kernels.", "Neighbouring windows overlap."),
            Slip(
                k**layers,
                "You multiplied the kernels.",
                "Each layer adds kernel - 1 steps to the field.",
            ),
            Slip(
                k,
                "You looked at the last layer only.",
                "Each number that it sees has seen a window itself.",
            ),
        ]
        if s > 1:
            slips.append(
                Slip(
                    1 + layers * (k - 1),
                    "You forgot the stride.",
                    f"After it, neighbours lie {s} pixels apart in the picture.",
                )
            )
        return Worked(tuple(steps), Answer(found, "pixels"), tuple(slips), self._picture(fields))

    def _picture(self, fields: list[int]) -> Picture:
        found = fields[-1]
        if found > 9 or self.stride > 1 or len(fields) > 3:
            return Bars([(f"after layer {at + 1}", f) for at, f in enumerate(fields)], "pixels")
        seen = [found - (field - 1) for field in (1, *fields)]
        parts: list[Picture | str] = []
        for at, marked in enumerate(seen):
            name, side = "picture" if at == 0 else f"layer {at}", marked + 2
            blank = [[""] * side for _ in range(side)]
            marks = window(1, 1, marked, marked)
            parts += [
                *(["→"] if at else []),
                Cells(((0,) * side,) * side, name, marks, texts=blank),
            ]
        return Beside(parts)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "stack-of-layers",
        CHAPTER,
        "What a stack of layers sees",
        "How do small kernels come to see large things?",
        ReceptiveField,
        (NOTES[0].at("lines 743 to 745"), ARAUJO.at("Araujo et al. 2019")),
    ),
)
