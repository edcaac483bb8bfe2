"""ZFNet: what the maps of a network see, shown, and the first layers changed for it.

Projected back to pixels, the first layer of AlexNet has dead and coarse filters, and the second has
aliasing from the stride of 4. Windows of 7x7 at stride 2 mend both and lower the error.
"""

from __future__ import annotations

from ...said import Paper, number, table
from ...spec import Conv, Dense, Dropout, Flatten, Net, Part, Pool, chain, pair
from ..alexnet import NORM
from ..entry import Entry, Size

PAPER = Paper(
    "Visualizing and Understanding Convolutional Networks",
    "Zeiler, Fergus",
    2013,
    "arXiv 1311.2901, ECCV 2014",
    given="Matthew D., Rob",
)

# Figure 3: maps, filter size, stride, what follows, side of the maps, and side after pooling.
FIGURE_3 = table("""
layer  maps  filter  stride  then              size  pooled
conv1  96    7       2       pooled+contrast   110   55
conv2  256   5       2       pooled+contrast   26    13
conv3  384   3       1       .                 13    .
conv4  384   3       1       .                 13    .
conv5  256   3       1       pooled            13    6
fc6    4096  .       .       dropout           .     .
fc7    4096  .       .       dropout           .     .
fc8    C     .       .       softmax           .     .
""")
PADDING = {"conv1": 1, "conv2": 0, "conv3": 1, "conv4": 1, "conv5": 1}  # what the sizes need


def zfnet(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """ZFNet (2013): AlexNet with a first layer of 7x7 at stride 2, in one tower."""
    parts: dict[str, Part] = {}
    for row in FIGURE_3:
        layer, then = row["layer"], row["then"].split("+")
        maps = classes if row["maps"] == "C" else number(row["maps"], layer, "maps")
        if row["filter"] == ".":
            parts.setdefault("flatten", Flatten())
            parts[layer] = Dense(maps, activation="softmax" if "softmax" in then else "relu")
        else:
            window, stride = (number(row[what], layer, what) for what in ("filter", "stride"))
            parts[layer] = Conv(maps, window, stride, PADDING[layer], activation="relu")
        if "dropout" in then:
            parts[f"drop{layer[-1]}"] = Dropout(0.5)  # section 3
        if "pooled" in then:
            parts[f"pool{layer[-1]}"] = Pool("max", 3, 2, ceil=layer != "conv5")  # 13 to 6: no rest
        if "contrast" in then:
            parts[f"norm{layer[-1]}"] = NORM
    return Net("zfnet", (channels, *pair(input)), classes, chain(parts))


NETWORKS = (Entry("zfnet", zfnet, PAPER.year),)
