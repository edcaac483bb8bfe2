"""Follows data through torch's operations: what each tensor sees, and which weights are in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import ref

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.weak import WeakIdKeyDictionary

from . import moves, resize
from .rules import Call, after, tensors_in
from .seen import Seen, lost

SILENT = frozenset(
    {
        *("view", "_unsafe_view", "reshape", "_reshape_alias", "permute", "transpose", "t"),
        *("unsqueeze", "squeeze", "expand", "slice", "select", "split", "split_with_sizes"),
        *("chunk", "unbind", "clone", "detach", "alias", "_to_copy", "lift_fresh", "narrow"),
        *("unsafe_split", "copy", "_conj", "unsafe_chunk", "zeros_like", "ones_like", "empty_like"),
        *("new_zeros", "new_ones", "new_empty", "new_full", "full_like", "repeat", "zero", "fill"),
    }
)
"""What merely looks at values otherwise, or makes room for some: it gets no row."""
WINDOWS = ("convolution", "_convolution")
PRODUCTS = ("mm", "bmm", "addmm", "baddbmm", "mv", "addmv", "dot", "linear", "addbmm")


@dataclass(frozen=True)
class Op:
    """An operation that came by: what it costs, its window, and the weights that it used."""

    name: str
    macs: int
    products: int
    window: tuple[tuple[int, ...], ...] | None
    groups: int
    sources: frozenset[int]
    weights: frozenset[int]
    """Parameters and buffers, by `id`: all that went in, and those that were multiplied with."""
    silent: bool
    flat: bool
    """Whether maps were laid out in one column."""


class Follow(TorchDispatchMode):
    """While it is entered, keeps what tensors see; `heard` is told of every operation on data."""

    def __init__(self, heard: Callable[[Op, Tensor | None, Tensor], None]):
        super().__init__()
        self.heard = heard
        self.seen: Any = WeakIdKeyDictionary()
        self.carried: Any = WeakIdKeyDictionary()
        self._in: dict[int, list[ref[Tensor]]] = {}

    def knows(self, tensor: Tensor, seen: Seen) -> None:
        """Begin with an input."""
        self.seen[tensor] = seen
        self._keep(tensor)

    def carries(self, tensor: Tensor, own: int) -> None:
        """A parameter or a buffer, under the `id` of the one that it stands for."""
        self.carried[tensor] = frozenset({own})
        self._keep(tensor)

    def look(self, value: Any) -> Seen | None:
        """What a tensor sees; None for one that comes from no input, and for what is no tensor."""
        found: Seen | None = self.seen.get(value) if isinstance(value, Tensor) else None
        return found

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        given = named(func, args, kwargs)
        before = {id(t): self.look(t) for t in tensors_in(tuple(given.values()))}
        out = func(*args, **kwargs)
        outs = tuple(tensors_in(out if isinstance(out, list | tuple) else (out,)))
        if not outs:
            return out
        name = str(func._schema.name).rpartition("::")[2]
        plain = name[:-1] if name.endswith("_") and not name.startswith("__") else name
        call = Call(plain, given, outs, lambda t: before.get(id(t)), pointwise(func, plain))
        found = after(call)
        written = [given[a.name] for a in func._schema.arguments if _writes(a)]
        for tensor, seen in zip(outs, found, strict=False):
            if any(tensor is one for one in written):
                self._written(tensor, seen)
            self._put(tensor, seen)
            self._keep(tensor)
        for tensor in tensors_in(written):
            if not any(tensor is one for one in outs):
                self._written(tensor, found[0])
                self._put(tensor, found[0])
        self._note(call, found)
        return out

    def _note(self, call: Call, found: Sequence[Seen | None]) -> None:
        tensors = call.tensors
        used = frozenset().union(*(self.carried.get(t, frozenset()) for t in tensors))
        if all(seen is None for seen in found):
            for out in call.outs:  # weights that are made of weights
                self.carried[out] = used
        uses, products, weights = self._cost(call)
        if not (uses or products) and all(seen is None for seen in found):
            return
        self.heard(
            Op(
                call.name,
                uses,
                products,
                _window(call),
                call.given.get("groups", 1) if call.name in WINDOWS else 1,
                used,
                weights,
                call.name in SILENT and not self._cuts(call),
                _flattens(call),
            ),
            next((t for t in tensors if call.seen(t) is not None), None),
            call.outs[0],
        )

    def _cost(self, call: Call) -> tuple[int, int, frozenset[int]]:
        """Uses of weights, other multiply-adds, and what the weights are made of."""
        if call.name in WINDOWS:
            x, weight = call.given["input"], call.given["weight"]
            places = x if call.given["transposed"] else call.outs[0]
            count = x.shape[0] * weight.numel() * math.prod(places.shape[2:])
            pair = (x, weight)
        elif call.name in PRODUCTS:
            every = call.tensors
            a, b = every[:2] if call.name in ("mm", "bmm", "mv", "dot", "linear") else every[-2:]
            count = a.numel() * (b.shape[-1] if b.dim() > 1 else 1)
            count = a.numel() * b.shape[0] if call.name == "linear" else count
            pair = (a, b)
        elif "dot_product" in call.name:
            q, k, v = (call.given[word] for word in ("query", "key", "value"))
            pairs = math.prod(q.shape[:-1]) * k.shape[-2]
            return 0, pairs * (q.shape[-1] + v.shape[-1]), frozenset()
        else:
            return 0, 0, frozenset()
        data = [call.seen(t) is not None for t in pair]
        made = [self.carried.get(t, frozenset()) for t in pair]
        if all(data) or (not any(data) and bool(made[0]) == bool(made[1])):
            return 0, count, frozenset()
        return count, 0, made[1] if data[0] or not made[0] else made[0]

    def _cuts(self, call: Call) -> bool:
        """True where a slice takes a part of a map."""
        if call.name not in ("slice", "narrow"):
            return False
        x, seen = call.main, call.seen(call.main)
        d = call.given.get("dim", 0) % x.dim()
        spans = () if seen is None else seen.spans.values()
        return x.shape[d] != call.outs[0].shape[d] and any(span.dim == d for span in spans)

    def _put(self, tensor: Tensor, seen: Seen | None) -> None:
        if seen is None:
            self.seen.pop(tensor, None)
        else:
            self.seen[tensor] = seen

    def _keep(self, tensor: Tensor) -> None:
        several = self._in.setdefault(tensor.untyped_storage()._cdata, [])
        several[:] = [one for one in several if one() is not None]
        if not any(one() is tensor for one in several):
            several.append(ref(tensor))

    def _sharing(self, tensor: Tensor) -> Iterator[Tensor]:
        for one in self._in.get(tensor.untyped_storage()._cdata, ()):
            other = one()
            if other is not None and other is not tensor:
                yield other

    def _written(self, tensor: Tensor, seen: Seen | None) -> None:
        """What others see that share a tensor's memory, after it was written over."""
        if _same(self.look(tensor), seen):
            return
        for other in self._sharing(tensor):
            if _laid(other) == _laid(tensor):
                self._put(other, seen)
            elif other.is_contiguous() and other.storage_offset() == 0:
                self.seen[other] = moves.overlaid(
                    self.look(other), tuple(other.shape), seen, _cutter(tensor)
                )
            else:
                self.seen[other] = lost("another view of its memory was written over")


def named(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """What an operation was given, by the names of its schema, defaults too."""
    found = {}
    for at, argument in enumerate(func._schema.arguments):
        if at < len(args):
            found[argument.name] = args[at]
        elif argument.name in kwargs:
            found[argument.name] = kwargs[argument.name]
        elif argument.has_default_value():
            found[argument.name] = argument.default_value
    return found


def pointwise(func: Any, plain: str) -> bool:
    """True for an operation that makes each value of those at its place."""
    if torch.Tag.pointwise in func.tags:
        return True
    packet = getattr(torch.ops.aten, plain, None)
    return packet is not None and any(
        torch.Tag.pointwise in getattr(packet, name).tags for name in packet.overloads()
    )


def _writes(argument: Any) -> bool:
    return argument.alias_info is not None and argument.alias_info.is_write


def _window(call: Call) -> tuple[tuple[int, ...], ...] | None:
    """Kernel, stride, padding and dilation of a sliding window; None for what has none."""
    given = call.given
    if call.name in WINDOWS:
        kernel = tuple(given["weight"].shape[2:])
    elif "pool" in call.name and "kernel_size" in given:
        sides = int(next(letter for letter in call.name if letter.isdigit()))
        kernel = _several(given["kernel_size"], sides)
    else:
        return None
    stride = _several(given.get("stride") or kernel, len(kernel))
    padding = _several(given.get("padding", 0), len(kernel))
    return kernel, stride, padding, _several(given.get("dilation", 1), len(kernel))


def _several(value: Any, count: int) -> tuple[int, ...]:
    numbers = (value,) if isinstance(value, int) else tuple(value)
    return numbers * count if len(numbers) == 1 else numbers


def _flattens(call: Call) -> bool:
    if call.name not in ("view", "_unsafe_view", "reshape", "_reshape_alias", "clone"):
        return False
    return call.main.dim() >= 3 and call.outs[0].dim() == 2


def _same(a: Seen | None, b: Seen | None) -> bool:
    if a is None or b is None:
        return a is b
    if a.unknown or b.unknown:
        return a.unknown == b.unknown
    if set(a.spans) != set(b.spans):
        return False
    return all(
        one.first.shape == b.spans[side].first.shape
        and bool((one.first == b.spans[side].first).all())
        and bool((one.last == b.spans[side].last).all())
        for side, one in a.spans.items()
        if one.last.shape == b.spans[side].last.shape or not side
    ) and all(one.last.shape == b.spans[side].last.shape for side, one in a.spans.items())


def _laid(tensor: Tensor) -> tuple[object, ...]:
    return tuple(tensor.shape), tensor.stride(), tensor.storage_offset()


def _cutter(tensor: Tensor) -> Callable[[Any], Any]:
    """The same view of an array that holds what the tensor's memory holds."""
    shape, stride, offset = tuple(tensor.shape), tensor.stride(), tensor.storage_offset()

    def cut(array: Any) -> Any:
        import numpy as np

        flat = array.reshape(-1)[offset:]
        return np.lib.stride_tricks.as_strided(
            flat, shape, tuple(step * array.itemsize for step in stride)
        )

    return cut


__all__ = ["Follow", "Op", "moves", "resize"]  # importing these two registers their rules
