"""What a network, and every block of it, computes: lines of steps, laid down when it is built.

A step calls a child by its name, joins branches, or hands a value to an auxiliary head. What else
somebody adds to a module is not called. Names, and no modules, stand in a line, so that children
may be replaced, and so that modules may be copied, pickled and replicated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Join:
    """Branches on one value, then their sum, each times its scale, or their maps side by side.

    `over` is the branch whose value may be written over, as long as `end`, the child that gives
    it, gives a value of its own.
    """

    branches: tuple[Line, ...]
    scales: tuple[float, ...] | None = None
    over: int | None = None
    end: str = ""


@dataclass(frozen=True)
class Head:
    """An auxiliary head beside the way."""

    line: Line


Step = str | Join | Head
"""A child by its name, dotted where it lies in another child; a join; a head."""
Line = tuple[Step, ...]
Heads = list[Tensor]


class Block(nn.Module):
    """Rows under a common name: (N, C, H, W) to what the last of them, or their join, gives."""

    _line: Line = ()
    _name = ""
    _words = ""
    _has_heads = False

    def forward(self, x: Tensor, heads: Heads | None = None) -> Tensor:
        """What the block gives for its input; `heads` takes what auxiliary heads within it give."""
        return computed(self, self._line, x, heads)

    def extra_repr(self) -> str:
        return self._words

    def __prepare_scriptable__(self) -> NoReturn:
        raise NotImplementedError(
            "torch.jit.script does not take networks of papernets, nor blocks of them: "
            "torch.export.export(model, (x,)), torch.jit.trace(model, x) and torch.compile do"
        )


class Name(Block):
    """A mere name for rows that do not follow one another: it has nothing to compute."""

    def forward(self, x: Tensor, heads: Heads | None = None) -> Tensor:
        raise ValueError(
            f"{', '.join(self._modules)} share a name and do not follow one another: call the "
            "network, or model.features(x, names)"
        )


def computed(own: nn.Module, line: Line, x: Tensor, heads: Heads | None) -> Tensor:
    """What a line of `own`'s children makes of x."""
    for step in line:
        if isinstance(step, str):
            child = child_of(own, step)
            if heads is not None and getattr(child, "_has_heads", False):
                x = child(x, heads)
            else:
                x = child(x)
        elif isinstance(step, Join):
            x = joined(own, step, x, heads)
        elif heads is not None:
            heads.append(computed(own, step.line, x, None))
    return x


def child_of(own: nn.Module, name: str) -> nn.Module:
    """A module's child by its name, dotted where it lies deeper; ValueError where it is gone."""
    at: Any = own._modules.get(name)
    if at is None and "." in name:
        at = own
        for part in name.split("."):
            at = at._modules.get(part) if at is not None else None
    if at is None:
        within = getattr(own, "_name", "")
        raise gone(f"{within}.{name}" if within else name)
    module: nn.Module = at
    return module


def gone(name: str) -> ValueError:
    """The error that a module is no longer there, by its full name."""
    heads = "; a network without its auxiliary heads: aux=False" if "aux" in name else ""
    return ValueError(
        f"{name} was taken out of the network, which needs it. To pass it by, put "
        f"torch.nn.Identity() in its place{heads}"
    )


def gives_its_own(module: nn.Module) -> bool:
    """True where a module's output is a new value, which its own gradient does not need."""
    while isinstance(module, nn.Sequential) and len(module):
        module = module[-1]
    return isinstance(module, nn.Conv2d | nn.Linear | nn.BatchNorm2d | nn.BatchNorm1d)


def joined(own: nn.Module, join: Join, x: Tensor, heads: Heads | None) -> Tensor:
    """What a join makes of its branches' values."""
    values = [computed(own, line, x, heads) for line in join.branches]
    if join.scales is None:
        return torch.cat(values, 1)
    scales, at = list(join.scales), join.over
    if at is None or not gives_its_own(child_of(own, join.end)):
        total = values[0] if scales[0] == 1.0 else values[0] * scales[0]
        for value, scale in zip(values[1:], scales[1:], strict=True):
            total = torch.add(total, value, alpha=scale)
        return total
    total, scale = values.pop(at), scales.pop(at)
    if scale != 1.0:
        total *= scale
    for value, scale in zip(values, scales, strict=True):
        if scale == 1.0:
            total += value
        else:
            total.add_(value, alpha=scale)
    return total
