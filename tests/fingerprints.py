"""Fingerprints of peers' networks, which stand in for packages that are not installed here.

`shared/peers/README.md` says how weights and input are drawn: by name, with numpy alone.
"""

import json
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch

PEERS = Path(__file__).parents[2] / "shared" / "peers"


def drawn(key, shape):
    """The tensor of a fingerprint that has this name in the peer's state_dict."""
    kind = key.split(".")[-1]
    if kind == "num_batches_tracked":
        return torch.zeros((), dtype=torch.long)
    x = np.random.Generator(np.random.PCG64(zlib.crc32(key.encode()))).standard_normal(shape)
    if kind == "running_var":
        x = 1 + 0.1 * abs(x)
    elif kind in ("running_mean", "bias"):
        x = 0.1 * x
    else:
        x = 1 + 0.1 * x if len(shape) == 1 else x * np.sqrt(2 / np.prod(shape[1:]))
    return torch.from_numpy(np.asarray(x))


def fingerprint(file):
    """A fingerprint as its file holds it; a skip where there is none."""
    path = PEERS / f"{file}.json"
    if not path.is_file():
        pytest.skip(f"no fingerprint {path}")
    return json.loads(path.read_text(encoding="utf-8"))


def layout_of(file):
    """The peer's names and shapes, in its order."""
    return {key: tuple(shape) for key, shape in fingerprint(file)["state_dict"]}


def input_of(peer):
    """The pictures that the logits are of."""
    x = np.random.Generator(np.random.PCG64(0)).standard_normal(peer["input"])
    return torch.from_numpy(x)
