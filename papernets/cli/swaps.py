"""The flags that swap a part of a network, the same in every verb that has them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

Activation = Annotated[
    str,
    typer.Option("--activation", help="An experiment: relu, relu6, tanh, scaled_tanh or sigmoid."),
]
Norm = Annotated[str, typer.Option("--norm", help="Normalise otherwise: none, batch or lrn.")]
Dropout = Annotated[
    float | None, typer.Option("--dropout", help="Another rate of dropout; 0 takes it out.")
]
Pooling = Annotated[
    str,
    typer.Option("--pooling", help="Windows as large as their step, or not: plain, overlapping."),
]
ResidualScale = Annotated[
    float | None,
    typer.Option("--residual-scale", help="Multiply blocks before they are added to shortcuts."),
]
Options = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="An option of the network, key=value: lrn=false, shortcut=C; may be repeated."
    ),
]


def wanted(
    activation: str = "",
    norm: str = "",
    dropout: float | None = None,
    pooling: str = "",
    residual_scale: float | None = None,
) -> dict[str, Any]:
    """The swaps that flags ask for, by their names; those that are not given are not there."""
    given = {
        "activation": activation or None,
        "norm": norm or None,
        "dropout": dropout,
        "pooling": pooling or None,
        "residual_scale": residual_scale,
    }
    return {name: value for name, value in given.items() if value is not None}


def with_set(swaps: dict[str, Any], pairs: list[str] | None) -> dict[str, Any]:
    """The same, with the options of the network that `--set key=value` gives.

    ValueError for a pair without a value, and for an option that is given twice.
    """
    from ..train.settings import parse_option

    found = dict(swaps)
    for text in pairs or []:
        key, value = parse_option(text)
        if found.get(key, value) != value:
            raise ValueError(f"{key} is given twice: {found[key]} and {value}")
        found[key] = value
    return found
