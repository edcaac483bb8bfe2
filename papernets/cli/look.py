"""look: what is done to pictures, and what a network makes of them, as a picture; a kind each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

from ..words import did_you_mean
from . import screen
from .flags import DataDir, Quiet, WrongUse, wrong_use
from .output import Output, chosen, write

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PICTURES = {".png": "png", ".svg": "svg", ".pdf": "pdf"}
KINDS = {"augment": "papernets.cli.look_augment"}
"""The kinds of pictures, and the module whose `look` draws each: `Asked` to `Looked`."""


@dataclass(frozen=True)
class Asked:
    """What is to be looked at: a bundle or a network, a picture or a data set, and how.

    settings: a recipe's, by their names, from --recipe, --set and --seed; count: how many draws.
    """

    what: str
    on: str
    data_dir: str
    settings: dict[str, object]
    count: int
    number: int


@dataclass(frozen=True)
class Looked:
    """A drawing: its figure, its title, what it shows in words, and a line for the screen."""

    figure: Figure
    title: str
    alt: str
    said: str


def look(
    kind: Annotated[str, typer.Argument(help=f"What to look at: {', '.join(KINDS)}.")],
    what: Annotated[
        str, typer.Argument(help="The folder of a bundle or a run, or the name of a network.")
    ],
    on: Annotated[
        str, typer.Argument(help="A picture's file, or a data set's name, folder or parquet file.")
    ],
    output: Output = "",
    recipe: Annotated[
        str, typer.Option("--recipe", help="One of the network's recipes. [as train chooses]")
    ] = "",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="A setting, key=value or table.key=value; may be repeated."),
    ] = None,
    count: Annotated[
        int, typer.Option("--count", help="How many draws of each.", min=1, max=12)
    ] = 6,
    number: Annotated[
        int, typer.Option("--number", help="Which training picture of a data set.", min=1)
    ] = 1,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of the draws.", min=0)] = None,
    data_dir: DataDir = "",
    quiet: Quiet = False,
) -> None:
    """Look at what is done to pictures.

    augment: what a recipe, or a bundle's run, does to a picture in training: a row for each
    augmentation alone and one for all together, the original first. The file's suffix chooses the
    format: .png, .svg or .pdf.
    """
    if kind not in KINDS:
        raise WrongUse(
            f"unknown kind {kind!r}.{did_you_mean(kind, tuple(KINDS))} Kinds: {', '.join(KINDS)}"
        )
    if not output:
        raise WrongUse(
            "look writes a picture; its suffix, .png, .svg or .pdf, chooses the format: "
            f"papernets look {kind} {what} {on} -o {kind}.png"
        )
    form = "png" if output == "-" else chosen({}, output, PICTURES)
    from ..draw.formats import encoded

    given = _settings(recipe, seed, set_ or [])
    draw: Callable[[Asked], Looked] = import_module(KINDS[kind]).look
    found = draw(Asked(what, on, data_dir, given, count, number))
    write(encoded(found.figure, form, found.title, found.alt), output)
    if output != "-" and not quiet:
        screen.say(f"{output}: {found.said}")


def _settings(recipe: str, seed: int | None, pairs: list[str]) -> dict[str, object]:
    from ..train.settings import joined, parse_set

    flags = {"recipe": recipe, "seed": seed}
    with wrong_use():
        sets = [{key: value} for key, value in map(parse_set, pairs)]
        return joined(*sets, {k: v for k, v in flags.items() if v not in ("", None)})
