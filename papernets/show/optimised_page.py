"""`explain NAME --optimised`: what the form that answers does otherwise, and what that saves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ..arithmetic.memory import read
from ..nets import Found
from ..rewrite.rewritten import Change
from ..tables import Cell, Column, Section, Table
from ..words import plural
from .document import Chapter, Document, Grid, Items, Words

Costs = Mapping[str, int]
"""macs, weight_bytes, peak_bytes, passes, moved_bytes of one form."""
MEASURES = {
    "macs": "multiply-adds executed",
    "weight_bytes": "weights and statistics",
    "peak_bytes": "values held at once, a picture",
    "passes": "passes over memory, a picture",
    "moved_bytes": "read and written by them",
}
RULES = (
    "A pass is an operation that reads what it is given from memory and writes what it gives. In "
    "the optimised form a convolution makes its activation, and a sum with another value, of what "
    "it has just computed: so it is on x86 processors in float32; elsewhere these are passes of "
    "their own. Values are float32; one is kept until the last operation that takes it is done."
)
ANSWERS = (
    "papernets evaluate, predict and the test at the end of a run compute this form, as does "
    "papernets.optimised(model); --plain computes the network module by module."
)


def optimised_dict(
    found: Found, changes: Sequence[Change], before: Costs, after: Costs
) -> dict[str, object]:
    """As `explain --optimised --json` prints it; of a committee, one member's."""
    net = found.net
    members = {"members": net.count, "member": net.member.name} if net.count > 1 else {}
    return {
        "schema": 1,
        "name": net.name,
        **members,
        "input": list(net.member.input),
        "changes": [
            {"where": one.where, "what": one.what, "into": one.into or None, "why": one.why}
            for one in changes
        ],
        "plain": dict(before),
        "optimised": dict(after),
        "saved": {name: before[name] - after[name] for name in MEASURES},
    }


def optimised_page(
    found: Found, changes: Sequence[Change], before: Costs, after: Costs
) -> Document:
    """The page: what is saved, what changed row by row, and why the values are the same."""
    saved = _saved(before, after)
    pieces: list[Words | Grid] = [Grid(saved), Words(RULES), Words(ANSWERS)]
    if found.net.count > 1:
        pieces.insert(0, Words(f"One of {plural(found.net.count, 'network')}:"))
    chapters = [Chapter("", tuple(pieces))]
    listed = _changes(changes)
    if changes:
        chapters.append(Chapter("What changed", (Grid(listed, 3, ("into",)),)))
        whys = {one.what: one.why for one in changes}
        chapters.append(Chapter("Why the values are the same", (Items(tuple(whys.items())),)))
    else:
        chapters.append(Chapter("What changed", (Words("Nothing: it has no such layers."),)))
    title = f"{found.record.title}, optimised for evaluation"
    return Document(title, found.record.source, tuple(chapters), lambda: listed)


def _saved(before: Costs, after: Costs) -> Table:
    columns = (
        Column("of"),
        Column("plain", right=True),
        Column("optimised", right=True),
        Column("saved", right=True),
    )
    rows: list[tuple[Cell, ...]] = []
    for name, words in MEASURES.items():
        less = before[name] - after[name]
        shown = _shown(name, less) if less >= 0 else f"-{_shown(name, -less)}"
        share = f" ({100 * less / before[name]:.0f} %)" if less and before[name] else ""
        rows.append((words, _shown(name, before[name]), _shown(name, after[name]), shown + share))
    return Table(columns, (Section(tuple(rows)),))


def _shown(name: str, value: int) -> str:
    return read(value) if name.endswith("bytes") else f"{value:,}"


def _changes(changes: Sequence[Change]) -> Table:
    columns = Column("row", key="where"), Column("what"), Column("into")
    rows = tuple((one.where, one.what, one.into) for one in changes)
    counts = Counter(one.what for one in changes)
    told = ", ".join(f"{what} {count}" for what, count in counts.items())
    return Table(columns, (Section(rows),), notes=(f"In all: {told}",) if changes else ())


__all__ = ["optimised_dict", "optimised_page"]
