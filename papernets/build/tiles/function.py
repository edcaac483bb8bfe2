"""A chain as an ordinary citizen of autograd, and the network that runs on it."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from ..network import Logits, Network
from .chain import Chain, Params, room
from .links import Links

KEPT = 2
"""How many chains are kept: one for the full batches of an epoch, one for its last."""
ROOM = 1 << 30
"""A chain that would need more bytes is not made: the layers run one by one."""


class Turns:
    """A chain and the number of its last forward pass, so that a backward pass knows whether the buffers are its own."""

    def __init__(self, chain: Chain, lengths: Sequence[int]):
        self.chain, self.lengths = chain, lengths
        self.turn, self.lock = 0, Lock()

    def grouped(self, params: Sequence[Tensor]) -> Params:
        """A flat list of parameters, detached, by stage."""
        rest = iter(params)
        return [[next(rest).detach() for _ in range(length)] for length in self.lengths]

    def forward(self, x: Tensor, params: Sequence[Tensor]) -> tuple[Tensor, int]:
        """The values, and the number of this turn."""
        with self.lock:
            self.turn += 1
            return self.chain.forward(x, self.grouped(params)), self.turn

    def backward(
        self, turn: int, grad: Tensor, x: Tensor, params: Sequence[Tensor]
    ) -> list[Tensor]:
        """The gradients of the parameters; another forward pass since that turn has the turn's computed again."""
        with self.lock:
            grouped = self.grouped(params)
            if turn != self.turn:
                self.chain.forward(x, grouped)
            self.turn += 1  # the buffers are used up
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
    """A network whose first layers run as one chain: the same parameters, and the same logits but for rounding.

    Call it as the network. What a chain cannot do (other types and devices, autocast, inference mode, gradients of
    the pictures, hooks on layers, too little room) is left to the network itself, call by call.
    """

    def __init__(self, network: Network, links: Links):
        self.network, self.links = network, links
        self._chains: dict[tuple[int, ...], Turns] = {}
        self._links = (*links.convs, *links.denses)

    def __call__(self, x: Tensor) -> Tensor | Logits:
        network = self.network
        params = [link.params for link in self._links]
        flat = [p for own in params for p in own]
        if not self._can(x, flat):
            out: Tensor | Logits = network(x)
            return out
        network.check(x)
        turns = self._chains.pop(tuple(x.shape), None)
        if turns is None:
            shape = (x.shape[1], x.shape[2], x.shape[3])
            if room(self.links, shape, len(x)) > ROOM:
                return network(x)  # type: ignore[no-any-return]
            turns = Turns(Chain(self.links, shape, len(x)), [len(own) for own in params])
        self._chains[tuple(x.shape)] = turns
        while len(self._chains) > KEPT:
            del self._chains[next(iter(self._chains))]
        values: Tensor = _OnTiles.apply(turns, x, *flat)  # type: ignore[no-untyped-call]
        return network.rest(values, self.links.steps)

    def _can(self, x: Tensor, params: Sequence[Tensor]) -> bool:
        return (
            x.dim() == 4
            and len(x) > 0
            and not x.requires_grad
            and all(
                t.dtype == torch.float32 and t.device.type == "cpu" and t.layout == torch.strided
                for t in (x, *params)
            )
            and not torch.is_autocast_enabled("cpu")
            and not torch.is_inference_mode_enabled()
            and not torch.compiler.is_compiling()
            and not any(_hooked(m) for link in self._links for m in link.modules)
        )


def _hooked(module: torch.nn.Module) -> bool:
    return bool(
        module._forward_hooks
        or module._forward_pre_hooks
        or module._backward_hooks
        or module._backward_pre_hooks
    )
