"""The flags that say how a picture is shown, the same in every verb that has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .flags import WrongUse, wrong_use

if TYPE_CHECKING:
    from ..evaluate.protocols.protocol import Protocol

ProtocolName = Annotated[
    str,
    typer.Option(
        "--protocol",
        help="How a picture is shown: centre, ten-crop, 144, dense, multi-scale, multi-crop or "
        "multi-crop+dense.",
    ),
]
Scales = Annotated[
    str,
    typer.Option(
        "--scales",
        help="Lengths of the shorter side, with commas: 256,384,512. [those that papers print]",
    ),
]
Crops = Annotated[
    int | None,
    typer.Option("--crops", help="Side of the grid of multi-crop. [5, that is 5x5, mirrored]"),
]
Average = Annotated[
    str,
    typer.Option("--average", help="What is averaged over views: softmax or logits. [softmax]"),
]

Ensemble = Annotated[
    list[str] | None,
    typer.Option("--ensemble", help="Another bundle that answers with it; may be repeated."),
]


def protocol_of(
    name: str, scales: str, crops: int | None, average: str, several: bool = False
) -> Protocol:
    """The protocol that the flags ask for; wrong use where they do not fit together.

    `several`: networks answer together, so that there is something to average by centre too.
    """
    from ..evaluate.protocols.protocol import BOTH, CENTRE, GRID, Protocol, scales_given

    with wrong_use():
        found = Protocol(name)
    if crops is not None and name not in (GRID, BOTH):
        raise WrongUse(f"--crops is the grid of {GRID} and {BOTH}; {name} has none")
    if average and name == CENTRE and not several:
        raise WrongUse("--average: centre shows one view, and there is nothing to average")
    with wrong_use():
        return Protocol(
            name,
            scales_given(scales),
            found.crops if crops is None else crops,
            average or found.average,
        )
