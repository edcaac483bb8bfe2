"""Digits side by side: strips to read, and windows that train a network to read them.

LeCun et al. 1998, section VII, train the space displacement network on a digit between two others,
at random distances, and on windows with no digit in the middle, which stand for no class.

A strip is laid out from its digits' ink, not from their pictures: neighbours are so many columns
apart from the last ink column of one to the first of the next. Each column of a strip is a column
of one digit, of two that overlap (the lighter of both is shown), or ground, so that all strips are
composed at once by picking columns.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import pad

from ..data import Part, Preprocessing
from ..data.preprocessing import MOST_PADDING
from .no_digit import NO_DIGIT

INK = 32  # of 255: a column with a lighter pixel has ink
GAPS = (-1, 4)  # columns between the ink of two digits: section VII's
WIDE_GAPS = (5, 24)  # what people write besides, up to two stored 1s side by side
WIDE = 0.3  # how often a window has these
MARGIN = 4  # columns of ground on either side of a strip, as `read_strip` leaves
SIDE = 3  # neighbours on each side: as many 1s as a window of 32 can show
NEIGHBOUR = 0.9  # how often there is a next neighbour; otherwise the strip ends there
BETWEEN = 1 / 3  # how often a window is centred on no digit
NEAR, FAR = 2.0, 3.0  # columns from a digit's centre: within NEAR is its window, beyond FAR none's


class Ink(NamedTuple):
    """Where each of N pictures has ink, in columns: the first, the one after the last, the centre.

    Each (N,), int64 but for the centre of mass, a float. A picture without ink has no column.
    """

    left: Tensor
    right: Tensor
    centre: Tensor


def ink_columns(images: Tensor) -> Ink:
    """The columns of ink in pictures (N, C, h, w)."""
    place = torch.arange(images.shape[-1], device=images.device)
    inked = images.amax((1, 2)) > INK
    left = torch.where(inked, place, images.shape[-1]).amin(1)
    right = torch.where(inked, place + 1, 0).amax(1)
    mass = images.sum((1, 2), dtype=torch.float32)
    centre = (mass * place).sum(1) / mass.sum(1).clamp_min(1)
    return Ink(left.minimum(right), right, centre)


def make_strips(
    part: Part,
    digits: int,
    count: int,
    generator: torch.Generator,
    gaps: tuple[int, int] | None = GAPS,
) -> tuple[Tensor, Tensor]:
    """Random strips: uint8 (count, C, h, W), and the labels (count, digits) from left to right.

    Digits are drawn from the part with replacement. gaps: the least and the most columns between
    the ink of neighbours, each as likely; None puts the stored pictures side by side as they are.
    The first begins in column 4; W is the widest strip's, and ground fills the others up to it.
    """
    if digits < 1 or count < 1 or not len(part):
        raise ValueError(f"{count} strips of {digits} digits out of {len(part)}: give 1 or more")
    picks = torch.randint(len(part), (count, digits), generator=generator)
    images = part.images[:]
    ink = ink_columns(images)
    between = torch.zeros(count, digits, dtype=torch.int64)
    if gaps is None:
        whole = torch.full_like(ink.right, images.shape[-1])
        ink = ink._replace(left=torch.zeros_like(whole), right=whole)
    else:
        between = torch.randint(gaps[0], gaps[1] + 1, (count, digits), generator=generator)
    widths = (ink.right - ink.left)[picks]
    steps = widths + between
    starts = steps.cumsum(1) - steps + MARGIN
    width = int((starts + widths).max()) + MARGIN
    shown = torch.ones_like(picks, dtype=torch.bool)
    return _composed(images, ink, picks, starts, shown, width), part.labels[picks]


def make_windows(
    images: Tensor, labels: Tensor, width: int, share: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """A window for each digit: uint8 (N, C, h, width) and labels (N,), or NO_DIGIT.

    A `share` of them shows the digit between others of the same pictures: two windows in three are
    centred on it, to within 2 columns of its centre of mass; one in three on a place between it and
    a neighbour, or beyond the strip's end, 3 columns or more from both. Digits that are nearer
    together have narrower places. The other windows show the digit alone, as it is stored.
    """
    count, stored = len(images), images.shape[-1]
    ink = ink_columns(images)
    slots = 2 * SIDE + 1
    picks = torch.randint(count, (count, slots), generator=generator)
    picks[:, SIDE] = torch.arange(count)
    alone = torch.rand(count, generator=generator) >= share
    there = torch.rand(count, 2, SIDE, generator=generator) < NEIGHBOUR
    there = there.cumprod(2).bool() & ~alone[:, None, None]
    shown = torch.cat([there[:, 0].flip(1), torch.ones(count, 1, dtype=torch.bool), there[:, 1]], 1)
    wide = torch.rand(count, 1, generator=generator) < WIDE
    tight = torch.randint(GAPS[0], GAPS[1] + 1, (count, slots), generator=generator)
    loose = torch.randint(WIDE_GAPS[0], WIDE_GAPS[1] + 1, (count, slots), generator=generator)
    steps = (ink.right - ink.left)[picks] + torch.where(wide, loose, tight)
    starts = steps.cumsum(1) - steps
    centres = starts + (ink.centre - ink.left)[picks]

    middle, on_none = _middles(centres, there[:, :, 0], width, generator)
    on_none &= ~alone
    origin = (middle - width / 2).round().long()
    as_stored = starts[:, SIDE] - ink.left + stored // 2 - width // 2
    origin = torch.where(alone, as_stored, origin)
    windows = _composed(images, ink, picks, starts - origin[:, None], shown, width)
    return windows, labels.masked_fill(on_none, NO_DIGIT)


def _middles(
    centres: Tensor, beside: Tensor, width: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Where each window has its middle (N,), a column, and whether that is on no digit.

    centres (N, slots) are the digits' columns, beside (N, 2) whether there is a next digit to the
    left and to the right; where there is none, the window's end takes its place.
    """
    own = centres[:, SIDE]
    count = len(own)
    distance = torch.stack([own - centres[:, SIDE - 1], centres[:, SIDE + 1] - own], 1)
    distance = torch.where(beside, distance, float(width + FAR))
    draw = torch.rand(count, generator=generator)
    near = (0.2 * distance.amin(1)).clamp(0, NEAR)
    on_digit = own + (2 * draw - 1) * near
    side = torch.randint(2, (count,), generator=generator)
    pitch = distance.gather(1, side[:, None])[:, 0]
    far = (0.45 * pitch).clamp(max=FAR)
    away = far + draw * (pitch - 2 * far)
    between = own + torch.where(side == 0, -away, away)
    on_none = torch.rand(count, generator=generator) < BETWEEN
    return torch.where(on_none, between, on_digit), on_none


def _composed(
    images: Tensor, ink: Ink, picks: Tensor, starts: Tensor, shown: Tensor, width: int
) -> Tensor:
    """Strips (N, C, h, width) of the ink of images[picks] (N, slots), each beginning in its column.

    Two layers, of every other digit, so that a digit may overlap the next; the lighter one wins.
    """
    count, channels, height, stored = images.shape
    columns = images.permute(0, 3, 1, 2).reshape(count * stored, channels * height)
    columns = torch.cat([columns, columns.new_zeros(1, columns.shape[1])])
    place = torch.arange(width)
    layers = []
    for first in (0, 1):
        index = torch.full((len(picks), width), len(columns) - 1)
        for slot in range(first, picks.shape[1], 2):
            pick = picks[:, slot, None]
            column = place - starts[:, slot, None] + ink.left[pick]
            inside = (column >= ink.left[pick]) & (column < ink.right[pick]) & shown[:, slot, None]
            index = torch.where(inside, pick * stored + column, index)
        layers.append(columns.index_select(0, index.view(-1)))
    strips = layers[0].maximum(layers[1]).view(len(picks), width, channels, height)
    return strips.permute(0, 2, 3, 1).contiguous()


def window_width(preprocessing: Preprocessing) -> int:
    """How many columns of a strip the network sees at once, as even or odd as a stored picture.

    ValueError for a network that cannot be moved along a strip: its pictures are no digits, or it
    sees them scaled to its input and not in their own size.
    """
    (h, w), (height, width) = preprocessing.picture, (preprocessing.height, preprocessing.width)
    if preprocessing.kind != "digit":
        raise ValueError(
            f"strips are made of digits, and these pictures are {preprocessing.kind}s: "
            "use mnist or digits"
        )
    if min(height - h, width - w) < 0 or max(height - h, width - w) > (MOST_PADDING - 1) * min(
        h, w
    ):
        raise ValueError(
            f"strips need a network that sees a stored digit in its own size: this one scales "
            f"{h}x{w} to {height}x{width}. Use lenet5, whose input is 32x32"
        )
    columns = math.ceil(width / preprocessing.shrink)
    return columns + (columns - w) % 2


def seen(preprocessing: Preprocessing, windows: Tensor) -> Tensor:
    """What the network sees of windows (N, C, h, window_width): (N, channels, height, width)."""
    wide = preprocessing.strip(windows)
    start = (wide.shape[-1] - preprocessing.width) // 2
    return wide[..., start : start + preprocessing.width].contiguous()


def surrounded(preprocessing: Preprocessing, strips: Tensor) -> Tensor:
    """Strips (N, C, h, W) with ground around, so that a window fits on each of their columns."""
    half = math.ceil(preprocessing.picture[1] / 2 / preprocessing.shrink)
    return pad(strips, (half, half))
