"""The order of an epoch: a permutation of all pictures, or as many of each class."""

from __future__ import annotations

import torch
from torch import Tensor

from ..data.draws import COPY


def permuted(count: int, draws: torch.Generator) -> Tensor:
    """The places of so many pictures, each once, int64 (count,)."""
    return torch.randperm(count, generator=draws)


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
