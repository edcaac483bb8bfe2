"""BN-Inception: batch normalisation before every ReLU, and 5x5 windows become two of 3x3.

Normalising what each layer receives over the mini-batch lets the network train with far larger
learning rates: it reaches GoogLeNet's accuracy in 14 times fewer steps, without dropout and without
local response normalisation, and six such networks had 4.82 % top-5 error on the ImageNet test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...said import UNEXPLAINED, Departure, Paper, number, table
from ...said.legacy import Erratum, Fact
from ...spec import (
    Concat,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Initialisation,
    Net,
    Norm,
    Padding,
    Part,
    Pool,
    Shape,
    chain,
    concat,
    pair,
)
from ..entry import Entry
from ..printed import as_printed, errors

PAPER = Paper(
    "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
    "Ioffe, Szegedy",
    2015,
    "ICML 2015; arXiv 1502.03167",
)
SLIM = "TF-Slim, nets/inception_v2.py"
CAFFE = "the Caffe and MXNet release; its PyTorch port, pretrainedmodels/models/bninception.py"
RETHINKING = "Szegedy et al. 2015, Rethinking the Inception Architecture, table 3: 2.0 billion"

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
BEFORE_STRIDE = "the size before the stride of 2: the next module's is halved"
SUM_608 = "the module's branches give 608: 160 + 160 + 160 + 128 in 4c, 96 + 192 + 192 + 128 in 4d"
# The sizes that figure 5's own branches contradict, where the projections are as printed.
WRONG = {
    "inception_3c": BEFORE_STRIDE,
    "inception_4c": SUM_608,
    "inception_4d": SUM_608,
    "inception_4e": f"{BEFORE_STRIDE}; the channels fit only where 4d gives 576",
}
# Araujo, Norris, Sim 2019: receptive field and step of TF-Slim's inception_v2.
RECEPTIVE_FIELDS = table("""
row           field  step
conv1         7      2
pool1         11     4
conv2_reduce  11     4
conv2         19     4
pool2         27     8
inception_3a  59     8
inception_3b  91     8
inception_3c  123    16
inception_4a  187    16
inception_4b  251    16
inception_4c  315    16
inception_4d  379    16
inception_4e  443    32
inception_5a  571    32
inception_5b  699    32
""")
FIELDS = "Araujo, Norris, Sim 2019, Computing Receptive Fields, TF-Slim's inception_v2"
# Section 4.2: the steps to 72.2 % and the best accuracy, single crop (figure 3).
FIGURE_3 = table("""
model          steps  accuracy
Inception      31.0M  72.2
BN-Baseline    13.3M  72.7
BN-x5          2.1M   73.0
BN-x30         2.7M   74.8
BN-x5-Sigmoid  never  69.8
""")


NORM = Norm(eps=1e-3)  # not printed; TF-Slim's


@dataclass(frozen=True)
class Reading:
    """What figure 5 leaves open, or a peer does otherwise."""

    separable: bool = True
    projection: int = 128  # of 4c and 4d, which print 128 and a sum that needs 96
    bias: bool = False
    norm: Norm = NORM
    same: bool = False  # TensorFlow's padding, in every layer
    count_padding: bool = False
    dropout: float | None = None

    def padding(self, kernel: int) -> Padding:
        """A convolution's padding."""
        return "same" if self.same else kernel // 2


def convolution(reading: Reading, maps: int, kernel: int, stride: int = 1) -> Conv:
    """A padded convolution, batch normalisation, ReLU (section 3.2)."""
    return Conv(
        maps,
        kernel,
        stride,
        reading.padding(kernel),
        bias=reading.bias,
        norm=reading.norm,
        activation="relu",
    )


def inception(row: dict[str, str], reading: Reading) -> Concat:
    """A module of figure 5; with a stride, its 3x3 branches halve the map and the pool passes."""
    name = row["type"]
    w = {c: number(row[c], name, c) for c in FIGURE_5.columns[4:9]}
    stride = 2 if row["patch"] == "stride2" else 1
    how, _, project = row["pool"].partition("+")
    pooling = {"avg": "average", "max": "max"}[how]
    last = convolution(reading, w["3x3"], 3, stride)
    double = {
        "reduce": convolution(reading, w["d3x3reduce"], 1),
        "conv1": convolution(reading, w["d3x3"], 3),
        "conv2": convolution(reading, w["d3x3"], 3, stride),
    }
    branches: dict[str, Part] = {}
    if w["1x1"]:
        branches["b1x1"] = convolution(reading, w["1x1"], 1)
    branches["b3x3"] = chain({"reduce": convolution(reading, w["3x3reduce"], 1), "conv": last})
    branches["double3x3"] = chain(double)
    if project == "pass":
        return concat({**branches, "pool": Pool("max", 3, 2, "same")})
    maps = reading.projection if name in ("inception_4c", "inception_4d") else int(project)
    pool = Pool(pooling, 3, 1, 1, count_padding=reading.count_padding)
    projection = convolution(reading, maps, 1)
    return concat({**branches, "pool": chain({"pool": pool, "project": projection})})


def rows(
    classes: int, reading: Reading, channels: int
) -> Iterator[tuple[str, dict[str, str], dict[str, Part]]]:
    """The name of the last row, the cells and the parts of each line of figure 5."""
    convs = pools = 0
    for row in FIGURE_5:
        name = row["type"]
        parts: dict[str, Part] = {}
        if name.startswith("convolution"):
            convs += 1
            kernel, stride = (
                number(n, name, "patch") for n in row["patch"].split("x")[1].split("/")
            )
            main = convolution(reading, shape(row)[0], kernel, stride)
            starred, name = name.endswith("*"), f"conv{convs}"
            if row["3x3reduce"] != ".":
                maps = number(row["3x3reduce"], name, "3x3reduce")
                parts[f"{name}_reduce"] = convolution(reading, maps, 1)
            if starred and reading.separable:
                deep = replace(main, out=8 * channels, groups=channels, norm=None, activation=None)
                point = replace(main, kernel=1, stride=1, padding=0)
                parts |= {f"{name}_dw": deep, f"{name}_pw": point}
                name = f"{name}_pw"
            else:
                parts[name] = main
        elif name == "max_pool":
            pools += 1
            name = f"pool{pools}"
            same = Pool("max", 3, 2, "same")
            parts[name] = same if reading.same else Pool("max", 3, 2, ceil=True)
        elif name == "avg_pool":
            name = "avgpool"
            parts[name] = GlobalPool()
        else:
            parts[name] = inception(row, reading)
        yield name, row, parts


def shape(row: dict[str, str]) -> Shape:
    """The output size of a row of figure 5 as (C, H, W)."""
    height, width, maps = (number(n, row["type"], "output") for n in row["output"].split("x"))
    return maps, height, width


def sizes(reading: Reading) -> Iterator[Fact | Erratum]:
    """The output column of figure 5, each cell a fact or an erratum."""
    fits = () if reading.projection == 128 else ("inception_4c", "inception_4d")
    for name, row, _ in rows(1000, reading, 3):
        if name in WRONG and name not in fits:
            yield Erratum(f"{name}.out", shape(row), "appendix, figure 5, output", WRONG[name])
        else:
            yield Fact(f"{name}.out", shape(row), "appendix, figure 5, output")


def fields(reading: Reading) -> Iterator[Fact]:
    """Published receptive fields; a separable convolution has the plain one's."""
    for row in RECEPTIVE_FIELDS:
        name = "conv1_pw" if reading.separable and row["row"] == "conv1" else row["row"]
        field, step = number(row["field"], name, "field"), number(row["step"], name, "step")
        yield Fact(f"{name}.receptive_field", (field, field), FIELDS)
        yield Fact(f"{name}.field_stride", (step, step), FIELDS)


def results() -> Iterator[Fact]:
    """Section 4.2: errors on ILSVRC-2012."""
    best, source = "BN-Inception, ILSVRC-2012 validation", "section 4.2.3, figure 4"
    yield from errors("25.2/7.82", f"{best}, 1 model, 1 crop", source)
    yield from errors("21.99/5.82", f"{best}, 1 model, 144 crops", source)
    yield from errors("20.1/4.9", f"{best}, 6 models, 144 crops", source)
    test = "BN-Inception, ILSVRC-2012 test, 6 models, 144 crops, top-5"
    yield Fact("error", 0.0482, f"{source}; notes 001", conditions=test)
    for row in FIGURE_3:
        said = f"{row['model']}, ILSVRC-2012 validation, 1 crop, top-1; steps to 72.2 %: "
        error = round(1 - float(row["accuracy"]) / 100, 6)
        yield Fact("error", error, "section 4.2.2, figure 3", conditions=said + row["steps"])


def _net(
    name: str,
    title: str,
    reading: Reading,
    classes: int,
    channels: int,
    input: int | tuple[int, int],
) -> Net:
    """Figure 5 by a reading, the softmax layer of section 4.2, and what the paper says of it."""
    parts: dict[str, Part] = {}
    for _, _, more in rows(classes, reading, channels):
        parts |= more
    if reading.dropout is not None:
        parts["dropout"] = Dropout(reading.dropout)
    parts |= {"flatten": Flatten(), "fc": Dense(classes, activation="softmax")}
    net = Net(
        name=name,
        ledger_name=name,
        title=title,
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=chain(parts),
        departures=(*((STEM, LESS) if reading.separable else (PLAIN_STEM,)), *OPEN),
    )
    if not as_printed(classes, channels, input, 224, colours=3, of=1000):
        return net
    found = tuple(sizes(reading))
    macs = Fact("macs", 2_000_000_000, RETHINKING, about=True)
    return replace(
        net,
        facts=(
            *(fact for fact in found if isinstance(fact, Fact)),
            *(() if reading.separable else (macs,)),
            *fields(reading),
            *results(),
        ),
        errata=(
            *(erratum for erratum in found if isinstance(erratum, Erratum)),
            Erratum("params", 13_600_000, "section 4.2: 13.6 million", UNEXPLAINED),
            Erratum(
                "filters of the widest double 3x3",
                128,
                "section 4.2: up to 128 filters",
                "figure 5 has 160 in 4c and goes up to 256 in 4e",
                ours=max(
                    number(cell, "inception", "d3x3") for cell in FIGURE_5.column("d3x3")[4:-1]
                ),
            ),
        ),
    )


def bn_inception(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """BN-Inception (2015): the branches of figure 5 as printed, separable first convolution."""
    title = "BN-Inception, branches as printed"
    return _net("bn_inception", title, Reading(), classes, channels, input)


def bn_inception_576(
    classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224
) -> Net:
    """BN-Inception by the printed sizes: projections of 96 in 4c and 4d, so 576 maps."""
    title = "BN-Inception, sizes as printed: 576 maps after 4c and 4d"
    net = _net("bn_inception_576", title, Reading(projection=96), classes, channels, input)
    return replace(net, departures=(PROJECTION_96, *net.departures))


def bn_inception_plain_stem(
    classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224
) -> Net:
    """BN-Inception, branches as printed, with a plain 7x7 first convolution."""
    title = "BN-Inception, branches as printed, plain first convolution"
    reading = Reading(separable=False)
    return _net("bn_inception_plain_stem", title, reading, classes, channels, input)


def bn_inception_caffe(
    classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224
) -> Net:
    """BN-Inception as released for Caffe: plain first convolution, biases beside beta."""
    title = "BN-Inception as in Caffe"
    reading = Reading(separable=False, bias=True, norm=Norm(eps=1e-5), count_padding=True)
    net = _net("bn_inception_caffe", title, reading, classes, channels, input)
    net = replace(net, departures=(PLAIN_STEM, *CAFFE_DEPARTURES, *OPEN[2:]))
    if not net.facts:
        return net
    return replace(net, facts=(Fact("params", 11_295_240, CAFFE), *net.facts))


def bn_inception_slim(
    classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224
) -> Net:
    """BN-Inception as TF-Slim's inception_v2: 576 maps, 'same' padding, beta without gamma."""
    reading = Reading(projection=96, norm=Norm(eps=1e-3, scale=False), same=True, dropout=0.2)
    title = "BN-Inception as TF-Slim's inception_v2"
    net = _net("bn_inception_slim", title, reading, classes, channels, input)
    return replace(
        net,
        ledger_name="",
        init=SLIM_INIT,
        departures=(PROJECTION_96, *SLIM_DEPARTURES, WHOLE_MAP),
    )


STEM = Departure(
    "the separable first convolution has neither normalisation nor ReLU between its two steps",
    f"appendix: depth multiplier 8; {SLIM}",
)
LESS = Departure(
    "with the separable first convolution there are 1.9 billion multiply-adds, where a later paper "
    "prints 2.0: that is the network with a plain one; see bn_inception_plain_stem",
    RETHINKING,
)
PLAIN_STEM = Departure(
    "the first convolution is a plain 7x7", "appendix: separable, depth multiplier 8"
)
PROJECTION_96 = Departure(
    "4c and 4d project their pooling to 96 maps, so that they give the printed 576",
    f"appendix, figure 5: 128; {SLIM}",
)
ODD_MAPS = Departure(
    "the pooling of 3c and 4e is padded by 'same', so that odd maps can be joined too; on even "
    "ones, as here, that is a last partial window (ceil)",
    "appendix, figure 5",
)
WHOLE_MAP = Departure(
    "the 7x7 average is one over the whole map, so for any input", "appendix, figure 5, avg pool"
)
FIRST_WEIGHTS = Departure("the first weights are not described: here He's", "section 4.2")
OPEN = (
    Departure(
        "convolutions are padded alike on all sides, max pooling with stride 2 keeps a last "
        "partial window (ceil): the padding is not described",
        "appendix, figure 5",
    ),
    Departure(
        "an average leaves its padding out, as in TensorFlow; eps is 1e-3, not printed either",
        f"section 3, appendix; {SLIM}",
    ),
    ODD_MAPS,
    WHOLE_MAP,
    FIRST_WEIGHTS,
)
CAFFE_DEPARTURES = (
    Departure("convolutions keep biases beside the normalisation's beta", CAFFE),
    Departure("an average counts its padding; eps is 1e-5", CAFFE),
)
# trunc_normal(1.0), (0.1) and (0.09) where the code says so; else inception_utils.py's default.
SLIM_INIT = Initialisation(
    "he",
    2 * 1.3,
    "TF-slim, inception_utils: variance scaling by fan-in, truncated",
    cut=2,
    but=tuple(
        (rows, Initialisation("gaussian", deviation, f"{SLIM}: trunc_normal({deviation})", cut=2))
        for rows, deviation in (
            ("conv1_?w", 1.0),
            ("conv2_reduce", 0.1),
            ("*.reduce", 0.09),
            ("*.project", 0.1),
        )
    ),
)
SLIM_DEPARTURES = (
    STEM,
    LESS,
    Departure("padding is TensorFlow's 'same', lopsided where the stride is 2", SLIM),
    Departure("batch normalisation has eps 1e-3 and beta, but no gamma", SLIM),
    Departure("running means decay by 0.9997 a step there, by 0.9 here", SLIM),
    Departure("dropout of 20 % before the classifier", f"section 4.2.1: none; {SLIM}"),
)

NETWORKS = (
    Entry("bn_inception", bn_inception, PAPER.year),
    Entry("bn_inception_576", bn_inception_576, PAPER.year),
    Entry("bn_inception_plain_stem", bn_inception_plain_stem, PAPER.year),
    Entry("bn_inception_caffe", bn_inception_caffe, PAPER.year),
    Entry("bn_inception_slim", bn_inception_slim, PAPER.year),
)
