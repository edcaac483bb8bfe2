"""A step of the arithmetic: what is worked out, by which rule, with which numbers, to what."""

from __future__ import annotations

from dataclasses import dataclass

Value = int | float | str | tuple[int, ...]


@dataclass(frozen=True)
class Step:
    """One line of a calculation.

    `formula` is the rule with its numbers, which Python could work out: `(5*5*6+1)*16`. It is
    empty where there is nothing to work out.
    """

    topic: str
    what: str
    formula: str
    value: Value
    rule: str = ""

    def to_dict(self) -> dict[str, object]:
        """The step as JSON has it."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        named = {"what": self.what, "formula": self.formula, "value": value}
        return {**named, "rule": self.rule, "topic": self.topic}


SIZE, PARAMS, MACS, CONNECTIONS = "output", "parameters", "multiply-adds", "connections"
MEMORY, EXAMPLE, FIELD = "memory", "example", "receptive field"
LARGEST, SMALLEST = "largest path", "smallest path"
"""The topics of steps; the paths are those along which the receptive field grows."""
PLACE = "row,column"
"""The rule of a step whose value is a place, not a size."""


def number(value: float) -> str:
    """A number in a formula, as short as it is exact."""
    if isinstance(value, int):
        return str(value)
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def product(*factors: int) -> str:
    """`5*5*6`."""
    return "*".join(map(str, factors))
