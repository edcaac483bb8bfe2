"""Which rows of a network that begins with trained weights learn, and from when on. No torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..rewrite.classifier import ends
from ..spec import Net, Row, tensors, walk
from ..words import did_you_mean, listed
from .toml import check_setting

PLACES = ("body", "head")
"""What `decays` and `speeds` may hold besides kinds: the classifier with all after it, auxiliary
heads' too, and the rest."""
NEVER = math.inf
MOST_ENLARGED = 8
"""How many times as large as the network's input photographs are stored at most."""


@dataclass(frozen=True)
class Transfer:
    """What of a trained network is left as it is."""

    freeze_to: str = ""  # the rows up to this row or block, with it, keep weights and statistics
    head_only: bool = False  # the classifier is fitted, and there is no epoch
    zooms: tuple[float, ...] = ()  # in place of enlarge: the best on training pictures is taken
    unfreeze: int = 0  # the last part learns first, one more after each so many epochs; 0: all do

    def check_transfer(self, probe: bool, neighbours: float) -> None:
        """ValueError names a value that cannot be; the two are settings of the run."""
        check_setting(self, "unfreeze", self.unfreeze >= 0, "0 or more")
        good = all(1 <= zoom <= MOST_ENLARGED for zoom in self.zooms)
        check_setting(self, "zooms", good, f"numbers from 1 to {MOST_ENLARGED}")
        if not self.head_only:
            return
        if not probe:
            raise ValueError("head_only fits the classifier: leave --set probe=false out")
        if neighbours:
            raise ValueError("head_only fits no classifier of strips: --set neighbours=0")
        if self.freeze_to or self.unfreeze:
            which = "freeze_to" if self.freeze_to else "unfreeze"
            raise ValueError(f"head_only trains the classifier alone: leave {which} out")


def waits(net: Net, recipe: Transfer) -> dict[str, float]:
    """For how many epochs each row that does not learn at once keeps its weights, by its name.

    NEVER for the rows up to `freeze_to`, in the order of `explain`. With `unfreeze` the last part
    of the network learns first, then one more part after each so many epochs (gradual unfreezing:
    Howard and Ruder 2018, arXiv 1801.06146, section 3.3). A part is a row or a block of the
    network's table that has weights. Rows of auxiliary heads always learn. ValueError for a row
    that the network lacks, and where nothing would learn.
    """
    rows = [row for row in walk(net) if not row.aux]
    found: dict[str, float] = {}
    if recipe.unfreeze:
        weighted = {tensor.row for tensor in tensors(net).values()}
        parts = list(dict.fromkeys(_part(row) for row in rows if row.name in weighted))
        later = {part: recipe.unfreeze * at for at, part in enumerate(reversed(parts))}
        found = {row.name: later[_part(row)] for row in rows if later.get(_part(row))}
    if recipe.freeze_to:
        found |= dict.fromkeys(_up_to(net, rows, recipe.freeze_to), NEVER)
    return found


def check_waits(net: Net, recipe: Transfer) -> None:
    """ValueError where `waits` has one, or where a classifier that is to be fitted is none."""
    if recipe.freeze_to:
        waits(net, recipe)
    if recipe.head_only:
        ends(net)


def _part(row: Row) -> str:
    return row.name.partition(".")[0]


def _up_to(net: Net, rows: Sequence[Row], last: str) -> list[str]:
    """The rows up to a row or block, with it."""
    names = [row.name for row in rows]
    inside = [at for at, name in enumerate(names) if name == last or name.startswith(f"{last}.")]
    weighted = list(dict.fromkeys(t.row for t in tensors(net).values() if t.row in set(names)))
    if not inside:
        if any(row.name == last or row.name.startswith(f"{last}.") for row in walk(net)):
            raise ValueError(
                f"freeze_to: {last} of {net.name} is of an auxiliary head, beside the way to the "
                f"output. Rows with weights on it: {listed(weighted, 20)}"
            )
        known = list(dict.fromkeys([*names, *map(_part, rows)]))
        raise ValueError(
            f"freeze_to: {net.name} has no row {last!r}.{did_you_mean(last, known)} "
            f"Rows with weights: {listed(weighted, 20)}. All rows: papernets explain {net.name}"
        )
    frozen = names[: inside[-1] + 1]
    if not set(weighted) - set(frozen):
        raise ValueError(
            f"freeze_to: no row of {net.name} with weights comes after {last}, and nothing would "
            f"learn: give a row before {weighted[-1]}"
        )
    return frozen
