"""GoogLeNet: modules that look through windows of several sizes at once, at a fixed budget.

A module convolves by 1x1, 3x3 and 5x5 and pools, side by side, and joins the maps. 1x1 convolutions
before the large windows keep it cheap: the naive module costs 303 million multiply-adds where the
reduced one costs 128. Two heads on the way help the gradient down in training and are then dropped.
It won ILSVRC 2014 with 6.67 % top-5 error and nine times fewer parameters than AlexNet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...said import UNEXPLAINED, Departure, Paper, number, table
from ...said.legacy import Erratum, Fact
from ...spec import (
    LRN,
    Aux,
    Concat,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Initialisation,
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
from ..cost import cost, depth
from ..entry import Entry, check_switch
from ..googlenet.notes import MODULE_ERRATA, NAIVE_ERRATA, notes_errata, notes_facts
from ..printed import as_printed

PAPER = Paper(
    "Going Deeper with Convolutions",
    "Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich",
    2014,
    "arXiv 1409.4842; CVPR 2015, 1-9",
)
CAFFE = "Caffe, models/bvlc_googlenet/train_val.prototxt"
# Caffe's xavier: uniform, of variance 1 / fan-in; the classifiers' biases are 0.
INIT = Initialisation(
    "xavier",
    1.0,
    f"{CAFFE}, weight_filler and bias_filler",
    bias=0.2,
    but=tuple((name, Initialisation("xavier", 1.0, CAFFE)) for name in ("fc", "aux?.fc2")),
)

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
SEPARABLE_CONV1 = chain({"depthwise": Conv(24, 7, 2, 3, groups=3), "pointwise": Conv(64, 1)})
SEPARABLE = (
    "a plain 7x7 has 9,472 parameters and 118 million multiply-adds; the cell fits a separable "
    "one with depth multiplier 8: 7*7*3*8 + 24*64 + 64 = 2,776, and 34.0 million"
)
# The cells of table 1 that its own widths contradict, and why where anyone knows.
WRONG = {
    ("conv1", "params"): SEPARABLE,
    ("conv1", "ops"): SEPARABLE,
    **{
        (f"inception_{m}", "params"): UNEXPLAINED
        for m in ("4a", "4b", "4c", "4d", "4e", "5a", "5b")
    },
    ("inception_5a", "ops"): UNEXPLAINED,
}
# Figure 3: which row LRN follows.
NORMS = {"norm1": "pool1", "norm2": "conv2"}
# Section 5, "the extra network on the side": what it is put on, its loss's weight, its sizes.
HEADS = {"aux1": "inception_4a", "aux2": "inception_4d"}
HEAD_POOL = Pool("average", 5, 3)
HEAD_WEIGHT, HEAD_MAPS, HEAD_UNITS, HEAD_DROPOUT = 0.3, 128, 1024, 0.7
ALEXNET_LRN = LRN(size=5, k=2, alpha=1e-4, beta=0.75)  # AlexNet, section 3.3
# Table 3: models, crops, top-5 error in per cent on the validation data.
TABLE_3 = table("""
models  crops  error
1       1      10.07
1       10     9.15
1       144    7.89
7       1      8.09
7       10     7.62
7       144    6.67
""")


@dataclass(frozen=True)
class Reading:
    """What table 1 leaves open, or a peer does otherwise."""

    wide: int = 5  # the window under 5x5
    lrn: LRN | None = ALEXNET_LRN
    norm: Norm | None = None
    last_pool: int = 3  # the window of the fourth max pooling
    dropout: float = 0.4
    head_pool: Layer = HEAD_POOL
    heads: bool = True
    counted: bool = False


def convolution(reading: Reading, maps: int, kernel: int, stride: int = 1) -> Conv:
    """A padded convolution with ReLU, "all the convolutions" of section 5."""
    return Conv(
        maps,
        kernel,
        stride,
        kernel // 2,
        bias=reading.norm is None,
        norm=reading.norm,
        activation="relu",
    )


def inception(row: dict[str, str], reading: Reading) -> Concat:
    """Figure 2(b): four branches, the widths from a row of table 1."""
    w = {c: number(row[c], row["type"], c) for c in TABLE_1.columns[4:10]}
    pool = Pool("max", 3, 1, padding=1)

    def conv(column: str, kernel: int) -> Conv:
        return convolution(reading, w[column], kernel)

    return concat(
        {
            "b1x1": conv("1x1", 1),
            "b3x3": chain({"reduce": conv("3x3reduce", 1), "conv": conv("3x3", 3)}),
            "b5x5": chain({"reduce": conv("5x5reduce", 1), "conv": conv("5x5", reading.wide)}),
            "pool": chain({"pool": pool, "project": conv("poolproj", 1)}),
        }
    )


def head(classes: int, reading: Reading) -> Aux:
    """Section 5: average pooling, 128 maps of 1x1, 1024 units, dropout of 70 %, softmax."""
    layers = {
        "pool": reading.head_pool,
        "conv": convolution(reading, HEAD_MAPS, 1),
        "flatten": Flatten(),
        "fc1": Dense(HEAD_UNITS, activation="relu"),
        "dropout": Dropout(HEAD_DROPOUT),
        "fc2": Dense(classes, activation="softmax"),
    }
    return Aux(chain(layers), HEAD_WEIGHT, reading.counted)


def rows(classes: int, reading: Reading) -> Iterator[tuple[str, dict[str, str], dict[str, Part]]]:
    """The name, the cells and the parts of each row of table 1, with figure 3's LRN and heads."""
    convs = pools = 0
    for row in TABLE_1:
        kind, name = row["type"].partition("_")[0], row["type"]
        parts: dict[str, Part] = {}
        if kind == "convolution":
            convs += 1
            name = f"conv{convs}"
            kernel, stride = (
                number(n, name, "patch") for n in row["patch"].split("x")[1].split("/")
            )
            if row["3x3reduce"] != ".":
                maps = number(row["3x3reduce"], name, "3x3reduce")
                parts[f"{name}_reduce"] = convolution(reading, maps, 1)
            parts[name] = convolution(reading, shape(row)[0], kernel, stride)
        elif kind == "max":
            pools += 1
            name = f"pool{pools}"
            parts[name] = Pool("max", reading.last_pool if pools == 4 else 3, 2, ceil=True)
        elif kind == "inception":
            parts[name] = inception(row, reading)
        elif kind == "avg":
            name = "avgpool"
            parts[name] = GlobalPool()
        elif kind == "dropout":
            name = kind
            parts |= {name: Dropout(reading.dropout), "flatten": Flatten()}
        elif kind == "linear":
            name = "fc"
            parts[name] = Dense(classes, activation="softmax")
        else:  # softmax is the activation of fc
            continue
        if reading.lrn:
            parts |= {norm: reading.lrn for norm, after in NORMS.items() if after == name}
        if reading.heads:
            parts |= {h: head(classes, reading) for h, after in HEADS.items() if after == name}
        yield name, row, parts


def shape(row: dict[str, str]) -> Shape:
    """The output size of a row of table 1 as (C, H, W)."""
    height, width, maps = (number(n, row["type"], "output") for n in row["output"].split("x"))
    return maps, height, width


def cells(input: Shape, reading: Reading) -> Iterator[Fact | Erratum]:
    """The cells of table 1 for output, params and ops, each a fact or an erratum."""
    s = input
    for name, row, parts in rows(1000, reading):
        yield Fact(f"{name}.out", shape(row), "table 1, output size")
        s, params, macs = cost(chain(parts), s)
        for column, unit, ours in (
            ("params", "params/1024", params / 1024),
            ("ops", "macs/1,000,000", macs / 1e6),
        ):
            if row[column] == ".":
                continue
            printed, about = float(row[column].rstrip("KM")), round(ours, 3)
            source, why = f"table 1, {column}: {row[column]}", WRONG.get((name, column))
            if why:
                yield Erratum(f"{name}.{unit}", printed, source, why, ours=about)
            else:
                yield Fact(f"{name}.{unit}", printed, source, about=True, ours=about)


def googlenet(
    classes: int = 1000,
    channels: int = 3,
    input: int | tuple[int, int] = 224,
    aux: bool = True,
) -> Net:
    """GoogLeNet (2014): nine modules of 1x1, 3x3, 5x5 and pooling, LRN, two heads in training."""
    reading = Reading(heads=check_switch("aux", aux))
    net = read("googlenet", "GoogLeNet (Inception v1)", reading, classes, channels, input)
    if not as_printed(classes, channels, input, 224, colours=3, of=1000):
        return net
    found = tuple(cells(net.input, reading))
    whole, plain, separable = (
        cost(part, net.input)[2] for part in (net.body, net.body.parts[0][1], SEPARABLE_CONV1)
    )
    facts = (
        Fact("params", 7_000_000, "notes 003, comparison", about=True),
        Fact("macs", 1_500_000_000, "section 1: a budget of 1.5 billion multiply-adds", about=True),
        Fact(
            "macs with the separable conv1 of table 1's cells",
            1_500_000_000,
            "table 1: the ops column's sum, 1,502M",
            about=True,
            ours=whole - plain + separable,
        ),
        Fact(
            "layers with parameters on the longest way",
            22,
            "section 5; table 1, the depth column's sum; notes 000, 001, 003",
            ours=depth(net.body, Conv, Dense),
        ),
        Fact(
            "layers on the longest way, pooling counted",
            27,
            "section 5; notes 000, 001, 003",
            ours=depth(net.body, Conv, Dense, Pool, GlobalPool),
        ),
        *(fact for fact in found if isinstance(fact, Fact)),
        *(head_facts() if aux else ()),
        *notes_facts(),
        *errors(),
    )
    errata = (
        *(erratum for erratum in found if isinstance(erratum, Erratum)),
        Erratum(
            "params",
            6_800_000,
            "table 1: the params column's sum, 6,797.7K",
            "with K = 1,024 that is 6.96 million; the errors of its cells make up the rest",
        ),
        Erratum(
            "AlexNet's parameters over GoogLeNet's",
            12,
            "section 1; notes 004",
            "60,965,224 / 6,998,552; for 12 times fewer it would have 5 million",
            ours=round(60_965_224 / 6_998_552, 1),
        ),
        *notes_errata(),
        *MODULE_ERRATA,
    )
    return replace(net, facts=facts, errata=errata)


def head_facts() -> Iterator[Fact]:
    """Section 5's sizes of the heads."""
    source = "section 5, the extra network on the side"
    for name, maps in (("aux1", 512), ("aux2", 528)):
        yield Fact(f"{name}.pool.out", (maps, 4, 4), source)
        yield Fact(f"{name}.conv.out", (HEAD_MAPS, 4, 4), source)
        yield Fact(f"{name}.fc1.out", (HEAD_UNITS, 1, 1), source)
        yield Fact(f"{name}.fc2.out", (1000, 1, 1), source)


def errors() -> Iterator[Fact]:
    """Table 3, and the same result as others print it."""
    for row in TABLE_3:
        models, crops = row["models"], row["crops"]
        said = f"ILSVRC-2014 validation, {models} models, {crops} crops, top-5"
        said = said.replace("1 models", "1 model").replace(" 1 crops", " 1 crop")
        yield Fact("error", round(float(row["error"]) / 100, 6), "table 3", conditions=said)
    test = "ILSVRC-2014 test, 7 models, 144 crops, top-5"
    yield Fact("error", 0.0667, "section 7, table 2; notes 003", conditions=test)
    yield Fact("error", 0.0666, "notes 001 (He et al. 2015, table 5)", conditions=test)
    yield Fact("error", 0.067, "notes 000; notes 002: 93.30 % right", conditions=test)


def googlenet_aux(
    classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224
) -> Net:
    """GoogLeNet with both heads counted in, as it is trained: 13,378,280 parameters."""
    title = "GoogLeNet, both heads counted in"
    net = read("googlenet_aux", title, Reading(counted=True), classes, channels, input)
    if not as_printed(classes, channels, input, 224, colours=3, of=1000):
        return net
    whole = Fact("params", 13_378_280, "6,998,552 + 3,188,840 + 3,190,888, by hand")
    return replace(net, facts=(whole, *head_facts()))


def inception_naive_3a(
    classes: int = 0, channels: int = 192, input: int | tuple[int, int] = 28
) -> Net:
    """The naive module of figure 2(a) with the widths of 3a: a module, explained and compared."""
    w = {c: number(_row("inception_3a")[c], "3a", c) for c in ("1x1", "3x3", "5x5")}
    reading = Reading()
    module = concat(
        {
            "b1x1": convolution(reading, w["1x1"], 1),
            "b3x3": convolution(reading, w["3x3"], 3),
            "b5x5": convolution(reading, w["5x5"], 5),
            "pool": Pool("max", 3, 1, padding=1),
        }
    )
    net = _module("inception_naive_3a", "Naive Inception module", module, classes, channels, input)
    if (channels, pair(input)) != (192, (28, 28)):
        return net
    facts = (
        Fact("inception_3a.b5x5.macs", 120_422_400, "notes 001: 120 million"),
        Fact("params", 387_296, "12,352 + 221,312 + 153,632, by hand"),
    )
    widths = Departure("figure 2(a) has no widths: here those of 3a", "figure 2(a), table 1")
    return replace(net, facts=facts, errata=NAIVE_ERRATA, departures=(widths,))


def inception_reduced_3a(
    classes: int = 0, channels: int = 192, input: int | tuple[int, int] = 28
) -> Net:
    """The module with reductions of figure 2(b), 3a: a module, explained and compared."""
    reading = Reading()
    module = inception(_row("inception_3a"), reading)
    name, title = "inception_reduced_3a", "Inception module with reductions, 3a"
    net = _module(name, title, module, classes, channels, input)
    if (channels, pair(input)) != (192, (28, 28)):
        return net
    branch = dict(module.branches)["b5x5"]
    _, params, macs = cost(net.body, net.input)
    facts = (
        Fact("inception_3a.out", (256, 28, 28), "table 1"),
        Fact("params/1024", 159, "table 1, params", about=True, ours=round(params / 1024, 3)),
        Fact("macs", 128_000_000, "table 1, ops", about=True, ours=macs),
        Fact(
            "multiply-adds of the 5x5 branch",
            12_443_648,
            "notes 001: 12.4 million",
            ours=cost(branch, net.input)[2],
        ),
        Fact("params", 163_696, "the six convolutions' sum, by hand"),
    )
    return replace(net, facts=facts, errata=MODULE_ERRATA)


def _row(name: str) -> dict[str, str]:
    return next(row for row in TABLE_1 if row["type"] == name)


def read(
    name: str,
    title: str,
    reading: Reading,
    classes: int,
    channels: int,
    input: int | tuple[int, int],
) -> Net:
    """Table 1 by a reading, with nothing said of it yet but what is open."""
    body: dict[str, Part] = {}
    for _, _, parts in rows(classes, reading):
        body |= parts
    return Net(
        name=name,
        ledger_name=name,
        title=title,
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=chain(body),
        init=INIT,
        departures=OPEN,
        options={} if reading.heads else {"aux": False},
    )


def _module(
    name: str,
    title: str,
    module: Concat,
    classes: int,
    channels: int,
    input: int | tuple[int, int],
) -> Net:
    """A module as a `Net` of no classes: it gives maps, so it is explained and not trained."""
    if classes:
        raise ValueError(
            f"{name} is a module, not a whole network: it gives maps and has no classes. "
            "The network that is made of such modules: googlenet"
        )
    return Net(
        name=name,
        ledger_name=name,
        title=title,
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=0,
        body=chain({"inception_3a": module}),
    )


OPEN = (
    Departure("LRN's constants are not printed: here AlexNet's", "figure 3; AlexNet, section 3.3"),
    Departure(
        "convolutions are padded alike on all sides, and pooling keeps a last partial window "
        "(ceil), as in Caffe's release; the figure marks 'same' padding, with the same sizes",
        f"figure 3; {CAFFE}",
    ),
    Departure("the 7x7 average is one over the whole map, so for any input", "table 1, avg pool"),
    Departure(
        "the first weights are not described: here as in Caffe's release, Xavier with biases 0.2",
        f"section 6; {CAFFE}",
    ),
)


NETWORKS = (
    Entry("googlenet", googlenet, PAPER.year, aliases=("inception_v1",)),
    Entry("googlenet_aux", googlenet_aux, PAPER.year),
    Entry("inception_naive_3a", inception_naive_3a, PAPER.year),
    Entry("inception_reduced_3a", inception_reduced_3a, PAPER.year),
)
