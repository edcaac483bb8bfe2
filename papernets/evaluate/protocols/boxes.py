"""Which parts of a picture a protocol shows: boxes with their coordinates, as data.

A picture is scaled so that its shorter side has a given length; a box lies on the scaled picture.
Sizes are (height, width) in pixels. Where something is centred and the rest is odd, the larger part
of it lies below and to the right, as in the crops of `Preprocessing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

Size = tuple[int, int]
"""Height and width in pixels."""


class Box(NamedTuple):
    """A rectangle of pixels: its first row and column, and how many of each."""

    top: int
    left: int
    height: int
    width: int

    @property
    def size(self) -> Size:
        return self.height, self.width

    def within(self, outer: Box) -> Box:
        """A box whose place is told from the corner of another, told from the picture's corner."""
        return Box(outer.top + self.top, outer.left + self.left, self.height, self.width)


@dataclass(frozen=True)
class View:
    """A part of a picture as it is shown: the box, resized where it has another size than the
    network's input, and mirrored left to right.

    `scale` is the length of the picture's shorter side when the box is cut out.
    """

    scale: int
    box: Box
    mirrored: bool = False


def scaled_size(size: Size, side: int) -> Size:
    """The size of a picture whose shorter side is brought to this length, rounded half up."""
    height, width = size
    if height <= width:
        return side, max(side, (2 * width * side + height) // (2 * height))
    return max(side, (2 * height * side + width) // (2 * width)), side


def centre(outer: Size, inner: Size) -> Box:
    """The middle of a picture."""
    return Box((outer[0] - inner[0]) // 2, (outer[1] - inner[1]) // 2, *inner)


def five(area: Box, crop: Size) -> tuple[Box, ...]:
    """The four corners and the centre of an area: top left, top right, bottom left, bottom right.

    ValueError where a crop does not fit.
    """
    if crop[0] > area.height or crop[1] > area.width:
        raise ValueError(
            f"a crop of {crop[0]}x{crop[1]} does not fit into {area.height}x{area.width}"
        )
    down, across = area.height - crop[0], area.width - crop[1]
    corners = [Box(top, left, *crop) for top in (0, down) for left in (0, across)]
    return tuple(box.within(area) for box in (*corners, centre(area.size, crop)))


def mirrored(scale: int, boxes: Sequence[Box]) -> tuple[View, ...]:
    """Each box as it is, then each mirrored."""
    return tuple(View(scale, box, flip) for flip in (False, True) for box in boxes)


def ten_crops(size: Size, area: Size, crop: Size) -> tuple[View, ...]:
    """Ten views: corners and centre of the middle part `area` of a scaled picture, each mirrored.

    Krizhevsky et al. 2012, sections 2 and 4.1: the middle 256x256 of a picture whose shorter side
    is 256, and in it the four corner patches and the centre patch of 224x224.
    """
    return mirrored(min(size), five(centre(size, area), crop))


def three_squares(size: Size) -> tuple[Box, ...]:
    """The left, middle and right square of a picture; of an upright one top, middle and bottom."""
    height, width = size
    side = min(size)
    if height > width:
        return tuple(Box(top, 0, side, side) for top in (0, (height - side) // 2, height - side))
    return tuple(Box(0, left, side, side) for left in (0, (width - side) // 2, width - side))


def square_crops(size: Size, crop: Size, scales: Sequence[int]) -> tuple[View, ...]:
    """36 views at each scale of a picture of this size: 144 at four.

    Szegedy et al. 2014, section 7: three squares along the longer side; of each the four corners,
    the centre, and the square itself, which is to be resized to the crop; each mirrored.
    """
    views: list[View] = []
    for scale in scales:
        for square in three_squares(scaled_size(size, scale)):
            views += mirrored(scale, (*five(square, crop), square))
    return tuple(views)


def grid_crops(size: Size, crop: Size, scales: Sequence[int], count: int = 5) -> tuple[View, ...]:
    """Views on an even grid, `count` by `count` at each scale of a picture, each mirrored.

    Simonyan and Zisserman 2014, section 4.3: 5x5, so that there are 50 at each of three scales.
    """
    views: list[View] = []
    for scale in scales:
        height, width = scaled_size(size, scale)
        tops, lefts = places(height - crop[0], count), places(width - crop[1], count)
        views += mirrored(scale, [Box(top, left, *crop) for top in tops for left in lefts])
    return tuple(views)


def places(room: int, count: int) -> tuple[int, ...]:
    """So many places from 0 to `room`, evenly, rounded down; one alone is in the middle.

    ValueError where there is no room.
    """
    if room < 0:
        raise ValueError(f"a crop is {-room} pixels longer than the picture that it is cut out of")
    if count == 1:
        return (room // 2,)
    return tuple(at * room // (count - 1) for at in range(count))
