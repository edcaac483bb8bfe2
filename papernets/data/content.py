"""What a picture is known by, wherever it lies: checksums of its file and of its pixels."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from papernets.data.picture import MOST_FILE, Packed, over
from papernets.files import opened, sha256_of

Keys = NDArray[np.uint64]
"""A checksum a picture (N,): the first 8 bytes of a SHA-256."""
CHUNK = 1024  # pictures whose pixels are brought into order together


@dataclass(frozen=True)
class Content:
    """Of each picture two checksums: of the bytes that hold it, and of its pixels.

    A copy has both, a picture that was stored anew without loss the second. Where no file holds a
    picture on its own (IDX, CIFAR's records), both are of its pixels. Pixels are those that were
    decoded, in RGB over white: a large JPEG may be decoded smaller, for a small network.
    """

    held: Keys
    pixels: Keys

    def __post_init__(self) -> None:
        assert self.held.shape == self.pixels.shape and self.held.ndim == 1

    def __len__(self) -> int:
        return len(self.held)

    def select(self, places: Tensor | Sequence[int]) -> Content:
        """That of some pictures."""
        at = np.asarray(places, dtype=np.int64)
        return Content(self.held[at], self.pixels[at])

    def both(self) -> Keys:
        """Every checksum once, sorted."""
        return np.unique(np.concatenate([self.held, self.pixels]))

    @staticmethod
    def joined(parts: Sequence[Content]) -> Content:
        """That of several, one after another."""
        return Content(
            np.concatenate([part.held for part in parts]),
            np.concatenate([part.pixels for part in parts]),
        )

    @staticmethod
    def empty(count: int) -> Content:
        """Zeros to be filled in."""
        return Content(np.zeros(count, np.uint64), np.zeros(count, np.uint64))


def pixels_key(image: Image.Image) -> int:
    """The checksum of a picture's pixels, whatever file they came from."""
    image = over(image, 255).convert("RGB")
    return _key(_shape(image.height, image.width), image.tobytes())


def held_key(source: str | Packed, pixels: int) -> int:
    """The checksum of the bytes that hold a picture; of its pixels where it has no file.

    ValueError that names it for a file that `load` refuses: too large, or not a regular one.
    """
    if isinstance(source, Packed):
        content = source.content() if source.encoded else None
        return _key(content) if isinstance(content, bytes) else pixels
    with opened(source, MOST_FILE) as file:
        return int.from_bytes(bytes.fromhex(sha256_of(file, MOST_FILE))[:8], "little")


def _key(*parts: bytes | memoryview) -> int:
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part)
    return int.from_bytes(sha.digest()[:8], "little")


def _shape(height: int, width: int) -> bytes:
    return f"{height}x{width}:".encode()


def content_of_images(images: Tensor) -> Content:
    """The content of stored pictures uint8 (N, C, h, w) that came from no files of their own."""
    found, head = np.empty(len(images), np.uint64), _shape(*images.shape[2:])
    for start in range(0, len(images), CHUNK):
        some = images[start : start + CHUNK].cpu()
        rgb = some.expand(-1, 3, -1, -1) if some.shape[1] == 1 else some[:, :3]
        for at, values in enumerate(rgb.permute(0, 2, 3, 1).contiguous().numpy(), start):
            found[at] = _key(head, values.data)
    return Content(found, found)


def together(content: Content) -> NDArray[np.int64]:
    """A number for each picture: the same where pictures have the same bytes or the same pixels.

    Numbers are those of the first picture of each kind.
    """
    _, held = np.unique(content.held, return_inverse=True)
    _, pixels = np.unique(content.pixels, return_inverse=True)
    found = np.arange(len(content), dtype=np.int64)
    while True:
        before = found.copy()
        for kind in (held, pixels):
            least = np.full(len(content), len(content), np.int64)
            np.minimum.at(least, kind, found)
            found = least[kind]
        if np.array_equal(before, found):
            return found


def shares(keys: Keys, seed: int) -> NDArray[np.float64]:
    """Numbers from 0 to 1, as if at random, from checksums and a seed: the same for ever."""
    mixed = _mixed(keys ^ _mixed(np.array([seed % 2**64], np.uint64)))
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _mixed(values: Keys) -> Keys:
    """splitmix64 (Steele, Lea and Flood 2014): each bit of the result hangs on all bits."""
    z = values + np.uint64(0x9E3779B97F4A7C15)  # arrays of whole numbers overflow silently
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
