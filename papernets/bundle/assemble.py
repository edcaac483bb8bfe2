"""A `Net` and its weights, made into one module."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from .. import rewrite
from ..nets import Found
from ..run.network import Network
from ..run.network import build as build_network
from ..run.towers import Device, TowerNetwork, build_towers
from ..spec import Net, tensors
from ..words import plural
from .checkpoints import one_state
from .dense import dense_form
from .extras import fitted
from .weights import load_but, load_weights, moved, other_classes, read_safetensors, renamed

Weights = str | os.PathLike[str] | Mapping[str, Tensor]
"""A file of safetensors, or a state_dict: itself, or the one in a checkpoint."""


def assemble(
    found: Found,
    weights: Weights | None = None,
    *,
    dense: bool = False,
    input: int | tuple[int, int] | None = None,
    generator: torch.Generator | None = None,
    left_out: Collection[str] = (),
    full: Net | None = None,
    redraw: bool = False,
) -> Network:
    """A `Net` built, with these weights or fresh ones; in its dense form, for `input`, if asked.

    Tensors that are `left_out` of the weights are as drawn; the model's `left_out` names them, and
    what else was not taken: heads of a network without them, what tools and training left there.
    `full` is the network whose names the weights may have, by default this one. `redraw`: a
    classifier for other classes is left out, too.
    """
    state, net = _state(weights), found.net.member
    plain = build_network(net, generator=generator, initialisation=found.initialisation)
    taken = _loaded(plain, full or net, state, left_out, _where(weights), redraw)
    plain.left_out = taken
    if not dense:
        return plain
    model = dense_form(plain, input)
    every = moved(plain.state_dict(), rewrite.dense(net).moves)
    gone = () if state is None else (name for name in every if name not in tensors(model.net))
    model.left_out = (*taken, *gone)  # of heads
    return model


def in_towers(
    found: Found,
    devices: Sequence[Device],
    weights: Weights | None = None,
    generator: torch.Generator | None = None,
    left_out: Collection[str] = (),
    full: Net | None = None,
    redraw: bool = False,
) -> TowerNetwork:
    """A `Net` built with each tower on a device, with weights as `assemble` takes them."""
    state, net = _state(weights), found.net.member
    model = build_towers(net, devices, generator, found.initialisation)
    taken = _loaded(model, full or net, state, left_out, _where(weights), redraw)
    model.left_out = taken
    return model


def _loaded(
    model: nn.Module,
    full: Net,
    state: Mapping[str, Tensor] | None,
    left_out: Collection[str],
    where: str,
    redraw: bool,
) -> tuple[str, ...]:
    """Load a state_dict but for what is `left_out`, and for extras; what of it was not taken."""
    if state is None:
        return ()
    if not isinstance(state, Mapping):
        load_weights(model, state, where)  # which names it
    taken = fitted(full, [*model.state_dict(), *left_out], state)
    own = renamed(taken.tensors, full)
    net: Net = model.net  # type: ignore[assignment]
    others = other_classes(net, own)
    if redraw:
        gone = tuple(name for name in rewrite.classifier_tensors(net) if name not in own)
        left_out = tuple(dict.fromkeys((*left_out, *others, *gone)))
    try:
        return (*taken.left_out, *load_but(model, own, left_out, where))
    except ValueError as error:
        if redraw or not others:
            raise
        classes = len(own[others[0]])
        raise ValueError(
            f"{error}. Its classifier is for {plural(classes, 'class', 'classes')}: "
            f"num_classes={classes} takes it"
        ) from None


def _state(weights: Weights | None) -> Mapping[str, Tensor] | None:
    """The tensors, before anything large is built."""
    if isinstance(weights, str | os.PathLike):
        return read_safetensors(Path(weights))
    found: Mapping[str, Tensor] | None = one_state(weights)
    return found


def _where(weights: object) -> str:
    return str(weights) if isinstance(weights, str | os.PathLike) else "the state_dict"
