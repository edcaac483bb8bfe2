"""compare: several networks side by side, without torch: a table, JSON or a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..words import listed, plural
from . import screen, swaps
from .explain import NAMED, Channels, Classes, Input, bundle_of, network
from .flags import Json, WrongUse, own_file, wrong_use
from .measured import measured_in
from .output import TABLES, Csv, Html, Latex, Markdown, Output, chosen, write

if TYPE_CHECKING:
    from ..compare.one import Compared
    from ..compare.several import Comparison
    from ..tables import Table

PICTURES = {".png": "png", ".svg": "svg", ".pdf": "pdf"}
"""The formats of pictures, by the suffix of a file."""
MARK = "\N{CHECK MARK}"
Asked = tuple[int | None, int | None, str, dict[str, Any]]
"""Classes, channels, input and options, as the flags ask for them."""
OPTIONAL = ("interval", "memory", "field", "MiB", "year")
"""What a narrow terminal leaves out first."""


def compare(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NETWORK", help=NAMED, show_default=False),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All networks, by year.")] = False,
    family: Annotated[
        str, typer.Option("--family", help="All networks of a family: vgg, resnet, mobilenet.")
    ] = "",
    protocol: Annotated[
        str,
        typer.Option(
            "--protocol",
            help="Which published error: plainest, one-crop, ten-crop, dense, many-views, best or "
            "ensemble.",
        ),
    ] = "plainest",
    sort: Annotated[
        str, typer.Option("--sort", help="Sort by this column; -COLUMN: largest first.")
    ] = "",
    columns: Annotated[
        str, typer.Option("--columns", help="Only these columns, with commas between them.")
    ] = "",
    picture: Annotated[
        str,
        typer.Option(
            "--picture",
            help="error-macs, error-year, accuracy-per-parameter or cost-by-stage, drawn to -o "
            "FILE.png, .svg or .pdf.",
        ),
    ] = "",
    error: Annotated[
        str, typer.Option("--error", help="Draw this error: top-1 or top-5. [what most have]")
    ] = "",
    table: Annotated[
        str,
        typer.Option("--table", help="A table of the lecture notes, corrected; list: their names."),
    ] = "",
    input: Input = "",
    classes: Classes = None,
    channels: Channels = None,
    activation: swaps.Activation = "",
    norm: swaps.Norm = "",
    dropout: swaps.Dropout = None,
    pooling: swaps.Pooling = "",
    residual_scale: swaps.ResidualScale = None,
    set_: swaps.Options = None,
    json: Json = False,
    csv: Csv = False,
    markdown: Markdown = False,
    latex: Latex = False,
    html: Html = False,
    output: Output = "",
) -> None:
    """Compare networks: size, cost, depth, published errors.

    Each error has its protocol and its source. Takes names, your own FILE.py:NAME, and folders of
    bundles or runs, whose own errors are shown. What is swapped or set applies to all; a name may
    say it of one network: alexnet+norm=batch. --table prints the tables of the lecture notes with
    the right value in each cell.
    """
    flags = {"json": json, "csv": csv, "markdown": markdown, "latex": latex, "html": html}
    form = chosen(flags, output, {**TABLES, **PICTURES})
    if table:
        _notes(table, names or (), form, output)
        return
    options = swaps.wanted(activation, norm, dropout, pooling, residual_scale)
    with wrong_use():
        options = swaps.with_set(options, set_)
    with own_file(*(names or ())):
        found = _comparison(names or [], every, family, (classes, channels, input, options))
        with wrong_use():
            found = _arranged(found, protocol, sort, columns)
        if picture or form in PICTURES.values():
            _draw(found, picture or "error-macs", error, form, output)
            return
        if error:
            raise WrongUse("--error chooses what a picture draws: give --picture KIND -o FILE.png")
        _write(found, form, output)


def _comparison(
    names: Sequence[str],
    every: bool,
    family: str,
    sizes: Asked,
) -> Comparison:
    """The networks that are asked for, each once."""
    from ..compare.several import Comparison, in_family
    from ..nets import list_nets

    asked = list(names)
    if family:
        with wrong_use():
            asked += in_family(family)
    if every:
        asked += list_nets()
    if not asked:
        raise WrongUse(
            "nothing to compare: papernets compare alexnet vgg16, --family vgg, --all, or "
            "--table list"
        )
    found: list[Compared] = []
    names = [run for name in names for run in _each_seed(name)]
    for name in (run for several in asked for run in _each_seed(several)):
        one = _compared(name, sizes)
        twin = next((other for other in found if one.same(other)), None)
        if twin is None:
            found.append(one)
        elif name in names and not (every or family):
            screen.note(f"{name} is {twin.called}, which stands there already: it is shown once")
    return Comparison(tuple(found))


def _each_seed(name: str) -> list[str]:
    """The runs of a folder that `train --seeds` made; any other name as it is."""
    from ..files import path_of

    if not name or not (path_of(name) / "seeds.json").is_file():
        return [name]
    from ..train.seeds import runs_of

    runs = [str(run) for run in runs_of(path_of(name))]
    if not runs:
        raise WrongUse(f"{name} has no finished run yet: papernets train --out {name} --resume")
    return runs


def _compared(name: str, sizes: Asked) -> Compared:
    """A network, or that of a bundle or a run, with its result."""
    from ..compare.one import Compared
    from ..compare.results import result_of

    if not name:
        raise WrongUse("NETWORK: one is empty: give a name, or leave it out")
    found, folder = network(name, *sizes), bundle_of(name)
    if folder is None:
        return Compared(name if ".py:" in name else found.name, found)
    from ..bundle.info import described

    info = described(folder)
    return Compared(name, found, result_of(info.run, info.metrics), measured_in(folder))


def _arranged(found: Comparison, protocol: str, sort: str, columns: str) -> Comparison:
    """In the order and with the columns that are asked for; ValueError for an unknown one."""
    from ..compare.columns import check_columns
    from ..compare.published import check_protocol

    asked = [name.strip() for name in columns.split(",")] if columns else []
    names = check_columns(asked)
    if names and not {"network", "title"} & set(names):
        names = ("network", *names)  # whose numbers they are
    found = replace(found, protocol=check_protocol(protocol), columns=names)
    return found.sorted(sort) if sort else found


def _write(found: Comparison, form: str, output: str) -> None:
    """The table in a format, or for people."""
    if form == "json":
        _json([one.to_dict(found.protocol) for one in found.several], output)
    elif form:
        _table(found.table(exact=form == "csv"), form, output)
    else:
        made = found.table()
        short = tuple(replace(c, name=c.name.split(" (")[0]) for c in made.columns)
        show(replace(made, columns=short), OPTIONAL)
        trained = [(one.called, one.measured) for one in found.several if one.measured]
        if len(trained) > 1:
            from .results import show_otherwise

            show_otherwise(trained)


def _json(value: object, output: str) -> None:
    if output in ("", "-"):
        screen.print_json(value)
        return
    from ..texts import json_text

    write(json_text(value, indent=1) + "\n", output)


def _table(table: Table, form: str, output: str) -> None:
    from ..tables import FILES

    write(FILES[form](table), output)


def show(table: Table, optional: Sequence[str] = ()) -> None:
    """Print a table for people, its notes below; a narrow terminal leaves the optional out."""
    heads = [column.name for column in table.columns]
    left = next((at for at, column in enumerate(table.columns) if column.right), len(heads))
    rows = [table.texts(cells) for cells in table.rows()]
    optional = [head for head in optional if head in heads]
    gone = screen.table(heads, rows, left=max(1, left), optional=optional)
    if gone:
        screen.prose(f"No room for: {', '.join(gone)}. A wider window shows them.")
    if table.notes:
        screen.say()
    for note in table.notes:
        screen.prose(note)


MOST_NAMED = 8
"""Networks that a picture leaves out, by name."""


def _draw(found: Comparison, kind: str, error: str, form: str, output: str) -> None:
    """A picture of the comparison, written to a file."""
    from ..compare.charts import chart

    with wrong_use():
        made = chart(found, kind, error)
    if form and form not in PICTURES.values():
        raise WrongUse(f"--picture is written as PNG, SVG or PDF, not {form}: -o {kind}.png")
    if not output:
        raise WrongUse(f"--picture needs a file: -o {kind}.png, .svg or .pdf")
    from ..draw.compared import drawn

    write(drawn(made, form or "svg"), output)
    whys: dict[str, list[str]] = {}
    for name, why in made.left_out:
        whys.setdefault(why, []).append(name)
    for why, several in whys.items():
        other = {"no published top-1 error": "top-5", "no published top-5 error": "top-1"}.get(why)
        hint = f". --error {other} draws what has that one" if other else ""
        screen.note(f"left out, {why}: {listed(several, MOST_NAMED)}{hint}")
    if output != "-":
        screen.note(f"{output}: {made.title}, {plural(made.count, 'network')}")


def _notes(name: str, names: Sequence[str], form: str, output: str) -> None:
    """One of the notes' tables, corrected, or their list."""
    from ..compare.corrected import corrected
    from ..compare.corrected import listed as tables

    if names:
        raise WrongUse(f"--table {name} is a table of its own: give it without {names[0]}")
    if form in PICTURES.values():
        raise WrongUse(f"--table is written as a table, not as {form}: -o {Path(output).stem}.html")
    with wrong_use():
        made = None if name == "list" else corrected(name)
    if made is None:
        table = tables()
        keys = ("table", "short", "judged", "wrong")
        rows: list[dict[str, object]]
        rows = [dict(zip(keys, row, strict=True)) for row in table.rows()]
    else:
        mark = MARK if screen.speaks_unicode() or form else "="
        table, rows = made.table(exact=form == "csv", agrees=mark), made.to_list()
    if form == "json":
        _json(rows, output)
    elif form:
        _table(table, form, output)
    else:
        screen.prose(table.title)
        screen.say()
        show(table)
