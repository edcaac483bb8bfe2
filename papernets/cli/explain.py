"""list, explain: what a network is, without torch."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..words import by, percent, plural
from . import screen
from .claims import contradicted, counts
from .flags import Json, WrongUse, own_file, wrong_use

if TYPE_CHECKING:
    from ..nets import Found
    from ..said import Check, Claim
    from ..spec import Net
    from ..spec.window import Shape

NAMED = "A network, your own FILE.py:NAME, or the folder of a bundle or a run."
FIELDS = 12  # with more, a sentence of them is not read

Input = Annotated[
    str, typer.Option("--input", help="Picture size in pixels: a side, or HEIGHTxWIDTH.")
]
Classes = Annotated[int | None, typer.Option("--classes", help="Number of classes.")]
Channels = Annotated[int | None, typer.Option("--channels", help="Number of input channels.")]


def parse_size(text: str) -> int | tuple[int, int] | None:
    """`32` or `32x160` as a side or (height, width); '' is None, anything else a ValueError."""
    if not text:
        return None
    sides = text.lower().split("x")
    if len(sides) > 2 or not all(side.isdigit() for side in sides):
        raise typer.BadParameter(
            f"--input {text}: give a side such as 32, or HEIGHTxWIDTH such as 32x160"
        )
    numbers = [int(side[:20]) for side in sides]  # enough to be too large
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


def list_networks(
    pattern: Annotated[
        str, typer.Argument(help="Part of a name, or a pattern with * and ?.")
    ] = "*",
    json: Json = False,
) -> None:
    """List all networks, by year."""
    from ..bundle.find import shipped
    from ..nets import find as entry_of
    from ..nets import list_nets, look_up
    from ..said import error_of_paper
    from ..spec import Committee, totals, walk

    rows, found = [], []
    for name in list_nets(pattern):
        entry, looked_up = entry_of(name), look_up(name)
        one, record = looked_up.net, looked_up.record
        member, times = (one.member, one.count) if isinstance(one, Committee) else (one, 1)
        sums, trained = totals(walk(member)), shipped(name) is not None
        paper = error_of_paper(record.claims)
        found.append(
            {
                "name": name,
                "year": entry.year,
                "title": record.title,
                "input": list(member.input),
                "params": sums.params * times,
                "macs": sums.macs * times,
                "aliases": list(entry.aliases),
                "trained": trained,
                "paper_error": paper.printed if paper else None,
                "paper_error_on": paper.conditions if paper else None,
            }
        )
        rows.append(
            (
                name,
                record.title,
                str(entry.year),
                by(member.input),
                f"{sums.params * times:,}",
                f"{sums.macs * times:,}",
                "yes" if trained else "",
                _printed(paper),
            )
        )
    if json:
        screen.print_json(found)
    elif rows:
        columns = ("name", "what it is", "year", "input", "params", "MACs", "trained", "paper")
        screen.table(columns, rows, left=2, optional=("input", "MACs"))
        if screen.terminal():
            screen.prose(
                "trained: comes with weights, for evaluate and predict. paper: the first error "
                "that it prints, top-1 unless marked; explain NAME says on which pictures."
            )
    else:
        raise WrongUse(f"no network's name matches {pattern!r}. All names: papernets list")


def _printed(claim: Claim | None) -> str:
    """A paper's error in the list, marked where it is not a plain top-1 error."""
    if claim is None or not isinstance(claim.printed, float):
        return ""
    mark = "top-5 " if "top-5" in claim.conditions else ""
    higher = ">" if "higher than" in claim.conditions else ""
    return mark + higher + percent(claim.printed)


def explain(
    name: Annotated[str, typer.Argument(help=NAMED)],
    input: Input = "",
    classes: Classes = None,
    channels: Channels = None,
    json: Json = False,
) -> None:
    """Explain a network, layer by layer.

    Prints each layer's size, parameters and receptive field with the arithmetic, then the published
    numbers.
    """
    from ..show.explain import explain_dict

    with own_file(name):
        found = network(name, classes, channels, input)
        if json:
            screen.print_json(explain_dict(found))
            return
        show(found)


def network(
    name: str, classes: int | None = None, channels: int | None = None, size: str = ""
) -> Found:
    """The network of a name, or of the folder of a bundle or a run, as the flags ask for it."""
    from ..nets import look_up

    folder, input = bundle_of(name), parse_size(size)
    if folder is None:
        with wrong_use():
            return _walked(look_up(name, classes, channels, input))
    from ..bundle import INFO
    from ..bundle.find import in_file
    from ..bundle.info import described
    from ..bundle.network import Asked, kept_network

    info = described(folder)
    if in_file(info.network) and not info.net:
        raise ValueError(
            f"{folder / INFO} names a file of Python code, {info.network}, which is not run. "
            "If you trust it: papernets explain FILE.py:NAME"
        )
    with nullcontext() if info.net else wrong_use():  # what is there as data is not the command's
        return _walked(kept_network(folder, info, Asked(classes, channels, input)))


def _walked(found: Found) -> Found:
    """The same network; ValueError where the input is too small for it."""
    from ..spec import walk

    walk(found.net.member)
    return found


def bundle_of(name: str) -> Path | None:
    """The folder of the bundle that a name means; None where it means a network."""
    from ..bundle import INFO
    from ..bundle.find import bundle_meant

    try:
        return bundle_meant(name)
    except FileNotFoundError:
        raise WrongUse(
            f"{name} is a folder without a {INFO}: give a network, FILE.py:NAME, or the folder of "
            "a bundle or a run. All names: papernets list"
        ) from None


def show(found: Found) -> None:
    """Print a network for people."""
    from ..nets import beside
    from ..show.explain import COLUMNS, table_cells
    from ..spec import Committee, totals, walk

    net, record = found.net, found.record
    base, times = (net.member, net.count) if isinstance(net, Committee) else (net, 1)
    rows = walk(base)
    sums = totals(rows)
    screen.prose(record.title)
    if record.paper:
        screen.prose(record.source)
    screen.say()
    of = ""
    if isinstance(net, Committee):
        of = f"{times} times {beside(base).record.title}; joined by: {net.rule}. "
    screen.prose(f"{of}Input {by(base.input)}, {_gives(base, rows[-1].out)}.")
    cells, legend = table_cells(rows)
    at = COLUMNS.index("details")
    cells = [(*c[:at], screen.kept(c[at], ", "), *c[at + 1 :]) for c in cells]
    counted = any(claim.quantity.endswith("connections") for claim in found.claims)
    optional = ("sees",) if counted else ("connections", "sees")
    _left_out(cells, screen.table(COLUMNS, cells, left=4, optional=optional))
    if legend:
        screen.prose(" ".join(legend))
    total = (
        f"{sums.params * times:,} trained parameters"
        + (f" and {sums.fixed_params * times:,} fixed ones" if sums.fixed_params else "")
        + f", {sums.macs * times:,} multiply-adds (MACs), {sums.connections * times:,} connections"
    )
    screen.prose(
        f"Total: {total}."
        + (f" Each of the {times}: {plural(sums.params, 'parameter')}." if times > 1 else "")
    )
    screen.prose(
        "A MAC is one use of a weight in a convolution, dense or RBF layer; connections count "
        "biases and subsampling too."
    )
    screen.heading("The arithmetic")
    for row in rows:
        screen.paragraph(row.name, row.formula)
    _claims(found)


def _gives(net: Net, out: Shape) -> str:
    """What a network gives, in words: classes, features where its classifier is left out, or maps.

    A module of a paper, with maps, has no classifier.
    """
    if net.classes:
        return plural(net.classes, "class", "classes")
    if out[1:] == (1, 1):
        return f"without its classifier: {plural(out[0], 'feature')}"
    return "a module: no classes"


def _left_out(cells: Sequence[Sequence[str]], gone: Sequence[str]) -> None:
    """What a narrow terminal's table has no room for: the fields where they change, or a word."""
    from ..show.explain import COLUMNS

    at, last = COLUMNS.index("sees"), ""
    seen: list[str] = []
    for cell in cells:
        seen += [f"{cell[0]} {cell[at]}"] if cell[at] != last else []
        last = cell[at]
    if "sees" in gone and len(seen) <= FIELDS:
        screen.prose(f"Sees, of the input's pixels: {', '.join(seen)}.")
        gone = [column for column in gone if column != "sees"]
    if gone:
        screen.prose(f"No room for: {', '.join(gone)}. A wider window shows them.")


OTHERWISE = {
    "paper": "The paper prints otherwise",
    "code": "Released code has otherwise",
    "notes": "Later notes print otherwise",
}


def _claims(found: Found) -> None:
    from ..said import ABOUT_NOTES, shown, verify

    record = found.record
    checks = verify(found.net, record)
    agreed = [c for c in checks if c.verdict == "agrees"]
    if agreed:
        of = counts(agreed, {"paper": "papers", "code": "released code", "notes": "later notes"})
        screen.heading(f"Published numbers that the arithmetic confirms: {of}")
    for check in agreed:
        printed = f"{'below' if check.below else '='} {shown(check.printed)}"
        exactly = "" if check.ours == check.printed else f" (exactly {shown(check.ours)})"
        screen.paragraph("", f"{check.quantity} {printed}{exactly}: {check.source}", hang=2)
    wrong = [c for c in checks if c.verdict in ("erratum", "unexplained")]
    for kind, title in OTHERWISE.items():
        _contradictions(title, [c for c in wrong if c.source.who == kind])
    _contradictions(
        "PUBLISHED NUMBERS THAT WE CANNOT CONFIRM", [c for c in checks if c.verdict == "DISAGREES"]
    )
    results = [c for c in found.claims if c.measured and isinstance(c.printed, float)]
    if results:
        screen.heading("Published results")
    for claim in results:
        assert isinstance(claim.printed, float)
        words = f"{percent(claim.printed)} error: {claim.conditions} ({claim.source})"
        screen.paragraph("", words, hang=2)
    if any(check.source.in_notes for check in checks):
        screen.heading("Sources")
        screen.paragraph("", ABOUT_NOTES, hang=2)
    if record.departures:
        screen.heading("Where we depart from the paper")
        for departure in record.departures:
            screen.paragraph("", f"{departure.what} ({departure.where})", hang=2)

    recipes = found.recipes
    if recipes:
        named = [
            recipe.name + (f" (for {', '.join(recipe.data)})" if recipe.data else "")
            for recipe in recipes
        ]
        screen.say()
        screen.prose(f"Recipes: {', '.join(named)}")


def _contradictions(title: str, checks: Sequence[Check]) -> None:
    if checks:
        screen.heading(title)
    for check in checks:
        screen.paragraph("", contradicted(check), hang=2)
