"""AlexNet as others print and build it: one tower, torchvision's network, a Keras model.

Each is another network than the paper's, kept because everyone meets it under the same name.
"""

from __future__ import annotations

from ...said import Paper, number, table
from ...spec import (
    AdaptivePool,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Net,
    Norm,
    Part,
    Pool,
    chain,
    pair,
)
from ..entry import Entry, Size
from . import DROPOUT, NORM, PAPER, POOL

PAPER_OWT = Paper(
    "One weird trick for parallelizing convolutional neural networks",
    "Krizhevsky",
    2014,
    "arXiv 1404.5997; torchvision/models/alexnet.py",
    given="Alex",
)

# Notes 002, AlexNet Network - Structural Details: input, output, stride, padding, kernel, channels
# in and out, parameters. The normalisation stands in its text and in notes 001.
NOTES_002 = table("""
layer  input       output     stride  pad  kernel  in    out   params
conv1  227x227x3   55x55x96   4       0    11x11   3     96    34944
pool1  55x55x96    27x27x96   2       0    3x3     96    96    0
conv2  27x27x96    27x27x256  1       2    5x5     96    256   614656
pool2  27x27x256   13x13x256  2       0    3x3     256   256   0
conv3  13x13x256   13x13x384  1       1    3x3     256   384   885120
conv4  13x13x384   13x13x384  1       1    3x3     384   384   1327488
conv5  13x13x384   13x13x256  1       1    3x3     384   256   884992
pool5  13x13x256   6x6x256    2       0    3x3     256   256   0
fc6    .           .          .       .    1x1     9216  4096  37752832
fc7    .           .          .       .    1x1     4096  4096  16781312
fc8    .           .          .       .    1x1     4096  1000  4097000
""")


def alexnet_single(classes: int = 1000, channels: int = 3, input: Size = 227) -> Net:
    """AlexNet as one tower: every kernel sees all maps; 62,378,344 parameters."""
    parts: dict[str, Part] = {}
    for row in NOTES_002:
        layer, place = row["layer"], row["layer"][-1]
        out = number(row["out"], layer, "out")
        if layer == "fc8":
            parts[layer] = Dense(classes, activation="softmax")
        elif layer.startswith("fc"):
            parts.setdefault("flatten", Flatten())
            parts[layer] = Dense(out, activation="relu")
            parts[f"drop{place}"] = DROPOUT
        else:
            kernel = number(row["kernel"].split("x")[0], layer, "kernel")
            stride, pad = (number(row[what], layer, what) for what in ("stride", "pad"))
            if layer.startswith("pool"):
                parts[layer] = Pool("max", kernel, stride, pad)
            else:
                parts[layer] = Conv(out, kernel, stride, pad, activation="relu")
        if layer in ("conv1", "conv2"):
            parts[f"norm{place}"] = NORM
    return Net("alexnet_single", (channels, *pair(input)), classes, chain(parts))


# torchvision/models/alexnet.py, from top to bottom.
TORCHVISION = table("""
layer  maps  kernel  stride  padding  then
conv1  64    11      4       2        pooled
conv2  192   5       1       2        pooled
conv3  384   3       1       1        .
conv4  256   3       1       1        .
conv5  256   3       1       1        pooled
fc6    4096  .       .       .        .
fc7    4096  .       .       .        .
fc8    1000  .       .       .        .
""")
AVERAGE = 6  # AdaptiveAvgPool2d((6, 6))


def alexnet_torchvision(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """torchvision's AlexNet: another paper's network, one tower, no normalisation."""
    parts: dict[str, Part] = {}
    for row in TORCHVISION:
        layer, place = row["layer"], int(row["layer"][-1])
        maps = number(row["maps"], layer, "maps")
        if layer == "fc8":
            parts[layer] = Dense(classes, activation="softmax")
        elif layer.startswith("fc"):
            parts.setdefault("avgpool", AdaptivePool(AVERAGE))
            parts.setdefault("flatten", Flatten())
            parts[f"drop{place - 1}"] = DROPOUT
            parts[layer] = Dense(maps, activation="relu")
        else:
            columns = ("kernel", "stride", "padding")
            kernel, stride, padding = (number(row[what], layer, what) for what in columns)
            parts[layer] = Conv(maps, kernel, stride, padding, activation="relu")
        if row["then"] == "pooled":
            parts[f"pool{place}"] = POOL
    return Net("alexnet_torchvision", (channels, *pair(input)), classes, chain(parts))


# Notes 001, Keras: the layers of the code, and what the summary prints before it breaks off.
KERAS = table("""
layer  kind   maps  kernel  stride  output     params
conv1  conv   96    11      4       54x54x96   34944
pool1  max    .     2       2       27x27x96   0
bn1    norm   .     .       .       27x27x96   384
conv2  conv   256   11      1       17x17x256  2973952
pool2  max    .     2       2       8x8x256    0
bn2    norm   .     .       .       8x8x256    1024
conv3  conv   384   3       1       .          .
bn3    norm   .     .       .       .          .
conv4  conv   384   3       1       .          .
bn4    norm   .     .       .       .          .
conv5  conv   256   3       1       .          .
pool5  max    .     2       2       .          .
bn5    norm   .     .       .       .          .
fc6    dense  4096  .       .       .          .
bn6    norm   .     .       .       .          .
fc7    dense  4096  .       .       .          .
bn7    norm   .     .       .       .          .
fc8    dense  10    .       .       .          .
""")
KERAS_NORM = BatchNorm(Norm(eps=1e-3, momentum=0.01))  # Keras: epsilon 0.001, momentum 0.99
KERAS_DROPOUT = Dropout(0.4)


def alexnet_keras_bn(classes: int = 10, channels: int = 3, input: Size = 224) -> Net:
    """The notes' Keras model called AlexNet: batch normalisation, 11x11 twice, 10 classes."""
    parts: dict[str, Part] = {}
    for row in KERAS:
        layer, kind = row["layer"], row["kind"]
        if kind == "norm":
            parts[layer] = KERAS_NORM
        elif kind == "max":
            parts[layer] = Pool("max", number(row["kernel"], layer, "kernel"))
        elif kind == "conv":
            columns = ("maps", "kernel", "stride")
            maps, kernel, stride = (number(row[what], layer, what) for what in columns)
            parts[layer] = Conv(maps, kernel, stride, activation="relu")
        elif layer == "fc8":
            parts[layer] = Dense(classes, activation="softmax")
        else:
            parts.setdefault("flatten", Flatten())
            parts[layer] = Dense(number(row["maps"], layer, "maps"), activation="relu")
            parts[f"drop{layer[-1]}"] = KERAS_DROPOUT
    return Net("alexnet_keras_bn", (channels, *pair(input)), classes, chain(parts))


NETWORKS = (
    Entry("alexnet_single", alexnet_single, PAPER.year),
    Entry("alexnet_torchvision", alexnet_torchvision, PAPER_OWT.year, aliases=("alexnet_owt",)),
    Entry("alexnet_keras_bn", alexnet_keras_bn, PAPER.year),
)
