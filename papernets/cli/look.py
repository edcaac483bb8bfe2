"""look: what a network, or a protocol, makes of a picture, drawn."""

from __future__ import annotations

from typing import Annotated

import typer

from ..words import did_you_mean, listed
from . import screen
from .flags import Quiet, WrongUse
from .look_protocol import look_protocol
from .output import Output
from .protocols import Crops, ProtocolName, Scales

KINDS = ("protocol",)


def look(
    kind: Annotated[str, typer.Argument(help="protocol: the parts of a picture that are shown.")],
    bundle: Annotated[
        str, typer.Argument(help="The folder of a bundle or a run, or a network's name.")
    ],
    picture: Annotated[str, typer.Argument(help="A picture.")],
    output: Output = "",
    protocol: ProtocolName = "ten-crop",
    scales: Scales = "",
    crops: Crops = None,
    quiet: Quiet = False,
) -> None:
    """Draw what is made of a picture.

    `look protocol` draws the boxes that evaluate --protocol shows to a network, on the picture.
    """
    if kind not in KINDS:
        hint = did_you_mean(kind, KINDS)
        raise WrongUse(f"unknown kind {kind!r}.{hint} There are {listed(KINDS, 20)}")
    said = look_protocol(bundle, picture, output, protocol, scales, crops)
    if output != "-" and not quiet:
        screen.say(said)
