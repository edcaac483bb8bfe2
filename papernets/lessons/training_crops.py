"""More pictures out of one: crops in training, and ten in the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ..said import NOTES
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import choice, several, whole
from .pictures import Bars, Crop, Crops, Stack
from .terms import average, listed, near, terms
from .training_sources import alexnets
from .values import Number

CHAPTER = "Training"


@dataclass(frozen=True)
class FromOne(Example):
    """How many crops one picture gives, with their mirror images."""

    side: int = whole("the side of the picture", 256, 8, 4096, stops=(40, 256, 288), unit="pixels")
    crop: int = whole("the side of the crop", 224, 4, 4096, stops=(32, 200, 224, 227),
                      unit="pixels")  # fmt: skip
    count: str = choice("how places are counted", "paper", ("paper", "all"))

    def check(self) -> None:
        if self.crop >= self.side:
            raise ValueError(f"a crop of {self.crop} has no choice in {self.side}: take less")

    def ask(self) -> str:
        how = (
            "Count as AlexNet's paper does: one place, down and across, for each pixel by which "
            "the picture is larger."
            if self.count == "paper"
            else "Count every place where the crop fits."
        )
        return (
            f"Out of a picture of {self.side}x{self.side} come crops of {self.crop}x{self.crop}, "
            f"each also mirrored. {how} How many pictures does one make?"
        )

    def work(self) -> Worked:
        side, crop = self.side, self.crop
        room = side - crop
        papers = self.count == "paper"
        places = room if papers else room + 1
        written = f"({side} - {crop})" if papers else f"({side} - {crop} + 1)"
        found = places * places * 2
        steps = (
            Step("Places down" + ("" if papers else ", the first one too"), written.strip("()"),
                 places),
            Step("Places down and across", f"{written}*{written}", places * places),
            Step("Each once more, mirrored", f"{written}*{written}*2", found),
        )  # fmt: skip
        slips = (
            Slip(
                2 * (room + 1) ** 2 if papers else 2 * room * room,
                "You counted the place at 0 too."
                if papers
                else "You counted pixels of room, not places.",
                f"There are indeed {room + 1} places each way; the paper counts the {room} "
                "pixels of room, and its number is asked for."
                if papers
                else "A crop also fits where it begins: one place more than pixels of room.",
            ),
            Slip(
                places * places,
                "You forgot the mirror images.",
                "Each crop is used as it is and mirrored.",
            ),
            Slip(
                2 * places,
                "You moved the crop in one direction.",
                "It moves down and across: the places multiply.",
            ),
        )
        where = (
            Crop(0, 0, crop, crop, "first"),
            Crop(room, room, crop, crop, "last"),
        )
        picture = Crops(side, side, where, f"{room} pixels of room down and across")
        real = (256 - 224 + 1) ** 2 * 2
        remarks = (
            f"Notes 000 and the paper speak of {(256 - 224) ** 2 * 2:,} = 32*32*2 pictures. The "
            f"crop fits at 33 places each way, which makes {real:,}. They overlap almost "
            "wholly, as the paper says itself.",
        )
        return Worked(steps, Answer(found, "pictures"), slips, picture, remarks)


def _probabilities(random: Random) -> Sequence[Number]:
    return [random.randint(5, 95) / 100 for _ in range(10)]


@dataclass(frozen=True)
class TenCrops(Example):
    """Ten answers made one."""

    shares: tuple[Number, ...] = several(
        "the probability of one class in each of the ten crops",
        (0.95, 0.45, 0.4, 0.48, 0.9, 0.85, 0.42, 0.46, 0.95, 0.44), 2, 144, 0, 1,
        drawn=_probabilities,
    )  # fmt: skip

    def ask(self) -> str:
        return (
            f"In {len(self.shares)} crops of one picture a class has the probabilities "
            f"{listed(self.shares)}. Which probability does the picture get, as AlexNet tests?"
        )

    def work(self) -> Worked:
        shares = self.shares
        count = len(shares)
        found = average(shares)
        written = f"({terms(shares)})/{count}"
        steps = (
            Step("Add the probabilities", terms(shares), sum(shares)),
            Step("Divide by the number of crops", written, found),
        )
        votes = sum(share > 0.5 for share in shares) / count
        others = [
            (votes, "You let each crop vote.",
             "A crop that is hardly sure would count as much as one that is. Average first."),
            (max(shares), "You took the surest crop.",
             "One crop may be sure and wrong; the mean of all is steadier."),
            (average(shares[:5]), "You averaged five crops.",
             "The mirror images count too: ten in all."),
            (sorted(shares)[count // 2], "You took the one in the middle.",
             "That is a median. The paper averages."),
        ]  # fmt: skip
        slips: list[Slip] = []
        for value, did, why in others:
            if all(abs(value - one) > 1e-3 for one in (found, *(slip.value for slip in slips))):  # type: ignore[operator]
                slips.append(Slip(value, did, why))
        room, crop = 32, 224
        corners = ((0, 0), (0, room), (room, 0), (room, room), (room / 2, room / 2))
        boxes = [Crop(top, left, crop, crop) for top, left in corners]
        picture = Stack(
            [
                Crops(256, 256, boxes, "four corners and the middle, 224x224 in 256x256"),
                Bars(
                    [
                        (f"crop {at + 1}" + (" mirrored" if at >= 5 else ""), share)
                        for at, share in enumerate(shares[:10])
                    ]
                ),
            ]
        )
        return Worked(steps, near(found), tuple(slips), picture)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "crops-of-one",
        CHAPTER,
        "2048 pictures of one",
        "How does AlexNet make 2048 training pictures out of one?",
        FromOne,
        (NOTES[0].at("lines 475 to 482"), alexnets("section 4.1")),
    ),
    Lesson(
        "ten-crops",
        CHAPTER,
        "Ten crops, one answer",
        "What is the answer when ten crops of a picture disagree?",
        TenCrops,
        (NOTES[0].at("lines 494 to 505"), alexnets("section 4.1")),
    ),
)
