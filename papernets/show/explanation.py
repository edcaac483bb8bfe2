"""An explanation: a line for each layer of a network or of any module, and their sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

from ..nets import Found
from ..spec import Row, totals, walk
from ..tables import Cell, Column, Section, Table, plain_text
from ..words import by, plural

Numbers = tuple[int, ...]


@dataclass(frozen=True)
class Line:
    """One layer, or one operation between layers; sizes (C, H, W), fields in pixels of the input.

    `macs` are the uses of a weight on data; `products` are the other multiply-adds: of data with
    data, as in attention, and of weights with weights. `sees` is `field`, `all` (the whole input),
    `unknown` or `nothing`; where it is not `field`, `receptive_field` is None, and `note` says why
    nothing can be told.
    """

    name: str
    kind: str
    input: Numbers
    out: Numbers
    kernel: Numbers | None = None
    stride: Numbers | None = None
    padding: Numbers | str | None = None
    dilation: Numbers | None = None
    groups: int = 1
    activation: str | None = None
    params: int = 0
    trainable: int = 0
    fixed_params: int = 0
    buffers: int = 0
    macs: int = 0
    products: int = 0
    receptive_field: Numbers | None = None
    field_stride: tuple[int | float, ...] | None = None
    sees: str = "field"
    aux: bool = False
    note: str = ""

    @property
    def size(self) -> int:
        """How many values one picture has here."""
        found = 1
        for side in self.out:
            found *= side
        return found

    @property
    def kind_and_window(self) -> str:
        """What it is, with its window and step: `conv 3x3/2`."""
        kernel = f" {by(self.kernel)}" if self.kernel else ""
        steps = self.stride if self.kernel else None
        if not steps or set(steps) == {1}:
            return self.kind + kernel
        return f"{self.kind}{kernel}/{steps[0] if len(set(steps)) == 1 else by(steps)}"

    @property
    def field_words(self) -> str:
        """The receptive field as people read it: `7x7`, `all`, `?` or `-`."""
        if self.receptive_field is not None:
            return by(self.receptive_field)
        return {"all": "all", "unknown": "?"}.get(self.sees, "-")

    def to_dict(self) -> dict[str, object]:
        """The line as JSON has it; `in` is the input, as in `explain --json`."""
        found: dict[str, object] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            found["in" if one.name == "input" else one.name] = (
                list(value) if isinstance(value, tuple) else value
            )
        return found


@dataclass(frozen=True)
class Explanation:
    """What a network, or a module, does with one input: its rows, their sums, and what to know.

    `params`, `fixed_params`, `macs` and `products` are those of the rows, without auxiliary heads,
    each parameter once. `unused` are the parameters of modules that the forward pass did not call,
    by the names of these.
    """

    name: str
    input: Numbers
    rows: tuple[Line, ...]
    params: int
    macs: int
    fixed_params: int = 0
    products: int = 0
    unused: Mapping[str, int] = field(default_factory=dict)
    device: str = ""
    """Where a module ran: `meta`, or `cpu` where it asks for values; empty for a network."""
    title: str = ""
    notes: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Line:
        """The row of a name; KeyError where there is none."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)

    def table(self) -> Table:
        """The rows as a table, for every format of `papernets.tables`."""
        notes = tuple(self._notes())
        said = any(row.note for row in self.rows)
        columns = COLUMNS if said else COLUMNS[:-1]
        rows = tuple(_cells(row)[: len(columns)] for row in self.rows)
        total: list[Cell] = ["total", *[None] * (len(columns) - 1)]
        for at, column in enumerate(columns):
            if column.key in ("params", "macs"):
                total[at] = getattr(self, column.key)
        head = f"{self.title or self.name}, input {by(self.input)}"
        return Table(columns, (Section(rows, "", tuple(total)),), head, notes)

    def _notes(self) -> Iterator[str]:
        if self.fixed_params:
            yield f"Besides, {plural(self.fixed_params, 'fixed weight')}: none is trained."
        if self.products:
            yield (
                f"Besides, {self.products:,} multiply-adds of data with data, or of weights with "
                "weights: they are not among the MACs."
            )
        if self.unused:
            several = ", ".join(f"{name} ({count:,})" for name, count in self.unused.items())
            yield f"Not called in evaluation, with their parameters: {several}."
        yield from self.notes

    def to_dict(self) -> dict[str, object]:
        """The explanation as JSON has it."""
        return {
            "schema": 1,
            "name": self.name,
            "title": self.title,
            "input": list(self.input),
            "params": self.params,
            "fixed_params": self.fixed_params,
            "macs": self.macs,
            "products": self.products,
            "unused_params": dict(self.unused),
            "device": self.device,
            "rows": [row.to_dict() for row in self.rows],
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        return plain_text(self.table())

    def __repr__(self) -> str:
        rows, macs = plural(len(self.rows), "row"), f"{self.macs:,} MACs"
        return f"<Explanation of {self.name}: {rows}, {self.params:,} parameters, {macs}>"

    def _repr_html_(self) -> str:
        from .. import notebook

        return notebook(self)


def of_network(found: Found) -> Explanation:
    """A network's explanation: the rows of its walk; a committee's are one member's."""
    net = found.net.member
    times = found.net.count
    rows = walk(net)
    sums = totals(rows)
    notes = [f"{times} of these: parameters and MACs are those of all."] if times > 1 else []
    return Explanation(
        name=found.name,
        input=net.input,
        rows=tuple(map(_line, rows)),
        params=sums.params * times,
        macs=sums.macs * times,
        fixed_params=sums.fixed_params * times,
        title=found.record.title or found.name,
        notes=tuple(notes),
    )


def _line(row: Row) -> Line:
    norm = getattr(row.layer, "norm", None)
    return Line(
        name=row.name,
        kind=row.kind,
        input=row.input,
        out=row.out,
        kernel=row.kernel,
        stride=row.stride,
        padding=row.padding,
        dilation=(1, 1) if row.kernel else None,
        groups=row.groups,
        activation=row.activation,
        params=row.params,
        trainable=row.params,
        fixed_params=row.fixed_params,
        buffers=2 * row.out[0] if norm else 0,
        macs=row.macs,
        receptive_field=row.receptive_field,
        field_stride=row.field_stride,
        sees="field" if row.receptive_field else "all",
        aux=row.aux,
    )


COLUMNS = (
    Column("layer", key="name"),
    Column("kind"),
    Column("output", key="out"),
    Column("details"),
    Column("sees", right=True, key="receptive_field"),
    Column("params", right=True, key="params"),
    Column("MACs", right=True, key="macs"),
    Column("note"),
)


def _cells(row: Line) -> tuple[Cell, ...]:
    return (
        row.name,
        row.kind_and_window,
        shown(row.out),
        ", ".join(_details(row)),
        row.field_words,
        row.params or None,
        row.macs or None,
        row.note,
    )


def _details(row: Line) -> Iterator[str]:
    if row.groups > 1:
        yield "depthwise" if row.groups == row.input[0] else f"{row.groups} groups"
    if isinstance(row.padding, str):
        yield f"pad {row.padding}"
    elif row.padding and any(row.padding):
        alike = len(set(row.padding)) == 1
        yield f"pad {row.padding[0] if alike else by(row.padding)}"
    if row.dilation and set(row.dilation) != {1}:
        alike = len(set(row.dilation)) == 1
        yield f"dilation {row.dilation[0] if alike else by(row.dilation)}"
    if row.activation:
        yield row.activation
    if row.fixed_params:
        yield f"{row.fixed_params:,} fixed weights"
    if row.products:
        yield f"{row.products:,} products"
    if row.aux:
        yield "in training only"


def shown(shape: Numbers) -> str:
    """A shape as people write it: 6@28x28, or 84 where height and width are 1."""
    if len(shape) == 3:
        return f"{shape[0]}@{by(shape[1:])}" if shape[1:] != (1, 1) else str(shape[0])
    return by(shape)
