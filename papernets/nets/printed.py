"""Facts from what is printed, and when they hold."""

from __future__ import annotations

from ..said import Table, number
from ..said.legacy import Fact
from ..spec import Chain, Shape, pair, rows_of


def as_printed(
    classes: int,
    channels: int,
    input: int | tuple[int, int],
    side: int,
    colours: int = 1,
    of: int = 10,
) -> bool:
    """Published numbers hold for the published classes, channels and input alone."""
    return classes == of and channels == colours and pair(input) == (side, side)


def errors(printed: str, conditions: str, source: str) -> tuple[Fact, ...]:
    """Errors in per cent as a table prints them, `40.7/18.2`: top-1, and top-5 where it stands."""
    return tuple(
        Fact("error", round(float(cell) / 100, 6), source, conditions=f"{conditions}, {which}")
        for cell, which in zip(printed.split("/"), ("top-1", "top-5"), strict=False)
    )


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


def params(body: Chain, s: Shape, kind: str = "") -> int:
    """The parameters of a chain: of all its layers, or of those of one kind."""
    return sum(row.params for row in rows_of(body, s) if kind in ("", row.kind))
