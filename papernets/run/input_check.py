"""Pictures that do not fit a network: the error says which would.

What fits is not looked at closely: a network takes what its modules take, whoever put them there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import torch
from torch import Tensor, nn

from .. import rewrite
from ..spec import Net
from ..spec.smallest import what_works
from ..spec.walk import fixed_size, walk
from .builder import Built


class Checked(Protocol):
    """A network's module: its mode, and what it was built of."""

    training: bool
    _built: Built


class InputCheck:
    """Checks pictures against a network."""

    def __init__(self, net: Net):
        self._net = net
        self._fixed: dict[bool, bool] = {}

    def before(self, model: Checked, x: Tensor, heads: bool | None = None) -> None:
        """Raise where x is no batch of pictures, or its size is not that of the dense layers.

        `heads` is whether auxiliary heads see it; None: as the network's mode says. A size that
        modules in the place of ours may take is left to them.
        """
        if self._misfits(x, self._heads(model, heads)) and changed(model) is None:
            raise self._another_size(x)

    def of_form(self, x: Tensor) -> None:
        """As `before`, of a form for evaluation, in which every module is ours."""
        if self._misfits(x, False):
            raise self._another_size(x)

    def _misfits(self, x: Tensor, heads: bool) -> bool:
        """Whether x is of another size than dense layers take; raise where it is no batch."""
        name, (channels, *want) = self._net.name, self._net.input
        if not isinstance(x, Tensor):
            raise TypeError(
                f"{name} takes pictures as a tensor of shape "
                f"(N, {channels}, {want[0]}, {want[1]}), not a {type(x).__name__}"
            )
        if x.dim() != 4:
            raise self._another_shape(x)
        return list(x.shape[2:]) != want and self._is_fixed(heads)

    def strictly(self, model: Checked, x: Tensor) -> None:
        """As `before`; also where channels are not the network's, or a layer is too small for x."""
        self.before(model, x)
        if x.shape[1] != self._net.input[0]:
            raise self._another_shape(x)
        self._walk(x, self._heads(model, None))

    def explain(
        self, model: Checked, x: Tensor, error: RuntimeError, heads: bool | None = None
    ) -> None:
        """Raise a ValueError in place of torch's error, where pictures x do not fit the network.

        Nothing where other modules than ours are in it: torch's own error is the truth then.
        """
        if changed(model) is not None:
            return
        own = next(_module(model).parameters(), None)
        self.explain_form(x, own, error, self._heads(model, heads))

    def explain_form(
        self, x: Tensor, own: Tensor | None, error: RuntimeError, heads: bool = False
    ) -> None:
        """As `explain`, of a form in which every module is ours; `own` is one of its weights."""
        if x.shape[1] != self._net.input[0]:
            raise self._another_shape(x) from error
        if own is not None:
            check_kind(self._net.name, x, own, error)
        try:
            self._walk(x, heads)
        except ValueError as why:
            raise why from error

    def _walk(self, x: Tensor, heads: bool) -> None:
        """Raise ValueError that names a layer which is too small for x."""
        channels, height, width = x.shape[1:]
        if min(height, width) < 1:
            raise ValueError(f"{self._net.name}: pictures of {height}x{width} are empty")
        asked = self._asked(heads)
        walk(replace(asked, input=(channels, height, width)))

    def _heads(self, model: Checked, heads: bool | None) -> bool:
        return bool(model.training and model._built.aux_names) if heads is None else heads

    def _another_shape(self, x: Tensor) -> ValueError:
        channels, *size = self._net.input
        height, width = size if self._is_fixed(False) else ("H", "W")
        return ValueError(
            f"{self._net.name} takes pictures of shape (N, {channels}, {height}, {width}), "
            f"not {tuple(x.shape)}"
        )

    def _another_size(self, x: Tensor) -> ValueError:
        (_, *want), (height, width) = self._net.input, x.shape[2:]
        if x.shape[1] != self._net.input[0]:
            return self._another_shape(x)
        return ValueError(
            f"{self._net.name} was built for {want[0]}x{want[1]} pictures and its dense layers "
            f"are sized for them; this one is {height}x{width}. {self._ways(height, width)}"
        )

    def _ways(self, height: int, width: int) -> str:
        """How to build the network for pictures of another size."""
        ways = []
        if _walks(self._net, height, width):
            ways.append(f"with input=({height}, {width})")
        if _walks(rewrite.dense(self._net).net, height, width):
            ways.append("with dense=True for a map of outputs")
        return f"Build it {', or '.join(ways)}" if ways else f"T{what_works(self._net)[1:]}"

    def _asked(self, heads: bool) -> Net:
        return self._net if heads else rewrite.without_heads(self._net).net

    def _is_fixed(self, heads: bool) -> bool:
        """True where dense layers are sized for the net's own input."""
        if heads not in self._fixed:
            self._fixed[heads] = fixed_size(self._asked(heads))
        return self._fixed[heads]


def _walks(net: Net, height: int, width: int) -> bool:
    try:
        return bool(walk(replace(net, input=(net.input[0], height, width))))
    except ValueError:
        return False


def check_kind(name: str, x: Tensor, own: Tensor, error: RuntimeError) -> None:
    """Raise ValueError where pictures have another kind of number than a network's weights."""
    if x.dtype == own.dtype or torch.is_autocast_enabled(x.device.type):
        return
    kind, wanted = (str(t.dtype).removeprefix("torch.") for t in (x, own))
    instead = f"x.to(torch.{wanted})" + (" / 255, say" if not x.is_floating_point() else "")
    raise ValueError(
        f"{name} has {wanted} weights, these pictures are {kind}: give {instead}, or "
        "change the network's: model.double(), model.half()"
    ) from error


def _module(model: Checked) -> nn.Module:
    assert isinstance(model, nn.Module)
    return model


def changed(model: Checked) -> str | None:
    """The name of the first module that is of another kind than the one that was built there."""
    there = {name: type(module) for name, module in _module(model).named_modules() if name}
    for name, kind in model._built.kinds.items():
        if there.get(name) is not kind:
            return name
    return None
