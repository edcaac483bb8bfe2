"""Trained networks of digits for the page: their weights in float16, packed in base64.

The page runs what is a line of layers that it knows (`LAYERS`), on pictures stored as MNIST's are:
the LeNets that come with the package, and bundles like them.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
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
from ..spec import (
    RBF,
    Activation,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Identity,
    Net,
    Pool,
    Row,
    Subsample,
    TableConv,
    sources,
    tensors,
    walk,
)
from ..spec.tensors import names_today

SHIPPED = ("lenet1", "lenet4", "lenet5", "boosted_lenet4")
"""The trained networks of digits that the page always has."""
LAYERS = (
    *(Conv, TableConv, Subsample, Pool, Dense, RBF),
    *(Flatten, Dropout, Identity, Activation),
)
"""What the page computes."""
RUN = frozenset((None, "relu", "relu6", "tanh", "scaled_tanh", "sigmoid", "softmax"))
"""The activations that it computes; softmax is left to the scores, as in the module."""
MOST = 1_000_000
"""Weights of a network that is packed into the page: two megabytes in float16."""
STORED = [28, 28]
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
        "low": info.preprocessing["low"][0],
        "high": info.preprocessing["high"][0],
        "scale": info.score_scale,
        "rule": {"weights": rule.get("weights"), "alone": rule.get("alone", 1.0),
                 "margin": rule.get("margin")},
        "members": [_member(folder / member, net) for member in members],
    }  # fmt: skip


def runs(net: Net, info: BundleInfo) -> bool:
    """Whether the page runs a network: a line of its layers, on digits as MNIST stores them."""
    made = info.preprocessing
    digits = made.get("kind") == "digit" and made.get("picture") == STORED
    plain = digits and made.get("shrink") == 1 and not made.get("arrays") and not made.get("gcn")
    if not plain or net.input[0] != 1 or info.outputs:
        return False
    rows = walk(net)
    line = [(row.name,) for row in rows[:-1]]
    in_line = list(sources(net).values())[1:] == line and all(map(_known, rows))
    return in_line and sum(row.params for row in rows) <= MOST


def _known(row: Row) -> bool:
    layer = row.layer
    normed = getattr(layer, "norm", None) is not None
    return isinstance(layer, LAYERS) and not normed and row.activation in RUN


def _member(folder: Path, net: Net) -> Values:
    """One network's tensors, row by row, and where each stands in the packed numbers."""
    read_info(folder)  # says so where these are not the weights that were written
    kept = load(read_bytes(folder / WEIGHTS, MOST_WEIGHTS))
    today = names_today(net, kept)
    named = {today.get(name, name): tensor for name, tensor in kept.items()}
    found, values, at = [], [], 0
    for name, tensor in tensors(net).items():
        numbers = rounded(named[name]).reshape(-1)
        if numbers.size != math.prod(tensor.shape):
            raise ValueError(f"{folder}: {name} has another size than {net.name} has")
        found.append([tensor.row, name.rpartition(".")[2], at, int(numbers.size)])
        values.append(numbers)
        at += int(numbers.size)
    return {
        "tensors": found,
        "weights": base64.b64encode(np.concatenate(values).tobytes()).decode(),
    }


def rounded(tensor: NDArray[Any]) -> NDArray[np.float16]:
    """A tensor in float16, as the page has it: little-endian, rounded to the nearest."""
    return tensor.astype("<f2")


def state_rounded(state: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    """The tensors with the values that the page has."""
    return {name: rounded(tensor).astype(np.float32) for name, tensor in state.items()}
