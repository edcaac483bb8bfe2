"""Inception v4 and Inception-ResNet: uniform modules, and modules whose output is a residual.

Freed from what older software asked of it, Inception becomes deeper and of one piece (v4). Adding
each module's output to its input trains faster and ends about as well (Inception-ResNet); with
more than a thousand maps such networks die early in training, unless residuals are scaled down by
0.1 to 0.3 before they are added. Three of them and one v4 made 3.08 % top-5 errors on ImageNet.

All figures are the paper's: convolutions marked V are not padded, all others keep the grid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...said import Departure, Paper, Table, number, table
from ...said.legacy import Erratum, Fact
from ...spec import Add, Chain, Concat, Conv, Identity, Initialisation, Net, Part, add, chain, pair
from ..cost import cost
from ..entry import Entry
from ..figures import branches, layers
from ..inception import DEFAULTS, classifier
from ..inception.claims import AVERAGE, EPSILON
from ..inception.claims import FIELDS as ARAUJO
from ..inception.recipes import SLIM as INIT
from ..printed import as_printed, errors

PAPER = Paper(
    "Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning",
    "Szegedy, Ioffe, Vanhoucke, Alemi",
    2016,
    "arXiv 1602.07261; AAAI 2017, 4278-4284",
)
TIMM_V4 = "timm 1.0.31, models/inception_v4.py"

# Table 1: the widths k, l, m and n of the reduction from 35x35 to 17x17 (figure 7).
TABLE_1 = table("""
network              k    l    m    n
Inception-v4         192  224  256  384
Inception-ResNet-v1  192  192  256  384
Inception-ResNet-v2  256  256  384  384
""")

# Figure 3, the stem of Inception-v4 and Inception-ResNet-v2: a line of three, then three joins.
FIGURE_3 = """
conv1: 3x3/2 32 V
conv2: 3x3 32 V
conv3: 3x3 64
"""
FIGURE_3_JOINS = (
    """
pool: max 3x3/2 V
conv: 3x3/2 96 V
""",
    """
b3x3: 1x1 64, 3x3 96 V
b7x7: 1x1 64, 1x7 64, 7x1 64, 3x3 96 V
""",
    """
conv: 3x3/2 192 V
pool: max 3x3/2 V
""",
)
# Figures 4 to 8: the modules of Inception-v4, a line a tower.
FIGURE_4 = """
b1x1:    1x1 96
b3x3:    1x1 64, 3x3 96
b3x3dbl: 1x1 64, 3x3 96, 3x3 96
pool:    avg 3x3, 1x1 96
"""
FIGURE_5 = """
b1x1:    1x1 384
b7x7:    1x1 192, 1x7 224, 7x1 256
b7x7dbl: 1x1 192, 7x1 192, 1x7 224, 7x1 224, 1x7 256
pool:    avg 3x3, 1x1 128
"""
FIGURE_6 = """
b1x1:    1x1 256
b3x3:    1x1 384, 1x3 256 | 3x1 256
b3x3dbl: 1x1 384, 3x1 448, 1x3 512, 1x3 256 | 3x1 256
pool:    avg 3x3, 1x1 256
"""
FIGURE_7 = """
b3x3:    3x3/2 n V
b3x3dbl: 1x1 k, 3x3 l, 3x3/2 m V
pool:    max 3x3/2 V
"""
FIGURE_8 = """
b3x3:    1x1 192, 3x3/2 192 V
b7x7x3:  1x1 256, 1x7 256, 7x1 320, 3x3/2 320 V
pool:    max 3x3/2 V
"""
# Figure 9: blocks, how often, and the sizes printed beside them.
FIGURE_9 = table("""
block        times  size
stem         1      35x35x384
inception_a  4      35x35x384
reduction_a  1      17x17x1024
inception_b  7      17x17x1024
reduction_b  1      8x8x1536
inception_c  3      8x8x1536
average      1      1x1x1536
dropout      1      1x1x1536
fc           1      1x1x1000
""")
DROPOUT = 0.2  # figures 9 and 15: keep 0.8

# Figures 10 to 14: Inception-ResNet-v1, its modules without the linear 1x1, and its stem.
FIGURE_10 = """
b1x1:    1x1 32
b3x3:    1x1 32, 3x3 32
b3x3dbl: 1x1 32, 3x3 32, 3x3 32
"""
FIGURE_11 = """
b1x1:    1x1 128
b7x7:    1x1 128, 1x7 128, 7x1 128
"""
FIGURE_12 = """
b3x3:    1x1 256, 3x3/2 384 V
b3x3_2:  1x1 256, 3x3/2 256 V
b3x3dbl: 1x1 256, 3x3 256, 3x3/2 256 V
pool:    max 3x3/2 V
"""
FIGURE_13 = """
b1x1:    1x1 192
b3x3:    1x1 192, 1x3 192, 3x1 192
"""
FIGURE_14 = """
conv1: 3x3/2 32 V
conv2: 3x3 32 V
conv3: 3x3 64
pool:  max 3x3/2 V
conv4: 1x1 80
conv5: 3x3 192 V
conv6: 3x3/2 256 V
"""
# Figure 15: blocks of both Inception-ResNets, and the sizes of the first.
FIGURE_15 = table("""
block        times  size
stem         1      35x35x256
inception_a  5      35x35x256
reduction_a  1      17x17x896
inception_b  10     17x17x896
reduction_b  1      8x8x1792
inception_c  5      8x8x1792
average      1      1x1x1792
dropout      1      1x1x1792
fc           1      1x1x1000
""")
# Figures 16 to 19: Inception-ResNet-v2.
FIGURE_16 = """
b1x1:    1x1 32
b3x3:    1x1 32, 3x3 32
b3x3dbl: 1x1 32, 3x3 48, 3x3 64
"""
FIGURE_17 = """
b1x1:    1x1 192
b7x7:    1x1 128, 1x7 160, 7x1 192
"""
FIGURE_18 = """
b3x3:    1x1 256, 3x3/2 384 V
b3x3_2:  1x1 256, 3x3/2 288 V
b3x3dbl: 1x1 256, 3x3 288, 3x3/2 320 V
pool:    max 3x3/2 V
"""
FIGURE_19 = """
b1x1:    1x1 192
b3x3:    1x1 192, 1x3 224, 3x1 256
"""
# The linear 1x1 of each module: it has to give as many maps as it is added to.
LINEAR = table("""
network              block        figure  maps
Inception-ResNet-v1  inception_a  10      256
Inception-ResNet-v1  inception_b  11      896
Inception-ResNet-v1  inception_c  13      1792
Inception-ResNet-v2  inception_a  16      384
Inception-ResNet-v2  inception_b  17      1154
Inception-ResNet-v2  inception_c  19      2048
""")
SCALES = (0.17, 0.1, 0.2)  # of A, B and C in the release, TF-slim; section 3.3: "0.1 to 0.3"

# Tables 2 to 4: one network, one crop, 12 crops, 144 crops.
RESULTS = table("""
network              one-crop  12-crops  144-crops
Inception-v4         20.0/5.0  18.7/4.2  17.7/3.8
Inception-ResNet-v1  21.3/5.5  19.8/4.6  18.8/4.3
Inception-ResNet-v2  19.9/4.9  18.7/4.1  17.8/3.7
""")
FIELDS, OPEN = str(ARAUJO), (EPSILON, AVERAGE)


def _row(of: Table, network: str) -> dict[str, str]:
    (row,) = (row for row in of if next(iter(row.values())) == network)
    return row


def widths(network: str) -> dict[str, int]:
    row = _row(TABLE_1, network)
    return {letter: number(row[letter], network, letter) for letter in "klmn"}


def _times(figure: Table, block: str) -> int:
    return number(_row(figure, block)["times"], block, "times")


def _results(network: str) -> tuple[Fact, ...]:
    facts: tuple[Fact, ...] = ()
    row = _row(RESULTS, network)
    for place, crops in enumerate(("one-crop", "12-crops", "144-crops"), 2):
        on = "ILSVRC-2012 validation" + (" without the blacklisted pictures" if place < 4 else "")
        facts += errors(
            row[crops], f"{on}, one network, {crops.replace('-', ' ')}", f"table {place}"
        )
    return facts


ENSEMBLE = (
    *errors("16.5/3.1", "ILSVRC-2012 validation, one v4 and three v2, 144 crops", "table 5"),
    Fact("error", 0.0308, "section 5", conditions="ILSVRC-2012 test, the same, top-5"),
)


def _sizes(figure: Table, source: str, last: dict[str, str]) -> tuple[Fact, ...]:
    """A figure's sizes as facts; `last` names the row that gives a block's output."""
    facts = []
    for row in figure:
        height, width, maps = (number(n, row["block"], "size") for n in row["size"].split("x"))
        times = number(row["times"], row["block"], "times")
        name = last.get(row["block"], row["block"] + (str(times) if times > 1 else ""))
        facts.append(Fact(f"{name}.out", (maps, height, width), source))
    return tuple(facts)


def _stem() -> Chain:
    """Figure 3."""
    parts = layers(FIGURE_3, DEFAULTS)
    for n, text in enumerate(FIGURE_3_JOINS, 1):
        parts[f"join{n}"] = branches(text, DEFAULTS)
    return chain(parts)


SLIM_DEFAULT = Initialisation(
    "glorot", 1.0, "TF-slim's default, which inception_resnet_v2.py keeps; the paper prints none"
)
DENSE = Initialisation("glorot", 1.0, "TF-slim's default for dense layers, inception_v4.py")
SLIM_V4 = replace(INIT, but=(("fc", DENSE),))  # in the convolutions as in Inception v3


def made(
    name: str,
    title: str,
    shape: tuple[int, int, int],
    classes: int,
    body: Chain,
    init: Initialisation = SLIM_DEFAULT,
) -> Net:
    return Net(
        name=name,
        ledger_name=name,
        title=title,
        paper=PAPER,
        input=shape,
        classes=classes,
        body=body,
        init=init,
    )


def v4(classes: int, dropout: float) -> Chain:
    parts: dict[str, Part] = {"stem": _stem()}
    for letter, module, reduction in (
        ("a", FIGURE_4, FIGURE_7),
        ("b", FIGURE_5, FIGURE_8),
        ("c", FIGURE_6, ""),
    ):
        for n in range(_times(FIGURE_9, f"inception_{letter}")):
            parts[f"inception_{letter}{n + 1}"] = branches(module, DEFAULTS)
        if reduction:
            shrink = branches(reduction, DEFAULTS, **widths("Inception-v4"))
            parts[f"reduction_{letter}"] = shrink
    return chain(parts | classifier(classes, dropout))


GAMMA = Departure(
    "the normalisation has gamma, as Ioffe and Szegedy 2015 define it; the release leaves it out",
    "TF-slim, inception_utils.py",
)


def inception_v4(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 299) -> Net:
    """Inception v4: four, seven and three uniform modules on three grids; 42,679,816 parameters."""
    shape = (channels, *pair(input))
    net = made("inception_v4", "Inception v4", shape, classes, v4(classes, DROPOUT), SLIM_V4)
    net = replace(net, departures=(GAMMA, *OPEN))
    if not as_printed(classes, channels, input, 299, colours=3, of=1000):
        return net
    return replace(
        net,
        facts=(
            Fact("params", 42_679_816, f"{TIMM_V4}: counted"),
            Fact("macs", 12_253_974_624, f"{TIMM_V4}: counted"),
            Fact("inception_c3.receptive_field", (2071, 2071), FIELDS),
            *_sizes(FIGURE_9, "figure 9", {"stem": "stem.join3"}),
            *_results("Inception-v4"),
            *ENSEMBLE,
        ),
        errata=(
            Erratum(
                "letters of the reduction's widths",
                "V, l, k",
                "notes 000, Inception v4",
                "V marks a convolution without padding in the figures; table 1 has k, l, m and n",
                ours=", ".join(TABLE_1.columns[1:]),
            ),
        ),
    )


Scale = float | tuple[float, float, float]


def scales(scale: Scale) -> tuple[float, float, float]:
    """The factors of the residuals of A, B and C, from one for all or three; else a ValueError."""
    every = tuple(scale) if isinstance(scale, tuple | list) else (scale,) * 3
    wrong = any(isinstance(s, bool) or not isinstance(s, int | float) for s in every)
    if len(every) != 3 or wrong or not all(0 < s <= 1 for s in every):
        raise ValueError(
            f"scale must be a number above 0, at most 1, or three of them, for A, B and C, not "
            f"{scale!r}; the paper takes 0.1 to 0.3"
        )
    return every[0], every[1], every[2]


def residual(module: Concat, maps: int, scale: float, relu: bool = True) -> Add:
    """Figure 20: branches, a linear 1x1 to as many maps as came in, scaled, added to what came."""
    way = chain({"mixed": module, "linear": Conv(maps, 1)})
    activation = "relu" if relu else None
    return add({"": way, "shortcut": Identity()}, activation, scales=(scale, 1.0))


@dataclass(frozen=True)
class Version:
    """The figures of one Inception-ResNet."""

    network: str
    modules: tuple[str, str, str]
    reduction_b: str


V1 = Version("Inception-ResNet-v1", (FIGURE_10, FIGURE_11, FIGURE_13), FIGURE_12)
V2 = Version("Inception-ResNet-v2", (FIGURE_16, FIGURE_17, FIGURE_19), FIGURE_18)


def _resnet(
    classes: int, shape: tuple[int, int, int], stem: Chain, version: Version, scale: Scale
) -> Chain:
    """Figure 15 with the figures of one version."""
    parts: dict[str, Part] = {"stem": stem}
    now, _, _ = cost(stem, shape)
    reductions = (FIGURE_7, version.reduction_b, "")
    for letter, module, factor, reduction in zip(
        "abc", version.modules, scales(scale), reductions, strict=True
    ):
        for n in range(_times(FIGURE_15, f"inception_{letter}")):
            block = residual(branches(module, DEFAULTS), now[0], factor)
            parts[f"inception_{letter}{n + 1}"] = block
        if reduction:
            shrink = branches(reduction, DEFAULTS, **widths(version.network))
            parts[f"reduction_{letter}"] = shrink
            now, _, _ = cost(shrink, now)
    return chain(parts | classifier(classes, DROPOUT))


UNSCALED = Departure(
    "residuals of A, B and C are scaled by 0.17, 0.1 and 0.2, as released; the paper says 0.1 to "
    "0.3; the option `scale` sets others",
    "section 3.3; TF-slim, inception_resnet_v2.py",
)
LINEAR_BIAS = Departure(
    "the linear 1x1 has a bias and no normalisation, as released; the paper says only that the "
    "sums are not normalised",
    "section 3.2; TF-slim, inception_resnet_v2.py",
)


def _linear(body: Chain, network: str) -> tuple[tuple[Fact, ...], tuple[Erratum, ...]]:
    """The printed maps of each module's linear 1x1: those that fit, and those that do not."""
    facts, errata, parts = [], [], dict(body.parts)
    for row in (row for row in LINEAR if row["network"] == network):
        block = parts[f"{row['block']}1"]
        assert isinstance(block, Add)
        way = block.branches[0][1]
        assert isinstance(way, Chain)
        linear = way.parts[-1][1]
        assert isinstance(linear, Conv)
        what, source = f"maps of {row['block']}'s linear 1x1", f"figure {row['figure']}"
        maps = number(row["maps"], source, "maps")
        if maps == linear.out:
            facts.append(Fact(what, maps, source, ours=linear.out))
        else:
            why = f"the module adds it to {linear.out} maps, so {linear.out} are needed"
            errata.append(Erratum(what, maps, source, why, ours=linear.out))
    return tuple(facts), tuple(errata)


def inception_resnet_v1(
    classes: int = 1000,
    channels: int = 3,
    input: int | tuple[int, int] = 299,
    scale: Scale = SCALES,
) -> Net:
    """Inception-ResNet v1: 5, 10 and 5 residual modules, about the cost of Inception v3."""
    shape = (channels, *pair(input))
    body = _resnet(classes, shape, chain(layers(FIGURE_14, DEFAULTS)), V1, scale)
    net = made("inception_resnet_v1", "Inception-ResNet v1", shape, classes, body)
    net = replace(net, departures=(UNSCALED, LINEAR_BIAS, GAMMA, OPEN[0]))
    if not as_printed(classes, channels, input, 299, colours=3, of=1000):
        return net
    facts, errata = _linear(body, V1.network)
    sizes = _sizes(FIGURE_15, "figure 15", {"stem": "stem.conv6"})
    return replace(net, facts=(*sizes, *facts, *_results(V1.network)), errata=errata)


def inception_resnet_v2(
    classes: int = 1000,
    channels: int = 3,
    input: int | tuple[int, int] = 299,
    scale: Scale = SCALES,
) -> Net:
    """Inception-ResNet v2 as the paper's figures print it: 5, 10 and 5 residual modules."""
    shape = (channels, *pair(input))
    body = _resnet(classes, shape, _stem(), V2, scale)
    net = made("inception_resnet_v2", "Inception-ResNet v2 (figures)", shape, classes, body)
    net = replace(
        net,
        departures=(
            Departure(
                "the released network is another: 10, 20 and 10 modules, another stem, 55.8 "
                "million parameters: see inception_resnet_v2_slim. The paper gives this network "
                "the cost of Inception v4, 12.25 billion multiply-adds; its figures have 9.26, the "
                "released one 13.16",
                "section 3.2; TF-slim, inception_resnet_v2.py",
            ),
            UNSCALED,
            LINEAR_BIAS,
            GAMMA,
            OPEN[0],
        ),
    )
    if not as_printed(classes, channels, input, 299, colours=3, of=1000):
        return net
    facts, errata = _linear(body, V2.network)
    sizes = _sizes(FIGURE_9, "figure 3", {"stem": "stem.join3"})[:1]
    return replace(net, facts=(*sizes, *facts, *_results(V2.network), *ENSEMBLE), errata=errata)


NETWORKS = tuple(
    Entry(make.__name__, make, PAPER.year)
    for make in (inception_v4, inception_resnet_v1, inception_resnet_v2)
)
