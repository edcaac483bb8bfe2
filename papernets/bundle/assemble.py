"""A `Net` and its weights, made into one module."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from .. import rewrite
from ..nets import Found
from ..run.network import Network
from ..run.network import build as build_network
from ..run.towers import Device, TowerNetwork, build_towers
from ..spec import pair, tensors
from .weights import load_but, load_weights, moved, read_safetensors

Weights = str | os.PathLike[str] | Mapping[str, Tensor]
"""A file of safetensors, or a state_dict."""


def assemble(
    found: Found,
    weights: Weights | None = None,
    *,
    dense: bool = False,
    input: int | tuple[int, int] | None = None,
    generator: torch.Generator | None = None,
    left_out: Collection[str] = (),
) -> Network:
    """A `Net` built, with these weights or fresh ones; in its dense form, for `input`, if asked.

    Tensors that are `left_out` of the weights are as drawn; the model's `left_out` names them.
    """
    state, net = _state(weights), found.net.member
    plain = build_network(net, generator=generator, initialisation=found.initialisation)
    plain.left_out = _loaded(plain, state, left_out, weights)  # type: ignore[assignment]
    if not dense:
        return plain
    done = rewrite.dense(net)
    wide = done.net if input is None else replace(done.net, input=(net.input[0], *pair(input)))
    model = Network(wide, rewrite.fast(wide).net)
    own, every = tensors(wide), moved(plain.state_dict(), done.moves)
    load_weights(model, {name: every[name] for name in own}, "the dense form")
    model.left_out = plain.left_out
    return model


def in_towers(
    found: Found,
    devices: Sequence[Device],
    weights: Weights | None = None,
    generator: torch.Generator | None = None,
    left_out: Collection[str] = (),
) -> TowerNetwork:
    """A `Net` built with each tower on a device, with weights as `assemble` takes them."""
    state = _state(weights)
    model = build_towers(found.net.member, devices, generator, found.initialisation)
    model.left_out = _loaded(model, state, left_out, weights)  # type: ignore[assignment]
    return model


def _loaded(
    model: nn.Module,
    state: Mapping[str, Tensor] | None,
    left_out: Collection[str],
    weights: Weights | None,
) -> tuple[str, ...]:
    """What of the weights that were loaded into a model was left out."""
    return () if state is None else load_but(model, state, left_out, _where(weights))


def _state(weights: Weights | None) -> Mapping[str, Tensor] | None:
    """The tensors, before anything large is built."""
    if isinstance(weights, str | os.PathLike):
        return read_safetensors(Path(weights))
    return weights


def _where(weights: object) -> str:
    return str(weights) if isinstance(weights, str | os.PathLike) else "the state_dict"
