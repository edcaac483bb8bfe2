"""A chain of stages for one input shape and batch size: all forward, then all backward."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from ...spec import Shape
from .layout import ONE
from .links import Links
from .stages import ConvStage, DenseStage, floats

Params = Sequence[Sequence[Tensor]]
"""The parameters of each stage."""


def bytes_kept(links: Links, shape: Shape, count: int) -> int:
    """About how many bytes a chain's convolutions keep."""
    total = 0
    for link in links.convs:
        total += 4 * floats(link, shape, count)
        shape = link.shape(shape)
    return total


class Chain:
    """The stages of links, with their buffers: (N, C, H, W) to (N, features) or (N, C', H', W').

    The gradient of the input is not computed. What the backward pass needs of the forward pass lies
    in the buffers: it must follow its own forward pass with no other one between.
    """

    def __init__(self, links: Links, shape: Shape, count: int):
        tiles = [link.tile for link in links.convs]
        self.flat, self.count = links.flat, count
        self.convs: list[ConvStage] = []
        for link, following in zip(links.convs, [*tiles[1:], ONE], strict=True):
            self.convs.append(ConvStage(link, shape, count, following, first=not self.convs))
            shape = self.convs[-1].grid.shape
        self.denses = [DenseStage(link) for link in links.denses]
        self.shape = shape

    def forward(self, x: Tensor, params: Params) -> Tensor:
        """Pictures to values in memory of their own."""
        self.convs[0].board.fill(x.permute(1, 2, 3, 0))
        y = x
        for stage, own, after in zip(self.convs, params, [*self.convs[1:], None], strict=False):
            straight = after is not None and after.board.fits(stage.grid)
            y = stage.forward(own, after.board.flat() if after is not None and straight else None)
            if after is not None and not straight:
                after.board.fill(stage.grid.maps(y))
        if not self.flat:
            return y.view(*self.shape, self.count).permute(3, 0, 1, 2).contiguous()
        h = y.view(-1, self.count).t()
        for layer, own in zip(self.denses, params[len(self.convs) :], strict=True):
            h = layer.forward(h, own)
        return h.clone() if self.denses else h.contiguous()

    def backward(self, grad: Tensor, params: Params) -> list[Tensor]:
        """The gradient of the values to those of all parameters, in their order."""
        grads: list[list[Tensor]] = []
        denses = list(zip(self.denses, params[len(self.convs) :], strict=True))
        for at, (layer, own) in reversed(list(enumerate(denses))):
            grad, found = layer.backward(grad, own, transposed=at == 0)
            grads.append(found)
        if not self.denses:
            grad = grad.reshape(self.count, -1).t().contiguous()
        for at in range(len(self.convs) - 1, -1, -1):
            stage = self.convs[at]
            back, found = stage.backward(grad.reshape(stage.grid.shape[0], -1), params[at])
            grads.append(found)
            if back is not None:
                before = self.convs[at - 1].grid
                grad = back if stage.board.fits(before) else before.order(stage.board.maps(back))
        return [grad for found in reversed(grads) for grad in found]


__all__ = ["Chain", "Params", "bytes_kept"]
