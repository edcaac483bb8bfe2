"""Which module, or which call between modules, does what: the rows of a forward pass."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn
from torch.nn.modules import module as hooks
from torch.overrides import TorchFunctionMode

from ..run.layers import ConnectionTable
from ..show.explanation import Line
from . import kinds
from .follow import Follow, Op
from .rules import tensors_in
from .seen import Seen, extent, finite, steps


@dataclass
class Frame:
    """A module that is being called; what was done within it, as long as it is a row."""

    module: nn.Module
    name: str
    leaf: bool
    given: Tensor | None = None
    ops: list[Op] = field(default_factory=list)


@dataclass
class Owned:
    """The parameters and buffers of the module that is explained, by the `id` of the copies."""

    names: dict[int, str]
    sizes: dict[int, int]
    trainable: frozenset[int]
    buffers: frozenset[int]


class Trace:
    """The rows of one forward pass of a module, in the order in which they are computed."""

    def __init__(self, module: nn.Module, which: int, sides: int):
        """`which` input has the fields, and how many sides its maps have."""
        self.rows: list[Line] = []
        self.called: set[str] = set()
        self.counted: set[int] = set()
        self.root, self.which, self.sides = module, which, sides
        self.follow = Follow(self._heard)
        self._stack: list[Frame] = []
        self._call: Frame | None = None
        self._thread = threading.get_ident()
        self._paths: dict[int, list[str]] = {}
        for name, own in module.named_modules(remove_duplicate=False):
            self._paths.setdefault(id(own), []).append(name)
        self._times: Counter[str] = Counter()
        self.owned = _owned(module)
        for tensors in (module.named_parameters(), module.named_buffers()):
            for _, tensor in tensors:
                self.follow.carries(tensor, id(tensor))

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While it lasts, every operation and every call of a module in this thread is followed."""
        with ExitStack() as stack:
            for handle in (
                hooks.register_module_forward_pre_hook(self._enter),
                hooks.register_module_forward_hook(self._leave),
            ):
                stack.callback(handle.remove)
            stack.enter_context(_Functions(self))
            stack.enter_context(self.follow)
            yield

    def _enter(self, module: nn.Module, given: Any) -> None:
        if threading.get_ident() != self._thread or id(module) not in self._paths:
            return
        inside = any(frame.leaf for frame in self._stack) or self._call is not None
        name = self._path(module)
        leaf = not inside and kinds.is_leaf(module)
        self.called.add(name)
        frame = Frame(module, name, leaf)
        frame.given = self._first(given)
        self._stack.append(frame)

    def _leave(self, module: nn.Module, given: Any, out: Any) -> None:
        if threading.get_ident() != self._thread or id(module) not in self._paths:
            return
        while self._stack and self._stack[-1].module is not module:
            self._stack.pop()  # one that ended by an error which its caller caught
        if not self._stack:
            return
        frame = self._stack.pop()
        if frame.leaf:
            self._row(frame, kinds.of_module(module), out, self._of_module(module))

    def _path(self, module: nn.Module) -> str:
        """The module's name; of several, the one within the module that calls it."""
        names = self._paths[id(module)]
        outer = self._stack[-1].name if self._stack else ""
        inside = [name for name in names if not outer or name.startswith(f"{outer}.")]
        return (inside or names)[0]

    def _first(self, value: Any) -> Tensor | None:
        tensors = tensors_in(value)
        seen = (t for t in tensors if self.follow.look(t) is not None)
        return next(seen, tensors[0] if tensors else None)

    def _heard(self, op: Op, given: Tensor | None, out: Tensor) -> None:
        frame = next((frame for frame in self._stack if frame.leaf), None) or self._call
        if frame is not None:
            frame.ops.append(op)
            frame.given = given if frame.given is None else frame.given
            return
        alone = Frame(self.root, self._outer(), False, given, [op])
        if not op.silent:  # of a call that is no function of torch's
            alone.name = ".".join(filter(None, (alone.name, op.name)))
            self._row(alone, kinds.of_function(op.name), out, frozenset())

    def _outer(self) -> str:
        return self._stack[-1].name if self._stack else ""

    def function(self, func: Any, args: Any, kwargs: Any) -> Any:
        """A call of one of torch's functions: between modules it is a row."""
        if self._call is not None or any(frame.leaf for frame in self._stack):
            return func(*args, **kwargs)
        self._call = Frame(self.root, self._outer(), False)
        depth = len(self._stack)
        try:
            out = func(*args, **kwargs)
        finally:
            frame, self._call = self._call, None
            del self._stack[depth:]
        told = [op for op in frame.ops if not op.silent]
        flat = any(op.flat for op in frame.ops)
        if told or flat:
            name = getattr(func, "__name__", str(func))
            if name == "__get__":
                return out
            kind = self._kind(name, args, frame) if told else "flatten"
            frame.name = ".".join(filter(None, (frame.name, kind.replace(" ", "_"))))
            self._row(frame, kind, out, frozenset())
        return out

    def _kind(self, name: str, args: Any, frame: Frame) -> str:
        kind = kinds.of_function(name)
        if (
            kind in ("multiply", "divide")
            and sum(self.follow.look(t) is not None for t in tensors_in(args)) < 2
        ):
            return "scale"
        if kind == "adaptive average pool" and frame.ops[0].name == "mean":
            return "global average pool"
        return kind

    def _of_module(self, module: nn.Module) -> frozenset[int]:
        """All parameters within a module, by `id`."""
        return frozenset(id(p) for p in module.parameters())

    def _row(self, frame: Frame, kind: str, out: Any, own: frozenset[int]) -> None:
        result = self._first(out)
        seen = None if result is None else self.follow.look(result)
        used = frozenset().union(own, *(op.sources for op in frame.ops)) - self.owned.buffers
        fresh = used - self.counted
        self.counted |= fresh
        weights = frozenset().union(*(op.weights for op in frame.ops)) & self.owned.buffers
        fixed = weights - self.counted
        self.counted |= fixed
        windows = [op for op in frame.ops if op.window is not None]
        one = windows[0] if len(windows) == 1 else None
        kernel, stride, padding, dilation = one.window if one and one.window else (None,) * 4
        macs = sum(op.macs for op in frame.ops)
        notes = list(self._notes(frame, kind, used - fresh, len(windows), out))
        if isinstance(frame.module, ConnectionTable) and frame.leaf and result is not None:
            places = result.shape[0] * math.prod(result.shape[2:])
            executed, macs = macs, frame.module.weight.numel() * places
            notes.append(f"runs as a full convolution of {executed:,} multiply-adds")
        if kind == "adaptive average pool" and result is not None and set(result.shape[2:]) == {1}:
            kind = "global average pool"
        field, step, sees, why = self._sees(seen, result)
        name = frame.name or type(self.root).__name__
        self._times[name] += 1
        if self._times[name] > 1:
            name = f"{name}#{self._times[name]}"
        buffers = sum(b.numel() for b in frame.module.buffers()) if frame.leaf else 0
        self.rows.append(
            Line(
                name=name,
                kind=kind,
                input=() if frame.given is None else shape(frame.given),
                out=() if result is None else shape(result),
                kernel=kernel,
                stride=stride,
                padding=padding,
                dilation=dilation,
                groups=one.groups if one else 1,
                params=sum(self.owned.sizes[p] for p in fresh),
                trainable=sum(self.owned.sizes[p] for p in fresh & self.owned.trainable),
                fixed_params=sum(self.owned.sizes[p] for p in fixed),
                buffers=buffers,
                macs=macs,
                products=sum(op.products for op in frame.ops),
                receptive_field=field,
                field_stride=step,
                sees=sees,
                note="; ".join(filter(None, (why, *notes))),
            )
        )

    def _notes(
        self, frame: Frame, kind: str, again: frozenset[int], windows: int, out: Any
    ) -> Iterator[str]:
        if again:
            names = sorted(self.owned.names[p] for p in again)
            yield f"shares parameters that are counted above: {', '.join(names[:2])}"
        if windows > 1:
            yield f"{windows} sliding windows within"
        count = len(tensors_in(out))
        if count > 1:
            yield f"gives {count} tensors, of which this is the first"

    def _sees(
        self, seen: Seen | None, result: Tensor | None
    ) -> tuple[tuple[int, ...] | None, tuple[int | float, ...] | None, str, str]:
        """The field, its stride, what is seen, and why there is no field where there is none."""
        if result is None:
            return None, None, "nothing", "gives no tensor"
        if seen is None:
            return None, None, "nothing", "comes from no input"
        if seen.unknown:
            return None, None, "unknown", seen.unknown
        if not self.sides:
            return None, None, "unknown", "the input has no sides: a field has no meaning"
        sizes = extent(seen, self.which, self.sides)
        if not any(sizes):
            return None, None, "nothing", "sees nothing of the first picture"
        if result.dim() <= 2:
            return None, None, "all", ""
        if not finite(sizes):
            partly = [size for size in sizes if not math.isinf(size)]
            words = ""
            if partly and any(partly):
                sides = ("height", "width") if self.sides == 2 else tuple(map(str, range(9)))
                some = zip(sides, sizes, strict=False)
                told = (f"{int(n)} of the {s}" for s, n in some if not math.isinf(n))
                words = f"sees all of a side, and {', '.join(told)}"
            return None, None, "all", words
        pace = steps(seen, self.which, self.sides)
        known = [step for step in pace if step is not None]
        stride = tuple(int(s) if s == int(s) else s for s in known)
        return (
            tuple(int(size) for size in sizes),
            stride if len(stride) == self.sides else None,
            "field",
            "",
        )


class _Functions(TorchFunctionMode):
    """Tells a trace of the functions that are called, the outermost alone."""

    def __init__(self, trace: Trace):
        super().__init__()
        self.trace = trace

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return self.trace.function(func, args, kwargs or {})


def shape(tensor: Tensor) -> tuple[int, ...]:
    """A tensor's shape without its batch; a flat one as (values, 1, 1), as in a network's rows."""
    own = tuple(tensor.shape)
    if len(own) == 2:
        return (own[1], 1, 1)
    return own[1:] if len(own) > 1 else own


def _owned(module: nn.Module) -> Owned:
    names, sizes, trainable = {}, {}, set()
    for name, parameter in module.named_parameters():
        names[id(parameter)], sizes[id(parameter)] = name, parameter.numel()
        if parameter.requires_grad:
            trainable.add(id(parameter))
    buffers = dict(module.named_buffers())
    for name, buffer in buffers.items():
        names[id(buffer)], sizes[id(buffer)] = name, buffer.numel()
    return Owned(names, sizes, frozenset(trainable), frozenset(id(b) for b in buffers.values()))
