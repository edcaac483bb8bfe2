"""LeNet as it is read today: the networks that notes and public code print.

A dense second convolution, plain pooling and a softmax took the place of the connection table,
trained subsampling and the RBF output. They are kept because everyone meets them, each with the
numbers that its source prints.
"""

from __future__ import annotations

from ...said import Table, number, table
from ...spec import Conv, Dense, Flatten, Net, Part, Pool, Shape, chain, pair
from ..entry import Entry, Size
from . import PAPER, PAPER_1989

# The modern readings, as the notes print or imply them: layer, maps, kernel, stride, activation.
MODERN_TEXT = """
layer  kind     maps  kernel  activation
conv1  conv     6     5x5     tanh
pool1  average  .     2x2     .
conv2  conv     16    5x5     tanh
pool2  average  .     2x2     .
fc1    dense    120   .       tanh
fc2    dense    84    .       tanh
out    dense    10    .       softmax
"""
MODERN = table(MODERN_TEXT)
LENET1_TEXT = """
layer  kind     maps  kernel  activation
conv1  conv     4     5x5     tanh
pool1  average  .     2x2     .
conv2  conv     8     5x5     tanh
pool2  average  .     2x2     .
out    dense    10    .       softmax
"""
LENET1_NOTES = table(LENET1_TEXT)
LENET4_NOTES = table("""
layer  kind     maps  kernel  activation
conv1  conv     4     5x5     tanh
pool1  average  .     2x2     .
conv2  conv     16    5x5     tanh
pool2  average  .     2x2     .
fc1    dense    120   .       tanh
out    dense    10    .       softmax
""")
# Notes 003, "CNN-Example to calculate parameters": activation shape, activation size, parameters.
LECTURE = table("""
layer    kind   maps  kernel  activation  shape     size  params
CONV1    conv   8     5x5     relu        28x28x8   6272  608
POOL1    max    .     2x2     .           14x14x8   1568  0
CONV2    conv   16    5x5     relu        10x10x16  1600  3216
POOL2    max    .     2x2     .           5x5x16    400   0
FC3      dense  120   .       relu        120x1     120   48120
FC4      dense  84    .       relu        84x1      84    10164
softmax  dense  10    .       softmax     10x1      10    850
""")


def _modern(name: str, printed: Table, shape: Shape, classes: int) -> Net:
    """A table of the notes as a network: convolutions, poolings, dense layers on the flat map."""
    parts: dict[str, Part] = {}
    for row in printed:
        layer, kind = row["layer"], row["kind"]
        activation = None if row["activation"] == "." else row["activation"]
        if kind == "conv":
            maps = number(row["maps"], layer, "maps")
            kernel = number(row["kernel"][0], layer, "kernel")
            parts[layer] = Conv(maps, kernel, activation=activation)
        elif kind == "dense":
            parts.setdefault("flatten", Flatten())
            units = classes if activation == "softmax" else number(row["maps"], layer, "maps")
            parts[layer] = Dense(units, activation=activation)
        else:
            parts[layer] = Pool(kind, number(row["kernel"][0], layer, "kernel"))
    return Net(name, shape, classes, chain(parts))


def lenet5_modern(classes: int = 10, channels: int = 1, input: Size = 32) -> Net:
    """LeNet-5 as taught today: dense, average pooling, tanh, softmax; 61,706 parameters."""
    return _modern("lenet5_modern", MODERN, (channels, *pair(input)), classes)


def lenet5_keras_28(classes: int = 10, channels: int = 1, input: Size = 28) -> Net:
    """The notes' Keras model: LeNet-5's widths on 28x28, max pooling; 44,426 parameters."""
    layers = table(MODERN_TEXT.replace("average", "max"))
    return _modern("lenet5_keras_28", layers, (channels, *pair(input)), classes)


def lenet1_notes(classes: int = 10, channels: int = 1, input: Size = 28) -> Net:
    """LeNet-1 as the notes word it: eight second maps, dense, plain average pooling."""
    return _modern("lenet1_notes", LENET1_NOTES, (channels, *pair(input)), classes)


def lenet1_12maps_dense(classes: int = 10, channels: int = 1, input: Size = 28) -> Net:
    """LeNet-1 with its 12 maps, but dense, with plain average pooling: 3,246 parameters."""
    twelve = table(LENET1_TEXT.replace("conv     8 ", "conv     12"))
    return _modern("lenet1_12maps_dense", twelve, (channels, *pair(input)), classes)


def lenet4_notes(classes: int = 10, channels: int = 1, input: Size = 32) -> Net:
    """LeNet-4 as the notes list it, dense: 51,050 parameters, three times the paper's."""
    return _modern("lenet4_notes", LENET4_NOTES, (channels, *pair(input)), classes)


def lecture_cnn(classes: int = 10, channels: int = 3, input: Size = 32) -> Net:
    """The lecture's worked example on 32x32 colour pictures: 62,958 parameters."""
    return _modern("lecture_cnn", LECTURE, (channels, *pair(input)), classes)


NETWORKS = (
    Entry("lenet1_12maps_dense", lenet1_12maps_dense, PAPER_1989.year),
    Entry("lenet1_notes", lenet1_notes, PAPER_1989.year),
    Entry("lenet4_notes", lenet4_notes, PAPER.year),
    Entry("lenet5_modern", lenet5_modern, PAPER.year),
    Entry("lenet5_keras_28", lenet5_keras_28, PAPER.year),
    Entry("lecture_cnn", lecture_cnn, PAPER.year),
)
