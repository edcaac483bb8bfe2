"""`explain NAME --optimised`: what the form that answers does otherwise, and what that saves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ..arithmetic.memory import read
from ..nets import Found
from ..rewrite.rewritten import Change
from ..spec import Net, rows_of
from ..tables import Cell, Column, Section, Table
from ..words import plural
from .document import Chapter, Document, Grid, Words

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
    "A pass is an operation that reads what it is given from memory and writes what it gives. On "
    "x86 in float32 a convolution also applies its activation and adds the shortcut before it "
    "writes its output. Elsewhere these are separate passes. Values are float32; one is kept until "
    "the last operation that takes it is done."
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
    found: Found, changes: Sequence[Change], before: Costs, after: Costs, every: bool = False
) -> Document:
    """The page: what it costs, what changed, and why the values are the same.

    A kind of change has one row, with where it is; with `every` each change has its own.
    """
    pieces: list[Words | Grid] = [Grid(_compared(before, after))]
    if found.net.count > 1:
        pieces.insert(0, Words(f"One of {plural(found.net.count, 'network')}:"))
    chapters = [Chapter("", tuple(pieces)), Chapter("", (Words(RULES), Words(ANSWERS)))]
    listed = _changes(changes)
    if changes:
        shown = Grid(listed, 3, ("into",)) if every else Grid(_groups(found.net.member, changes), 2)
        chapters.append(Chapter("What changed", (Words(_in_all(changes, every)), shown)))
        why = Chapter("Why the values are the same", (Grid(_whys(changes), 2),))
        chapters.insert(2 if every else 3, why)
    else:
        chapters.append(Chapter("What changed", (Words("Nothing: it has no such layers."),)))
    title = f"{found.record.title}, optimised for evaluation"
    return Document(title, found.record.source, tuple(chapters), lambda: listed)


def _in_all(changes: Sequence[Change], every: bool) -> str:
    counts = Counter(one.what for one in changes)
    told = f"{plural(len(changes), 'change')} in all"
    if every:
        return f"{told}: {', '.join(f'{what} {count}' for what, count in counts.items())}."
    return f"{told}. Row by row: add --depth all."


def _groups(net: Net, changes: Sequence[Change]) -> Table:
    """A row for each kind of change: where it is, and of how many rows."""
    columns = Column("what"), Column("where"), Column("rows", right=True)
    kinds: dict[str, list[Change]] = {}
    for one in changes:
        kinds.setdefault(one.what, []).append(one)
    rows = tuple(
        (_kind(what, alike), _places(net, alike), len(alike)) for what, alike in kinds.items()
    )
    return Table(columns, (Section(rows),))


def _kind(what: str, alike: Sequence[Change]) -> str:
    """The kind of changes; where several rows became one, how many became how many."""
    made = Counter(one.into for one in alike if one.into)
    if not made or len(made) == len(alike):
        return what
    each = set(made.values())
    if len(each) == 1:
        return f"{what}, {each.pop()} into one" + (" each" if len(made) > 1 else "")
    return f"{what}, {len(alike)} into {len(made)}"


def _places(net: Net, alike: Sequence[Change]) -> str:
    """Where changes are, by the network's blocks: `conv1, mixed_5b to mixed_5d (3 blocks)`.

    A range has every layer and block with weights from its first to its last.
    """
    weights: dict[str, int] = {}
    blocks: set[str] = set()
    for row in rows_of(net.body, net.input):
        top, inner, _ = row.name.partition(".")
        weights[top] = weights.get(top, 0) + (0 if row.aux else row.params)
        blocks |= {top} if inner else set()
    changed = [one.where.partition(".")[0] for one in alike]
    runs: list[list[str]] = [[]]
    for top in dict.fromkeys([*weights, *changed]):
        if top in changed:
            runs[-1].append(top)
        elif weights[top] and runs[-1]:
            runs.append([])
    words = []
    for run in filter(None, runs):
        found = {"block" if top in blocks else "layer" for top in run}
        of = plural(len(run), *found) if len(found) == 1 else f"{len(run)} layers and blocks"
        words.append(f"{run[0]} to {run[-1]} ({of})" if len(run) > 2 else ", ".join(run))
    return ", ".join(words)


def _whys(changes: Sequence[Change]) -> Table:
    """Why each kind of change leaves the values as they are."""
    whys = {one.what: one.why for one in changes}
    return Table((Column("what"), Column("why")), (Section(tuple(whys.items())),))


def _compared(before: Costs, after: Costs) -> Table:
    columns = (
        Column("of"),
        Column("plain", right=True),
        Column("optimised", right=True),
        Column("change", right=True),
    )
    rows: list[tuple[Cell, ...]] = []
    for name, words in MEASURES.items():
        less = before[name] - after[name]
        sign = "+" if less < 0 else "-"
        shown = f"{sign}{_shown(name, abs(less))}" if less else "none"
        share = f" ({_share(abs(less) / before[name])})" if less and before[name] else ""
        rows.append((words, _shown(name, before[name]), _shown(name, after[name]), shown + share))
    return Table(columns, (Section(tuple(rows)),))


def _share(fraction: float) -> str:
    """A share in whole per cent; below one with a digit, so that little is not nothing."""
    value = 100 * fraction
    if value < 0.05:
        return "<0.1 %"
    return f"{value:.0f} %" if value >= 0.95 else f"{value:.1f} %"


def _shown(name: str, value: int) -> str:
    return read(value) if name.endswith("bytes") else f"{value:,}"


def _changes(changes: Sequence[Change]) -> Table:
    """Every change; `into` where it is another row that takes it in."""
    columns = Column("row", key="where"), Column("what"), Column("into")
    rows = tuple(
        (one.where, one.what, "" if one.into == one.where else one.into) for one in changes
    )
    return Table(columns, (Section(rows),))


__all__ = ["optimised_dict", "optimised_page"]
