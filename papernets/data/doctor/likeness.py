"""Which pictures are nearly the same: a perceptual hash, and then a look at small copies.

The hash (dHash: Krawetz 2013, "Kind of like that") says for 8x8 places of the picture, made grey
and 9x8, whether it becomes lighter to the right: 64 bits that stay much the same where a picture is
compressed anew, made smaller or lighter. A step counts from 3 levels on, as what is white, or
black, all over would else give bits by chance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from papernets.watch import watched

SIDE = 16  # pixels a side of the small copies
BITS, LEAST = 16, 0.95
"""Of 64 bits, how many may differ, and how alike the small copies are at least: the correlation of
their grey values, in which brightness and contrast do not count."""
STEP = 2  # levels of 255: what is not lighter by more counts as the same
MOST = 250_000  # pictures that are compared, each with each
ROWS = 512  # pictures that are compared with all others at a time


def likeness(grey: Image.Image) -> tuple[int, NDArray[np.uint8]]:
    """The hash of a picture in mode L, and its copy of SIDE by SIDE."""
    area = Image.Resampling.BOX
    steps = np.asarray(grey.resize((9, 8), area)).astype(np.int16)
    bits = np.packbits((steps[:, 1:] > steps[:, :-1] + STEP).ravel())
    return int.from_bytes(bits.tobytes(), "big"), np.asarray(grey.resize((SIDE, SIDE), area))


def alike(
    hashes: NDArray[np.uint64], small: NDArray[np.uint8], places: NDArray[np.int64]
) -> list[tuple[int, int, int]]:
    """Pairs among these places, the first lower, that are nearly the same, and bits that differ.

    Pictures of one grey are like no other. Beyond MOST places nothing is compared.
    """
    if not 2 <= len(places) <= MOST:
        return []
    flat = small[places].reshape(len(places), -1).astype(np.float32)
    flat -= flat.mean(1, keepdims=True)
    length = np.linalg.norm(flat, axis=1)
    own, found = hashes[places], []
    blocks = range(0, len(places) - 1, ROWS)
    for start in watched(blocks, "pictures compared", len(places), ROWS):
        rows = np.arange(start, min(start + ROWS, len(places)))
        apart = np.bitwise_count(own[rows, None] ^ own[None, start:])
        first, second = np.nonzero(apart <= BITS)
        later = second > first
        first, second = first[later], second[later]
        bits = apart[first, second]
        a, b = first + start, second + start
        for chunk in range(0, len(a), 1 << 16):
            one, other = a[chunk : chunk + (1 << 16)], b[chunk : chunk + (1 << 16)]
            norm = length[one] * length[other]
            same = np.einsum("np,np->n", flat[one], flat[other]) / np.maximum(norm, 1e-9)
            good = np.flatnonzero((same >= LEAST) & (norm > 0))
            here = bits[chunk : chunk + (1 << 16)]
            found += [(int(places[one[at]]), int(places[other[at]]), int(here[at])) for at in good]
    return found


def groups(count: int, pairs: list[tuple[int, int]]) -> list[list[int]]:
    """Places that hang together by pairs, two or more, in ascending order."""
    above = list(range(count))

    def top(at: int) -> int:
        while above[at] != at:
            above[at] = above[above[at]]
            at = above[at]
        return at

    for one, other in pairs:
        low, high = sorted((top(one), top(other)))
        above[high] = low
    found: dict[int, list[int]] = {}
    for at in sorted({at for pair in pairs for at in pair}):
        found.setdefault(top(at), []).append(at)
    return list(found.values())
