"""A network's training pass in segments, each computed again when its gradient is needed.

Between two segments one value is kept, and nothing within them: some 2 of the square root of what
else is kept, for one more forward pass (Chen et al. 2016, arXiv 1604.06174, section 4.1). A second
computation moves no running mean, and dropout draws what it drew before: the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from ..spec import walk
from .fast import Fast
from .network import Logits
from .plan import PlannedStep

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


@runtime_checkable
class Twice(Protocol):
    """A normalisation by others (`Fast.normalise_by`) that tells both computations apart."""

    def twice(self) -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
        """What surrounds the first computation of a segment, and the second."""


@dataclass(frozen=True)
class Segment:
    """Steps that are computed together: the values that go in, and those that come out.

    The last one out goes into the next segment; those before it are the ends of heads.
    """

    steps: tuple[PlannedStep, ...]
    first: int
    out: tuple[int, ...]


class Recomputed:
    """A fast form in training, whose segments are computed again backwards."""

    def __init__(self, form: Fast):
        self.form = form
        own = form._form
        heads = bool(own.heads)
        steps = own.train_steps if heads else own.eval_steps
        kept = {own.out, *own.heads} if heads else {own.out}
        sizes = {row.name: math.prod(row.out) for row in walk(form.net)}
        self.segments = segments_of(steps, kept, sizes)
        self.norms = [module for module in form.modules() if isinstance(module, NORMS)]

    def __call__(self, x: Tensor) -> Tensor | Logits:
        """As the form gives it, in training."""
        form = self.form
        if not form.training:
            return form(x)  # type: ignore[no-any-return]
        form._check.before(form, x)
        results: dict[int, Tensor] = {}
        for segment in self.segments:
            found: tuple[Tensor, ...] = checkpoint(
                self._values,
                segment,
                x,
                use_reentrant=False,
                preserve_rng_state=False,  # dropout asks the draws
                context_fn=self._contexts,  # asked once for each segment
            )
            results.update(zip(segment.out, found, strict=True))
            x = found[-1]
        main = results[form._form.out]
        heads = tuple(results[value] for value in form._form.heads)
        return Logits(main, heads) if heads else main

    def _values(self, segment: Segment, x: Tensor) -> tuple[Tensor, ...]:
        found = {}
        for value, out in self.form._stepwise(x, segment.steps, segment.first):
            if value in segment.out:
                found[value] = out
        return tuple(found[value] for value in segment.out)

    def _contexts(self) -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
        norm = self.form._form.norm
        if isinstance(norm, Twice):  # what moves the running means knows of both computations
            return norm.twice()
        return nullcontext(), self._again()

    @contextmanager
    def _again(self) -> Iterator[None]:
        """Within it batch normalisation moves copies of its running means."""
        moved = [norm for norm in self.norms if norm.training]
        own = [dict(norm._buffers) for norm in moved]
        for norm, buffers in zip(moved, own, strict=True):
            norm._buffers.update({k: None if v is None else v.clone() for k, v in buffers.items()})
        try:
            yield
        finally:
            for norm, buffers in zip(moved, own, strict=True):
                norm._buffers.update(buffers)


def segments_of(
    steps: Sequence[PlannedStep], kept: set[int], sizes: dict[str, int]
) -> tuple[Segment, ...]:
    """Steps in about as many segments as the root of where they can be cut, of about equal size.

    They are cut where one value alone is wanted later, the `kept` ones apart. `sizes`: of what
    each step gives, by its name.
    """
    cuts = [at for at in range(1, len(steps)) if _narrow(steps, kept, at)]
    weights = [sizes.get(step.name, 0) for step in steps]
    most = sum(weights) / max(1, round(math.sqrt(len(cuts) + 1)))
    bounds, filled = [0], 0.0
    for begin, end in zip([0, *cuts], [*cuts, len(steps)], strict=True):
        own = sum(weights[begin:end])
        if begin > bounds[-1] and filled + own > most:
            bounds.append(begin)
            filled = 0.0
        filled += own
    return tuple(
        _segment(steps[begin:end], steps[begin - 1].writes if begin else 0, kept)
        for begin, end in zip(bounds, [*bounds[1:], len(steps)], strict=True)
    )


def _narrow(steps: Sequence[PlannedStep], kept: set[int], at: int) -> bool:
    """Whether the steps from `at` on read one value of those before it, the last one's."""
    made = {0, *(step.writes for step in steps[:at])}
    wanted = {value for step in steps[at:] for value in step.reads} & made
    return wanted == {steps[at - 1].writes} and not wanted & kept


def _segment(steps: Sequence[PlannedStep], first: int, kept: set[int]) -> Segment:
    """One segment; what goes into it is kept for its second computation, and not written over."""
    own = tuple(
        replace(step, over=None)
        if step.over is not None and step.reads[step.over] == first
        else step
        for step in steps
    )
    last = steps[-1].writes
    ends = tuple(step.writes for step in steps if step.writes in kept and step.writes != last)
    return Segment(own, first, (*ends, last))
