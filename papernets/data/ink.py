"""Finding the ink in a photo or a scan of handwriting, and the box that holds it.

The paper's brightness is estimated as flat, sloping or local; the ink is what departs from it to
the side that stands out more, and Otsu's threshold (1979) says where it begins.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn.functional import avg_pool2d, max_pool2d, pad

from papernets.data.picture import over

Floats = NDArray[np.float32]

LEAST_CONTRAST = 12  # grey levels of 255 between ink and paper
LEAST_CLARITY = 3.0  # the same, in standard deviations of the paper; pure noise stays under it
STRONG_CONTRAST = 96  # grey levels: enough by itself; a tiny picture is all edges
CLEAR = 10.0  # standard deviations: with more, no local paper is tried
CLEARER = 1.5  # times: what a more elaborate paper must gain over a simpler one to be believed
SPECK = 0.05  # of the largest piece of ink: what has less is dirt


@dataclass(frozen=True)
class Ink:
    """What stands out from the paper, in grey levels (h, w), and whether it is darker than it.

    level: that of the middle ink. contrast: grey levels between ink and paper. clarity: the same in
    standard deviations of the paper.
    """

    depth: Floats
    level: float
    dark: bool
    contrast: float
    clarity: float

    @property
    def found(self) -> bool:
        clear = self.contrast >= LEAST_CONTRAST and self.clarity >= LEAST_CLARITY
        return clear or self.contrast >= STRONG_CONTRAST

    @property
    def strokes(self) -> Floats:
        """0 to 1, with faint lines on the paper (under a fifth of the ink) gone and ink at 1."""
        strokes: Floats = np.clip((self.depth / self.level - 0.2) / 0.7, 0, 1).astype(np.float32)
        return strokes


def find_ink(image: Image.Image, longest: int) -> Ink | None:
    """The clearest ink that any reading of the picture shows, or None if none shows any.

    longest: pixels; a larger picture is first made so small. Readings: transparency over white,
    then over black; brightness, then each colour alone (red ink on green paper may be as bright).
    """
    for ground in (255, 0):
        whole = over(image, ground)
        if max(whole.size) > longest:
            factor = longest / max(whole.size)
            size = (max(1, round(whole.width * factor)), max(1, round(whole.height * factor)))
            whole = whole.resize(size, Image.Resampling.BILINEAR)
        best = _ink(np.asarray(whole.convert("L"), np.float32))
        if whole.mode == "RGB" and not (best.found and best.contrast >= 4 * LEAST_CONTRAST):
            colours = [_ink(np.asarray(band, np.float32)) for band in whole.split()]
            best = max([best, *colours], key=lambda ink: (ink.found, ink.contrast))
        if best.found:
            return best
        if "A" not in image.getbands():
            break
    return None


def _ink(grey: Floats) -> Ink:
    """The ink in grey values 0 to 255, against the simplest paper that shows it clearly."""
    best, sloping = _against(grey, _flat_paper(grey)), _against(grey, _sloping_paper(grey))
    if sloping.contrast < LEAST_CONTRAST:  # nothing but a slope, which flat paper takes for ink
        return sloping
    if sloping.clarity > CLEARER * best.clarity:
        best = sloping
    if best.clarity < CLEAR and min(grey.shape) >= 32:
        local = _against(grey, _local_paper(grey))
        if local.clarity > CLEARER * best.clarity:
            best = local
    return best


def _against(grey: Floats, paper: Floats) -> Ink:
    """The ink as the difference from a given paper, to the side on which it stands out more."""
    difference = grey - paper
    dark = bool((difference**3).sum() < 0)
    depth = np.maximum(-difference if dark else difference, 0)
    mask = depth > _otsu(depth)
    if not mask.any() or mask.all():
        return Ink(depth, 1.0, dark, 0.0, 0.0)
    contrast = float(depth[mask].mean() - depth[~mask].mean())
    clarity = contrast / (float(difference[~mask].std()) + 1)
    return Ink(depth, float(np.median(depth[mask])), dark, contrast, clarity)


def _flat_paper(grey: Floats) -> Floats:
    """One level: the middle value of a frame along the edge."""
    rim = max(1, min(grey.shape) // 20)
    frame = np.ones(grey.shape, bool)
    frame[rim:-rim, rim:-rim] = False
    return np.full_like(grey, np.median(grey[frame]))


def _sloping_paper(grey: Floats) -> Floats:
    """The quadratic surface of least absolute distance: ink, the smaller part, hardly moves it."""
    height, width = grey.shape
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1)
    step = (max(1, height // 64), max(1, width // 64))
    some = terms[:: step[0], :: step[1]].reshape(-1, 6)
    levels = grey[:: step[0], :: step[1]].reshape(-1)
    weights = np.ones_like(levels)
    for _ in range(20):  # iteratively reweighted least squares
        root = np.sqrt(weights)[:, None]
        surface = np.linalg.lstsq(some * root, levels * root[:, 0], rcond=None)[0]
        weights = 1 / np.maximum(np.abs(levels - some @ surface), 1)
    paper: Floats = (terms @ surface).astype(np.float32)
    return paper


def _local_paper(grey: Floats) -> Floats:
    """The paper around each place, for shadows with an edge.

    The middle value of a window, a third of the picture, says whether ink is dark or light; then a
    morphological closing (or opening) takes away strokes narrower than a quarter of the picture.
    """
    step = max(1, min(grey.shape) // 48)
    small = avg_pool2d(torch.from_numpy(grey.copy())[None, None], step)
    half = min(small.shape[2:]) // 6
    windows = pad(small, (half,) * 4, mode="reflect")[0, 0]
    windows = windows.unfold(0, 2 * half + 1, 1).unfold(1, 2 * half + 1, 1)
    middle = windows.reshape(*small.shape[2:], -1).median(-1).values
    sign = 1 if ((small - middle) ** 3).sum() < 0 else -1
    half = min(small.shape[2:]) // 8
    wide = pad(sign * small, (2 * half,) * 4, mode="reflect")
    closed = -max_pool2d(-max_pool2d(wide, 2 * half + 1, 1), 2 * half + 1, 1)
    paper = Image.fromarray((sign * closed)[0, 0].numpy())
    return np.asarray(paper.resize((grey.shape[1], grey.shape[0]), Image.Resampling.BILINEAR))


def _otsu(values: Floats) -> float:
    """The threshold that parts the values into two classes whose means differ most (Otsu 1979)."""
    top = float(values.max())
    if top <= 0:
        return 0.0
    counts, edges = np.histogram(values, bins=256, range=(0, top))
    middles = (edges[:-1] + edges[1:]) / 2
    below = counts.cumsum()
    above = below[-1] - below
    total = (counts * middles).cumsum()
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = below * above * (total / below - (total[-1] - total) / above) ** 2
    return float(edges[1 + int(np.nan_to_num(apart).argmax())])


def cropped(strokes: Floats, shades: Floats | None = None) -> Floats:
    """The strokes in the box of the ink, without specks of dirt; or these shades in that box.

    Pieces are told apart on a coarse grid of cells: two cells that touch are one piece. Those that
    touch the picture's edge (a shadow, a table) go if there is one inside a quarter as large.
    """
    cell = max(1, min(strokes.shape) // 48)
    ink = torch.from_numpy(np.where(strokes > 0.5, strokes, 0))[None, None]
    mass = avg_pool2d(ink, cell, ceil_mode=True)[0, 0]
    names = torch.arange(1, mass.numel() + 1.0).view(mass.shape) * (mass > 0)
    while not torch.equal(names, spread := max_pool2d(names[None], 3, 1, 1)[0] * (mass > 0)):
        names = spread
    inks = torch.zeros(mass.numel() + 1).index_add_(0, names.long().view(-1), mass.view(-1))
    edge = torch.cat([names[0], names[-1], names[:, 0], names[:, -1]]).long()
    inner = inks.index_fill(0, edge, 0)
    if inner.max() >= inks.max() / 4:
        inks = inner
    kept = (inks >= SPECK * inks.max())[names.long()] & (mass > 0)
    near = max_pool2d(kept.float()[None], 3, 1, 1)[0].numpy() > 0
    area = near.repeat(cell, 0).repeat(cell, 1)[: strokes.shape[0], : strokes.shape[1]]
    clean = np.where(area, strokes, 0)
    rows, columns = (np.flatnonzero((clean > 0.5).any(axis)) for axis in (1, 0))
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return (clean if shades is None else shades)[box]
