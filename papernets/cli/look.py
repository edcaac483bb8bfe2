"""look: what a network, or its training, makes of a picture, drawn; a file a kind."""

from __future__ import annotations

from typing import Annotated

import typer

from ..words import did_you_mean
from . import screen
from .flags import DataDir, Quiet, WrongUse
from .look_augment import Asked, look_augment
from .output import Output

KINDS = ("augment",)


def look(
    kind: Annotated[str, typer.Argument(help="augment: what training does to a picture.")],
    bundle: Annotated[
        str, typer.Argument(help="The folder of a bundle or a run, or a network's name.")
    ],
    picture: Annotated[
        str, typer.Argument(help="A picture; for augment, also a data set's name or path.")
    ],
    output: Output = "",
    recipe: Annotated[
        str, typer.Option("--recipe", help="augment: a recipe of the network. [as train chooses]")
    ] = "",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="augment: a setting, key=value or table.key=value."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="augment: the seed of the draws.", min=0)
    ] = None,
    count: Annotated[
        int, typer.Option("--count", help="augment: how many draws of each.", min=1, max=12)
    ] = 6,
    number: Annotated[
        int, typer.Option("--number", help="augment: which training picture of a set.", min=1)
    ] = 1,
    data_dir: DataDir = "",
    quiet: Quiet = False,
) -> None:
    """Draw what is made of a picture.

    `look augment` draws what a recipe, or a bundle's run, does to a picture in training: a row for
    each augmentation alone and one for all together, the original first. The file's suffix chooses
    the format: .png, .svg or .pdf.
    """
    if kind not in KINDS:
        raise WrongUse(
            f"unknown kind {kind!r}.{did_you_mean(kind, KINDS)} Kinds: {', '.join(KINDS)}"
        )
    given = {"recipe": recipe, "seed": seed, "data_dir": data_dir}
    said = look_augment(Asked(bundle, picture, given, set_ or [], count, number), output)
    if output != "-" and not quiet:
        screen.say(said)
