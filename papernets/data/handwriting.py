"""From a photo or a scan to the form in which MNIST stores a digit: light ink on 0, centred.

MNIST's recipe (http://yann.lecun.com/exdb/mnist): the ink is scaled to fit 20x20 with its aspect
kept, and put into 28x28 so that its centre of mass is in the middle.
"""

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import max_pool2d, pad

from papernets.data.fitting import fitted, near_of
from papernets.data.ink import Floats, cropped, find_ink
from papernets.data.picture import (
    Remark,
    Source,
    load,
    over,
    pillow_rules,
    shown,
    size_remarks,
)
from papernets.data.preprocessing import Preprocessing

WORKING = 640  # pixels: a larger picture is first made so small
LEAST_RANGE = 12  # grey levels between the darkest and the lightest of a stored picture
BOX = 20 / 28  # of the stored picture, for a digit
THINNEST = 1.6  # pixels in the 20x20 box: a pen's strokes that would be thinner there ...
NORMAL = 2.2  # ... are made as wide as the middle digit of MNIST has them


def read_picture(
    source: Source, preprocessing: Preprocessing, remarks: list[Remark] | None = None
) -> tuple[Tensor, str]:
    """A new picture as a stored one, uint8 (C, h, w), and what it was found to be.

    A "photo" is scaled and cropped as the training pictures were. A "digit" or "garment" whose size
    is exactly the stored one is taken "as stored", inverted only if a digit is "black on white". Of
    any other, the ink is found ("black on white" or "white on black") and put in the stored form: a
    digit in 20x20 about its centre of mass, a garment filling the picture with its own shades.
    `remarks` takes what a reader should know. ValueError if the file is no picture, or no ink is
    found in it.
    """
    height, width = preprocessing.picture
    said: list[Remark] = [] if remarks is None else remarks
    with pillow_rules():
        if preprocessing.kind == "photo":
            image = load(source, near_of((height, width), preprocessing.exact), said)
            said += size_remarks(image, (height, width))
            return fitted(image, preprocessing.channels, (height, width)), "photo"
        image = load(source, WORKING, said)
    if image.size == (width, height):
        return _as_stored(image, source, preprocessing.kind)
    ink = find_ink(image, WORKING)
    if ink is None:
        raise _no_ink(source)
    found = "black on white" if ink.dark else "white on black"
    if preprocessing.kind == "garment":
        small = _fit(cropped(ink.strokes, ink.depth), height, width)
        top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    else:
        small = _fit(_strokes(ink.strokes, BOX * height), round(BOX * height), round(BOX * width))
        top, left = _centred(small, height, width)
    sheet = np.zeros((height, width), np.float32)
    sheet[top : top + small.shape[0], left : left + small.shape[1]] = small
    return _bytes(sheet), found


def read_strip(source: Source, preprocessing: Preprocessing) -> Tensor:
    """A row of digits as a stored strip, uint8 (1, h, W): light on 0, in h rows as one digit is.

    The ink is scaled to 20 of 28 rows and W follows; 4 columns of ground are on either side. A
    file that has exactly h rows is taken as stored. ValueError as `read_picture`, and for kinds
    other than "digit".
    """
    height = preprocessing.picture[0]
    if preprocessing.kind != "digit":
        raise ValueError(
            f"a strip is read with a network for digits, not for {preprocessing.kind}s"
        )
    with pillow_rules():
        image = load(source)
    if image.height == height and image.width >= height:
        return _as_stored(image, source, "digit")[0]
    ink = find_ink(image, 4 * WORKING)
    if ink is None:
        raise _no_ink(source)
    strokes = _strokes(ink.strokes, BOX * height, whole=False)
    rows = round(BOX * height)
    columns = max(1, round(strokes.shape[1] * rows / strokes.shape[0]))
    if columns > 64 * height:
        raise ValueError(f"{_name(source)}: the ink is {columns // rows} times as wide as high")
    small = _resized(strokes, rows, columns)
    margin = (height - rows) // 2
    width = max(columns + 2 * margin, preprocessing.picture[1])
    sheet = np.zeros((height, width), np.float32)
    left = (width - columns) // 2
    sheet[margin : margin + rows, left : left + columns] = small
    return _bytes(sheet)


def _as_stored(image: Image.Image, source: Source, kind: str) -> tuple[Tensor, str]:
    """The grey values themselves; those of a digit inverted if its edge is light."""
    values = np.asarray(over(image, 255).convert("L"))
    if int(values.max()) - int(values.min()) < LEAST_RANGE:
        raise _no_ink(source)
    edge = np.concatenate([values[0], values[-1], values[1:-1, 0], values[1:-1, -1]])
    if kind == "digit" and np.median(edge) > 127:
        return torch.from_numpy(255 - values)[None], "black on white"
    return torch.from_numpy(values.copy())[None], "as stored"


def _strokes(values: Floats, box: float, whole: bool = True) -> Floats:
    """The ink cropped, and thickened if its strokes would be thinner than MNIST's in the box."""
    ink = cropped(values)
    scale = box / (max(ink.shape) if whole else ink.shape[0])
    mask = torch.from_numpy(ink > 0.5).float()[None]
    inside = -max_pool2d(-pad(mask, (1, 1, 1, 1)), 3, 1)
    rim = float(mask.sum() - inside.sum())
    # a bar of length L and width d has area Ld, rim 2L
    stroke = 2 * float(mask.sum()) / max(rim, 1)
    if stroke * scale >= THINNEST:
        return ink
    grow = round((NORMAL / scale - stroke) / 2)
    if grow < 1:
        return ink
    padded = np.pad(ink, grow)
    return max_pool2d(torch.from_numpy(padded)[None], 2 * grow + 1, 1, grow)[0].numpy()


def _fit(values: Floats, height: int, width: int) -> Floats:
    """The picture in its own aspect, as large as fits; its lightest value becomes 1."""
    scale = min(height / values.shape[0], width / values.shape[1])
    rows = min(height, max(1, round(values.shape[0] * scale)))
    columns = min(width, max(1, round(values.shape[1] * scale)))
    return _resized(values, rows, columns)


def _resized(values: Floats, rows: int, columns: int) -> Floats:
    """The picture at this size, with antialiasing; its lightest value becomes 1."""
    image = Image.fromarray(np.ascontiguousarray(values))
    small = np.asarray(image.resize((columns, rows), Image.Resampling.BILINEAR))
    brightest: Floats = (small / max(float(small.max()), 1e-6)).astype(np.float32)
    return brightest


def _centred(small: Floats, height: int, width: int) -> tuple[int, int]:
    """Where to put a picture so that its centre of mass is in the middle, without cutting it.

    The middle is pixel 14 of 0 to 27: there MNIST's are, by the mean of its 60,000 pictures.
    """
    total = small.sum()
    y = float((small.sum(1) * np.arange(small.shape[0])).sum() / total)
    x = float((small.sum(0) * np.arange(small.shape[1])).sum() / total)
    top = min(max(round(height / 2 - y), 0), height - small.shape[0])
    left = min(max(round(width / 2 - x), 0), width - small.shape[1])
    return top, left


def _bytes(values: Floats) -> Tensor:
    """uint8 (1, h, w) of values from 0 to 1."""
    return torch.from_numpy(np.round(values * 255).astype(np.uint8))[None]


def _name(source: Source) -> str:
    return "the picture" if isinstance(source, Image.Image) else shown(source)


def _no_ink(source: Source) -> ValueError:
    return ValueError(
        f"{_name(source)}: no ink found: the picture is blank, or nothing stands out from its "
        "ground. Give one digit, dark on light or light on dark"
    )
