"""How the parts of a set are drawn: a picture's part is said by its content and the seed alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress, pairwise
from operator import not_

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from papernets.data.content import Content, Keys, shares, together
from papernets.data.shared import Shared

Numbers = NDArray[np.int64]


def drawn(content: Content, labels: Tensor, parts: Sequence[float], seed: int) -> list[Tensor]:
    """Places of the pictures of each part, in ascending order: the rest, then a part a share.

    A picture goes by its own number from 0 to 1, made of its content and the seed: the first part
    has those below its share, the next those below the sum of both, and so on. So a picture that
    is added, taken away, renamed or moved leaves all others in their parts; a part has about its
    share of each class. The same picture, several times there, goes to one part.

    A class keeps one picture at least in the rest, then in each part in turn: where a part would
    have none, the nearest takes the place, and may go back when others are added; so it is where a
    class is so small that a share is one picture, of which no part gets two. A class that has fewer
    different pictures than there are parts is drawn as if all its pictures were different. Pictures
    that several classes have are moved until each class has what it can have: see `Shared`.
    """
    truth = labels.cpu().numpy()
    same = together(content)
    number = np.full(len(content), 2.0)
    np.minimum.at(number, same, shares(content.held, seed))
    ends = np.cumsum([0.0, *parts])
    part = np.zeros(len(content), np.int64)
    for at, (low, high) in enumerate(pairwise(ends), 1):
        part[(number >= low) & (number < high)] = at
    order = np.argsort(truth, kind="stable")
    starts = np.flatnonzero(np.diff(truth[order], prepend=-1))
    classes = np.split(order, starts[1:]) if len(order) else []
    kinds = [np.unique(same[places]) for places in classes]
    for _ in range(2):  # a picture of two classes may be moved by both
        for some in kinds:
            _complete(some, number, ends, part)
    alike = [len(k) <= len(parts) < len(p) for k, p in zip(kinds, classes, strict=True)]
    Shared(list(compress(kinds, map(not_, alike))), number, ends, part).complete()
    result = part[same]
    for places in compress(classes, alike):
        result[places] = _one_by_one(content.held[places], parts, seed)
    return [torch.from_numpy(np.flatnonzero(result == at)) for at in range(len(parts) + 1)]


def _complete(
    kinds: Numbers, number: NDArray[np.float64], ends: NDArray[np.float64], part: Numbers
) -> None:
    """Move pictures of a class, changing `part`, until as many parts have one as can.

    A part whose share of the class is one picture has one.
    """
    for at, share in enumerate(np.diff(ends), 1):
        if share * len(kinds) < 1.5:
            here = kinds[part[kinds] == at]
            part[here[number[here].argsort()[1:]]] = 0
    for wanted in range(min(len(kinds), len(ends))):
        counts = np.bincount(part[kinds], minlength=len(ends))
        if counts[wanted]:
            continue
        spare = kinds[(counts[part[kinds]] > 1) | (part[kinds] > wanted)]
        low, high = (ends[wanted - 1], ends[wanted]) if wanted else (ends[-1], 1.0)
        away = np.maximum(np.maximum(low - number[spare], number[spare] - high), 0)
        part[spare[away.argmin()]] = wanted


def _one_by_one(held: Keys, parts: Sequence[float], seed: int) -> Numbers:
    """The part of each of some pictures that are nearly all the same: in each its share."""
    numbered: Keys = np.add(held, np.arange(len(held)).astype(np.uint64), dtype=np.uint64)
    order = np.argsort(shares(numbered, seed))
    found = np.zeros(len(held), np.int64)
    for at, share in enumerate(parts, 1):
        count = min(max(round(share * len(held)), 1), len(held) - 1)
        free = order[found[order] == 0]
        found[free[: min(count, len(free) - 1)]] = at
    return found
