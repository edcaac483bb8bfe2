"""Keras's weights for tests: drawn by name with numpy alone, so that nothing need be stored."""

import json
import random
import zlib
from pathlib import Path

import numpy as np

FINGERPRINTS = Path(__file__).with_name("keras_fingerprints.json")


def drawn(path, shape):
    """The values of a weight by its path, in double precision; a kernel keeps its input's size."""
    role = path.split("/")[-1]
    x = np.random.Generator(np.random.PCG64(zlib.crc32(path.encode()))).standard_normal(shape)
    if role == "moving_variance":
        return 1 + 0.1 * abs(x)
    if role in ("moving_mean", "beta", "bias"):
        return 0.1 * x
    if role == "gamma":
        return 1 + 0.1 * x
    fan_in = np.prod(shape[:2] if "conv_dw" in path else shape[:-1])
    return x * np.sqrt(2 / fan_in)


def picture(shape):
    """The input (N, C, H, W) that goes with drawn weights, standard normal."""
    return np.random.Generator(np.random.PCG64(0)).standard_normal(shape)


def fingerprints():
    """What Keras gave for drawn weights: by network its input, classes, layout and logits."""
    return json.loads(FINGERPRINTS.read_text(encoding="utf-8"))


def write_h5(path, name, top=True, classes=None):
    """A .weights.h5 file: layers in the order of another's model.layers, by class and a number."""
    import h5py

    layers = {}
    for weight, shape in fingerprints()["networks"][name]["weights"]:
        layer, role = weight.split("/")
        last = layer in ("predictions", "conv_preds")
        if top or not last:
            sizes = (*shape[:-1], classes) if last and classes else shape
            layers.setdefault(layer, []).append((role, drawn(weight, sizes).astype(np.float32)))
    order = list(layers)
    random.Random(1).shuffle(order)
    counts = {}
    with h5py.File(path, "w") as file:
        for layer in order:
            roles = [role for role, _ in layers[layer]]
            kind = "dense" if layer == "predictions" else "conv2d"
            kind = "depthwise_conv2d" if layer.startswith("conv_dw") else kind
            kind = "batch_normalization" if "beta" in roles else kind
            n = counts[kind] = counts.get(kind, -1) + 1
            group = file.create_group(f"layers/{kind}{f'_{n}' if n else ''}/vars")
            group.attrs["name"] = layer
            for at, (_, x) in enumerate(layers[layer]):
                group[str(at)] = x
    return path
