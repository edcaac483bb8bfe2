"""Names that a peer's would be with another prefix: `model.` too many, or `features.` too few."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from torch import Tensor

from ..words import brief


def aligned(
    tensors: Mapping[str, Tensor], places: Collection[str]
) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """The tensors with the prefix that makes most of them a peer's, and a note where it is another.

    `places` are the peer's names. A body alone, saved as `model.features.state_dict()`, gets its
    `features.`; a network beside something else, a decoder say, loses what its own names begin
    with. Names stay as they are where that does not make most of them the peer's.
    """
    known = set(places)
    strips, puts = _prefixes(tensors), _prefixes(known)

    def hits(change: tuple[str, str]) -> int:
        strip, put = change
        return sum(n.startswith(strip) and put + n[len(strip) :] in known for n in tensors)

    strip, put = max(((s, p) for s in strips for p in puts), key=hits)
    if strip == put or 2 * hits((strip, put)) <= len(tensors):
        return dict(tensors), ()
    changed = {n: put + n[len(strip) :] if n.startswith(strip) else n for n in tensors}
    if len(set(changed.values())) < len(changed):
        return dict(tensors), ()  # two names would become one
    first = next(name for name, now in changed.items() if name != now)
    note = f"tensors go by the peer's names: {brief(changed[first])} for {brief(first)}"
    return {changed[name]: tensor for name, tensor in tensors.items()}, (note,)


def _prefixes(names: Collection[str]) -> list[str]:
    """What half of the names or more begin with, up to a full stop; first of all nothing."""
    found = [""]
    while True:
        last = found[-1]
        rest = [name[len(last) :] for name in names if name.startswith(last)]
        first = Counter(name.partition(".")[0] for name in rest if "." in name)
        part, times = first.most_common(1)[0] if first else ("", 0)
        if 2 * times < len(names) or not times:
            return found
        found.append(f"{last}{part}.")
