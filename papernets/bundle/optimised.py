"""The optimised form of whatever gives logits."""

from __future__ import annotations

from torch import nn

from ..rewrite.optimise import STEPS, Steps
from ..run.fast import Fast
from ..run.network import Network
from ..run.optimised import Optimised
from .committee import Committee
from .fast import FastCommittee


class OptimisedCommittee(Committee):
    """A committee of its members' optimised forms, for evaluation alone; it shares its tally."""

    def __init__(self, plain: Committee, steps: Steps = STEPS):
        members = [optimised_by(steps, member) for member in plain.members]
        super().__init__(members, plain.weights, plain.alone, plain.margin)
        self.tally = plain.tally
        super().train(False)

    def train(self, mode: bool = True) -> OptimisedCommittee:
        """Nothing for False. ValueError for True, by its first member."""
        if mode:
            self.members[0].train()
        return self


def optimised(model: nn.Module) -> nn.Module:
    """A network or committee in its optimised form: for evaluation alone, and quicker.

    Normalisation is folded into weights, what several branches compute of one value is computed
    once, and what training alone needs is left out (docs/execution.md). Its logits equal the
    model's but for rounding, and it can be compiled, exported and pickled. It is a module of its
    own, in evaluation mode, on the model's device: what is done to the model afterwards, to its
    weights too, it does not see. Weights that were not folded are the model's own tensors.

    ValueError names a module that was replaced, set otherwise or hooked; it is raised too by
    `train()`. A network in towers is given back as it is; TypeError for what is none of ours, a
    predictor's `model` is one.
    """
    return optimised_by(STEPS, model)


def optimised_by(steps: Steps, model: nn.Module) -> nn.Module:
    """As `optimised`, by these rewrites; one that is optimised already as it is."""
    if isinstance(model, Optimised | OptimisedCommittee):
        return model
    if isinstance(model, Fast | FastCommittee):
        model = model._plain
    if isinstance(model, Network):
        return Optimised(model, steps)
    if isinstance(model, Committee):
        return OptimisedCommittee(model, steps)
    if isinstance(model, nn.Module) and hasattr(model, "net"):
        return model
    raise TypeError(
        f"optimised takes a network of papernets, not a {type(model).__name__}: "
        "optimised(load('lenet5').model), say"
    )


__all__ = ["OptimisedCommittee", "optimised", "optimised_by"]
