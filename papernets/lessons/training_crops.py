"""More pictures out of one: crops in training and in the test, and their sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from ..said import NOTES
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import choice, several, whole
from .pictures import Bars, Crop, Crops, Picture, Stack, Words
from .terms import average, listed, near, terms
from .training_sources import alexnets, googlenets, vggs
from .values import Number

CHAPTER = "Training"


def fits(crop: int, side: int) -> None:
    """ValueError where a crop is larger than its picture."""
    if crop > side:
        raise ValueError(f"a crop of {crop} does not fit into {side}: take at most {side}")


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
            Crop(0, left, sides[0], sides[0], name)
            for left, name in ((0, "left"), (middle, "middle"), (wide - sides[0], "right"))
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
            for side in (256, 320, 384, 448, 512)
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
