"""A chain as an ordinary citizen of autograd, and the network that runs on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, pairwise
from threading import Lock
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from ..fast import Fast
from ..network import Logits
from .chain import Chain, Params, bytes_kept
from .links import ConvLink, DenseLink, Links

KEPT = 2
"""How many chains are kept: one for the full batches of an epoch, one for its last."""
ROOM = 1 << 30
"""A chain that would need more bytes is not made: the layers run one by one."""


class Turns:
    """A chain and the number of its last forward pass, whose values its buffers hold."""

    def __init__(self, chain: Chain, parts: Sequence[slice]):
        self.chain, self.parts = chain, parts
        self.turn, self.lock = 0, Lock()

    def grouped(self, params: Sequence[Tensor]) -> Params:
        """A flat list of parameters by stage."""
        return [params[part] for part in self.parts]

    def forward(self, x: Tensor, params: Sequence[Tensor]) -> tuple[Tensor, int]:
        """The values, and the number of this turn."""
        with self.lock:
            self.turn += 1
            return self.chain.forward(x, self.grouped(params)), self.turn

    def backward(
        self, turn: int, grad: Tensor, x: Tensor, params: Sequence[Tensor]
    ) -> list[Tensor]:
        """The parameters' gradients; the turn is computed again if others came after it."""
        with self.lock:
            grouped = self.grouped(params)
            if turn != self.turn:
                self.turn += 1  # the buffers are those of no other turn now
                self.chain.forward(x, grouped)
            return self.chain.backward(grad, grouped)


class _OnTiles(torch.autograd.Function):
    """Pictures and parameters to values; pictures get no gradient."""

    @staticmethod
    def forward(ctx: Any, turns: Turns, x: Tensor, *params: Tensor) -> Tensor:
        values, ctx.turn = turns.forward(x, params)
        ctx.turns = turns
        ctx.save_for_backward(x, *params)
        return values

    @staticmethod
    @once_differentiable  # type: ignore[misc,untyped-decorator]
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, *params = ctx.saved_tensors  # torch says so if one was changed in place since
        grads = ctx.turns.backward(ctx.turn, grad, x, params)
        needed = ctx.needs_input_grad[2:]
        return None, None, *(g if n else None for g, n in zip(grads, needed, strict=True))


class Tiled:
    """A network whose first layers run as one chain: the same parameters, logits but for rounding.

    Call it as the network. What a chain cannot do (other types and devices, autocast, inference
    mode, gradients of the pictures, hooks on layers, too little room) is left to the network
    itself, call by call.
    """

    def __init__(self, network: Fast, links: Links):
        self.network, self.links = network, links
        self._chains: dict[tuple[int, ...], Turns] = {}
        every: list[ConvLink | DenseLink] = [*links.convs, *links.denses]
        self._slots = [slot for link in every for slot in link.slots]
        ends = list(accumulate((len(link.slots) for link in every), initial=0))
        self._parts = [slice(a, b) for a, b in pairwise(ends)]
        modules = [module for link in every for module in link.modules]
        self._hooks = [hooks for module in modules for hooks in _hooks(module)]

    def __call__(self, x: Tensor) -> Tensor | Logits:
        network = self.network
        params: list[Tensor] = [own[name] for own, name in self._slots]  # type: ignore[misc]
        turns = self._turns(x) if self._can(x, params) else None
        if turns is None:
            out: Tensor | Logits = network(x)
            return out
        values: Tensor = _OnTiles.apply(turns, x, *params)  # type: ignore[no-untyped-call]
        return network.rest(values, self.links.steps)

    def gradients(
        self,
        x: Tensor,
        loss_of: Callable[[Tensor | Logits], Tensor],
        wanted: Sequence[Tensor],
    ) -> tuple[Tensor, list[Tensor]]:
        """The loss of what the network gives, and its gradient by each of these parameters.

        As autograd's, with less of its work for each step.
        """
        params: list[Tensor] = [own[name] for own, name in self._slots]  # type: ignore[misc]
        turns = self._turns(x) if self._can(x, params) else None
        if turns is None:
            loss = loss_of(self.network(x))
            return loss.detach(), list(torch.autograd.grad(loss, wanted))
        with torch.no_grad():
            values, turn = turns.forward(x, params)
        loss = loss_of(self.network.rest(values.requires_grad_(), self.links.steps))
        chained = {id(p) for p in params}
        rest = [p for p in wanted if id(p) not in chained]
        grad, *others = torch.autograd.grad(loss, [values, *rest])
        with torch.no_grad():
            found = turns.backward(turn, grad, x, params)
        by = {id(p): g for p, g in zip([*params, *rest], [*found, *others], strict=True)}
        return loss.detach(), [by[id(p)] for p in wanted]

    def _turns(self, x: Tensor) -> Turns | None:
        """The chain for pictures of this shape, made if there is none; None if it is too large."""
        self.network._check.before(self.network, x)
        key = tuple(x.shape)
        turns = self._chains.pop(key, None)
        if turns is None:
            self.network._check.strictly(self.network, x)
            count, *shape = key
            if bytes_kept(self.links, (shape[0], shape[1], shape[2]), count) > ROOM:
                return None
            chain = Chain(self.links, (shape[0], shape[1], shape[2]), count)
            turns = Turns(chain, self._parts)
            while len(self._chains) >= KEPT:
                del self._chains[
                    next(iter(self._chains))
                ]  # the one that was used the longest time ago
        self._chains[key] = turns
        return turns

    def _can(self, x: Tensor, params: Sequence[Tensor]) -> bool:
        """True where pictures, parameters and torch's present modes are what a chain is for."""
        return (
            x.dim() == 4
            and len(x) > 0
            and not x.requires_grad
            and x.layout == torch.strided
            and all(t.dtype is torch.float32 and t.is_cpu for t in (x, *params))
            and not any(self._hooks)
            and not torch.is_autocast_enabled("cpu")
            and not torch.is_inference_mode_enabled()
            and not torch.compiler.is_compiling()
        )


def _hooks(module: torch.nn.Module) -> tuple[Mapping[int, Any], ...]:
    """The tables of a module's hooks, empty where it has none: a chain would not call them."""
    return (
        module._forward_hooks,
        module._forward_pre_hooks,
        module._backward_hooks,
        module._backward_pre_hooks,
    )
