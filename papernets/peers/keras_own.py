"""What people's own Keras files have otherwise: names of older versions, a classifier, channels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import prod
from typing import Any

from ..spec import Conv, Net, pair
from ..words import brief, listed
from .channels import channels_of
from .h5_reader import UNNAMED
from .heads import Top
from .keras import KERNEL, of_kind, parts_of, tensor_of
from .keras_names import Place, family_of, places
from .layout import PeerNet

OLD = re.compile(r"(res|bn)(\d)([a-z])_branch(1|2a|2b|2c)(?:_\d+)?")
PARTS = {"1": "0", "2a": "1", "2b": "2", "2c": "3"}
OLD_ENDS = {"conv1": "conv1_conv", "bn_conv1": "conv1_bn", "fc1000": "predictions"}
"""keras_applications/resnet50.py until 1.0.6, in Keras to 2.2: the layers of the one ResNet50."""
RENAMED = "layers have the names of Keras to 2.2: {old!r} is {new!r} now"
OLD_RESNET = (
    "Keras's ResNet50 to 2.2 normalised with an epsilon of 0.001, not 1.001e-5, and to 2.1 pooled "
    "without padding at first: try the network on pictures that you know"
)


def renewed(known: PeerNet, tensors: dict[Any, Any]) -> tuple[dict[Any, Any], tuple[str, ...]]:
    """The tensors with today's names of layers for those of Keras to 2.2, and notes on it."""
    layers = [parts_of(path)[-2] for path in tensors if isinstance(path, str)]
    old = next((layer for layer in layers if OLD.fullmatch(layer)), None)
    if old is None or family_of(known.name) is not family_of("resnet"):
        return tensors, ()
    found = {}
    for path, value in tensors.items():
        if isinstance(path, str):
            *before, layer, weight = parts_of(path)
            path = "/".join([*filter(None, before), _new(layer), weight])
        if path in found:
            raise ValueError(
                f"two tensors are called {brief(path)}, by names of older and newer Kerases"
            )
        found[path] = value
    return found, (RENAMED.format(old=old, new=_new(old)), OLD_RESNET)


def _new(layer: str) -> str:
    """Today's name of a layer of ResNet50's: conv2_block1_1_conv for res2a_branch2a."""
    match = OLD.fullmatch(layer)
    if match is None:
        return OLD_ENDS.get(layer, layer)
    block = ord(match[3]) - ord("a") + 1
    kind = {"res": "conv", "bn": "bn"}[match[1]]
    return f"conv{match[2]}_block{block}_{PARTS[match[4]]}_{kind}"


def top_of(known: PeerNet, own: Net, tensors: Mapping[Any, Any]) -> Top:
    """The tensors with Keras's name for the classifier, or without one that is another.

    People put dense layers of their own on a body without a top: one that fits is its classifier.
    """
    family = family_of(known.name)
    every = places(own, family)
    head = next(place for place in every if place.row.name == family.top[-1])
    kernels = {place.layer for place in every if place.layer}
    dense: dict[str, dict[str, str]] = {}
    for path in tensors:
        if isinstance(path, str) and not path.startswith(UNNAMED):
            *_, layer, weight = parts_of(path)
            if not layer:
                continue  # no path of Keras's: its reader says so
            dense.setdefault(layer, {})[weight] = path
    others = {
        layer: paths
        for layer, paths in dense.items()
        if layer not in kernels and KERNEL in paths and len(_shape(tensors[paths[KERNEL]])) == 2
    }
    if head.layer in dense or not others:
        return Top(dict(tensors))
    layer, paths = next(iter(others.items()))
    kernel = tensors[paths[KERNEL]]
    bias = tensors.get(paths.get("bias", ""))
    if len(others) == 1 and set(paths) == {KERNEL, "bias"}:
        features, count = _shape(kernel)
        if features == prod(head.row.input) and _shape(bias) == (count,):
            return Top(_as_head(head, paths, tensors), notes=(f"{TAKEN} {layer!r}",))
    gone = tuple(path for one in others.values() for path in one.values())
    rest = {path: value for path, value in tensors.items() if path not in gone}
    return Top(rest, gone, why=f"in its place are {listed(map(repr, gone), 3)}")


TAKEN = "the classifier is taken from the layer"


def _as_head(head: Place, paths: Mapping[str, str], tensors: Mapping[Any, Any]) -> dict[Any, Any]:
    """The tensors with those at two paths as the classifier's."""
    found = {path: value for path, value in tensors.items() if path not in paths.values()}
    for weight, path in paths.items():
        tensor = tensor_of(path, tensors[path])
        if weight == KERNEL and head.kind == "conv2d":  # MobileNet's is a convolution
            tensor = tensor[None, None]
        found[f"{head.layer}/{weight}"] = tensor
    return found


def _shape(value: Any) -> tuple[int, ...]:
    """The shape of whatever holds numbers; of what holds none, none."""
    return tuple(getattr(value, "shape", ()))


def channels_in(known: PeerNet, own: Net, tensors: Mapping[Any, Any]) -> int | None:
    """How many channels Keras's first convolution sees; None where that is not told."""
    first = places(own, family_of(known.name))[0]
    layers = {parts_of(path)[-2]: path for path in tensors if isinstance(path, str)}
    layer = first.layer
    if not layer or any(str(path).startswith(UNNAMED) for path in tensors):
        layer = next(iter(of_kind(layers, first.kind)), "")
    for path in tensors:
        if isinstance(path, str) and parts_of(path)[-2:] == [layer, KERNEL]:
            assert isinstance(first.row.layer, Conv)
            wanted = (*pair(first.row.layer.kernel), first.row.input[0], first.row.out[0])
            return channels_of(_shape(tensors[path]), wanted, 2)
    return None
