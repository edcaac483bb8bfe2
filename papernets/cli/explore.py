"""explore: every network in one page that opens from disk, without torch."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from . import screen
from .flags import Quiet, WrongUse, wrong_use
from .output import check_place, write
from .waiting import waiting

PAGE = "index.html"
"""What the page is called in a folder."""
PAGE_FILE = "explore.html"
"""Where it goes if nobody says."""
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
            "--output",
            "-o",
            help="A folder, which gets index.html, or a file .html. -: stdout. [explore.html]",
        ),
    ] = "",
    only: Annotated[
        str,
        typer.Option(
            "--only",
            help="The networks of a pattern alone: lenet, 'resnet*'. The pad keeps its own.",
        ),
    ] = "*",
    page_limit: Annotated[
        float,
        typer.Option(
            "--page-limit", help="Megabytes that trained networks may add to the page.", min=0
        ),
    ] = 4.0,
    lessons: Annotated[
        list[str] | None,
        typer.Option(
            "--lessons",
            metavar="WHICH",
            help="Lessons as papernets lessons finds them: a name, chapter, pattern or word; all; "
            "none. May be given again. [all; with --only those of its networks]",
            show_default=False,
        ),
    ] = None,
    serve: Annotated[
        bool,
        typer.Option("--serve", help="Write nothing; serve the page to this machine's browser."),
    ] = False,
    port: Annotated[
        int | None,
        typer.Option("--port", help="With --serve: the port. [any free one]", min=0, max=65535),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="With --serve: open no browser.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Write one page that shows everything.

    Any network, drawn at three levels, with the arithmetic of each layer and what each unit sees,
    for an input of your own; two compared; a digit that you draw, in LeNet layer by layer; a
    picture that you drop, in ResNet-20 or the network of a BUNDLE; and the lessons, with exercises
    that grade what you type.
    """
    from ..explore import explorer

    _check(output, serve, port, no_browser)
    if not math.isfinite(page_limit):
        raise WrongUse(f"--page-limit {page_limit}: give a number of megabytes, 32 for ResNet-18")
    for name, several in (("BUNDLE", bundles), ("--lessons", lessons)):
        if "" in (several or ()):
            raise WrongUse(f"{name} is empty: give a value, or leave it out")
    path = "-" if serve else _path(output or PAGE_FILE)
    if not _is_folder(output):
        check_place(path)
    with waiting(), wrong_use():
        page = explorer(bundles or (), only, int(page_limit * 1e6), lessons or ())
    if serve:
        _serve(page, port or 0, not no_browser)
        return
    if _is_folder(output):  # it is made
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    write(page, path)
    if path != "-" and not quiet:
        screen.say(f"{path}: {len(page.encode()) / 1e6:.1f} MB. Open it in a browser")


def _check(output: str, serve: bool, port: int | None, no_browser: bool) -> None:
    """Flags that do not go together are wrong use."""
    if serve and output:
        raise WrongUse("--serve writes no file: leave out -o, or leave out --serve")
    if not serve and (port is not None or no_browser):
        raise WrongUse("--port and --no-browser are for --serve: add it")


def _serve(page: str, port: int, browser: bool) -> None:
    """Serve a page until somebody stops it by Ctrl-C."""
    from ..explore.serve import address, server

    try:
        made = server(page, port)
    except OSError as error:
        reason = error.strerror or error
        raise WrongUse(f"--port {port}: {reason}. Give another, or none for any free one") from None
    with made:
        screen.say(address(made))
        sys.stdout.flush()
        screen.note("Ctrl-C ends it")
        if browser:
            import webbrowser

            webbrowser.open(address(made))
        made.serve_forever()


def _is_folder(output: str) -> bool:
    """Whether the page goes into a folder, one that is there or that a slash makes one."""
    return os.path.isdir(output) or output.endswith(("/", os.sep))


def _path(output: str) -> str:
    """The file that is meant: a folder's page, or the file itself."""
    if output == "-":
        return output
    if _is_folder(output):
        return str(Path(output) / PAGE)
    if Path(output).suffix.lower() not in (".html", ".htm"):
        raise WrongUse(f"-o {output}: give a folder that is there, or a file that ends in .html")
    return output
