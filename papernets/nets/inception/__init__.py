"""Inception v2 and v3: convolutions factorised into small and one-sided ones, filter banks wider.

Two 3x3 do what a 5x5 does for less, and a 1x7 before a 7x1 what a 7x7 does, on grids of 12 to 20;
on the coarsest grid the two stand side by side. Grids shrink by a convolution and a pooling in
parallel, so that no layer is a bottleneck. Label smoothing and a normalised auxiliary head
regularise; one network makes 5.6 % top-5 errors on ImageNet.

The paper prints table 1 and figures 5, 6, 7 and 10, but no widths inside modules: they were in a
file beside it. Widths here are those of the network that its authors released, Inception v3.
"""

from __future__ import annotations

from itertools import count, pairwise

from ...said import Code, Paper, maps_last, table
from ...spec import Aux, Chain, Dense, Dropout, Flatten, GlobalPool, Net, Norm, Part, chain, pair
from ..entry import Entry, Size, check_switch
from ..figures import Defaults, branches, layers, repeated

PAPER = Paper(
    "Rethinking the Inception Architecture for Computer Vision",
    "Szegedy, Vanhoucke, Ioffe, Shlens, Wojna",
    2015,
    "arXiv 1512.00567; CVPR 2016, 2818-2826",
    given="Christian, Vincent, Sergey, Jonathon, Zbigniew",
)
RELEASE = Code("the authors' release, TF-slim, inception_v3.py")
TORCHVISION = Code("torchvision 0.28.0, models/inception.py")
TIMM = Code("timm 1.0.31, models/inception_v3.py")
# TF-slim's inception_utils, torchvision, timm and Keras alike have this eps; the paper prints none
DEFAULTS = Defaults(Norm(eps=1e-3))

# Table 1: "patch size/stride or remarks" and "input size"; a row's maps are the next row's input.
TABLE_1 = table("""
type         patch/stride  input
conv         3x3/2         299x299x3
conv         3x3/1         149x149x32
conv-padded  3x3/1         147x147x32
pool         3x3/2         147x147x64
conv         3x3/1         73x73x64
conv         3x3/2         71x71x80
conv         3x3/1         35x35x192
3xInception  figure-5      35x35x288
5xInception  figure-6      17x17x768
2xInception  figure-7      8x8x1280
pool         8x8           8x8x2048
linear       logits        1x1x2048
softmax      classifier    1x1x1000
""")

# Figures 5, 6 (with n = 7) and 7: one line a tower; widths as released. In figure 6, w is 128, 160
# or 192 by the module.
FIGURE_5 = """
b1x1:    1x1 64
b3x3:    1x1 48, 3x3 64
b3x3dbl: 1x1 64, 3x3 96, 3x3 96
pool:    avg 3x3, 1x1 64
"""
FIGURE_6 = """
b1x1:    1x1 192
b7x7:    1x1 w, 1x7 w, 7x1 192
b7x7dbl: 1x1 w, 7x1 w, 1x7 w, 7x1 w, 1x7 192
pool:    avg 3x3, 1x1 192
"""
FIGURE_7 = """
b1x1:    1x1 320
b3x3:    1x1 384, 1x3 384 | 3x1 384
b3x3dbl: 1x1 448, 3x3 384, 1x3 384 | 3x1 384
pool:    avg 3x3, 1x1 192
"""
# Figure 10: the grid reduction, first from 35x35, then from 17x17.
FIGURE_10_35 = """
b3x3:    3x3/2 384 V
b3x3dbl: 1x1 64, 3x3 96, 3x3/2 96 V
pool:    max 3x3/2 V
"""
FIGURE_10_17 = """
b3x3:    1x1 192, 3x3/2 320 V
b3x3dbl: 1x1 192, 3x3 192, 3x3/2 192 V
pool:    max 3x3/2 V
"""
WIDTHS = (128, 160, 160, 192)  # w of figure 6, module by module, as released

# Inception v3 is printed nowhere. As released: the stem, and what differs from the figures above.
STEM = """
conv_1a: 3x3/2 32 V
conv_2a: 3x3 32 V
conv_2b: 3x3 64
pool_3a: max 3x3/2 V
conv_3b: 1x1 80 V
conv_4a: 3x3 192 V
pool_5a: max 3x3/2 V
"""
MIXED_5 = """
b1x1:    1x1 64
b5x5:    1x1 48, 5x5 64
b3x3dbl: 1x1 64, 3x3 96, 3x3 96
pool:    avg 3x3, 1x1 p
"""
MIXED_7A = """
b3x3:    1x1 192, 3x3/2 320 V
b7x7x3:  1x1 192, 1x7 192, 7x1 192, 3x3/2 192 V
pool:    max 3x3/2 V
"""
AUX = """
pool:    avg 5x5/3 V
conv1x1: 1x1 128
conv5x5: 5x5 768 V
"""


def classifier(classes: int, dropout: float = 0.0) -> dict[str, Part]:
    """The average of each map, dropout where there is any, and the dense layer of the classes."""
    drop: dict[str, Part] = {"dropout": Dropout(dropout)} if dropout else {}
    fc = Dense(classes, activation="softmax")
    return {"average": GlobalPool(), **drop, "flatten": Flatten(), "fc": fc}


def stem() -> dict[str, Part]:
    """Table 1 down to its modules; a convolution that keeps the grid is padded, marked or not."""
    lines, numbers = [], count(1)
    for row, below in pairwise(TABLE_1):
        window = row["patch/stride"]
        maps, *grid = maps_last(below["input"])
        valid = "" if grid == [*maps_last(row["input"])[1:]] else " V"
        if row["type"].startswith("conv"):
            lines.append(f"conv{next(numbers)}: {window} {maps}{valid}")
        elif "/" in window:
            lines.append(f"pool: max {window} V")
    return layers("\n".join(lines), DEFAULTS)


def table_1(classes: int, widths: tuple[int, ...]) -> Chain:
    """Table 1, with a module of figure 6 for each of `widths`."""
    rows = (row for row in TABLE_1 if row["type"].endswith("xInception"))
    times = {row["patch/stride"]: int(row["type"][0]) for row in rows}
    parts = stem()
    parts |= repeated("inception_a", times["figure-5"], branches(FIGURE_5, DEFAULTS))
    parts["reduction_a"] = branches(FIGURE_10_35, DEFAULTS)
    for n, w in enumerate(widths, 1):
        parts[f"inception_b{n}"] = branches(FIGURE_6, DEFAULTS, w=w)
    parts["reduction_b"] = branches(FIGURE_10_17, DEFAULTS)
    parts |= repeated("inception_c", times["figure-7"], branches(FIGURE_7, DEFAULTS))
    return chain(parts | classifier(classes))


def inception_v2(classes: int = 1000, channels: int = 3, input: Size = 299) -> Net:
    """Inception v2, table 1 of the paper: four modules of figure 6 and a grid reduction."""
    return Net("inception_v2", (channels, *pair(input)), classes, table_1(classes, WIDTHS))


def inception_v2_5b(classes: int = 1000, channels: int = 3, input: Size = 299) -> Net:
    """Inception v2, table 1 read to the letter: five modules of figure 6, 25,769,544 parameters."""
    *first, middle, last = WIDTHS
    body = table_1(classes, (*first, middle, middle, last))
    return Net("inception_v2_5b", (channels, *pair(input)), classes, body)


def v3(classes: int, defaults: Defaults, dropout: float, head: Part | None) -> Chain:
    """Inception v3 as released; the head, where there is one, sits on mixed_6e."""
    parts = layers(STEM, defaults)
    for letter, p in zip("bcd", (32, 64, 64), strict=True):
        parts[f"mixed_5{letter}"] = branches(MIXED_5, defaults, p=p)
    parts["mixed_6a"] = branches(FIGURE_10_35, defaults)
    for letter, w in zip("bcde", WIDTHS, strict=True):
        parts[f"mixed_6{letter}"] = branches(FIGURE_6, defaults, w=w)
    if head is not None:
        parts["aux"] = head
    parts["mixed_7a"] = branches(MIXED_7A, defaults)
    for letter in "bc":
        parts[f"mixed_7{letter}"] = branches(FIGURE_7, defaults)
    return chain(parts | classifier(classes, dropout))


def aux_head(classes: int, defaults: Defaults = DEFAULTS, counted: bool = False) -> Aux:
    """The head on the last 17x17 grid, normalised; 0.4 as released, the paper prints no weight."""
    body = chain(layers(AUX, defaults) | classifier(classes))
    return Aux(body, weight=0.4, counted=counted)


DROPOUT = 0.2  # TF-slim's inception_v3.py keeps 0.8; the paper gives none


def inception_v3(
    classes: int = 1000, channels: int = 3, input: Size = 299, aux: bool = True
) -> Net:
    """Inception v3 as its authors released it, with its auxiliary head; 23,834,568 parameters."""
    head = aux_head(classes) if check_switch("aux", aux) else None
    body = v3(classes, DEFAULTS, DROPOUT, head)
    return Net("inception_v3", (channels, *pair(input)), classes, body)


def inception_v3_aux(classes: int = 1000, channels: int = 3, input: Size = 299) -> Net:
    """Inception v3 with its auxiliary head counted in: 27,161,264 parameters."""
    body = v3(classes, DEFAULTS, DROPOUT, aux_head(classes, counted=True))
    return Net("inception_v3_aux", (channels, *pair(input)), classes, body)


NETWORKS = tuple(
    Entry(make.__name__, make, PAPER.year)
    for make in (inception_v2, inception_v2_5b, inception_v3, inception_v3_aux)
)
