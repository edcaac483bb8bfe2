"""Net to nn.Module: parameters have the rows' names, activations go after their last use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from .. import rewrite
from ..spec import HE, Add, Concat, Initialisation, Layer, Net, Shape, rows_of, shown, walk
from .activations import activate
from .changes import check_replaceable, hooked, replaced, watched
from .group import Group
from .initialisation import initialise
from .input_check import InputCheck, check_kind
from .layers import Add as AddModule
from .layers import Concat as ConcatModule
from .layers import module
from .memory import check_memory, too_large
from .plan import PlannedStep, plan


class Logits(NamedTuple):
    """What a network with auxiliary heads gives in training: main and aux, each (N, classes)."""

    main: Tensor
    aux: tuple[Tensor, ...]


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
        rows = own if self.form.body == net.body else rows_of(self.form.body, self.form.input)
        shapes = {row.name: row.input for row in rows}
        planned = plan(self.form.body)
        self._calls = {
            step.name: self._add(step.name, step.part, shapes[step.name]) for step in planned.steps
        }
        for row in own:
            words = ", ".join((row.kind_and_window, shown(row.out), *row.details))
            self._calls[row.name].words = words  # type: ignore[assignment]
        self._out, self._heads = planned.out, planned.heads
        self._train_steps, self._eval_steps = planned.of(heads=True), planned.of(heads=False)
        self._inner = tuple(self.modules())[1:]
        self._ends = self._names_by_end(list(self._calls))
        self._replaced = False
        self._check = InputCheck(net)
        has = {row.name: row.activation for row in own}
        # a rewrite may move an activation to a later row; a feature has it all the same
        self._late = {r.name: has.get(r.name) for r in rows if r.activation is None}

    @property
    def aux_weights(self) -> tuple[float, ...]:
        """How much the loss of each auxiliary head counts."""
        return self.net.aux_weights

    def _add(self, name: str, part: Layer | Concat | Add, shape: Shape) -> nn.Module:
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

        ValueError for what cannot be replaced.
        """
        foreign = replaced(self, self._calls, self.net.name)
        if foreign:
            check_replaceable(foreign, self.net, self.form)
            self._calls = {**self._calls, **foreign}
            self._inner = tuple(self.modules())[1:]
            self._replaced = True  # theirs may give back what they were given: none is overwritten

    def _run(
        self, x: Tensor, steps: Iterable[PlannedStep], first: int = 0, kept: bool = False
    ) -> Iterator[tuple[str, int, Tensor]]:
        """Each step's output; `kept`: the caller keeps some, so that none may be overwritten."""
        values: dict[int, Tensor] = {first: x}
        sparing = not (kept or self._replaced or watched(self._inner))
        del x
        for step in steps:
            reads = [values[i] for i in step.reads]
            for i in step.frees:
                del values[i]
            call = self._calls[step.name]
            own = sparing and "forward" not in call.__dict__  # nobody gave it another
            sparingly = getattr(call, "sparingly", None) if own else None
            out = call(*reads) if sparingly is None else sparingly(reads, step.over)
            del reads
            if not sparing:
                for group in self._ends.get(step.name, ()):
                    if hooked(group):
                        out = group.passed(out)
            values[step.writes] = out
            yield step.name, step.writes, out
            del out

    def _names_by_end(self, rows: Sequence[str]) -> dict[str, tuple[Group, ...]]:
        """The mere names of several layers, inner ones first, by the last row in them."""
        found: dict[str, list[Group]] = {}
        for name, at in self.named_modules():
            if isinstance(at, Group) and at._join is None:
                last = [row for row in rows if row.startswith(f"{name}.")][-1]
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
        known = {step.name: step for step in self._train_steps}
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
    check_memory(net)
    try:
        network = Network(net, net if reference else rewrite.fast(net).net)
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        raise too_large(net) from None
    initialise(network, initialisation, generator)
    return network
