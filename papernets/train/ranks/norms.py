"""Batch normalisation whose mean and variance are those of the whole batch, over all ranks.

torch's SyncBatchNorm refuses the CPU. Here each rank gives what it has (the sum of its values
and that of their squares, in float64), all add it up, and go on with the mean and variance that one
process with the whole batch would have. Shares may differ, and be empty. In the backward
pass the two sums that the gradient by the input needs are added up likewise; those by weight and
bias stay each rank's own, as all other parameters' do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import torch
from torch import Tensor, nn

Found = tuple[bool, int, Tensor, Tensor]
"""Of a normalisation: whether it is idle, how many values, their mean and variance, over all."""
Sum = Callable[[Tensor], Tensor]
"""Adds a tensor up over all ranks, in its place."""


class Synced:
    """Normalises in training as one process with all ranks' pictures would; called by `Fast`.

    `total` pictures are shown to all ranks at once. Where `idle` is set, those of this one are
    stand-ins that count nothing.
    """

    def __init__(self, add_up: Sum):
        self.add_up, self.idle, self.total = add_up, False, 0
        self._kept: list[Found] | None = None
        self._again: Iterator[Found] | None = None

    def __call__(self, x: Tensor, norm: nn.Module) -> Tensor:
        """x normalised, as `norm` does it; its running mean and variance are moved."""
        assert isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d)
        if self._again is not None:  # moved and added up already
            idle, count, mean, variance = next(self._again)
        else:
            idle, (count, mean, variance) = self.idle, self._of_all(x.detach())
            if norm.running_mean is not None and count:
                _move(norm, count, mean, variance)
        if self._kept is not None:
            self._kept.append((idle, count, mean, variance))
        weight, bias, eps = norm.weight, norm.bias, norm.eps
        own = (idle, count, mean, variance, eps, self.add_up)
        out: Tensor = _Normalised.apply(x, weight, bias, own)  # type: ignore[no-untyped-call]
        return out

    def twice(self) -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
        """For a part that is computed twice: within the first, and within the second computation.

        The second takes the means and variances of the first, in their order. Ranks add nothing up
        then: each waits for the others as often as without, and in the same order.
        """
        kept: list[Found] = []
        return self._keeping(kept), self._taking(kept)

    @contextmanager
    def _keeping(self, kept: list[Found]) -> Iterator[None]:
        before, self._kept = self._kept, kept
        try:
            yield
        finally:
            self._kept = before

    @contextmanager
    def _taking(self, kept: list[Found]) -> Iterator[None]:
        before, self._again = self._again, iter(kept)
        try:
            yield
        finally:
            self._again = before

    def _of_all(self, x: Tensor) -> tuple[int, Tensor, Tensor]:
        """How many values a channel has in all ranks, their mean and variance, in float64."""
        each = x.numel() // (x.shape[0] * x.shape[1])
        count, own = self.total * each, len(x) * each
        if count == 1:
            raise ValueError(
                "a batch of one picture leaves batch normalisation one value a channel, which has "
                "no variance: --batch-size 2 or more"
            )
        mean, variance = (s.double() for s in torch.batch_norm_update_stats(x, None, None, 0.0))
        sums = torch.stack([mean, variance + mean.square()]) * own
        if self.idle:
            sums.zero_()
        self.add_up(sums)
        if not count:  # all are idle
            return 0, torch.zeros_like(mean), torch.ones_like(mean)
        mean, squares = sums / count
        return count, mean, (squares - mean.square()).clamp_min(0)


@torch.no_grad()
def _move(
    norm: nn.BatchNorm1d | nn.BatchNorm2d, count: int, mean: Tensor, variance: Tensor
) -> None:
    """Move the running mean and variance as torch does, the latter without bias."""
    assert norm.running_mean is not None and norm.running_var is not None
    assert norm.num_batches_tracked is not None
    norm.num_batches_tracked.add_(1)
    share = norm.momentum
    if share is None:
        share = 1.0 / float(norm.num_batches_tracked)
    kind = norm.running_mean.dtype
    norm.running_mean.mul_(1 - share).add_(mean.to(kind), alpha=share)
    norm.running_var.mul_(1 - share).add_((variance * count / (count - 1)).to(kind), alpha=share)


class _Normalised(torch.autograd.Function):
    """Pictures by a given mean and variance, which depend on the pictures of all ranks."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor | None, bias: Tensor | None, own: tuple[Any, ...]
    ) -> Tensor:
        idle, count, mean, variance, eps, add_up = own
        kind = x.dtype if weight is None else weight.dtype
        mean, variance = mean.to(kind), variance.to(kind)
        ctx.idle, ctx.count, ctx.eps, ctx.add_up = idle, count, eps, add_up
        ctx.save_for_backward(x, weight, mean, variance)
        out: Tensor = torch.native_batch_norm(x, weight, bias, mean, variance, False, 0.0, eps)[0]
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        x, weight, mean, variance = ctx.saved_tensors
        one = torch.ones_like(mean) if weight is None else weight
        # the sums of grad and of grad times the normalised x, in one pass
        _, of_weight, of_bias = torch.ops.aten.native_batch_norm_backward(
            grad, x, one, mean, variance, None, None, False, ctx.eps, [False, True, True]
        )
        needs_x, needs_weight, needs_bias = ctx.needs_input_grad[:3]
        found = None
        if needs_x:
            sums = torch.stack([of_bias, of_weight]).double()
            if ctx.idle:
                sums.zero_()
            ctx.add_up(sums)
            found = _by_input(grad, x, one, mean, variance, ctx.eps, sums / max(ctx.count, 1))
        return found, of_weight if needs_weight else None, of_bias if needs_bias else None, None


def _by_input(
    grad: Tensor, x: Tensor, weight: Tensor, mean: Tensor, variance: Tensor, eps: float, m: Tensor
) -> Tensor:
    """The gradient by the input; m (2, C): the means of grad and of grad times the normalised x.

    weight / deviation * (grad - m[0] - normalised x * m[1]), as a multiple of grad, one of x and a
    constant for each channel.
    """
    invert = (variance.double() + eps).rsqrt()
    by_grad = weight.double() * invert
    by_x = -by_grad * invert * m[1]
    rest = -by_grad * m[0] - by_x * mean.double()
    return _scaled(grad, by_grad, rest).add_(_scaled(x, by_x, torch.zeros_like(by_x)))


def _scaled(x: Tensor, times: Tensor, plus: Tensor) -> Tensor:
    """x times a number for each channel, plus another: by the kernel that normalises, which is
    three times as quick on a CPU as multiplying by a tensor with ones for all other dimensions."""
    kind = times.to(torch.float64 if x.dtype == torch.float64 else torch.float32)
    zero, one = torch.zeros_like(kind), torch.ones_like(kind)
    found = torch.native_batch_norm(x, kind, plus.to(kind.dtype), zero, one, False, 0.0, 0.0)
    out: Tensor = found[0]
    return out
