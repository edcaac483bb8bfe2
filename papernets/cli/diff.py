"""diff: two networks, layer by layer, without torch."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..words import plural
from . import screen, swaps
from .explain import NAMED, Channels, Classes, Input, bundle_of, network
from .flags import Json, WrongUse, own_file, wrong_use
from .results import NAMES, results_of, show_results

if TYPE_CHECKING:
    from ..compare.diff import Diff
    from ..compare.words import Line
    from ..nets import Found

STYLES = {"-": "red", "+": "green", "~": "yellow", "=": "dim"}


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help=NAMED)],
    b: Annotated[
        str | None,
        typer.Argument(metavar="B", help="Another one. [A, with something swapped or set]"),
    ] = None,
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
) -> None:
    """Compare two networks layer by layer, or two runs.

    Prints what differs, what that changes (sizes, parameters, multiply-adds, receptive fields), and
    who says so. Of two runs it prints their errors with intervals, whether the difference is more
    than chance, and which settings differ. --input, --classes and --channels apply to both, what is
    swapped or set to B alone, which is A where it is left out.
    """
    from ..compare.diff import diff as compare

    options = swaps.wanted(activation, norm, dropout, pooling, residual_scale)
    with wrong_use():
        options = swaps.with_set(options, set_)
    if b is None and not options:
        raise WrongUse(
            f"diff compares two: papernets diff {a} B, or {a} with something swapped: "
            f"papernets diff {a} --norm none"
        )
    b = a if b is None else b
    with own_file(a, b):
        sizes = (classes, channels, input)
        found = compare(network(a, *sizes), network(b, *sizes, options))
        results = results_of(bundle_of(a), bundle_of(b))
        names = _called(a, found.a), _called(b, found.b)
        if json:
            beside = {} if results is None else {"results": results.to_dict()}
            screen.print_json({**found.to_dict(), **beside})
            return
        show(found, names)
        if results is not None:
            show_results(results, names)


def _called(given: str, found: Found) -> str:
    """What a side is called: as it was given where it is a bundle or a run, else its own name."""
    return given if bundle_of(given) else found.name


def show(diff: Diff, names: tuple[str, str]) -> None:
    """Print a comparison for people, its sides under these names."""
    a, b = names
    records = (diff.a.record, diff.b.record)
    if diff.a.name == diff.b.name and diff.same:
        both = "Both names mean" if a == b else f"{a} and {b} are"
        screen.prose(f"{both} one network, {diff.a.name}: {records[0].title}.")
        return
    one = records[0].paper == records[1].paper
    for letter, name, own, record in zip(
        "AB", names, (diff.a.name, diff.b.name), records, strict=True
    ):
        paper = "" if one or not record.paper else f". {record.paper}"
        of = "" if name == own else f"{own}, "
        screen.paragraph(letter, f"{name}: {of}{record.title}{paper}", indent=0, hang=1)
    if one and records[0].paper:
        screen.prose(f"Both of {records[0].paper}")
    if diff.same:
        screen.prose(f"{a} and {b} are the same: every row, every setting, every total.")
        return
    screen.say()
    _totals(diff, names)
    _layers(diff, names)
    _departures(diff, names)


def _totals(diff: Diff, names: tuple[str, str]) -> None:
    from ..compare.words import total_cells, value

    claims = (*diff.a.claims, *diff.b.claims)
    counted = any(c.quantity.endswith("connections") for c in claims if not c.wrong)
    rows = [total_cells(c) for c in diff.totals if counted or c.what != "connections"]
    if sum(map(len, names)) > NAMES or names[0] == names[1]:
        names = ("A", "B")
    screen.table(("", *names, "B - A"), rows)
    for change in diff.general:
        a, b = (
            (", ".join(map(str, v)) or "no heads") if isinstance(v, tuple) else value(v)
            for v in (change.a, change.b)
        )
        what = change.what[:1].upper() + change.what[1:]
        screen.prose(f"{what}: {a} -> {b}")


def _layers(diff: Diff, names: tuple[str, str]) -> None:
    from ..compare.words import common_line, lines, throughout

    if diff.same_layers:
        screen.heading(f"Every row of {names[0]} and {names[1]} is the same")
        return
    common = throughout(diff)
    if common:
        screen.heading("Throughout")
        _print([common_line(one) for one in common])
    shared = ", except for what holds throughout" if common else ""
    marks = f"= of the same form{shared}; ~ changed; - only in A; + only in B"
    screen.heading(f"Layer by layer ({marks})")
    _print(list(lines(diff)))


def _print(several: Sequence[Line]) -> None:
    """Lines with their marks; further lines of one are set under its words."""
    from rich.text import Text

    room = screen.width(sys.stdout) // 3 if screen.terminal() else 1000
    hang = min(room, max(len(line.name) for line in several) + 4)
    for one in several:
        head = f"{one.mark} {one.name}".ljust(hang - 2) + "  "
        for number, part in enumerate(screen.fitted(one.text, sys.stdout, head, hang).split("\n")):
            text = Text(part)
            styled = part if one.mark == "=" else head.rstrip() if number == 0 else ""
            text.stylize(STYLES[one.mark], 0, len(styled))
            screen.line(text)


def _departures(diff: Diff, names: tuple[str, str]) -> None:
    for name, several in zip(names, (diff.departures_a, diff.departures_b), strict=True):
        if several:
            screen.heading(f"Where {name} departs from its paper, and who says so")
        for departure in several:
            screen.paragraph("", f"{departure.what} ({departure.where})", hang=2)
    if diff.shared:
        said = plural(len(diff.shared), "departure")
        command = screen.whole(f"papernets explain {names[0]}")
        screen.say()
        screen.prose(f"Left out: {said} from the paper that both share; see {command}")
