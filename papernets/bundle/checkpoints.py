"""The state_dict in what a training script saved: itself, or under a key beside other things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor

from ..words import brief, listed

OTHERS = re.compile(r"optim|sched|scaler|amp|momentum|criterion|loss_scale", re.IGNORECASE)
"""Keys under which an optimiser's state stands, or what is no network's."""
MOST_LEVELS = 4


def states_in(
    value: Mapping[object, object], path: str = "", level: int = 0
) -> Iterator[tuple[str, Mapping[object, object]]]:
    """(where, state_dict) of each within a value; an optimiser's states are none."""
    if any(isinstance(k, str) and isinstance(v, Tensor) and v.ndim > 1 for k, v in value.items()):
        yield path, value  # with all that is no tensor: who reads it names it
        return
    if level == MOST_LEVELS:
        return
    for name, inner in value.items():
        if isinstance(name, str) and isinstance(inner, Mapping) and not OTHERS.search(name):
            yield from states_in(inner, f"{path}.{name}" if path else name, level + 1)


def one_state(given: Any) -> Any:
    """The one state_dict within a checkpoint, {"state_dict": ..., "epoch": 3} say; else what it is.

    ValueError where it holds several, which names their keys.
    """
    found = dict(states_in(given)) if isinstance(given, Mapping) else {}
    if not found or "" in found:
        return given
    if len(found) > 1:
        keys = "".join(f"[{brief(key)}]" for key in next(iter(found)).split("."))
        raise ValueError(
            f"the checkpoint holds several state_dicts, {listed(map(brief, found), 4)}: give the "
            f"one that is meant, checkpoint{keys} say"
        )
    return next(iter(found.values()))
