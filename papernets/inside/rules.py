"""What a rectifier does with a signal on its way back, and what local normalisation does.

torch hands every rectifier to a mode, as a module or as a function, in place or not: no module is
hooked, copied or changed for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from ..run.layers import LRN

Rule = Literal["gradient", "guided", "deconv"]
"""gradient: as it is. guided: also rectified (Springenberg et al. 2015). deconv: rectified alone,
whatever came in on the way there, and past normalisation (Zeiler and Fergus 2013, 2.1)."""
RELU: frozenset[Callable[..., Any]] = frozenset(
    {F.relu, F.relu_, torch.relu, torch.relu_, Tensor.relu, Tensor.relu_}
)
CLIPPED: frozenset[Callable[..., Any]] = frozenset({F.hardtanh, F.hardtanh_, F.relu6})


@contextmanager
def going_back(model: nn.Module, rule: Rule) -> Iterator[None]:
    """While it lasts, what this thread computes has gradients by the rule."""
    with ExitStack() as stack:
        if rule != "gradient":
            stack.enter_context(_Rectifiers(rule == "guided"))
        if rule == "deconv":
            for module in model.modules():
                if isinstance(module, LRN):
                    stack.callback(module.register_forward_hook(_Past()).remove)
        yield


class _Rectifiers(TorchFunctionMode):
    """Puts a rectifier with a rule of its own in the place of torch's."""

    def __init__(self, guided: bool) -> None:
        super().__init__()
        self.guided = guided

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        named = kwargs or {}
        if func in RELU:
            return _Rectified.apply(_input(args, named), float("inf"), self.guided)
        if func in CLIPPED:
            low, high = (0.0, 6.0) if func is F.relu6 else _limits(args[1:], named)
            if low == 0:
                return _Rectified.apply(_input(args, named), high, self.guided)
        return func(*args, **named)


def _input(args: tuple[Any, ...], named: dict[str, Any]) -> Tensor:
    given: Tensor = args[0] if args else named["input"]
    return given


def _limits(rest: tuple[Any, ...], named: dict[str, Any]) -> tuple[float, float]:
    given = [*rest[:2], *(-1.0, 1.0)[len(rest[:2]) :]]
    return float(named.get("min_val", given[0])), float(named.get("max_val", given[1]))


class _Rectified(torch.autograd.Function):
    """Between 0 and `top`; back goes what is above 0, if `guided` where the input passed too."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, top: float, guided: bool) -> Tensor:
        if guided:
            ctx.save_for_backward((x > 0) & (x < top))
        return x.clamp(0.0, top)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:  # type: ignore[override]
        passed = grad.clamp(min=0.0)
        for mask in ctx.saved_tensors:
            passed = passed * mask
        return passed, None, None


class _Past:
    """A forward hook: the output as it is, whose gradient goes to the input unchanged."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()

    def __call__(self, module: nn.Module, given: tuple[Tensor, ...], out: Tensor) -> Tensor | None:
        if threading.get_ident() != self.thread:
            return None
        past: Tensor = _Straight.apply(given[0], out)  # type: ignore[no-untyped-call]
        return past


class _Straight(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, y: Tensor) -> Tensor:
        return y.clone()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        return grad, None
