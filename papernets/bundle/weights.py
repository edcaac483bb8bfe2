"""Weights in: each tensor is checked before anything is changed; what differs is named."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from ..files import FOLDER, unreadable
from ..rewrite import Move
from ..rewrite.classifier import End, ends
from ..spec import Net, tensors
from ..spec.tensors import names_today
from ..words import brief, by, type_of
from .head import as_errors, check_head

VARIANCE = "running_var"
"""How our names of variances end."""


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file; ValueError for one that is cut short, and what is none."""
    if unreadable(path) == FOLDER:
        raise ValueError(f"{path} is {FOLDER}, and no safetensors file")
    advice = "Copy it again, or train again"
    try:
        check_head(path, advice)
        with as_errors(path, advice):
            return load_file(path)  # it maps them: memory is taken for what is looked at
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: no such file") from None


def load_weights(model: nn.Module, state: Mapping[str, Tensor], where: str) -> None:
    """Load a state_dict into a model, all of it or nothing.

    A missing, extra or misshapen tensor, one of another kind of number, or one with NaN or infinite
    values, or a variance below 0, is a ValueError that names the first. Names of November 2026 are
    read, too.
    """
    if not isinstance(state, Mapping):
        raise ValueError(
            f"weights are a bundle's folder, a file or a state_dict, not {brief(state)}"
            + (": give its state_dict()" if hasattr(state, "state_dict") else "")
        )
    own = model.state_dict()
    net = getattr(model, "net", None)
    given_first = next(iter(state), None)
    if isinstance(net, Net) and any(name not in state for name in own):
        state = renamed(state, net)
    for name, tensor in own.items():
        if name not in state:
            start = f"; it begins with {brief(given_first)}" if state else "; it is empty"
            raise ValueError(
                f"{where} does not fit: it has no tensor {name!r} ({by(tensor.shape)})"
                f"{start}{_others(own, state)}"
            )
        wrong = _wrong(name, state[name], tensor)
        if wrong:
            raise ValueError(f"{where} does not fit: {name!r} {wrong}")
    extra = [name for name in state if name not in own]
    if extra:
        raise ValueError(f"{where} does not fit: the network has no tensor {brief(extra[0])}")
    model.load_state_dict(dict(state))


def _wrong(name: str, given: object, own: Tensor) -> str:
    """What keeps a tensor from the place of a network's own; empty where nothing does."""
    if not isinstance(given, Tensor):
        return f"is {type_of(given)}, not a tensor"
    if given.is_nested or given.layout != torch.strided:
        return "is a nested tensor" if given.is_nested else "is a sparse tensor: give t.to_dense()"
    if given.shape != own.shape:
        return f"is {by(given.shape)}, the network has {by(own.shape)}"
    if _kind(given) != _kind(own):
        return (
            f"holds {_kind(given)} numbers ({given.dtype}), the network's are {_kind(own)} "
            f"({own.dtype})"
        )
    if given.is_meta:
        return "" if own.is_meta else "has a shape but no values"
    if not bool(given.to(own.dtype).isfinite().all()):
        return "has values that are NaN or infinite"
    if name.endswith(VARIANCE) and bool((given < 0).any()):
        return "has values below 0, and is a variance"
    return ""


def other_classes(net: Net, state: Mapping[str, Tensor]) -> tuple[str, ...]:
    """The tensors of classifiers, heads' too, that a state_dict has for other classes than a net.

    They differ in their first size alone.
    """
    own, found = tensors(net), list[str]()
    for end in _ends(net):
        names = [name for name, one in own.items() if one.row in end.names]
        shapes = [(_shape(state.get(name)), own[name].shape) for name in names]
        given = [(one, other) for one, other in shapes if one is not None]
        alike = all(one[1:] == other[1:] and len(one) == len(other) for one, other in given)
        if alike and any(one != other and one[0] for one, other in given):
            found += names
    return tuple(found)


def _ends(net: Net) -> tuple[End, ...]:
    try:
        return ends(net)
    except ValueError:  # no layer of it classifies
        return ()


def _shape(given: object) -> tuple[int, ...] | None:
    """The shape of a tensor; none of one that is not there, or is nested."""
    return tuple(given.shape) if isinstance(given, Tensor) and not given.is_nested else None


def renamed(state: Mapping[str, Tensor], net: Net) -> Mapping[str, Tensor]:
    """A state_dict under today's names, where tensors have those of November 2026."""
    today = names_today(net, state)
    return {today.get(name, name): tensor for name, tensor in state.items()}


def _kind(tensor: Tensor) -> str:
    if tensor.is_complex():
        return "complex"
    return "floating" if tensor.is_floating_point() else "whole"


def _others(own: Mapping[str, Tensor], state: Mapping[str, Tensor]) -> str:
    """A hint at what takes others' weights, where most of the names are not ours."""
    if not state or 2 * sum(name in own for name in state) >= len(state):
        return ""
    return (
        ". Weights under others' names: papernets.from_peer('torchvision', NAME, state_dict), with "
        "'timm' or 'keras' likewise; or papernets convert FILE --net NAME --out OUT"
    )


def load_but(
    model: nn.Module, state: Mapping[str, Tensor], left_out: Collection[str], where: str
) -> tuple[str, ...]:
    """Load a state_dict but for some tensors, of which the model keeps its own if it has them.

    The names of those that were left out; else as `load_weights`.
    """
    if not left_out or not isinstance(state, Mapping):
        load_weights(model, state, where)
        return ()
    own, net = model.state_dict(), getattr(model, "net", None)
    state = renamed(state, net) if isinstance(net, Net) else state
    kept = {name: tensor for name, tensor in state.items() if name not in left_out}
    load_weights(model, {**kept, **{n: own[n] for n in left_out if n in own}}, where)
    return tuple(name for name in left_out if name in state)


def moved(state: Mapping[str, Tensor], moves: tuple[Move, ...]) -> dict[str, Tensor]:
    """A state_dict for a rewritten network: tensors that its moves name under new names."""
    found = dict(state)
    for move in moves:
        found[move.to] = found.pop(move.name).reshape(move.shape)
    return found


def copies(model: nn.Module) -> dict[str, Tensor]:
    """The model's state_dict on the CPU, in memory of its own."""
    return {name: t.detach().to("cpu", copy=True) for name, t in model.state_dict().items()}


__all__ = [
    "copies",
    "load_but",
    "load_weights",
    "moved",
    "other_classes",
    "read_safetensors",
    "renamed",
]
