"""The fast form: several rows computed together, each value freed after its last use.

It is made of a plain module, whose children and parameters it shares, and equal to it in value and
gradient. What is computed together follows from `rewrite.fast`; in what order, and what may be
written over what, from `plan`. The modules that stand in the rows are called, but for activations:
one may come after the pooling that follows it, or be written over its input.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import torch
import torch.fx
from torch import Tensor, nn
from torch.nn.modules import module as _module

from .. import rewrite
from ..rewrite.forms import SlidingLRN
from ..spec import Add, BatchNorm, Concat, Layer
from ..spec.layer import ACTIVATES
from .activations import activate, activate_
from .block import module_at, summed
from .lrn import lrn
from .network import Logits, Network
from .norms import normalised_
from .plan import PlannedStep, plan

EVERYWHERE = (
    "_global_forward_hooks",
    "_global_forward_pre_hooks",
    "_global_backward_hooks",
    "_global_backward_pre_hooks",
)
"""Where torch keeps hooks on all modules."""
HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
"""Where it keeps those on one."""
Kind = type[nn.Module]
Path = tuple[str, ...]


class Fast(Network):
    """A network in its fast form, made of a plain one.

    It has that module's children, parameters, buffers, hooks and mode: what is done to one is done
    to the other. ValueError names a module that was replaced, or that has hooks, where the fast
    form does not call it.
    """

    def __init__(self, plain: Network):
        nn.Module.__init__(self)
        self.__dict__.update(plain.__dict__)  # the same tables of children, parameters and hooks
        self.__dict__.pop("training")
        self.__dict__["_plain"] = plain
        own: dict[str, Any] = {step.name: step.part for step in plan(plain.net.body).steps}
        planned = plan(rewrite.fast(plain.net).net.body)
        self._train_steps, self._eval_steps = planned.of(heads=True), planned.of(heads=False)
        self._out, self._heads = planned.out, planned.heads
        self._in_form = {
            step.name: RowInForm(step.name, own[step.name], step.part, plain._built.kinds)
            for step in planned.steps
            if isinstance(step.part, Layer)
        }
        of_rows = {name for row in self._in_form.values() for name in row.names}
        children = children_of(plain._built.kinds)
        self._others = tuple(
            (name, tuple(name.split(".")), kind, children.get(name, ()))
            for name, kind in plain._built.kinds.items()
            if name not in of_rows
        )
        self._check_others()
        for row in self._in_form.values():
            row.own(module_at(self, row.path), self.net.name)

    @property
    def training(self) -> bool:  # type: ignore[override]
        """The plain module's mode."""
        mode: bool = self.__dict__["_plain"].training
        return mode

    @training.setter
    def training(self, mode: bool) -> None:
        if "_plain" in self.__dict__:
            self.__dict__["_plain"].training = mode

    def _run(self, x: Tensor) -> Tensor | Logits:
        if (
            torch.compiler.is_compiling()
            or torch.jit.is_tracing()
            or isinstance(x, torch.fx.Proxy)
            or any(getattr(_module, name) for name in EVERYWHERE)
        ):
            return super()._run(x)  # who reads or watches the modules sees them called
        return self.rest(x, 0)

    def rest(self, x: Tensor, done: int) -> Tensor | Logits:
        """The output, where the first `done` steps, in a line, ran elsewhere and gave x."""
        heads = self.training and bool(self._heads)
        steps = self._train_steps if heads else self._eval_steps
        first = steps[done - 1].writes if done else 0
        kept = {self._out, *self._heads} if heads else {self._out}
        results: dict[int, Tensor] = {first: x} if first in kept else {}
        for value, out in self._stepwise(x, steps[done:], first):
            if value in kept:
                results[value] = out
            del out
        main = results[self._out]
        return Logits(main, tuple(results[v] for v in self._heads)) if heads else main

    def _stepwise(
        self, x: Tensor, steps: Sequence[PlannedStep], first: int
    ) -> Iterator[tuple[int, Tensor]]:
        """Each step's output, and its number."""
        self._check_others()
        values: dict[int, Tensor] = {first: x}
        theirs: set[int] = set()  # values that other modules than ours gave: nothing is sure there
        del x
        for step in steps:
            given = [values[i] for i in step.reads]
            for i in step.frees:
                del values[i]
            if isinstance(step.part, Concat | Add):
                out = joined(step.part, given, step.over if theirs.isdisjoint(step.reads) else None)
            else:
                out, known = self._in_form[step.name](self, given)
                if not known:
                    theirs.add(step.writes)
            del given
            values[step.writes] = out
            yield step.writes, out
            del out

    def _check_others(self) -> None:
        """ValueError where a block, or the activation after a sum, is not as it was built.

        A line of rows that somebody added to, or changed the order of, is another one.
        """
        for name, path, kind, children in self._others:
            module = module_at(self, path)
            line = kind is nn.Sequential
            if not as_built(module, kind) or (line and tuple(module._modules) != children):
                raise unknown(self.net.name, name, module)


class RowInForm:
    """How a row is computed: by its modules as they stand, its activation moved or in place.

    Calling it with the network and what the row is given gives the row's value, and whether that
    is a value of its own, made by modules of the kinds that were built.
    """

    def __init__(self, name: str, layer: Layer, part: Layer, kinds: Mapping[str, Kind]):
        """`part` is the layer as it was rewritten, `kinds` are those of all modules by name."""
        self.name, self.path, self.kind = name, tuple(name.split(".")), kinds[name]
        self.operations = layer.operations if len(layer.operations) > 1 else ()
        self.children = tuple((one, kinds[f"{name}.{one}"]) for one in self.operations)
        self.activation = part.activation
        self.moved = (layer.activation is None) != (part.activation is None)
        self.slides = isinstance(part, SlidingLRN)
        self.alone = layer.operations in [(one,) for one in ACTIVATES.values()]
        self.given_norm = isinstance(layer, BatchNorm)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the row's module and of those within it."""
        return (self.name, *(f"{self.name}.{one}" for one, _ in self.children))

    def __call__(self, network: Network, given: list[Tensor]) -> tuple[Tensor, bool]:
        row = module_at(network, self.path)
        if not self.own(row, network.net.name):
            out: Tensor = row(given.pop())
            return out, False
        x = given.pop()
        if not self.children:
            if self.slides:
                return lrn(x, row.window), True  # type: ignore[arg-type]
            if self.alone:
                return activate(x, self.activation), True
            x = row(x)
            return (activate_(x, self.activation) if self.moved else x), True
        pure = True
        for name, kind in self.children:
            module = row._modules[name]
            assert module is not None
            if name in ACTIVATES.values():
                continue
            pure = pure and as_built(module, kind)
            if name == "norm" and pure and not self.given_norm:
                x = normalised_(x, module)
            else:
                x = module(x)
        return (activate_ if pure else activate)(x, self.activation), pure

    def own(self, row: nn.Module, network: str) -> bool:
        """Whether the row's modules are such that the activation may be computed here.

        Where they are not, the row is called as it stands. ValueError where its activation is
        computed with another row, or that of another row with it.
        """
        changed = None if as_built(row, self.kind) else row
        if self.operations and tuple(row._modules) != self.operations:
            changed = row  # something was added
        for name, kind in self.children if changed is None else ():
            module = row._modules.get(name)
            if module is None or (name in ACTIVATES.values() and not as_built(module, kind)):
                changed = module or row
        if changed is not None and self.moved:
            raise unknown(network, self.name, changed)
        return changed is None


def children_of(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The names of each module's children, by its own, of the full names of all."""
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        parent, _, child = name.rpartition(".")
        found[parent] = (*found.get(parent, ()), child)
    return found


def as_built(module: nn.Module | None, kind: Kind) -> bool:
    """True where a module is of the kind that was built, without hooks or a forward of its own."""
    if type(module) is not kind:
        return False
    own = module.__dict__
    return not (
        own["_forward_hooks"]
        or own["_forward_pre_hooks"]
        or own["_backward_hooks"]
        or own["_backward_pre_hooks"]
        or "forward" in own
    )


def unknown(network: str, name: str, module: nn.Module) -> ValueError:
    """The error that the fast form does not know what was done to a module."""
    done = "has hooks" if any(module.__dict__[one] for one in HOOKS) else "was replaced or changed"
    return ValueError(
        f"{name} of {network} {done} ({type(module).__name__}), and the fast form computes it "
        "together with other rows: call the plain model"
    )


def joined(join: Concat | Add, given: list[Tensor], over: int | None) -> Tensor:
    """What a join makes of its branches' values, written over one of them where `over` says so."""
    if isinstance(join, Concat):
        return torch.cat(given, 1)
    several = len(given) > 1  # a sum of one is that value, which others may read
    total = summed(given, join.scales or (1.0,) * len(given), over)
    over_it = several or over is not None
    return activate_(total, join.activation) if over_it else activate(total, join.activation)
