"""explore: every network in one page that opens from disk, without torch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from . import screen
from .flags import Quiet, WrongUse, wrong_use
from .output import write

PAGE = "index.html"
Bundles = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[BUNDLE]...",
        help="Bundles or runs, or trained networks by name, to show beside the others.",
        show_default=False,
    ),
]


def explore(
    bundles: Bundles = None,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", help="A folder, which gets index.html, or a file .html. -: stdout."
        ),
    ] = "explore.html",
    only: Annotated[
        str, typer.Option("--only", help="Networks of a pattern alone: lenet, 'resnet*'.")
    ] = "*",
    quiet: Quiet = False,
) -> None:
    """Write one page that shows everything.

    Any network, drawn at three levels, with the arithmetic of each layer and what each unit sees,
    for an input of your own; two compared; a digit that you draw, in LeNet layer by layer; and a
    picture that you drop, in ResNet-20. A small network's BUNDLE is run there too.
    """
    from ..bundle.find import find_bundle
    from ..explore import explorer
    from ..explore.page import chosen

    path = _path(output)
    with wrong_use():
        chosen(only)
        for bundle in bundles or ():
            find_bundle(bundle)
    page = explorer(bundles or (), only)
    if path != "-" and not Path(output).suffix:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    write(page, path)
    if path != "-" and not quiet:
        screen.say(f"{path}: {len(page.encode()) / 1e6:.1f} MB. Open it in a browser")


def _path(output: str) -> str:
    """The file that is meant: a folder's page, or the file itself."""
    if output == "-":
        return output
    if os.path.isdir(output) or output.endswith(("/", os.sep)):
        return str(Path(output) / PAGE)
    if Path(output).suffix.lower() not in (".html", ".htm"):
        raise WrongUse(f"-o {output}: give a folder that is there, or a file that ends in .html")
    return output
