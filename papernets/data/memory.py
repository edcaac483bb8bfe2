"""Memory in which batches are prepared, asked for once: see `again`."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from papernets.data.again import Again, Emptied
from papernets.data.stored import Images, OnDemand, as_it_lies, room_for


class Sheets:
    """Memory that pictures of one form are read into by turns, so that it is asked for once.

    What was read is there until the next but one is read.
    """

    def __init__(self, images: Images):
        self.images = images
        self._turns = [torch.empty(0)] * 2

    def read(self, places: Tensor) -> Tensor:
        """The pictures (N, C, h, w) at these places, int64 (N,)."""
        images, count = self.images, len(places)
        mine = self._turns.pop(0)
        if len(mine) < count:
            mine = room_for(count, images.shape[1], (images.shape[2], images.shape[3]))
            if isinstance(images, Tensor) and as_it_lies(images) is images:
                mine = torch.empty(count, *images.shape[1:], dtype=images.dtype)
        self._turns.append(mine)
        found = mine[:count]
        if isinstance(images, OnDemand):
            images.read_into(found, places.tolist())
        else:
            torch.index_select(as_it_lies(images), 0, places, out=as_it_lies(found))
        return found


@dataclass(frozen=True)
class Memory:
    """For stored pictures, if they are gone once others are made of them, and for those others."""

    sheets: Sheets | None = None
    again: Emptied = field(default_factory=Again)
