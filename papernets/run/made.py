"""The weights of a rewritten network, made of those before as its rewrites say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import singledispatch

import torch
from torch import Tensor

from ..rewrite.rewritten import Affine, Before, Behind, Beside, Full, Lent, Made
from ..spec import Net
from ..spec.tensors import tensors_anyhow

Weights = dict[tuple[str, str], Tensor]
"""Tensors by their row and their name within it: weight, bias, codes, norm.running_mean."""


def weights_of(net: Net, state: Mapping[str, Tensor]) -> Weights:
    """The tensors of a network's state_dict by row."""
    found: Weights = {}
    for name, tensor in tensors_anyhow(net).items():
        norm = "norm." if tensor.operation == "norm" else ""
        found[tensor.row, norm + name.rpartition(".")[2]] = state[name]
    return found


@torch.no_grad()
def made(weights: Weights, by: Iterable[Made]) -> Weights:
    """The weights after all of these, in their order; none of those given is written over."""
    found = dict(weights)
    for one in by:
        make(one, found)
    return found


@singledispatch
def make(one: Made, weights: Weights) -> None:
    """Put what one of them makes in the place of what it was made of."""
    raise AssertionError(one)


@make.register
def _(one: Behind, weights: Weights) -> None:
    weight, bias = weights[one.row, "weight"], weights.get((one.row, "bias"))
    times, plus = affine(one.map, weights, len(weight), weight)
    shifted = plus if bias is None else times * bias + plus
    weights[one.row, "weight"] = _product(weight, times.view(-1, *[1] * (weight.dim() - 1)))
    if bias is not None or one.map.norm:
        weights[one.row, "bias"] = shifted.to(weight.dtype)


@make.register
def _(one: Before, weights: Weights) -> None:
    weight, bias = weights[one.row, "weight"], weights.get((one.row, "bias"))
    if not one.map.norm:
        assert not one.map.plus
        weights[one.row, "weight"] = weight * one.map.times
        return
    inputs = weight.shape[1] * one.groups
    times, plus = (
        each.view(one.groups, 1, -1, *[1] * (weight.dim() - 2))
        for each in affine(one.map, weights, inputs, weight)
    )
    grouped = weight.unflatten(0, (one.groups, -1))
    added = (grouped * plus).flatten(2).sum(2).flatten() + (0 if bias is None else bias)
    weights[one.row, "weight"] = _product(grouped, times).flatten(0, 1)
    weights[one.row, "bias"] = added.to(weight.dtype)


@make.register
def _(one: Beside, weights: Weights) -> None:
    parts = [weights[row, "weight"] for row in one.rows]
    biases = [weights.get((row, "bias")) for row in one.rows]
    weights[one.to, "weight"] = torch.cat(parts)
    if any(bias is not None for bias in biases):
        pairs = zip(parts, biases, strict=True)
        each = [part.new_zeros(len(part)) if bias is None else bias for part, bias in pairs]
        weights[one.to, "bias"] = torch.cat(each)


@make.register
def _(one: Full, weights: Weights) -> None:
    kernels = weights[one.row, "weight"]
    whole = kernels.new_zeros(len(one.table), one.maps, *kernels.shape[1:])
    at = [(out, given) for out, several in enumerate(one.table) for given in several]
    outs, ins = zip(*at, strict=True)
    whole[list(outs), list(ins)] = kernels
    weights[one.row, "weight"] = whole


@make.register
def _(one: Lent, weights: Weights) -> None:
    weights[one.to, "bias"] = weights.pop((one.row, "bias"))


def affine(map: Affine, weights: Weights, count: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Factors and terms, float64, of `count` values; a channel's for each value of it."""
    if not map.norm:
        return tuple(  # type: ignore[return-value]
            like.new_full((count,), value, dtype=torch.float64) for value in (map.times, map.plus)
        )
    row = map.norm
    mean, var = (weights[row, f"norm.running_{one}"].double() for one in ("mean", "var"))
    times = torch.rsqrt(var + map.eps)
    if (gamma := weights.get((row, "norm.weight"))) is not None:
        times = times * gamma
    plus = weights[row, "norm.bias"] - mean * times
    each = count // len(times)
    return times.repeat_interleave(each), plus.repeat_interleave(each)


def _product(weight: Tensor, times: Tensor) -> Tensor:
    """Both multiplied, in single precision at least, of the weight's kind."""
    kind = torch.promote_types(weight.dtype, torch.float32)
    return (weight.to(kind) * times.to(kind)).to(weight.dtype)
