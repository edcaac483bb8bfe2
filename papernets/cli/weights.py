"""weights: the peers' networks with their files' addresses, and fetching one when asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import screen
from .flags import Json, Quiet, Verb, Verbs, wrong_use
from .stopping import stopped_cleanly
from .waiting import waiting

if TYPE_CHECKING:
    from ..download import Progress
    from ..peers.addresses import Address

NONE, ON_PAGE = "not published", "on its page"
Peer = Annotated[
    str, typer.Option("--from", help="torchvision, timm or keras, if several have the network.")
]

app = typer.Typer(cls=Verbs, invoke_without_command=True, rich_markup_mode=None)


@app.callback()
def weights(context: typer.Context, json: Json = False) -> None:
    """List published weights, or download them.

    Address, size and checksum are those that the owner publishes. Only get downloads anything.
    """
    if context.invoked_subcommand is not None:
        return
    from ..peers.addresses import addresses

    every = addresses()
    if json:
        screen.print_json([one.to_dict() for one in every])
    elif screen.terminal():
        for peer, several in groupby(every, lambda one: one.peer):
            _paragraphs(peer, tuple(several))
        screen.note("Try next: papernets weights get NAME")
    else:
        columns = ("our network", "from", "there", "weights", "size", "checksum", "address")
        rows = [
            (one.ours, one.peer, one.name, one.weights, *_published(one), one.address)
            for one in every
        ]
        screen.table(columns, rows, left=len(columns))


@app.command("get", cls=Verb)
def get(
    name: Annotated[
        str, typer.Argument(help="A network, by the peer's name or ours, such as resnet18_timm.")
    ],
    peer: Peer = "",
    out: Annotated[
        str, typer.Option("--out", help="A new folder for the bundle. [bundles/NAME]")
    ] = "",
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Download a network's weights and make a bundle.

    They come from their owner, and are checked against the published checksum if there is one.
    """
    screen.quiet(quiet or json)
    from ..peers.addresses import address_of

    with wrong_use():
        wanted = address_of(name, peer)
    folder = Path(out) if out else Path("bundles") / wanted.folder
    from ..bundle.new_folder import refuse_taken, write_new
    from ..download import digest_of
    from ..peers.fetch import fetched
    from ..peers.h5 import check_installed
    from .convert import Asked, Made, made, show

    refuse_taken(folder)
    if wanted.peer == "keras":
        check_installed()
    screen.note(f"Fetching {wanted.address} ({wanted.size or 'size ' + NONE})")
    bundles: list[Made] = []

    def write(bundle: Path) -> None:
        with _bar(wanted) as progress:
            file = fetched(wanted, bundle.parent, folder, progress)
        sha256 = digest_of(file, "sha256")
        screen.note(_checked(wanted, sha256))
        origin = {"weights": wanted.weights, "address": wanted.address, "sha256": sha256}
        asked = Asked(wanted.name, wanted.peer, resize=wanted.resize, origin=origin)
        try:
            bundles.append(made(str(file), bundle, asked, json))
        except ValueError as error:
            raise ValueError(
                f"{wanted.file} came whole from {wanted.address}, and is not {wanted.peer}'s "
                f"{wanted.name}: {str(error).replace(str(file), wanted.file)}"
            ) from None

    with stopped_cleanly():
        write_new(folder, write)
    show(bundles[0], folder, json)


def _checked(wanted: Address, sha256: str) -> str:
    """What is known of the file that came."""
    if not wanted.checksum:
        where = f"compare it at {wanted.page}" if wanted.page else "none is published"
        return f"{wanted.file}: its checksum was not checked ({where}). SHA-256 {sha256}"
    first = "the first 8 digits of " if len(wanted.checksum) == 8 else ""
    kind = {"md5": "MD5", "sha256": "SHA-256"}[wanted.algorithm]
    return f"{wanted.file}: {first}its {kind} as published"


def _published(one: Address, digits: int | None = None) -> tuple[str, str]:
    """Size and checksum as they are published, of a checksum so many digits."""
    none = ON_PAGE if one.page else NONE
    checksum = f"{one.algorithm} {one.checksum[:digits]}" if one.checksum else none
    return one.size or none, checksum


def _paragraphs(peer: str, several: tuple[Address, ...]) -> None:
    """A peer's table, each line with the address below it; a network's others by their own name."""
    from rich.text import Text

    columns = screen.width(sys.stdout)
    for digits, label in ((None, "checksum"), (8, "checksum begins")):
        rows = [(one.ours, one.label, *_published(one, digits)) for one in several]
        grid = [("our network", "there", "size", label), *rows]
        widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
        if sum(widths) + 2 * (len(widths) - 1) <= columns:
            break
    screen.heading(peer)
    for at, row in enumerate(grid):
        cells = [cell.ljust(size) for cell, size in zip(row, widths, strict=True)]
        text = Text("  ".join(cells).rstrip(), style="" if at else "bold")
        if at:
            text.stylize("cyan", 0, len(row[0]))
        screen.line(text)
        if at:
            screen.line(Text(f"  {several[at - 1].address}", style="dim"))


@contextmanager
def _bar(wanted: Address) -> Iterator[Progress | None]:
    """A progress bar on stderr while a file comes; a line every so often where no terminal is."""
    if screen.QUIET or not sys.stderr.isatty():
        with waiting() as teller:
            yield teller.fetched
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(wanted.file, total=None)
        yield lambda _, done, total: bar.update(task, completed=done, total=total)
