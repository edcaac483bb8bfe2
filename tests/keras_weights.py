"""Keras's weights for tests: drawn by name with numpy alone, so that nothing need be stored."""

import json
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
