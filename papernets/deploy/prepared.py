"""A bundle's preprocessing as a module, so that it can be part of an exported file."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from ..data import Preprocessing
from ..data.whitening import LEAST_LENGTH


class Prepared(nn.Module):
    """Stored pictures uint8 (N, channels, h, w) to what the network sees, float32 (N, C, H, W).

    Equal to the bundle's `Preprocessing` but for rounding. What is scaled is so by two matrices,
    one an axis, as it is there.
    """

    rows: Tensor | None
    columns: Tensor | None
    low: Tensor
    times: Tensor
    mean: Tensor | None
    matrix: Tensor | None

    def __init__(self, eyes: Preprocessing):
        super().__init__()
        place = eyes.placing()
        self.cut, self.pads = place.cut, place.pads
        self.blue_first, self.length = eyes.order == "bgr", eyes.gcn
        low, high = torch.tensor(eyes.low), torch.tensor(eyes.high)
        arrays = eyes.arrays
        for name, value in (
            ("rows", place.rows),
            ("columns", None if place.columns is None else place.columns.T.contiguous()),
            ("low", low[:, None, None]),
            ("times", ((high - low) / 255)[:, None, None]),
            ("mean", None if arrays is None else arrays.mean),
            ("matrix", None if arrays is None else arrays.matrix),
        ):
            self.register_buffer(name, value)

    def forward(self, pictures: Tensor) -> Tensor:
        x = pictures.float()
        if self.cut is not None:
            top, left, height, width = self.cut
            x = x[:, :, top : top + height, left : left + width]
        if any(self.pads):
            x = pad(x, self.pads)
        if self.rows is not None and self.columns is not None:
            x = self.rows @ x @ self.columns
        if self.blue_first:
            x = x[:, [2, 1, 0]]
        x = self.low + x * self.times
        if self.length:
            x = self._of_one_length(x)
        if self.mean is not None:
            x = x - self.mean
        if self.matrix is not None:
            x = (x.flatten(1) @ self.matrix).view(x.shape)
        return x

    def _of_one_length(self, x: Tensor) -> Tensor:
        """Each picture without its own mean, and as long a vector as `length`."""
        flat = x.flatten(1)
        flat = flat - flat.mean(1, keepdim=True)
        scale = (flat * flat).sum(1, keepdim=True).sqrt() / self.length
        return (flat / torch.where(scale < LEAST_LENGTH, 1.0, scale)).view(x.shape)
