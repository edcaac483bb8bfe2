"""Network in Network: a small network slides over the picture, and averages are the classes.

After each convolution two of 1x1 mix the maps at every place, a perceptron that slides. The last
has one map a class, whose average is the class's score: there are no dense layers to overfit.
"""

from __future__ import annotations

from ...said import Departure, Paper, Table, number, table
from ...said.legacy import Fact
from ...spec import (
    Activation,
    Chain,
    Conv,
    Dropout,
    Flatten,
    GlobalPool,
    Initialisation,
    Net,
    Part,
    Pool,
    chain,
    pair,
)
from ..entry import Entry
from ..printed import as_printed, errors, params

PAPER = Paper("Network In Network", "Lin, Chen, Yan", 2013, "arXiv 1312.4400, ICLR 2014")

# The authors' Caffe definition, which the paper points to: the paper prints no widths. The last
# layer's maps are the classes; Caffe's pooling keeps a last window that reaches over the edge.
CIFAR10 = table("""
layer  maps  kernel  stride  pad  std
conv1  192   5       1       2    0.05
cccp1  160   1       1       0    0.05
cccp2  96    1       1       0    0.05
pool1  max   3       2       .    .
drop1  0.5   .       .       .    .
conv2  192   5       1       2    0.05
cccp3  192   1       1       0    0.05
cccp4  192   1       1       0    0.05
pool2  ave   3       2       .    .
drop2  0.5   .       .       .    .
conv3  192   3       1       1    0.05
cccp5  192   1       1       0    0.05
cccp6  10    1       1       0    0.05
""")
IMAGENET = table("""
layer  maps  kernel  stride  pad  std
conv1  96    11      4       0    0.01
cccp1  96    1       1       0    0.05
cccp2  96    1       1       0    0.05
pool1  max   3       2       .    .
conv2  256   5       1       2    0.05
cccp3  256   1       1       0    0.05
cccp4  256   1       1       0    0.05
pool2  max   3       2       .    .
conv3  384   3       1       1    0.01
cccp5  384   1       1       0    0.05
cccp6  384   1       1       0    0.05
pool3  max   3       2       .    .
drop3  0.5   .       .       .    .
conv4  1024  3       1       1    0.05
cccp7  1024  1       1       0    0.05
cccp8  1000  1       1       0    0.01
""")


def drawn(printed: Table) -> Initialisation:
    """Each layer's weights with the definition's deviation, biases 0."""
    source = "the authors' Caffe definition: weight_filler gaussian"
    rules = ((row["layer"], row["std"]) for row in printed if row["std"] != ".")
    but = tuple(
        (n, Initialisation("gaussian", float(std), source)) for n, std in rules if std != "0.05"
    )
    return Initialisation("gaussian", 0.05, source, but=but)


def layers(printed: Table, classes: int) -> Chain:
    """A definition as a chain, with one map a class at the end, averaged."""
    parts: dict[str, Part] = {}
    last = printed.rows[-1][0]
    for row in printed:
        layer = row["layer"]
        if layer.startswith("drop"):
            parts[layer] = Dropout(float(row["maps"]))
            continue
        kernel, stride = (number(row[what], layer, what) for what in ("kernel", "stride"))
        if layer.startswith("pool"):
            how = {"max": "max", "ave": "average"}[row["maps"]]
            parts[layer] = Pool(how, kernel, stride, ceil=True)
            continue
        maps = classes if layer == last else number(row["maps"], layer, "maps")
        padding = number(row["pad"], layer, "pad")
        parts[layer] = Conv(maps, kernel, stride, padding, activation="relu")
    parts["avgpool"] = GlobalPool()  # section 3.2
    parts["flatten"] = Flatten()
    parts["softmax"] = Activation("softmax")
    return chain(parts)


WIDTHS = Departure(
    "the paper prints no widths, kernels or paddings: they are those of the authors' definition",
    "section 4.1",
)


def nin_cifar10(classes: int = 10, channels: int = 3, input: int | tuple[int, int] = 32) -> Net:
    """Network in Network for CIFAR-10: three sliding perceptrons, no dense layer."""
    printed = as_printed(classes, channels, input, 32, colours=3)
    return Net(
        name="nin_cifar10",
        ledger_name="nin_cifar10",
        title="Network in Network for CIFAR-10",
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=layers(CIFAR10, classes),
        init=drawn(CIFAR10),
        facts=(
            Fact("params", 970_000, "the authors' Caffe model: 0.97 million", about=True),
            *errors("10.41", "CIFAR-10, dropout", "table 1"),
            *errors("8.81", "CIFAR-10, dropout, shifts and mirrors", "table 1"),
            *errors("35.68", "CIFAR-100, dropout", "table 2"),
            *errors("2.35", "SVHN, dropout", "table 3"),
            *errors("0.47", "MNIST, dropout", "table 4"),
        )
        if printed
        else (),
        departures=(
            WIDTHS,
            Departure(
                "pictures are not contrast-normalised and whitened beforehand", "section 4.1"
            ),
        ),
    )


def nin_imagenet(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """Network in Network for ImageNet: the authors' model in Caffe's zoo, not in the paper."""
    printed = as_printed(classes, channels, input, 224, colours=3, of=1000)
    zoo = "Caffe's model zoo, Network in Network"
    body = layers(IMAGENET, classes)
    megabytes = 4 * params(Chain(body.parts[:-3]), (3, 224, 224)) / 2**20
    return Net(
        name="nin_imagenet",
        ledger_name="nin_imagenet",
        title="Network in Network for ImageNet",
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=body,
        init=drawn(IMAGENET),
        facts=(
            Fact("params", 7_600_000, f"{zoo}: 7.6 million", about=True),
            Fact(
                "float32 parameters in MB of 2^20", 29, f"{zoo}: 29 MB", about=True, ours=megabytes
            ),
            *errors("40.64", "ILSVRC-2012 validation, one network, one crop", zoo),
        )
        if printed
        else (),
        departures=(
            Departure("the network is not in the paper, but in the authors' release", zoo),
        ),
    )


NETWORKS = (
    Entry("nin_cifar10", nin_cifar10, PAPER.year),
    Entry("nin_imagenet", nin_imagenet, PAPER.year),
)
