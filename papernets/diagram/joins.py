"""What is drawn where branches meet: which way is a shortcut, and what is said of the sum."""

from __future__ import annotations

from collections.abc import Iterable

from ..spec.walk import Row
from .shapes import Edge, Shape
from .units import Side, Split, Stack, rows_of


def common(marks: Iterable[str]) -> str:
    """What a comparison says of several rows: the same of all, else that they are changed."""
    several = set(marks) or {""}
    return several.pop() if len(several) == 1 else "changed"


def passed(branch: Stack, split: Split) -> tuple[str, ...]:
    """The rows on a way that passes on what it is given, up to the join."""
    own = (unit for unit in branch.units if not isinstance(unit, Side))
    return (*(row.name for row in rows_of(Stack(tuple(own)))), split.name)


def projection(split: Split, at: int, main: int) -> str:
    """`projection` for a shortcut that gives another shape: one layer beside several."""
    own, others = (rows_of(split.branches[one]) for one in (at, main))
    changes = len(own) == 1 < len(others) and own[0].out != own[0].input
    return "projection" if changes else ""


def plus(middle: float, reach: float) -> list[Shape]:
    """The sign of a sum."""
    return [
        Edge(((-reach, middle), (reach, middle)), role="sign", arrow=False),
        Edge(((0, middle - reach), (0, middle + reach)), role="sign", arrow=False),
    ]


def scales(row: Row) -> str:
    """By what the branches of a sum are multiplied, where they are."""
    own = getattr(row.layer, "scales", None) or ()
    return ", ".join(f"branch ×{one:g}" for one in own if one != 1)
