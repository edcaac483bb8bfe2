"""Evaluation for a while: each module has its own mode again after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from weakref import WeakValueDictionary

from torch import nn


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """While it lasts a module, with all within it, is in evaluation mode.

    After it, also after an error, each of them has the mode that it had: a normalisation that was
    frozen by `.eval()` within a network in training mode stays frozen. Several threads may use one
    model: the last of them gives the modes back.
    """
    held = _held_by(model)
    with LOCK:
        if not held.users:
            held.modes = [(module, module.training) for module in model.modules()]
            held.training = model.training
            if any(training for _, training in held.modes):
                model.eval()
        held.users += 1
    try:
        yield
    finally:
        with LOCK:
            held.users -= 1
            if not held.users and any(training for _, training in held.modes):
                model.train(held.training)  # who overrides `train` is told, too
                for module, training in held.modes:
                    module.training = training


@dataclass
class Held:
    """The modes of a model's modules, while so many have it in evaluation mode."""

    users: int = 0
    training: bool = False
    modes: list[tuple[nn.Module, bool]] = field(default_factory=list)


LOCK = Lock()
HELD: WeakValueDictionary[int, Held] = WeakValueDictionary()
"""Of models that are in use, by their table of attributes, which a twin shares."""


def _held_by(model: nn.Module) -> Held:
    with LOCK:
        return HELD.setdefault(id(model.__dict__), Held())
