"""Several networks side by side: what they cost, and what was published of their errors.

`compare(["alexnet", "vgg16"])` gives a `Comparison`: as a table, as data, in a notebook.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..nets import Found, beside, find, look_up
from ..spec import Committee, Net, Pair, Row, totals, walk
from ..tables import Table
from ..words import did_you_mean
from .depth import depth
from .published import Published, check_protocol, choose, published
from .results import Result
from .stages import Stage, stages

BYTES = 4  # of a value in single precision


@dataclass(frozen=True)
class Compared:
    """One network in a comparison; of a committee its members' costs are summed.

    `called` is what it was given as: a name, FILE.py:NAME, or the folder of a bundle or a run, of
    which `measured` is the result. `family` is the folder that its network comes from.
    """

    called: str
    found: Found
    measured: Result | None = None

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the network, or of a committee's member."""
        return walk(self.net)

    @property
    def net(self) -> Net:
        """The network, or a committee's member."""
        return self.found.net.member

    @property
    def times(self) -> int:
        """How many networks it is."""
        return self.found.net.count if isinstance(self.found.net, Committee) else 1

    @property
    def name(self) -> str:
        """The network's own name."""
        return self.found.name

    @cached_property
    def family(self) -> str:
        """The folder of its family: `vgg`; `own` for a network of somebody's own."""
        return ("" if ".py:" in self.called else _folder_of(self.name)) or "own"

    @cached_property
    def year(self) -> int | None:
        """The year of the first version of its paper; None where it has none."""
        if self.family != "own":
            return find(self.name).year
        paper = self.found.record.paper
        return paper.year if paper else None

    @cached_property
    def depth(self) -> int:
        """Layers with weights on the longest way, as papers count."""
        return depth(self.net, self.rows)

    def _sum(self, what: str) -> int:
        return self.times * int(getattr(totals(self.rows), what))

    @cached_property
    def params(self) -> int:
        """Trained parameters, auxiliary heads apart."""
        return self._sum("params")

    @cached_property
    def fixed_params(self) -> int:
        """Parameters that are never trained."""
        return self._sum("fixed_params")

    @cached_property
    def macs(self) -> int:
        """Multiply-adds for one picture."""
        return self._sum("macs")

    @cached_property
    def activations(self) -> int:
        """Output values of all layers for one picture."""
        return self._sum("activations")

    @property
    def bytes(self) -> int:
        """Bytes of the trained parameters in single precision."""
        return BYTES * self.params

    @property
    def memory(self) -> int:
        """Bytes of the outputs of all layers in single precision, for one picture."""
        return BYTES * self.activations

    @cached_property
    def receptive_field(self) -> Pair | None:
        """What one value of the last map sees, in pixels (height, width)."""
        seen = [row.receptive_field for row in self.rows if row.receptive_field and not row.aux]
        return seen[-1] if seen else None

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """Where its cost lies."""
        return stages(self.rows, self.times)

    @cached_property
    def published(self) -> tuple[Published, ...]:
        """All measurements that were published of it as it is."""
        return published(self.found.claims)

    def same(self, other: Compared) -> bool:
        """True where both are one network, or one run: two runs of one network are two."""
        alike = self.found.net == other.found.net
        return alike and (self.called == other.called or not (self.measured or other.measured))

    def to_dict(self, protocol: str = "plainest") -> dict[str, object]:
        """The network as `compare --json` prints it."""
        record, shown = self.found.record, choose(self.published, protocol)
        return {
            "name": self.called,
            "network": self.name,
            "title": record.title,
            "paper": record.source,
            "year": self.year,
            "family": self.family,
            "input": list(self.net.input),
            "classes": self.net.classes,
            "depth": self.depth,
            "params": self.params,
            "fixed_params": self.fixed_params,
            "macs": self.macs,
            "megabytes": round(self.bytes / 1e6, 6),
            "mebibytes": round(self.bytes / 2**20, 6),
            "activations": self.activations,
            "activation_bytes": self.memory,
            "receptive_field": list(self.receptive_field) if self.receptive_field else None,
            "stages": [stage.to_dict() for stage in self.stages],
            "top1_error": shown.top1 if shown else None,
            "top5_error": shown.top5 if shown else None,
            "protocol": shown.protocol if shown else None,
            "source": shown.source if shown else None,
            "by": shown.by if shown else None,
            "published": [one.to_dict() for one in self.published],
            "measured": self.measured.to_dict() if self.measured else None,
        }


def _folder_of(name: str) -> str:
    """The family's folder of a name of ours; empty where it is none."""
    try:
        return find(name).family.rpartition(".")[2]
    except ValueError:
        return ""


@dataclass(frozen=True)
class Comparison:
    """Networks side by side, in the order in which they are shown.

    `protocol` says which of several published errors is shown.
    """

    several: tuple[Compared, ...]
    protocol: str = "plainest"
    columns: tuple[str, ...] = field(default=())

    def shown(self, one: Compared) -> Published | None:
        """The published error that is shown of a network."""
        return choose(one.published, self.protocol)

    def sorted(self, by: str) -> Comparison:
        """The same in the order of a column, what has no value last; `-params`: largest first."""
        from .columns import value_of

        what, down = by.removeprefix("-"), by.startswith("-")
        values = {id(one): value_of(self, what, one) for one in self.several}
        known = [one for one in self.several if values[id(one)] is not None]
        known.sort(key=lambda one: values[id(one)], reverse=down)  # type: ignore[arg-type,return-value]
        rest = [one for one in self.several if values[id(one)] is None]
        return Comparison((*known, *rest), self.protocol, self.columns)

    def table(self, columns: Sequence[str] = (), exact: bool = False) -> Table:
        """The comparison as a table for people, or with exact numbers, for a program."""
        from .columns import table

        return table(self, tuple(columns) or self.columns, exact)

    def to_dict(self) -> dict[str, object]:
        """The comparison as data; `rows` are what `compare --json` prints."""
        rows = [one.to_dict(self.protocol) for one in self.several]
        return {"schema": 1, "protocol": self.protocol, "rows": rows}

    def _repr_html_(self) -> str:
        from ..tables import html

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
    from .columns import check_columns

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
        raise ValueError("no network to compare: compare(['alexnet', 'vgg16']), say")
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
    raise ValueError(f"compare takes networks and their names, not a {type(given).__name__}")


def in_family(name: str) -> tuple[str, ...]:
    """The names of a family's networks, in order of year; ValueError lists the families."""
    from ..nets import NETS

    families: dict[str, list[str]] = {}
    for entry in NETS:
        families.setdefault(entry.family.rpartition(".")[2], []).append(entry.name)
    wanted = name.lower().replace("-", "_")
    if wanted not in families:
        hint = did_you_mean(wanted, families)
        raise ValueError(f"unknown family {name!r}.{hint} Families: {', '.join(families)}")
    return tuple(families[wanted])
