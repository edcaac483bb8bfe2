"""Whether a module is still what its network says, whoever changed it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from .. import rewrite
from ..nets import look_up
from ..spec import Net, tensors
from .replaced import said_of

NEAR, ROUGH = 1e-3, 5e-2
"""How far outputs may differ, as a share of the largest: by rounding, and in half precision."""


def unwrapped(model: nn.Module) -> nn.Module:
    """The module within what torch wraps round one: compiled, in parallel, averaged."""
    if not isinstance(model, nn.Module):
        raise ValueError(f"a {type(model).__name__} is no module: papernets.save(model, FOLDER)")
    while "net" not in model.__dict__:
        inner = model._modules.get("_orig_mod") or model._modules.get("module")
        if inner is None:
            return model
        model = inner
    return model


def net_of(net: Net, state: Mapping[str, Tensor]) -> Net:
    """The network for as many classes as the classifier in a state_dict has; else itself."""
    if not net.classes:
        return net
    row = rewrite.classifier(net)
    for name, own in tensors(net).items():
        given = state.get(name)
        if own.row != row or given is None or not own.shape or given.ndim != len(own.shape):
            continue
        if given.shape[0] and given.shape[0] != net.classes and own.shape[0] == net.classes:
            return _for_classes(net, given.shape[0])
    return net


def _for_classes(net: Net, classes: int) -> Net:
    try:
        return rewrite.with_classes(net, classes)
    except ValueError:  # codes for classes: the network's own function has them
        return look_up(net.name, classes, net.input[0], (net.input[1], net.input[2])).net.member


@torch.no_grad()
def check_same(model: nn.Module, again: nn.Module, net: Net) -> None:
    """ValueError where a module computes something else than its network with its tensors.

    One drawn picture tells, such as where an activation was replaced. Modes are left as they were.
    """
    own = next((p for p in model.parameters()), torch.empty(0))
    x = torch.rand(1, *net.input, generator=torch.Generator().manual_seed(0))
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        given, wanted = model(x.to(own.device, own.dtype)), again(x)
    finally:
        for module, mode in modes:
            module.training = mode
    if not isinstance(given, Tensor) or given.shape != wanted.shape:
        shape = tuple(given.shape) if isinstance(given, Tensor) else type(given).__name__
        raise ValueError(f"this {net.name} gives {shape}, its network {tuple(wanted.shape)}")
    if given.dim() > 2:
        raise ValueError(
            f"this {net.name} gives maps: keep the network itself, made without dense=True; "
            "create_model(BUNDLE, dense=True) makes the dense form of it"
        )
    near = NEAR if own.dtype in (torch.float32, torch.float64) else ROUGH
    if not bool((given.cpu().double() - wanted.double()).abs().max() <= near * _size(wanted)):
        how = said_of(model, again) or "a layer without weights was replaced, or a forward changed"
        raise ValueError(
            f"this {net.name} computes something else than its network with the same tensors: "
            f"{how}. A bundle keeps networks as "
            "they are: a network of your own is a file, FILE.py:NAME"
        )


def _size(values: Tensor) -> float:
    return max(float(values.abs().max()), 1e-6)
