"""The order of an epoch: a permutation of all pictures, or as many of each class."""

from __future__ import annotations

import torch
from torch import Tensor

from ..data.draws import COPY


def permuted(count: int, draws: torch.Generator) -> Tensor:
    """The places of so many pictures, each once, int64 (count,)."""
    return torch.randperm(count, generator=draws)


def buffered(count: int, size: int, draws: torch.Generator) -> Tensor:
    """Places of pictures that come one after another, shuffled in a buffer of so many of them.

    The buffer holds the first `size`; each step gives one of those in it, at random, and puts the
    next in its place. int64 (count,); a whole permutation where all fit into the buffer.
    """
    if size >= count:
        return permuted(count, draws)
    held = list(range(size))
    found = []
    for at, slot in zip(
        range(size, count),
        torch.randint(size, (count - size,), generator=draws).tolist(),
        strict=True,
    ):
        found.append(held[slot])
        held[slot] = at
    rest = torch.tensor(held)[torch.randperm(size, generator=draws)]
    return torch.cat([torch.tensor(found, dtype=torch.int64), rest])


def by_class(labels: Tensor, size: int) -> bool:
    """Whether a buffer of so many pictures, as they come, has fewer than half of their classes.

    labels: int64 (N,), in the order in which pictures come; N is more than the buffer.
    """
    classes = len(labels.unique())
    seen = [len(some.unique()) for some in labels.split(size) if len(some) == size]
    return 2 * sum(seen) < classes * len(seen) and 2 * classes <= size


def balanced(labels: Tensor, draws: torch.Generator) -> Tensor:
    """As many places as there are labels (N,), with as many pictures of each class that has some.

    Within a class all pictures come before one comes again: a frequent class shows a part of its
    own in an epoch, a rare one each picture several times. The k-th time adds k * COPY to a place,
    by which its random draws are others. Classes that one more falls to are drawn too.
    """
    classes = labels.unique()
    each, more = divmod(len(labels), len(classes))
    favoured = set(torch.randperm(len(classes), generator=draws)[:more].tolist())
    found = []
    for at, label in enumerate(classes.tolist()):
        own = (labels == label).nonzero()[:, 0]
        wanted, rounds = each + (at in favoured), []
        for turn in range(-(-wanted // len(own))):
            rounds.append(own[torch.randperm(len(own), generator=draws)] + turn * COPY)
        found.append(torch.cat(rounds)[:wanted] if rounds else own[:0])
    places = torch.cat(found)
    return places[torch.randperm(len(places), generator=draws)]
