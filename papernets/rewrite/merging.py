"""1x1 convolutions that several branches begin with, computed as one; averages behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..spec import Add, Chain, Concat, Conv, Net, Part, Pool, dotted, rows_of
from ..spec.joins import Named
from .chains import Parts, chains, fresh, unpadded
from .forms import Maps, Shift
from .rewritten import Beside, Change, Lent, Made, Rewritten, mapped

MERGED = (
    "each kernel sees the same values as before: one convolution reads them once, and each branch "
    "takes its own maps"
)
SWAPPED = "an average of weighted sums is the weighted sum of averages; it passes over fewer maps"


def averages_behind(net: Net) -> Rewritten:
    """Average pooling with step 1 behind the 1x1 convolution that follows it, of fewer maps.

    Where the average counts the zeros round a map, the convolution's bias is added after it.
    """
    rows = {row.name: row for row in rows_of(net.body, net.input)}
    made: list[Made] = []
    changes: list[Change] = []

    def change(name: str, parts: Parts) -> Parts:
        for at in range(len(parts) - 1):
            (first, pool), (second, conv) = parts[at], parts[at + 1]
            if not (isinstance(pool, Pool) and isinstance(conv, Conv)) or not _is_one(conv):
                continue
            row = rows[dotted(name, first)]
            if (
                pool.how != "average"
                or pool.activation
                or pool.window().stride != (1, 1)
                or row.input != row.out
                or conv.window().stride != (1, 1)
                or conv.out >= row.input[0]
            ):
                continue
            full = dotted(name, second)
            counts = conv.bias and pool.count_padding and pool.padding != 0
            parts[at] = (second, replace(conv, activation=None, bias=conv.bias and not counts))
            parts[at + 1] = (first, replace(pool, activation=None if counts else conv.activation))
            if counts:
                word = fresh(net, name, "bias")
                made.append(Lent(full, dotted(name, word)))
                parts.insert(at + 2, (word, Shift(conv.activation)))
            changes.append(Change("average pooling behind its 1x1", row.name, SWAPPED, full))
        return parts

    return Rewritten(chains(net, change), made=tuple(made), changes=tuple(changes))


def merged_ones(net: Net) -> Rewritten:
    """1x1 convolutions of one step that begin branches on one value, as one convolution.

    Those of neighbouring branches, so that their maps stay in their order; of a sum, those of all
    branches.
    """
    made: list[Made] = []
    changes: list[Change] = []

    def change(name: str, part: Part) -> Part:
        if not isinstance(part, Concat | Add):
            return part
        for start, stop in reversed(list(_runs(part))):
            if isinstance(part, Add) and stop - start < len(part.branches):
                continue
            word = fresh(net, name, "merged")
            names, merged, taken = _merged(name, part.branches[start:stop])
            made.append(Beside(names, dotted(name, word)))
            to = dotted(name, word)
            changes.extend(Change("1x1 convolutions merged", one, MERGED, to) for one in names)
            if stop - start == len(part.branches):
                return Chain(((word, merged), ("", replace(part, branches=tuple(taken)))))
            inner = Chain(((word, merged), ("", Concat(tuple(taken)))))
            around = (*part.branches[:start], ("", inner), *part.branches[stop:])
            part = replace(part, branches=around)
            break
        return part

    return replace(mapped(net, change), made=tuple(made), changes=tuple(changes))


def _is_one(part: Part) -> bool:
    return (
        isinstance(part, Conv)
        and part.window().kernel == (1, 1)
        and part.groups == 1
        and part.norm is None
        and unpadded(part)
    )


def _first(part: Part) -> tuple[str, Part]:
    """The first part of a branch, and its name within it."""
    if isinstance(part, Chain) and part.parts:
        child, inner = part.parts[0]
        name, first = _first(inner)
        return dotted(child, name), first
    return "", part


def _runs(part: Concat | Add) -> Iterator[tuple[int, int]]:
    """Where neighbouring branches begin with 1x1 convolutions of one step: from, and to before."""
    start = 0
    steps = [
        first.window().stride if _is_one(first) else None  # type: ignore[union-attr]
        for first in (_first(branch)[1] for _, branch in part.branches)
    ]
    for at in range(1, len(steps) + 1):
        if at < len(steps) and steps[at] == steps[start]:
            continue
        if at - start > 1 and steps[start] is not None:
            yield start, at
        start = at


def _merged(name: str, branches: Named) -> tuple[tuple[str, ...], Conv, Parts]:
    """The full names of the convolutions, the one in their place, and the branches without them."""
    names: list[str] = []
    taken: Parts = []
    maps = 0
    convs: list[Conv] = []
    for child, branch in branches:
        own, conv = _first(branch)
        assert isinstance(conv, Conv)
        names.append(dotted(name, dotted(child, own)))
        taken.append((child, _instead(branch, Maps(maps, maps + conv.out, conv.activation))))
        maps += conv.out
        convs.append(conv)
    bias = any(conv.bias for conv in convs)
    return tuple(names), Conv(maps, 1, convs[0].stride, bias=bias), taken


def _instead(branch: Part, first: Part) -> Part:
    """The branch with another first part."""
    if not isinstance(branch, Chain):
        return first
    (child, inner), *rest = branch.parts
    return Chain(((child, _instead(inner, first)), *rest))


__all__ = ["averages_behind", "merged_ones"]
