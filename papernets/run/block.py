"""What a network, and every block of it, computes: lines of steps, laid down when it is built.

A step calls a child by its name, joins branches, or hands a value to an auxiliary head. What else
somebody adds to a module is not called. Names, and no modules, stand in a line, so that children
may be replaced, and so that modules may be copied, pickled and replicated.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NoReturn

import torch
from torch import Tensor, nn

from ..spec import Add, Aux, BatchNorm, Chain, Concat, Conv, Dense, Flatten, Layer, Part, Shape
from ..spec.joins import dotted
from ..spec.layer import ACTIVATES
from .rows import activation, row_module


@dataclass(frozen=True)
class Join:
    """Branches on one value, then their sum, each times its scale, or their maps side by side.

    `over` is the branch whose value may be written over: it is a value of its own.
    """

    branches: tuple[Line, ...]
    scales: tuple[float, ...] | None = None
    over: int | None = None


@dataclass(frozen=True)
class Head:
    """An auxiliary head beside the way."""

    line: Line


Step = str | Join | Head
"""A child by its name, dotted where it lies in another child; a join; a head."""
Line = tuple[Step, ...]
Heads = list[Tensor]


class Block(nn.Module):
    """Rows under a common name: (N, C, H, W) to what the last of them, or their join, gives."""

    _line: Line = ()
    _words = ""
    _has_heads = False

    def forward(self, x: Tensor, heads: Heads | None = None) -> Tensor:
        """What the block gives for its input; `heads` takes what auxiliary heads within it give."""
        return computed(self, self._line, x, heads)

    def extra_repr(self) -> str:
        return self._words

    def __prepare_scriptable__(self) -> NoReturn:
        raise NotImplementedError(
            "torch.jit.script does not take networks of papernets, nor blocks of them: "
            "torch.export.export(model, (x,)), torch.jit.trace(model, x) and torch.compile do"
        )


class Name(Block):
    """A mere name for rows that do not follow one another: it has nothing to compute."""

    def forward(self, x: Tensor, heads: Heads | None = None) -> Tensor:
        raise ValueError(
            f"{', '.join(self._modules)} share a name and do not follow one another: call the "
            "network, or model.features(x, names)"
        )


def computed(own: nn.Module, line: Line, x: Tensor, heads: Heads | None) -> Tensor:
    """What a line of `own`'s children makes of x."""
    for step in line:
        if isinstance(step, str):
            child = child_of(own, step)
            if heads is not None and getattr(child, "_has_heads", False):
                x = child(x, heads)
            else:
                x = child(x)
        elif isinstance(step, Join):
            x = joined(own, step, x, heads)
        elif heads is not None:
            heads.append(computed(own, step.line, x, None))
    return x


def child_of(own: nn.Module, name: str) -> nn.Module:
    """A module's child by its name, dotted where it lies deeper; ValueError where it is gone."""
    at: Any = own._modules.get(name)
    if at is None and "." in name:
        at = own
        for part in name.split("."):
            at = at._modules.get(part) if at is not None else None
    if at is None:
        raise gone(name)
    module: nn.Module = at
    return module


def gone(name: str) -> ValueError:
    """The error that a module is no longer there."""
    return ValueError(
        f"{name} was taken out of the network, which needs it. To pass it by, put "
        "torch.nn.Identity() in its place; a network without its auxiliary heads: aux=False"
    )


def joined(own: nn.Module, join: Join, x: Tensor, heads: Heads | None) -> Tensor:
    """What a join makes of its branches' values."""
    values = [computed(own, line, x, heads) for line in join.branches]
    if join.scales is None:
        return torch.cat(values, 1)
    scales, at = list(join.scales), join.over
    if at is None or any(one is values[at] for n, one in enumerate([x, *values]) if n != at + 1):
        total = values[0] if scales[0] == 1.0 else values[0] * scales[0]
        for value, scale in zip(values[1:], scales[1:], strict=True):
            total = torch.add(total, value, alpha=scale)
        return total
    total, scale = values.pop(at), scales.pop(at)
    if scale != 1.0:
        total *= scale
    for value, scale in zip(values, scales, strict=True):
        if scale == 1.0:
            total += value
        else:
            total.add_(value, alpha=scale)
    return total


@dataclass(frozen=True)
class Built:
    """What a network was built of.

    `names` are its rows' and `aux_names` those of heads; `outputs` is for each row the module that
    gives its value; `written_over` are the rows over whose value a sum is written; `kinds` are the
    modules' classes.
    """

    names: tuple[str, ...]
    aux_names: frozenset[str]
    outputs: dict[str, str]
    written_over: frozenset[str]
    kinds: dict[str, type[nn.Module]]


class Builder:
    """Puts the modules of a network's parts where their names say, and lays down the lines.

    `rows` are where each row's output comes from, by the row's name: the names of a module.
    `written_over` are the rows whose output a later sum is written over.
    """

    def __init__(self, shapes: dict[str, Shape], words: dict[str, str]):
        """`shapes` are the inputs of all rows, `words` what is said of blocks."""
        self.shapes, self.words = shapes, words
        self.rows: dict[str, str] = {}
        self.written_over: set[str] = set()

    def line(
        self, own: nn.Module, name: str, part: Part, flat: bool, at: str = "", last: bool = True
    ) -> tuple[Line, bool]:
        """The line of a part without a name of its own, whose children go into `own`.

        `name` is the part's full name; `at` is where children go within `own`. Besides: whether
        what it gives is flat. `last`: what it gives is what `own` gives.
        """
        if isinstance(part, Chain):
            return self._chain(own, name, part, flat, at, last)
        if isinstance(part, Concat | Add):
            return self._join(own, name, part, flat, last)
        if isinstance(part, Aux):
            return (Head(self.line(own, name, part.head, flat, at, False)[0]),), flat
        raise ValueError(f"{name}: a layer beside others needs a name of its own")

    def _chain(
        self, own: nn.Module, name: str, part: Chain, flat: bool, at: str, last: bool
    ) -> tuple[Line, bool]:
        steps: list[Step] = []
        parts = list(grouped(part))
        shared = True  # the value is somebody else's, too
        for number, (child, inner) in enumerate(parts):
            first, end = shared, last and number == len(parts) - 1
            shared = isinstance(inner, Aux)
            if child:
                step, flat = self.child(
                    own, dotted(at, child), dotted(name, child), inner, flat, first
                )
                steps.append(step)
            else:
                line, flat = self.line(own, name, inner, flat, at, end)
                steps += line
        return tuple(steps), flat

    def child(
        self, own: nn.Module, place: str, name: str, part: Part, flat: bool, first: bool
    ) -> tuple[Step, bool]:
        """The step that calls a part which has a name, after its module was put in place."""
        while isinstance(part, Chain) and len(part.parts) == 1 and not part.parts[0][0]:
            part = part.parts[0][1]
        if isinstance(part, Layer):
            self._place(own, place, name, row_module(part, self.shapes[name], flat, first))
            self.rows[name] = name
            return place, flat or isinstance(part, Flatten)
        if isinstance(part, Aux):
            step, _ = self.child(own, place, name, part.head, flat, True)
            return Head((step,)), flat
        block = Block()
        self._place(own, place, name, block)
        line, flat = self.line(block, name, part, flat)
        if isinstance(part, Chain) and tuple(block._modules) == line:
            line_of_rows = nn.Sequential(OrderedDict(block._modules))  # type: ignore[arg-type]
            self._place(own, place, name, line_of_rows, again=True)
            return place, flat
        block._line, block._words = line, self.words.get(name, "")
        block._has_heads = any(_has_heads(block, step) for step in line)
        return place, flat

    def _join(
        self, own: nn.Module, name: str, part: Concat | Add, flat: bool, last: bool
    ) -> tuple[Line, bool]:
        lines: list[Line] = []
        given = flat
        for child, branch in part.branches:
            if child:
                step, flat = self.child(own, child, dotted(name, child), branch, given, True)
                lines.append((step,))
            else:
                line, flat = self.line(own, name, branch, given, last=False)
                lines.append(line)
        join = Join(tuple(lines))
        if isinstance(part, Add):
            scales = part.scales or (1.0,) * len(lines)
            join = Join(tuple(lines), scales, self._over(name, part, scales))
        return self._ended(own, name, join, getattr(part, "activation", None), last), flat

    def _over(self, name: str, part: Add, scales: Sequence[float]) -> int | None:
        """The first branch that ends with a value of its own, which a sum may be written over.

        The order of a sum matters to its last digit, but not that of two terms.
        """
        ordered = any(scale != 1.0 for scale in scales) or len(scales) > 2
        for at, (child, branch) in enumerate(part.branches[:1] if ordered else part.branches):
            row, end = last_row(dotted(name, child), branch)
            if isinstance(end, Conv | BatchNorm | Dense) and end.activation is None:
                self.written_over.add(row)
                return at
        return None

    def _ended(
        self, own: nn.Module, name: str, join: Join, activates: str | None, last: bool
    ) -> Line:
        """The line of a join, with the module of its activation, if it has one."""
        word = ACTIVATES.get(activates or "", "" if last else "join")
        if not word:
            self.rows[name] = name
            return (join,)
        while word in own._modules:
            word += "_"
        fresh = join.scales is None or len(join.branches) > 1  # even where none is written over
        made = activation(activates, fresh) if activates in ACTIVATES else nn.Identity()
        self._place(own, word, dotted(name, word), made)
        self.rows[name] = name if last and name else dotted(name, word)
        return (join, word)

    def _place(
        self, own: nn.Module, place: str, name: str, module: nn.Module, again: bool = False
    ) -> None:
        """Put a module under its name, in blocks that are mere names where it is dotted."""
        *outer, last = place.split(".")
        at: Any = own
        for part in outer:
            if part not in at._modules:
                at.add_module(part, Name())
            at = at._modules[part]
        if again:
            at._modules[last] = module
            return
        try:
            at.add_module(last, module)
        except KeyError:
            raise ValueError(
                f"{name}: torch's modules have an attribute {last!r}; call the layer otherwise"
            ) from None


def _has_heads(own: nn.Module, step: Step) -> bool:
    if isinstance(step, Join):
        return any(_has_heads(own, inner) for line in step.branches for inner in line)
    return isinstance(step, Head) or bool(getattr(child_of(own, step), "_has_heads", False))


def grouped(part: Chain) -> Iterator[tuple[str, Part]]:
    """The parts of a chain, those that follow one another under a common name as one chain.

    `a.x` and `a.y` are a chain `a` of `x` and `y`, unless something lies between them.
    """
    runs = [
        (first, list(run)) for first, run in groupby(part.parts, lambda one: one[0].split(".")[0])
    ]
    times = [first for first, _ in runs]
    for first, run in runs:
        if first and times.count(first) == 1 and all("." in child for child, _ in run):
            inner = tuple((child.partition(".")[2], one) for child, one in run)
            yield first, Chain(inner)
        else:
            yield from run


def last_row(name: str, part: Part) -> tuple[str, Part | None]:
    """The part whose value another gives, by its full name: a row, or a head that hears it too."""
    while isinstance(part, Chain) and part.parts:
        child, part = part.parts[-1]
        name = dotted(name, child)
    return name, part
