"""A network rewritten for evaluation alone: fewer operations, other weights, the same values."""

from __future__ import annotations

from collections.abc import Callable

from ..spec import Layer, Net, each_part
from . import Rewritten, pool_first, sliding_norms, tanh_by_sigmoid
from .folding import folded_curves, folded_norms, folded_scales, full_tables, norms_ahead
from .merging import averages_behind, merged_ones
from .rewritten import Change, Made
from .tidy import tidy


def pooled_first(net: Net) -> Rewritten:
    """As `pool_first`, with what it changed."""
    why = "max f(x) = f(max x) where f never falls, and fewer values are left"
    return _told(net, pool_first, "activation behind max pooling", why)


def sliding(net: Net) -> Rewritten:
    """As `sliding_norms`, with what it changed."""
    why = "the same sums over maps and the same power, in fewer passes"
    return _told(net, sliding_norms, "normalisation across maps by sliding sums", why)


def by_sigmoid(net: Net) -> Rewritten:
    """As `tanh_by_sigmoid`, with what it changed."""
    return _told(
        net, tanh_by_sigmoid, "tanh as a sigmoid, factors kept", "tanh(x) = 2 sigmoid(2x) - 1"
    )


Steps = tuple[Callable[[Net], Rewritten], ...]
STEPS: Steps = (
    *(tidy, full_tables, folded_norms, norms_ahead, folded_scales, averages_behind, merged_ones),
    *(pooled_first, folded_curves, by_sigmoid, sliding),
)
"""In this order: a normalisation that was folded leaves its neighbours side by side."""

ELSEWHERE: Steps = (tidy, full_tables, folded_norms, norms_ahead, folded_scales, folded_curves)
"""Those of them that other runtimes gain by: an activation that directly follows its convolution is
in the same pass there, and what is cut out of a joined value leaves their layout of memory."""


def optimised(net: Net, steps: Steps = STEPS) -> Rewritten:
    """All rewrites for evaluation, one after another, with how weights are made and what changed.

    The network is for evaluation alone, and for `run.optimised`: it has layers of `forms`, and no
    walk takes it from a person.
    """
    made: list[Made] = []
    changes: list[Change] = []
    for step in steps:
        done = step(net)
        net = done.net
        made += done.made
        changes += done.changes
    return Rewritten(net, made=tuple(made), changes=tuple(changes))


def _told(net: Net, rewrite: Callable[[Net], Rewritten], what: str, why: str) -> Rewritten:
    """A rewrite of layers, told by those that it changed; of a pair, by the one that lost."""
    done = rewrite(net)
    before = {name: part for name, part in each_part(net.body) if isinstance(part, Layer)}
    changes = tuple(
        Change(what, name, why)
        for name, part in each_part(done.net.body)
        if isinstance(part, Layer)
        and part != before[name]
        and not (part.activation and before[name].activation is None)
    )
    return Rewritten(done.net, changes=changes)


__all__ = ["ELSEWHERE", "STEPS", "Steps", "optimised"]
