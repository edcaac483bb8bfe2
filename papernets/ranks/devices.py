"""On which device of its machine each rank computes."""

from __future__ import annotations

import torch

from ..machine import choose_device
from ..words import plural
from .place import Place


def device_of(name: str, place: Place) -> torch.device:
    """The device of a rank: its own GPU, or the CPU; ValueError where there is none for it."""
    if name == "mps":
        raise ValueError("mps is one device, which processes cannot share: --device cpu, or auto")
    device = choose_device("cpu" if name == "auto" and not torch.cuda.is_available() else name)
    if device.type != "cuda":
        return device
    there = torch.cuda.device_count()
    if place.here > there:
        raise ValueError(
            f"{place.here} processes on this machine, which has {plural(there, 'GPU')}: one "
            f"process a GPU, torchrun --nproc-per-node {there}, or --device cpu"
        )
    return torch.device("cuda", place.local)
