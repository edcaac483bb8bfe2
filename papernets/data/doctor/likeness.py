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
BITS, LEAST = 16, 0.98
"""Of 64 bits, how many may differ, and how alike the small copies are at least: the correlation of
their grey values, in which brightness and contrast do not count."""
STEP = 2  # levels of 255: what is not lighter by more counts as the same
MOST = 250_000  # pictures that are compared, each with each
SAMPLE, CROWD = 1_000, 2.0
"""Pictures of which it is looked how many others each is like, and how many are too many: then all
are alike by nature, as the frames of a film are."""
ROWS = 512  # pictures that are compared with all others at a time
DENSE, CHUNK = 0.02, 1 << 16
"""The share of pairs with like hashes from which on all are multiplied, and pairs at a time."""


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
    unit = small[places].reshape(len(places), -1).astype(np.float32)
    unit -= unit.mean(1, keepdims=True)
    length = np.linalg.norm(unit, axis=1, keepdims=True)
    unit = np.divide(unit, length, out=np.zeros_like(unit), where=length > 0)
    own, found = hashes[places], []
    blocks = range(0, len(places) - 1, ROWS)
    for start in watched(blocks, "pictures compared", len(places), ROWS):
        rows = own[start : start + ROWS]
        bits = np.bitwise_count(rows[:, None] ^ own[None, start:])
        close = bits <= BITS
        close[:, : len(rows)] &= np.triu(np.ones((len(rows), len(rows)), bool), 1)
        if close.mean() > DENSE:  # all products at once cost less than many one by one
            close &= unit[start : start + ROWS] @ unit[start:].T >= LEAST
        first, second = np.nonzero(close)
        for at in range(0, len(first), CHUNK):
            one, other = first[at : at + CHUNK], second[at : at + CHUNK]
            same = np.einsum("np,np->n", unit[one + start], unit[other + start])
            good = same >= LEAST
            apart = bits[one, other][good].tolist()
            pairs = zip(places[one[good] + start], places[other[good] + start], apart, strict=True)
            found += [(int(a), int(b), n) for a, b, n in pairs]
    return found


def partners(
    hashes: NDArray[np.uint64], small: NDArray[np.uint8], places: NDArray[np.int64]
) -> float:
    """To how many others a picture is nearly the same, on average, among SAMPLE of these places."""
    if len(places) < 2:
        return 0.0
    some = places[:: -(-len(places) // SAMPLE)]
    return 2 * len(alike(hashes, small, some)) / len(some)


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
