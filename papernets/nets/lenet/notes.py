"""LeNet as it is read today: the networks that notes and public code print.

A dense second convolution, plain pooling and a softmax took the place of the connection table,
trained subsampling and the RBF output. They are kept because everyone meets them, each with the
numbers that its source prints.
"""

from __future__ import annotations

from ...said import Departure, Erratum, Fact, Recipe, Table, number, table
from ...spec import Conv, Dense, Flatten, Initialisation, Net, Part, Pool, chain, pair
from ..entry import Entry
from ..printed import as_printed, row_facts
from . import PAPER, PAPER_1989

GLOROT = Initialisation("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)")
MODERN_RECIPES = (
    Recipe(
        "notes",
        "notes 001: Adam with Keras's defaults, batch 128, one epoch, pixels divided by 255",
        {
            "optimizer": "adam",
            "learning_rate": 1e-3,
            "batch_size": 128,
            "epochs": 10,
            "loss": "cross_entropy",
            "low": 0.0,
            "high": 1.0,
        },
    ),
)

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


def _modern(
    name: str,
    title: str,
    printed: Table,
    shape: tuple[int, int, int],
    classes: int,
    facts: tuple[Fact, ...],
    errata: tuple[Erratum, ...] = (),
    departures: tuple[Departure, ...] = (),
) -> Net:
    """A table of the notes as a network: convolutions, poolings, dense layers on the flat map."""
    parts: dict[str, Part] = {}
    for row in printed:
        layer, kind = row["layer"], row["kind"]
        activation = None if row["activation"] == "." else row["activation"]
        if kind == "conv":
            maps, kernel = (
                number(row["maps"], layer, "maps"),
                number(row["kernel"][0], layer, "kernel"),
            )
            parts[layer] = Conv(maps, kernel, activation=activation)
        elif kind == "dense":
            parts.setdefault("flatten", Flatten())
            units = classes if activation == "softmax" else number(row["maps"], layer, "maps")
            parts[layer] = Dense(units, activation=activation)
        else:
            parts[layer] = Pool(kind, number(row["kernel"][0], layer, "kernel"))
    return Net(
        name=name,
        ledger_name=name,
        title=title,
        paper=PAPER,
        input=shape,
        classes=classes,
        body=chain(parts),
        init=GLOROT,
        facts=facts,
        errata=errata,
        departures=(
            Departure(
                "a modern reading, not the paper's network: see lenet1, lenet4, lenet5", "the notes"
            ),
            *departures,
        ),
        recipes=MODERN_RECIPES,
    )


def lenet5_modern(classes: int = 10, channels: int = 1, input: int | tuple[int, int] = 32) -> Net:
    """LeNet-5 as taught today: dense, average pooling, tanh, softmax; 61,706 parameters."""
    printed = as_printed(classes, channels, input, 32)
    return _modern(
        "lenet5_modern",
        "LeNet-5, modern: dense, average pooling, softmax",
        MODERN,
        (channels, *pair(input)),
        classes,
        facts=(
            Fact("params", 61_706, "156 + 2,416 + 48,120 + 10,164 + 850: public implementations"),
            Fact("conv1.params", 156, "notes 001, comment in the code: 6*(5*5+1)"),
            Fact("conv1.out", (6, 28, 28), "notes 000, LeNet-5 list; notes 002, table"),
            Fact("pool1.out", (6, 14, 14), "notes 000, LeNet-5 list; notes 002, table"),
            Fact("conv2.out", (16, 10, 10), "notes 000, LeNet-5 list; notes 002, table"),
            Fact("pool2.out", (16, 5, 5), "notes 000, LeNet-5 list; notes 002, table"),
            Fact("fc1.out", (120, 1, 1), "notes 000, LeNet-5 list"),
            Fact("fc2.out", (84, 1, 1), "notes 002, table"),
        )
        if printed
        else (),
        errata=(
            Erratum(
                "params",
                60_000,
                "notes 002 and 003, beside the dense, softmax network",
                "60,000 belongs to the paper's sparse C3, trained subsampling and fixed output",
            ),
        )
        if printed
        else (),
    )


def lenet5_keras_28(classes: int = 10, channels: int = 1, input: int | tuple[int, int] = 28) -> Net:
    """The notes' Keras model: LeNet-5's widths on 28x28, max pooling; 44,426 parameters."""
    printed = as_printed(classes, channels, input, 28)
    comment = "notes 001, comments in the code of the first Keras model"
    coded = "the comment speaks of 32x32; the code and its printed summary have 28x28"
    layers = table(MODERN_TEXT.replace("average", "max"))
    return _modern(
        "lenet5_keras_28",
        "LeNet-5, Keras model of the notes on 28x28",
        layers,
        (channels, *pair(input)),
        classes,
        facts=(
            Fact("params", 44_426, "notes 001, printed summary"),
            *row_facts(
                "notes 001, printed summary",
                params={
                    "conv1": 156,
                    "pool1": 0,
                    "conv2": 2416,
                    "pool2": 0,
                    "flatten": 0,
                    "fc1": 30840,
                    "fc2": 10164,
                    "out": 850,
                },
            ),
            Fact("conv1.out", (6, 24, 24), "notes 001, printed summary"),
            Fact("pool1.out", (6, 12, 12), "notes 001, printed summary"),
            Fact("conv2.out", (16, 8, 8), "notes 001, printed summary"),
            Fact("pool2.out", (16, 4, 4), "notes 001, printed summary"),
            Fact("flatten.out", (256, 1, 1), "notes 001, printed summary"),
            Fact(
                "error",
                0.0263,
                "notes 001: 97.37 % after one epoch",
                conditions="MNIST, Adam, batch 128, one epoch",
            ),
        )
        if printed
        else (),
        errata=(
            Erratum("conv1.out", (6, 28, 28), comment, coded),
            Erratum("pool1.out", (6, 14, 14), comment, coded),
            Erratum("conv2.out", (16, 10, 10), comment, coded),
            Erratum("pool2.out", (16, 5, 5), comment, coded),
        )
        if printed
        else (),
    )


def lenet1_notes(classes: int = 10, channels: int = 1, input: int | tuple[int, int] = 28) -> Net:
    """LeNet-1 as the notes word it: eight second maps, dense, plain average pooling."""
    return _modern(
        "lenet1_notes",
        "LeNet-1 as the notes word it: 8 maps, dense",
        LENET1_NOTES,
        (channels, *pair(input)),
        classes,
        facts=(
            Fact("conv1.out", (4, 24, 24), "notes 000, LeNet-1"),
            Fact("params", 2202, "104 + 808 + 1,290"),
        )
        if as_printed(classes, channels, input, 28)
        else (),
        errata=(
            Erratum(
                "conv2.out", (8, 12, 12), "notes 000, LeNet-1", "a 5x5 window on 12x12 gives 8x8"
            ),
        )
        if as_printed(classes, channels, input, 28)
        else (),
    )


def lenet1_12maps_dense(
    classes: int = 10, channels: int = 1, input: int | tuple[int, int] = 28
) -> Net:
    """LeNet-1 with its 12 maps, but dense, with plain average pooling: 3,246 parameters."""
    twelve = table(LENET1_TEXT.replace("conv     8 ", "conv     12"))
    return _modern(
        "lenet1_12maps_dense",
        "LeNet-1, modern: 12 maps, dense",
        twelve,
        (channels, *pair(input)),
        classes,
        facts=(Fact("params", 3246, "104 + 1,212 + 1,930"),)
        if as_printed(classes, channels, input, 28)
        else (),
    )


def lenet4_notes(classes: int = 10, channels: int = 1, input: int | tuple[int, int] = 32) -> Net:
    """LeNet-4 as the notes list it, dense: 51,050 parameters, three times the paper's."""
    printed = as_printed(classes, channels, input, 32)
    return _modern(
        "lenet4_notes",
        "LeNet-4 as the notes list it, dense",
        LENET4_NOTES,
        (channels, *pair(input)),
        classes,
        facts=(
            Fact("conv1.out", (4, 28, 28), "notes 000, LeNet-4"),
            Fact("conv2.out", (16, 10, 10), "notes 000, LeNet-4"),
            Fact("fc1.out", (120, 1, 1), "notes 000, LeNet-4"),
            Fact("out.out", (10, 1, 1), "notes 000, LeNet-4"),
            Fact("params", 51_050, "104 + 1,616 + 48,120 + 1,210"),
        )
        if printed
        else (),
        departures=(
            Departure(
                "dense layers have 51,050 parameters, three times the paper's 17,000: see lenet4",
                "section III-C; notes 000, LeNet-4",
            ),
        )
        if printed
        else (),
    )


def lecture_cnn(classes: int = 10, channels: int = 3, input: int | tuple[int, int] = 32) -> Net:
    """The lecture's worked example on 32x32 colour pictures: 62,958 parameters."""
    printed = as_printed(classes, channels, input, 32, colours=3)
    source = "notes 003, CNN-Example to calculate parameters"
    facts: list[Fact] = [Fact("params", 62_958, f"{source}: the rows' sum")]
    for row in LECTURE:
        facts += [
            Fact(f"{row['layer']}.params", number(row["params"], row["layer"], "params"), source),
            Fact(f"{row['layer']}.size", number(row["size"], row["layer"], "size"), source),
        ]
        if row["shape"].count("x") == 2:
            height, width, maps = (int(n) for n in row["shape"].split("x"))
            facts.append(Fact(f"{row['layer']}.out", (maps, height, width), source))
    colour = (3, 32, 32)
    dense = Fact(
        "weights of a dense layer from 32x32x3 to 28x28x6",
        14_450_688,
        "notes 003, Why Convolutions: nearly 14 million",
        ours=Dense(28 * 28 * 6).macs((3 * 32 * 32, 1, 1)),
    )
    wrong = Erratum(
        "parameters of six 5x5 kernels on 32x32x3",
        156,
        "notes 003, Why Convolutions",
        "a kernel sees all three colours: (5*5*3+1)*6 = 456",
        ours=Conv(6, 5).params(colour),
    )
    return _modern(
        "lecture_cnn",
        "Lecture CNN with worked parameter counts",
        LECTURE,
        (channels, *pair(input)),
        classes,
        facts=(*facts, dense) if printed else (),
        errata=(wrong,) if printed else (),
    )


NETWORKS = (
    Entry("lenet1_12maps_dense", lenet1_12maps_dense, PAPER_1989.year),
    Entry("lenet1_notes", lenet1_notes, PAPER_1989.year),
    Entry("lenet4_notes", lenet4_notes, PAPER.year),
    Entry("lenet5_modern", lenet5_modern, PAPER.year),
    Entry("lenet5_keras_28", lenet5_keras_28, PAPER.year),
    Entry("lecture_cnn", lecture_cnn, PAPER.year),
)
