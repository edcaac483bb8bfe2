"""The flags of a training that begins with trained weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..spec import Net
    from ..train.recipe import TrainRecipe

Weights = Annotated[
    str,
    typer.Option(
        "--weights",
        help="Start from trained weights: the folder of a bundle or a run, or the name of a "
        "trained network. For other classes, a new classifier is fitted first (off: --set "
        "probe=false). The start is kept if training does no better on held-out pictures "
        "(off: --set fallback=false). Recipe finetune freezes the statistics of batch "
        "normalisation (off: --set freeze_norm=false).",
    ),
]
FreezeTo = Annotated[
    str,
    typer.Option(
        "--freeze-to",
        help="With --weights: the rows up to this row or block, with it, keep their weights and "
        "statistics. Let the rest learn part by part from the end: --set unfreeze=1. Another "
        "rate for the classifier: --set speeds.head=10.",
    ),
]
HeadOnly = Annotated[
    bool,
    typer.Option(
        "--head-only",
        help="With --weights: fit the classifier alone, on what the network makes of each "
        "picture, computed once. No epochs: seconds.",
    ),
]


def left_alone(recipe: TrainRecipe, net: Net) -> str:
    """What of a network does not learn, in words; empty where all does."""
    from ..train.transfer import NEVER, waits
    from ..words import plural

    if recipe.head_only:
        return "the classifier alone is fitted: all other rows keep their weights"
    resting = waits(net, recipe)
    still = [row for row, wait in resting.items() if wait == NEVER]
    texts = []
    if still:
        rows = still[0] if len(still) == 1 else f"{still[0]} to {still[-1]}"
        texts.append(f"{rows} keep their weights")
    if recipe.unfreeze:
        each = plural(recipe.unfreeze, "epoch")
        texts.append(f"the last part learns first, one more after each {each}")
    return "; ".join(texts)
