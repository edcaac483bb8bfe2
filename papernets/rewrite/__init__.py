"""Net to Net: the one way to make a network faster or denser, with how its weights map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..spec import (
    BY_SIGMOID,
    LRN,
    MONOTONE,
    Add,
    Aux,
    Chain,
    Concat,
    Conv,
    Dense,
    Flatten,
    GlobalPool,
    Net,
    Part,
    Pool,
    Shape,
    TableConv,
    dotted,
)
from ..spec.walk import walk


@dataclass(frozen=True)
class Move:
    """The weight `name` keeps its name and values, and has this shape in the rewritten network."""

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Rewritten:
    """A rewritten network; weights that no move names carry over unchanged."""

    net: Net
    moves: tuple[Move, ...] = ()


def _each(part: Part, change: Callable[[Chain], Chain]) -> Part:
    """The part with `change` applied to every chain in it, inner ones first."""
    if isinstance(part, Chain):
        return change(Chain(tuple((name, _each(p, change)) for name, p in part.parts)))
    if isinstance(part, Concat | Add):
        return replace(part, branches=tuple((n, _each(p, change)) for n, p in part.branches))
    if isinstance(part, Aux):
        head = _each(part.head, change)
        assert isinstance(head, Chain)
        return replace(part, head=head)
    return part


def mapped(net: Net, change: Callable[[Chain], Chain]) -> Rewritten:
    """The network with `change` applied to every chain of it; weights keep names and shapes."""
    body = _each(net.body, change)
    assert isinstance(body, Chain)
    return Rewritten(net.with_body(body))


def pool_first(net: Net) -> Rewritten:
    """Max pooling before a monotone activation: the same values, the activation on fewer of them.

    max f(x) = f(max x) for every f that never falls, so the activation moves from the layer to the
    pool after it.
    """

    def change(chain: Chain) -> Chain:
        parts = list(chain.parts)
        for at in range(len(parts) - 1):
            (name, layer), (after, pool) = parts[at], parts[at + 1]
            if (
                isinstance(layer, Conv | TableConv)
                and layer.activation in MONOTONE
                and isinstance(pool, Pool)
                and pool.how == "max"
                and pool.activation is None
            ):
                parts[at] = (name, replace(layer, activation=None))
                parts[at + 1] = (after, replace(pool, activation=layer.activation))
        return Chain(tuple(parts))

    return mapped(net, change)


def dense_tables(net: Net) -> Rewritten:
    """Connection tables as full convolutions with zeros: more multiply-adds, larger products."""

    def change(chain: Chain) -> Chain:
        return Chain(
            tuple(
                (name, replace(p, form="dense") if isinstance(p, TableConv) else p)
                for name, p in chain.parts
            )
        )

    return mapped(net, change)


def sliding_norms(net: Net) -> Rewritten:
    """Local response normalisation by sliding sums and square roots: the same, in fewer passes."""

    def swap(part: Part) -> Part:
        return replace(part, form="sliding") if isinstance(part, LRN) and part.slides() else part

    def change(chain: Chain) -> Chain:
        return Chain(tuple((name, swap(part)) for name, part in chain.parts))

    return mapped(net, change)


def without_heads(net: Net) -> Rewritten:
    """The network without its auxiliary heads, which only training uses."""

    def change(chain: Chain) -> Chain:
        return Chain(tuple((name, p) for name, p in chain.parts if not isinstance(p, Aux)))

    return mapped(net, change)


def tanh_by_sigmoid(net: Net) -> Rewritten:
    """tanh(x) as 2 sigmoid(2x) - 1, equal but for rounding: torch's sigmoid outruns its tanh."""

    def swap(part: Part) -> Part:
        name = getattr(part, "activation", None)
        if name not in BY_SIGMOID:
            return part
        return replace(part, activation=BY_SIGMOID[name])  # type: ignore[type-var]

    def change(chain: Chain) -> Chain:
        return Chain(tuple((name, swap(part)) for name, part in chain.parts))

    return mapped(net, change)


def fast(net: Net) -> Rewritten:
    """All rewrites that change neither values nor weights, for training and prediction."""
    return sliding_norms(tanh_by_sigmoid(dense_tables(pool_first(net).net).net).net)


def dense(net: Net) -> Rewritten:
    """Dense layers as convolutions, so that a larger picture gives a map of outputs.

    A dense layer after a flattening of C x H x W becomes a convolution of kernel H x W, and the
    other dense layers become 1x1 convolutions (the space displacement network of LeCun et al. 1998,
    section VII; Sermanet et al. 2014). Global average pooling becomes an average over a window of
    the same size. The input stays the net's own.
    """
    shapes: dict[str, Shape] = {row.name: row.input for row in walk(net)}
    moves: list[Move] = []

    def visit(prefix: str, part: Part) -> Part:
        if isinstance(part, Concat | Add):
            return replace(
                part, branches=tuple((n, visit(dotted(prefix, n), p)) for n, p in part.branches)
            )
        if isinstance(part, Aux):
            return part
        if not isinstance(part, Chain):
            return part
        parts: list[tuple[str, Part]] = []
        flat: Shape | None = None
        for name, inner in part.parts:
            full = dotted(prefix, name)
            if isinstance(inner, Flatten):
                flat = shapes[full]
            elif isinstance(inner, Dense):
                before = flat or shapes[full]
                kernel = (before[1], before[2])
                moves.append(Move(f"{full}.weight", (inner.out, *before)))
                conv = Conv(
                    inner.out,
                    kernel,
                    bias=inner.bias,
                    norm=inner.norm,
                    activation=inner.activation,
                )
                parts.append((name, conv))
                flat = None
            elif isinstance(inner, GlobalPool):
                parts.append((name, Pool("average", (shapes[full][1], shapes[full][2]), 1)))
            else:
                parts.append((name, visit(full, inner)))
        return Chain(tuple(parts))

    body = visit("", net.body)
    assert isinstance(body, Chain)
    return Rewritten(net.with_body(body), tuple(moves))


__all__ = [
    "Move",
    "Rewritten",
    "dense",
    "dense_tables",
    "fast",
    "mapped",
    "pool_first",
    "sliding_norms",
    "without_heads",
]
