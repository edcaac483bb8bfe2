"""Keras's networks: the weights of `keras.applications` under our names and in our shapes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..nets import registry as nets
from ..spec import BatchNorm, Conv, Dense, Net, pair
from ..spec import tensors as tensors_of
from ..words import brief, by, either, type_of
from . import rules
from .conventions import CAFFE
from .h5_reader import UNNAMED
from .keras_names import CONV_PREDS, Place, family_of, places
from .layout import Inputs, PeerNet
from .rules import COUNTER, checked

KERNEL, NORM = "kernel", "batch_normalization"


def _tf(size: int) -> Inputs:
    """As keras/src/applications/imagenet_utils.py, preprocess_input, mode='tf': -1 to 1.

    Keras's published errors are of "a single center crop" (keras-applications' README), with no
    word on the size before; 7/8 of the side, 256 for 224, is what the networks that it took over
    were tested on.
    """
    return Inputs("rgb", (-1.0,) * 3, (1.0,) * 3, size, round(size / 0.875))


_RESNET_V1 = "convolutions keep their biases before normalisation"
_RESNET_V2 = "a stage has its stride in its last unit; some convolutions have biases"
_NO_GAMMA = "normalisation without gamma, no dropout, no auxiliary head"
_VGG = "no dropout between the dense layers"
_MOBILENET = (
    "ReLU6; zeros below and to the right alone before a stride; the weights are the same for every "
    "size of picture, so only the name says it"
)

peer_net = partial(PeerNet, "keras")


def _mobilenet(name: str, width: float, size: int) -> PeerNet:
    options = {"width": width, "input": size}
    return peer_net(name, "mobilenet_v1_keras", _tf(size), options=options, note=_MOBILENET)


# CAFFE is preprocess_input's mode='caffe': RGB to BGR, less ImageNet's mean, not scaled
_ALL = (
    *(peer_net(f"VGG{n}", f"vgg{n}_keras", CAFFE, note=_VGG) for n in (16, 19)),
    *(peer_net(f"ResNet{n}", f"resnet{n}_keras", CAFFE, note=_RESNET_V1) for n in (50, 101, 152)),
    *(
        peer_net(f"ResNet{n}V2", f"resnet{n}_v2_keras", _tf(224), note=_RESNET_V2)
        for n in (50, 101, 152)
    ),
    peer_net("InceptionV3", "inception_v3_keras", _tf(299), note=_NO_GAMMA),
    peer_net("InceptionResNetV2", "inception_resnet_v2_keras", _tf(299), note=_NO_GAMMA),
    _mobilenet("MobileNet", 1.0, 224),
    # Keras's own names of a MobileNet model: its alpha and its side
    *(
        _mobilenet(f"mobilenet_{width:.2f}_{size}", width, size)
        for width in (1.0, 0.75, 0.5, 0.25)
        for size in (224, 192, 160, 128)
    ),
)
KNOWN: dict[str, PeerNet] = {known.name: known for known in _ALL}
"""Keras's networks by the names of their functions in `keras.applications`."""

Held = dict[str, dict[str, Tensor]]
"""Tensors by layer and weight."""


def translate(known: PeerNet, net: Net, tensors: Mapping[str, Any]) -> dict[str, Tensor]:
    """Keras's tensors under our names and in our shapes: HWIO to OIHW, dense layers turned.

    `tensors` (variables of Keras's, arrays or tensors) go by Keras's paths, as in
    `{w.path: w for w in model.weights}`, or as `read_keras` finds them in a file. Layers without a
    name of their own (`conv2d_37`) are matched by the order of their numbers. Without a top
    (include_top=False), none is given. ValueError, in Keras's own names, for the first tensor that
    is missing, misshapen, not of floating numbers, or one too many.
    """
    try:
        return _translated(known, net, tensors)
    except ValueError as error:
        raise ValueError(f"{error}{_other(known, tensors)}") from None


def _translated(known: PeerNet, net: Net, tensors: Mapping[str, Any]) -> dict[str, Tensor]:
    wanted = places(net, family_of(known.name))
    held = _held(known, tensors, wanted)
    wanted = _without_top(_numbered(known, wanted, held), held)
    where = f"Keras's {known.name}"
    called = {
        (tensor.row, tensor.operation == rules.NORM, name.rpartition(".")[2]): name
        for name, tensor in tensors_of(net).items()
    }
    found: dict[str, Tensor] = {}
    for place in wanted:
        given = held.pop(place.layer, {})
        for theirs, ours, shape in _weights(place):
            name = f"{place.layer}/{theirs}"
            if theirs not in given:
                first = next(iter(tensors), None)
                begins = f"they begin with {brief(first)}" if tensors else "there are none"
                raise ValueError(
                    f"{where}: there is no tensor {brief(name)} ({by(shape)}); {begins}"
                )
            tensor = given.pop(theirs)
            if tuple(tensor.shape) != shape:
                raise ValueError(f"{where}: {brief(name)} is {by(tensor.shape)}, not {by(shape)}")
            tensor = checked(tensor, name, where, ours)
            tensor = _turned(place, tensor) if theirs == KERNEL else tensor
            found[called[place.row.name, place.kind == NORM, ours]] = tensor
        if place.kind == NORM:
            found[called[place.row.name, True, COUNTER]] = torch.zeros((), dtype=torch.long)
        if given:
            raise _extra(known, place.layer, given)
    for layer, given in held.items():
        raise _extra(known, layer, given)
    return found


def classes_in(known: PeerNet, tensors: Mapping[str, Any]) -> int | None:
    """How many classes the classifier in Keras's tensors has; None where they have no top."""
    family = family_of(known.name)
    head = family.names(family.top[-1])[0]
    tensors = {path: value for path, value in tensors.items() if isinstance(path, str)}
    if any(path.startswith(UNNAMED) for path in tensors):
        kind = "conv2d" if head == CONV_PREDS else "dense"
        head = next(reversed(of_kind({parts_of(path)[-2]: None for path in tensors}, kind)), head)
    for path, value in tensors.items():
        if parts_of(path)[-2:] == [head, "bias"] and len(value.shape) == 1:
            return int(value.shape[0]) or None
    return None


def parts_of(path: str) -> list[str]:
    """A weight's path in parts, without TensorFlow's `:0`."""
    return ["", *re.sub(r":\d+$", "", path).split("/")]


def of_kind(layers: Iterable[str], kind: str) -> list[str]:
    """The layers that have the name of their class and a running number, in its order."""
    found = [re.fullmatch(rf"{kind}(?:_(\d+))?", layer) for layer in layers]
    matches = sorted((m for m in found if m), key=lambda m: int(m[1] or 0))
    return [match[0] for match in matches]


def _held(known: PeerNet, tensors: Mapping[str, Any], wanted: list[Place]) -> Held:
    """The tensors by layer and weight; layers that have no more than their order get names."""
    held: Held = {}
    for path, value in tensors.items():
        if not isinstance(path, str):
            raise ValueError(
                f"weights go by Keras's paths, such as 'fc1/kernel', not by {brief(path)}"
            )
        *_, layer, weight = parts_of(path)
        if not layer or not weight:
            raise ValueError(
                f"{brief(path)} is no path of a Keras weight, such as 'conv1_conv/kernel'; give "
                "{w.path: w for w in model.weights}"
            )
        if layer.startswith("seed_generator") or weight.startswith("seed_generator"):
            continue  # the state of a dropout's random numbers
        weight = KERNEL if weight == "depthwise_kernel" else weight  # its name until Keras 3
        if weight in held.setdefault(layer, {}):
            raise ValueError(
                f"two tensors are called '{layer}/{weight}', one of them {brief(path)}"
            )
        held[layer][weight] = tensor_of(path, value)
    unnamed = next((path for path in tensors if path.startswith(UNNAMED)), None)
    if unnamed is None:
        return held
    if not family_of(known.name).in_line:
        raise ValueError(
            f"the file has only running numbers for its layers ({unnamed!r}), as Keras before 3.6 "
            f"writes it, and {known.name} has branches: which layer is which cannot be known. Save "
            "it again with Keras 3.6 or newer: model.load_weights(...), then "
            "model.save_weights('x.weights.h5')"
        )
    names: dict[str, str] = {}
    for kind in {place.kind for place in wanted}:
        own = [place.layer for place in wanted if place.kind == kind]
        names |= dict(zip(of_kind(held, kind), own, strict=False))
    return {names.get(layer, layer): weights for layer, weights in held.items()}


def tensor_of(path: str, value: Any) -> Tensor:
    """The tensor in whatever holds numbers: a tensor, an array, a variable of Keras's."""
    value = getattr(value, "value", value)  # on the torch backend a variable's is a tensor
    if isinstance(value, Tensor):
        return value.detach()
    try:
        return torch.from_numpy(np.array(value))
    except (TypeError, ValueError):
        raise ValueError(f"{brief(path)} is {type_of(value)}, not an array of numbers") from None


def _numbered(known: PeerNet, wanted: list[Place], held: Held) -> list[Place]:
    """The places, those without a name with that of the layer that is theirs by its number."""
    left: dict[str, list[str]] = {}
    for kind in {place.kind for place in wanted if not place.layer}:
        count = sum(place.kind == kind and not place.layer for place in wanted)
        found = left[kind] = of_kind(held, kind)
        if len(found) < count:
            raise ValueError(
                f"Keras's {known.name} has {count} layers {kind} that are known by their numbers, "
                f"and {len(found)} are given: there is no {_gap(found, kind)!r}"
            )
    return [p if p.layer else replace(p, layer=left[p.kind].pop(0)) for p in wanted]


def _gap(found: list[str], kind: str) -> str:
    """The first name that a row of running numbers leaves out, or the one after the last."""
    numbers = [int(name.removeprefix(kind).removeprefix("_") or 0) for name in found] or [-1]
    free = next((n for n in range(numbers[0], numbers[-1] + 2) if n not in numbers), 0)
    return f"{kind}_{free}" if free else kind


def _without_top(wanted: list[Place], held: Held) -> list[Place]:
    """The places, less a top that is not there: all of it, or the classifier alone."""
    top = [place for place in wanted if place.top]
    here = [place for place in top if place.layer in held]
    left_out = top if not here else top[-1:] if here == top[:-1] else []
    return [place for place in wanted if place not in left_out]


def _weights(place: Place) -> list[tuple[str, str, tuple[int, ...]]]:
    """The weights of a place: Keras's name, ours, the shape that Keras has."""
    row, layer, out = place.row, place.row.layer, (place.row.out[0],)
    if place.kind == NORM:
        assert isinstance(layer, Conv | BatchNorm) and layer.norm is not None
        gamma = [("gamma", "weight", out)] if layer.norm.scale else []
        return [
            *gamma,
            ("beta", "bias", out),
            ("moving_mean", "running_mean", out),
            ("moving_variance", "running_var", out),
        ]
    assert isinstance(layer, Conv | Dense)
    kernel = pair(layer.kernel) if isinstance(layer, Conv) else (1, 1)
    shape: tuple[int, ...] = (*kernel, row.input[0], *out)
    if place.kind == "depthwise_conv2d":
        shape = (*kernel, row.input[0], 1)
    elif place.kind == "dense":
        shape = shape[2:]
    return [(KERNEL, "weight", shape), *([("bias", "bias", out)] if layer.bias else [])]


def _turned(place: Place, kernel: Tensor) -> Tensor:
    """A kernel in our order of axes."""
    if place.kind == "depthwise_conv2d":
        kernel = kernel.permute(2, 3, 0, 1)  # (H, W, C, 1)
    elif place.kind == "conv2d":
        kernel = kernel.permute(3, 2, 0, 1)  # (H, W, in, out)
        kernel = kernel if isinstance(place.row.layer, Conv) else kernel.flatten(1)
    else:
        kernel = kernel.t()  # (in, out)
        if place.maps is not None:  # Keras flattens (H, W, C), we (C, H, W)
            channels, height, width = place.maps
            kernel = kernel.unflatten(1, (height, width, channels)).permute(0, 3, 1, 2).flatten(1)
    return kernel.contiguous()


def _extra(known: PeerNet, layer: str, given: Mapping[str, Tensor]) -> ValueError:
    weight, tensor = next(iter(given.items()))
    return ValueError(
        f"Keras's {known.name}: '{layer}/{weight}' ({by(tensor.shape)}) is a tensor that it has "
        "no place for"
    )


def _other(known: PeerNet, tensors: Mapping[str, Any]) -> str:
    """A hint at the network of Keras's whose tensors these are, where it is another one.

    A MobileNet's tensors are the same for every size of picture: the hint claims none, and names
    the one of the size that was asked for.
    """
    size = known.options.get("input", known.inputs.size)
    by_size = sorted(KNOWN.values(), key=lambda one: one.options.get("input", size) != size)
    for other in by_size:
        if other.net == known.net and _same_weights(other, known):
            continue
        try:
            own = nets.net(other.net, classes_in(other, tensors), **dict(other.options))  # type: ignore[arg-type]
            assert isinstance(own, Net)
            _translated(other, own, tensors)
        except ValueError:
            continue
        sizes = [one for one in by_size if one.net == other.net and _same_weights(one, other)]
        sides = [str(one.options["input"]) for one in sizes if "input" in one.options]
        if len(set(sides)) < 2:
            return f". Its tensors are those of Keras's {other.name}"
        width = other.options["width"]
        return (
            f". Its tensors are those of Keras's MobileNet with an alpha of {width:g}, which are "
            f"the same for every size: {other.name} for pictures of {sides[0]} pixels, and "
            f"likewise for {either(sorted(set(sides) - {sides[0]}, key=int))}"
        )
    return ""


def _same_weights(one: PeerNet, other: PeerNet) -> bool:
    """Whether two of Keras's names for one network of ours differ in the size of pictures alone."""
    first, second = ({**known.options, "input": None} for known in (one, other))
    return first == second
