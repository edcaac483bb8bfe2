"""The optimised form: a network for evaluation alone, with its weights folded once.

It is made of a plain module by the rewrites of `rewrite.optimise`, whose values it equals but for
rounding. Weights that the rewrites leave alone are the plain module's own tensors; the others are
its own. What is done to the plain module afterwards is not seen: make the form anew.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import torch
from torch import Tensor, nn

from ..rewrite.forms import Maps, Shift, SlidingLRN
from ..rewrite.optimise import STEPS, Steps, optimised
from ..spec import Add, BatchNorm, Concat, Conv, Flatten, Layer, Net, Shape, rows_of
from .activations import activate, activate_
from .block import module_at
from .fast import joined
from .input_check import InputCheck
from .lrn import lrn
from .made import Weights, made, weights_of
from .network import Network
from .packed import NAMES, Dense, Packed, dense, packed, packs
from .plan import Summed, joined_once, plan, summed_at_once
from .rows import row_module
from .unchanged import check_unchanged

SIZES = 2
"""Sizes of batches for which kernels are kept laid out: a full batch, and the last."""


class Optimised(nn.Module):
    """A network in its optimised form: (N, C, H, W) to logits, in evaluation alone.

    `net` is the network that it was made of, `form` what it computes, `changes` what was done. Its
    parameters have the names of `form`'s rows, and take no gradients. ValueError names a module of
    the plain network that was replaced, set otherwise or hooked. `steps` are the rewrites.
    """

    def __init__(self, plain: Network, steps: Steps = STEPS):
        super().__init__()
        check_unchanged(plain, "the optimised form")
        self.net: Net = plain.net
        done = optimised(plain.net, steps)
        self.form, self.changes = done.net, done.changes
        planned = summed_at_once(joined_once(plan(done.net.body)))
        self._steps, self._out = planned.of(heads=False), planned.out
        self._check = InputCheck(plain.net)
        weights = made(weights_of(plain.net, plain.state_dict()), done.made)
        self._shapes = {row.name: row.input for row in rows_of(done.net.body, done.net.input)}
        self._forget()
        flat = {0: False}
        for step in self._steps:
            flat[step.writes] = flat[step.reads[0]] or isinstance(step.part, Flatten)
            layer = step.part.conv if isinstance(step.part, Summed) else step.part
            if isinstance(layer, Layer) and _has_module(layer):
                module = _module(layer, self._shapes[step.name], flat[step.reads[0]])
                _load(module, step.name, layer, weights)
                _place(self, step.name, module)
        super().train(False)

    def forward(self, x: Tensor) -> Tensor:
        if torch.compiler.is_compiling() or torch.jit.is_tracing():
            return self._run(x, packing=False)
        self._check.of_form(x)
        try:
            return self._run(x, packs(x))
        except RuntimeError as error:
            self._check.explain_form(x, next(self.parameters(), None), error)
            raise

    def _run(self, x: Tensor, packing: bool) -> Tensor:
        if packing:
            x = x.contiguous(memory_format=torch.channels_last)
        values: dict[int, Tensor] = {0: x}
        del x
        for step in self._steps:
            given = [values[at] for at in step.reads]
            for at in step.frees:
                del values[at]
            part = step.part
            if isinstance(part, Concat | Add):
                values[step.writes] = joined(part, given, step.over)
            elif isinstance(part, Summed):
                x, other = given
                del given
                values[step.writes] = self._conv(step.name, x, part.activation, packing, other)
                del x, other
                continue
            else:
                values[step.writes] = self._layer(step.name, part, given.pop(), packing)
            del given
        return values[self._out]

    def _layer(self, name: str, layer: Layer, x: Tensor, packing: bool) -> Tensor:
        if isinstance(layer, Conv):
            return self._conv(name, x, layer.activation, packing)
        if isinstance(layer, Maps):
            return activate(x[:, layer.start : layer.stop], layer.activation)
        if not _has_module(layer):
            return activate(x, layer.activation)
        module = module_at(self, name.split("."))
        if packing and type(module) is nn.Linear and x.dim() == 2 and layer.activation in NAMES:
            own = self._dense_of(name, module, len(x))
            return own(x, layer.activation)
        if isinstance(layer, SlidingLRN):
            return lrn(x, module.window)  # type: ignore[arg-type]
        return activate_(module(x), layer.activation)

    def _conv(
        self,
        name: str,
        x: Tensor,
        activation: str | None,
        packing: bool,
        other: Tensor | None = None,
    ) -> Tensor:
        """The activation of a row's convolution, or of its sum with another value."""
        if packing and activation in NAMES and (own := self._packed_of(name, len(x))) is not None:
            return own(x, activation, other)
        out: Tensor = module_at(self, name.split("."))(x)
        return activate_(out if other is None else out.add_(other), activation)

    def _packed_of(self, name: str, batch: int) -> Packed | None:
        """A row's convolution with its kernels laid out for a size of batch, once.

        The best layout changes with it; those of the last sizes are kept.
        """
        kept = self._packed.get(batch)
        if kept is None:
            for old in list(self._packed)[: 1 - SIZES]:
                self._packed.pop(old, None)
            kept = self._packed.setdefault(batch, {})
        if name not in kept:
            module = module_at(self, name.split("."))
            kept[name] = packed(module, (batch, *self._shapes[name]))
        return kept[name]

    def _dense_of(self, name: str, module: nn.Linear, batch: int) -> Dense:
        """A row's dense layer with its weights laid out for one picture, or for several, once."""
        key = (name, batch > 1)
        if key not in self._dense:
            self._dense[key] = dense(module, batch)
        return self._dense[key]

    def _forget(self) -> None:
        """Lay out all weights anew."""
        self._packed: dict[int, dict[str, Packed | None]] = {}
        self._dense: dict[tuple[str, bool], Dense] = {}

    def _apply(self, *given: Any, **named: Any) -> Optimised:
        self._forget()  # of weights that move, or become of another kind
        super()._apply(*given, **named)
        return self

    def load_state_dict(self, *given: Any, **named: Any) -> Any:
        """As torch's."""
        self._forget()
        return super().load_state_dict(*given, **named)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_packed": {}, "_dense": {}}  # what is laid out is made anew

    def train(self, mode: bool = True) -> Optimised:
        """Nothing for False. ValueError for True: it is no form to train in."""
        if mode:
            raise ValueError(
                f"the optimised form of {self.net.name} is for evaluation alone: its normalisation "
                "is folded into its weights. Train the network that it was made of, then make the "
                "form anew: papernets.optimised(model)"
            )
        return self

    def requires_grad_(self, requires_grad: bool = True) -> Optimised:
        """As `train`: ValueError where its weights are to have gradients."""
        return self.train(requires_grad)

    def extra_repr(self) -> str:
        return f"{self.net.name}, optimised for evaluation"


class Shifted(nn.Module):
    """A bias a map added: (N, C, H, W) to the same."""

    bias: Tensor

    def __init__(self, maps: int):
        super().__init__()
        self.bias = nn.Parameter(torch.empty(maps))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.bias.view(1, -1, 1, 1)


def _has_module(layer: Layer) -> bool:
    """Whether a row needs one: an activation, and a choice of maps, do not."""
    return bool(layer.operation and not isinstance(layer, Maps)) or isinstance(layer, BatchNorm)


def _module(layer: Any, shape: Shape, flat: bool) -> nn.Module:
    """The module of a row without its activation, and without values in its weights."""
    if any(field.name == "activation" for field in fields(layer)):
        layer = replace(layer, activation=None)
    with torch.device("meta"):
        return Shifted(shape[0]) if isinstance(layer, Shift) else row_module(layer, shape, flat)


def _load(module: nn.Module, name: str, layer: Any, weights: Weights) -> None:
    """Give a row's module its weights, which take no gradients."""
    own = module if isinstance(layer, BatchNorm) else module._modules.get(layer.operation, module)
    assert own is not None
    norm = "norm." if isinstance(layer, BatchNorm) else ""
    groups: tuple[dict[str, Any], ...] = (own._parameters, own._buffers)
    for held in groups:
        for leaf, before in held.items():
            if before is None:
                continue
            value = weights[name, norm + leaf].detach()
            if value.shape != before.shape:
                raise ValueError(
                    f"{name} has a {leaf} of shape {tuple(value.shape)}, not "
                    f"{tuple(before.shape)}: somebody changed it"
                )
            of_parameter = held is own._parameters
            held[leaf] = nn.Parameter(value, requires_grad=False) if of_parameter else value


def _place(own: nn.Module, name: str, module: nn.Module) -> None:
    """Put a module under a row's name, in modules that are mere names."""
    *outer, last = name.split(".")
    for part in outer:
        own = own._modules.setdefault(part, nn.Module())  # type: ignore[assignment]
    own._modules[last] = module  # whatever attributes a module has


__all__ = ["Optimised"]
