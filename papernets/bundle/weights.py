"""Weights in: each tensor is checked before anything is changed; what differs is named."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from ..files import FOLDER, unreadable
from ..rewrite import Move, classifier_tensors
from ..spec import Net
from ..spec.tensors import earlier_names
from ..words import by
from .head import check_head


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file; ValueError for one that is cut short, and what is none."""
    if unreadable(path) == FOLDER:
        raise ValueError(f"{path} is {FOLDER}, and no safetensors file")
    try:
        check_head(path, "Copy it again, or train again")
        return load_file(path)
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: no such file") from None
    except SafetensorError as error:
        raise ValueError(
            f"{path} is not a whole safetensors file ({error}). Copy it again, or train again"
        ) from None


def load_weights(model: nn.Module, state: Mapping[str, Tensor], where: str) -> None:
    """Load a state_dict into a model, all of it or nothing.

    A missing, extra or misshapen tensor, one of another kind of number, or one with NaN or infinite
    values, is a ValueError that names the first. Names of November 2026 are read, too.
    """
    if not isinstance(state, Mapping):
        raise ValueError(f"weights are a bundle's folder, a file or a state_dict, not {state!r}")
    own = model.state_dict()
    net = getattr(model, "net", None)
    given_first = next(iter(state), None)
    state = renamed(state, net) if isinstance(net, Net) else state
    for name, tensor in own.items():
        if name not in state:
            start = f"; it begins with {given_first!r}" if state else "; it is empty"
            raise ValueError(
                f"{where} does not fit: it has no tensor {name!r} ({by(tensor.shape)})"
                f"{start}{_others(own, state)}"
            )
        given = state[name]
        if not isinstance(given, Tensor):
            raise ValueError(
                f"{where} does not fit: {name!r} is a {type(given).__name__}, not a tensor"
            )
        if given.shape != tensor.shape:
            raise ValueError(
                f"{where} does not fit: {name!r} is {by(given.shape)}, "
                f"the network has {by(tensor.shape)}"
            )
        if _kind(given) != _kind(tensor):
            raise ValueError(
                f"{where} does not fit: {name!r} holds {_kind(given)} numbers ({given.dtype}), "
                f"the network's are {_kind(tensor)} ({tensor.dtype})"
            )
        if given.is_meta:
            if not tensor.is_meta:
                raise ValueError(f"{where} does not fit: {name!r} has a shape but no values")
            continue
        if not bool(given.to(tensor.dtype).isfinite().all()):
            raise ValueError(f"{where} does not fit: {name!r} has values that are NaN or infinite")
    extra = [name for name in state if name not in own]
    if extra:
        raise ValueError(f"{where} does not fit: the network has no tensor {extra[0]!r}")
    model.load_state_dict(dict(state))


def renamed(state: Mapping[str, Tensor], net: Net) -> Mapping[str, Tensor]:
    """A state_dict under today's names, where tensors have those of November 2026."""
    earlier = {old: new for new, old in earlier_names(net).items() if new not in state}
    return {earlier.get(name, name): tensor for name, tensor in state.items()}


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
    own = model.state_dict()
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


__all__ = ["classifier_tensors", "copies", "load_but", "load_weights", "moved", "read_safetensors"]
