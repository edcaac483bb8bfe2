"""Local response normalisation made fast: sliding sums in the cache, a backward pass in one go.

With s = k + alpha * (the sum of squares over the window), y = x * s^-beta. The sums are made by
doubling (5 = 2 * 2 + 1: three additions a value), the power -3/4 by two square roots, and all that
block by block, so that it stays in the cache. torch's own function passes over all of memory a
dozen times, and takes logarithms.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

BLOCK = 1 << 19
"""Bytes of a block on one thread: half of a core's cache of its own, and long enough a run."""
SHARED = 1 << 21
"""The same for each of several threads, which wait for one another after each operation."""
ELSEWHERE = 1 << 26
"""Bytes of a block on other devices, which are busy with it, and keep few times as much beside."""
HALVES = (torch.half, torch.bfloat16)


@dataclass(frozen=True)
class Window:
    """How many maps are summed, and k, alpha and beta of the paper's formula."""

    size: int
    k: float
    alpha: float
    beta: float

    @property
    def before(self) -> int:
        """The maps in front of a map's own; as in torch, an even window has one more there."""
        return self.size // 2

    @property
    def additions(self) -> tuple[tuple[bool, int], ...]:
        """Each adds to the sum so far, so many maps further on, itself (true) or single maps."""
        found, reach = [], 1
        for digit in f"{self.size:b}"[1:]:
            found.append((True, reach))
            reach *= 2
            if digit == "1":
                found.append((False, reach))
                reach += 1
        return tuple(found)


def lrn(x: Tensor, window: Window) -> Tensor:
    """x / (k + alpha * sum of squares)^beta of (N, C, ...), for k > 0 and alpha >= 0.

    The same shape, kind of number and order in memory. Half precisions are computed in single.
    """
    if torch.compiler.is_compiling() or torch.jit.is_tracing():
        return plain(x, window)  # what compiles joins operations itself
    keep = torch.is_grad_enabled() and x.requires_grad
    y: Tensor = _LRN.apply(x, window, keep)[0]  # type: ignore[no-untyped-call]
    return y


def plain(x: Tensor, window: Window) -> Tensor:
    """The same in torch's own operations, which can be compiled, exported, differentiated twice."""
    wide = _wide(x)
    scale = window.k + window.alpha * _sums(wide * wide, window, window.before)
    return (wide * scale.pow(-window.beta)).to(x.dtype)


def _sums(x: Tensor, window: Window, before: int) -> Tensor:
    """The sums over the window's maps, the first of them `before` maps in front of each map."""
    around = (*(0,) * (2 * x.dim() - 4), before, window.size - 1 - before)
    one = total = F.pad(x, around)
    for doubles, shift in window.additions:
        other = total if doubles else one
        length = other.shape[1] - shift
        total = total.narrow(1, 0, length) + other.narrow(1, shift, length)
    return total


def _wide(x: Tensor) -> Tensor:
    return x.float() if x.dtype in HALVES else x


class _LRN(torch.autograd.Function):
    """y, and s^-1/2 for the backward pass: empty where `keep` is false."""

    @staticmethod
    def forward(x: Tensor, window: Window, keep: bool) -> tuple[Tensor, Tensor]:
        x = _ordered(x, x)
        y = torch.empty_like(x)
        root = torch.empty_like(x) if keep else x.new_empty(0)
        for work, (xs, ys, *roots) in _blocks(window, x, y, *([root] if keep else [])):
            work.forward(xs, ys, *roots)
        return y, root

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
        x, ctx.window, _ = inputs
        ctx.mark_non_differentiable(output[1])
        ctx.save_for_backward(x, output[1])
        ctx.save_for_forward(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> tuple[Tensor, None, None]:
        x, root = ctx.saved_tensors
        if torch.is_grad_enabled() or root.shape != x.shape:  # the gradient has gradients, too
            return _gradient(x, grad, ctx.window), None, None
        x, root = _ordered(x, root), _ordered(root, root)
        out = torch.empty_like(x)
        for work, parts in _blocks(ctx.window, x, _ordered(grad, x), root, out):
            work.backward(*parts)
        return out, None, None

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor, *_: None) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        w = ctx.window
        scale = w.k + w.alpha * _sums(x * x, w, w.before)
        slope = x * _sums(x * tangent, w, w.before) * (2 * w.alpha * w.beta) / scale
        return (tangent - slope) * scale.pow(-w.beta), None

    @staticmethod
    def vmap(info: Any, dims: tuple[Any, ...], x: Tensor, window: Window, keep: bool) -> Any:
        x = x.movedim(dims[0], 0)
        y, root = _LRN.apply(x.flatten(0, 1), window, keep)  # type: ignore[no-untyped-call]
        if not keep:
            return (y.reshape(x.shape), root), (0, None)
        return (y.reshape(x.shape), root.reshape(x.shape)), (0, 0)


def _gradient(x: Tensor, grad: Tensor, window: Window) -> Tensor:
    """The gradient in torch's own operations, so that it can be differentiated."""
    wide, grad = _wide(x), _wide(grad)
    behind = window.size - 1 - window.before
    scale = window.k + window.alpha * _sums(wide * wide, window, window.before)
    share = grad * scale.pow(-window.beta)
    around = wide * _sums(share * wide / scale, window, behind)
    return (share - 2 * window.alpha * window.beta * around).to(x.dtype)


def _last(x: Tensor) -> bool:
    """Whether the channels of (N, C, ...) are together in memory, and not the places of a map."""
    return not x.is_contiguous() and x.movedim(1, -1).is_contiguous()


def _ordered(x: Tensor, like: Tensor) -> Tensor:
    """x without gaps, in the order of `like` where that has none."""
    if _last(like):
        return x.movedim(1, -1).contiguous().movedim(-1, 1)
    return x.contiguous()


def _rows(x: Tensor) -> Tensor:
    """x as (outer, C, inner) without a copy: inner is a whole map, or 1 where channels are last."""
    if _last(x):
        return x.movedim(1, -1).view(-1, x.shape[1], 1)
    return x.view(*x.shape[:2], math.prod(x.shape[2:]))


def _blocks(window: Window, *tensors: Tensor) -> Iterator[tuple[_Work, list[Tensor]]]:
    """The tensors, which share shape and order, in pieces for a cache, with room to work in."""
    rows = [_rows(t) for t in tensors]
    outer, maps, inner = rows[0].shape
    wide = 4 if tensors[0].dtype in HALVES else tensors[0].element_size()
    on_cpu = tensors[0].device.type == "cpu"
    threads = torch.get_num_threads()
    block = (BLOCK if threads == 1 else SHARED * threads) if on_cpu else ELSEWHERE
    most = max(block // (wide * max(maps, 1)), 1)
    across = _equal(outer, max(most // max(inner, 1), 1))
    along = _equal(inner, most)
    work: _Work | None = None
    for top in range(0, outer, across):
        for left in range(0, inner, along):
            parts = [t[top : top + across, :, left : left + along] for t in rows]
            if work is None or work.shape != parts[0].shape:
                work = _Work(parts[0], window)
            yield work, parts


def _equal(count: int, most: int) -> int:
    """A length of equal parts of about `most`: a few too long are better than one more wait."""
    return max(math.ceil(count / max(round(count / most), 1)), 1)


class _Work:
    """Room for a block of (outer, C, inner), with maps of zeros around it, and what it is for."""

    def __init__(self, like: Tensor, window: Window):
        self.shape, self.window = like.shape, window
        outer, maps, inner = like.shape
        dtype = torch.float32 if like.dtype in HALVES else like.dtype
        self.exact = dtype == like.dtype
        padded = (3, outer, maps + window.size - 1, inner)
        self.rooms = torch.zeros(padded, dtype=dtype, device=like.device).unbind()
        self.spare = torch.empty((2, *like.shape), dtype=dtype, device=like.device).unbind()

    def _own(self, before: int) -> Tensor:
        """Where the block itself goes: behind `before` maps of zeros."""
        return self.rooms[0].narrow(1, before, self.shape[1])

    def _sums(self, out: Tensor) -> None:
        """Write the window sums of the first room. Rows are laid end to end, and so are shifts."""
        one, *free = self.rooms
        total = one
        for doubles, shift in self.window.additions[:-1]:
            other = total if doubles else one
            length = one.numel() - shift * self.shape[2]
            into = free[0] if total is not free[0] else free[1]
            torch.add(total.view(-1)[:length], other.view(-1)[-length:], out=into.view(-1)[:length])
            total = into
        maps = self.shape[1]
        if not self.window.additions:
            out.copy_(one)
            return
        doubles, shift = self.window.additions[-1]
        other = total if doubles else one
        torch.add(total.narrow(1, 0, maps), other.narrow(1, shift, maps), out=out)

    def _root(self, x: Tensor, out: Tensor) -> None:
        """Write s^-1/2 of a block."""
        window = self.window
        own = self._own(window.before)
        torch.mul(x, x, out=own)
        self._sums(out)
        out.mul_(window.alpha).add_(window.k).rsqrt_()

    def _share(self, root: Tensor, out: Tensor) -> None:
        """Write s^-beta from s^-1/2."""
        beta = self.window.beta
        if beta == 0.75:
            torch.sqrt(root, out=out).mul_(root)
        else:
            torch.pow(root, 2 * beta, out=out)

    def forward(self, x: Tensor, y: Tensor, root: Tensor | None = None) -> None:
        """Write y, and s^-1/2 where it is asked for."""
        own, share = self.spare
        wide = x if self.exact else x.to(own.dtype)
        found = root if root is not None and self.exact else own
        self._root(wide, found)
        self._share(found, share)
        torch.mul(wide, share, out=y)
        if root is not None and found is not root:
            root.copy_(found)

    def backward(self, x: Tensor, grad: Tensor, root: Tensor, out: Tensor) -> None:
        """Write grad * s^-b - 2ab * x * (sums of grad * x * s^(-b - 1), the window turned)."""
        window, (sums, share) = self.window, self.spare
        if not self.exact:
            x, grad, root = (t.to(sums.dtype) for t in (x, grad, root))
        self._share(root, share)
        share.mul_(grad)
        torch.mul(x, root, out=sums).mul_(root)
        torch.mul(sums, share, out=self._own(window.size - 1 - window.before))
        self._sums(sums)
        exact = out if self.exact else share
        torch.addcmul(share, x, sums, value=-2 * window.alpha * window.beta, out=exact)
        if exact is not out:
            out.copy_(exact)


__all__ = ["Window", "lrn", "plain"]
