"""The beginning of a run with trained weights: its classifier fitted, how good it is, all kept."""

from __future__ import annotations

import math
import time
from collections.abc import Collection
from typing import Any

from ..data import Part
from ..rewrite import classifier_tensors
from .events import Begun
from .fit import validate
from .probe import fit_classifiers
from .source import Source
from .state import State


def begin(state: State, source: Source, held_out: Part, drawn: Collection[str]) -> Begun:
    """Fit the classifiers that were drawn, and make the network epoch 0, as the recipe asks.

    With `head_only` all are fitted, and epoch 0 is kept. The state is then what may be saved.
    ValueError where the network's outputs are not finite, or it has no classifier to fit alone.
    """
    began, recipe = time.perf_counter(), source.recipe
    fits = recipe.probe and not recipe.neighbours  # strips have windows on no digit, without class
    if recipe.head_only:
        drawn = classifier_tensors(state.model.net)
    spreads = fit_classifiers(state.model, source, drawn) if fits else {}
    if recipe.head_only and not spreads:
        raise ValueError(
            f"head_only: {state.model.net.name} has no classifier that can be fitted alone: train "
            "all of it, without --head-only"
        )
    state.restart_average()
    loss, error = None, None
    if len(held_out):
        loss, error = validate(state, held_out, source.preprocessing, recipe)
    if loss is not None and not math.isfinite(loss):
        raise ValueError(
            f"the weights of {recipe.weights} give a held-out loss of {loss} on {recipe.data}: "
            "they do not fit these pictures, or how they are prepared (low and high)"
        )
    record: dict[str, Any] = {"epoch": 0, "val_loss": loss, "val_error": error}
    state.begun = record | {"fitted": spreads}
    if recipe.fallback or recipe.head_only:
        state.best_weights = state.weights()
    return Begun(loss, error, tuple(spreads), time.perf_counter() - began)
