"""Digits side by side: strips to read, and windows that train a network to read them.

LeCun et al. 1998, section VII, train the space displacement network on a digit between two others,
at random distances, and on windows with no digit in the middle, which stand for no class.

A strip is laid out from its digits' ink, not from their pictures: neighbours are so many columns
apart from the last ink column of one to the first of the next. Each column of a strip is a column
of one digit, of two that overlap (the lighter of both is shown), or ground, so that all strips are
composed at once by picking columns.
"""

import math

import torch
from torch import Tensor
from torch.nn.functional import pad

from papernets.data.dataset import Part
from papernets.data.preprocessing import MOST_PADDING, Preprocessing

INK = 32  # of 255: a column with a lighter pixel has ink
GAPS = (-1, 4)  # columns between the ink of two digits: section VII's
WIDE_GAPS = (5, 24)  # what people write besides, up to two stored 1s side by side
WIDE = 0.3  # how often a window has these
MARGIN = 4  # columns of ground on either side of a strip, as `read_strip` leaves
SIDE = 3  # neighbours on each side: as many 1s as a window of 32 can show
NEIGHBOUR = 0.9  # how often there is a next neighbour; otherwise the strip ends there
NOTHING = 1 / 3  # how often a window is centred on no digit
RUBBISH = -1  # the label of such a window
NEAR, FAR = (
    2.0,
    3.0,
)  # columns from a digit's centre: within NEAR is its window, beyond FAR no one's


def ink_columns(images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Of each picture (N, C, h, w): first ink column, the one after the last, centre of mass.

    Each (N,), the first two int64, the last float, in columns; a picture without ink has none.
    """
    place = torch.arange(images.shape[-1], device=images.device)
    inked = images.amax((1, 2)) > INK
    left = torch.where(inked, place, images.shape[-1]).amin(1)
    right = torch.where(inked, place + 1, 0).amax(1)
    mass = images.sum((1, 2), dtype=torch.float32)
    centre = (mass * place).sum(1) / mass.sum(1).clamp_min(1)
    return left.minimum(right), right, centre


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
    left, right, _ = ink_columns(images)
    between = torch.zeros(count, digits, dtype=torch.int64)
    if gaps is None:
        left, right = torch.zeros_like(left), torch.full_like(right, images.shape[-1])
    else:
        between = torch.randint(gaps[0], gaps[1] + 1, (count, digits), generator=generator)
    steps = (right - left)[picks] + between
    starts = steps.cumsum(1) - steps + MARGIN
    width = int((starts + (right - left)[picks]).max()) + MARGIN
    shown = torch.ones_like(picks, dtype=torch.bool)
    return _composed(images, left, right, picks, starts, shown, width), part.labels[picks]


def make_windows(
    images: Tensor, labels: Tensor, width: int, share: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """A window for each digit: uint8 (N, C, h, width) and labels (N,), -1 for windows on no digit.

    A `share` of them shows the digit between others of the same pictures: two windows in three are
    centred on it, to within 2 columns of its centre of mass; one in three on a place between it and
    a neighbour, or beyond the strip's end, 3 columns or more from both. Digits that are nearer
    together have narrower places. The other windows show the digit alone, as it is stored.
    """
    count, stored = len(images), images.shape[-1]
    left, right, mass = ink_columns(images)
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
    steps = (right - left)[picks] + torch.where(wide, loose, tight)
    starts = steps.cumsum(1) - steps
    centres = starts + (mass - left)[picks]
    own = centres[:, SIDE]

    # the distance to the next digit, left and right; to the end of the window where there is none
    beside = torch.stack([own - centres[:, SIDE - 1], centres[:, SIDE + 1] - own], 1)
    beside = torch.where(there[:, :, 0], beside, float(width + FAR))
    draw = torch.rand(count, generator=generator)
    near = (0.2 * beside.amin(1)).clamp(0, NEAR)
    on_digit = own + (2 * draw - 1) * near
    side = torch.randint(2, (count,), generator=generator)
    pitch = beside.gather(1, side[:, None])[:, 0]
    far = (0.45 * pitch).clamp(max=FAR)
    away = far + draw * (pitch - 2 * far)
    on_none = own + torch.where(side == 0, -away, away)
    nothing = (torch.rand(count, generator=generator) < NOTHING) & ~alone

    origin = (torch.where(nothing, on_none, on_digit) - width / 2).round().long()
    as_stored = starts[:, SIDE] - left + stored // 2 - width // 2
    origin = torch.where(alone, as_stored, origin)
    windows = _composed(images, left, right, picks, starts - origin[:, None], shown, width)
    return windows, labels.masked_fill(nothing, RUBBISH)


def _composed(
    images: Tensor,
    left: Tensor,
    right: Tensor,
    picks: Tensor,
    starts: Tensor,
    shown: Tensor,
    width: int,
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
            column = place - starts[:, slot, None] + left[pick]
            inside = (column >= left[pick]) & (column < right[pick]) & shown[:, slot, None]
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
