"""Net to nn.Module: the plain form, an ordinary composition of modules called as the rows are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import torch
import torch.fx
from torch import Tensor

from ..spec import HE, Add, Concat, Initialisation, Net, each_part, shown, walk
from ..spec.tensors import names_today
from ..words import by, plural
from .block import Block, Heads, Look, computed
from .builder import Builder, Built, settings_of
from .initialisation import initialise
from .input_check import InputCheck
from .memory import check_memory, too_large
from .plan import plan


class Logits(NamedTuple):
    """What a network with auxiliary heads gives in training: main and aux, each (N, classes)."""

    main: Tensor
    aux: tuple[Tensor, ...]


class Network(Block):
    """A network: (N, C, H, W) to logits (N, classes), or (N, classes, H', W') in the dense form.

    In training, a network with auxiliary heads gives `Logits(main, aux)`; in evaluation always the
    logits alone. Its children are the network's rows and blocks under their names, each of which
    can be called, hooked and replaced.
    """

    def __init__(self, net: Net):
        super().__init__()
        self.net = net
        rows = walk(net)
        joins = (row for row in rows if isinstance(row.layer, Concat | Add))
        words = {r.name: ", ".join((r.kind_and_window, shown(r.out), *r.details)) for r in joins}
        parts = (name for name, _ in each_part(net.body))
        builder = Builder({row.name: row.input for row in rows}, words, parts)
        self._line, _ = builder.line(self, "", net.body, flat=False)
        self._built = Built(
            tuple(row.name for row in rows),
            frozenset(step.name for step in plan(net.body).steps if step.aux),
            len(net.aux_weights),
            builder.rows,
            {name: type(module) for name, module in self.named_modules() if name},
            {name: settings_of(module) for name, module in self.named_modules() if name},
        )
        self._check = InputCheck(net)
        self._words = f"{net.name}, {by(net.input)}, {plural(net.classes, 'class', 'classes')}"
        self.register_load_state_dict_pre_hook(_under_todays_names)

    left_out: tuple[str, ...] = ()
    """What was not taken of the weights that it was made with: names of tensors."""
    origin: object = None
    """Where it came from, for `papernets.save`."""

    @property
    def aux_weights(self) -> tuple[float, ...]:
        """How much the loss of each auxiliary head counts."""
        return self.net.aux_weights

    def forward(self, x: Tensor) -> Tensor | Logits:  # type: ignore[override]
        if torch.compiler.is_compiling() or torch.jit.is_tracing():
            return self._run(x)
        if not isinstance(x, torch.fx.Proxy):
            self._check.before(self, x)
        try:
            return self._run(x)
        except RuntimeError as error:
            self._check.explain(self, x, error)
            raise

    def _run(self, x: Tensor) -> Tensor | Logits:
        """As calling it, without a look at the pictures."""
        if not (self.training and self._built.aux_names):
            return computed(self, self._line, x, None)
        heads: Heads = []
        main = computed(self, self._line, x, heads)
        if len(heads) != self._built.heads:
            raise ValueError(
                f"of the {self._built.heads} auxiliary heads of {self.net.name} {len(heads)} "
                "answered: a block with a head in it was wrapped, replaced or given a hook that "
                "changes what it is called with. Do so to what lies within the block, or build the "
                "network with aux=False"
            )
        return Logits(main, tuple(heads))

    def features(self, x: Tensor, names: Iterable[str]) -> dict[str, Tensor]:
        """The outputs of these rows and blocks, by name; heads' rows too.

        One name may be given alone; an unknown one is a ValueError.
        """
        wanted = names_wanted(self.net.name, names, self._built.names)
        heads: Heads | None = [] if self._built.aux_names.intersection(wanted) else None
        self._check.before(self, x, heads is not None)
        found: dict[str, Tensor] = {}
        with ExitStack() as stack:
            for name in dict.fromkeys(wanted):
                stack.enter_context(self._seen(name, found))
            try:
                computed(self, self._line, x, heads)
            except RuntimeError as error:
                self._check.explain(self, x, error, heads is not None)
                raise
        return {name: found[name] for name in wanted}

    @contextmanager
    def _seen(self, name: str, found: dict[str, Tensor]) -> Iterator[None]:
        """While it lasts, the output of a row is put into `found`, by this thread's calls alone."""
        look = Look(name, found)
        handle = self.get_submodule(self._built.outputs[name]).register_forward_hook(look)
        try:
            yield
        finally:
            handle.remove()


def _under_todays_names(
    model: Network, state: dict[str, Tensor], prefix: str, metadata: object, *rest: object
) -> None:
    """Give tensors of a state_dict of November 2026 the names that they have now."""
    own = (name for name, _ in (*model.named_parameters(), *model.named_buffers()))
    if any(f"{prefix}{name}" not in state for name in own):
        for earlier, name in names_today(model.net, state, prefix).items():
            state[name] = state.pop(earlier)


def names_wanted(network: str, names: Iterable[str], known: Iterable[str]) -> list[str]:
    """Names of rows as a list; ValueError for one that the network does not have."""
    if not isinstance(names, Iterable):
        raise TypeError(f"features takes names of rows, not {names!r}: model.features(x, 'fc')")
    wanted = [names] if isinstance(names, str) else list(names)
    there = dict.fromkeys(known)
    for name in wanted:
        if name not in there:
            raise ValueError(f"{network} has no row {name!r}; its rows: {', '.join(there)}")
    return wanted


def build(
    net: Net, generator: torch.Generator | None = None, initialisation: Initialisation = HE
) -> Network:
    """The network as a module with fresh parameters, drawn by this rule from `generator`.

    ValueError where its parameters, or what it makes of one picture, do not fit into this machine's
    memory.
    """
    check_memory(net)
    try:
        network = Network(net)
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        raise too_large(net) from None
    initialise(network, net, initialisation, generator)
    return network
