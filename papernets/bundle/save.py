"""A bundle is written so that a reader finds a whole one, whenever the writing stops."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor

from .. import __version__
from ..files import make_folder, write_atomically
from . import INFO, WEIGHTS
from .arrays import write_arrays
from .info import BundleInfo, digest


def versions() -> dict[str, str]:
    """The versions that a bundle was written with."""
    return {
        "papernets": __version__,
        "torch": torch.__version__,
        "python": platform.python_version(),
    }


def save_bundle(folder: Path, info: BundleInfo, state: Mapping[str, Tensor] | None) -> None:
    """Write a bundle; a committee's has no weights of its own.

    The weights' file carries the description too. If only one of the two files was replaced when
    the power went, the checksum tells, and the description in the weights' file is read.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    make_folder(folder)
    write_arrays(folder, info.arrays)
    if state is None:
        write_atomically(folder / INFO, info.to_json().encode())
        return
    tensors = {name: t.detach().cpu().contiguous() for name, t in state.items()}
    # one key, because safetensors writes several in random order: equal runs leave equal files
    told = digest((name, _bytes(tensors[name])) for name in sorted(tensors))
    about = {"bundle": info.to_json(tensors={"sha256": told})}
    data = save(tensors, metadata=about)
    weights = {"file": WEIGHTS, "sha256": hashlib.sha256(data).hexdigest()}
    write_atomically(folder / WEIGHTS, data)
    write_atomically(folder / INFO, info.to_json(weights=weights).encode())


def _bytes(tensor: Tensor) -> memoryview:
    return tensor.reshape(-1).view(torch.uint8).numpy().data
