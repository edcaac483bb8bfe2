"""Trained networks for the page: their weights in float16, packed in base64.

The page runs small networks: of digits, on pictures stored as MNIST's are, and of photographs that
are stored as large as the input. What normalises stays in float32, as in `convert --half`.
"""

from __future__ import annotations

import base64
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from ..bundle import WEIGHTS
from ..bundle.find import find_bundle
from ..bundle.head import MOST_WEIGHTS
from ..bundle.info import BundleInfo, read_info
from ..bundle.network import Asked, kept_network
from ..files import read_bytes
from ..nets import Found
from ..spec import Net, Row, tensors, walk
from ..spec.tensors import names_today

SHIPPED = ("lenet1", "lenet4", "lenet5", "boosted_lenet4")
"""The trained networks of digits that the page always has."""
RUN = frozenset((None, "relu", "relu6", "tanh", "scaled_tanh", "sigmoid", "softmax"))
"""The activations that it computes; softmax is left to the scores, as in the module."""
MOST = 1_000_000
"""Weights of a network that is packed into the page: two megabytes in float16."""
STORED = [28, 28]
NOT_PACKED = "num_batches_tracked"
"""It counts batches, and nothing is computed with it."""
Values = dict[str, Any]


def packed(name: str) -> tuple[Found, Values | None]:
    """The network of a bundle, and its weights for the page; None where the page cannot run it.

    ValueError or FileNotFoundError, as every verb's, where the bundle cannot be read.
    """
    folder = find_bundle(name)
    info = read_info(folder)
    found = kept_network(folder, info, Asked())
    net = found.net.member
    if not runs(net, info):
        return found, None
    members = info.members or ("",)
    rule = info.rule if info.members else {}
    return found, {
        "classes": list(info.classes),
        "picture": info.preprocessing["picture"],
        "kind": info.preprocessing["kind"],
        "low": info.preprocessing["low"],
        "high": info.preprocessing["high"],
        "scale": info.score_scale,
        "rule": {"weights": rule.get("weights"), "alone": rule.get("alone", 1.0),
                 "margin": rule.get("margin")},
        "members": [_member(folder / member, net) for member in members],
    }  # fmt: skip


def runs(net: Net, info: BundleInfo) -> bool:
    """Whether the page runs a network: small, with its own layers' activations, on such pictures.

    A network of digits has one channel, its pictures are MNIST's. One of photographs takes them
    whole: it cuts no middle out of larger ones, and subtracts no mean picture.
    """
    made, size = info.preprocessing, list(net.input[1:])
    plain = made.get("shrink") == 1 and not any(made.get(k) for k in ("arrays", "gcn", "crop"))
    digits = made.get("kind") == "digit" and made.get("picture") == STORED and net.input[0] == 1
    photos = made.get("kind") == "photo" and made.get("picture") == size
    if not plain or not (digits or photos) or made.get("order", "rgb") != "rgb" or info.outputs:
        return False
    rows = [row for row in walk(net) if not row.aux]
    return all(map(_known, rows)) and sum(row.params for row in rows) <= MOST


def _known(row: Row) -> bool:
    return row.activation in RUN


def _member(folder: Path, net: Net) -> Values:
    """One network's tensors, row by row, and where each stands in the packed numbers."""
    read_info(folder)  # says so where these are not the weights that were written
    kept = load(read_bytes(folder / WEIGHTS, MOST_WEIGHTS))
    today = names_today(net, kept)
    named = {today.get(name, name): tensor for name, tensor in kept.items()}
    found: list[list[Any]] = []
    rest: list[NDArray[Any]] = []
    norms: list[NDArray[Any]] = []
    for name, tensor in tensors(net).items():
        leaf, normed = name.rpartition(".")[2], tensor.operation == "norm"
        if leaf == NOT_PACKED or name not in named:  # an auxiliary head that the bundle lacks
            continue
        numbers, several = named[name].reshape(-1), norms if normed else rest
        if numbers.size != math.prod(tensor.shape):
            raise ValueError(f"{folder}: {name} has another size than {net.name} has")
        at = sum(one.size for one in several)
        found.append([tensor.row, f"norm.{leaf}" if normed else leaf, at, int(numbers.size)])
        several.append(numbers.astype("<f4") if normed else rounded(numbers))
    return {"tensors": found, "weights": _text(rest), "norms": _text(norms)}


def _text(several: list[NDArray[Any]]) -> str:
    """Numbers one behind the other, in base64."""
    return base64.b64encode(b"".join(one.tobytes() for one in several)).decode()


def rounded(tensor: NDArray[Any]) -> NDArray[np.float16]:
    """A tensor in float16, as the page has it: little-endian, rounded to the nearest."""
    return tensor.astype("<f2")
