"""GoogLeNet: modules that look through windows of several sizes at once, at a fixed budget.

A module convolves by 1x1, 3x3 and 5x5 and pools, side by side, and joins the maps. 1x1 convolutions
before the large windows keep it cheap: the naive module costs 303 million multiply-adds where the
reduced one costs 128. Two heads on the way help the gradient down in training and are then dropped.
It won ILSVRC 2014 with 6.67 % top-5 error and nine times fewer parameters than AlexNet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from ...said import Code, Paper, maps_last, number, patch, table
from ...spec import (
    LRN,
    Aux,
    Concat,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Layer,
    Net,
    Norm,
    Part,
    Pool,
    Shape,
    chain,
    concat,
    pair,
)
from ..entry import Entry, Size, check_switch

PAPER = Paper(
    "Going Deeper with Convolutions",
    "Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich",
    2014,
    "arXiv 1409.4842; CVPR 2015, 1-9",
    given="Christian, Wei, Yangqing, Pierre, Scott, Dragomir, Dumitru, Vincent, Andrew",
)
CAFFE = Code("Caffe, models/bvlc_googlenet/train_val.prototxt")
TORCHVISION = Code("torchvision 0.28, models/googlenet.py")

# Table 1, every cell. K is 1,024 (biases counted); ops are multiply-adds.
TABLE_1 = table("""
type           patch  output       depth  1x1  3x3reduce  3x3  5x5reduce  5x5  poolproj  params ops
convolution    7x7/2  112x112x64   1      .    .          .    .          .    .         2.7K   34M
max_pool       3x3/2  56x56x64     0      .    .          .    .          .    .         .      .
convolution    3x3/1  56x56x192    2      .    64         192  .          .    .         112K   360M
max_pool       3x3/2  28x28x192    0      .    .          .    .          .    .         .      .
inception_3a   .      28x28x256    2      64   96         128  16         32   32        159K   128M
inception_3b   .      28x28x480    2      128  128        192  32         96   64        380K   304M
max_pool       3x3/2  14x14x480    0      .    .          .    .          .    .         .      .
inception_4a   .      14x14x512    2      192  96         208  16         48   64        364K   73M
inception_4b   .      14x14x512    2      160  112        224  24         64   64        437K   88M
inception_4c   .      14x14x512    2      128  128        256  24         64   64        463K   100M
inception_4d   .      14x14x528    2      112  144        288  32         64   64        580K   119M
inception_4e   .      14x14x832    2      256  160        320  32         128  128       840K   170M
max_pool       3x3/2  7x7x832      0      .    .          .    .          .    .         .      .
inception_5a   .      7x7x832      2      256  160        320  32         128  128       1072K  54M
inception_5b   .      7x7x1024     2      384  192        384  48         128  128       1388K  71M
avg_pool       7x7/1  1x1x1024     0      .    .          .    .          .    .         .      .
dropout_(40%)  .      1x1x1024     0      .    .          .    .          .    .         .      .
linear         .      1x1x1000     1      .    .          .    .          .    .         1000K  1M
softmax        .      1x1x1000     0      .    .          .    .          .    .         .      .
""")
# Figure 3: which row LRN follows.
NORMS = {"norm1": "pool1", "norm2": "conv2"}
MODULE_POOL = Pool("max", 3, 1, padding=1)  # figure 2
# Section 5, "the extra network on the side": what it is put on, its loss's weight, its sizes.
HEADS = {"aux1": "inception_4a", "aux2": "inception_4d"}
HEAD_POOL = Pool("average", 5, 3)
HEAD_WEIGHT, HEAD_MAPS, HEAD_UNITS, HEAD_DROPOUT = 0.3, 128, 1024, 0.7
ALEXNET_LRN = LRN(size=5, k=2, alpha=1e-4, beta=0.75)  # AlexNet, section 3.3


@dataclass(frozen=True)
class Variant:
    """What table 1 leaves open, or a peer does otherwise."""

    wide: int = 5  # the window under 5x5
    lrn: LRN | None = ALEXNET_LRN
    norm: Norm | None = None
    last_pool: int = 3  # the window of the fourth max pooling
    dropout: float = 0.4
    head_pool: Layer = HEAD_POOL
    heads: bool = True
    counted: bool = False  # the heads, as part of the network


def convolution(variant: Variant, maps: int, kernel: int, stride: int = 1) -> Conv:
    """A padded convolution with ReLU, "all the convolutions" of section 5."""
    norm = variant.norm
    return Conv(maps, kernel, stride, kernel // 2, bias=norm is None, norm=norm, activation="relu")


def widths(row: dict[str, str]) -> dict[str, int]:
    """The maps of a module's convolutions, from a row of table 1."""
    return {column: number(row[column], row["type"], column) for column in TABLE_1.columns[4:10]}


def inception(row: dict[str, str], variant: Variant) -> Concat:
    """Figure 2(b): four branches, the widths from a row of table 1."""
    w = widths(row)

    def conv(column: str, kernel: int) -> Conv:
        return convolution(variant, w[column], kernel)

    return concat(
        {
            "b1x1": conv("1x1", 1),
            "b3x3": chain({"reduce": conv("3x3reduce", 1), "conv": conv("3x3", 3)}),
            "b5x5": chain({"reduce": conv("5x5reduce", 1), "conv": conv("5x5", variant.wide)}),
            "pool": chain({"pool": MODULE_POOL, "project": conv("poolproj", 1)}),
        }
    )


def naive_inception(row: dict[str, str], variant: Variant) -> Concat:
    """Figure 2(a): the windows side by side without reductions, and pooling that passes all on."""
    w = widths(row)
    windows = {"1x1": 1, "3x3": 3, "5x5": variant.wide}
    convs = {f"b{size}": convolution(variant, w[size], windows[size]) for size in windows}
    return concat({**convs, "pool": MODULE_POOL})


def head(classes: int, variant: Variant) -> Aux:
    """Section 5: average pooling, 128 maps of 1x1, 1024 units, dropout of 70 %, softmax."""
    layers = {
        "pool": variant.head_pool,
        "conv": convolution(variant, HEAD_MAPS, 1),
        "flatten": Flatten(),
        "fc1": Dense(HEAD_UNITS, activation="relu"),
        "dropout": Dropout(HEAD_DROPOUT),
        "fc2": Dense(classes, activation="softmax"),
    }
    return Aux(chain(layers), HEAD_WEIGHT, variant.counted)


def lines(classes: int, variant: Variant) -> Iterator[tuple[str, dict[str, str], dict[str, Part]]]:
    """Of each line of table 1 its name, its cells, its layers with figure 3's LRN and heads."""
    convs, pools = count(1), count(1)
    for row in TABLE_1:
        kind, name, parts = row["type"].partition("_")[0], row["type"], dict[str, Part]()
        match kind:
            case "convolution":
                name = f"conv{next(convs)}"
                kernel, stride = patch(row["patch"], name)
                if row["3x3reduce"] != ".":
                    maps = number(row["3x3reduce"], name, "3x3reduce")
                    parts[f"{name}_reduce"] = convolution(variant, maps, 1)
                parts[name] = convolution(variant, maps_last(row["output"])[0], kernel, stride)
            case "max":
                name = f"pool{next(pools)}"
                kernel = variant.last_pool if name == "pool4" else 3
                parts[name] = Pool("max", kernel, 2, ceil=True)
            case "inception":
                parts[name] = inception(row, variant)
            case "avg":
                name = "avgpool"
                parts[name] = GlobalPool()
            case "dropout":
                name = kind
                parts |= {name: Dropout(variant.dropout), "flatten": Flatten()}
            case "linear":
                name = "fc"
                parts[name] = Dense(classes, activation="softmax")
            case _:  # softmax is the activation of fc
                continue
        if variant.lrn:
            parts |= {norm: variant.lrn for norm, after in NORMS.items() if after == name}
        if variant.heads:
            parts |= {h: head(classes, variant) for h, after in HEADS.items() if after == name}
        yield name, row, parts


def network(name: str, variant: Variant, classes: int, input: Shape) -> Net:
    """All of table 1, with what a variant does otherwise."""
    layers = {n: part for _, _, parts in lines(classes, variant) for n, part in parts.items()}
    return Net(name, input, classes, chain(layers))


def googlenet(classes: int = 1000, channels: int = 3, input: Size = 224, aux: bool = True) -> Net:
    """GoogLeNet (2014): nine modules of 1x1, 3x3, 5x5 and pooling, LRN, two heads in training."""
    variant = Variant(heads=check_switch("aux", aux))
    return network("googlenet", variant, classes, (channels, *pair(input)))


def googlenet_aux(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """GoogLeNet with both heads counted in, as it is trained: 13,378,280 parameters."""
    return network("googlenet_aux", Variant(counted=True), classes, (channels, *pair(input)))


ROW_3A = next(row for row in TABLE_1 if row["type"] == "inception_3a")


def inception_naive_3a(classes: int = 0, channels: int = 192, input: Size = 28) -> Net:
    """The naive module of figure 2(a) with the widths of 3a: a module, explained and compared."""
    module = naive_inception(ROW_3A, Variant())
    return _module("inception_naive_3a", module, classes, (channels, *pair(input)))


def inception_reduced_3a(classes: int = 0, channels: int = 192, input: Size = 28) -> Net:
    """The module with reductions of figure 2(b), 3a: a module, explained and compared."""
    module = inception(ROW_3A, Variant())
    return _module("inception_reduced_3a", module, classes, (channels, *pair(input)))


def _module(name: str, module: Concat, classes: int, input: Shape) -> Net:
    """A module as a `Net` of no classes: it gives maps, so it is explained and not trained."""
    if classes:
        raise ValueError(
            f"{name} is a module, not a whole network: it gives maps and has no classes. "
            "The network that is made of such modules: googlenet"
        )
    return Net(name, input, 0, chain({"inception_3a": module}))


NETWORKS = (
    Entry("googlenet", googlenet, PAPER.year, aliases=("inception_v1",)),
    Entry("googlenet_aux", googlenet_aux, PAPER.year),
    Entry("inception_naive_3a", inception_naive_3a, PAPER.year),
    Entry("inception_reduced_3a", inception_reduced_3a, PAPER.year),
)
