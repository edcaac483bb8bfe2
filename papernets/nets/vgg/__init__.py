"""VGG: networks of small windows, made deeper step by step, to 19 layers.

Three 3x3 convolutions see as much as one 7x7 with fewer weights and two activations more. Depth
alone lowers the error, and normalisation across maps does not help.
"""

from __future__ import annotations

from ...said import UNEXPLAINED, Departure, Paper, number, table
from ...said.legacy import Erratum, Fact
from ...spec import (
    AdaptivePool,
    Chain,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Initialisation,
    Net,
    Norm,
    Part,
    Pool,
    Window,
    chain,
    pair,
)
from ..alexnet import NORM
from ..entry import Entry
from ..printed import as_printed, errors, params

PAPER = Paper(
    "Very Deep Convolutional Networks for Large-Scale Image Recognition",
    "Simonyan, Zisserman",
    2014,
    "arXiv 1409.1556, ICLR 2015",
)

# Table 1, a column a network; the first line counts the layers with weights.
TABLE_1 = table("""
A          A-LRN      B          C          D          E
11         11         13         16         16         19
conv3-64   conv3-64   conv3-64   conv3-64   conv3-64   conv3-64
.          LRN        conv3-64   conv3-64   conv3-64   conv3-64
maxpool    maxpool    maxpool    maxpool    maxpool    maxpool
conv3-128  conv3-128  conv3-128  conv3-128  conv3-128  conv3-128
.          .          conv3-128  conv3-128  conv3-128  conv3-128
maxpool    maxpool    maxpool    maxpool    maxpool    maxpool
conv3-256  conv3-256  conv3-256  conv3-256  conv3-256  conv3-256
conv3-256  conv3-256  conv3-256  conv3-256  conv3-256  conv3-256
.          .          .          conv1-256  conv3-256  conv3-256
.          .          .          .          .          conv3-256
maxpool    maxpool    maxpool    maxpool    maxpool    maxpool
conv3-512  conv3-512  conv3-512  conv3-512  conv3-512  conv3-512
conv3-512  conv3-512  conv3-512  conv3-512  conv3-512  conv3-512
.          .          .          conv1-512  conv3-512  conv3-512
.          .          .          .          .          conv3-512
maxpool    maxpool    maxpool    maxpool    maxpool    maxpool
conv3-512  conv3-512  conv3-512  conv3-512  conv3-512  conv3-512
conv3-512  conv3-512  conv3-512  conv3-512  conv3-512  conv3-512
.          .          .          conv1-512  conv3-512  conv3-512
.          .          .          .          .          conv3-512
maxpool    maxpool    maxpool    maxpool    maxpool    maxpool
FC-4096    FC-4096    FC-4096    FC-4096    FC-4096    FC-4096
FC-4096    FC-4096    FC-4096    FC-4096    FC-4096    FC-4096
FC-1000    FC-1000    FC-1000    FC-1000    FC-1000    FC-1000
soft-max   soft-max   soft-max   soft-max   soft-max   soft-max
""")
# Table 2: number of parameters, in millions.
TABLE_2 = table("""
A    A-LRN  B    C    D    E
133  133    133  134  138  144
""")
# Tables 3 and 4: network, shorter side in training (S) and in the test (Q), errors in per cent.
TABLES_3_4 = table("""
table  network  S          Q            top-1/top-5
3      A        256        256          29.6/10.4
3      A-LRN    256        256          29.7/10.5
3      B        256        256          28.7/9.9
3      C        256        256          28.1/9.4
3      C        384        384          28.1/9.3
3      C        [256;512]  384          27.3/8.8
3      D        256        256          27.0/8.8
3      D        384        384          26.8/8.7
3      D        [256;512]  384          25.6/8.1
3      E        256        256          27.3/9.0
3      E        384        384          26.9/8.7
3      E        [256;512]  384          25.5/8.0
4      B        256        224,256,288  28.2/9.6
4      C        256        224,256,288  27.7/9.2
4      C        384        352,384,416  27.8/9.2
4      C        [256;512]  256,384,512  26.3/8.2
4      D        256        224,256,288  26.6/8.6
4      D        384        352,384,416  26.5/8.6
4      D        [256;512]  256,384,512  24.8/7.5
4      E        256        224,256,288  26.9/8.7
4      E        384        352,384,416  26.7/8.6
4      E        [256;512]  256,384,512  24.8/7.5
""")
# Table 5: how the test picture is looked at; S in [256;512], Q = 256, 384, 512.
TABLE_5 = table("""
network  evaluation            top-1/top-5
D        dense                 24.8/7.5
D        multi-crop            24.6/7.5
D        multi-crop_and_dense  24.4/7.2
E        dense                 24.8/7.5
E        multi-crop            24.6/7.4
E        multi-crop_and_dense  24.4/7.1
""")
INIT = Initialisation(
    "glorot", 1.0, "section 3.1: the random initialisation of Glorot and Bengio 2010 does as well"
)
DROPOUT = 0.5  # section 3.1: in the first two dense layers


def layers(
    network: str,
    classes: int,
    norm: Norm | None = None,
    dropout: float = DROPOUT,
    average: int = 0,
) -> Chain:
    """A column of table 1 as a chain; `norm` after each convolution, dropout 0 for none.

    `average` pools the last map to this side before the first dense layer, as torchvision does.
    """
    parts: dict[str, Part] = {}
    block, place, dense = 1, 0, 6
    for line, cell in enumerate(TABLE_1.column(network)[1:], 2):
        kind, _, maps = cell.partition("-")
        where = f"table 1, line {line}"
        if kind in ("conv3", "conv1"):
            place, kernel = place + 1, number(kind[-1], where, network)
            parts[f"conv{block}_{place}"] = Conv(
                number(maps, where, network),
                kernel,
                padding=kernel // 2,  # section 2.1: the size stays after convolution
                norm=norm,
                activation="relu",
            )
        elif cell == "LRN":
            parts[f"norm{block}"] = NORM  # section 2.1: the constants of Krizhevsky et al. 2012
        elif cell == "maxpool":
            parts[f"pool{block}"] = Pool("max", 2)  # section 2.1: 2x2 at stride 2
            block, place = block + 1, 0
        elif kind == "FC":
            if average:
                parts.setdefault("avgpool", AdaptivePool(average))
            parts.setdefault("flatten", Flatten())
            last = dense == 8
            units = classes if last else number(maps, where, network)
            parts[f"fc{dense}"] = Dense(units, activation="softmax" if last else "relu")
            if not last and dropout:
                parts[f"drop{dense}"] = Dropout(dropout)
            dense += 1
        elif cell not in (".", "soft-max"):
            raise ValueError(
                f"{where}, column {network}: {cell!r} is none of conv3-N, conv1-N, LRN, maxpool, "
                "FC-N, soft-max"
            )
    return chain(parts)


def results(network: str) -> tuple[Fact, ...]:
    """The errors that tables 3, 4 and 5 print for a network."""
    found: list[Fact] = []
    for row in TABLES_3_4:
        if row["network"] == network:
            how = f"ILSVRC-2012 validation, one network, dense, S {row['S']}, Q {row['Q']}"
            found += errors(row["top-1/top-5"], how, f"table {row['table']}")
    for row in TABLE_5:
        if row["network"] == network:
            way = row["evaluation"].replace("_", " ")
            how = f"ILSVRC-2012 validation, one network, {way}, S [256;512], Q 256,384,512"
            found += errors(row["top-1/top-5"], how, "table 5")
    return tuple(found)


INPUT = (3, 224, 224)  # section 2.1
NOTES_003 = "notes 003, VGG Family Architecture Comparison"


def facts(network: str) -> tuple[Fact, ...]:
    """What the paper and the notes print for a column of table 1."""
    body = layers(network, 1000)
    millions = number(TABLE_2.column(network)[0], "table 2", network)
    weights = sum(1 for _, layer in body.parts if isinstance(layer, Conv | Dense))
    counted = number(TABLE_1.column(network)[0], "table 1", network)
    return (
        Fact("params", millions * 10**6, "table 2; " + NOTES_003, about=True),
        Fact("layers with weights", counted, "table 1", ours=weights),
        *results(network),
        *EXTRA.get(network, ()),
    )


def _side(kernel: int, times: int) -> int:
    """How far a stack of convolutions sees: the side of the smallest picture that it fits on."""
    side = 1
    while True:
        left = (side, side)
        for _ in range(times):
            left = Window((kernel, kernel), (1, 1)).out(left)
        if left == (1, 1):
            return side
        side += 1


def _weights(kernel: int, times: int) -> int:
    """The weights of a stack of convolutions from one map to one map."""
    return times * Conv(1, kernel, bias=False).params((1, kernel, kernel))


def _saved(times: int, kernel: int) -> float:
    return round(100 * (1 - _weights(3, times) / _weights(kernel, 1)), 4)


SMALL_WINDOWS = (
    Fact("side that two 3x3 see", 5, "section 2.3; notes 000 and 001", ours=_side(3, 2)),
    Fact("side that three 3x3 see", 7, "section 2.3; notes 000 and 001", ours=_side(3, 3)),
    Fact("conv1_2.receptive_field", (5, 5), "section 2.3: two 3x3 see 5x5"),
    Fact("weights of three 3x3, of C maps", 27, "section 2.3: 27 C^2", ours=_weights(3, 3)),
    Fact("weights of one 7x7, of C maps", 49, "section 2.3: 49 C^2", ours=_weights(7, 1)),
    Fact(
        "per cent that 49 is more than 27",
        81,
        "section 2.3; notes 000",
        about=True,
        ours=100 * (_weights(7, 1) / _weights(3, 3) - 1),
    ),
    Fact("per cent that two 3x3 save on 5x5", 28, "notes 002, VGGNet", ours=_saved(2, 5)),
    Fact("per cent that three 3x3 save on 7x7", 44.9, "notes 002", about=True, ours=_saved(3, 7)),
    Fact("per cent that five 3x3 save on 11x11", 62.8, "notes 002", about=True, ours=_saved(5, 11)),
)
# Notes 000, VGGNet, and 001, VGG16: the maps of each block, and after its pooling.
BLOCKS = table("""
block  convolutions  maps         pooled
1      2             224x224x64   112x112x64
2      2             112x112x128  56x56x128
3      3             56x56x256    28x28x256
4      3             28x28x512    14x14x512
5      3             14x14x512    7x7x512
""")


def _blocks() -> tuple[Fact, ...]:
    found = []
    for row in BLOCKS:
        n, last = row["block"], row["convolutions"]
        for name, cell in ((f"conv{n}_{last}", row["maps"]), (f"pool{n}", row["pooled"])):
            height, width, maps = (int(side) for side in cell.split("x"))
            found.append(Fact(f"{name}.out", (maps, height, width), "notes 000 and 001, VGG-16"))
    return tuple(found)


EXTRA = {
    "D": (
        *_blocks(),
        Fact(
            "float32 parameters in thousandths of 2^30 bytes",
            515,
            "notes 003, Comparison: network size 515 MB",
            about=True,
            ours=4000 * params(layers("D", 1000), INPUT) / 2**30,
        ),
        Fact(
            "pool5.receptive_field",
            (212, 212),
            "Araujo, Norris, Sim 2019, Computing Receptive Fields: vgg_16",
        ),
        Fact("pool5.field_stride", (32, 32), "Araujo, Norris, Sim 2019: vgg_16"),
        *SMALL_WINDOWS,
        Fact(
            "error",
            0.073,
            "table 7",
            conditions="ILSVRC-2014 submission: test, seven networks, dense, top-5",
        ),
        *errors("23.7/6.8", "ILSVRC-2012 validation, D and E together, dense and crops", "table 6"),
    ),
    "E": (
        Fact(
            "macs", 19_600_000_000, "He et al. 2015, figure 3; notes 001: 19.6 billion", about=True
        ),
        Fact(
            "error",
            0.07,
            "table 7",
            conditions="ILSVRC-2014 test, one network, crops and dense, top-5",
        ),
    ),
}
FOUR_BLOCKS = Erratum(
    "blocks of convolutions",
    4,
    NOTES_003,
    "the second block of 512 maps is left out; the parameters beside it need five poolings",
    ours=5,
)
NOTES_000, NOTES_001 = "notes 000, VGGNet", "notes 001, VGG16 table"
CONVOLUTIONS = params(layers("D", 1000), INPUT, "conv")
ERRATA_D = (
    Erratum("pool1.kernel", (3, 3), NOTES_001, "2x2 at stride 2, as the text under it says"),
    Erratum(
        "convolutions of block 3",
        2,
        NOTES_001,
        "the list above it, and table 1, have three",
        ours=3,
    ),
    Erratum("fc6.out", (25_088, 1, 1), NOTES_001, "25,088 is the flattened input of fc6"),
    Erratum("conv5_3.out", (521, 14, 14), NOTES_000, "a slip for 512, which stands elsewhere"),
    Erratum("pool5.out", (521, 7, 7), NOTES_000, "a slip for 512, which stands elsewhere"),
    Erratum("fc6.out", (4_090, 1, 1), NOTES_000, "a slip for 4096, which stands elsewhere"),
    Erratum("fc7.out", (4_090, 1, 1), NOTES_000, "a slip for 4096, which stands elsewhere"),
    Erratum(
        "max poolings",
        13,
        "notes 003, VGG-16 Networks: after each convolution",
        "after each block, as notes 000 say",
        ours=5,
    ),
    Erratum(
        "macs",
        19_600_000_000,
        "notes 002, All Comparisons, beside 138M parameters",
        "these are the operations of VGG-19 and the parameters of VGG-16",
    ),
    Erratum(
        "macs",
        15_300_000_000,
        "He et al. 2015, section 4.1: VGG-16/19 nets (15.3/19.6 billion FLOPs)",
        "15.35 billion are the convolutions alone; the 19.6 beside it has the dense layers too",
    ),
    Erratum(
        "top-5 accuracy",
        0.923,
        "notes 002, All Comparisons",
        f"{UNEXPLAINED}: 92.7 % is the entry of seven networks, 93.2 % two; no row has 92.3",
        ours=0.927,
    ),
    Erratum(
        "place in ILSVRC-2014 classification",
        1,
        "notes 001, VGG16",
        "GoogLeNet won, VGG came second (and won localisation)",
        ours=2,
    ),
    Erratum(
        "parameters in convolutions, against AlexNet's",
        "fewer",
        "notes 002, VGGNet: born to reduce them",
        f"{CONVOLUTIONS:,} against about 3.7 million; the saving is for a given receptive field",
        ours="more",
    ),
    Erratum(
        "layers of VGG",
        19,
        "notes 003, VGG-16 Networks: created with 19 layers",
        "11, 13, 16 and 19 (table 1); this one has 16",
        ours=16,
    ),
)
DEPARTURES = (
    Departure(
        "all weights are drawn at once, as section 3.1 ends: Glorot's draw needs no network "
        "trained before. The paper trained A from a Gaussian and began the deeper networks with "
        "its first four convolutions and its dense layers",
        "section 3.1",
    ),
    Departure(
        "that Gaussian's printed variance, 0.01, makes outputs of about 10^8 of pictures in "
        "pixels, by a factor of sqrt(fan-in x 0.01 / 2) a layer; a deviation of 0.01 may be meant",
        "section 3.1",
    ),
)


def _net(
    name: str, network: str, title: str, classes: int, channels: int, input: int | tuple[int, int]
) -> Net:
    printed = as_printed(classes, channels, input, INPUT[1], colours=INPUT[0], of=1000)
    errata = (FOUR_BLOCKS, *(ERRATA_D if network == "D" else ()))
    return Net(
        name=name,
        ledger_name=name,
        title=title,
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=layers(network, classes),
        init=INIT,
        facts=facts(network) if printed else (),
        errata=errata if printed else (),
        departures=DEPARTURES,
    )


def vgg11(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """VGG-11: column A, eight convolutions of 3x3."""
    return _net("vgg11", "A", "VGG-11", classes, channels, input)


def vgg11_lrn(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """VGG-11 with local response normalisation: column A-LRN."""
    return _net("vgg11_lrn", "A-LRN", "VGG-11 with LRN", classes, channels, input)


def vgg13(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """VGG-13: column B, ten convolutions."""
    return _net("vgg13", "B", "VGG-13", classes, channels, input)


def vgg16_conv1(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """VGG-16 with 1x1 convolutions: column C."""
    return _net("vgg16_conv1", "C", "VGG-16 with 1x1 convolutions", classes, channels, input)


def vgg16(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """VGG-16: column D, thirteen convolutions of 3x3."""
    return _net("vgg16", "D", "VGG-16", classes, channels, input)


def vgg19(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224) -> Net:
    """VGG-19: column E, sixteen convolutions of 3x3."""
    return _net("vgg19", "E", "VGG-19", classes, channels, input)


NETWORKS = (
    Entry("vgg11", vgg11, PAPER.year),
    Entry("vgg11_lrn", vgg11_lrn, PAPER.year),
    Entry("vgg13", vgg13, PAPER.year),
    Entry("vgg16_conv1", vgg16_conv1, PAPER.year),
    Entry("vgg16", vgg16, PAPER.year),
    Entry("vgg19", vgg19, PAPER.year),
)
