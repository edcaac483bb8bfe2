"""Plain JPEG files decoded by libjpeg-turbo at once, with the very pixels that Pillow would give.

What is not plain is left to Pillow: CMYK, lossless and arithmetic coding, 12 bits, a picture that
its EXIF data or XMP turn, several pictures in a file, and whatever is damaged, of which Pillow says
what is wrong.
"""

from __future__ import annotations

import os
import struct
from contextlib import suppress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

try:
    import simplejpeg
except ImportError:  # no wheel for this machine: Pillow's pixels are the same
    simplejpeg = None

START, MOST = b"\xff\xd8\xff", 1 << 26  # bytes of a file that is read whole
SCALES = (8, 4, 2)  # by what libjpeg divides the sides while it decodes, as Pillow asks it to
LEAST = 64  # pixels of a side: below, sixteenths and eighths of it may round to the same
FRAMES = (0xC0, 0xC1, 0xC2)  # baseline, extended and progressive, all by Huffman codes
APP1, APP2, SCAN = 0xE1, 0xE2, 0xDA
BARE = (0x01, *range(0xD0, 0xD8))  # markers without a length
ORIENTATION = 0x0112


class Head(NamedTuple):
    """What a plain JPEG says of itself; `mode` is Pillow's word, "L" or "RGB"."""

    mode: str
    width: int
    height: int

    def near(self, side: int) -> Head:
        """As it is when decoded smaller with both sides at least so long; 0 leaves it whole."""
        by = self.divided(side)
        return Head(self.mode, -(-self.width // by), -(-self.height // by))

    def divided(self, side: int) -> int:
        """By what its sides are divided then."""
        room = min(self.width, self.height) // side if side else 1
        return next((by for by in SCALES if room >= by), 1)


def plain(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a JPEG file that is not too large to be read whole.

    Empty for any other file, and for one that cannot be read, of which Pillow says why.
    """
    with suppress(OSError), open(path, "rb") as file:
        first = file.read(len(START))
        if first == START and os.fstat(file.fileno()).st_size <= MOST:
            return first + file.read()
    return b""


def head_of(content: bytes) -> Head | None:
    """What a JPEG says of itself; None where it is not plain, or no JPEG."""
    if simplejpeg is None or not content.startswith(START):
        return None
    try:
        return _head(content)
    except (struct.error, IndexError, ValueError):  # cut short
        return None


def decoded(content: bytes, head: Head, near: int = 0) -> NDArray[np.uint8] | None:
    """The pixels (h, w, 3), or (h, w) of a grey one, as `head.near(near)` has them.

    None where the decoder has anything to say against the file.
    """
    wanted = head.near(near)
    smaller = wanted != head
    if smaller and min(wanted.width, wanted.height) < LEAST:
        return None
    try:
        found = simplejpeg.decode_jpeg(
            content,
            "GRAY" if head.mode == "L" else "RGB",
            min_height=wanted.height if smaller else 0,
            min_width=wanted.width if smaller else 0,
        )
    except ValueError:
        return None
    if found.shape[:2] != (wanted.height, wanted.width):
        return None
    return found[:, :, 0] if head.mode == "L" else found


def _head(content: bytes) -> Head | None:
    at, head = 2, None
    while True:
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker == 0xFF or marker in BARE:  # filling
            at += 1 if marker == 0xFF else 2
            continue
        if marker == SCAN:
            return head
        (length,) = struct.unpack_from(">H", content, at + 2)
        body = content[at + 4 : at + 2 + length]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            head = _frame(marker, body)
            if head is None:
                return None
        elif (marker == APP1 and not _upright(body)) or (
            marker == APP2 and body.startswith(b"MPF\0")
        ):
            return None
        at += 2 + length


def _frame(marker: int, body: bytes) -> Head | None:
    bits, height, width, components = struct.unpack_from(">BHHB", body)
    if marker not in FRAMES or bits != 8 or components not in (1, 3) or not width * height:
        return None
    return Head("L" if components == 1 else "RGB", width, height)


def _upright(body: bytes) -> bool:
    """Whether EXIF data or XMP leave the picture as it is; False where they are damaged."""
    if not body.startswith(b"Exif\0\0"):
        return b"Orientation" not in body
    tiff = body[6:]
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return False
    (at,) = struct.unpack_from(order + "L", tiff, 4)
    (count,) = struct.unpack_from(order + "H", tiff, at)
    for place in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind, values, value = struct.unpack_from(order + "HHLH", tiff, place)
        if tag == ORIENTATION:
            return (kind, values, value) == (3, 1, 1)
    return True
