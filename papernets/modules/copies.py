"""A copy of a module to run in its place, on another device: the module itself is not touched."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from .rules import tensors_in

WRAPPERS = {
    "OptimizedModule": ("_orig_mod", "torch.compile"),
    "DataParallel": ("module", "DataParallel"),
    "DistributedDataParallel": ("module", "DistributedDataParallel"),
}
"""Modules round a module: where it stands in them, and what they are called."""


def unwrapped(module: nn.Module) -> tuple[nn.Module, list[str]]:
    """The module within its wrappers, and what these are called."""
    found: list[str] = []
    while type(module).__name__ in WRAPPERS and type(module).__module__.startswith("torch."):
        place, word = WRAPPERS[type(module).__name__]
        module = getattr(module, place)
        found.append(word)
    return module, found


def check_shapes_known(module: nn.Module) -> None:
    """ValueError where a lazy module waits for its first picture to know its shapes."""
    for name, tensor in (*module.named_parameters(), *module.named_buffers()):
        if is_lazy(tensor):
            owner, _, own = name.rpartition(".")
            raise ValueError(
                f"{owner or type(module).__name__} is lazy: its {own} has no shape until it is "
                "called. Call the module once on a picture, and explain it then"
            )


def twin(module: nn.Module, device: str) -> nn.Module:
    """A copy of a module with its tensors on a device, in evaluation mode, without its wrappers.

    On the meta device they have no values, and nothing of the weights is copied.
    """
    memo: dict[int, Any] = {}
    for tensor in _tensors(module):
        memo.setdefault(id(tensor), _moved(tensor, device))
    try:
        found: nn.Module = copy.deepcopy(module, dict(memo))
    except Exception:  # a lock, a generator, an open file among its attributes
        found = _shallow(module, memo)
    for own in found.modules():
        own.__dict__.pop("_compiled_call_impl", None)
        for name, child in own._modules.items():
            if child is not None:
                own._modules[name] = unwrapped(child)[0]
    return found.eval()


def _tensors(module: nn.Module) -> Iterator[Tensor]:
    for own in module.modules():
        yield from tensors_in(
            [value for key, value in vars(own).items() if key not in ("_modules", "_hooks")]
        )


def _moved(tensor: Tensor, device: str) -> Tensor:
    with torch.no_grad():
        if device == "meta":
            found = torch.empty_like(tensor, device="meta")
        else:
            found = tensor.detach().to(device, copy=True)
    if isinstance(tensor, nn.Parameter):
        return nn.Parameter(found, requires_grad=tensor.requires_grad)
    return found


def _shallow(module: nn.Module, memo: dict[int, Any]) -> nn.Module:
    """A copy whose other attributes are shared; lists and mappings of its own."""
    if id(module) in memo:
        known: nn.Module = memo[id(module)]
        return known
    found: nn.Module = object.__new__(type(module))
    memo[id(module)] = found
    for key, value in vars(module).items():
        if key == "_modules":
            value = {k: None if m is None else _shallow(m, memo) for k, m in value.items()}
        elif isinstance(value, Tensor):
            value = memo.get(id(value), value)
        elif isinstance(value, dict):
            value = (
                type(value)((k, memo.get(id(v), v)) for k, v in value.items())
                if (type(value).__name__ in ("dict", "OrderedDict"))
                else copy.copy(value)
            )
        elif isinstance(value, list | set):
            value = copy.copy(value)
        found.__dict__[key] = value
    return found
