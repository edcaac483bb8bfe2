"""Facts from what is printed, and when they hold."""

from __future__ import annotations

from ..paper import Fact, Table, number
from ..spec import pair


def as_printed(
    classes: int, channels: int, input: int | tuple[int, int], side: int, colours: int = 1
) -> bool:
    """Published numbers hold for the published classes, channels and input alone."""
    return classes == 10 and channels == colours and pair(input) == (side, side)


def sizes(figure: Table, source: str) -> tuple[Fact, ...]:
    facts = []
    for row in figure:
        height, width = (int(n) for n in row["size"].split("x"))
        facts.append(
            Fact(
                f"{row['layer']}.out",
                (number(row["maps"], row["layer"], "maps"), height, width),
                source,
            )
        )
    return tuple(facts)


def row_facts(source: str, **columns: dict[str, int]) -> tuple[Fact, ...]:
    return tuple(
        Fact(f"{row}.{column}", value, source)
        for column, values in columns.items()
        for row, value in values.items()
    )
