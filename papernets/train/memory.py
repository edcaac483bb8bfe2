"""Whether a run fits into memory, asked before a picture is read."""

from __future__ import annotations

import math

import torch

from ..data.stored import free_memory
from ..run.network import check_room
from ..spec import Net
from .run import Run


def check_memory(run: Run, net: Net, device: torch.device) -> None:
    """ValueError where the network, a map of one picture, or a batch of pictures is too large.

    A batch holds floats; on another device than the CPU only bytes of it are made in memory here.
    """
    check_room(net)
    needed = run.batch_size * math.prod(net.input) * (4 if device.type == "cpu" else 1)
    if needed > free_memory():
        channels, height, width = net.input
        raise ValueError(
            f"{run.batch_size:,} pictures of {channels}x{height}x{width}, a batch, need "
            f"{needed / 1e9:,.1f} GB, and {free_memory() / 1e9:,.1f} GB are free. Give fewer at a "
            "time or smaller ones: --batch-size 8 --set input=64, say"
        )
