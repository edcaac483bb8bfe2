"""VGG as others build it: torchvision's with batch normalisation, a Keras model of two classes."""

from __future__ import annotations

from ..paper import Departure, Fact, Init, Paper, number, table
from ..spec import Net, Norm, pair
from .entry import Entry
from .printed import as_printed
from .vgg import DEPARTURES, INPUT, PAPER, TORCHVISION, layers

PAPER_BN = Paper(
    PAPER.title,
    PAPER.authors,
    PAPER.year,
    f"{PAPER.venue}; torchvision/models/vgg.py",
)
CODE = "torchvision/models/vgg.py"
# torchvision 0.28, measured: parameters of the networks with batch normalisation, multiply-adds.
MEASURED = table("""
network  params     macs
A        132868840  7609090048
B        133053736  11308466176
D        138365992  15470264320
E        143678248  19632062464
""")


def _normalised(
    name: str, network: str, classes: int, channels: int, input: int | tuple[int, int]
) -> Net:
    (row,) = (row for row in MEASURED if row["network"] == network)
    printed = as_printed(classes, channels, input, INPUT[1], colours=INPUT[0], of=1000)
    depth = name.removeprefix("vgg").removesuffix("_bn")
    return Net(
        name=name,
        title=f"VGG-{depth} with batch normalisation",
        paper=PAPER_BN,
        input=(channels, *pair(input)),
        classes=classes,
        body=layers(network, classes, Norm(eps=1e-5)),  # torch's default
        init=Init(
            "he_out",
            2.0,
            f"{CODE}: kaiming_normal_, fan_out",
            but=(("fc?", Init("gaussian", 0.01, f"{CODE}: normal_, 0.01")),),
        ),
        facts=tuple(
            Fact(what, number(row[what], network, what), "torchvision 0.28, measured")
            for what in ("params", "macs")
        )
        if printed
        else (),
        departures=(
            Departure(
                "batch normalisation between each convolution, which keeps its bias, and its ReLU; "
                "the paper has none",
                CODE,
            ),
            Departure("first weights are torchvision's, by He et al. 2015 with fan-out", CODE),
            TORCHVISION,
        ),
    )


def vgg11_bn(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """torchvision's VGG-11 with batch normalisation."""
    return _normalised("vgg11_bn", "A", classes, channels, input)


def vgg13_bn(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """torchvision's VGG-13 with batch normalisation."""
    return _normalised("vgg13_bn", "B", classes, channels, input)


def vgg16_bn(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """torchvision's VGG-16 with batch normalisation."""
    return _normalised("vgg16_bn", "D", classes, channels, input)


def vgg19_bn(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """torchvision's VGG-19 with batch normalisation."""
    return _normalised("vgg19_bn", "E", classes, channels, input)


# Notes 001, the printed summary of the Keras model for cats and dogs.
SUMMARY = table("""
layer    output       params
conv1_1  224x224x64   1792
conv1_2  224x224x64   36928
pool1    112x112x64   0
conv2_1  112x112x128  73856
conv2_2  112x112x128  147584
pool2    56x56x128    0
conv3_1  56x56x256    295168
conv3_2  56x56x256    590080
conv3_3  56x56x256    590080
pool3    28x28x256    0
conv4_1  28x28x512    1180160
conv4_2  28x28x512    2359808
conv4_3  28x28x512    2359808
pool4    14x14x512    0
conv5_1  14x14x512    2359808
conv5_2  14x14x512    2359808
conv5_3  14x14x512    2359808
pool5    7x7x512      0
flatten  1x1x25088    0
fc6      1x1x4096     102764544
fc7      1x1x4096     16781312
fc8      1x1x2        8194
""")


def vgg16_keras_2class(
    classes: int = 2, channels: int = 3, input: int | tuple[int, int] = 224
) -> Net:
    """The notes' Keras model of VGG-16 for two classes, without dropout."""
    source = "notes 001, printed summary"
    facts = [Fact("params", 134_268_738, f"{source}: total"), Fact("fixed_params", 0, source)]
    for row in SUMMARY:
        height, width, maps = (int(n) for n in row["output"].split("x"))
        facts += [
            Fact(f"{row['layer']}.out", (maps, height, width), source),
            Fact(f"{row['layer']}.params", number(row["params"], row["layer"], "params"), source),
        ]
    printed = as_printed(classes, channels, input, INPUT[1], colours=INPUT[0], of=2)
    return Net(
        name="vgg16_keras_2class",
        ledger_name="vgg16_keras_2class",
        title="VGG-16, Keras model of the notes for two classes",
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=layers("D", classes, dropout=0.0),
        init=Init("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)"),
        facts=tuple(facts) if printed else (),
        departures=(
            Departure("no dropout, in the paper 0.5 in fc6 and fc7", "notes 001, Keras code"),
            Departure("two classes, cats and dogs", "notes 001, Keras code"),
            *DEPARTURES,
        ),
    )


NETWORKS = (
    Entry("vgg11_bn", vgg11_bn, PAPER.year, aliases=("vgg11_bn_torchvision",)),
    Entry("vgg13_bn", vgg13_bn, PAPER.year, aliases=("vgg13_bn_torchvision",)),
    Entry("vgg16_bn", vgg16_bn, PAPER.year, aliases=("vgg16_bn_torchvision",)),
    Entry("vgg19_bn", vgg19_bn, PAPER.year, aliases=("vgg19_bn_torchvision",)),
    Entry("vgg16_keras_2class", vgg16_keras_2class, PAPER.year),
)
