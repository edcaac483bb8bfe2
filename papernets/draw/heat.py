"""Numbers as pictures: maps in grey, in heat, over a photograph, and signed values about grey."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from papernets.draw.canvas import style

Picture = NDArray[np.uint8]
"""(h, w) or (h, w, 3)."""
TOP = 99.0  # per cent of the values that are not cut off: one pixel does not darken all others
GREY, LEAST = 128, 28


def grey(
    values: NDArray[np.floating], low: float | None = None, high: float | None = None
) -> Picture:
    """A map (h, w) from black to white, by default over its own range; all alike is black."""
    return (255 * _share(values, low, high)).round().astype(np.uint8)


def magnitude(values: NDArray[np.floating]) -> Picture:
    """A map (h, w) of 0 and above: 0 black, all above the 99th percentile white."""
    return grey(values, 0.0, top_of(values))


def heat(
    values: NDArray[np.floating],
    low: float | None = None,
    high: float | None = None,
    colours: str = "inferno",
) -> Picture:
    """A map (h, w) in colours, by default over its own range."""
    return _coloured(_share(values, low, high), colours)


def over(
    picture: Picture, values: NDArray[np.floating], most: float = 0.65, top: float | None = None
) -> Picture:
    """A map of 0 and above in colours over a picture of its size, thicker where it is larger.

    `top` is the value of the last colour, by default the largest.
    """
    share = _share(values, 0.0, top)
    plain = _colour(picture).astype(np.float64)
    dull = plain.mean(2, keepdims=True)  # so that colours are the map's
    thick = (0.35 + (most - 0.35) * share)[:, :, None]
    mixed = (1 - thick) * dull + thick * _coloured(share, "turbo")
    return mixed.round().clip(0, 255).astype(np.uint8)


def about_grey(values: NDArray[np.floating], top: float | None = None) -> Picture:
    """Signed values (C, h, w), C 1 or 3, in colour: 0 is grey; (h, w) or (h, w, 3).

    `top` is the magnitude that is black or white, by default the 99th percentile.
    """
    most = top or top_of(np.abs(values)) or 1.0
    shown = (GREY + (255 - GREY) * values / most).round().clip(0, 255).astype(np.uint8)
    return shown[0] if len(shown) == 1 else shown.transpose(1, 2, 0)


def mosaic(pictures: Sequence[Picture], columns: int, ground: int = 255) -> Picture:
    """Pictures of one size in a grid, row by row, a gap between them; the rest is ground.

    It is no wider than the pictures are many. Small ones are enlarged, pixel by pixel.
    """
    colour, columns = any(one.ndim == 3 for one in pictures), min(columns, len(pictures))
    times = max(1, LEAST // max(pictures[0].shape[:2]))  # a gap is thin beside small pictures too
    every = [enlarged(_colour(one) if colour else one, times) for one in pictures]
    high, wide = every[0].shape[:2]
    gap = max(1, max(high, wide) // 24)
    rows = -(-len(every) // columns)
    size = (rows * (high + gap) - gap, columns * (wide + gap) - gap)
    sheet = np.full((*size, 3) if colour else size, ground, np.uint8)
    for at, one in enumerate(every):
        top, left = (high + gap) * (at // columns), (wide + gap) * (at % columns)
        sheet[top : top + high, left : left + wide] = one
    return sheet


def beside(left: Picture, right: Picture, ground: int = 255) -> Picture:
    """Two pictures of one height, with a gap between, in colour where one of them is."""
    both = [left, right]
    if any(one.ndim == 3 for one in both):
        both = [_colour(one) for one in both]
    gap = np.full(
        (left.shape[0], max(2, left.shape[1] // 30), *both[0].shape[2:]), ground, np.uint8
    )
    return np.concatenate([both[0], gap, both[1]], 1)


def patch(
    picture: Picture, box: tuple[int, int, int, int], size: tuple[int, int], ground: int = 255
) -> Picture:
    """The part of a picture in a box (top, left, bottom, right), on a sheet of this size.

    What of the box lies outside the picture is ground.
    """
    top, left, bottom, right = box
    sheet = np.full((*size, *picture.shape[2:]), ground, np.uint8)
    inner = picture[max(top, 0) : bottom, max(left, 0) : right]
    down, across = max(-top, 0), max(-left, 0)
    inner = inner[: size[0] - down, : size[1] - across]
    sheet[down : down + inner.shape[0], across : across + inner.shape[1]] = inner
    return sheet


def enlarged(picture: Picture, times: int) -> Picture:
    """Each pixel a square of so many."""
    return picture.repeat(times, 0).repeat(times, 1)


def classes_coloured(places: NDArray[np.int64], colours: dict[int, str]) -> Picture:
    """A map of classes in their colours (h, w, 3)."""
    shown = np.zeros((*places.shape, 3), np.uint8)
    for place, colour in colours.items():
        shown[places == place] = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return shown


def top_of(values: NDArray[np.floating]) -> float:
    """The 99th percentile, or the largest where that is 0: what is drawn as white."""
    return float(np.percentile(values, TOP)) or float(values.max())


def _share(
    values: NDArray[np.floating], low: float | None, high: float | None
) -> NDArray[np.float64]:
    """Values between the limits as 0 to 1; where these are alike, 0."""
    low = float(values.min()) if low is None else low
    high = float(values.max()) if high is None else high
    share: NDArray[np.float64] = np.zeros(values.shape)
    if high > low:
        share = ((values.astype(np.float64) - low) / (high - low)).clip(0, 1)
    return share


def _coloured(share: NDArray[np.float64], name: str) -> Picture:
    with style():
        import matplotlib

        table = matplotlib.colormaps[name]
        found: Picture = table(share, bytes=True)[..., :3]
    return found


def _colour(picture: Picture) -> Picture:
    return picture if picture.ndim == 3 else np.repeat(picture[:, :, None], 3, 2)
