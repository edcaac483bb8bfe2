"""A rewritten network, what was done to it, and how its weights are made of those before."""

from __future__ import annotations

from dataclasses import dataclass

from ..spec import Chain, Net, rebuilt
from ..spec.tree import Change as TreeChange


@dataclass(frozen=True)
class Move:
    """The tensor `name` is called `to` in the rewritten network, and has this shape there."""

    name: str
    to: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Affine:
    """x times a factor plus a term: a normalisation's, one of each a channel, or two constants.

    `norm` is the row whose normalisation it is, in evaluation: by its running mean and variance.
    """

    norm: str = ""
    eps: float = 0.0
    times: float = 1.0
    plus: float = 0.0


@dataclass(frozen=True)
class Behind:
    """What a layer with weights gives goes through an affine map, which its weight and bias take
    in."""

    row: str
    map: Affine


@dataclass(frozen=True)
class Before:
    """What a layer with weights is given comes through an affine map, which its weight and bias
    take in; one that shifts only where no zeros lie round what it is given."""

    row: str
    map: Affine
    groups: int = 1


@dataclass(frozen=True)
class Beside:
    """Convolutions on one value, computed as one, `to`: their kernels one after another."""

    rows: tuple[str, ...]
    to: str


@dataclass(frozen=True)
class Full:
    """A connection table's kernels as those of a full convolution, zero where nothing connects."""

    row: str
    table: tuple[tuple[int, ...], ...]
    maps: int


@dataclass(frozen=True)
class Lent:
    """A layer's bias is added later, by the row `to`."""

    row: str
    to: str


Made = Behind | Before | Beside | Full | Lent
"""How the weights of rows are made of those before; others carry over."""


@dataclass(frozen=True)
class Change:
    """What was done, at which row, why the values are the same, and into which row it went."""

    what: str
    where: str
    why: str
    into: str = ""


@dataclass(frozen=True)
class Rewritten:
    """A rewritten network; tensors that no move and no making names carry over unchanged.

    `made` is in order: each takes the weights that those before it left.
    """

    net: Net
    moves: tuple[Move, ...] = ()
    made: tuple[Made, ...] = ()
    changes: tuple[Change, ...] = ()


def mapped(net: Net, change: TreeChange) -> Rewritten:
    """The network with `change` applied to every part, inner ones first; weights are as before."""
    body = rebuilt(net.body, change)
    assert isinstance(body, Chain)
    return Rewritten(net.with_body(body))
