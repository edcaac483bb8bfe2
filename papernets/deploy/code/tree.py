"""A network's parts as calls: rows, chains of rows, branches, and blocks that want a class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...run.builder import grouped
from ...spec import Add, Aux, Chain, Concat, Flatten, Layer, Part, Shape
from ...spec.joins import dotted
from .calls import Call, Given, Slot
from .operations import NoCode, row

FORWARD = {"relu": "torch.relu", "relu6": "nn.functional.relu6", "tanh": "torch.tanh"}
FORWARD |= {"sigmoid": "torch.sigmoid", "scaled_tanh": "scaled_tanh"}
THROUGH = Call("nn.Identity")


@dataclass(frozen=True)
class Sum:
    """How a sum is computed: each branch as the names of the children it calls, and its factor."""

    branches: tuple[tuple[str, ...], ...]
    scales: tuple[float, ...]
    activation: str | None


@dataclass(frozen=True)
class Block:
    """What becomes a class: its children, and for a sum what is called before it, and how it adds.

    `joins` is true where the children are branches that are joined along channels.
    """

    children: tuple[tuple[str, Call], ...]
    sum: Sum | None = None
    before: tuple[str, ...] = ()
    joins: bool = False

    @property
    def call(self) -> Call:
        """Its children as one call, so that slots are found in them."""
        return Call("block", self.children)


@dataclass(frozen=True)
class Found:
    """A part of the whole: its name, and a call or a block."""

    name: str
    what: Call | Block


class Reader:
    """Reads a network's parts; `shapes` are what rows are given, by their full names."""

    def __init__(self, shapes: dict[str, Shape]):
        self.shapes = shapes
        self.flat = False

    def whole(self, body: Chain) -> Iterator[Found]:
        """The parts of a network, without heads."""
        for name, part in self._parts(body):
            if not name:
                raise NoCode("a part of the network without a name beside others")
            found = self.named(name, part)
            if found is not None:
                yield Found(name, found)

    def named(self, name: str, part: Part) -> Call | Block | None:
        """A part that has a name of its own; None for one that does nothing."""
        while isinstance(part, Chain) and len(part.parts) == 1 and not part.parts[0][0]:
            part = part.parts[0][1]
        if isinstance(part, Layer):
            self.flat = self.flat or isinstance(part, Flatten)
            return row(part, self.shapes[name], self.flat)
        if isinstance(part, Concat):
            return Block(self._branches(name, part), joins=True)
        if isinstance(part, Add):
            return self._sum(name, (), part)
        assert isinstance(part, Chain)
        parts = list(self._parts(part))
        if parts and not parts[-1][0] and isinstance(parts[-1][1], Add):
            children = [(child, self._inner(name, child, inner)) for child, inner in parts[:-1]]
            return self._sum(name, tuple((c, v) for c, v in children if v), parts[-1][1])
        inner = ((child, self._inner(name, child, one)) for child, one in parts)
        return Block(tuple((child, call) for child, call in inner if call is not None))

    def _parts(self, part: Chain) -> Iterator[tuple[str, Part]]:
        return (one for one in grouped(part) if not isinstance(one[1], Aux))

    def _inner(self, name: str, child: str, part: Part) -> Call | None:
        """A part within a block, as one call."""
        if not child:
            raise NoCode(f"{name}: a part without a name beside others")
        found = self.named(dotted(name, child), part)
        if not isinstance(found, Block):
            return found
        if found.sum is not None:
            raise NoCode(f"{dotted(name, child)}: a sum within a block")
        return Call("Concat" if found.joins else "chain", found.children)

    def _branches(self, name: str, part: Concat) -> tuple[tuple[str, Call], ...]:
        found = []
        for child, inner in part.branches:
            call = self._inner(name, child, inner)
            found.append((child, THROUGH if call is None else call))
        return tuple(found)

    def _sum(self, name: str, before: Given, part: Add) -> Block:
        children: list[tuple[str, Call]] = [(n, c) for n, c in before if isinstance(c, Call)]
        lines: list[tuple[str, ...]] = []
        for child, inner in part.branches:
            parts = [(child, inner)]
            if not child:
                parts = list(self._parts(inner)) if isinstance(inner, Chain) else parts
            line = []
            for own, one in parts:
                call = self._inner(name, own, one)
                if call is None and own != "shortcut":
                    continue
                children.append((own, THROUGH if call is None else call))
                line.append(own)
            lines.append(tuple(line))
        scales = part.scales or (1.0,) * len(lines)
        activation = part.activation if part.activation in FORWARD else None
        return Block(
            tuple(children),
            Sum(tuple(lines), scales, activation),
            tuple(name for name, _ in before),
        )


def slots_of(block: Block) -> list[tuple[str, Slot]]:
    """The numbers of a block that another may have otherwise, in their order, each with a path."""
    return [found for name, call in block.children for found in call.slots(name)]


def form_of(block: Block, without: str = "") -> tuple[object, ...]:
    """What blocks of one class have in common: all but the numbers in slots, and one child."""
    children = tuple((n, None if n == without else c.form) for n, c in block.children)
    return (children, block.sum, block.before, block.joins)
