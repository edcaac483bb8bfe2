"""Network in Network: a small network slides over the picture, and averages are the classes.

After each convolution two of 1x1 mix the maps at every place, a perceptron that slides. The last
has one map a class, whose average is the class's score: there are no dense layers to overfit.
"""

from __future__ import annotations

from ...said import Paper, Table, number, table
from ...spec import Activation, Conv, Dropout, Flatten, GlobalPool, Net, Part, Pool, chain, pair
from ..entry import Entry, Size

PAPER = Paper(
    "Network In Network",
    "Lin, Chen, Yan",
    2013,
    "arXiv 1312.4400, ICLR 2014",
    given="Min, Qiang, Shuicheng",
)

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


def layers(definition: Table, classes: int) -> dict[str, Part]:
    """A definition as layers, with one map a class at the end, averaged."""
    parts: dict[str, Part] = {}
    for row in definition:
        layer, maps = row["layer"], row["maps"]
        if layer.startswith("drop"):
            parts[layer] = Dropout(float(maps))
            continue
        kernel, stride = (number(row[what], layer, what) for what in ("kernel", "stride"))
        if layer.startswith("pool"):
            kind = {"max": "max", "ave": "average"}[maps]
            parts[layer] = Pool(kind, kernel, stride, ceil=True)
            continue
        last = layer == definition.rows[-1][0]
        parts[layer] = Conv(
            classes if last else number(maps, layer, "maps"),
            kernel,
            stride,
            number(row["pad"], layer, "pad"),
            activation="relu",
        )
    parts["avgpool"] = GlobalPool()  # section 3.2
    parts["flatten"] = Flatten()
    parts["softmax"] = Activation("softmax")
    return parts


def nin_cifar10(classes: int = 10, channels: int = 3, input: Size = 32) -> Net:
    """Network in Network for CIFAR-10: three sliding perceptrons, no dense layer."""
    return Net("nin_cifar10", (channels, *pair(input)), classes, chain(layers(CIFAR10, classes)))


def nin_imagenet(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """Network in Network for ImageNet: the authors' model in Caffe's zoo, not in the paper."""
    return Net("nin_imagenet", (channels, *pair(input)), classes, chain(layers(IMAGENET, classes)))


NETWORKS = (
    Entry("nin_cifar10", nin_cifar10, PAPER.year),
    Entry("nin_imagenet", nin_imagenet, PAPER.year),
)
