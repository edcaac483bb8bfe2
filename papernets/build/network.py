"""Net to nn.Module: parameters have the rows' names, activations go after their last use."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor, nn

from .. import rewrite
from ..analyse.walk import fixed_size, totals, walk
from ..spec import Add, Aux, Chain, Concat, Layer, Net, Part, Shape, dotted
from .activations import activate
from .init import initialise
from .layers import Add as AddModule
from .layers import Concat as ConcatModule
from .layers import module


class Logits(NamedTuple):
    """What a network with auxiliary heads gives in training: main and aux, each (N, classes)."""

    main: Tensor
    aux: tuple[Tensor, ...]


@dataclass(frozen=True)
class Step:
    """One call: the values it reads, the one it writes, if it is a head's, and what it frees."""

    name: str
    call: nn.Module
    reads: tuple[int, ...]
    writes: int
    aux: bool
    frees: tuple[int, ...] = ()


class Group(nn.Module):
    """Modules under a common name; only a place for names."""


class Network(nn.Module):
    """A network: (N, C, H, W) to logits (N, classes), or (N, classes, H', W') in the dense form.

    In training, a network with auxiliary heads gives `Logits(main, aux)`; in evaluation always the
    logits alone.
    """

    def __init__(self, net: Net, form: Net | None = None):
        """`form` is the network as computed: a rewrite of `net` with the same values and names."""
        super().__init__()
        self.net = net
        form = net if form is None else form
        self._steps: list[Step] = []
        self._heads: list[int] = []
        rows = walk(form)
        self._values = 1
        self._out = self._lay("", form.body, 0, {row.name: row.input for row in rows}, False)
        self._train_steps = _with_frees(self._steps)
        self._eval_steps = _with_frees([s for s in self._steps if not s.aux])
        self._bare = rewrite.without_heads(net).net
        self._fixed = {True: fixed_size(net), False: fixed_size(self._bare)}  # with heads, without
        self._sizes = {(*net.input[1:], True), (*net.input[1:], False)}
        own = {row.name: row.activation for row in walk(net)}
        # a rewrite may move an activation to a later row; a feature has it all the same
        self._late = {r.name: own.get(r.name) for r in rows if r.activation is None}

    @property
    def aux_weights(self) -> tuple[float, ...]:
        """How much the loss of each auxiliary head counts."""
        return self.net.aux_weights

    def _new(self) -> int:
        self._values += 1
        return self._values - 1

    def _lay(self, name: str, part: Part, read: int, shapes: dict[str, Shape], aux: bool) -> int:
        """Lay the steps of a part that reads a value; return the value that it writes."""
        if isinstance(part, Chain):
            for child, inner in part.parts:
                read = self._lay(dotted(name, child), inner, read, shapes, aux)
            return read
        if isinstance(part, Aux):
            self._heads.append(self._lay(name, part.head, read, shapes, True))
            return read
        if isinstance(part, Concat | Add):
            reads = tuple(
                self._lay(dotted(name, child), inner, read, shapes, aux)
                for child, inner in part.branches
            )
            call: nn.Module = ConcatModule() if isinstance(part, Concat) else AddModule(part)
        else:
            reads, call = (read,), module(part, shapes[name])
            if isinstance(part, Layer):
                self._place(name, call)
        writes = self._new()
        self._steps.append(Step(name, call, reads, writes, aux))
        return writes

    def _place(self, name: str, call: nn.Module) -> None:
        at: nn.Module = self
        *groups, last = name.split(".")
        for group in groups:
            if group not in at._modules:
                at.add_module(group, Group())
            at = at._modules[group]  # type: ignore[assignment]
        try:
            at.add_module(last, call)
        except KeyError:
            raise ValueError(
                f"{name}: torch's modules have an attribute {last!r}; call the layer otherwise"
            ) from None

    def _check(self, x: Tensor, heads: bool) -> None:
        channels, *want = self.net.input
        if x.dim() != 4 or x.shape[1] != channels:
            raise ValueError(
                f"{self.net.name} takes pictures of shape (N, {channels}, {want[0]}, {want[1]}), "
                f"not {tuple(x.shape)}"
            )
        height, width = x.shape[2:]
        if self._fixed[heads] and [height, width] != want:
            raise ValueError(
                f"{self.net.name} was built for {want[0]}x{want[1]} pictures and its dense layers "
                f"are sized for them; this one is {height}x{width}. Build it with input=({height}, "
                f"{width}), or with dense=True for a map of outputs"
            )
        if not (isinstance(height, int) and isinstance(width, int)):
            return  # torch traces the shape as a symbol
        if (height, width, heads) not in self._sizes:
            net = self.net if heads else self._bare
            walk(replace(net, input=(channels, height, width)))  # names a layer that is too small
            self._sizes.add((height, width, heads))

    def _run(
        self, x: Tensor, steps: Iterable[Step], first: int = 0
    ) -> Iterator[tuple[str, int, Tensor]]:
        values: dict[int, Tensor] = {first: x}
        del x
        for step in steps:
            reads = [values[i] for i in step.reads]
            for i in step.frees:
                del values[i]
            out = step.call(*reads)
            del reads
            values[step.writes] = out
            yield step.name, step.writes, out
            del out

    def forward(self, x: Tensor) -> Tensor | Logits:
        self.check(x)
        return self.rest(x, 0)

    def check(self, x: Tensor) -> None:
        """Raise ValueError where pictures x do not fit the network in its present mode."""
        self._check(x, self.training and bool(self._heads))

    def rest(self, x: Tensor, done: int) -> Tensor | Logits:
        """The output, where the first `done` steps, in a line, ran elsewhere and gave x."""
        heads = self.training and bool(self._heads)
        steps = self._train_steps if heads else self._eval_steps
        first = steps[done - 1].writes if done else 0
        kept = {self._out, *self._heads} if heads else {self._out}
        results: dict[int, Tensor] = {first: x} if first in kept else {}
        for _, value, out in self._run(x, steps[done:], first):
            if value in kept:
                results[value] = out
            del out
        main = results[self._out]
        return Logits(main, tuple(results[v] for v in self._heads)) if heads else main

    def features(self, x: Tensor, names: Iterable[str]) -> dict[str, Tensor]:
        """The outputs of these rows, by name; heads' rows too. An unknown name is a ValueError.

        One name may be given alone.
        """
        wanted = [names] if isinstance(names, str) else list(names)
        known = {step.name: step for step in self._steps}
        for name in wanted:
            if name not in known:
                raise ValueError(
                    f"{self.net.name} has no row {name!r}; its rows: {', '.join(known)}"
                )
        heads = any(known[name].aux for name in wanted)
        self._check(x, heads)
        found = {
            name: activate(out, self._late.get(name))
            for name, _, out in self._run(x, self._train_steps if heads else self._eval_steps)
            if name in wanted
        }
        return {name: found[name] for name in wanted}


def _with_frees(steps: list[Step]) -> tuple[Step, ...]:
    """The steps, each knowing which values nobody reads after it."""
    last = {value: at for at, step in enumerate(steps) for value in step.reads}
    return tuple(
        Step(
            s.name,
            s.call,
            s.reads,
            s.writes,
            s.aux,
            tuple(v for v in set(s.reads) if last[v] == at),
        )
        for at, s in enumerate(steps)
    )


def memory() -> float:
    """The bytes of memory that this machine has; infinite where it does not say."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return math.inf


def _too_large(net: Net, size: int) -> ValueError:
    channels, height, width = net.input
    return ValueError(
        f"{net.name} with input {channels}x{height}x{width} and {net.classes:,} classes has "
        f"parameters of {size / 1e9:,.1f} GB, more than the memory here takes. Give a smaller "
        "input, or fewer classes"
    )


def build(net: Net, reference: bool = False, generator: torch.Generator | None = None) -> Network:
    """The network as a module with fresh parameters, drawn by the net's own rule from `generator`.

    `reference` builds the plain form, in which the walk and torch's FLOP counter agree; otherwise
    the form is rewritten to be fast, with the same values and the same parameter names. ValueError
    where its parameters do not fit into this machine's memory.
    """
    size = 4 * totals(walk(net)).params
    if size > memory():
        raise _too_large(net, size)
    try:
        network = Network(net, net if reference else rewrite.fast(net).net)
    except MemoryError:
        raise _too_large(net, size) from None
    except RuntimeError as error:
        if "memory" not in str(error):
            raise
        raise _too_large(net, size) from None
    initialise(network, net.init, generator)
    return network
