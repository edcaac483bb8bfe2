"""Whether a finished run may go on for more epochs: only where its first ones would be the same.

No torch.
"""

from __future__ import annotations

from ..spec import Committee
from .run import Run

ENDS = {
    "cosine": "falls to its end with the last epoch",
    "one_cycle": "falls to its end with the last epoch",
    "polynomial": "falls to 0 with the last epoch",
    "step": "falls at shares of all steps",
}
"""Schedules that would have gone otherwise from the first step on in a longer run."""


def why_not(run: Run) -> str:
    """Why a run cannot be longer, in words; empty where a longer one begins just as it did."""
    recipe = run.recipe
    if recipe.head_only:
        return "head_only fits the classifier and has no epochs"
    if recipe.stop_after:
        return "stop_after decides by held-out pictures when it ends"
    if recipe.schedule in ENDS:
        return f"schedule {recipe.schedule!r} {ENDS[recipe.schedule]}"
    if recipe.average and recipe.average_kind == "polyak":
        return "average_kind 'polyak' is a mean over a share of all steps"
    if recipe.fallback and recipe.keep == "last":
        return "its last epoch was weighed against its beginning, and one of the two dropped"
    if isinstance(run.found.net, Committee):
        return "the networks of a committee learn from what those before them get wrong"
    return ""
