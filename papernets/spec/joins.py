"""How layers are put together: one after another, side by side, added, and heads beside the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .layer import Layer
from .settings import Settings
from .window import Shape, shown

Named = tuple[tuple[str, "Part"], ...]
"""Parts with their names; one without a name ("") goes by the name of what it is part of."""


@dataclass(frozen=True)
class Chain:
    """Parts one after another, each with its name."""

    parts: Named


@dataclass(frozen=True)
class Concat:
    """Branches on one input, joined along channels."""

    branches: Named
    kind = "concat"

    def shape(self, ends: Sequence[Shape]) -> Shape:
        """Output shape, from those of the branches; ValueError where they cannot be joined."""
        _check_alike(self.branches, ends, [end[1:] for end in ends], "joined")
        return (sum(end[0] for end in ends), *ends[0][1:])

    def words(self, ends: Sequence[Shape]) -> str:
        """The arithmetic filled in, in one line."""
        maps = [end[0] for end in ends]
        return f"{' + '.join(map(str, maps))} = {sum(maps)} channels"

    def settings(self, s: Shape) -> Settings:
        """As a layer's."""
        return {}


@dataclass(frozen=True)
class Add:
    """Branches on one input, each times its scale, added, then activation."""

    branches: Named
    activation: str | None = None
    scales: tuple[float, ...] | None = None
    kind = "add"

    def shape(self, ends: Sequence[Shape]) -> Shape:
        """Output shape, from those of the branches; ValueError where they cannot be added."""
        _check_alike(self.branches, ends, ends, "added")
        if self.scales is not None and len(self.scales) != len(ends):
            raise ValueError(f"{len(self.scales)} scales for {len(ends)} branches")
        return ends[0]

    def words(self, ends: Sequence[Shape]) -> str:
        """The arithmetic filled in, in one line."""
        return f"sum of {len(ends)} branches"

    def settings(self, s: Shape) -> Settings:
        """As a layer's: by what each branch is multiplied."""
        scales = self.scales or (1.0,) * len(self.branches)
        names = (name for name, _ in self.branches)
        return {"scales": dict(zip(names, scales, strict=True))}


@dataclass(frozen=True)
class Aux:
    """A head beside the way, in training only; its loss counts `weight`, the value goes on.

    A `counted` head is summed with the network that predicts, as sources count that do not part
    them.
    """

    head: Chain
    weight: float
    counted: bool = False


Part = Layer | Chain | Concat | Add | Aux


def _check_alike(
    branches: Named, ends: Sequence[Shape], wanted: Sequence[tuple[int, ...]], word: str
) -> None:
    """ValueError with the first branch whose shape, as far as it is `wanted` alike, is another."""
    if not ends:
        raise ValueError("nothing to join; it has no branches")
    for at, one in enumerate(wanted):
        if one != wanted[0]:
            (first, _), (other, _) = branches[0], branches[at]
            raise ValueError(
                f"branch {first or 'without a name'} gives {shown(ends[0])} but branch "
                f"{other or 'without a name'} gives {shown(ends[at])}: they cannot be {word}"
            )


def chain(parts: Mapping[str, Part]) -> Chain:
    """A chain of named parts, in their order."""
    return Chain(tuple(parts.items()))


def concat(branches: Mapping[str, Part]) -> Concat:
    """Named branches joined along channels."""
    return Concat(tuple(branches.items()))


def add(
    branches: Mapping[str, Part],
    activation: str | None = None,
    scales: tuple[float, ...] | None = None,
) -> Add:
    """Named branches added."""
    return Add(tuple(branches.items()), activation, scales)


def dotted(prefix: str, name: str) -> str:
    """A part's full name within its parent; a part named "" takes its parent's name."""
    return f"{prefix}.{name}" if prefix and name else prefix or name
