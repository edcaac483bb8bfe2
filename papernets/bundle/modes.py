"""Evaluation for a while: each module has its own mode again after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """While it lasts a module, with all within it, is in evaluation mode.

    After it, also after an error, each of them has the mode that it had: a normalisation that was
    frozen by `.eval()` within a network in training mode stays frozen. A module that is in
    evaluation mode already is not touched, so that several threads may use it.
    """
    modes = [(module, module.training) for module in model.modules()]
    if not any(training for _, training in modes):
        yield
        return
    was = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was)  # who overrides `train` is told, too
        for module, training in modes:
            module.training = training
