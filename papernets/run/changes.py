"""What a person does to a built network: hooks on its modules, others in the place of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import nn
from torch.nn.modules import module as _module

from ..spec import Net
from .plan import plan

EVERYWHERE = (
    "_global_forward_hooks",
    "_global_forward_pre_hooks",
    "_global_backward_hooks",
    "_global_backward_pre_hooks",
)
"""Where torch keeps hooks on all modules."""


def hooked(m: nn.Module) -> bool:
    """True where a module itself has hooks that must see it called."""
    return bool(
        m._forward_hooks or m._forward_pre_hooks or m._backward_hooks or m._backward_pre_hooks
    )


def watched(modules: Iterable[nn.Module]) -> bool:
    """True where somebody's hook must see each module called, or a compiler reads the code."""
    if torch.compiler.is_compiling() or any(getattr(_module, name) for name in EVERYWHERE):
        return True
    return any(map(hooked, modules))


def replaced(
    model: nn.Module, calls: Mapping[str, nn.Module], network: str
) -> dict[str, nn.Module]:
    """The modules that stand under rows' names now and are not those of `calls`.

    ValueError where a row's module was taken away.
    """
    foreign: dict[str, nn.Module] = {}
    for name, call in calls.items():
        at = _standing(model, name)
        if at is None:
            raise ValueError(
                f"{name} was taken out of {network}, which needs it. Replace single layers by "
                "modules; a network without its auxiliary heads: aux=False"
            )
        if at is not call:
            foreign[name] = at
    return foreign


def _standing(model: nn.Module, name: str) -> nn.Module | None:
    """The module under a row's name, if there is one."""
    at: nn.Module | None = model
    for part in name.split("."):
        at = at._modules.get(part) if at is not None else None
    return at


def check_replaceable(names: Iterable[str], net: Net, form: Net) -> None:
    """ValueError for a row that a rewrite, `form` of `net`, computes together with another."""
    own, computed = ({step.name: step.part for step in plan(n.body).steps} for n in (net, form))
    for name in names:
        if own[name] != computed[name]:
            raise ValueError(
                f"{name} was replaced, but the fast form computes it together with the row "
                "beside it. Replace it in the plain form: build(net, reference=True) of "
                "papernets.run.network"
            )
