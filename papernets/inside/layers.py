"""Rows of a network by name, their units, what they give, and what lies before them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from torch import Tensor, nn

from ..run.block import Look, last_step
from ..run.network import Network
from ..run.rows import ACTIVATIONS
from ..spec import Net, Row, sources, walk
from ..words import brief, did_you_mean, listed, plural

NAMED = 40  # layers that an error lists


def rows_of(net: Net) -> dict[str, Row]:
    """The rows of the network that predicts, by name, in the order in which they compute."""
    return {row.name: row for row in walk(net) if not row.aux}


def net_of(model: nn.Module, what: str) -> Net:
    """The network of a module as a value; ValueError for a module that is not of ours."""
    if not isinstance(model, Network):
        raise ValueError(
            f"{what} asks for the rows of a network of papernets, and this is a "
            f"{type(model).__name__}: papernets.create_model, papernets.load and "
            "papernets.from_peer give one. saliency, guided, smooth, occlusion and cam take any "
            "module"
        )
    return model.net


def named(model: nn.Module, layer: str) -> nn.Module:
    """The module that gives a layer's output: a row's, or any by its name in another's module.

    ValueError, with the names that there are.
    """
    if isinstance(model, Network):
        known = list(rows_of(model.net))
        if layer in known:
            return model.get_submodule(model._built.outputs[layer])
        what = f"{model.net.name} has"
    else:
        modules = {name: module for name, module in model.named_modules() if name}
        if layer in modules:
            return modules[layer]
        known, what = list(modules), "the model has"
    hint = did_you_mean(str(layer), known)
    raise ValueError(f"{what} no layer {brief(layer)}.{hint} Its layers: {listed(known, NAMED)}")


def check_unit(layer: str, units: int, unit: int) -> int:
    """The unit, where a layer of so many has it; else a ValueError."""
    if not 0 <= unit < units:
        raise ValueError(
            f"{layer} has no unit {unit}: it has {plural(units, 'unit')}, 0 to {units - 1}"
        )
    return unit


def outputs_and(
    model: nn.Module, x: Tensor, layers: Iterable[str]
) -> tuple[Tensor, dict[str, Tensor]]:
    """What the model gives for x, and the outputs of these layers, all in one pass."""
    found: dict[str, Tensor] = {}
    wanted = list(dict.fromkeys(layers))
    with ExitStack() as stack:
        for layer in wanted:
            handle = named(model, layer).register_forward_hook(Look(layer, found))
            stack.callback(handle.remove)
        out = model(x)
    return out, {layer: found[layer] for layer in wanted}


def driven(model: nn.Module, x: Tensor, layer: str) -> tuple[Tensor, Tensor]:
    """A layer's maps (N, K, h, w), and what to rank its values by: these, before its activation.

    An activation keeps the order, but where it saturates it makes many values one.
    """
    last = named(model, layer)
    while (inner := _last(last)) is not None:
        last = inner
    given: list[Tensor] = []
    thread = threading.get_ident()

    def hook(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if threading.get_ident() == thread:
            given.append(inputs[0].detach().clone())

    with ExitStack() as stack:
        if isinstance(last, tuple(ACTIVATIONS.values())):
            stack.callback(last.register_forward_pre_hook(hook).remove)
        _, found = outputs_and(model, x, [layer])
    maps = positions(found[layer])
    return maps, positions(given[-1]) if given else maps


def _last(module: nn.Module) -> nn.Module | None:
    """The module that gives what a block, or a line of modules, gives; None for any other."""
    step = last_step(module)
    return module.get_submodule(step) if isinstance(step, str) else None


@contextmanager
def cut(model: nn.Module, layer: str) -> Iterator[list[Tensor]]:
    """While it lasts, a layer's output begins a graph of its own; it is put into the list."""
    found: list[Tensor] = []
    thread = threading.get_ident()

    def hook(module: nn.Module, given: Any, out: Tensor) -> Tensor | None:
        if threading.get_ident() != thread:
            return None
        found.append(out.detach().clone().requires_grad_())
        return found[-1].clone()  # what comes next may write over it

    handle = named(model, layer).register_forward_hook(hook)
    try:
        yield found
    finally:
        handle.remove()


@contextmanager
def given_to(model: nn.Module, layer: str) -> Iterator[list[Tensor]]:
    """While it lasts, what a layer is given is put into the list."""
    found: list[Tensor] = []
    thread = threading.get_ident()

    def hook(module: nn.Module, given: tuple[Tensor, ...]) -> None:
        if threading.get_ident() == thread:
            found.append(given[0].detach().clone())

    handle = named(model, layer).register_forward_pre_hook(hook)
    try:
        yield found
    finally:
        handle.remove()


def before(net: Net, layer: str) -> list[Row]:
    """The rows that a row's value is made by, in order, itself last; not those beside them."""
    edges, wanted = sources(net), {layer}
    for name in reversed(list(edges)):
        if name in wanted:
            wanted.update(edges[name])
    return [row for name, row in rows_of(net).items() if name in wanted]


CONVOLVED = ("conv", "table conv", "concat", "add", "batch norm", "activation", "norm")


def last_maps(model: nn.Module) -> str:
    """The last row that gives maps of more than one value and neither pools nor drops out.

    ValueError where there is none: a layer has to be named.
    """
    if not isinstance(model, Network):
        raise ValueError(
            "which layer? Give layer=NAME of one with maps; the last convolution is usual: "
            f"{_convolutions(model)}"
        )
    maps = [row for row in rows_of(model.net).values() if row.out[1] * row.out[2] > 1]
    good = [row.name for row in maps if not _pools(row)]
    if not good:
        raise ValueError(f"{model.net.name} has no layer with maps of more than one value")
    return good[-1]


def _pools(row: Row) -> bool:
    """Whether a row mixes or drops the values of a map rather than makes a map of others."""
    return row.macs == 0 and row.kind not in CONVOLVED


def _convolutions(model: nn.Module) -> str:
    several = [name for name, one in model.named_modules() if isinstance(one, nn.Conv2d)]
    return f"{several[-1]!r} here" if several else "this model has none"


def units_shown(units: int, most: int) -> Sequence[int]:
    """At most so many units, evenly spaced over all of them."""
    count = min(units, most)
    return [at * units // count for at in range(count)]


def positions(value: Tensor) -> Tensor:
    """A layer's output as maps (N, K, h, w): what is flat has maps of one value."""
    return value if value.dim() == 4 else value.reshape(*value.shape[:2], 1, 1)
