"""In which order a network is computed, what each step reads and frees, and the memory it takes.

No torch: all of it follows from the network alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..spec import (
    Activation,
    Add,
    Aux,
    BatchNorm,
    Chain,
    Concat,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Identity,
    Layer,
    Net,
    Pool,
    Row,
    Visitor,
    rows_of,
)

MAKES_NO_COPY = (Flatten, Identity, Dropout)
"""What they give in evaluation is what they were given."""


@dataclass(frozen=True)
class PlannedStep:
    """A layer or join: the values it reads, the one it writes, and those nobody reads after it.

    `aux`: it belongs to a head. `over` is the place, among its reads, of a value that it may
    overwrite: one freed here, in memory of its own, that its maker's gradient does not need.
    """

    name: str
    part: Layer | Concat | Add | Summed
    reads: tuple[int, ...]
    writes: int
    aux: bool
    frees: tuple[int, ...] = ()
    over: int | None = None


@dataclass(frozen=True)
class Plan:
    """The steps of a network in their order; value 0 is the input, `heads` are the heads' ends."""

    steps: tuple[PlannedStep, ...]
    out: int
    heads: tuple[int, ...]

    def of(self, heads: bool) -> tuple[PlannedStep, ...]:
        """The steps with their frees, in training with the heads' or in evaluation without."""
        kept = {self.out, *self.heads} if heads else {self.out}
        return _with_frees([s for s in self.steps if heads or not s.aux], kept)


def plan(body: Chain) -> Plan:
    """The steps of a network; branches one after another, as printed."""
    steps = _Steps()
    out = steps.through(body, 0)
    return Plan(tuple(steps.found), out, tuple(steps.heads))


def joined_once(plan: Plan) -> Plan:
    """The same plan with each join of maps that another such join alone reads done there."""
    steps = {step.writes: step for step in plan.steps}
    times = Counter(value for step in plan.steps for value in step.reads)
    kept = {plan.out, *plan.heads}
    for step in plan.steps:
        if not isinstance(step.part, Concat):
            continue
        reads: list[int] = []
        for value in step.reads:
            inner = steps.get(value)
            if inner and isinstance(inner.part, Concat) and times[value] == 1 and value not in kept:
                reads += inner.reads
                del steps[value]
            else:
                reads.append(value)
        steps[step.writes] = replace(step, reads=tuple(reads))
    return replace(plan, steps=tuple(steps.values()))


@dataclass(frozen=True)
class Summed:
    """A convolution and the sum of its output with another value, then activation."""

    conv: Conv
    activation: str | None


def summed_at_once(plan: Plan) -> Plan:
    """The same plan with each plain sum of a convolution and another value made by the former."""
    steps = {step.writes: step for step in plan.steps}
    times = Counter(value for step in plan.steps for value in step.reads)
    for step in plan.steps:
        part, reads = step.part, step.reads
        if not isinstance(part, Add) or len(reads) != 2 or part.scales is not None:
            continue
        for at, value in enumerate(reads):
            made = steps.get(value)
            if made and isinstance(made.part, Conv) and not made.part.activation:
                if times[value] > 1 or value == plan.out:
                    continue
                del steps[value]
                own = Summed(made.part, part.activation)
                given = (*made.reads, reads[1 - at])
                steps[step.writes] = replace(step, name=made.name, part=own, reads=given)
                break
    return replace(plan, steps=tuple(steps.values()))


class _Steps(Visitor[int]):
    """Makes a step of each layer and join; along the way goes the number of the last value."""

    def __init__(self) -> None:
        self.found: list[PlannedStep] = []
        self.heads: list[int] = []
        self._aux = False

    def layer(self, name: str, layer: Layer, value: int) -> int:
        return self._add(name, layer, (value,))

    def join(self, name: str, join: Concat | Add, value: int, ends: Sequence[int]) -> int:
        return self._add(name, join, tuple(ends))

    def head(self, name: str, aux: Aux, value: int) -> None:
        outside, self._aux = self._aux, True
        place = len(self.heads)  # a head comes before those within it
        self.heads.append(value)
        self.heads[place] = self.through(aux.head, value, name)
        self._aux = outside

    def _add(self, name: str, part: Layer | Concat | Add, reads: tuple[int, ...]) -> int:
        self.found.append(PlannedStep(name, part, reads, len(self.found) + 1, self._aux))
        return len(self.found)


def _with_frees(steps: list[PlannedStep], kept: set[int]) -> tuple[PlannedStep, ...]:
    last = {value: at for at, step in enumerate(steps) for value in step.reads}
    times = Counter(value for step in steps for value in step.reads)
    owned = {
        step.writes
        for step in steps
        if isinstance(step.part, Conv | BatchNorm | Dense) and step.part.activation is None
    }
    found = []
    for at, step in enumerate(steps):
        frees = tuple(v for v in dict.fromkeys(step.reads) if last[v] == at)
        over = None
        if isinstance(step.part, Add):
            scaled = step.part.scales is not None and set(step.part.scales) != {1.0}
            # the order of a sum matters to its last digit, but not that of two terms
            first = step.reads[:1] if scaled or len(step.reads) > 2 else step.reads
            free = (v in owned and times[v] == 1 and v not in kept for v in first)
            over = next((n for n, one in enumerate(free) if one), None)
        found.append(replace(step, frees=frees, over=over))
    return tuple(found)


@dataclass(frozen=True)
class Peak:
    """The most values of one picture that are alive at once in evaluation, and at which row.

    The picture itself is the caller's and is not counted; a place that max pooling keeps counts as
    two values (eight bytes). Workspace inside a kernel of torch's is not counted.
    """

    values: int
    name: str


def peak(net: Net) -> Peak:
    """The peak of a network computed step by step, each value freed after its last use."""
    rows = {row.name: row for row in rows_of(net.body, net.input)}
    owner = {0: 0}  # which value's memory a value lies in
    readers = {0: 1}  # how many values lie in it; the caller holds the input
    size: dict[int, int] = {0: 0}
    live, most, where = 0, 0, ""
    for step in plan(net.body).of(heads=False):
        row = rows[step.name]
        freed = 0  # what is freed once its first kernel has read it
        for value in step.frees:
            readers[owner[value]] -= 1
            if not readers[owner[value]]:
                freed += size[owner[value]]
        if _makes_no_copy(step.part):
            owner[step.writes] = owner[step.reads[0]]
            readers[owner[step.writes]] += 1
            freed = 0
        else:
            owner[step.writes], readers[step.writes] = step.writes, 1
            size[step.writes] = row.size
            during = max(live + extra - before for extra, before in _moments(row, step, freed))
            if during > most:
                most, where = during, step.name
            live += row.size - freed
    return Peak(most, where)


def _makes_no_copy(part: Layer | Concat | Add | Summed) -> bool:
    plain = isinstance(part, Activation) and part.activation in (None, "softmax")
    return plain or isinstance(part, MAKES_NO_COPY)


def _moments(row: Row, step: PlannedStep, freed: int) -> Iterator[tuple[int, int]]:
    """What a step has made, and what it has freed, at each moment that may be its peak."""
    part, out = step.part, row.size
    if step.over is not None:
        yield 0, 0  # written over what it was given
        return
    maximum = isinstance(part, Pool) and part.how == "max"
    places = 2 * out if maximum else 0
    padded = _padded(row, maximum)
    if padded:
        yield padded, 0  # the padded copy beside the input
        yield padded + out + places, freed
    else:
        yield out + places, 0


def _padded(row: Row, maximum: bool) -> int:
    """The values of an input that is copied to be padded, as torch cannot pad it so; else 0."""
    window = row.layer.window() if isinstance(row.layer, Conv | Pool) else None
    if window is None or not isinstance(window.padding, str):
        return 0
    (top, bottom), (left, right) = window.pads(row.input[1:])
    if (top, left) == (bottom, right) and not maximum:
        return 0
    return row.input[0] * (row.input[1] + top + bottom) * (row.input[2] + left + right)
