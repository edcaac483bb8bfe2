"""What a network, and every block of it, computes: lines of steps, laid down when it is built.

A step calls a child by its name, joins branches, or hands a value to an auxiliary head. What else
somebody adds to a module is not called. Names, and no modules, stand in a line, so that children
may be replaced, and so that modules may be copied, pickled and replicated.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import torch
from torch import Tensor, nn

from ..spec.joins import dotted
from .layers import ConnectionTable, Subsample


@dataclass(frozen=True)
class Join:
    """Branches on one value, then their sum, each times its scale, or their maps side by side.

    `over` is the branch whose value may be written over, as long as what stands at its end gives a
    value of its own.
    """

    branches: tuple[Line, ...]
    scales: tuple[float, ...] | None = None
    over: int | None = None


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
            place = len(heads)  # a head comes before those within it
            heads.append(x)
            heads[place] = computed(own, step.line, x, heads)
    return x


def child_of(own: nn.Module, name: str) -> nn.Module:
    """A module's child by its name, dotted where it lies deeper; ValueError where it is gone."""
    child = own._modules.get(name)
    return module_at(own, name.split(".")) if child is None else child


def module_at(own: nn.Module, path: Sequence[str]) -> nn.Module:
    """The module at a path within another; ValueError, with its full name, where it is gone."""
    at: nn.Module | None = own
    for part in path:
        at = at._modules.get(part) if at is not None else None
    if at is not None:
        return at
    name = dotted(getattr(own, "_name", ""), ".".join(path))
    heads = "; a network without its auxiliary heads: aux=False" if "aux" in name else ""
    raise ValueError(
        f"{name} was taken out of the network, which needs it. To pass it by, put "
        f"torch.nn.Identity() in its place{heads}"
    )


GIVE_THEIR_OWN = (nn.Conv2d, nn.Linear, nn.BatchNorm2d, nn.BatchNorm1d)
"""What gives a new value, which its own gradient does not need."""
READ_ALONE = (
    *GIVE_THEIR_OWN,
    *(nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.ConstantPad2d),
    *(ConnectionTable, Subsample),
)
"""What makes a new value of its input, and writes nothing over it."""


def gives_its_own(own: nn.Module, line: Line) -> bool:
    """True where a line ends with a module whose output nobody else holds.

    Not where somebody changed what is called on the way to it, or hooked it: hooks may give, or
    keep, something else.
    """
    step = line[-1] if line else None
    while isinstance(step, str):
        module = child_of(own, step)
        if is_changed(module):
            return False
        if isinstance(module, GIVE_THEIR_OWN):
            return True
        own, step = module, last_step(module)
    return False


def writes_over(own: nn.Module, line: Line) -> bool:
    """True where what stands in a line may write over the line's input: a ReLU behind an identity.

    As it is built no line does. It may where somebody took out what stood before.
    """
    for step in line:
        if not isinstance(step, str):
            return False
        found = _first_touch(child_of(own, step))
        if found is not None:
            return found
    return False


def _first_touch(module: nn.Module) -> bool | None:
    """Whether a module writes over its input; None where it may pass it on to the next."""
    if isinstance(module, READ_ALONE):
        return False
    if isinstance(module, Block):
        return writes_over(module, module._line)
    for child in module._modules.values() if type(module) is nn.Sequential else ():
        found = None if child is None else _first_touch(child)
        if found is not None:
            return found
    return True if module.__dict__.get("inplace") else None


def last_step(module: nn.Module) -> Step | None:
    """The last step of what a block, or torch's line of modules, computes."""
    if isinstance(module, Block):
        return module._line[-1] if module._line else None
    return next(reversed(module._modules), None) if type(module) is nn.Sequential else None


class Look:
    """A forward hook that puts a row's output into `found`, of calls in the thread that made it."""

    def __init__(self, name: str, found: dict[str, Tensor]):
        self.name, self.found, self.thread = name, found, threading.get_ident()

    def __call__(self, module: nn.Module, given: object, out: Tensor) -> None:
        if threading.get_ident() == self.thread:
            self.found[self.name] = out.clone()  # something may be written over it later


def is_changed(module: nn.Module) -> bool:
    """True where a module has hooks, or a forward of its own; those that merely look apart."""
    own = module.__dict__
    return bool(
        (own["_forward_hooks"] and not _looks_alone(own["_forward_hooks"]))
        or own["_forward_pre_hooks"]
        or own["_backward_hooks"]
        or own["_backward_pre_hooks"]
        or "forward" in own
    )


def _looks_alone(hooks: Mapping[int, object]) -> bool:
    return all(isinstance(hook, Look) for hook in list(hooks.values()))


def joined(own: nn.Module, join: Join, x: Tensor, heads: Heads | None) -> Tensor:
    """What a join makes of its branches' values."""
    values = [
        computed(own, line, x.clone() if writes_over(own, line) else x, heads)
        for line in join.branches
    ]
    if join.scales is None:
        return torch.cat(values, 1)
    over = join.over
    if over is not None and not gives_its_own(own, join.branches[over]):
        over = None
    return summed(values, join.scales, over)


def summed(values: list[Tensor], scales: Sequence[float], over: int | None) -> Tensor:
    """The sum of values, each times its scale, written over the one that `over` points out.

    The list is emptied, so that each value may go after its last use.
    """
    factors = list(scales)
    total, factor = values.pop(over or 0), factors.pop(over or 0)
    if factor != 1.0:
        total = total * factor if over is None else total.mul_(factor)
    for factor in factors:
        value = values.pop(0)
        if over is None:
            total = torch.add(total, value, alpha=factor)
        else:
            total = total.add_(value, alpha=factor)
    return total
