"""Pictures that ranks answer in turns: each block by one of them, as one process would answer it.

The blocks are those of one process, so that every answer is the same to the last bit however many
processes there are, and each picture is answered once.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..watch import told_to, watched
from .group import Group

KINDS = (torch.float32, torch.float64)


def nothing() -> None:
    """Nothing is done between rounds."""


def _untold(what: str, done: int, total: int) -> None:
    """Of a block nobody is told: the rounds are."""


def in_turns(
    group: Group,
    count: int,
    block: int,
    answer: Callable[[slice], Tensor],
    between: Callable[[], None] = nothing,
) -> Tensor:
    """What `answer` gives for `count` pictures, (count, K) on the CPU, on every rank.

    Rank r answers blocks r, r + size ...; `between` is called by all after each round.
    """
    blocks = -(-count // block)
    rounds = -(-blocks // group.size)
    found: list[Tensor] = []
    for at in watched(range(rounds), "pictures answered", count, block * group.size):
        number = at * group.size + group.rank
        if number < blocks:
            with told_to(_untold):
                found.append(answer(slice(number * block, min((number + 1) * block, count))))
        between()
    return _ordered(group, found, count, block)


def _ordered(group: Group, found: list[Tensor], count: int, block: int) -> Tensor:
    """The answers of all ranks in the pictures' order; rank 0 has some, and says what they are."""
    about = [0, 0]
    if found and group.first:
        about = [found[0].shape[1], KINDS.index(found[0].dtype)]
    width, kind = group.of_first(torch.tensor(about)).tolist()
    none = torch.zeros(0, width, dtype=KINDS[kind])
    pieces = [each.split(block) for each in group.all(torch.cat([none, *found]))]
    blocks = -(-count // block)
    return torch.cat([none, *(pieces[at % group.size][at // group.size] for at in range(blocks))])
