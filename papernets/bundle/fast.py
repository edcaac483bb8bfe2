"""The fast form of whatever gives logits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import torch
from torch import nn

from ..run.fast import Fast, Twin
from ..run.network import Network
from .committee import Committee

M = TypeVar("M", bound=nn.Module)


class FastCommittee(Twin, Committee):
    """A committee that calls its members' fast forms: the twin of a plain one."""

    _form: dict[int, tuple[nn.Module, nn.Module]]

    def __init__(self, plain: Committee):
        self._share(plain, {})
        self.forms()

    def forms(self) -> Sequence[nn.Module]:
        """The members' fast forms, made once for each member that stands there."""
        if torch.compiler.is_compiling() or torch.jit.is_tracing():
            return super().forms()
        return [self._form_of(at, member) for at, member in enumerate(self.members)]

    def _form_of(self, at: int, member: nn.Module) -> nn.Module:
        own, form = self._form.get(at, (None, member))
        if own is not member:
            form = fast(member)
            self._form[at] = (member, form)
        return form


def fast(model: M) -> M:
    """A network or committee in its fast form: equal in value and gradient, with less memory.

    Rows are computed together, and values written over where nobody reads them again; where there
    is normalisation across maps it is quicker too (docs/speed.md). It shares all that the model
    has, parameters, hooks and mode among them: what is done to one is done to the other.
    ValueError names a module that was replaced, or that has hooks, where the fast form does not
    call it. A network in towers is given back as it is; TypeError for what is none of ours.
    """
    if isinstance(model, Twin):
        return model
    if isinstance(model, Network):
        return Fast(model)  # type: ignore[return-value]
    if isinstance(model, Committee):
        return FastCommittee(model)  # type: ignore[return-value]
    if isinstance(model, nn.Module) and hasattr(model, "net"):
        return model
    raise TypeError(
        f"fast takes a network of papernets, not a {type(model).__name__}: "
        "fast(create_model('lenet5')), say"
    )
