"""`explain NAME LAYER` as a page: a layer's arithmetic, or a block's rows, sums and paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from ..arithmetic import Explained, Otherwise, Step
from ..arithmetic.meaning import meaning
from ..arithmetic.sizes import zeros_of
from ..arithmetic.steps import (
    CONNECTIONS,
    EXAMPLE,
    FIELD,
    LARGEST,
    MACS,
    MEMORY,
    PARAMS,
    PLACE,
    SIZE,
    SMALLEST,
)
from ..spec import shown
from ..tables import Column, Section, Table
from ..tables import shown as cell_text
from ..words import plural
from .document import Chapter, Document, Drawn, Grid, Piece, Words
from .rows import block_grid

TITLES = {
    SIZE: "Output",
    MEMORY: "Memory",
    PARAMS: "Parameters",
    MACS: "Multiply-adds",
    CONNECTIONS: "Connections",
    EXAMPLE: "One value worked out",
}
SHORT = ("lrn", "rbf")
FIELDS = {
    LARGEST: "Along the largest path",
    SMALLEST: "Along the smallest path",
    FIELD: "Any value",
}
LETTERS = {
    "N": "N side of the input, or values of a flat one",
    "F": "F side of the kernel",
    "P": "P zeros on a side",
    "S": "S stride",
    "D": "D maps of the input",
    "K": "K maps of the output",
    "G": "G groups",
    "W": "W, H sides of the output",
    "R": "R field so far",
}


def layer_page(found: Explained, members: int = 1) -> Document:
    """The page of a layer or block; a committee has it in each of its members."""
    head = tuple(_head(found))
    if members > 1:
        head += (Words(f"Each of the {members} members has one; the numbers are those of one."),)
    chapters = [Chapter("", head)]
    if found.place.is_block:
        chapters.append(Chapter(f"Its rows, named within {found.name}", (block_grid(found.place),)))
    chapters += [
        Chapter(picture.title, _drawn(picture.lines, picture.note)) for picture in found.pictures
    ]
    if found.unit:
        chapters.append(Chapter("The unit", tuple(_unit(found))))
    steps = [step for step in found.steps if step.formula or step.value != 0]
    if counts := [step for step in steps if step.topic in TITLES]:
        chapters.append(Chapter("The arithmetic", (_steps(counts, TITLES),)))
    if fields := [step for step in steps if step.topic in FIELDS]:
        chapters.append(Chapter("The receptive field, in pixels", (_steps(fields, FIELDS),)))
    if found.otherwise:
        chapters.append(Chapter("What it would cost otherwise", (_otherwise(found),)))
    title = f"{found.name} of {found.graph.net.name}"
    return Document(title, "", tuple(chapters), partial(_data, found))


def _drawn(lines: tuple[str, ...], note: str) -> tuple[Piece, ...]:
    return (Drawn("", lines), *([Words(note)] if note else []))


def _head(found: Explained) -> Iterator[Piece]:
    end, place = found.place.end, found.place
    kind = f"a block of {plural(len(place.rows), 'row')}" if place.is_block else end.kind_and_window
    yield Words(_capital(f"{kind}: {shown(found.input)} to {shown(found.out)}."))
    if not place.is_block:
        said = ". ".join(filter(None, (meaning(end), _capital(zeros_of(end)))))
        yield Words(f"{said.rstrip('.')}.")
    if place.aux:
        yield Words("It belongs to an auxiliary head: it is there in training only.")
    field = end.receptive_field
    sees = f"{field[0]}x{field[1]} pixels" if field else "everything"
    if field and found.smallest_field and found.smallest_field != field:
        sees += f" (along its smallest path {_by(found.smallest_field)})"
    held = found.held
    more = [f"{held.fixed:,} fixed"] if held.fixed else []
    more += [f"{held.statistics:,} running statistics"] if held.statistics else []
    kept = f", and {' and '.join(more)}" if more else ""
    count = (
        f"{plural(found.params, 'trained parameter')}{kept}, {found.macs:,} multiply-adds, "
        f"{plural(found.connections, 'connection')}"
    )
    if not (held.all or found.macs or found.connections):
        count = "No parameters, no multiply-adds"
    yield Words(f"{count}. A value sees {sees}.")


def _capital(text: str) -> str:
    """With a capital letter; a short name of letters alone in capitals."""
    head = text.partition(":")[0]
    return head.upper() + text[len(head) :] if head in SHORT else text[:1].upper() + text[1:]


def _by(two: tuple[int, int]) -> str:
    return f"{two[0]}x{two[1]}"


def _unit(found: Explained) -> Iterator[Piece]:
    unit = found.unit
    assert unit
    top, left, bottom, right = unit.rectangle
    size = f"{bottom - top + 1}x{right - left + 1} pixels"
    yield Words(
        f"Unit {unit.at[0]},{unit.at[1]} (row, column, from 0) of {unit.row.name} sees rows "
        f"{top} to {bottom} and columns {left} to {right} of the input: {size}."
    )
    outside = [f"{plural(n, _line(side))} {_where(side)}" for side, n in unit.outside.items() if n]
    if not outside:
        yield Words("All of it lies on the picture.")
    elif unit.clipped is None:
        yield Words("All of it lies in the padding.")
    else:
        a, b, c, d = unit.clipped
        yield Words(
            f"In the padding: {', '.join(outside)}. On the picture: rows {a} to {c}, columns "
            f"{b} to {d}, {c - a + 1}x{d - b + 1} of its {_by(unit.picture)} pixels."
        )


def _line(side: str) -> str:
    return "row" if side in ("top", "bottom") else "column"


def _where(side: str) -> str:
    return {"top": "above", "bottom": "below"}.get(side, side)


def _steps(steps: Sequence[Step], titles: Mapping[str, str]) -> Grid:
    """The steps, by topic, with their rules where letters say more than numbers."""
    columns = (
        Column("what"),
        Column("rule"),
        Column("with its numbers"),
        Column("result", right=True),
    )
    by: dict[str, list[tuple[str, str, str, str]]] = {}
    for step in steps:
        cells = (step.what, step.rule, step.formula, value_text(step.value, step.rule))
        by.setdefault(step.topic, []).append(cells)
    sections = [Section(tuple(by[t]), title) for t, title in titles.items() if t in by]
    if len(sections) == 1:
        sections = [Section(sections[0].rows)]
    used = {letter for step in steps for letter in step.rule if letter in LETTERS}
    legend = "; ".join(text for letter, text in LETTERS.items() if letter in used)
    notes = (_capital(legend) + ".",) if legend else ()
    return Grid(Table(columns, tuple(sections), notes=notes), 3, ("rule",))


def value_text(value: object, rule: str = "") -> str:
    """A step's result as people read it: a size as 14x14, a place as 3,4."""
    if isinstance(value, tuple):
        return ("," if rule == PLACE else "x").join(map(str, value))
    return cell_text(value) if isinstance(value, int | float) else str(value)


def _otherwise(found: Explained) -> Grid:
    columns = (
        Column("otherwise"),
        Column("parameters", right=True),
        Column("times", right=True),
        Column("MACs", right=True),
        Column("times", right=True),
    )
    rows = [(f"{found.name} as it is", found.params, "", found.macs, "")]
    notes = []
    for one in found.otherwise:
        rows.append(
            (
                one.what,
                one.cost.params,
                _times(one.cost.params, one.now.params),
                one.cost.macs,
                _times(one.cost.macs, one.now.macs),
            )
        )
        if one.now.params != found.params and not found.place.is_block:
            notes.append(_beside(one))
    return Grid(Table(columns, (Section(tuple(rows)),), notes=tuple(notes)), 1)


def _beside(one: Otherwise) -> str:
    head = one.what.partition(":")[0]
    return (
        f"{_capital(head)}: beside {' and '.join(one.rows)}, which have {one.now.params:,} "
        f"parameters and {one.now.macs:,} MACs in all."
    )


def _times(new: int, now: int) -> str:
    """How many times as much, in so many digits that it says something."""
    if not now:
        return ""
    factor = new / now
    if factor < 0.1:
        return f"{factor:.2g}"
    return f"{factor:,.2f}" if factor < 100 else f"{factor:,.0f}"


def _data(found: Explained) -> Table:
    """The steps and the other ways, as a file of CSV holds them."""
    columns = tuple(
        Column(name) for name in ("topic", "what", "rule", "formula", "value", "params", "macs")
    )
    rows: list[tuple[str | int | float | None, ...]] = [
        (s.topic, s.what, s.rule, s.formula, _plain(s), None, None) for s in found.steps
    ]
    rows += [
        ("otherwise", one.what, None, None, None, one.cost.params, one.cost.macs)
        for one in found.otherwise
    ]
    return Table.of(columns, tuple(rows))


def _plain(step: Step) -> str | int | float:
    if isinstance(step.value, tuple):
        return value_text(step.value, step.rule)
    return step.value
