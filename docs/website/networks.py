"""A page a network, a page a family, and the list of all: made of what the registry holds."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from multiprocessing import get_context

from papernets.bundle.find import shipped
from papernets.nets import Found, find, list_nets, look_up
from papernets.nets.entry import Entry
from papernets.said import bibtex, error_of_paper
from papernets.said.markdown import grouped
from papernets.spec import Committee, Row, totals, walk
from papernets.tables import Column, Table
from papernets.words import by, percent, plural
from website import claims, diagrams, explained, layers, text, training

Drawn = dict[str, tuple[diagrams.Picture, ...]]
Write = Callable[[str, str], None]
"""Writes a page: its address without a suffix, and what it says."""


@dataclass(frozen=True)
class Beside:
    """What a page has beside its network: the entry, the drawings, and which others have pages."""

    entry: Entry | None = None
    drawn: Mapping[str, tuple[diagrams.Picture, ...]] = field(default_factory=dict)
    others: tuple[str, ...] = ()


def page(found: Found, beside: Beside) -> str:
    """All that is known of one network."""
    parts = list(_parts(found, beside))
    at = next(n for n, part in enumerate(parts) if part.startswith(":::{container} facts")) + 1
    heads = [part.removeprefix("## ") for part in parts if part.startswith("## ")]
    return text.page([WIDE, *parts[:at], text.jumps(heads), *parts[at:]])


WIDE = "---\nhide-toc: true\n---"
"""Tables want the room that a table of contents would take."""


def _parts(found: Found, beside: Beside) -> Iterator[str]:
    entry = beside.entry
    title = found.record.title or found.name
    yield f"# {text.plain(title)} {text.code(found.name)}"
    if entry is not None:
        yield f"{text.prose(entry.title)}."
    yield _facts(found, entry)
    if beside.drawn:
        yield from diagrams.figures(beside.drawn)
    yield "## Cost by stage"
    yield from explained.stages(found)
    yield "## Layers"
    yield from _layers(found)
    yield from explained.memory(found)
    yield from claims.parts(found)
    yield from training.parts(found)
    yield from _relatives(found.name, beside.others)
    yield from _paper(found)


def _facts(found: Found, entry: Entry | None) -> str:
    """What one looks for first, in two columns."""
    net, record = found.net, found.record
    times = net.count
    rows = walk(net.member)
    sums = totals(rows)
    facts = [("paper", record.source or "none")]
    facts += [("input", f"{by(net.member.input)} (channels, height, width)")]
    facts += [("classes", f"{net.member.classes:,}" if net.member.classes else "none: a module")]
    fixed = f", and {sums.fixed_params * times:,} fixed" if sums.fixed_params else ""
    facts += [("parameters", f"{sums.params * times:,}{fixed}")]
    facts += [("multiply-adds", f"{sums.macs * times:,}")]
    if sums.aux_params:
        heads = f"{sums.aux_params:,} parameters, {sums.aux_macs:,} multiply-adds"
        facts += [("auxiliary heads", f"{heads}, in training only")]
    if isinstance(net, Committee):
        facts += [("committee", f"{net.count} times {net.member.name}; {net.rule}")]
    error = error_of_paper(record.claims)
    if error is not None and isinstance(error.printed, float):
        facts += [("error in the paper", f"{percent(error.printed)}: {error.conditions}")]
    if entry is not None and entry.aliases:
        facts += [("other names", ", ".join(entry.aliases))]
    lines = [f"{text.plain(what)}\n: {text.plain(value)}" for what, value in facts]
    if entry is not None:
        link = f"[{text.plain(title_of(entry.family))}]({address(entry.family)}.md)"
        lines.insert(1, f"family\n: {link}")
    return ":::{container} facts\n\n" + "\n\n".join(lines) + "\n\n:::"


def _layers(found: Found) -> Iterator[str]:
    net = found.net
    table = layers.table_of(net.member)
    if isinstance(net, Committee):
        yield f"Of each of the {net.count} members, {text.code(net.member.name)}:"
    yield text.scrolling(table, f"Layers of {found.name}", "layers")
    yield (
        "*Sees* is the receptive field in pixels of the input. A MAC is one use of a weight in a "
        "convolution, dense or RBF layer. The arithmetic of each number is printed by"
    )
    yield text.fence(f"papernets explain {found.name}", "console")
    rows = walk(net.member)
    words = "\n".join(
        f"{text.code(row.name)}\n: {text.plain(row.formula)}\n"
        for row in _once(rows)
        if row.params or row.macs
    )
    if words:
        yield text.folded("The arithmetic, layer by layer", words)


def _once(rows: Sequence[Row]) -> Iterator[Row]:
    """Rows whose arithmetic is not the same as that of one before."""
    said: set[str] = set()
    for row in rows:
        if row.formula not in said:
            said.add(row.formula)
            yield row


def _relatives(name: str, others: Sequence[str]) -> Iterator[str]:
    """The networks that others made of it, or that it was made of."""
    base = next((n for n in sorted(others, key=len, reverse=True) if name.startswith(f"{n}_")), "")
    made = [n for n in others if n.startswith(f"{name}_")]
    if not base and not made:
        return
    yield "## Variants"
    yield "`diff` shows where two networks differ, row by row, and what it changes."
    lines = [f"papernets diff {base} {name}"] if base else []
    yield text.fence(
        "\n".join([*lines, *(f"papernets diff {name} {one}" for one in made)]), "console"
    )
    yield linked([*([base] if base else []), *made], f"Variants of {name}")


def _paper(found: Found) -> Iterator[str]:
    if found.record.paper:
        yield "## Cite"
        yield text.plain(found.record.source)
        yield text.fence(bibtex.entry(found.record.paper).text(), "bibtex")


def made(name: str, others: tuple[str, ...]) -> tuple[str, Drawn]:
    """The page of a network, and its drawings."""
    found = look_up(name)
    drawn = diagrams.drawings(found)
    return page(found, Beside(find(name), drawn, others)), drawn


def _all_made(names: Sequence[str]) -> Iterator[tuple[str, tuple[str, Drawn]]]:
    """Every page with its drawings; many are made by several processes."""
    making = partial(made, others=tuple(names))
    if len(names) < FEW:
        yield from ((name, making(name)) for name in names)
        return
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        yield from zip(names, pool.map(making, names, chunksize=4), strict=True)


FEW = 20
"""Pages that are made before another process would have begun."""


def write(names: Sequence[str], put: Write) -> None:
    """The pages of these networks, of all families, the list and the gallery."""
    thumbnails: dict[str, tuple[diagrams.Picture, ...]] = {}
    for name, (content, drawn) in _all_made(names):
        put(f"networks/{name}", content)
        thumbnails[name] = drawn["volumes"]
        for picture in (one for several in drawn.values() for one in several):
            put(picture.address, picture.svg)
    families = grouped(list_nets(), lambda name: find(name).family)
    kept = {family: [n for n in several if n in names] for family, several in families.items()}
    for family, members in kept.items():
        put(f"networks/{address(family)}", _family(family, members))
    put("networks/index", _index(kept))
    put("networks/gallery", diagrams.gallery(thumbnails, title_of, address))


LIST = (
    *(Column("network"), Column("what it is"), Column("year", right=True, show=str)),
    *(Column("input"), Column("parameters", right=True), Column("MACs", right=True)),
    *(Column("error in its paper"), Column("trained")),
)


@cache
def _row(name: str) -> tuple[str | int, ...]:
    found, entry = look_up(name), find(name)
    times = found.net.count
    sums = totals(walk(found.net.member))
    error = error_of_paper(found.record.claims)
    shown = percent(error.printed) if error and isinstance(error.printed, float) else ""
    if error and "top-5" in error.conditions:
        shown = f"top-5 {shown}"
    return (
        *(name, found.record.title, entry.year, by(found.net.member.input)),
        *(sums.params * times, sums.macs * times, shown),
        "yes" if shipped(name) else "",
    )


def linked(names: Sequence[str], label: str) -> str:
    """A table of networks, each with a link to its page."""
    table = text.scrolling(Table.of(LIST, tuple(map(_row, names))), label, "list")
    for name in names:
        row = f'<th scope="row">{name}</th>'
        table = table.replace(row, f'<th scope="row"><a href="{name}.html">{name}</a></th>')
    return table


def address(family: str) -> str:
    """The page of a family, beside those of its networks."""
    return f"family-{family.rpartition('.')[2]}"


def _said(family: str) -> tuple[str, ...]:
    """What a family's file says of it, by paragraphs."""
    return tuple((inspect.getdoc(importlib.import_module(family)) or "").split("\n\n"))


def title_of(family: str) -> str:
    """A family's name as its file says it."""
    return _said(family)[0].rstrip(".").partition(": ")[0]


def _family(family: str, names: Sequence[str]) -> str:
    head, *paragraphs = _said(family)
    title, rest = title_of(family), head.rstrip(".").partition(": ")[2]
    return text.page(
        [
            f"# {text.plain(title)}",
            f"{text.prose(rest[:1].upper() + rest[1:])}." if rest else "",
            *map(text.prose, paragraphs),
            linked(names, f"Networks of {title}"),
            text.toctree((f"{name} <{name}>" for name in names), "hidden:"),
        ]
    )


def _index(families: Mapping[str, Sequence[str]]) -> str:
    every = [name for names in families.values() for name in names]
    return text.page(
        [
            "# All networks",
            f"{plural(len(every), 'network')} in {len(families)} families, oldest first. "
            "Each page has the drawing, the layers, every printed number with its verdict, "
            "departures, results, recipes, and the weights that others published. An error is the "
            "first that the paper prints: top-1 unless marked.",
            linked([name for name in list_nets() if name in every], "All networks"),
            text.toctree((f"family-{family.rpartition('.')[2]}" for family in families), "hidden:"),
        ]
    )
