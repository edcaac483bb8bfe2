"""The normalisation of a network swapped: none, batch normalisation, or AlexNet's across maps."""

from __future__ import annotations

from dataclasses import replace

from ..spec import (
    LRN,
    Activation,
    Add,
    BatchNorm,
    Chain,
    Concat,
    Conv,
    Dense,
    Layer,
    Net,
    Norm,
    Part,
    TableConv,
    each_part,
    rebuilt,
)
from .classifier import last_rows

NORMS = ("none", "batch", "lrn")
ALEXNET = LRN(size=5, k=2, alpha=1e-4, beta=0.75)  # Krizhevsky et al. 2012, section 3.3


def normed(net: Net, word: str) -> Net:
    """The network with this normalisation and no other; itself where it is so already.

    none: convolutions and dense layers have a bias, which batch normalisation made needless.
    batch: in each convolution and dense layer but the classifier, before the activation (Ioffe and
    Szegedy 2015, section 3.2), without the bias, which it would cancel. lrn: behind each
    convolution with an activation, and each block, on the way from picture to classifier, not in
    branches.
    """
    parts = [part for _, part in each_part(net.body)]
    across = any(isinstance(part, LRN) for part in parts)
    batch = any(getattr(part, "norm", None) for part in parts)
    if word == "none":
        return _without(net) if across or batch else net
    if word == "batch":
        if batch:
            return _without_lrn(net)
        return _with_batch(_without_lrn(net))
    return net if across and not batch else _with_lrn(_without(net) if batch else net)


def _with_body(net: Net, body: Part | None) -> Net:
    assert isinstance(body, Chain)
    return net.with_body(body)


def _without_lrn(net: Net) -> Net:
    body = rebuilt(net.body, lambda name, part: None if isinstance(part, LRN) else part)
    return _with_body(net, body)


def _without(net: Net) -> Net:
    """The network without any normalisation."""

    def change(name: str, part: Part) -> Part | None:
        if isinstance(part, LRN):
            return None
        if isinstance(part, BatchNorm):
            return Activation(part.activation) if part.activation else None
        if isinstance(part, Conv | Dense) and (part.norm or not part.bias):
            return replace(part, norm=None, bias=True)
        return part

    return _with_body(net, rebuilt(net.body, change))


def _with_batch(net: Net) -> Net:
    last = last_rows(net)

    def change(name: str, part: Part) -> Part:
        if name not in last and isinstance(part, Conv | Dense):
            return replace(part, norm=Norm(), bias=False)
        if not isinstance(part, Chain):
            return part
        parts: list[tuple[str, Part]] = []
        for child, inner in part.parts:
            if child and isinstance(inner, TableConv) and inner.activation:
                # a connection table has no place for a normalisation: it comes as a row of its own
                norm = BatchNorm(Norm(), inner.activation)
                parts += [(child, replace(inner, activation=None)), (f"{child}_norm", norm)]
            else:
                parts.append((child, inner))
        return Chain(tuple(parts))

    return _with_body(net, rebuilt(net.body, change))


def _with_lrn(net: Net) -> Net:
    return net.with_body(_along(net.body, "", last_rows(net)))


def _along(chain: Chain, prefix: str, last: frozenset[str]) -> Chain:
    """A chain, and those within it, with normalisation behind each part that takes it."""
    parts: list[tuple[str, Part]] = []
    for child, inner in chain.parts:
        name = f"{prefix}.{child}" if prefix and child else prefix or child
        if isinstance(inner, Chain):
            parts.append((child, _along(inner, name, last)))
            continue
        parts.append((child, inner))
        if name not in last and _takes_lrn(inner):
            parts.append((f"{child}_lrn" if child else "lrn", ALEXNET))
    return Chain(tuple(parts))


def _takes_lrn(part: Part) -> bool:
    """Whether a part gives activated maps: a convolution, an activation, or a block of these."""
    if isinstance(part, Concat):
        return any(isinstance(one, Layer) and one.activation for _, one in each_part(part))
    own = getattr(part, "activation", None)
    return isinstance(part, Conv | TableConv | Activation | Add) and own not in (None, "softmax")


__all__ = ["ALEXNET", "NORMS", "normed"]
