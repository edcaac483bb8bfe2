"""What rank 0 tells the others before the first step: all that the run begins or goes on with."""

from __future__ import annotations

import io
import tomllib
from dataclasses import dataclass
from typing import Any

import torch

from ...bundle.seen import Seen
from ...data import Preprocessing
from ...ranks.group import Group
from ..run import Run
from ..settings import checked
from ..where import MOVABLE

RUN, BEGUN = "run", "begun"


@dataclass(frozen=True)
class Told:
    """How pictures are seen, which are known, a checksum of them, and the state."""

    preprocessing: Preprocessing
    seen: Seen
    mark: str
    state: dict[str, Any]


def tell_run(group: Group, run: Run | None) -> None:
    """Tell the others what is done: `run.toml` as rank 0 has it; None where nothing is."""
    group.say(RUN, run.to_toml() if run else "")


def hear_run(group: Group, given: dict[str, Any]) -> Run | None:
    """The run that rank 0 does, where this rank was told to do it: `given` as its flags say."""
    text = group.heard(RUN)
    if not text:
        return None
    values = tomllib.loads(text)
    settings = {key: checked(key, value, "rank 0") for key, value in values.items()}
    return Run.of(settings | {key: value for key, value in given.items() if key in MOVABLE})


def tell(group: Group, told: Told) -> None:
    """Tell the others what the steps begin with."""
    arrays = told.preprocessing.content
    content = {
        "preprocessing": told.preprocessing.to_dict(),
        "arrays": _tensor(arrays),
        "seen": _tensor(told.seen.to_bytes()),
        "mark": told.mark,
        "state": told.state,
    }
    buffer = io.BytesIO()
    torch.save(content, buffer)
    group.say(BEGUN)
    group.bytes_of_first(buffer.getvalue())


def hear(group: Group) -> Told:
    """What rank 0 tells, when it does: it may fit a classifier before."""
    group.heard(BEGUN)
    values = torch.load(io.BytesIO(group.bytes_of_first()), map_location="cpu", weights_only=True)
    arrays, seen = (values[name].numpy().tobytes() for name in ("arrays", "seen"))
    eyes = Preprocessing.from_dict(values["preprocessing"], arrays)
    return Told(eyes, Seen.from_bytes(seen), values["mark"], values["state"])


def _tensor(content: bytes) -> torch.Tensor:
    return torch.frombuffer(bytearray(content), dtype=torch.uint8) if content else torch.empty(0)
