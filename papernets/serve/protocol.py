"""The Open Inference Protocol, version 2, as KServe and Triton speak it: what our models take.

A model takes one of three inputs: `picture`, files as BYTES; `pixels`, pictures as UINT8 (N, H, W,
3); `input`, FP32 (N, C, H, W), as the bundle's preprocessing makes it and an exported network
takes it. It gives `logits` FP32, `scores` FP64 and `label` BYTES. Each row is computed alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..words import by, plural
from .limits import Limits, Refused
from .line import Turn
from .models import Served
from .tensors import Inference, Input, Output, Wanted, written, wrong

VERSION = "1"
EXTENSIONS = ["binary_tensor_data", "classification", "model_repository"]
LOGITS, SCORES, LABEL = "logits", "scores", "label"
OUTPUTS = (LOGITS, SCORES, LABEL)
PICTURE, PIXELS, INPUT = "picture", "pixels", "input"


def metadata(model: Served) -> dict[str, Any]:
    """What a client is told of a model."""
    classes = len(model.classes)
    return {
        "name": model.name,
        "versions": [VERSION],
        "platform": "papernets_pytorch",
        "inputs": [
            {"name": PICTURE, "datatype": "BYTES", "shape": [-1]},
            {"name": PIXELS, "datatype": "UINT8", "shape": [-1, -1, -1, 3]},
            {"name": INPUT, "datatype": "FP32", "shape": [-1, *model.input]},
        ],
        "outputs": [
            {"name": LOGITS, "datatype": "FP32", "shape": [-1, classes]},
            {"name": SCORES, "datatype": "FP64", "shape": [-1, classes]},
            {"name": LABEL, "datatype": "BYTES", "shape": [-1, 1]},
        ],
    }


def infer(
    model: Served, asked: Inference, limits: Limits, turn: Turn
) -> tuple[dict[str, Any], bytes, int]:
    """The answer: JSON, binary tensors behind it, and how many pictures it is about."""
    if len(asked.inputs) != 1:
        raise wrong(f"give one of the inputs {PICTURE}, {PIXELS} and {INPUT}, not several")
    seen = _seen(model, asked.inputs[0], limits, turn)
    logits, scores = model.outputs(seen, turn)
    wanted = asked.wanted or [Wanted(name, asked.binary) for name in OUTPUTS]
    outputs = [_output(one, model.classes, logits, scores) for one in wanted]
    head = {"model_name": model.name, "model_version": VERSION}
    told, rest = written(head | ({"id": asked.id} if asked.id is not None else {}), outputs)
    return told, rest, len(seen)


def _seen(model: Served, given: Input, limits: Limits, turn: Turn) -> Tensor:
    """What the network sees of what was given."""
    read: dict[str, tuple[str, Callable[[Served, Any, Limits, Turn], Tensor]]] = {
        PICTURE: ("BYTES", _of_files),
        PIXELS: ("UINT8", _of_pixels),
        INPUT: ("FP32", _of_values),
    }
    if given.name not in read:
        raise wrong(f"{given.name!r} is no input: {PICTURE}, {PIXELS} and {INPUT} are")
    kind, make = read[given.name]
    if given.datatype != kind:
        raise wrong(f"{given.name!r} is of {kind}, not {given.datatype}")
    count = given.shape[0] if given.shape else 0
    if kind == "BYTES":
        count = len(given.values)
    if not count:
        raise wrong(f"{given.name!r} is empty: give at least one picture")
    if count > limits.pictures:
        raise Refused(
            413,
            f"a request may have {plural(limits.pictures, 'picture')}: send the others in another",
            reason="pictures",
        )
    return make(model, given.values, limits, turn)


def _of_files(model: Served, files: list[bytes], limits: Limits, turn: Turn) -> Tensor:
    return torch.cat([model.seen(stored) for stored in model.read(files, limits, turn)])


def _of_pixels(model: Served, values: NDArray[np.uint8], limits: Limits, turn: Turn) -> Tensor:
    if values.ndim != 4 or values.shape[3] not in (1, 3) or not values.size:
        raise wrong(f"{PIXELS!r} is of shape {by(values.shape)}: give (N, H, W, 3), or 1 for grey")
    each = [one[:, :, 0] if values.shape[3] == 1 else one for one in values]
    return torch.cat([model.seen(stored) for stored in model.read(each, limits, turn)])


def _of_values(model: Served, values: NDArray[np.float32], _: Limits, __: Turn) -> Tensor:
    if values.shape[1:] != model.input:
        raise wrong(
            f"{INPUT!r} is of shape {by(values.shape)}: "
            f"give (N, {', '.join(map(str, model.input))})"
        )
    return torch.from_numpy(values.astype(np.float32))


def _output(
    wanted: Wanted,
    classes: Sequence[str],
    logits: NDArray[np.float32],
    scores: NDArray[np.float64],
) -> Output:
    """An output as it is wanted: values, or the first classes as `value:place:name`."""
    if wanted.name == LABEL:
        return Output(LABEL, [[classes[at]] for at in logits.argmax(1)], wanted.binary)
    if wanted.name not in OUTPUTS:
        raise wrong(f"there is no output {wanted.name[:100]!r}: {', '.join(OUTPUTS)}")
    values = logits if wanted.name == LOGITS else scores
    if not wanted.classes:
        return Output(wanted.name, values, wanted.binary)
    best = np.argsort(-values, axis=1, kind="stable")[:, : wanted.classes]
    texts = [
        [f"{row[at]:f}:{at}:{classes[at]}" for at in order]
        for row, order in zip(values, best, strict=True)
    ]
    return Output(wanted.name, texts, wanted.binary)
