"""Whether a module is still what its network says, whoever changed it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from .. import rewrite
from ..bundle.modes import evaluating
from ..nets import look_up
from ..run.towers import TowerNetwork
from ..spec import Net, tensors
from .replaced import EMPTY, named_module, said_of
from .wrappers import changed

NEAR = 1e-3
"""How far outputs may differ by rounding, as a share of their spread."""
LIMIT = 8.0
"""Where layers overflow, what they are shown is made as small: above 6, where ReLU6 ends."""


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


FREE = ("training", "inplace", "p", "momentum", "in_features", "out_features")
"""What may be otherwise on a module: it changes no answer, or goes with its weights' shapes."""


def check_unchanged(model: nn.Module, again: nn.Module, net: Net) -> None:
    """ValueError that names what a bundle would lose: a hook, a forward, a layer without weights.

    Layers with weights are for `check_modules` to compare; a network in towers has other modules.
    """
    which = f"this {net.name} computes something else than its network with the same tensors"
    for name, module in model.named_modules():
        if changed(module):
            raise ValueError(
                f"{which}: {name or 'it'} has hooks, or a forward of its own. Take them away before"
                f" it is saved; {OWN}"
            )
    if isinstance(model, TowerNetwork):
        return
    every = {name for name, _ in again.named_modules()}
    for name, module in model.named_modules():
        line = type(named_module(model, name.rpartition(".")[0])) is nn.Sequential
        if (
            line
            and name not in every
            and not isinstance(module, (nn.Linear, nn.Sequential, *EMPTY))
        ):
            raise ValueError(f"{which}: {name} ({type(module).__name__}) was added. {OWN}")
    for name, built in again.named_modules():
        given = named_module(model, name)
        if given is None or not name:
            continue
        weightless = not any(True for _ in (*given.parameters(), *built.parameters()))
        if type(given) is not type(built):
            if weightless and not {type(given), type(built)} <= {*EMPTY}:
                raise ValueError(f"{which}: {said_of(model, again)}. {OWN}")
            continue
        for word, value in vars(built).items():
            if word.startswith("_") or word in FREE or isinstance(value, Tensor):
                continue
            if (own := vars(given).get(word)) != value:
                raise ValueError(f"{which}: {name}.{word} is {own!r}, not {value!r}. {OWN}")


OWN = "A bundle keeps networks as they are: a network of your own is a file, FILE.py:NAME"


@torch.no_grad()
def check_same(model: nn.Module, again: nn.Module, net: Net) -> None:
    """ValueError where a module computes something else than its network with its tensors.

    Drawn pictures tell. Where values overflow, as in a thousand layers that nobody trained, each
    layer is shown what stays small. Modes are left as they were.
    """
    own = next((p for p in model.parameters()), torch.empty(0))
    if own.dtype not in (torch.float32, torch.float64):
        model = copy.deepcopy(model).float()  # as it is kept: rounding apart
    given, wanted = _outputs(model, again, net)
    if not isinstance(given, Tensor) or given.shape != wanted.shape:
        shape = tuple(given.shape) if isinstance(given, Tensor) else type(given).__name__
        raise ValueError(f"this {net.name} gives {shape}, its network {tuple(wanted.shape)}")
    if given.dim() > 2:
        raise ValueError(
            f"this {net.name} gives maps: keep the network itself, made without dense=True; "
            "create_model(BUNDLE, dense=True) makes the dense form of it"
        )
    same = True
    if not (given.isfinite().all() and wanted.isfinite().all()):
        if isinstance(model, TowerNetwork):
            return  # its layers are given parts of what theirs are
        with _small(model) as theirs, _small(again) as ours:
            given, wanted = _outputs(model, again, net)
        same = all(_near(theirs.get(name, ()), sums, NEAR) for name, sums in ours.items())
    if not same or not _alike(given.cpu().double(), wanted.double()):
        how = said_of(model, again) or "a layer without weights was replaced, or a forward changed"
        raise ValueError(
            f"this {net.name} computes something else than its network with the same tensors: "
            f"{how}. {OWN}"
        )


def _outputs(model: nn.Module, again: nn.Module, net: Net) -> tuple[Any, Tensor]:
    """What a module, and its network as it is built, make of drawn pictures."""
    own = next((p for p in model.parameters()), torch.empty(0))
    draws = torch.Generator().manual_seed(0)
    x = torch.rand(2, *net.input, generator=draws)
    x[1].normal_(0.0, 2.0, generator=draws)
    with evaluating(model), evaluating(again):
        return model(x.to(own.device, own.dtype)), again(x)


Sums = tuple[torch.Size, float, float]
"""Of what a layer was given: its shape, the sum of its values, and that of their sizes."""


@contextmanager
def _small(model: nn.Module) -> Iterator[dict[str, list[Sums]]]:
    """While it lasts, what each layer is given is finite, of `LIMIT` at most; the sums before that.

    To make it small twice is to do it once, so that a layer within another in its place is the
    same. It comes before any hooks of others.
    """
    seen: dict[str, list[Sums]] = {}

    def small(name: str, module: nn.Module, given: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(given) != 1 or not isinstance(given[0], Tensor):
            return given
        value = given[0].nan_to_num()
        wide = value.double()
        sums = (value.shape, float(wide.sum()), float(wide.abs().sum()))
        seen.setdefault(name, []).append(sums)
        return (value * (LIMIT / value.abs().amax().clamp(min=LIMIT)),)

    handles = [
        module.register_forward_pre_hook(partial(small, name), prepend=True)
        for name, module in model.named_modules()
        if not any(True for _ in module.children())
    ]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


def _near(given: Sequence[Sums], wanted: Sequence[Sums], near: float) -> bool:
    """Whether two layers of one name were given the same, as far as it has the same shape."""
    return not any(
        one[0] == other[0] and abs(one[1] - other[1]) > near * max(other[2], 1e-6)
        for one, other in zip(given, wanted, strict=False)
    )


def _alike(given: Tensor, wanted: Tensor) -> bool:
    """Whether values are near each other, beside how they spread, and not finite in one place."""
    finite = given.isfinite() & wanted.isfinite()
    odd = (given == wanted) | (given.isnan() & wanted.isnan())
    if not bool((finite | odd).all()):
        return False
    one, other = given[finite], wanted[finite]
    if not one.numel():
        return True
    size, spread = float(other.abs().max()), float(other.max() - other.min())
    return bool((one - other).abs().max() <= NEAR * max(spread, 1e-2 * size, 1e-6))
