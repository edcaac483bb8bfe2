"""list, explain, verify: what a network is, without torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from . import screen
from .flags import Json, WrongUse, wrong_use

if TYPE_CHECKING:
    from ..spec import Committee, Net

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
    numbers = [int(side) for side in sides]
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


def find(
    name: str,
    classes: int | None = None,
    channels: int | None = None,
    size: str = "",
    **options: object,
) -> Net | Committee:
    """The network of a name, as the flags ask for it; a picture too small for it is wrong use."""
    from ..analyse import walk
    from ..nets import net
    from ..spec import Committee

    with wrong_use():
        found = net(name, classes, channels, parse_size(size), **options)
        walk(found.member if isinstance(found, Committee) else found)
        return found


def list_networks(
    pattern: Annotated[str, typer.Argument(help="A part of a name, or * and ?.")] = "*",
    json: Json = False,
) -> None:
    """List the networks, in order of year."""
    from ..analyse import totals, walk
    from ..nets import find as entry_of
    from ..nets import list_nets, net
    from ..spec import Committee

    rows, found = [], []
    for name in list_nets(pattern):
        entry, one = entry_of(name), net(name)
        member, times = (one.member, one.count) if isinstance(one, Committee) else (one, 1)
        sums = totals(walk(member))
        found.append(
            {
                "name": name,
                "year": entry.year,
                "title": one.title,
                "input": list(member.input),
                "params": sums.params * times,
                "macs": sums.macs * times,
                "aliases": list(entry.aliases),
            }
        )
        size = f"{member.input[0]}x{member.input[1]}x{member.input[2]}"
        rows.append(
            (
                name,
                one.title,
                str(entry.year),
                size,
                f"{sums.params * times:,}",
                f"{sums.macs * times:,}",
            )
        )
    if json:
        screen.print_json(found)
    elif rows:
        screen.table(("name", "what it is", "year", "input", "params", "MACs"), rows, left=2)
    else:
        raise WrongUse(f"no network's name matches {pattern!r}. All names: papernets list")


def explain(
    name: Annotated[str, typer.Argument(help="A network, or FILE.py:NAME of your own.")],
    input: Input = "",
    classes: Classes = None,
    channels: Channels = None,
    json: Json = False,
) -> None:
    """Explain a network: each layer's size, parameters and field, with the arithmetic."""
    from ..analyse import explain_dict

    net = find(name, classes, channels, input)
    if json:
        screen.print_json(explain_dict(net))
        return
    show(net)


def show(net: Net | Committee) -> None:
    """Print a network for people."""
    from ..analyse import totals, walk
    from ..analyse.report import COLUMNS, row_cells
    from ..spec import Committee

    base, times = (net.member, net.count) if isinstance(net, Committee) else (net, 1)
    rows = walk(base)
    sums = totals(rows)
    screen.say(f"{net.title}")
    screen.say(f"{net.paper}")
    screen.say()
    channels, height, width = base.input
    of = (
        f"{times} times {base.title}; joined by: {net.rule}. " if isinstance(net, Committee) else ""
    )
    screen.say(
        f"{of}Input {channels}x{height}x{width}, "
        + (f"{base.classes} classes." if base.classes else "a module: no classes.")
    )
    screen.table(COLUMNS, [row_cells(row) for row in rows], left=4)
    total = (
        f"{sums.params * times:,} trained parameters"
        + (f" and {sums.fixed_params * times:,} fixed ones" if sums.fixed_params else "")
        + f", {sums.macs * times:,} multiply-adds (MACs), {sums.connections * times:,} connections"
    )
    screen.say(
        f"Total: {total}."
        + (f" Each of the {times}: {sums.params:,} parameters." if times > 1 else "")
    )
    screen.say(
        "A MAC is one use of a weight in a convolution, dense or RBF layer; connections count "
        "biases and subsampling too."
    )
    screen.heading("The arithmetic")
    for row in rows:
        screen.paragraph(row.name, row.formula)
    _claims(net)


def _claims(net: Net | Committee) -> None:
    from ..analyse import verify

    checks = verify(net)
    agreed = [c for c in checks if c.verdict == "agrees"]
    if agreed:
        screen.heading(f"Published numbers that the arithmetic confirms: {len(agreed)}")
        for check in agreed:
            about = "" if check.ours == check.printed else f" (exactly {screen.value(check.ours)})"
            screen.paragraph(
                "",
                f"{check.quantity} = {screen.value(check.printed)}{about}: {check.source}",
                hang=2,
            )
    for title, verdict in (
        ("Printed, but wrong", "erratum"),
        ("PUBLISHED NUMBERS THAT WE CANNOT CONFIRM", "DISAGREES"),
    ):
        chosen = [c for c in checks if c.verdict == verdict]
        if chosen:
            screen.heading(title)
        for check in chosen:
            screen.paragraph(
                "",
                f"{check.quantity} = {screen.value(check.printed)} ({check.source}), "
                f"ours {screen.value(check.ours)}: {check.why}",
                hang=2,
            )
    measured = [(f.value, f) for f in net.facts if f.measured and isinstance(f.value, float)]
    if measured:
        screen.heading("Published results")
        for error, fact in measured:
            screen.paragraph(
                "",
                f"{screen.percent(error)} error: {fact.conditions} ({fact.source})",
                hang=2,
            )
    if net.departures:
        screen.heading("Where we depart from the paper")
        for departure in net.departures:
            screen.paragraph("", f"{departure.what} ({departure.where})", hang=2)


def verify_networks(
    name: Annotated[str, typer.Argument(help="A network; all of them if left out.")] = "",
    json: Json = False,
) -> None:
    """Check each published number against our own arithmetic; exit code 1 if one disagrees."""
    from dataclasses import asdict

    from ..analyse import verify
    from ..nets import NETS

    names = [name] if name else [entry.name for entry in NETS]
    found = {n: verify(find(n)) for n in names}
    checks = [(n, c) for n, several in found.items() for c in several]
    if json:
        screen.print_json([{"network": n, **asdict(c)} for n, c in checks])
    else:
        rows = []
        for n, c in checks:
            if c.verdict != "measured":
                ours = "" if c.ours is None else screen.value(c.ours)
                rows.append((n, c.quantity, c.source, c.verdict, screen.value(c.printed), ours))
        screen.table(("network", "quantity", "source", "verdict", "printed", "ours"), rows, left=4)
        counts = {
            v: sum(c.verdict == v for _, c in checks)
            for v in ("agrees", "erratum", "DISAGREES", "measured")
        }
        screen.say(
            f"{counts['agrees']} published numbers agree, {counts['erratum']} are errata, "
            f"{counts['DISAGREES']} disagree; "
            f"{counts['measured']} are results of experiments, which training reproduces."
        )
    if any(c.verdict == "DISAGREES" for _, c in checks):
        raise typer.Exit(1)
