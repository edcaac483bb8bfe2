"""The fast form: several rows computed together, each value freed after its last use.

It is made of a plain module, whose children and parameters it shares, and equal to it in value and
gradient. What is computed together follows from `rewrite.fast`; in what order, and what may be
written over what, from `plan`. The modules that stand in the rows are called, but for activations:
one may come after the pooling that follows it, or be written over its input.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import torch
import torch.fx
from torch import Tensor, nn
from torch.nn.modules import module as _module

from .. import rewrite
from ..rewrite.forms import SlidingLRN, slides
from ..spec import Add, BatchNorm, Concat, Dropout, Layer
from ..spec.layer import ACTIVATES
from .activations import activate, activate_
from .block import is_changed, module_at, summed
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
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)
Kind = type[nn.Module]
Path = tuple[str, ...]


class Twin:
    """A module that is another one, and computes otherwise: both have one table of attributes.

    So children, parameters, hooks, mode, and whatever is put on either, are those of both. The
    other one, `_plain`, and what it computes by, `_form`, are its own.
    """

    __slots__ = ("_form", "_plain")
    _form: Any
    _plain: Any
    __dict__: dict[str, Any]

    def _share(self, plain: nn.Module, form: object) -> None:
        object.__setattr__(self, "__dict__", plain.__dict__)
        object.__setattr__(self, "_plain", plain)
        object.__setattr__(self, "_form", form)

    def __reduce__(self) -> tuple[type[Twin], tuple[nn.Module]]:
        return type(self), (self._plain,)

    def __copy__(self) -> Twin:
        return type(self)(copy.copy(self._plain))  # type: ignore[call-arg]

    def _replicate_for_data_parallel(self) -> nn.Module:
        """A copy with children to come, which torch fills in for a device."""
        replica = self._plain._replicate_for_data_parallel()
        twin: Any = type(self).__new__(type(self))
        twin._share(replica, self._form)
        return twin  # type: ignore[no-any-return]


class Fast(Twin, Network):
    """A network in its fast form, made of a plain one, whose twin it is.

    ValueError names a module that was replaced, or that has hooks, where the fast form does not
    call it.
    """

    _form: Form

    def __init__(self, plain: Network):
        if isinstance(plain, Fast):
            plain = plain._plain
        kind = type(plain)
        if kind.forward is not Network.forward or kind._run is not Network._run:
            raise ValueError(
                f"{kind.__name__} has a forward of its own, which the fast form does not call: "
                "call the plain model"
            )
        self._share(plain, Form(plain))
        self._form.check(self)

    def _run(self, x: Tensor) -> Tensor | Logits:
        if (
            torch.compiler.is_compiling()
            or torch.jit.is_tracing()
            or isinstance(x, torch.fx.Proxy)
            or any(getattr(_module, name) for name in EVERYWHERE)
        ):
            return super()._run(x)  # who reads or watches the modules sees them called
        return self.rest(x, 0)

    def drop_by(self, drop: Callable[[str, Tensor, float], Tensor] | None) -> None:
        """What dropout does in training, in place of torch's: called with row, values and rate."""
        self._form.drop = drop

    def normalise_by(self, norm: Callable[[Tensor, nn.Module], Tensor] | None) -> None:
        """What batch normalisation does in training, in place of torch's: called with values and
        the module, whose running mean and variance it moves."""
        self._form.norm = norm

    def rest(self, x: Tensor, done: int) -> Tensor | Logits:
        """The output, where the first `done` steps, in a line, ran elsewhere and gave x."""
        form = self._form
        heads = self.training and bool(form.heads)
        steps = form.train_steps if heads else form.eval_steps
        first = steps[done - 1].writes if done else 0
        kept = {form.out, *form.heads} if heads else {form.out}
        results: dict[int, Tensor] = {first: x} if first in kept else {}
        for value, out in self._stepwise(x, steps[done:], first):
            if value in kept:
                results[value] = out
            del out
        main = results[form.out]
        return Logits(main, tuple(results[v] for v in form.heads)) if heads else main

    def _stepwise(
        self, x: Tensor, steps: Sequence[PlannedStep], first: int
    ) -> Iterator[tuple[int, Tensor]]:
        """Each step's output, and its number."""
        self._form.check_others(self)
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
                out, known = self._form.rows[step.name](self, given)
                if not known:
                    theirs.add(step.writes)
            del given
            values[step.writes] = out
            yield step.writes, out
            del out


class Form:
    """How a network is computed fast: its steps, and what each row and block must be for that."""

    def __init__(self, plain: Network):
        own: dict[str, Any] = {step.name: step.part for step in plan(plain.net.body).steps}
        planned = plan(rewrite.fast(plain.net).net.body)
        kinds = plain._built.kinds
        self.drop: Callable[[str, Tensor, float], Tensor] | None = None
        self.norm: Callable[[Tensor, nn.Module], Tensor] | None = None
        self.train_steps, self.eval_steps = planned.of(heads=True), planned.of(heads=False)
        self.out, self.heads = planned.out, planned.heads
        self.rows = {
            step.name: RowInForm(step.name, own[step.name], step.part, kinds)
            for step in planned.steps
            if isinstance(step.part, Layer)
        }
        of_rows = {name for row in self.rows.values() for name in row.names}
        children = children_of(kinds)
        self.others = tuple(
            (name, tuple(name.split(".")), kind, children.get(name, ()))
            for name, kind in kinds.items()
            if name not in of_rows
        )

    def check(self, network: Network) -> None:
        """ValueError where a module that would not be called is not as it was built."""
        self.check_others(network)
        for row in self.rows.values():
            row.own(module_at(network, row.path), network.net.name)

    def check_others(self, network: Network) -> None:
        """ValueError where a block, or the activation after a sum, is not as it was built.

        A line of rows that somebody added to, or changed the order of, is another one.
        """
        for name, path, kind, children in self.others:
            module = module_at(network, path)
            line = kind is nn.Sequential
            if not as_built(module, kind) or (line and tuple(module._modules) != children):
                raise unknown(network.net.name, name, module)


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
        self.drops = isinstance(layer, Dropout)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the row's module and of those within it."""
        return (self.name, *(f"{self.name}.{one}" for one, _ in self.children))

    def __call__(self, network: Fast, given: list[Tensor]) -> tuple[Tensor, bool]:
        row = module_at(network, self.path)
        if not self.own(row, network.net.name):
            out: Tensor = row(given.pop())
            return out, False
        x = given.pop()
        drop = network._form.drop
        if self.drops and row.training and drop is not None:
            return drop(self.name, x, float(row.p)), True  # type: ignore[arg-type]
        if not self.children:
            if self.slides and slides(row.window):  # type: ignore[arg-type]
                return lrn(x, row.window), True  # type: ignore[arg-type]
            if self.alone:
                return activate(x, self.activation), True
            x = _called(network, row, x)
            return (activate_(x, self.activation) if self.moved else x), True
        pure = True
        for name, kind in self.children:
            module = row._modules[name]
            assert module is not None
            if name in ACTIVATES.values():
                continue
            pure = pure and as_built(module, kind)
            if name == "norm" and pure and not self.given_norm and not module.training:
                x = normalised_(x, module)
            else:
                x = _called(network, module, x)
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


def _called(network: Fast, module: nn.Module, x: Tensor) -> Tensor:
    """What a module makes of x; a normalisation in training as `normalise_by` says."""
    norm = network._form.norm
    if norm is not None and module.training and type(module) in NORMS:
        return norm(x, module)
    out: Tensor = module(x)
    return out


def children_of(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The names of each module's children, by its own, of the full names of all."""
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        parent, _, child = name.rpartition(".")
        found[parent] = (*found.get(parent, ()), child)
    return found


def as_built(module: nn.Module | None, kind: Kind) -> bool:
    """True where a module is of the kind that was built, without hooks or a forward of its own."""
    if module is None or type(module) is not kind or is_changed(module):
        return False
    return kind is not nn.ReLU6 or (module.min_val, module.max_val) == (0.0, 6.0)


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
