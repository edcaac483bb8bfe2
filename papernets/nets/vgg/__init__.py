"""VGG: networks of small windows, made deeper step by step, to 19 layers.

Three 3x3 convolutions see as much as one 7x7 with fewer weights and two activations more. Depth
alone lowers the error, and normalisation across maps does not help.
"""

from __future__ import annotations

from ...said import Paper, number, table
from ...spec import AdaptivePool, Conv, Dense, Dropout, Flatten, Net, Norm, Part, Pool, chain, pair
from ..alexnet import NORM
from ..entry import Entry, Size

PAPER = Paper(
    "Very Deep Convolutional Networks for Large-Scale Image Recognition",
    "Simonyan, Zisserman",
    2014,
    "arXiv 1409.1556, ICLR 2015",
    given="Karen, Andrew",
)

# Table 1, a column a network; the first line counts the layers with weights.
TABLE_1 = table("""
A          A-LRN      B          C          D          E
11         11         13         16         16         19
conv3-64   conv3-64   conv3-64   conv3-64   conv3-64   conv3-64
.          LRN        conv3-64   conv3-64   conv3-64   conv3-64
maxpool    maxpool    maxpool    maxpool    maxpool    maxpool
conv3-128  conv3-128  conv3-128  conv3-128  conv3-128  conv3-128
.          .          conv3-128  conv3-128  conv3-128  conv3-128
maxpool    maxpool    maxpool    maxpool    maxpool    maxpool
conv3-256  conv3-256  conv3-256  conv3-256  conv3-256  conv3-256
conv3-256  conv3-256  conv3-256  conv3-256  conv3-256  conv3-256
.          .          .          conv1-256  conv3-256  conv3-256
.          .          .          .          .          conv3-256
maxpool    maxpool    maxpool    maxpool    maxpool    maxpool
conv3-512  conv3-512  conv3-512  conv3-512  conv3-512  conv3-512
conv3-512  conv3-512  conv3-512  conv3-512  conv3-512  conv3-512
.          .          .          conv1-512  conv3-512  conv3-512
.          .          .          .          .          conv3-512
maxpool    maxpool    maxpool    maxpool    maxpool    maxpool
conv3-512  conv3-512  conv3-512  conv3-512  conv3-512  conv3-512
conv3-512  conv3-512  conv3-512  conv3-512  conv3-512  conv3-512
.          .          .          conv1-512  conv3-512  conv3-512
.          .          .          .          .          conv3-512
maxpool    maxpool    maxpool    maxpool    maxpool    maxpool
FC-4096    FC-4096    FC-4096    FC-4096    FC-4096    FC-4096
FC-4096    FC-4096    FC-4096    FC-4096    FC-4096    FC-4096
FC-1000    FC-1000    FC-1000    FC-1000    FC-1000    FC-1000
soft-max   soft-max   soft-max   soft-max   soft-max   soft-max
""")
DROPOUT = 0.5  # section 3.1: in the first two dense layers


def layers(
    column: str, classes: int, norm: Norm | None = None, dropout: float = DROPOUT, average: int = 0
) -> dict[str, Part]:
    """A column of table 1 as layers; `norm` after each convolution, dropout 0 for none.

    `average` pools the last map to this side before the first dense layer, as torchvision does.
    """
    parts: dict[str, Part] = {}
    block, place, dense = 1, 0, 6
    for line, cell in enumerate(TABLE_1.column(column)[1:], 2):
        kind, _, maps = cell.partition("-")
        where = f"table 1, line {line}"
        if kind in ("conv3", "conv1"):
            place, kernel = place + 1, number(kind[-1], where, column)
            parts[f"conv{block}_{place}"] = Conv(
                number(maps, where, column),
                kernel,
                padding=kernel // 2,  # section 2.1: the size stays after convolution
                norm=norm,
                activation="relu",
            )
        elif cell == "LRN":
            parts[f"norm{block}"] = NORM  # section 2.1: the constants of Krizhevsky et al. 2012
        elif cell == "maxpool":
            parts[f"pool{block}"] = Pool("max", 2)  # section 2.1: 2x2 at stride 2
            block, place = block + 1, 0
        elif kind == "FC":
            if average:
                parts.setdefault("avgpool", AdaptivePool(average))
            parts.setdefault("flatten", Flatten())
            last = dense == 8
            units = classes if last else number(maps, where, column)
            parts[f"fc{dense}"] = Dense(units, activation="softmax" if last else "relu")
            if not last and dropout:
                parts[f"drop{dense}"] = Dropout(dropout)
            dense += 1
        elif cell not in (".", "soft-max"):
            raise ValueError(
                f"{where}, column {column}: {cell!r} is none of conv3-N, conv1-N, LRN, maxpool, "
                "FC-N, soft-max"
            )
    return parts


def vgg11(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """VGG-11: column A, eight convolutions of 3x3."""
    return Net("vgg11", (channels, *pair(input)), classes, chain(layers("A", classes)))


def vgg11_lrn(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """VGG-11 with local response normalisation: column A-LRN."""
    return Net("vgg11_lrn", (channels, *pair(input)), classes, chain(layers("A-LRN", classes)))


def vgg13(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """VGG-13: column B, ten convolutions."""
    return Net("vgg13", (channels, *pair(input)), classes, chain(layers("B", classes)))


def vgg16_conv1(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """VGG-16 with 1x1 convolutions: column C."""
    return Net("vgg16_conv1", (channels, *pair(input)), classes, chain(layers("C", classes)))


def vgg16(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """VGG-16: column D, thirteen convolutions of 3x3."""
    return Net("vgg16", (channels, *pair(input)), classes, chain(layers("D", classes)))


def vgg19(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """VGG-19: column E, sixteen convolutions of 3x3."""
    return Net("vgg19", (channels, *pair(input)), classes, chain(layers("E", classes)))


NETWORKS = (
    Entry("vgg11", vgg11, PAPER.year),
    Entry("vgg11_lrn", vgg11_lrn, PAPER.year),
    Entry("vgg13", vgg13, PAPER.year),
    Entry("vgg16_conv1", vgg16_conv1, PAPER.year),
    Entry("vgg16", vgg16, PAPER.year),
    Entry("vgg19", vgg19, PAPER.year),
)
