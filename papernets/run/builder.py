"""How a network's modules are put in place, and what each block is to compute is laid down."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Any

from torch import nn

from ..spec import Add, Aux, BatchNorm, Chain, Concat, Conv, Dense, Flatten, Layer, Part, Shape
from ..spec.joins import dotted
from ..spec.layer import ACTIVATES
from .block import Block, Head, Join, Line, Name, Step, child_of
from .rows import activation, row_module


@dataclass(frozen=True)
class Built:
    """What a network was built of.

    `names` are its rows' and `aux_names` those of its `heads`; `outputs` is for each row the module
    that gives its value; `kinds` are the modules' classes, `settings` what they were made with.
    """

    names: tuple[str, ...]
    aux_names: frozenset[str]
    heads: int
    outputs: dict[str, str]
    kinds: dict[str, type[nn.Module]]
    settings: dict[str, dict[str, Any]]


IGNORED = frozenset({"training", "inplace", "momentum", "p"})
"""Settings of torch's modules that change nothing in evaluation."""


def settings_of(module: nn.Module) -> dict[str, Any]:
    """What a module was made with, as far as it matters in evaluation: strides, epsilons."""
    return {
        key: value
        for key, value in vars(module).items()
        if not key.startswith("_") and key not in IGNORED
    }


class Builder:
    """Puts the modules of a network's parts where their names say, and lays down the lines.

    `rows` are where each row's output comes from, by the row's name: the names of a module.
    """

    def __init__(self, shapes: dict[str, Shape], words: dict[str, str], parts: Iterable[str]):
        """`shapes` are the inputs of rows, `words` is said of blocks, `parts` are all names."""
        self.shapes, self.words = shapes, words
        self.rows: dict[str, str] = {}
        self._names = {start for name in parts for start in accumulate(name.split("."), dotted)}

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
        block._has_heads = any(_has_heads(block, step) for step in line)
        if isinstance(part, Chain) and tuple(block._modules) == line and not block._has_heads:
            line_of_rows = nn.Sequential(OrderedDict(block._modules))  # type: ignore[arg-type]
            self._place(own, place, name, line_of_rows, again=True)
            return place, flat
        block._name, block._line, block._words = name, line, self.words.get(name, "")
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
            join = Join(tuple(lines), scales, _over(part, scales))
        return self._ended(own, name, join, getattr(part, "activation", None), last), flat

    def _ended(
        self, own: nn.Module, name: str, join: Join, activates: str | None, last: bool
    ) -> Line:
        """The line of a join, with the module of its activation, if it has one."""
        word = ACTIVATES.get(activates or "", "" if last else "join")
        if not word:
            self.rows[name] = name
            return (join,)
        while dotted(name, word) in self._names:
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
        if last.startswith("_") or hasattr(nn.Sequential, last) or hasattr(at, last):
            raise ValueError(
                f"{name}: torch's modules, or ours, have an attribute {last!r}; call the layer "
                "otherwise"
            )
        at.add_module(last, module)


def _over(part: Add, scales: Sequence[float]) -> int | None:
    """The first branch that ends with a value of its own, which the sum may be written over.

    The order of a sum matters to its last digit, but not that of two terms.
    """
    ordered = any(scale != 1.0 for scale in scales) or len(scales) > 2
    for at, (_, branch) in enumerate(part.branches[:1] if ordered else part.branches):
        end = last_part(branch)
        if isinstance(end, Conv | BatchNorm | Dense) and end.activation is None:
            return at
    return None


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


def last_part(part: Part) -> Part | None:
    """The part whose value another gives: a row, or a head that hears it too."""
    while isinstance(part, Chain) and part.parts:
        part = part.parts[-1][1]
    return part
