"""ResNet as peers and notes have it: torchvision's stride, Keras's biases, two networks of notes.

torchvision and timm call "ResNet-50" a network whose bottleneck has its stride on the 3x3
("v1.5"): the same parameters, 6 % more multiply-adds. Keras keeps the paper's stride, but biases
before every normalisation.
"""

from __future__ import annotations

from functools import partial
from math import ceil

from ...said import table
from ...spec import Conv, Dense, Flatten, GlobalPool, Net, Norm, Part, Pool, chain, pair
from ..entry import Entry, Size
from . import BOTTLENECKS, YEAR, Variant, blocks, body, entry, stages

V15 = Variant(strided=1)  # torchvision/models/resnet.py, class Bottleneck
# Keras averages 0.99 of the past and 0.01 of the batch.
KERAS = Variant(bias=True, norm=Norm(eps=1.001e-5, momentum=0.01))
KERAS_DEFAULT = Variant(bias=True, norm=Norm(eps=1e-3, momentum=0.01))

# Notes 002, "ResNet18 - Structural Details", as printed. A pad of 0.5, which a stride of 2 makes of
# even sizes, is one pixel of which the far side is not used, in the pooling a last partial window.
TABLE_002 = table("""
layer     input        output      stride  pad  kernel  params
conv1     227x227x3    112x112x64  2       1    7       9472
maxpool   112x112x64   56x56x64    2       0.5  3       0
conv2-1   56x56x64     56x56x64    1       1    3       36928
conv2-2   56x56x64     56x56x64    1       1    3       36928
conv2-3   56x56x64     56x56x64    1       1    3       36928
conv2-4   56x56x64     56x56x64    1       1    3       36928
conv3-1   56x56x64     28x28x128   2       0.5  3       73856
conv3-2   28x28x128    28x28x128   1       1    3       147584
conv3-3   28x28x128    28x28x128   1       1    3       147584
conv3-4   28x28x128    28x28x128   1       1    3       147584
conv4-1   28x28x128    14x14x256   2       0.5  3       295168
conv4-2   14x14x256    14x14x256   1       1    3       590080
conv4-3   14x14x256    14x14x256   1       1    3       590080
conv4-4   14x14x256    14x14x256   1       1    3       590080
conv5-1   14x14x256    7x7x512     2       0.5  3       1180160
conv5-2   7x7x512      7x7x512     1       1    3       2359808
conv5-3   7x7x512      7x7x512     1       1    3       2359808
conv5-4   7x7x512      7x7x512     1       1    3       2359808
avgpool   7x7x512      1x1x512     7       0    7       0
fc        1x1x512      1x1x1000    .       .    .       513000
""")


def resnet18_notes_table(classes: int = 1000, channels: int = 3, input: Size = 227) -> Net:
    """ResNet-18 as notes 002 tabulate it: biases, no normalisation, no shortcuts; 11,511,784."""
    parts: dict[str, Part] = {}
    for row in TABLE_002:
        layer = row["layer"]
        if layer == "fc":
            parts |= {"flatten": Flatten(), layer: Dense(classes, activation="softmax")}
        elif layer == "avgpool":
            parts[layer] = GlobalPool()
        else:
            kernel, stride, padding = int(row["kernel"]), int(row["stride"]), float(row["pad"])
            maps = int(row["output"].split("x")[-1])
            parts[layer] = (
                Pool("max", kernel, stride, ceil=True)
                if layer == "maxpool"
                else Conv(maps, kernel, stride, ceil(padding), activation="relu")
            )
    return Net("resnet18_notes_table", (channels, *pair(input)), classes, chain(parts))


def resnet50_notes_keras(classes: int = 1, channels: int = 3, input: Size = 224) -> Net:
    """The notes' Keras ResNet-50 with a head of its own for two classes: 31,956,481 parameters."""
    stem = Conv(64, 7, 2, padding=3, bias=True, norm=KERAS_DEFAULT.norm, activation="relu")
    parts: dict[str, Part] = {"conv1": stem, "pool1": Pool("max", 3, 2)}
    parts |= blocks(stages(50), stem.out, KERAS_DEFAULT)
    parts |= {
        "avgpool": Pool("average", 2, padding="same", count_padding=False),
        "flatten": Flatten(),
        "fc1": Dense(256, activation="relu"),
        "fc2": Dense(128, activation="relu"),
        "fc3": Dense(classes, activation="sigmoid"),
    }
    return Net("resnet50_notes_keras", (channels, *pair(input)), classes, chain(parts))


NETWORKS = (
    Entry("resnet18_notes_table", resnet18_notes_table, YEAR),
    Entry("resnet50_notes_keras", resnet50_notes_keras, YEAR),
    *(
        entry(
            f"resnet{depth}_v1.5",
            f"ResNet-{depth} v1.5 (torchvision, timm): stride on the 3x3, not the first 1x1.",
            partial(body, depth, V15),
            tuple(f"resnet{depth}_{name}" for name in ("v15", "torchvision", "timm")),
        )
        for depth in BOTTLENECKS
    ),
    *(
        entry(
            f"resnet{depth}_keras",
            f"ResNet-{depth} of Keras: the paper's strides, biases before normalisation.",
            partial(body, depth, KERAS),
        )
        for depth in BOTTLENECKS
    ),
)
