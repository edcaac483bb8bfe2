"""AlexNet: eight layers, ReLU and dropout on two GPUs halve the errors on ImageNet.

Networks with ReLU train several times faster than with tanh, and so could be made large.
Normalisation across maps, overlapping pooling, and dropout in the dense layers each lower the
error. The layers stand in two towers, one a GPU, that see each other's maps at a few places only.
"""

from __future__ import annotations

from ...said import Paper, number, table
from ...spec import LRN, Chain, Conv, Dense, Dropout, Flatten, Net, Part, Pool, chain, pair
from ..entry import Entry, Size

PAPER = Paper(
    "ImageNet Classification with Deep Convolutional Neural Networks",
    "Krizhevsky, Sutskever, Hinton",
    2012,
    "NIPS 25",
    given="Alex, Ilya, Geoffrey E.",
)
PAPER_CAFFE = Paper(
    "Caffe: Convolutional Architecture for Fast Feature Embedding",
    "Jia, Shelhamer, Donahue, Karayev, Long, Girshick, Guadarrama, Darrell",
    2014,
    "ACM Multimedia, arXiv 1408.5093; models/bvlc_reference_caffenet",
    given="Yangqing, Evan, Jeff, Sergey, Jonathan, Ross, Sergio, Trevor",
)

# Section 3.5: how many kernels, of which size (its depth is what one kernel sees), at which stride,
# and what follows. Figure 2: the maps that it draws for one of the two GPUs, and in the caption the
# neurons of a layer.
LAYERS = table("""
layer  kernels  size     stride  then               one_gpu    neurons
conv1  96       11x11x3  4       normalised+pooled  55x55x48   253,440
conv2  256      5x5x48   1       normalised+pooled  27x27x128  186,624
conv3  384      3x3x256  1       .                  13x13x192  64,896
conv4  384      3x3x192  1       .                  13x13x192  64,896
conv5  256      3x3x192  1       pooled             13x13x128  43,264
fc6    4096     .        .       dropout            1x1x2048   4096
fc7    4096     .        .       dropout            1x1x2048   4096
fc8    1000     .        .       softmax            .          1000
""")
NORM = LRN(size=5, k=2, alpha=1e-4, beta=0.75)  # section 3.3
POOL = Pool("max", 3, 2)  # section 3.4: s = 2 and z = 3, so the windows overlap
DROPOUT = Dropout(0.5)  # section 4.2: in the first two dense layers


def layers(classes: int, norm: LRN = NORM, pooled_first: bool = False) -> Chain:
    """Section 3.5 as a chain: a kernel that sees half of the maps before it stands in a tower."""
    after: dict[str, tuple[str, Part]] = {
        "normalised": ("norm", norm),
        "pooled": ("pool", POOL),
        "dropout": ("drop", DROPOUT),
    }
    parts: dict[str, Part] = {}
    maps = 0
    for row in LAYERS:
        layer, then = row["layer"], row["then"].split("+")
        kernels = number(row["kernels"], layer, "kernels")
        if row["size"] == ".":
            parts.setdefault("flatten", Flatten())
            last = "softmax" in then
            units = classes if last else kernels
            parts[layer] = Dense(units, activation="softmax" if last else "relu")
        else:
            side, _, depth = (number(n, layer, "size") for n in row["size"].split("x"))
            stride = number(row["stride"], layer, "stride")
            padding = side // 2 if stride == 1 else 0
            groups = maps // depth if maps else 1
            parts[layer] = Conv(kernels, side, stride, padding, groups, activation="relu")
            maps = kernels
        for step in reversed(then) if pooled_first else then:
            if step in after:
                kind, part = after[step]
                parts[f"{kind}{layer[-1]}"] = part
    return chain(parts)


def alexnet(classes: int = 1000, channels: int = 3, input: Size = 227) -> Net:
    """AlexNet (2012): two towers, normalisation across maps, overlapping pooling."""
    return Net("alexnet", (channels, *pair(input)), classes, layers(classes))


# Caffe divides alpha by the size, and its k is 1 unless given.
CAFFE_NORM = LRN(size=5, k=1, alpha=1e-4 / 5, beta=0.75)  # train_val.prototxt: norm1, norm2


def caffenet(classes: int = 1000, channels: int = 3, input: Size = 227) -> Net:
    """CaffeNet: AlexNet with pooling before normalisation."""
    body = layers(classes, CAFFE_NORM, pooled_first=True)
    return Net("caffenet", (channels, *pair(input)), classes, body)


NETWORKS = (
    Entry("alexnet", alexnet, PAPER.year, aliases=("alexnet_two_tower",)),
    Entry("caffenet", caffenet, PAPER_CAFFE.year),
)
