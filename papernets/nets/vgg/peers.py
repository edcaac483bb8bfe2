"""VGG as others build it: torchvision's, with batch normalisation or without, and Keras's."""

from __future__ import annotations

from ...said import Departure, Paper, number, table
from ...said.legacy import Fact
from ...spec import Initialisation, Net, Norm, pair
from ..entry import Entry
from ..printed import as_printed
from . import DEPARTURES, INPUT, PAPER, layers

CODE = "torchvision/models/vgg.py"
PAPER_TORCHVISION = Paper(PAPER.title, PAPER.authors, PAPER.year, f"{PAPER.venue}; {CODE}")
# torchvision 0.28, measured: parameters without and with batch normalisation, multiply-adds.
MEASURED = table("""
network  params     params_bn  macs
A        132863336  132868840  7609090048
B        133047848  133053736  11308466176
D        138357544  138365992  15470264320
E        143667240  143678248  19632062464
""")
AVERAGE = 7  # torchvision: AdaptiveAvgPool2d((7, 7))
AVERAGED = Departure(
    "the last map is averaged over an even grid of 7x7 before fc6: nothing at 224, where it is "
    "7x7, and any other input fits",
    CODE,
)
FAN_OUT = Departure(
    "first weights are torchvision's: by He et al. 2015 with fan-out, dense layers from N(0, 0.01)",
    CODE,
)
NORMALISED = Departure(
    "batch normalisation between each convolution, which keeps its bias, and its ReLU; the paper "
    "has none",
    CODE,
)


def _torchvision(
    name: str, network: str, classes: int, channels: int, input: int | tuple[int, int]
) -> Net:
    """A column of table 1 as torchvision builds it; a name that ends in bn is normalised."""
    (row,) = (row for row in MEASURED if row["network"] == network)
    printed = as_printed(classes, channels, input, INPUT[1], colours=INPUT[0], of=1000)
    depth, _, kind = name.removeprefix("vgg").partition("_")
    norm = Norm(eps=1e-5) if kind == "bn" else None  # torch's default
    quantities = {"params": "params_bn" if norm else "params", "macs": "macs"}
    return Net(
        name=name,
        title=f"VGG-{depth} " + ("with batch normalisation" if norm else "of torchvision"),
        paper=PAPER_TORCHVISION,
        input=(channels, *pair(input)),
        classes=classes,
        body=layers(network, classes, norm, average=AVERAGE),
        init=Initialisation(
            "he_out",
            2.0,
            f"{CODE}: kaiming_normal_, fan_out",
            but=(("fc?", Initialisation("gaussian", 0.01, f"{CODE}: normal_, 0.01")),),
        ),
        facts=tuple(
            Fact(what, number(row[column], network, column), "torchvision 0.28, measured")
            for what, column in quantities.items()
        )
        if printed
        else (),
        departures=(*((NORMALISED,) if norm else ()), AVERAGED, FAN_OUT),
    )


def _plain(depth: int, network: str) -> Entry:
    """The entry of vgg16_torchvision and its kind."""
    name = f"vgg{depth}_torchvision"

    def make(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
        return _torchvision(name, network, classes, channels, input)

    make.__doc__ = f"torchvision's VGG-{depth}: an average over 7x7 before the dense layers."
    return Entry(name, make, PAPER.year)


def vgg11_bn(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """torchvision's VGG-11 with batch normalisation."""
    return _torchvision("vgg11_bn", "A", classes, channels, input)


def vgg13_bn(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """torchvision's VGG-13 with batch normalisation."""
    return _torchvision("vgg13_bn", "B", classes, channels, input)


def vgg16_bn(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """torchvision's VGG-16 with batch normalisation."""
    return _torchvision("vgg16_bn", "D", classes, channels, input)


def vgg19_bn(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """torchvision's VGG-19 with batch normalisation."""
    return _torchvision("vgg19_bn", "E", classes, channels, input)


KERAS_CODE = "keras/src/applications/vgg16.py and vgg19.py"
KERAS_INIT = Initialisation("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)")
# keras.applications 3.15.1, counted: parameters, multiply-adds.
KERAS = {16: ("D", 138_357_544, 15_470_264_320), 19: ("E", 143_667_240, 19_632_062_464)}


def _keras(depth: int) -> Entry:
    """The entry of vgg16_keras and vgg19_keras."""
    network, *counted = KERAS[depth]
    name, source = f"vgg{depth}_keras", "keras.applications 3.15.1, counted"

    def make(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
        printed = as_printed(classes, channels, input, INPUT[1], colours=INPUT[0], of=1000)
        facts = (Fact(q, n, source) for q, n in zip(("params", "macs"), counted, strict=True))
        return Net(
            name=name,
            title=f"VGG-{depth} of Keras",
            paper=PAPER,
            input=(channels, *pair(input)),
            classes=classes,
            body=layers(network, classes, dropout=0.0),
            init=KERAS_INIT,
            facts=tuple(facts) if printed else (),
            departures=(
                Departure("no dropout, in the paper 0.5 in fc6 and fc7", KERAS_CODE),
                *DEPARTURES,
            ),
        )

    make.__doc__ = f"VGG-{depth} of Keras: no dropout."
    return Entry(name, make, PAPER.year)


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
        init=KERAS_INIT,
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
    *(_plain(depth, network) for depth, network in ((11, "A"), (13, "B"), (16, "D"), (19, "E"))),
    *(_keras(depth) for depth in KERAS),
    Entry("vgg16_keras_2class", vgg16_keras_2class, PAPER.year),
)
