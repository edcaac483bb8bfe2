"""The protocols by which papers tested, as data: how often a picture is shown, and how large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...numbers import is_whole
from ...words import brief, by, did_you_mean, either, listed, plural, type_of
from .boxes import Size, View, centre, grid_crops, scaled_size, square_crops, ten_crops

CENTRE, TEN, SQUARES, DENSE = "centre", "ten-crop", "144", "dense"
MULTI_SCALE, GRID, BOTH = "multi-scale", "multi-crop", "multi-crop+dense"
NAMES = (CENTRE, TEN, SQUARES, DENSE, MULTI_SCALE, GRID, BOTH)
WHOLE = (DENSE, MULTI_SCALE, BOTH)
"""Those that run a network over whole pictures, its dense layers as convolutions."""
CROPS = (TEN, SQUARES, GRID, BOTH)
"""Those that cut parts of the network's size out of a picture."""
AVERAGES = ("softmax", "logits")
PUBLISHED: Mapping[str, str] = {
    CENTRE: "1 crop",
    TEN: "10 crops",
    SQUARES: "144 crops",
    DENSE: "dense",
    MULTI_SCALE: "several scales",
    GRID: "many crops",
    BOTH: "dense and crops",
}
"""What a published error with the same views is called in `papernets compare`."""
PRINTED_FOR, NEAR = 224, 4
"""The input for which the papers print their scales; 227, AlexNet's, takes them as they are."""
MOST_SCALES, MOST_SIDE, MOST_GRID = 20, 4096, 20


@dataclass(frozen=True)
class Printed:
    """The scales that a paper prints for a protocol; `network`: only where a name begins so."""

    protocol: str
    network: str
    scales: tuple[int, ...]
    source: str


PRINTED = (
    Printed(TEN, "", (256,), "Krizhevsky et al. 2012, sections 2 and 4.1"),
    Printed(SQUARES, "", (256, 288, 320, 352), "Szegedy et al. 2014, section 7"),
    Printed(DENSE, "", (256,), "Simonyan and Zisserman 2014, table 3: Q = S, 256 in training"),
    Printed(MULTI_SCALE, "vgg", (256, 384, 512), "Simonyan and Zisserman 2014, table 4"),
    Printed(MULTI_SCALE, "", (224, 256, 384, 480, 640), "He et al. 2015, section 3.4"),
    Printed(GRID, "", (256, 384, 512), "Simonyan and Zisserman 2014, table 5"),
    Printed(BOTH, "", (256, 384, 512), "Simonyan and Zisserman 2014, table 5"),
)


@dataclass(frozen=True)
class Protocol:
    """How each picture is shown, and what is averaged over its views.

    `scales` are lengths of the shorter side; none: those of `resolved`. `crops` is the side of the
    grid of multi-crop: 5 is 5x5, mirrored 50 views. `average`: "softmax" averages probabilities, as
    the papers do, "logits" what stands before the softmax. ValueError for what is none.
    """

    name: str = CENTRE
    scales: tuple[int, ...] = ()
    crops: int = 5
    average: str = "softmax"

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            hint = did_you_mean(self.name, NAMES)
            raise ValueError(
                f"unknown protocol {brief(self.name)}.{hint} There are {listed(NAMES, 9)}"
            )
        if self.average not in AVERAGES:
            raise ValueError(f"average {brief(self.average)}: give {either(AVERAGES)}")
        if not is_whole(self.crops, 1) or self.crops > MOST_GRID:
            raise ValueError(
                f"crops {brief(self.crops)}: give the side of the grid, 1 to {MOST_GRID}: 5 is 5x5"
            )
        wrong = [one for one in self.scales if not is_whole(one, 1) or one > MOST_SIDE]
        if wrong or len(self.scales) > MOST_SCALES:
            raise ValueError(
                f"scales {listed(map(str, self.scales), 5)}: give at most {MOST_SCALES} lengths of "
                f"the shorter side in pixels, up to {MOST_SIDE:,}"
            )
        if len(set(self.scales)) < len(self.scales):
            raise ValueError(f"scales {listed(map(str, self.scales), 5)}: one is there twice")
        if self.name == CENTRE and self.scales:
            raise ValueError(
                "scales: centre shows the crop that the network was trained to see. Give them with "
                f"{either(NAMES[1:])}"
            )

    @property
    def views(self) -> int:
        """How often each picture is shown; a whole picture and its mirror image count as two."""
        scales = len(self.scales)
        return {
            CENTRE: 1,
            TEN: 10 * scales,
            SQUARES: 36 * scales,
            DENSE: 2 * scales,
            MULTI_SCALE: 2 * scales,
            GRID: 2 * self.crops**2 * scales,
            BOTH: 2 * (self.crops**2 + 1) * scales,
        }[self.name]

    def resolved(self, input: Size, stored: int | None = None, network: str = "") -> Protocol:
        """With the scales at which a network of this input sees pictures.

        Those that are given; else those that papers print, in proportion for an input far from 224.
        `stored`: the shorter side of the larger pictures out of which a training's own test cuts
        its crops; ten-crop and dense, whose papers test at that scale, then take it. ValueError
        where crops do not fit, or the protocol is not for such an input.
        """
        if self.name == CENTRE:
            return self
        if self.name == SQUARES and input[0] != input[1]:
            raise ValueError(f"144 crops are of squares, and this network sees {by(input)}")
        scales = self.scales or self._scales(input, stored, network)
        small = [scale for scale in scales if scale < max(input)]
        if small:
            raise ValueError(
                f"scale {small[0]} is below the network's input of {by(input)}, which would not "
                f"fit into it: give --scales of {max(input)} or more"
            )
        return replace(self, scales=scales)

    def _scales(self, input: Size, stored: int | None, network: str) -> tuple[int, ...]:
        if stored is not None and self.name in (TEN, DENSE):
            return (stored,)
        printed = next(
            one for one in PRINTED if one.protocol == self.name and network.startswith(one.network)
        )
        return tuple(proportional(one, max(input)) for one in printed.scales)

    def boxes(self, size: Size, input: Size) -> tuple[View, ...]:
        """The views of crops, of a picture of this size, by a protocol that is resolved.

        Of a network that runs over whole pictures: the whole picture at each scale, and mirrored;
        of centre the middle of the picture at its own size.
        """
        found: list[View] = []
        if self.name == CENTRE:
            return (View(min(size), centre(size, input)),)
        if self.name in (GRID, BOTH):
            found += grid_crops(size, input, self.scales, self.crops)
        if self.name == SQUARES:
            found += square_crops(size, input, self.scales)
        for scale in self.scales:
            whole = scaled_size(size, scale)
            if self.name == TEN:
                found += ten_crops(whole, area_of(scale, input), input)
            if self.name in WHOLE:
                found += [View(scale, centre(whole, whole), flip) for flip in (False, True)]
        return tuple(found)

    @property
    def shown(self) -> str:
        """Which views of a picture are shown, in words."""
        crops = f"a grid of {self.crops}x{self.crops} crops"
        return {
            CENTRE: "the centre crop",
            TEN: "the corners and the centre, mirrored",
            SQUARES: "three squares, the corners and the centre of each, and each whole; mirrored",
            DENSE: "the whole picture as a convolution, mirrored",
            MULTI_SCALE: "the whole picture as a convolution, mirrored",
            GRID: f"{crops}, mirrored",
            BOTH: f"{crops} and the whole picture as a convolution, mirrored",
        }[self.name]

    @property
    def words(self) -> str:
        """What is shown, and what is averaged, in one line; of a protocol that is resolved."""
        if self.name == CENTRE:
            return f"{self.name}: {self.shown}"
        scales = listed([str(scale) for scale in self.scales], MOST_SCALES)
        what = "softmax outputs" if self.average == "softmax" else "logits"
        return (
            f"{self.name}: {plural(self.views, 'view')} of each picture ({self.shown}; its shorter "
            f"side {scales}); {what} averaged"
        )


def check_one(name: str, committee: bool, where: str) -> None:
    """ValueError where a committee is to run over whole pictures."""
    if committee and name in WHOLE:
        raise ValueError(
            f"{where} is a committee, whose networks answer one after the other: "
            f"{name} runs one network over whole pictures. Crops work: ten-crop, 144"
        )


def proportional(printed: int, side: int) -> int:
    """A scale that is printed for 224, for another input: as it is near 224, else in proportion.

    Never below the input.
    """
    near = abs(side - PRINTED_FOR) <= NEAR
    return max(side, printed if near else round(printed * side / PRINTED_FOR))


def area_of(scale: int, input: Size) -> Size:
    """The middle part whose corners ten crops take: as high to wide as the input, `scale` short."""
    short = min(input)
    return scale * input[0] // short, scale * input[1] // short


def scales_given(text: str) -> tuple[int, ...]:
    """The scales of `256,384,512`; ValueError for what is none."""
    parts: Sequence[str] = [part.strip() for part in text.split(",")] if text else []
    wrong = [part for part in parts if not (part.isascii() and part.isdigit() and len(part) < 9)]
    if wrong:
        raise ValueError(
            f"scales {brief(text)}: give lengths of the shorter side in pixels, with commas "
            "between them: 256,384,512"
        )
    return tuple(map(int, parts))


def protocol_of(given: object) -> Protocol:
    """A protocol by its name, or as it is; ValueError for what is neither."""
    if isinstance(given, str):
        return Protocol(given)
    if not isinstance(given, Protocol):
        raise ValueError(f"protocol is {type_of(given)}: give a name, such as protocol='ten-crop'")
    return given
