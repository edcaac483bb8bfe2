"""One look at each picture of a set: can it be read, its size, colours and likeness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from papernets.data.content import Content, held_key, pixels_key
from papernets.data.doctor.likeness import SIDE, likeness
from papernets.data.gathered import Gathered
from papernets.data.picture import Remark, dimensions, load, over, pillow_rules
from papernets.data.stored import File, threads, why

NEAR = 256  # pixels: a large JPEG is decoded smaller, which reads the whole of it all the same
COLOURED, SHARE = 12, 0.005
"""How far a pixel's channels lie apart that has a colour, and how many such a picture has that is
in colour. A picture without colours, stored as JPEG, keeps its channels within 3 levels."""


@dataclass(frozen=True)
class Looked:
    """What was seen of pictures (N,), in the order of their parts.

    part: places in `parts`. labels: places in `classes`. reasons: why one cannot be read; empty
    where it can. sizes: (N, 2), height and width, as the head of the file says. coloured: whether
    it has colours. spread: the deviation of its grey values. hashes, small: see `likeness`.
    """

    files: tuple[File, ...]
    parts: tuple[str, ...]
    part: NDArray[np.int64]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    reasons: tuple[str, ...]
    sizes: NDArray[np.int64]
    coloured: NDArray[np.bool_]
    spread: NDArray[np.float64]
    content: Content
    hashes: NDArray[np.uint64]
    small: NDArray[np.uint8]
    remarks: tuple[tuple[Remark, ...], ...]

    def __len__(self) -> int:
        return len(self.files)

    @property
    def readable(self) -> NDArray[np.bool_]:
        """Which can be read."""
        return np.array([not reason for reason in self.reasons], dtype=bool)


def look_at(found: Gathered) -> Looked:
    """Read every picture once, by threads; whoever waits is told how many are done."""
    listings, classes = found.listings, found.listings["train"].classes
    files = tuple(file for listing in listings.values() for file in listing.files)
    count = len(files)
    part = np.repeat(np.arange(len(listings)), [len(one.files) for one in listings.values()])
    labels = [one.among(classes).numpy() for one in listings.values()]
    sizes, spread = np.zeros((count, 2), np.int64), np.zeros(count)
    coloured, hashes = np.zeros(count, bool), np.zeros(count, np.uint64)
    small = np.zeros((count, SIDE, SIDE), np.uint8)
    content, remarks = Content.empty(count), [list[Remark]() for _ in files]

    def look(at: int) -> str:
        try:
            sizes[at] = dimensions(files[at])
            image = load(files[at], NEAR, remarks[at])
            content.pixels[at] = pixels = pixels_key(image)
            content.held[at] = held_key(files[at], pixels)
        except (ValueError, OSError) as error:
            return why(files[at], error)
        image = over(image, 255)
        coloured[at] = _coloured(image)
        grey = image.convert("L")
        spread[at] = float(np.asarray(grey).std())
        hashes[at], small[at] = likeness(grey)
        return ""

    with pillow_rules():
        reasons = threads(look, range(count), "pictures looked at")
    return Looked(
        files, tuple(listings), part, np.concatenate(labels), classes, tuple(reasons), sizes,
        coloured, spread, content, hashes, small, tuple(map(tuple, remarks)),
    )  # fmt: skip


def _coloured(image: Image.Image) -> bool:
    """True for a picture with colours, whatever its mode."""
    if image.mode == "L":
        return False
    image = image.convert("RGB")
    image.thumbnail((32, 32))
    values = np.asarray(image).astype(np.int16)
    return bool((values.max(2) - values.min(2) > COLOURED).mean() > SHARE)
