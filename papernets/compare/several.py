"""Several networks side by side: what they cost, and what was published of their errors.

`compare(["alexnet", "vgg16"])` gives a `Comparison`: as a table, as data, in a notebook.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..nets import NETS, Found, beside, look_up
from ..spec import Committee, Net
from ..tables import Table, html, plain_text
from ..words import did_you_mean, plural
from .columns import check_columns, table, value_of
from .one import Compared
from .published import check_protocol
from .results import Result


@dataclass(frozen=True)
class Comparison:
    """Networks side by side, in the order in which they are shown.

    `protocol` says which of several published errors is shown.
    """

    several: tuple[Compared, ...]
    protocol: str = "plainest"
    columns: tuple[str, ...] = field(default=())

    def sorted(self, by: str) -> Comparison:
        """The same in the order of a column, what has no value last; `-params`: largest first."""
        what, down = by.removeprefix("-"), by.startswith("-")
        values = {id(one): value_of(what, one, self.protocol) for one in self.several}
        known = [one for one in self.several if values[id(one)] is not None]
        known.sort(key=lambda one: values[id(one)], reverse=down)  # type: ignore[arg-type,return-value]
        rest = [one for one in self.several if values[id(one)] is None]
        return Comparison((*known, *rest), self.protocol, self.columns)

    def table(self, columns: Sequence[str] = (), exact: bool = False) -> Table:
        """The comparison as a table for people, or with exact numbers, for a program."""
        return table(self.several, self.protocol, tuple(columns) or self.columns, exact)

    def to_dict(self) -> dict[str, object]:
        """The comparison as data; `rows` are what `compare --json` prints."""
        rows = [one.to_dict(self.protocol) for one in self.several]
        return {"schema": 1, "protocol": self.protocol, "rows": rows}

    def __str__(self) -> str:
        return plain_text(self.table())

    def __repr__(self) -> str:
        names = ", ".join(one.called for one in self.several[:6])
        more = ", ..." if len(self.several) > 6 else ""
        return f"<Comparison of {plural(len(self.several), 'network')}: {names}{more}>"

    def _repr_html_(self) -> str:
        return html(self.table())


def compare(
    several: Iterable[str | Net | Committee | Found | Compared],
    protocol: str = "plainest",
    sort: str = "",
    columns: Sequence[str] = (),
    results: Mapping[str, Result] | None = None,
) -> Comparison:
    """Networks side by side: names, your own FILE.py:NAME, or networks as values.

    `protocol` chooses among several published errors (`published.KINDS`), `sort` and `columns` take
    names of columns (`columns.NAMES`), `results` gives errors of one's own by the networks' names.
    What is given twice stands once. ValueError for what is unknown, with the nearest name.
    """
    check_protocol(protocol)
    columns = check_columns(columns)
    if isinstance(several, str | Net | Committee | Found | Compared):
        several = [several]
    found: list[Compared] = []
    for given in several:
        one = _compared(given, results or {})
        if not any(one.same(other) for other in found):
            found.append(one)
    if not found:
        raise ValueError("no network to compare. Give several: compare(['alexnet', 'vgg16'])")
    made = Comparison(tuple(found), protocol, columns)
    return made.sorted(sort) if sort else made


def _compared(given: object, results: Mapping[str, Result]) -> Compared:
    if isinstance(given, Compared):
        return given
    if isinstance(given, str):
        found = look_up(given)
        called = given if ".py:" in given else found.name
        return Compared(called, found, results.get(given))
    if isinstance(given, Net | Committee | Found):
        found = given if isinstance(given, Found) else beside(given)
        return Compared(found.name, found, results.get(found.name))
    raise ValueError(
        f"compare takes networks and their names, not a {type(given).__name__}. For a module of "
        "torch there is papernets.explain(module, input)"
    )


def in_family(name: str) -> tuple[str, ...]:
    """The names of a family's networks, in order of year; ValueError lists the families."""
    families: dict[str, list[str]] = {}
    for entry in NETS:
        families.setdefault(entry.family.rpartition(".")[2], []).append(entry.name)
    wanted = name.lower().replace("-", "_")
    if wanted not in families:
        hint = did_you_mean(wanted, families)
        raise ValueError(f"unknown family {name!r}.{hint} Families: {', '.join(families)}")
    return tuple(families[wanted])
