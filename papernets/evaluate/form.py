"""In which form a model answers: one rule for all verbs, so that they agree to the digit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from ..bundle.fast import fast
from ..bundle.optimised import Optimised, OptimisedCommittee, optimised_by
from ..rewrite.optimise import STEPS, Steps

if TYPE_CHECKING:
    from ..bundle.load import Bundle


def answering_of(bundle: Bundle) -> nn.Module:
    """What answers for a bundle: its runtime, where it has one, or its model by `answering`."""
    if bundle.runtime is not None:
        return bundle.runtime(bundle)
    return answering(bundle.model, bundle.plain)


def answering(model: nn.Module, plain: bool = False, steps: Steps = STEPS) -> nn.Module:
    """A model in the form that answers: optimised, as its weights are now.

    By all rewrites, or by these `steps`; `plain`: as it is. Where somebody changed it, or made it,
    in a way that the optimised form does not know, its fast form; where that does not know it
    either, as it is.
    """
    if plain:
        return model
    try:
        return optimised_by(steps, model)
    except (TypeError, ValueError):
        return quickest(model)


def quickest(model: nn.Module) -> nn.Module:
    """A model's fast form, which sees what is done to its weights; an optimised one, or one that
    somebody changed or made otherwise, as it is."""
    if isinstance(model, Optimised | OptimisedCommittee):
        return model
    try:
        return fast(model)
    except (TypeError, ValueError):
        return model
