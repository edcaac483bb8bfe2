"""The tree of a network's layers, descended in one place: listed, walked, rebuilt."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from .joins import Add, Aux, Chain, Concat, Named, Part, dotted
from .layer import Layer

V = TypeVar("V")


def each_part(part: Part, name: str = "") -> Iterator[tuple[str, Part]]:
    """A part and all within it, each with its full name, in the order in which they compute."""
    yield name, part
    if isinstance(part, Aux):
        yield from each_part(part.head, name)
    several = part.parts if isinstance(part, Chain) else getattr(part, "branches", ())
    for child, inner in several:
        yield from each_part(inner, dotted(name, child))


class Visitor(ABC, Generic[V]):
    """What is done at each part on the way through a tree.

    A value goes along with the data, a shape say: from part to part, and into every branch.
    """

    @abstractmethod
    def layer(self, name: str, layer: Layer, value: V) -> V:
        """The value behind a layer."""

    @abstractmethod
    def join(self, name: str, join: Concat | Add, value: V, ends: Sequence[V]) -> V:
        """The value behind a join: `value` goes into its branches, and `ends` come out of them."""

    def head(self, name: str, aux: Aux, value: V) -> None:
        """What is done at an auxiliary head; the value goes on beside it."""
        self.through(aux.head, value, name)

    def through(self, part: Part, value: V, name: str = "") -> V:
        """The value behind a part."""
        if isinstance(part, Layer):
            return self.layer(name, part, value)
        if isinstance(part, Chain):
            for child, inner in part.parts:
                value = self.through(inner, value, dotted(name, child))
            return value
        if isinstance(part, Aux):
            self.head(name, part, value)
            return value
        ends = [self.through(inner, value, dotted(name, child)) for child, inner in part.branches]
        return self.join(name, part, value, ends)


Change = Callable[[str, Part], Part | None]
"""What becomes of a part, by its full name; None takes it out."""


def rebuilt(part: Part, change: Change, name: str = "", heads: bool = True) -> Part | None:
    """The part with `change` applied to all within it, inner ones first, and then to itself.

    Where a whole branch is taken out, it passes on what the join is given.
    Auxiliary heads stay as they are where `heads` is False.
    """

    def each(several: Named) -> list[tuple[str, Part | None]]:
        return [(child, rebuilt(p, change, dotted(name, child), heads)) for child, p in several]

    if isinstance(part, Chain):
        part = Chain(tuple((child, p) for child, p in each(part.parts) if p is not None))
    elif isinstance(part, Concat | Add):
        branches = ((child, Chain(()) if p is None else p) for child, p in each(part.branches))
        part = replace(part, branches=tuple(branches))
    elif isinstance(part, Aux):
        if not heads:
            return part
        head = rebuilt(part.head, change, name)
        assert isinstance(head, Chain)
        part = replace(part, head=head)
    return change(name, part)
