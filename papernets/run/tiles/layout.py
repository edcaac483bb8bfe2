"""Where values lie: maps with the batch innermost, split into the phases of a tile.

A tile is a pooling window, (th, tw). Phase (a, b) of a map holds the rows a, a + th, a + 2th ...
and the columns b, b + tw ... of it. In that order each of the th*tw values that a pooling compares
is a block of its own, and a row of the columns of a convolution is a run of neighbouring floats.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ...spec import Shape

Pair = tuple[int, int]
ONE: Pair = (1, 1)


@dataclass(frozen=True)
class Grid:
    """The order of a stage's output: (C, ph, pw, H/ph, W/pw, N), its phases dividing H and W."""

    shape: Shape
    phases: Pair
    count: int

    def maps(self, values: Tensor) -> Tensor:
        """Values in this order as (C, H, W, N): a copy, unless there is one phase."""
        (channels, height, width), (down, across) = self.shape, self.phases
        split = values.view(channels, down, across, height // down, width // across, self.count)
        return split.permute(0, 3, 1, 4, 2, 5).reshape(channels, height, width, self.count)

    def order(self, maps: Tensor) -> Tensor:
        """Maps (C, H, W, N) in this order, as (C, H * W * N): a copy, unless there is one phase."""
        (_, height, width), (down, across) = self.shape, self.phases
        split = maps.unflatten(1, (height // down, down)).unflatten(3, (width // across, across))
        return split.permute(0, 2, 4, 1, 3, 5).reshape(self.shape[0], -1)


class Board:
    """A stage's input in the phases of its tile, (C, th, tw, rows, columns, N), zero outside."""

    def __init__(self, shape: Shape, tile: Pair, blocks: Pair, count: int):
        self.shape, self.tile, self.count = shape, tile, count
        self.values = torch.zeros(shape[0], *tile, *blocks, count)
        self.exact = shape[1:] == (tile[0] * blocks[0], tile[1] * blocks[1])

    def fits(self, grid: Grid) -> bool:
        """True where this order is the board's own: values may be written straight into it."""
        return self.exact and grid.phases == self.tile

    def flat(self) -> Tensor:
        """The board as (C, H * W * N), for a stage whose order fits."""
        return self.values.view(self.shape[0], -1)

    def fill(self, maps: Tensor) -> None:
        """Take up maps (C, H, W, N), of any strides."""
        (down, across), blocks = self.tile, self.values.shape[3:5]
        if self.exact:
            split = maps.unflatten(1, (blocks[0], down)).unflatten(3, (blocks[1], across))
            self.values.copy_(split.permute(0, 2, 4, 1, 3, 5))
            return
        for a in range(down):
            for b in range(across):
                phase = maps[:, a::down, b::across]
                self.values[:, a, b, : phase.shape[1], : phase.shape[2]].copy_(phase)

    def maps(self, values: Tensor) -> Tensor:
        """Values laid out as the board as maps (C, H, W, N), without the room."""
        channels, height, width = self.shape
        rows, columns = (n * b for n, b in zip(self.tile, self.values.shape[3:5], strict=True))
        joined = values.permute(0, 3, 1, 4, 2, 5).reshape(channels, rows, columns, self.count)
        return joined[:, :height, :width]
