"""data: what sets of pictures there are, and fetching them when asked."""

from __future__ import annotations

from typing import Annotated

import typer

from . import screen
from .flags import Strict, Verb, Verbs
from .stopping import stopped_cleanly
from .waiting import waiting

app = typer.Typer(
    cls=Verbs,
    help="Look at a data set, or download one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("fetch", cls=Verb)
def fetch(
    name: Annotated[str, typer.Argument(help="mnist or fashion_mnist.")],
    data_dir: Annotated[
        str,
        typer.Option(
            "--data-dir", help="Folder for the files. [PAPERNETS_DATA, else the cache folder]"
        ),
    ] = "",
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only errors.")] = False,
) -> None:
    """Download a data set, and check it.

    Its files are checked against published checksums.
    """
    from .. import data

    screen.quiet(quiet)
    with stopped_cleanly(), waiting() as teller:
        paths = data.fetch(name, data_dir or None, progress=teller.fetched)
    for path in paths if not quiet else ():
        screen.say(str(path))


@app.command("show", cls=Verb)
def show(
    data: Annotated[
        str, typer.Argument(help="digits, mnist, fashion_mnist, cifar10, cifar100, or a path.")
    ],
    data_dir: Annotated[
        str, typer.Option("--data-dir", help="Folder with mnist and other data sets.")
    ] = "",
    strict: Strict = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False,
) -> None:
    """Show what is in a data set.

    Prints the classes and their counts, how the set is split, and what was left out.
    """
    from .. import data as pictures
    from ..data.notes import in_numbers

    with waiting():
        found = pictures.open(data, data_dir=data_dir or None, strict=strict)
    numbers = in_numbers(found)
    if json:
        screen.print_json(numbers)
        return
    counts = numbers["counts"]
    rows = [
        (screen.printable(name), *(f"{of_part[label]:,}" for of_part in counts.values()))
        for label, name in enumerate(found.classes)
    ]
    rows.append(("all", *(f"{sum(of_part):,}" for of_part in counts.values())))
    screen.table(("class", *counts), rows)
    screen.prose(found.split)
    for line in found.skipped:
        screen.note(f"skipped: {screen.printable(line)}")
    for line in numbers["notes"]:
        screen.note(f"note: {screen.printable(line)}")
