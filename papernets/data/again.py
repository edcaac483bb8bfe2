"""Memory that is used again as soon as nobody looks into it any more.

Asking the system for memory, and giving it back, costs more than writing a batch of pictures to it.
"""

from __future__ import annotations

import sys
from math import prod
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

MOST = 4  # pieces that are kept: one is filled, one is used, one waits, one is being let go


class Emptied(Protocol):
    """What gives memory for a tensor."""

    def empty(self, *shape: int) -> Tensor:
        """A float32 tensor of this shape; what is in it is left over from others."""


class Again:
    """Pieces of memory for float32 tensors on the CPU. One thread uses it at a time.

    A tensor, and every view of it, holds its piece. Whoever keeps a tensor keeps what is in it: its
    piece is not given out again.
    """

    def __init__(self) -> None:
        self._pieces = [np.empty(0, np.float32)]
        self._alone = self._held(0)  # what Python counts where only the list holds a piece
        self._pieces.clear()

    def _held(self, at: int) -> int:
        return sys.getrefcount(self._pieces[at])

    def empty(self, *shape: int) -> Tensor:
        """A float32 tensor of this shape; what is in it is left over from others."""
        size = prod(shape)
        free = [at for at in range(len(self._pieces)) if self._held(at) <= self._alone]
        fits = next((at for at in free if len(self._pieces[at]) >= size), None)
        if fits is None:
            for at in reversed(free):  # too small, as a first piece may be
                del self._pieces[at]
            piece = np.empty(size, np.float32)
            if len(self._pieces) >= MOST:  # all are held: one more that goes with its tensor
                return torch.from_numpy(piece).view(shape)
            self._pieces.append(piece)
            del piece
            fits = len(self._pieces) - 1
        return torch.from_numpy(self._pieces[fits])[:size].view(shape)
