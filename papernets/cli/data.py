"""data: what sets of pictures there are, and fetching them when asked."""

from __future__ import annotations

from typing import Annotated

import typer

from . import screen
from .flags import Strict, Verb

app = typer.Typer(
    help="Sets of pictures: fetch them, or look at one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("fetch", cls=Verb)
def fetch(
    name: Annotated[str, typer.Argument(help="mnist or fashion_mnist.")],
    data_dir: Annotated[
        str,
        typer.Option("--data-dir", help="Where to; else PAPERNETS_DATA, else the cache folder."),
    ] = "",
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Download a data set, with checksums. Nothing is downloaded unless you ask for it."""
    from .. import data

    screen.quiet(quiet)
    for path in data.fetch(name, data_dir or None):
        if not quiet:
            screen.say(str(path))


@app.command("show", cls=Verb)
def show(
    data: Annotated[str, typer.Argument(help="digits, mnist, fashion_mnist, cifar10, or a path.")],
    data_dir: Annotated[str, typer.Option("--data-dir", help="Where mnist and its like lie.")] = "",
    strict: Strict = False,
    json: Annotated[bool, typer.Option("--json", help="JSON on stdout.")] = False,
) -> None:
    """Say what is in a set of pictures.

    Its classes and their counts, how it is split, what was left out.
    """
    from .. import data as pictures

    found = pictures.open(data, data_dir=data_dir or None, strict=strict)
    parts = {"train": found.train, "validation": found.validation, "test": found.test}
    counts = {
        name: [int((part.labels == label).sum()) for label in range(len(found.classes))]
        for name, part in parts.items()
    }
    if json:
        screen.print_json(
            {
                "name": found.name,
                "classes": list(found.classes),
                "counts": counts,
                "split": found.split,
                "skipped": list(found.skipped),
            }
        )
        return
    rows = [
        (screen.printable(name), *(f"{counts[part][label]:,}" for part in parts))
        for label, name in enumerate(found.classes)
    ]
    rows.append(("all", *(f"{len(part):,}" for part in parts.values())))
    screen.table(("class", *parts), rows)
    screen.prose(found.split)
    for line in found.skipped:
        screen.note(f"skipped: {screen.printable(line)}")
