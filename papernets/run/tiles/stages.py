"""The two stages of a chain, each for one input shape and batch size, forward and backward.

A convolution followed by pooling with windows of th x tw is computed as a convolution with that
stride, th*tw times the maps and a kernel of (kh + th - 1) x (kw + tw - 1): the values of a window
come out as blocks of their own. The columns that it multiplies are fewer by about th*tw, and their
rows are runs of neighbouring floats.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from ...spec import Shape
from .layout import ONE, Board, Grid, Pair
from .links import ConvLink, DenseLink
from .pointwise import Pointwise
from .products import linear, times_transposed
from .windows import Maximum, Sum


def sizes(link: ConvLink, shape: Shape) -> tuple[Pair, Pair, Pair]:
    """(output size, blocks of a kernel, blocks of the board), each (height, width)."""
    axes = list(zip(shape[1:], link.kernel, link.tile, strict=True))
    _, *out = link.shape(shape)
    kernel = [-(-(k + t - 1) // t) for _, k, t in axes]
    blocks = [max(-(-n // t), o - 1 + b) for (n, _, t), o, b in zip(axes, out, kernel, strict=True)]
    return (out[0], out[1]), (kernel[0], kernel[1]), (blocks[0], blocks[1])


def floats(link: ConvLink, shape: Shape, count: int) -> int:
    """About how many floats a convolution's stage works on at a time."""
    out, kernel, blocks = sizes(link, shape)
    area = math.prod(link.tile)
    columns = shape[0] * math.prod(kernel) * area + 3 * area * link.maps
    return count * (columns * math.prod(out) + 2 * shape[0] * area * math.prod(blocks))


class ConvStage:
    """A convolution and its pooling: a board (C, H, W, N) to values (C', P), P = H' * W' * N."""

    def __init__(self, link: ConvLink, shape: Shape, count: int, following: Pair, first: bool):
        """`following` is the next convolution's tile, whose order the output takes if it can."""
        out, kernel, blocks = sizes(link, shape)
        divides = out[0] % following[0] == 0 and out[1] % following[1] == 0
        phases = following if divides else ONE
        self.link, self.first, self.maps = link, first, link.maps
        self.grid = Grid((link.maps_out, *out), phases, count)
        self.board = Board(shape, link.tile, blocks, count)
        (down, across), (rows, columns), (ph, pw) = link.tile, kernel, phases
        self.kernel, area = kernel, down * across
        places = out[0] * out[1] * count
        self.depth = shape[0] * rows * down * columns * across
        strides = self.board.values.stride()
        self.view: Tensor | None = None
        self.columns = self.board.values
        if not (
            link.tile == ONE and out == ONE
        ):  # else the kernel covers the input: nothing to copy
            sc, sp, sq, sy, sx, _ = strides
            self.view = self.board.values.as_strided(
                (shape[0], rows, down, columns, across, ph, pw, out[0] // ph, out[1] // pw, count),
                (sc, sy, sp, sx, sq, sy, sx, ph * sy, pw * sx, 1),
            )
            self.columns = torch.empty(self.view.shape)
        self.flat_columns = self.columns.view(self.depth, places)
        self.input_grad = torch.empty_like(self.board.values)
        self.parts = [] if self.view is None else self._parts()
        self._wide_weight(link, shape[0], rows * down, columns * across)
        self.window: Maximum | Sum
        if link.how == "max":
            self.window = Maximum(link.activation, area, link.maps, places)
        else:
            number = 1 / area if link.how == "average" else None
            sources = None if link.sources is None else torch.tensor(link.sources)
            self.window = Sum(link.activation, link.after, number, sources)

    def _parts(self) -> list[Tensor]:
        """Where each row and column of blocks of the kernel was copied from."""
        (_, height, width), (down, across) = self.grid.shape, self.grid.phases
        places = [(i, j) for i in range(self.kernel[0]) for j in range(self.kernel[1])]
        found = [self.input_grad[:, :, :, i : i + height, j : j + width] for i, j in places]
        split = [part.unflatten(3, (height // down, down)) for part in found]
        return [part.unflatten(5, (width // across, across)) for part in split]

    def _wide_weight(self, link: ConvLink, channels: int, height: int, width: int) -> None:
        """The strided convolution's weight, zero but for a view of the kernels' th*tw places."""
        wide = torch.zeros(*link.tile, link.maps, channels, height, width)
        a = wide.stride()
        self.weight = wide.view(-1, self.depth)
        self.places_shape = (*link.tile, link.maps, channels, *link.kernel)
        self.places_stride = (a[0] + width, a[1] + 1, a[2], a[3], width, 1)
        self.places = wide.as_strided(self.places_shape, self.places_stride)
        table = link.table(channels)
        self.table = None if table is None else torch.tensor(table)
        self.full = torch.zeros(link.maps * channels, *link.kernel)

    def forward(self, params: Sequence[Tensor], out: Tensor | None) -> Tensor:
        """The board's values to (C', P), written to `out` where it is given."""
        weight, bias, own = self.link.split(params)
        if self.view is not None:
            self.columns.copy_(self.view)
        if self.table is not None:
            self.full.index_copy_(0, self.table, weight)
            weight = self.full.view(self.places_shape[2:])
        self.places.copy_(weight.expand(self.places_shape))
        blocks = times_transposed(self.weight, self.flat_columns.t())
        shaped = blocks.view(-1, self.maps, blocks.shape[1])
        return self.window.forward(shaped, bias, own, out)

    def backward(
        self, grad: Tensor, params: Sequence[Tensor]
    ) -> tuple[Tensor | None, list[Tensor]]:
        """Gradient (C', P) to those of the board (None for the first stage) and the parameters.

        The wide weight must still be that of the forward pass.
        """
        weight, bias, own = self.link.split(params)
        blocks, bias_grad, own_grads = self.window.backward(grad, bias, own)
        blocks = blocks.reshape(-1, blocks.shape[-1])
        wide = times_transposed(blocks, self.flat_columns)
        placed = wide.as_strided(self.places_shape, self.places_stride)
        each, *others = [one for row in placed.unbind(0) for one in row.unbind(0)]
        for other in others:  # much faster than a sum over small outer axes
            each = each + other
        if self.table is not None:
            each = each.view(-1, *weight.shape[1:]).index_select(0, self.table)
        grads = [each, *([] if bias_grad is None else [bias_grad]), *own_grads]
        if self.first:
            return None, grads
        columns = times_transposed(self.weight.t(), blocks.t())
        return self._to_board(columns), grads

    def _to_board(self, columns: Tensor) -> Tensor:
        """The gradient of the columns added up where they were copied from."""
        board = self.input_grad
        if self.view is None:
            return columns.view(board.shape)
        board.zero_()
        # (C, i, a, j, b, phase y, phase x, y, x, N) to i, j of (C, a, b, y, phase y, x, phase x, N)
        moved = columns.view(self.columns.shape).permute(1, 3, 0, 2, 4, 7, 5, 8, 6, 9)
        parts = iter(self.parts)
        for row in moved.unbind(0):
            for piece in row.unbind(0):
                next(parts).add_(piece)
        return board


class DenseStage:
    """A dense layer: (N, in), which may be a transposed view, to (N, out)."""

    def __init__(self, link: DenseLink):
        self.link = link
        self.activation = Pointwise(link.activation)
        self.x = self.y = torch.empty(0)

    def forward(self, x: Tensor, params: Sequence[Tensor]) -> Tensor:
        """(N, in) to (N, out)."""
        self.x = x
        self.y = self.activation.forward_(
            linear(x, params[0], params[1] if len(params) > 1 else None)
        )
        return self.y

    def backward(
        self, grad: Tensor, params: Sequence[Tensor], transposed: bool
    ) -> tuple[Tensor, list[Tensor]]:
        """Gradient (N, out) to those of the input, (N, in) or `transposed`, and the parameters."""
        grad = self.activation.backward(grad, self.y)
        grads = [torch.mm(grad.t(), self.x), grad.sum(0)][: len(params)]
        weight = params[0].t()
        if transposed:
            return times_transposed(weight, grad), grads
        return times_transposed(grad, weight), grads
