"""Training that begins with a bundle's weights: which network it is, what is kept, what is new."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from ..bundle import WEIGHTS
from ..bundle.find import find_bundle, in_file, same_network
from ..bundle.info import BundleInfo, read_info
from ..bundle.load import load_bundle
from ..bundle.weights import load_but, read_safetensors
from ..data import Preprocessing
from ..files import path_of
from ..nets.registry import find
from ..rewrite import classifier_tensors
from ..run.network import Network
from ..spec import tensors
from ..words import by, composed, did_you_mean, listed
from .run import Run

UNNAMED = "unnamed"
"""Noted in a module's bundle whose classes nobody has named."""


def bundle_of(given: str) -> tuple[BundleInfo, Path]:
    """The description of a bundle to begin with, and its folder; ValueError for a committee."""
    folder = find_bundle(path_of(given) if os.sep in given or "~" in given else given)
    info = read_info(folder)
    if info.kind == "committee":
        raise ValueError(
            f"{folder} is a committee: training begins with the weights of one network, such as "
            f"{folder / info.members[0]}"
        )
    return info, folder


def settings_of(given: str, name: str, wanted: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The network of a bundle, and the options, input and channels with which it was trained.

    `name` is what the user calls the network, or empty. ValueError where that is another one.
    """
    info, folder = bundle_of(given)
    if not name and in_file(info.network):
        raise ValueError(f"{folder} is of a network in a file: give it too, {info.network}")
    if name and ".py:" not in name:
        name = find(name).name  # an unknown name is answered with the nearest
    if name and not same_network(name, info.network):
        raise ValueError(
            f"{folder} is a trained {info.network}, not {name}: papernets train {info.network} "
            f"--weights {given}; or leave the name out"
        )
    found: dict[str, Any] = {"options": {**info.options, **wanted.get("options", {})}}
    if "input" not in wanted:
        found["input"] = tuple(info.input[1:])
    if "channels" not in wanted:
        found["channels"] = info.input[0]
    return name or info.network, found


def load_pretrained(model: Network, run: Run, classes: Sequence[str]) -> tuple[str, ...]:
    """Load a bundle's weights into a network for these classes; the names that stay as drawn.

    The classifier is kept where its classes are these, in this order; a module's without names has
    those of the data. Another body is a ValueError.
    """
    info, folder = bundle_of(run.recipe.weights)
    state = read_safetensors(folder / WEIGHTS)
    named = [*map(composed, info.classes)] == [*map(composed, classes)]
    same = (named or info.run.get(UNNAMED) is True) and info.classifies == model.net.classes
    fresh = () if same else classifier_tensors(model.net)
    return load_but(model, state, fresh, str(folder))


def take_rows(model: Network, run: Run) -> tuple[str, ...]:
    """Load the rows that `begin` names from its bundle's network; the names of their tensors.

    A block stands for the rows within it. VGG's deeper networks begin so with the first four
    convolutions and the dense layers of A (Simonyan and Zisserman 2014, section 3.1). ValueError
    for a row that either network lacks, or whose shape is another.
    """
    info, folder = bundle_of(run.recipe.begin["bundle"])
    given = load_bundle(folder).model.state_dict()
    own, known = model.state_dict(), tensors(model.net)
    taken: dict[str, Tensor] = {}
    for row in run.recipe.begin_rows:
        names = [n for n, t in known.items() if t.row == row or t.row.startswith(f"{row}.")]
        if not names:
            rows = list(dict.fromkeys(tensor.row for tensor in known.values()))
            raise ValueError(
                f"begin: {model.net.name} has no row {row!r} with weights."
                f"{did_you_mean(row, rows)} Its rows: {listed(rows, 20)}"
            )
        for name in names:
            if name not in given:
                raise ValueError(f"begin: {info.network} in {folder} has no tensor {name!r}")
            if given[name].shape != own[name].shape:
                raise ValueError(
                    f"begin: {name} of {info.network} in {folder} is {by(given[name].shape)}, "
                    f"{model.net.name} has {by(own[name].shape)}: leave {row} out"
                )
            taken[name] = given[name]
    model.load_state_dict({**own, **taken})
    return tuple(taken)


def pixel_scale(given: str, shape: tuple[int, int, int]) -> dict[str, Any]:
    """How a bundle's network saw pixels, for a network of as many channels: low, high, order, gcn.

    With its mean picture, which fits its own input alone: ValueError for another.
    """
    info, folder = bundle_of(given)
    try:
        known = Preprocessing.from_dict(info.preprocessing, info.arrays)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{folder}: its preprocessing cannot be used ({error})") from None
    if known.channels != shape[0]:
        return {}
    arrays = known.arrays
    if arrays is not None and tuple(arrays.mean.shape) != shape:
        raise ValueError(
            f"{folder} sees pictures of {by(arrays.mean.shape)} without their mean picture, which "
            f"does not fit {by(shape)}: leave the input as it is, or measure anew, --set mean=pixel"
        )
    found = {"low": known.low, "high": known.high, "order": known.order}
    return found | ({"gcn": known.gcn, "arrays": arrays} if known.gcn or arrays else {})
