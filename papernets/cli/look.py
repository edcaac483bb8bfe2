"""look: what a network, its training or a protocol makes of a picture, drawn; a file a kind."""

from __future__ import annotations

from typing import Annotated

import typer

from ..words import did_you_mean
from . import screen
from .flags import DataDir, Quiet, WrongUse
from .look_augment import Asked, look_augment
from .look_protocol import look_protocol
from .output import Output
from .protocols import Crops, ProtocolName, Scales

KINDS: dict[str, dict[str, object]] = {
    "augment": {"recipe": "", "set": None, "seed": None, "count": 6, "number": 1, "data-dir": ""},
    "protocol": {"protocol": "ten-crop", "scales": "", "crops": None},
}
"""Each kind with the flags that are its own, and what they are where they are not given."""


def look(
    kind: Annotated[
        str,
        typer.Argument(help="augment: what training does to a picture; protocol: the parts shown."),
    ],
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
    protocol: ProtocolName = "ten-crop",
    scales: Scales = "",
    crops: Crops = None,
    quiet: Quiet = False,
) -> None:
    """Draw what training, or a protocol, makes of a picture.

    `look augment` draws what a recipe, or a bundle's run, does to a picture in training: a row for
    each augmentation alone and one for all together, the original first. `look protocol` draws the
    boxes that evaluate --protocol shows to a network, on the picture. The file's suffix chooses the
    format: .png, .svg or .pdf.
    """
    if kind not in KINDS:
        hint = did_you_mean(kind, list(KINDS))
        raise WrongUse(f"unknown kind {kind!r}.{hint} Kinds: {', '.join(KINDS)}")
    given = {"recipe": recipe, "set": set_ or None, "seed": seed, "count": count, "number": number}
    given |= {"data-dir": data_dir, "protocol": protocol, "scales": scales, "crops": crops}
    for other, flags in KINDS.items():
        for flag, unset in flags.items():
            if other != kind and given[flag] != unset:
                raise WrongUse(f"--{flag} is for papernets look {other}")
    if kind == "augment":
        asked = {"recipe": recipe, "seed": seed, "data_dir": data_dir}
        said = look_augment(Asked(bundle, picture, asked, set_ or [], count, number), output)
    else:
        said = look_protocol(bundle, picture, output, protocol, scales, crops)
    if output != "-" and not quiet:
        screen.say(said)
