"""`explain NAME` as a page: an overview by stage, the layers, what was published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from ..arithmetic import Graph, graph
from ..arithmetic.memory import (
    BYTES,
    OPTIMISERS,
    PREDICTS,
    TRAINS,
    Memory,
    memory,
    read,
    read_binary,
)
from ..arithmetic.stages import Stage, stages
from ..nets import Found, beside
from ..spec import Committee, Net, Row, Totals, shown, totals
from ..tables import Cell, Column, Section, Table
from ..words import by, plural
from .data import Sums, machine_table
from .details import legend_of, short_details
from .document import Chapter, Document, Grid, Items, Piece, Words
from .published import published
from .rows import SHARE_MACS, SHARE_PARAMS, grid, in_all, lines_of, of_row, per_cent
from .wanted import Wanted

FEW_ROWS = 40
"""A network of no more rows is told row by row, where nobody says how deep."""
SHOWS = {"macs": SHARE_MACS, "params": SHARE_PARAMS}
"""The column that stays, where rows are sorted by another."""


def network_page(
    found: Found, wanted: Wanted | None = None, whole: Graph | None = None
) -> Document:
    """The page of a network; ValueError where nothing is of the kind or name that is asked for.

    `whole` is its graph, if it is known.
    """
    wanted, whole = wanted or Wanted(), whole or graph(found.net.member)
    rows = tuple(whole.rows.values())
    parts, sums, kept = stages(whole), totals(rows), memory(whole)
    shares = Sums(sums.params, sums.macs)
    chosen = wanted.of(rows)
    deep = wanted.depth or ("all" if len(rows) <= FEW_ROWS else "2")
    chapters = [Chapter("", tuple(_overview(found, whole, parts, (sums, kept), wanted)))]
    counted = any(claim.quantity.endswith("connections") for claim in found.claims)
    last = ("sees",) if counted else ("connections", "sees")
    if wanted.only or wanted.sort:
        chapters = [Chapter("", (_list(chosen, wanted, shares, last),))]
    elif deep != "1":
        chapters.append(Chapter("Layers", (_layers(whole, parts, deep, shares, last),)))
        if deep == "all":
            formulas = tuple((row.name, row.formula) for row in rows if row.formula)
            chapters.append(Chapter("The arithmetic", (Items(formulas),)))
        chapters.append(_memory(found, kept, wanted.batch))
        chapters += published(found, rows)
    return Document(
        found.record.title,
        found.record.source,
        tuple(chapters),
        partial(machine_table, whole, parts, shares, chosen),
    )


def _list(rows: Sequence[Row], wanted: Wanted, sums: Sums, last: tuple[str, ...]) -> Grid:
    """Some rows, in an order, with their sum."""
    lines = [of_row(row, text) for row, text in zip(rows, short_details(rows), strict=True)]
    main = tuple(row for row in rows if not row.aux) or tuple(rows)
    beside = " without heads" if len(main) < len(rows) else ""
    total = in_all(main, plural(len(main), "row") + beside)
    found = grid([("", lines)], sums, legend_of(rows), last, total)
    kept = SHOWS.get(wanted.sort, wanted.sort)
    if not wanted.sort:
        return found
    goes = *(name for name in found.optional if name != kept), "details", kept
    return replace(found, optional=goes, in_order=False)


def _layers(
    whole: Graph, parts: Sequence[Stage], depth: str, sums: Sums, last: tuple[str, ...]
) -> Grid:
    """The layers by stage, blocks folded where the depth is 2."""
    rows = tuple(whole.rows.values())
    details = dict(zip(whole.rows, short_details(rows), strict=True))
    sections = []
    for number, stage in enumerate(parts, 1):
        size = by(stage.whole.end.out[1:])
        title = f"{number}. {stage.name}, {size}" if stage.weight is None else _head(stage)
        sections.append((title, list(lines_of(stage, depth == "2", details))))
    notes = legend_of(rows)
    if depth == "2" and any(unit.is_block for stage in parts for unit in stage.units):
        notes = [*notes, "Every row of a block: --depth all, or explain NAME BLOCK."]
    return grid(sections, sums, notes, last)


def _head(stage: Stage) -> str:
    """The title of an auxiliary head."""
    counts = "counted in" if stage.counted else "in training only"
    return f"{stage.name}: auxiliary head, {counts}; its loss counts {stage.weight:g} times"


def _overview(
    found: Found,
    whole: Graph,
    parts: Sequence[Stage],
    counted: tuple[Totals, Memory],
    wanted: Wanted,
) -> Iterator[Piece]:
    """Totals, memory, and the cost by stage: a screen."""
    net = found.net
    times = net.count
    sums, held = counted
    of = ""
    if isinstance(net, Committee):
        named = beside(whole.net).record.title
        of = f"{times} times {named}; joined by: {net.rule}. "
    yield Words(f"{of}Input {by(whole.net.input)}, {gives(whole.net, parts)}.")
    yield Items(tuple(_totals(sums, held, times, wanted.batch, parts)))
    yield _stages(parts, sums, f"Each of the {times}" if times > 1 else "")


def gives(net: Net, parts: Sequence[Stage]) -> str:
    """What a network gives, in words: classes, features where its classifier is left out, or maps.

    A module of a paper, with maps, has no classifier.
    """
    if net.classes:
        return plural(net.classes, "class", "classes")
    out = next(stage for stage in reversed(parts) if stage.weight is None).whole.end.out
    if out[1:] == (1, 1):
        return f"without its classifier: {plural(out[0], 'feature')}"
    return "a module: no classes"


def _totals(
    sums: Totals, memory: Memory, times: int, batch: int, parts: Sequence[Stage]
) -> Iterator[tuple[str, str]]:
    four, two = BYTES["float32"], BYTES["float16"]
    more = f" and {sums.fixed_params * times:,} fixed ones" if sums.fixed_params else ""
    size = four * (sums.params + sums.fixed_params) * times
    statistics = (memory.weights - sums.params - sums.fixed_params) * times
    yield (
        "Parameters",
        f"{sums.params * times:,} trained{more}: {read(size)} ({read_binary(size)}) in float32, "
        f"{read(size * two / four)} in float16"
        + (f"; besides {statistics:,} running statistics" if statistics else "")
        + (f"; each of the {times}: {sums.params:,}" if times > 1 else ""),
    )
    yield (
        "MACs",
        f"{sums.macs * times:,} multiply-adds, one for each use of a weight in a convolution, "
        "dense or RBF layer",
    )
    yield (
        "Connections",
        f"{sums.connections * times:,}, with biases and subsampling; {sums.activations * times:,} "
        "neurons",
    )
    predict = four * memory.predict() * times
    trained = ", ".join(
        f"{read(four * memory.train(name, batch) * times)} with {word}"
        for name, word in (("sgd", "SGD"), ("momentum", "momentum"), ("adam", "Adam"))
    )
    yield "Memory", f"{read(predict)} to predict a picture; to train on {batch} at once {trained}"


def _stages(parts: Sequence[Stage], sums: Totals, title: str) -> Grid:
    """What each stage costs; heads that are summed apart stand below the sum."""
    columns = (
        Column("stage"),
        Column("output"),
        Column("rows", right=True),
        Column("params", right=True),
        Column("%", right=True, show=per_cent),
        Column("MACs", right=True),
        Column("% ", right=True, show=per_cent),
        Column("neurons", right=True),
        Column("sees", right=True),
    )

    def cells(stage: Stage) -> tuple[Cell, ...]:
        whole = stage.whole
        field = whole.end.receptive_field
        name = stage.name if stage.weight is None else f"{stage.name}: loss x {stage.weight:g}"
        return (
            name,
            shown(whole.end.out),
            len(whole.rows),
            whole.params or None,
            whole.params / sums.params if sums.params and stage.counted and whole.params else None,
            whole.macs or None,
            whole.macs / sums.macs if sums.macs and stage.counted and whole.macs else None,
            whole.neurons,
            by(field) if field else "all",
        )

    main = [stage for stage in parts if stage.counted]
    beside = [stage for stage in parts if not stage.counted]
    rows = sum(len(stage.whole.rows) for stage in main)
    total = ("in all", "", rows, sums.params, None, sums.macs, None, sums.activations, "")
    sections = [Section(tuple(map(cells, main)), title, total)]
    if beside:
        sections.append(Section(tuple(map(cells, beside)), "Auxiliary heads, in training only"))
    return Grid(Table(columns, tuple(sections)), 2, ("neurons", "rows", "sees", "output"))


def _memory(found: Found, held: Memory, batch: int) -> Chapter:
    """What is held for prediction and for training, in float32 and float16, and by which rule."""
    times = found.net.count
    names = [f"{kind}, {unit}" for kind in BYTES for unit in ("MB", "MiB")]
    columns = (Column("for"), *(Column(name, right=True) for name in names))

    def cells(what: str, values: int) -> tuple[Cell, ...]:
        sizes = [values * size * times for size in BYTES.values()]
        return (what, *(_size(n / f) for n in sizes for f in (1e6, 2**20)))

    rows = [cells("the weights", held.weights)]
    for count in dict.fromkeys((1, batch)):
        rows.append(cells(f"predicting {plural(count, 'picture')}", held.predict(count)))
    rows += [cells(f"training with {name}", held.train(name, batch)) for name in OPTIMISERS]
    most = f"The most values are alive at {held.peak_at}."
    title = f"Memory; training on {plural(batch, 'picture')} at once"
    grid = Grid(Table(columns, (Section(tuple(rows)),)), 1, tuple(n for n in names if "MiB" in n))
    return Chapter(title, (grid, Words(f"{PREDICTS} {most}"), Words(TRAINS)))


def _size(size: float) -> str:
    """Megabytes with as many digits as say something."""
    return f"{size:,.1f}" if size >= 10 else f"{size:,.3g}"
