"""ResNet as peers and notes have it: torchvision's stride, Keras's biases, two networks of notes.

torchvision and timm call "ResNet-50" a network whose bottleneck has its stride on the 3x3
("v1.5"): the same parameters, 6 % more multiply-adds. Keras keeps the paper's stride, but biases
before every normalisation.
"""

from __future__ import annotations

from math import ceil

from ...said import Departure, table
from ...said.legacy import Erratum, Fact
from ...spec import (
    Conv,
    Dense,
    Flatten,
    GlobalPool,
    Initialisation,
    Net,
    Norm,
    Part,
    Pool,
    Shape,
    chain,
    pair,
)
from ..entry import Entry
from ..printed import as_printed
from . import INIT, NOT_PRINTED, PAPER, YEAR, Form, Size, blocks, body, sizes, stages

# torchvision 0.28 and timm 1.0.31, counted: parameters, multiply-adds at 224.
V15 = {
    50: (25_557_032, 4_089_184_256),
    101: (44_549_160, 7_801_405_440),
    152: (60_192_808, 11_513_626_624),
}
# keras.applications 3.15.1, counted: trainable parameters, multiply-adds at 224.
KERAS = {
    50: (25_583_592, 3_857_973_248),
    101: (44_601_832, 7_570_194_432),
    152: (60_268_520, 11_282_415_616),
}
GLOROT = Initialisation("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)")
# Keras averages 0.99 of the past and 0.01 of the batch.
KERAS_NORM = Norm(eps=1.001e-5, momentum=0.01)
KERAS_DEFAULT = Norm(eps=1e-3, momentum=0.01)
STRIDE_ON_3X3 = Departure(
    "the stride of conv3_1, conv4_1 and conv5_1 is on the 3x3, not on the first 1x1: the same "
    "parameters, more multiply-adds",
    "torchvision/models/resnet.py, class Bottleneck: ResNet V1.5; the paper's figure 5 and table 1",
)
KERAS_CODE = "keras/src/applications/resnet.py, residual_block_v1"
KERAS_DEPARTURES = (
    Departure("convolutions keep their biases before normalisation", KERAS_CODE),
    Departure("normalisation's epsilon is 1.001e-5, and it averages 0.01 a batch", KERAS_CODE),
)
FAN_OUT = Initialisation(
    "he_out",
    2.0,
    "torchvision/models/resnet.py: kaiming_normal_, fan_out",
    but=(("fc", Initialisation("root_fan_in", 1.0, "torch's default for its layers")),),
)
PEERS = {  # counts, their source, title, initialisation, departures
    "v1.5": (
        V15,
        "torchvision 0.28 and timm 1.0.31, counted",
        "v1.5, stride on the 3x3",
        FAN_OUT,
        (STRIDE_ON_3X3, NOT_PRINTED),
    ),
    "keras": (KERAS, "keras.applications 3.15.1, counted", "of Keras", GLOROT, KERAS_DEPARTURES),
}
ABOUT = {
    (152, "keras"): (Fact("params", 60.3e6, "notes 002, comparison: 60.3M", about=True),),
}


def _peer(depth: int, kind: str, form: Form, shape: Shape, classes: int) -> Net:
    """A column of table 1 in a peer's form; `kind`, v1.5 or keras, follows the network's name."""
    counts, source, title, init, departures = PEERS[kind]
    facts = (
        *sizes(depth),
        *(Fact(q, n, source) for q, n in zip(("params", "macs"), counts[depth], strict=True)),
        *ABOUT.get((depth, kind), ()),
    )
    printed = as_printed(classes, shape[0], shape[1:], 224, colours=3, of=1000)
    return Net(
        name=f"resnet{depth}_{kind}",
        ledger_name=f"resnet{depth}_v15" if kind == "v1.5" else "",
        title=f"ResNet-{depth} {title}",
        paper=PAPER,
        input=shape,
        classes=classes,
        body=body(depth, classes, form),
        init=init,
        facts=facts if printed else (),
        departures=departures,
    )


def _v15(depth: int) -> Entry:
    """The entry of resnet50_v1.5 and its kind."""

    def make(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
        return _peer(depth, "v1.5", Form(strided=1), (channels, *pair(input)), classes)

    make.__doc__ = f"ResNet-{depth} v1.5 (torchvision, timm): stride on the 3x3, not the first 1x1."
    names = ("v15", "torchvision", "timm")
    return Entry(f"resnet{depth}_v1.5", make, YEAR, tuple(f"resnet{depth}_{n}" for n in names))


def _keras(depth: int) -> Entry:
    """The entry of resnet50_keras and its kind."""

    def make(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
        form = Form(bias=True, norm=KERAS_NORM)
        return _peer(depth, "keras", form, (channels, *pair(input)), classes)

    make.__doc__ = f"ResNet-{depth} of Keras: the paper's strides, biases before normalisation."
    return Entry(f"resnet{depth}_keras", make, YEAR)


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


def _maps_last(cell: str) -> Shape:
    height, width, maps = (int(n) for n in cell.split("x"))
    return maps, height, width


def resnet18_notes_table(classes: int = 1000, channels: int = 3, input: Size = 227) -> Net:
    """ResNet-18 as notes 002 tabulate it: biases, no normalisation, no shortcuts; 11,511,784."""
    source = "notes 002, ResNet-18 table"
    parts: dict[str, Part] = {}
    facts = [
        Fact("params", 11_511_784, f"{source}: total"),
        Fact("params", 11e6, "notes 002: around 11 million", about=True),
    ]
    for row in TABLE_002:
        layer = row["layer"]
        if layer == "fc":
            parts |= {"flatten": Flatten(), layer: Dense(classes, activation="softmax")}
        elif layer == "avgpool":
            parts[layer] = GlobalPool()
        else:
            kernel, stride = int(row["kernel"]), int(row["stride"])
            padding, out = ceil(float(row["pad"])), _maps_last(row["output"])
            parts[layer] = (
                Pool("max", kernel, stride, ceil=True)
                if layer == "maxpool"
                else Conv(out[0], kernel, stride, padding, activation="relu")
            )
        facts += [
            Fact(f"{layer}.input", _maps_last(row["input"]), source),
            Fact(f"{layer}.out", _maps_last(row["output"]), source),
            Fact(f"{layer}.params", int(row["params"]), source),
        ]
    printed = as_printed(classes, channels, input, 227, colours=3, of=1000)
    return Net(
        name="resnet18_notes_table",
        ledger_name="resnet18_notes_table",
        title="ResNet-18 as a table of the notes counts it",
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=chain(parts),
        init=INIT,
        facts=tuple(facts) if printed else (),
        departures=(
            Departure(
                "the table adds up to 11,511,784 parameters, ResNet-18 has 11,689,512: "
                "normalisation and the three projections are left out, biases added",
                f"{source}; torchvision 0.28 and timm 1.0.31, resnet18, counted",
            ),
            Departure(
                "convolutions have biases and no normalisation; there is no shortcut", source
            ),
            Departure("the input is 227 and conv1 is padded by 1, not 224 and 3", source),
        ),
    )


def resnet50_notes_keras(classes: int = 1, channels: int = 3, input: Size = 224) -> Net:
    """The notes' Keras ResNet-50 with a head of its own for two classes: 31,956,481 parameters."""
    form = Form(bias=True, norm=KERAS_DEFAULT)
    stem = Conv(64, 7, 2, padding=3, bias=True, norm=KERAS_DEFAULT, activation="relu")
    parts: dict[str, Part] = {"conv1": stem, "pool1": Pool("max", 3, 2)}
    parts |= blocks(stages(50), stem.out, form)
    parts |= {
        "avgpool": Pool("average", 2, padding="same", count_padding=False),
        "flatten": Flatten(),
        "fc1": Dense(256, activation="relu"),
        "fc2": Dense(128, activation="relu"),
        "fc3": Dense(classes, activation="sigmoid"),
    }
    code, summary = "notes 001, ResNet-50 code", "notes 001, printed summary of ResNet-50"
    trained = 31_956_481
    facts = (
        Fact("params", trained, "keras.applications' ResNet50, counted, its head replaced"),
        Fact("conv1.out", (64, 112, 112), summary),
        Fact("conv1's own parameters", 9_472, summary, ours=(7 * 7 * 3 + 1) * 64),
        Fact("conv1's normalisation with its averages", 256, summary, ours=4 * 64),
        Fact(
            "parameters without the head",
            23e6,
            "notes 001: over 23 million",
            about=True,
            ours=trained - 8_421_889,
        ),
    )
    errata = (
        Erratum(
            "pool1.out",
            (64, 56, 56),
            "notes 001, table of variants above the code",
            "the code pools without padding: 112 to 55, where the paper pads by 1",
        ),
        Erratum(
            "avgpool.out",
            (2048, 1, 1),
            "notes 001, table of variants above the code",
            "the code averages 2x2 windows, 7 to 4; the paper averages the whole map",
        ),
    )
    printed = (classes, channels, pair(input)) == (1, 3, (224, 224))
    return Net(
        name="resnet50_notes_keras",
        ledger_name="resnet50_notes_keras",
        title="ResNet-50, Keras model of the notes with its own head",
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=chain(parts),
        init=GLOROT,
        facts=facts if printed else (),
        errata=errata if printed else (),
        departures=(
            Departure("max pooling without padding, average pooling of 2x2", code),
            Departure("the head is dense, 256, 128 and one sigmoid", code),
            Departure("convolutions keep their biases before normalisation", code),
            Departure("normalisation's epsilon is 1e-3, and it averages 0.01 a batch", code),
        ),
    )


NETWORKS = (
    Entry("resnet18_notes_table", resnet18_notes_table, YEAR),
    Entry("resnet50_notes_keras", resnet50_notes_keras, YEAR),
    *(_v15(depth) for depth in V15),
    *(_keras(depth) for depth in KERAS),
)
