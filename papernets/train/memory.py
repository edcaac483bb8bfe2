"""Whether a run fits into memory, asked before a picture is read."""

from __future__ import annotations

import math

import torch

from ..machine import free_memory
from ..run.memory import check_memory
from ..spec import Net
from ..words import by, gigabytes, plural
from .recipe import TrainRecipe

KINDS = {"sgd": "momentum", "rmsprop": "rmsprop with momentum", "rmsprop_tensorflow": "adam"}
"""The optimisers by what they keep of each parameter; all others keep what Adam does."""


def check_batch(recipe: TrainRecipe, net: Net, device: torch.device, machines: int = 1) -> None:
    """ValueError where the network, a map of one picture, or a batch of pictures is too large.

    A batch holds floats; on another device than the CPU only bytes of it are made in memory here.
    `machines` share it.
    """
    check_memory(net)
    needed = (
        math.ceil(recipe.batch_size / machines)
        * math.prod(net.input)
        * (4 if device.type == "cpu" else 1)
    )
    if needed > free_memory():
        raise ValueError(
            f"{plural(recipe.batch_size, 'picture')} of {by(net.input)}, a batch, "
            f"need {gigabytes(needed)}, and {gigabytes(free_memory())} are free. "
            "Give fewer at a time or smaller ones, such as --batch-size 8 --set input=64"
        )
