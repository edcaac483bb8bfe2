"""ZFNet: what the maps of a network see, shown, and the first layers changed for it.

Projected back to pixels, the first layer of AlexNet has dead and coarse filters, and the second has
aliasing from the stride of 4. Windows of 7x7 at stride 2 mend both and lower the error.
"""

from __future__ import annotations

from ...said import Departure, Paper, number, table
from ...said.legacy import Erratum, Fact
from ...spec import Conv, Dense, Dropout, Flatten, Initialisation, Net, Part, Pool, chain, pair
from ..alexnet import NORM
from ..entry import Entry
from ..printed import as_printed, errors

PAPER = Paper(
    "Visualizing and Understanding Convolutional Networks",
    "Zeiler, Fergus",
    2013,
    "arXiv 1311.2901, ECCV 2014",
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
PADDING = {"conv1": 1, "conv2": 0, "conv3": 1, "conv4": 1, "conv5": 1}  # see the departures
INIT = Initialisation("gaussian", 0.01, "section 3: weights 0.01, biases 0; see the departures")
VALIDATION = "ILSVRC-2012 validation"


def zfnet(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """ZFNet (2013): AlexNet with a first layer of 7x7 at stride 2, in one tower."""
    parts: dict[str, Part] = {}
    facts: list[Fact] = []
    for row in FIGURE_3:
        layer, then = row["layer"], row["then"]
        place = layer[-1]
        if row["filter"] == ".":
            parts.setdefault("flatten", Flatten())
            last = then == "softmax"
            units = classes if last else number(row["maps"], layer, "maps")
            parts[layer] = Dense(units, activation="softmax" if last else "relu")
            if then == "dropout":
                parts[f"drop{place}"] = Dropout(0.5)  # section 3
            continue
        maps, window, stride, side = (
            number(row[what], layer, what) for what in ("maps", "filter", "stride", "size")
        )
        parts[layer] = Conv(maps, window, stride, PADDING[layer], activation="relu")
        facts.append(Fact(f"{layer}.out", (maps, side, side), "figure 3"))
        if "pooled" in then:
            pooled = number(row["pooled"], layer, "pooled")
            parts[f"pool{place}"] = Pool("max", 3, 2, ceil=layer != "conv5")  # 13 to 6: none over
            facts.append(Fact(f"pool{place}.out", (maps, pooled, pooled), "figure 3"))
        if "contrast" in then:
            parts[f"norm{place}"] = NORM
    published = (
        *facts,
        Fact("flatten.size", 9216, "figure 3, caption: 6·6·256 = 9216 dimensions"),
        *errors("38.4/16.5", f"{VALIDATION}, one network, ten crops", "table 2"),
        *errors("36.7/15.3", f"{VALIDATION}, five networks", "table 2"),
        *errors("37.5/16.0", f"{VALIDATION}, one, with 512, 1024, 512 maps in 3, 4, 5", "table 2"),
        *errors("36.0/14.7", f"{VALIDATION}, six networks", "table 2"),
        Fact("error", 0.148, "table 2", conditions="ILSVRC-2012 test, six networks, top-5"),
        *errors("40.5/18.1", f"{VALIDATION}, their copy of AlexNet, one network", "table 2"),
    )
    printed = as_printed(classes, channels, input, 224, colours=3, of=1000)
    return Net(
        name="zfnet",
        ledger_name="zfnet",
        title="ZFNet",
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=chain(parts),
        init=INIT,
        facts=published if printed else (),
        errata=ERRATA if printed else (),
        departures=DEPARTURES,
    )


ERRATA = (
    Erratum(
        "place in ILSVRC-2013 classification",
        1,
        "notes 000, ZFNet; notes 001, GoogLeNet",
        "Clarifai won with 11.7 % (table 7 of the VGG paper); this team's entry came third",
        ours=3,
    ),
    Erratum(
        "top-5 error of the winner of ILSVRC-2013",
        0.148,
        "notes 000, ZFNet",
        "14.8 % is the paper's six networks on the test set of 2012",
        ours=0.117,
    ),
)
DEPARTURES = (
    Departure(
        "the paddings are not printed: the sizes need 1 in conv1 and conv3 to conv5, and in the "
        "first two poolings a last window that reaches over the edge (or padding 1)",
        "figure 3",
    ),
    Departure(
        "the constants of the contrast normalisation across maps are not printed: AlexNet's here",
        "figure 3",
    ),
    Departure(
        "weights of 0.01 are read as a standard deviation: all equal, they would stay equal",
        "section 3",
    ),
    Departure(
        "filters of the first layer whose RMS is over 0.1 are not scaled back to 0.1", "section 3"
    ),
)
NETWORKS = (Entry("zfnet", zfnet, PAPER.year),)
