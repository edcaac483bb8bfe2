"""Inception v4 and Inception-ResNet: uniform modules, and modules whose output is a residual.

Freed from what older software asked of it, Inception becomes deeper and of one piece (v4). Adding
each module's output to its input trains faster and ends about as well (Inception-ResNet); with
more than a thousand maps such networks die early in training, unless residuals are scaled down by
0.1 to 0.3 before they are added. Three of them and one v4 made 3.08 % top-5 errors on ImageNet.

All figures are the paper's: convolutions marked V are not padded, all others keep the grid.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...numbers import is_number
from ...said import Paper, Table, number, table
from ...spec import Add, Chain, Concat, Conv, Identity, Net, Part, add, chain, pair
from ...words import brief
from ..cost import cost
from ..entry import Entry, Size
from ..figures import Defaults, branches, layers, repeated
from ..inception import DEFAULTS, classifier

PAPER = Paper(
    "Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning",
    "Szegedy, Ioffe, Vanhoucke, Alemi",
    2016,
    "arXiv 1602.07261; AAAI 2017, 4278-4284",
    given="Christian, Sergey, Vincent, Alexander A.",
)

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
SCALES = (0.17, 0.1, 0.2)  # of A, B and C in the release, TF-slim; section 3.3: "0.1 to 0.3"


def _row(of: Table, name: str) -> dict[str, str]:
    """The row of a table that begins with a name."""
    (row,) = (row for row in of if row[of.columns[0]] == name)
    return row


def widths(network: str) -> dict[str, int]:
    """k, l, m and n of table 1."""
    row = _row(TABLE_1, network)
    return {letter: number(row[letter], network, letter) for letter in "klmn"}


def times(figure: Table, block: str) -> int:
    """How often a figure has a block."""
    return number(_row(figure, block)["times"], block, "times")


def stem() -> Chain:
    """Figure 3."""
    joins = {f"join{n}": branches(text, DEFAULTS) for n, text in enumerate(FIGURE_3_JOINS, 1)}
    return chain({**layers(FIGURE_3, DEFAULTS), **joins})


def v4(classes: int, dropout: float) -> Chain:
    """Figure 9."""

    def modules(block: str, figure: str) -> dict[str, Part]:
        return repeated(block, times(FIGURE_9, block), branches(figure, DEFAULTS))

    return chain(
        {
            "stem": stem(),
            **modules("inception_a", FIGURE_4),
            "reduction_a": branches(FIGURE_7, DEFAULTS, **widths("Inception-v4")),
            **modules("inception_b", FIGURE_5),
            "reduction_b": branches(FIGURE_8, DEFAULTS),
            **modules("inception_c", FIGURE_6),
            **classifier(classes, dropout),
        }
    )


def inception_v4(classes: int = 1000, channels: int = 3, input: Size = 299) -> Net:
    """Inception v4: four, seven and three uniform modules on three grids; 42,679,816 parameters."""
    return Net("inception_v4", (channels, *pair(input)), classes, v4(classes, DROPOUT))


Scale = float | tuple[float, float, float]


def scales(scale: Scale) -> tuple[float, float, float]:
    """The factors of the residuals of A, B and C, from one for all or three; else a ValueError."""
    every = tuple(scale) if isinstance(scale, tuple | list) else (scale,) * 3
    if len(every) != 3 or not all(is_number(s) and 0 < s <= 1 for s in every):
        raise ValueError(
            f"scale must be a number above 0, at most 1, or three of them, for A, B and C, not "
            f"{brief(scale)}; the paper takes 0.1 to 0.3"
        )
    return every[0], every[1], every[2]


def residual(module: Concat, maps: int, scale: float) -> Add:
    """Figure 20: branches, a linear 1x1 to as many maps as came in, scaled, added to what came."""
    way = chain({"mixed": module, "linear": Conv(maps, 1)})
    return add({"": way, "shortcut": Identity()}, "relu", scales=(scale, 1.0))


@dataclass(frozen=True)
class Version:
    """The figures of one Inception-ResNet: its modules A, B and C, and its second reduction."""

    network: str
    modules: tuple[str, str, str]
    reduction_b: str


V1 = Version("Inception-ResNet-v1", (FIGURE_10, FIGURE_11, FIGURE_13), FIGURE_12)
V2 = Version("Inception-ResNet-v2", (FIGURE_16, FIGURE_17, FIGURE_19), FIGURE_18)
GRIDS = tuple(
    (f"inception_{x}", times(FIGURE_15, f"inception_{x}"), f"reduction_{x}") for x in "abc"
)
"""Of each grid, from the finest on: its modules' name, how many; the reduction after it, if any."""


def residuals(
    before: dict[str, Part],
    channels: int,
    version: Version,
    grids: tuple[tuple[str, int, str], ...],
    scale: Scale,
    defaults: Defaults = DEFAULTS,
) -> dict[str, Part]:
    """The parts `before`, then a version's modules on each grid, and reductions between grids."""
    parts = dict(before)
    out, _, _ = cost(chain(parts), (channels, 299, 299))  # only the maps count here
    figures = version.modules, (FIGURE_7, version.reduction_b, ""), scales(scale)
    for (name, count, reduction), module, shrink, factor in zip(grids, *figures, strict=True):
        parts |= repeated(name, count, residual(branches(module, defaults), out[0], factor))
        if shrink:
            parts[reduction] = branches(shrink, defaults, **widths(version.network))
            out, _, _ = cost(parts[reduction], out)
    return parts


def figure_15(classes: int, channels: int, stem: Chain, version: Version, scale: Scale) -> Chain:
    """Figure 15 with the figures of one version."""
    parts = residuals({"stem": stem}, channels, version, GRIDS, scale)
    return chain(parts | classifier(classes, DROPOUT))


def inception_resnet_v1(
    classes: int = 1000, channels: int = 3, input: Size = 299, scale: Scale = SCALES
) -> Net:
    """Inception-ResNet v1: 5, 10 and 5 residual modules, about the cost of Inception v3."""
    body = figure_15(classes, channels, chain(layers(FIGURE_14, DEFAULTS)), V1, scale)
    return Net("inception_resnet_v1", (channels, *pair(input)), classes, body)


def inception_resnet_v2(
    classes: int = 1000, channels: int = 3, input: Size = 299, scale: Scale = SCALES
) -> Net:
    """Inception-ResNet v2 as the paper's figures print it: 5, 10 and 5 residual modules."""
    body = figure_15(classes, channels, stem(), V2, scale)
    return Net("inception_resnet_v2", (channels, *pair(input)), classes, body)


NETWORKS = tuple(
    Entry(make.__name__, make, PAPER.year)
    for make in (inception_v4, inception_resnet_v1, inception_resnet_v2)
)
