"""What becomes of the values of pooling windows: their maximum, or their sum.

Blocks are (th * tw, C, P): block i holds the i-th value of each window, P runs over the windows and
the batch.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .pointwise import Pointwise


class Maximum:
    """The largest of each window plus the bias, then the activation; one value is its own maximum.

    The bias and the activation come after the maximum, which is the same for functions that never
    fall. Of equal values the first is taken, as torch does.
    """

    def __init__(self, activation: str | None, values: int, channels: int, places: int):
        self.activation = Pointwise(activation)
        self.larger = [torch.empty(channels, places) for _ in range(values - 1)]
        self.blocks = torch.empty(values, channels, places) if values > 1 else None
        self.y = torch.empty(0)

    def forward(
        self, blocks: Tensor, bias: Tensor | None, own: Sequence[Tensor], out: Tensor | None
    ) -> Tensor:
        """Blocks, overwritten, to values (C, P)."""
        largest = blocks[0]
        for value, larger in zip(blocks[1:], self.larger, strict=True):
            torch.gt(value, largest, out=larger)  # as 0 and 1: much faster than truth values
            largest = torch.maximum(value, largest)
        if bias is not None:
            largest.add_(bias.view(-1, 1))
        self.y = self.activation.forward_(largest, out)
        return self.y

    def backward(
        self, grad: Tensor, bias: Tensor | None, own: Sequence[Tensor]
    ) -> tuple[Tensor, Tensor | None, list[Tensor]]:
        """Gradient (C, P) to those of the blocks, of the bias and of nothing else."""
        grad = self.activation.backward(grad, self.y)
        bias_grad = None if bias is None else grad.sum(1)
        if self.blocks is None:
            return grad.unsqueeze(0), bias_grad, []
        for at in range(len(self.larger), 0, -1):  # the last value that was larger takes it all
            taken = torch.mul(grad, self.larger[at - 1], out=self.blocks[at])
            grad = torch.sub(grad, taken, out=self.blocks[0] if at == 1 else None)
        return self.blocks, bias_grad, []


class Sum:
    """The activation of each value, then their sum times a number or a trained coefficient a map.

    Average pooling has the number; trained subsampling has the coefficient and a bias, both of
    shape (C',), and `sources`, the map that each of its C' maps reads, or None for each map once. A
    second activation follows.
    """

    def __init__(
        self,
        activation: str | None,
        after: str | None,
        number: float | None = None,
        sources: Tensor | None = None,
    ):
        self.activation, self.after = Pointwise(activation), Pointwise(after)
        self.number, self.sources = number, sources
        self.values = self.sum = self.y = torch.empty(0)

    def forward(
        self, blocks: Tensor, bias: Tensor | None, own: Sequence[Tensor], out: Tensor | None
    ) -> Tensor:
        """Blocks, overwritten, to values (C', P)."""
        if bias is not None:
            blocks.add_(bias.view(-1, 1))
        self.values = self.activation.forward_(blocks)
        total = self.values.sum(0)
        if self.number is not None:
            z = total.mul_(self.number)
        else:
            coefficient, after_bias = own
            self.sum = total if self.sources is None else total.index_select(0, self.sources)
            z = (self.sum * coefficient.view(-1, 1)).add_(after_bias.view(-1, 1))
        self.y = self.after.forward_(z, out)
        return self.y

    def backward(
        self, grad: Tensor, bias: Tensor | None, own: Sequence[Tensor]
    ) -> tuple[Tensor, Tensor | None, list[Tensor]]:
        """Gradient (C', P) to those of the blocks, the bias, and the coefficient and its bias."""
        grad = self.after.backward(grad, self.y)
        own_grads: list[Tensor] = []
        if self.number is not None:
            grad = grad * self.number
        else:
            own_grads = [(grad * self.sum).sum(1), grad.sum(1)]
            grad = grad * own[0].view(-1, 1)
            if self.sources is not None:
                each = grad.new_zeros(self.values.shape[1:])
                grad = each.index_add_(0, self.sources, grad)
        blocks = self.activation.backward(grad.expand(self.values.shape), self.values)
        return blocks, None if bias is None else blocks.sum(0).sum(1), own_grads
