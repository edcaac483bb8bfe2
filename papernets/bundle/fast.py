"""The fast form of whatever gives logits."""

from __future__ import annotations

from typing import TypeVar

from torch import nn

from ..run.fast import Fast
from ..run.network import Network
from .committee import Committee

M = TypeVar("M", bound=nn.Module)


def fast(model: M) -> M:
    """A network or committee in its fast form: equal in value and gradient, with less memory.

    Rows are computed together, and values written over where nobody reads them again; where there
    is normalisation across maps it is quicker too (docs/speed.md). It shares the
    model's parameters, buffers, hooks and mode: it is trained, moved and loaded by way of either.
    A committee's is another committee of its members' fast forms: its own mode, hooks, rule and
    list of members are its own from then on. ValueError names a module that was replaced, or that has hooks, where the fast form does not
    call it. A network in towers is given back as it is; TypeError for what is none of ours.
    """
    if isinstance(model, Fast):
        return model
    if isinstance(model, Network):
        return Fast(model)  # type: ignore[return-value]
    if isinstance(model, Committee):
        return model.of([fast(member) for member in model.members])  # type: ignore[return-value]
    if isinstance(model, nn.Module) and hasattr(model, "net"):
        return model
    raise TypeError(
        f"fast takes a network of papernets, not a {type(model).__name__}: "
        "fast(create_model('lenet5')), say"
    )
