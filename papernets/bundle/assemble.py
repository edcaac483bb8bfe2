"""A `Net` and its weights, made into one module."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from .. import rewrite
from ..nets import Found
from ..run.network import Network
from ..run.network import build as build_network
from ..run.towers import Device, TowerNetwork, build_towers
from ..spec import Net, pair
from .extras import Trimmed, fitted
from .weights import load_weights, moved, read_safetensors

Weights = str | os.PathLike[str] | Mapping[str, Tensor]
"""A file of safetensors, or a state_dict."""


def assemble(
    found: Found,
    weights: Weights | None = None,
    *,
    dense: bool = False,
    input: int | tuple[int, int] | None = None,
    generator: torch.Generator | None = None,
) -> Network:
    """A `Net` built, with these weights or fresh ones; in its dense form, for `input`, if asked.

    The model's `left_out` names the tensors that were given and not taken: auxiliary heads of a
    network without them, and what tools and training left there.
    """
    state, net = _state(weights), found.net.member
    plain = build_network(net, generator=generator, initialisation=found.initialisation)
    taken = _loaded(plain, net, state, _where(weights))
    if not dense:
        return plain
    done = rewrite.dense(net)
    wide = done.net if input is None else replace(done.net, input=(net.input[0], *pair(input)))
    model = Network(wide)
    load_weights(model, moved(plain.state_dict(), done.moves), "the dense form")
    if taken is not None:
        model.left_out = taken.left_out  # type: ignore[assignment]
    return model


def in_towers(
    found: Found,
    devices: Sequence[Device],
    weights: Weights | None = None,
    generator: torch.Generator | None = None,
) -> TowerNetwork:
    """A `Net` built with each tower on a device, with weights as `assemble` takes them."""
    state, net = _state(weights), found.net.member
    model = build_towers(net, devices, generator, found.initialisation)
    _loaded(model, net, state, _where(weights))
    return model


def _loaded(
    model: nn.Module, net: Net, state: Mapping[str, Tensor] | None, where: str
) -> Trimmed | None:
    """Load a state_dict less its extras, which the model then names; None for no weights."""
    if state is None:
        return None
    known = isinstance(state, Mapping)  # anything else load_weights names
    taken = fitted(net, model.state_dict(), state) if known else Trimmed({})
    load_weights(model, taken.tensors if known else state, where)
    model.left_out = taken.left_out  # type: ignore[assignment]
    return taken


def _state(weights: Weights | None) -> Mapping[str, Tensor] | None:
    """The tensors, before anything large is built."""
    if isinstance(weights, str | os.PathLike):
        return read_safetensors(Path(weights))
    return weights


def _where(weights: object) -> str:
    return str(weights) if isinstance(weights, str | os.PathLike) else "the state_dict"
