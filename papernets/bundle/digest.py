"""The checksum of all that a network's answers hang on."""

from __future__ import annotations

import hashlib

import torch

from ..texts import json_text
from .load import Bundle

ABOUT = (
    *("network", "classes", "input", "preprocessing", "options"),
    *("score_scale", "kind", "rule", "net", "outputs"),
)


def digest_of(bundle: Bundle) -> str:
    """SHA-256 of a network's weights, its classes and its preprocessing, wherever it lies."""
    info = bundle.info
    sha = hashlib.sha256(json_text({key: getattr(info, key) for key in ABOUT}).encode())
    sha.update(hashlib.sha256(info.arrays).digest())
    for name, tensor in sorted(bundle.model.state_dict().items()):
        flat = tensor.detach().cpu().contiguous().reshape(-1)
        sha.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        sha.update(flat.view(torch.uint8).numpy().data)
    return sha.hexdigest()
