"""Pictures at several sizes: the crops of a test, and jitter in training."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import whole
from .pictures import Bars, Crop, Crops, Picture, Stack, Words
from .terms import near
from .training_sources import googlenets, vggs

CHAPTER = "Training"


def fits(crop: int, side: int) -> None:
    """ValueError where a crop is larger than its picture."""
    if crop > side:
        raise ValueError(f"a crop of {crop} does not fit into {side}: take at most {side}")


@dataclass(frozen=True)
class ManyCrops(Example):
    """The crops of GoogLeNet's test."""

    scales: int = whole("sizes of the picture", 4, 1, 20, stops=(2, 3, 4, 5))
    squares: int = whole("squares out of each: left, middle, right", 3, 1, 10, stops=(1, 2, 3))
    corners: int = whole("crops at corners and in the middle of each square", 5, 1, 20,
                         stops=(1, 4, 5))  # fmt: skip

    def ask(self) -> str:
        return (
            f"A picture is tested at {self.scales} sizes, with {self.squares} square"
            f"{'s' * (self.squares > 1)} out of each. A square gives {self.corners} crop"
            f"{'s' * (self.corners > 1)} and itself, made as small as a crop; all of them also "
            "mirrored. How many crops are that?"
        )

    def work(self) -> Worked:
        scales, squares, corners = self.scales, self.squares, self.corners
        found = scales * squares * (corners + 1) * 2
        all_of = f"{scales}*{squares}*({corners} + 1)"
        steps = (
            Step("Squares", f"{scales}*{squares}", scales * squares),
            Step("Crops of a square, with the whole square", f"{corners} + 1", corners + 1),
            Step("Of all squares", all_of, scales * squares * (corners + 1)),
            Step("Mirrored too", f"{all_of}*2", found),
        )
        slips = (
            Slip(
                scales * squares * corners * 2,
                "You forgot the whole square.",
                "Beside the crops each square is shrunk and taken as a whole.",
            ),
            Slip(
                scales * squares * (corners + 1),
                "You forgot the mirror images.",
                "Each crop is taken a second time, mirrored.",
            ),
            Slip(
                (scales + squares + corners + 1) * 2,
                "You added the choices.",
                "Every size is combined with every square and every crop: multiply.",
            ),
        )
        sides = (256, 288, 320, 352)
        wide = sides[0] * 1.5
        middle = (wide - sides[0]) / 2
        boxes = [
            Crop(0, left, sides[0], sides[0], name, label_at)
            for left, name, label_at in (
                (0, "left", 0.13),
                (middle, "middle", 0.5),
                (wide - sides[0], "right", 0.87),
            )
        ][:squares]
        gains = list(_gains())
        picture = Stack(
            [
                Crops(sides[0], wide, boxes, f"{min(squares, 3)} squares of the smallest size"),
                Bars(gains, "%", "top-5 error of one GoogLeNet, its table 3"),
                Words("Short sides in the paper: " + ", ".join(map(str, sides)) + " pixels."),
            ]
        )
        return Worked(steps, Answer(found, "crops"), slips, picture)


@dataclass(frozen=True)
class ScaleJitter(Example):
    """How much of a picture a crop sees, at a size that is drawn."""

    short: int = whole("the short side, drawn from 256 to 512", 384, 224, 2048,
                       stops=(256, 320, 384, 448, 512), unit="pixels")  # fmt: skip
    crop: int = whole("the side of the crop", 224, 16, 2048, unit="pixels")

    def check(self) -> None:
        fits(self.crop, self.short)

    def ask(self) -> str:
        return (
            f"A square picture is scaled to {self.short}x{self.short}, and a crop of "
            f"{self.crop}x{self.crop} is cut out. Which part of its area does the network see?"
        )

    def work(self) -> Worked:
        short, crop = self.short, self.crop
        found = 100 * crop * crop / short**2
        steps = (
            Step("The part of a side", f"100*{crop}/{short}", 100 * crop / short, "%"),
            Step("The part of the area: squared", f"100*({crop}/{short})^2", found, "%"),
        )
        slips = [
            Slip(
                100 * crop / short,
                "You compared the sides.",
                "An area is a side times a side: square it.",
            ),
            Slip(
                100 - found,
                "You gave what is cut away.",
                "The question is what is seen.",
            ),
        ]
        if short != 256:
            slips.append(
                Slip(
                    100 * crop * crop / 256**2,
                    "You took the smallest size, 256.",
                    f"Here the picture was scaled to {short}.",
                )
            )
        room = short - crop
        sizes = [
            (f"{side}", round(100 * crop * crop / side**2, 2))
            for side in sorted({256, 320, 384, 448, 512, short})
            if side >= crop
        ]
        boxes = [Crop(room / 2, room / 2, crop, crop, "crop")]
        drawn: Picture = Crops(short, short, boxes, f"a crop of {crop} in {short}x{short}")
        picture = Stack([drawn, Bars(sizes, "%", "area seen, by the short side")])
        remarks = (
            "VGG draws the short side anew for each picture, from 256 to 512: the same cat is "
            "seen from near and from far. It begins with weights that learned with 384 throughout.",
        )
        return Worked(steps, near(found, "%"), tuple(slips), picture, remarks)


def _gains() -> Iterator[tuple[str, float]]:
    """GoogLeNet's errors in per cent by the number of crops, one network."""
    from ..nets.googlenet.claims import RESULTS

    for claim in RESULTS:
        if "1 model, " in claim.conditions and isinstance(claim.printed, float):
            yield claim.conditions.split(", ")[2], round(100 * claim.printed, 2)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "144-crops",
        CHAPTER,
        "GoogLeNet's 144 crops",
        "How does one picture become 144 tests?",
        ManyCrops,
        (googlenets("section 7 and table 3"),),
    ),
    Lesson(
        "scale-jitter",
        CHAPTER,
        "Scale jitter",
        "How much of a picture does VGG see in training?",
        ScaleJitter,
        (vggs("section 3.1, training image size"),),
    ),
)
