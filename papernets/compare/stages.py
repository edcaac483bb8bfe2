"""Where in a network its cost lies: by how finely the rows see the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..spec import Row

END = 0
"""The step of what comes after the last map: flattened or averaged, it has no place any more."""


@dataclass(frozen=True)
class Stage:
    """The rows whose values lie so many input pixels apart; `END` for those after the last map."""

    step: int
    params: int = 0
    macs: int = 0
    values: int = 0

    def to_dict(self) -> dict[str, object]:
        """The stage as `compare --json` prints it."""
        return {"step": self.step or None, "params": self.params, "macs": self.macs}


def stages(rows: Sequence[Row], times: int = 1) -> tuple[Stage, ...]:
    """The stages of a network from the picture to the answer, heads left out.

    A row belongs to the stage of its output: a convolution with stride 2 to the coarser one. Steps
    are pixels of the input, so that 112x112 of 224x224 and 149x149 of 299x299 are one stage.
    `times`: how many such networks a committee has.
    """
    found: dict[int, Stage] = {}
    for row in rows:
        if row.aux:
            continue
        step = max(row.field_stride) if row.field_stride else END
        so_far = found.get(step, Stage(step))
        found[step] = Stage(
            step,
            so_far.params + times * row.params,
            so_far.macs + times * row.macs,
            so_far.values + times * row.size,
        )
    maps = sorted(step for step in found if step != END)
    return tuple(found[step] for step in (*maps, END) if step in found)


def stage_name(step: int) -> str:
    """What a stage is called: `1/4 of the picture's sides`, or what comes after the maps."""
    return "after the maps" if step == END else "full size" if step == 1 else f"1/{step}"
