"""Other tools' numbers, to the digit: what each counts as an operation, row by row, without torch.

Tools disagree about what a FLOP is. `counted(net, "fvcore")` gives what fvcore gives for the module
that `papernets.create_model` builds, and says in words what was counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..nets import Found, beside
from ..spec import Aux, Committee, Concat, Net, Row, TableConv, each_part, walk
from ..spec.joins import Add
from ..spec.layer import Layer
from ..words import did_you_mean, listed
from . import tools
from .printed import paper_figure


@dataclass(frozen=True)
class CountedRow:
    """What a convention counts of one row."""

    name: str
    kind: str
    operations: int


@dataclass(frozen=True)
class Counted:
    """A network's operations by one convention: the sum, what is counted in words, and the rows.

    `operations` is None where the convention counts none (Keras's `summary`), or the paper prints
    none; `params` are the parameters where they are what the tool prints.
    """

    convention: str
    operations: int | None
    counts: str
    rows: tuple[CountedRow, ...] = ()
    params: int | None = None
    trainable: int | None = None
    tool: str = ""
    """The tool and the version whose number this is; empty for arithmetic of our own."""

    def to_dict(self) -> dict[str, object]:
        """The count as `explain --convention --json` prints it."""
        found: dict[str, object] = {
            "schema": 1,
            "convention": self.convention,
            "operations": self.operations,
            "counts": self.counts,
            "tool": self.tool,
        }
        if self.params is not None and self.trainable is not None:
            fixed = self.params - self.trainable
            found |= {"params": self.params, "trainable_params": self.trainable}
            found |= {"non_trainable_params": fixed}
        found["rows"] = [vars(row) for row in self.rows]
        return found


@dataclass(frozen=True)
class Convention:
    """What a tool counts of a row, in numbers and in words."""

    row: Callable[[Row], int]
    counts: str
    tool: str = ""


CONVENTIONS: Mapping[str, Convention] = {
    "macs": Convention(
        tools.macs,
        "Multiply-adds: one for each use of a weight in convolution, dense and RBF layers. Biases, "
        "subsampling, pooling, normalisation and activation do not count.",
    ),
    "flops": Convention(
        tools.flops,
        "Two operations, a multiplication and an addition, for each multiply-add. Nothing else "
        "counts, as with `macs`.",
    ),
    "torchinfo": Convention(
        tools.torchinfo,
        "What torchinfo calls mult-adds: a convolution's weights and biases for each position of "
        "its output; all other trained weights and biases once, those of batch normalisation and "
        "subsampling too. They grow with the batch: this is for one picture.",
        "torchinfo 1.8.0",
    ),
    "fvcore": Convention(
        tools.fvcore,
        "What fvcore calls flops: one for a multiply-add of convolutions and matrix products, "
        "without biases; 2 for each value that batch normalisation gives (1 where it has no "
        "gamma); 1 for each value that adaptive and global average pooling takes. Activations, "
        "other pooling, LRN and sums do not count. In training mode it counts 5 for a normalised "
        "value; this is evaluation.",
        "fvcore 0.1.5.post20221221",
    ),
    "ptflops": Convention(
        tools.ptflops,
        "What ptflops calls MACs (its backend `pytorch`): multiply-adds and biases of convolution "
        "and dense layers; 2 for each value that batch normalisation takes; 2 for each value that "
        "a pooling takes and that a ReLU gives, because it counts the module and the function "
        "within (subsampling is the function alone, ReLU6 the module alone: 1); 1 for each value "
        "of each sum of two. Other activations and LRN do not count. In a network written "
        "otherwise a ReLU or a pooling that is a function counts 1, and a sum that is `a + b` or "
        "`a += b` counts nothing.",
        "ptflops 0.7.5",
    ),
    "keras": Convention(
        tools.keras,
        "Keras's summary counts no operations. It prints parameters: trained ones, and those that "
        "are not: fixed codes, and the moving means and variances of batch normalisation.",
        "Keras 3.15.1",
    ),
    "paper": Convention(
        tools.macs, "The figure that the network's paper prints, counted as the paper counts."
    ),
}
"""Every convention by its name."""


def counted(network: Net | Committee | Found, convention: str) -> Counted:
    """A network's operations by a convention; a committee's are those of all its members.

    ValueError, with the nearest name, where there is no such convention.
    """
    if convention not in CONVENTIONS:
        hint = did_you_mean(convention, CONVENTIONS)
        raise ValueError(
            f"unknown convention {convention!r}.{hint} There are {', '.join(CONVENTIONS)}"
        )
    found = network if isinstance(network, Found) else beside(network)
    if convention == "paper":
        figure = paper_figure(found)
        return Counted(convention, figure.operations, figure.words)
    how = CONVENTIONS[convention]
    net = found.net.member
    times = found.net.count
    seen = list(rows_that_run(net))
    rows = tuple(CountedRow(row.name, row.kind, how.row(row)) for row in seen)
    words = " ".join((how.counts, *_surprises(convention, seen)))
    if times > 1:
        words += f" All {times} members together."
    total = sum(row.operations for row in rows) * times
    if convention == "keras":
        trained = sum(row.params for row in seen) * times
        return Counted(convention, None, words, rows, total, trained, how.tool)
    return Counted(convention, total, words, rows, tool=how.tool)


def rows_that_run(net: Net) -> Iterator[Row]:
    """The rows of the network that predicts: without heads, which run in training alone."""
    heads = {
        name
        for at, part in each_part(net.body)
        if isinstance(part, Aux)
        for name, inner in each_part(part.head, at)
        if isinstance(inner, Layer | Concat | Add)
    }
    return (row for row in walk(net) if row.name not in heads)


def _surprises(convention: str, rows: list[Row]) -> Iterator[str]:
    """What a reader of this network's number would not expect, named by its rows."""

    def named(several: list[Row]) -> str:
        return listed([row.name for row in several], 3)

    tables = [row for row in rows if isinstance(row.layer, TableConv)]
    if convention == "fvcore" and tables:
        own = sum(row.macs for row in tables)
        whole = sum(tools.fvcore(row) for row in tables)
        yield (
            f"A connection table ({named(tables)}) runs as a full convolution, and counts as one: "
            f"{whole:,}, not {own:,}."
        )
    missed = [row for row in rows if tools.unknown_to_ptflops(row)]
    if convention == "ptflops" and missed:
        lost = sum(row.macs for row in missed)
        yield (
            f"Classes that it does not know count nothing: {named(missed)}, {lost:,} multiply-adds."
        )
    if convention == "torchinfo":
        once = [row for row in tables if row.macs]
        if once:
            yield f"A connection table ({named(once)}) is no class that it knows: its weights once."
        fixed = [row for row in rows if row.fixed_params]
        if fixed:
            yield f"Fixed codes are no parameters, and do not count: {named(fixed)}."
