"""The memory that a network takes, by rules that are said: for prediction, and for training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from ..spec import Add, Row
from .counts import held
from .graph import Graph

OPTIMISERS: Mapping[str, int] = {
    "sgd": 0,
    "momentum": 1,
    "rmsprop": 1,
    "rmsprop with momentum": 2,
    "adam": 2,
}
"""How many numbers an optimiser keeps for each trained parameter."""
BYTES: Mapping[str, int] = {"float32": 4, "float16": 2}
PREDICTS = (
    "For prediction: all weights and statistics, and the most values that are alive at once, where "
    "a row's output is kept until the last row that takes it is done, and nothing is written over."
)
TRAINS = (
    "For training: weights, a gradient of each, what the optimiser keeps of each, and for each "
    "picture the output of every row, heads included, and where it is normalised the values before "
    "that too. Outputs that only sums take are not kept: a sum does not need them again. What a "
    "library takes for its own work comes on top."
)
"""The rules."""


@dataclass(frozen=True)
class Memory:
    """What a network keeps, in numbers; activations are those of one picture."""

    weights: int
    """Trained and fixed weights and running statistics, without auxiliary heads."""
    trained: int
    """Trained parameters, those of auxiliary heads among them."""
    all_weights: int
    peak: int
    peak_at: str
    """The row at which the most values are alive."""
    kept: int
    """Values that training keeps of a picture."""

    def predict(self, batch: int = 1) -> int:
        """Numbers held while a batch is predicted."""
        return self.weights + self.peak * batch

    def train(self, optimiser: str, batch: int = 1) -> int:
        """Numbers held while a batch is trained on."""
        return self.all_weights + (1 + OPTIMISERS[optimiser]) * self.trained + self.kept * batch

    def to_dict(self, batch: int = 1, times: int = 1) -> dict[str, object]:
        """As `explain --json` has it, in bytes; `times` as many for a committee of so many."""
        sizes = {kind: size * times for kind, size in BYTES.items()}
        return {
            "batch": batch,
            "weights": {kind: self.weights * size for kind, size in sizes.items()},
            "activations": {kind: self.peak * size * batch for kind, size in sizes.items()},
            "predict": {kind: self.predict(batch) * size for kind, size in sizes.items()},
            "train": {
                name: {kind: self.train(name, batch) * size for kind, size in sizes.items()}
                for name in OPTIMISERS
            },
            "most_at": self.peak_at,
            "rules": [PREDICTS, TRAINS],
        }


def memory(graph: Graph) -> Memory:
    """What a network keeps."""
    main = [row for row in graph.rows.values() if not row.aux]
    weights, trained = _weights(main), sum(row.params for row in graph.rows.values())
    peak, at = _peak(graph, main)
    kept = prod(graph.net.input) + sum(_kept(graph, row) for row in graph.rows.values())
    return Memory(weights, trained, _weights(list(graph.rows.values())), peak, at, kept)


def _weights(rows: Sequence[Row]) -> int:
    return sum(held(row).all for row in rows)


def _kept(graph: Graph, row: Row) -> int:
    """Values that the backward pass reads: a sum needs nothing of what it adds."""
    normalised = getattr(row.layer, "norm", None) is not None and row.kind != "batch norm"
    takers = [graph.rows[name].layer for name in graph.takers[row.name]]
    summed = bool(takers) and all(isinstance(layer, Add) for layer in takers)
    return row.size * (normalised + (not summed or row.activation is not None))


def _peak(graph: Graph, rows: Sequence[Row]) -> tuple[int, str]:
    """The most values alive at once, and the row that is computed then."""
    last: dict[str, str] = {}
    for row in rows:
        for source in graph.sources[row.name]:
            last[source] = row.name
    alive, most, at = prod(graph.net.input), 0, ""
    for row in rows:
        alive += row.size
        if alive > most:
            most, at = alive, row.name
        for source in dict.fromkeys(graph.sources[row.name]):
            if last[source] == row.name:
                alive -= prod(graph.shape(source))
        if row.name not in last and row is not rows[-1]:
            alive -= row.size
    return most, at


def read(size: float) -> str:
    """Bytes as people read them, in steps of 1000: `240.8 MB`."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}"
    return f"{size:,.0f} bytes"


def read_binary(size: float) -> str:
    """Bytes as people read them, in steps of 1024: `229.6 MiB`."""
    for unit, factor in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}"
    return f"{size:,.0f} bytes"
