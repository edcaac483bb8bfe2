"""BN-Inception: batch normalisation before every ReLU, and 5x5 windows become two of 3x3.

Normalising what each layer receives over the mini-batch lets the network train with far larger
learning rates: it reaches GoogLeNet's accuracy in 14 times fewer steps, without dropout and without
local response normalisation, and six such networks had 4.82 % top-5 error on the ImageNet test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

from ...said import Code, Paper, maps_last, number, patch, table
from ...spec import (
    Concat,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Net,
    Norm,
    Part,
    Pool,
    chain,
    concat,
    pair,
)
from ..entry import Entry, Size

PAPER = Paper(
    "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
    "Ioffe, Szegedy",
    2015,
    "ICML 2015; arXiv 1502.03167",
    given="Sergey, Christian",
)
SLIM = Code("TF-Slim, nets/inception_v2.py")

# Appendix, figure 5, every cell (d: double). A star: separable, with depth multiplier 8. The pool
# column: which pooling, and the maps of its projection; max+pass has none.
FIGURE_5 = table("""
type          patch   output      depth  1x1  3x3reduce  3x3  d3x3reduce  d3x3  pool
convolution*  7x7/2   112x112x64  1      .    .          .    .           .     .
max_pool      3x3/2   56x56x64    0      .    .          .    .           .     .
convolution   3x3/1   56x56x192   1      .    64         192  .           .     .
max_pool      3x3/2   28x28x192   0      .    .          .    .           .     .
inception_3a  .       28x28x256   3      64   64         64   64          96    avg+32
inception_3b  .       28x28x320   3      64   64         96   64          96    avg+64
inception_3c  stride2 28x28x576   3      0    128        160  64          96    max+pass
inception_4a  .       14x14x576   3      224  64         96   96          128   avg+128
inception_4b  .       14x14x576   3      192  96         128  96          128   avg+128
inception_4c  .       14x14x576   3      160  128        160  128         160   avg+128
inception_4d  .       14x14x576   3      96   128        192  160         192   avg+128
inception_4e  stride2 14x14x1024  3      0    128        192  192         256   max+pass
inception_5a  .       7x7x1024    3      352  192        320  160         224   avg+128
inception_5b  .       7x7x1024    3      352  192        320  192         224   max+128
avg_pool      7x7/1   1x1x1024    0      .    .          .    .           .     .
""")
NORM = Norm(eps=1e-3)  # not printed; TF-Slim's
HALVING = Pool("max", 3, 2, "same")  # of 3c and 4e, so that odd maps can be joined too


@dataclass(frozen=True)
class Variant:
    """What figure 5 leaves open, or a release does otherwise."""

    separable: bool = True
    projection: int = 128  # of 4c and 4d, which print 128 and a sum that needs 96
    bias: bool = False
    norm: Norm = NORM
    same: bool = False  # TensorFlow's padding, in every layer
    count_padding: bool = False
    dropout: float | None = None


VARIANTS = {
    "bn_inception": Variant(),
    "bn_inception_576": Variant(projection=96),
    "bn_inception_plain_stem": Variant(separable=False),
    "bn_inception_caffe": Variant(
        separable=False, bias=True, norm=Norm(eps=1e-5), count_padding=True
    ),
    "bn_inception_slim": Variant(
        projection=96, norm=replace(NORM, scale=False), same=True, dropout=0.2
    ),
}


def convolution(variant: Variant, maps: int, kernel: int, stride: int = 1) -> Conv:
    """A padded convolution, batch normalisation, ReLU (section 3.2)."""
    padding = "same" if variant.same else kernel // 2
    norm, bias = variant.norm, variant.bias
    return Conv(maps, kernel, stride, padding, bias=bias, norm=norm, activation="relu")


def inception(row: dict[str, str], variant: Variant) -> Concat:
    """A module of figure 5; with a stride, its 3x3 branches halve the map and the pool passes."""
    name = row["type"]
    w = {c: number(row[c], name, c) for c in FIGURE_5.columns[4:9]}
    stride = 2 if row["patch"] == "stride2" else 1

    def conv(column: str, kernel: int, stride: int = 1) -> Conv:
        return convolution(variant, w[column], kernel, stride)

    branches: dict[str, Part] = {"b1x1": conv("1x1", 1)} if w["1x1"] else {}
    branches["b3x3"] = chain({"reduce": conv("3x3reduce", 1), "conv": conv("3x3", 3, stride)})
    double = {"reduce": conv("d3x3reduce", 1), "conv1": conv("d3x3", 3)}
    branches["double3x3"] = chain({**double, "conv2": conv("d3x3", 3, stride)})
    how, _, project = row["pool"].partition("+")
    if project == "pass":
        return concat({**branches, "pool": HALVING})
    maps = variant.projection if name in ("inception_4c", "inception_4d") else int(project)
    pooling = "average" if how == "avg" else how
    pool = Pool(pooling, 3, 1, 1, count_padding=variant.count_padding)
    projection = convolution(variant, maps, 1)
    return concat({**branches, "pool": chain({"pool": pool, "project": projection})})


def lines(variant: Variant, channels: int) -> Iterator[tuple[str, dict[str, str], dict[str, Part]]]:
    """Of each line of figure 5 the name of its last layer, its cells, its layers."""
    convs, pools = count(1), count(1)
    for row in FIGURE_5:
        name, parts = row["type"], dict[str, Part]()
        match name.rstrip("*"):
            case "convolution":
                name = f"conv{next(convs)}"
                kernel, stride = patch(row["patch"], name)
                if row["3x3reduce"] != ".":
                    maps = number(row["3x3reduce"], name, "3x3reduce")
                    parts[f"{name}_reduce"] = convolution(variant, maps, 1)
                conv = convolution(variant, maps_last(row["output"])[0], kernel, stride)
                if row["type"].endswith("*") and variant.separable:
                    parts[f"{name}_dw"] = replace(
                        conv, out=8 * channels, groups=channels, norm=None, activation=None
                    )
                    name = f"{name}_pw"
                    conv = replace(conv, kernel=1, stride=1, padding=0)
                parts[name] = conv
            case "max_pool":
                name = f"pool{next(pools)}"
                pool = Pool("max", 3, 2, ceil=True)
                parts[name] = HALVING if variant.same else pool
            case "avg_pool":
                name = "avgpool"
                parts[name] = GlobalPool()
            case _:
                parts[name] = inception(row, variant)
        yield name, row, parts


def _net(name: str, classes: int, channels: int, input: Size) -> Net:
    """Figure 5 by a variant, and the softmax layer of section 4.2."""
    variant = VARIANTS[name]
    layers = {n: part for _, _, parts in lines(variant, channels) for n, part in parts.items()}
    if variant.dropout is not None:
        layers["dropout"] = Dropout(variant.dropout)
    layers |= {"flatten": Flatten(), "fc": Dense(classes, activation="softmax")}
    return Net(name, (channels, *pair(input)), classes, chain(layers))


def bn_inception(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """BN-Inception (2015): the branches of figure 5 as printed, separable first convolution."""
    return _net("bn_inception", classes, channels, input)


def bn_inception_576(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """BN-Inception by the printed sizes: projections of 96 in 4c and 4d, so 576 maps."""
    return _net("bn_inception_576", classes, channels, input)


def bn_inception_plain_stem(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """BN-Inception, branches as printed, with a plain 7x7 first convolution."""
    return _net("bn_inception_plain_stem", classes, channels, input)


def bn_inception_caffe(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """BN-Inception as released for Caffe: plain first convolution, biases beside beta."""
    return _net("bn_inception_caffe", classes, channels, input)


def bn_inception_slim(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """BN-Inception as TF-Slim's inception_v2: 576 maps, 'same' padding, beta without gamma."""
    return _net("bn_inception_slim", classes, channels, input)


NETWORKS = tuple(
    Entry(make.__name__, make, PAPER.year)
    for make in (
        *(bn_inception, bn_inception_576, bn_inception_plain_stem),
        *(bn_inception_caffe, bn_inception_slim),
    )
)
