"""Trainings that the page replays: a network's weights at moments on the way, kept beside its own.

`benchmarks/replay.py` makes such a file: float16 tensors (moments, ...) by the names of the
network's parameters, and in its head, as JSON, the moments with their losses and errors.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from safetensors import safe_open

from ..bundle.head import as_errors
from ..bundle.info import AGAIN
from ..texts import parsed
from .engine.export import exported
from .trained import PageNetwork

Values = dict[str, Any]
FILE = "replay.safetensors"
"""What it is called beside a bundle's weights."""


def replays(several: Iterable[PageNetwork]) -> list[Values]:
    """The replay of each trained network that has one, as the page takes it."""
    return [replay(one) for one in several if has_replay(one)]


def has_replay(one: PageNetwork) -> bool:
    """Whether moments of a training lie beside a network's weights."""
    return not one.info.members and (one.folder / FILE).is_file()


def replay(one: PageNetwork) -> Values:
    """`moments`, the packed weights of each, and the powers of two by which its tensors are kept.

    The programs are that of the network itself but for these. ValueError for a file that is damaged
    or of another network.
    """
    path = one.folder / FILE
    told, states = read_replay(path)
    made = [exported(one.found.net.member, one.info, state) for state in states]
    return {
        "own": one.own,
        "words": told["words"],
        "tested": told["tested"],
        "moments": told["moments"],
        "times": [list(_times(one_made.program)) for one_made in made],
        "weights": [base64.b64encode(one_made.weights).decode() for one_made in made],
    }


def read_replay(path: Path) -> tuple[Values, list[dict[str, Any]]]:
    """What is told of the moments, and the weights of each, float32 arrays by their names."""
    with as_errors(path, AGAIN), safe_open(path, "numpy") as kept:
        told = parsed((kept.metadata() or {}).get("replay", "null"))
        tensors = {name: kept.get_tensor(name) for name in kept.keys()}  # noqa: SIM118
    moments = told.get("moments") if isinstance(told, dict) else None
    if not moments or any(len(one) != len(moments) for one in tensors.values()):
        raise ValueError(
            f"{path} is no replay of a training. python benchmarks/replay.py makes one"
        )
    states = [
        {name: one[at].astype("float32") for name, one in tensors.items()}
        for at in range(len(moments))
    ]
    return told, states


def _times(program: Values) -> Iterable[float]:
    """The powers of two of a program's tensors of float16, in the order of its steps."""
    for step in program["steps"]:
        for name in ("weight", "bias"):
            if name in step and step[name]["as"] == "f16":
                yield step[name]["times"]
