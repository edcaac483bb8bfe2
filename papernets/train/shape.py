"""A printed recipe for fewer passes, or smaller pictures, than the source's: the shape stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..said import Recipe

SIDES = ("jitter_low", "jitter_high")
"""Of `augment`: short sides in pixels, for the input that the source has."""


def shaped(recipe: Recipe, wanted: Mapping[str, Any], input: int) -> dict[str, Any]:
    """The settings of a recipe for the passes and the input that are wanted; ours as they are.

    What a printed recipe counts in passes or steps keeps its share of the run, and a short side in
    pixels its share of the `input` side for which it was printed.
    """
    settings: dict[str, Any] = dict(recipe.settings)
    if not recipe.printed:
        return settings
    printed, epochs = settings.get("epochs"), wanted.get("epochs")
    if isinstance(printed, int) and isinstance(epochs, int):
        settings |= shortened(settings, epochs / printed)
    given = wanted.get("input") or input
    side = max(given) if isinstance(given, list | tuple) else given
    augment = settings.get("augment", {})
    scaled = {k: round(augment[k] * side / input) for k in SIDES if k in augment}
    return settings | ({"augment": {**augment, **scaled}} if scaled else {})


def shortened(settings: Mapping[str, Any], share: float) -> dict[str, Any]:
    """What counts passes or steps among settings, times a share; what is counted whole stays whole.

    Shares of the run, such as `milestones`, need nothing. An exponential mean of the weights
    reaches back over the same share of all steps.
    """
    found: dict[str, Any] = {}
    if "every" in settings:
        found["every"] = settings["every"] * share
    for name, least in (("patience", 1), ("warmup_steps", 1)):
        if settings.get(name):
            found[name] = max(least, round(settings[name] * share))
    if settings.get("average") and settings.get("average_kind", "exponential") == "exponential":
        found["average"] = settings["average"] ** (1 / share)
    if "rates" in settings:
        found["rates"] = [[rate, passes * share] for rate, passes in settings["rates"]]
    return found
