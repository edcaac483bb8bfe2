"""Net to nn.Module: parameters have the rows' names, activations go after their last use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules import module as _module

from .. import rewrite
from ..rewrite.schedule import Step as Planned
from ..rewrite.schedule import schedule
from ..show.explain import kind_cell
from ..spec import HE, Add, Concat, Initialisation, Layer, Net, Shape, shown
from ..spec.walk import walk
from .activations import activate
from .initialisation import initialise
from .input_check import InputCheck, check_kind
from .layers import Add as AddModule
from .layers import Concat as ConcatModule
from .layers import module
from .memory import check_room, too_large

EVERYWHERE = (
    "_global_forward_hooks",
    "_global_forward_pre_hooks",
    "_global_backward_hooks",
    "_global_backward_pre_hooks",
)
"""Where torch keeps hooks on all modules."""


class Logits(NamedTuple):
    """What a network with auxiliary heads gives in training: main and aux, each (N, classes)."""

    main: Tensor
    aux: tuple[Tensor, ...]


@dataclass(frozen=True)
class Step:
    """One call: the values it reads, the one it writes, if it is a head's, and what it frees."""

    name: str
    call: nn.Module
    reads: tuple[int, ...]
    writes: int
    aux: bool
    frees: tuple[int, ...] = ()
    over: int | None = None


class Group(nn.Module):
    """Modules under a common name. A block is called with its branches' outputs and joins them; a
    mere name for several layers is called, if it has hooks, with what the last of them gave."""

    words = ""
    _join: Any
    _passing = False

    def __init__(self) -> None:
        super().__init__()
        object.__setattr__(self, "_join", None)  # not a child: it has no name of its own

    def forward(self, *branches: Tensor) -> Tensor:
        """What the block gives: its branches (N, C, H, W) joined."""
        if self._join is None:
            if len(branches) == 1 and self._passing:
                return branches[0]
            raise ValueError(
                f"a name for {', '.join(self._modules)} is no layer: call the network, or "
                "model.features(x, names)"
            )
        join: nn.Module = self._join
        out: Tensor = join(*branches)
        return out

    def passed(self, out: Tensor) -> Tensor:
        """What the last layer of a mere name gave, shown to the hooks on it."""
        self._passing = True
        try:
            shown: Tensor = self(out)
        finally:
            self._passing = False
        return shown

    @property
    def sparingly(self) -> Callable[[list[Tensor], int | None], Tensor] | None:
        """How the join is done with less memory, if it is."""
        return getattr(self._join, "sparingly", None)

    def extra_repr(self) -> str:
        return self.words


def _hooked(m: nn.Module) -> bool:
    """True where a module itself has hooks that must see it called."""
    return bool(
        m._forward_hooks or m._forward_pre_hooks or m._backward_hooks or m._backward_pre_hooks
    )


class Network(nn.Module):
    """A network: (N, C, H, W) to logits (N, classes), or (N, classes, H', W') in the dense form.

    In training, a network with auxiliary heads gives `Logits(main, aux)`; in evaluation always the
    logits alone.
    """

    def __init__(self, net: Net, form: Net | None = None):
        """`form` is the network as computed: a rewrite of `net` with the same values and names."""
        super().__init__()
        self.net = net
        self.form = net if form is None else form
        own = walk(net)
        rows = own if self.form.body == net.body else walk(self.form)
        shapes = {row.name: row.input for row in rows}
        words = {r.name: ", ".join((kind_cell(r), shown(r.out), *r.details)) for r in own}
        plan = schedule(self.form.body)
        calls = {
            step.name: self._call(step.name, step.part, shapes[step.name]) for step in plan.steps
        }
        for name, call in calls.items():
            call.words = words[name]  # type: ignore[assignment]
        self._out, self._heads = plan.out, plan.heads
        self._steps, self._train_steps, self._eval_steps = (
            tuple(_step(step, calls[step.name]) for step in steps)
            for steps in (plan.steps, plan.of(heads=True), plan.of(heads=False))
        )
        self._inner = tuple(self.modules())[1:]
        self._ends = self._names_by_end(plan.steps)
        self._replaced = False
        self._check = InputCheck(net)
        has = {row.name: row.activation for row in own}
        # a rewrite may move an activation to a later row; a feature has it all the same
        self._late = {r.name: has.get(r.name) for r in rows if r.activation is None}

    @property
    def aux_weights(self) -> tuple[float, ...]:
        """How much the loss of each auxiliary head counts."""
        return self.net.aux_weights

    def _call(self, name: str, part: Layer | Concat | Add, shape: Shape) -> nn.Module:
        """The module of a layer, under its name, or of a join."""
        if isinstance(part, Concat | Add):
            block = self._group(name.split("."))
            object.__setattr__(
                block, "_join", ConcatModule() if isinstance(part, Concat) else AddModule(part)
            )
            return block
        call = module(part, shape)
        self._place(name, call)
        return call

    def _group(self, names: list[str]) -> nn.Module:
        at: nn.Module = self
        for name in names:
            if name not in at._modules:
                at.add_module(name, Group())
            at = at._modules[name]  # type: ignore[assignment]
        return at

    def _place(self, name: str, call: nn.Module) -> None:
        *groups, last = name.split(".")
        at = self._group(groups)
        try:
            at.add_module(last, call)
        except KeyError:
            raise ValueError(
                f"{name}: torch's modules have an attribute {last!r}; call the layer otherwise"
            ) from None

    def _adopt(self) -> None:
        """Call the modules that somebody put in the place of ours: `model.fc = nn.Linear(512, 2)`.

        ValueError where a row's module was taken away, a block replaced as a whole, or a row that a
        rewrite computes together with another.
        """
        foreign: dict[str, nn.Module] = {}
        for step in self._steps:
            at = self._at(step.name)
            if at is step.call:
                continue
            if at is None:
                raise ValueError(
                    f"{step.name} was taken out of {self.net.name}, which needs it. Replace single "
                    "layers by modules; a network without its auxiliary heads: aux=False"
                )
            foreign[step.name] = at
        if foreign:
            self._take(foreign)

    def _at(self, name: str) -> nn.Module | None:
        """The module that stands under a row's name now, if one does."""
        at: nn.Module | None = self
        for part in name.split("."):
            at = at._modules.get(part) if at is not None else None
        return at

    def _take(self, foreign: dict[str, nn.Module]) -> None:
        own, form = (
            {step.name: step.part for step in schedule(net.body).steps}
            for net in (self.net, self.form)
        )
        for name in foreign:
            if own[name] != form[name]:
                raise ValueError(
                    f"{name} was replaced, but the fast form computes it together with the row "
                    "beside it. Replace it in the plain form: build(net, reference=True) of "
                    "papernets.run.network"
                )

        def changed(steps: tuple[Step, ...]) -> tuple[Step, ...]:
            return tuple(replace(step, call=foreign.get(step.name, step.call)) for step in steps)

        self._steps, self._train_steps, self._eval_steps = map(
            changed, (self._steps, self._train_steps, self._eval_steps)
        )
        self._inner = tuple(self.modules())[1:]
        self._replaced = True  # theirs may give back what they were given: nothing is overwritten

    def _run(
        self, x: Tensor, steps: Iterable[Step], first: int = 0, kept: bool = False
    ) -> Iterator[tuple[str, int, Tensor]]:
        """Each step's output; `kept`: the caller keeps some, so that none may be overwritten."""
        values: dict[int, Tensor] = {first: x}
        sparing = not (kept or self._replaced or self._watched())
        del x
        for step in steps:
            reads = [values[i] for i in step.reads]
            for i in step.frees:
                del values[i]
            own = sparing and "forward" not in step.call.__dict__  # nobody gave it another
            sparingly = getattr(step.call, "sparingly", None) if own else None
            out = step.call(*reads) if sparingly is None else sparingly(reads, step.over)
            del reads
            if not sparing:
                for group in self._ends.get(step.name, ()):
                    if _hooked(group):
                        out = group.passed(out)
            values[step.writes] = out
            yield step.name, step.writes, out
            del out

    def _watched(self) -> bool:
        """True where somebody's hook must see each module called, or a compiler reads the code."""
        if torch.compiler.is_compiling() or any(getattr(_module, name) for name in EVERYWHERE):
            return True
        return any(map(_hooked, self._inner))

    def _names_by_end(self, steps: Iterable[Planned]) -> dict[str, tuple[Group, ...]]:
        """The mere names of several layers, inner ones first, by the last row in them."""
        found: dict[str, list[Group]] = {}
        names = [step.name for step in steps]
        for name, at in self.named_modules():
            if isinstance(at, Group) and at._join is None:
                last = [row for row in names if row.startswith(f"{name}.")][-1]
                found.setdefault(last, []).insert(0, at)
        return {row: tuple(groups) for row, groups in found.items()}

    def forward(self, x: Tensor) -> Tensor | Logits:
        if not torch.compiler.is_compiling():
            self._adopt()
        self.check(x)
        return self.rest(x, 0)

    def check(self, x: Tensor) -> None:
        """Raise ValueError where pictures x do not fit the network in its present mode."""
        self._check(x, self.training and bool(self._heads))
        own = next(self.parameters(), None)
        if own is not None and not torch.compiler.is_compiling():
            check_kind(self.net.name, x, own)

    def rest(self, x: Tensor, done: int) -> Tensor | Logits:
        """The output, where the first `done` steps, in a line, ran elsewhere and gave x."""
        heads = self.training and bool(self._heads)
        steps = self._train_steps if heads else self._eval_steps
        first = steps[done - 1].writes if done else 0
        kept = {self._out, *self._heads} if heads else {self._out}
        results: dict[int, Tensor] = {first: x} if first in kept else {}
        for _, value, out in self._run(x, steps[done:], first):
            if value in kept:
                results[value] = out
            del out
        main = results[self._out]
        return Logits(main, tuple(results[v] for v in self._heads)) if heads else main

    def features(self, x: Tensor, names: Iterable[str]) -> dict[str, Tensor]:
        """The outputs of these rows, by name; heads' rows too. An unknown name is a ValueError.

        One name may be given alone.
        """
        if not isinstance(names, Iterable):
            raise TypeError(f"features takes names of rows, not {names!r}: model.features(x, 'fc')")
        wanted = [names] if isinstance(names, str) else list(names)
        known = {step.name: step for step in self._steps}
        for name in wanted:
            if name not in known:
                raise ValueError(
                    f"{self.net.name} has no row {name!r}; its rows: {', '.join(known)}"
                )
        heads = any(known[name].aux for name in wanted)
        self._check(x, heads)
        steps = self._train_steps if heads else self._eval_steps
        found = {
            name: activate(out, self._late.get(name))
            for name, _, out in self._run(x, steps, kept=True)
            if name in wanted
        }
        return {name: found[name] for name in wanted}


def _step(step: Planned, call: nn.Module) -> Step:
    return Step(step.name, call, step.reads, step.writes, step.aux, step.frees, step.over)


def build(
    net: Net,
    reference: bool = False,
    generator: torch.Generator | None = None,
    initialisation: Initialisation = HE,
) -> Network:
    """The network as a module with fresh parameters, drawn by this rule from `generator`.

    `reference` builds the plain form, in which the walk and torch's FLOP counter agree; otherwise
    the form is rewritten to be fast, with the same values and the same parameter names. ValueError
    where its parameters, or what it makes of one picture, do not fit into this machine's memory.
    """
    check_room(net)
    try:
        network = Network(net, net if reference else rewrite.fast(net).net)
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        raise too_large(net) from None
    initialise(network, initialisation, generator)
    return network


def layout(net: Net) -> dict[str, torch.Size]:
    """The shape of every tensor of our state_dict; nothing is allocated."""
    with torch.device("meta"):
        return {name: tensor.shape for name, tensor in build(net).state_dict().items()}
