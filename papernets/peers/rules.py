"""A peer's names for our rows, from a few rules a family; tensors moved by name, never by order."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor

from .. import spec
from ..bundle.weights import VARIANCE
from ..spec import Net
from ..words import brief, by
from .layout import PeerNet

NORM = "norm"
"""The operation of a row that normalises it."""
COUNTER = "num_batches_tracked"
"""Files of before torch 0.4.1 lack it, and nothing but a momentum of None reads it."""


@dataclass(frozen=True)
class Rule:
    """Our row, the peer's module with its weight and bias, and the one with its normalisation.

    `{n}` in a row stands for letters or digits, and in the peer's names for the same, with a number
    added or subtracted where one is given: `{n-1}`.
    """

    row: str
    weight: str
    norm: str = ""


Rules = tuple[Rule, ...] | Callable[[Net], Iterable[Rule]]
"""A family's rules, or what makes them for one of its networks."""


def names(net: Net, rules: Iterable[Rule]) -> dict[str, str]:
    """The peer's name for each tensor of our state_dict; the first rule that fits a row holds."""
    compiled = [(_pattern(rule.row), rule) for rule in rules]
    found: dict[str, str] = {}
    for key, tensor in spec.tensors(net).items():
        row, leaf = tensor.row, key.rpartition(".")[2]
        for pattern, rule in compiled:
            match = pattern.fullmatch(row)
            if match:
                theirs = rule.norm if tensor.operation == NORM else rule.weight
                found[key] = f"{_filled(theirs, match.groupdict())}.{leaf}"
                break
        else:
            raise AssertionError(f"{net.name}: no rule for row {row!r}")
    return found


def _pattern(row: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", row)
    text = "".join(
        f"(?P<{part}>[A-Za-z0-9]+)" if at % 2 else re.escape(part) for at, part in enumerate(parts)
    )
    return re.compile(text)


def _filled(text: str, values: Mapping[str, str]) -> str:
    def one(match: re.Match[str]) -> str:
        value, step = values[match[1]], match[2]
        return str(int(value) + int(step)) if step else value

    return re.sub(r"\{(\w+?)([+-]\d+)?\}", one, text)


def renamed(
    known: PeerNet,
    net: Net,
    theirs: Mapping[str, str],
    tensors: Mapping[str, Tensor],
    without: Collection[str] = (),
) -> dict[str, Tensor]:
    """The tensors under our names; ValueError with the first that is missing, misshapen or extra.

    A dense layer's weight may come as a convolution's over its whole input, which is the same.
    Of ours, those in `without` are not looked for: a classifier that is not there, say.
    """
    where = f"{known.peer}'s {known.name}"
    found: dict[str, Tensor] = {}
    for key, own in spec.tensors(net).items():
        name, shape = theirs[key], own.shape
        if key in without:
            continue
        if name not in tensors:
            if key.endswith(COUNTER):
                found[key] = torch.zeros((), dtype=torch.long)
                continue
            first = next(iter(tensors), None)
            begins = f"the state_dict begins with {brief(first)}" if tensors else "it is empty"
            raise ValueError(
                f"{where}: there is no tensor {brief(name)} ({by(shape)}, our {key}); {begins}"
            )
        given = tensors[name]
        as_dense = given.ndim == 4 and len(shape) == 2 and given.numel() == prod(shape)
        if given.shape != shape and not (as_dense and given.shape[0] == shape[0]):
            raise ValueError(
                f"{where}: {brief(name)} is {by(given.shape)}, not {by(shape)} (our {key})"
            )
        found[key] = checked(given, name, where, key).reshape(shape)
    places = set(theirs.values())
    extra = next((name for name in tensors if name not in places), None)
    if extra is not None:
        raise ValueError(
            f"{where}: {brief(extra)} ({by(tensors[extra].shape)}) is a tensor that it has no "
            "place for"
        )
    return found


def checked(tensor: Tensor, name: str, where: str, ours: str) -> Tensor:
    """A tensor of finite numbers, half precision as float32; a ValueError names another one.

    `ours` is our name for it, or how that ends: variances are not negative, counters are whole.
    """
    if ours.endswith(COUNTER) and not tensor.is_meta and not tensor.is_complex():
        return tensor.long().cpu()
    if tensor.layout != torch.strided or tensor.is_quantized or not tensor.is_floating_point():
        raise ValueError(
            f"{where}: {brief(name)} holds {str(tensor.dtype).removeprefix('torch.')} numbers, not "
            "floating ones: give the weights as they were before they were made smaller"
        )
    if tensor.is_meta:
        raise ValueError(
            f"{where}: {brief(name)} has a shape but no values: it is on the meta device"
        )
    tensor = tensor.detach().cpu()
    if tensor.dtype not in (torch.float32, torch.float64):
        tensor = tensor.float()
    if not bool(tensor.isfinite().all()):
        raise ValueError(f"{where}: {brief(name)} has values that are NaN or infinite")
    if ours.endswith(VARIANCE) and bool((tensor < 0).any()):
        raise ValueError(f"{where}: {brief(name)} has values below 0, and is a variance")
    return tensor
