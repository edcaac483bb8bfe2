"""Inception v2 and v3: convolutions factorised into small and one-sided ones, filter banks wider.

Two 3x3 do what a 5x5 does for less, and a 1x7 before a 7x1 what a 7x7 does, on grids of 12 to 20;
on the coarsest grid the two stand side by side. Grids shrink by a convolution and a pooling in
parallel, so that no layer is a bottleneck. Label smoothing and a normalised auxiliary head
regularise; one network makes 5.6 % top-5 errors on ImageNet.

The paper prints table 1 and figures 5, 6, 7 and 10, but no widths inside modules: they were in a
file beside it. Widths here are those of the network that its authors released, Inception v3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from ...said import UNEXPLAINED, Departure, Paper, number, table
from ...said.legacy import Erratum, Fact
from ...spec import (
    Aux,
    Chain,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Initialisation,
    Net,
    Norm,
    Part,
    Pool,
    chain,
    pair,
)
from ..cost import depth
from ..entry import Entry, check_switch
from ..figures import Manner, branches, layers
from ..printed import as_printed, errors

PAPER = Paper(
    "Rethinking the Inception Architecture for Computer Vision",
    "Szegedy, Vanhoucke, Ioffe, Shlens, Wojna",
    2015,
    "arXiv 1512.00567; CVPR 2016, 2818-2826",
)
RELEASED = "the authors' release, TF-slim, inception_v3.py"
TORCHVISION = "torchvision 0.28.0, models/inception.py"
TIMM = "timm 1.0.31, models/inception_v3.py"

FIELDS = "Araujo, Norris, Sim 2019, Computing Receptive Fields, the table"

EPS = 1e-3  # TF-slim's inception_utils, torchvision, timm and Keras alike; the paper prints none
NORM = Norm(eps=EPS)
MANNER = Manner(NORM)
# Factor 2, and 1.3 for what the cut takes away from the variance: slim.variance_scaling_initializer
INIT = Initialisation(
    "he",
    2 * 1.3,
    "TF-slim, inception_utils: variance scaling by fan-in, truncated; the paper prints none",
    cut=2,
    but=(
        ("aux.conv5x5", Initialisation("gaussian", 0.01, f"{RELEASED}: trunc_normal(0.01)", cut=2)),
        ("aux.fc", Initialisation("gaussian", 0.001, f"{RELEASED}: trunc_normal(0.001)", cut=2)),
    ),
)

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
# The release's older names of its modules are their sizes: mixed_35x35x256a and so on.
MIXED = table("""
layer     size
mixed_5b  35x35x256
mixed_5c  35x35x288
mixed_5d  35x35x288
mixed_6a  17x17x768
mixed_6b  17x17x768
mixed_6c  17x17x768
mixed_6d  17x17x768
mixed_6e  17x17x768
mixed_7a  8x8x1280
mixed_7b  8x8x2048
mixed_7c  8x8x2048
""")


def size(cell: str) -> tuple[int, int, int]:
    """Channels, height, width of a cell such as 35x35x288."""
    height, width, maps = (number(n, cell, "size") for n in cell.split("x"))
    return maps, height, width


def end(classes: int, dropout: float = 0.0) -> dict[str, Part]:
    """The average of each map, dropout where there is any, and the classifier."""
    drop: dict[str, Part] = {"dropout": Dropout(dropout)} if dropout else {}
    fc = Dense(classes, activation="softmax")
    return {"average": GlobalPool(), **drop, "flatten": Flatten(), "fc": fc}


def _table_1(classes: int, widths: tuple[int, ...]) -> tuple[Chain, tuple[Fact, ...]]:
    """The layers of table 1, with one module of figure 6 a width, and its sizes as facts."""
    parts, takes = dict[str, Part](), dict[str, str]()
    for row, after in pairwise(TABLE_1):
        kind, how, new = row["type"], row["patch/stride"], dict[str, Part]()
        if "/" in how:
            kernel, stride = (int(n) for n in how.partition("x")[2].split("/"))
            maps, *grid = size(after["input"])
            same = grid == [*size(row["input"])[1:]]  # where the grid stays, it is padded
            if kind == "pool":
                new["pool"] = Pool("max", kernel, stride)
            else:
                new[f"conv{sum('conv' in name for name in parts) + 1}"] = Conv(
                    maps, kernel, stride, kernel // 2 if same else 0, 1, False, NORM, "relu"
                )
        elif how == "figure-5":
            for n in range(1, int(kind[0]) + 1):
                new[f"inception_a{n}"] = branches(FIGURE_5, MANNER)
        elif how == "figure-6":
            for n, w in enumerate(widths, 1):
                new[f"inception_b{n}"] = branches(FIGURE_6, MANNER, w=w)
        elif how == "figure-7":
            for n in range(1, int(kind[0]) + 1):
                new[f"inception_c{n}"] = branches(FIGURE_7, MANNER)
        elif kind == "pool":
            new = end(classes)
        takes[next(iter(new), "fc")] = row["input"]
        parts |= new
        if how == "figure-5":
            parts["reduction_a"] = branches(FIGURE_10_35, MANNER)
        elif how == "figure-6":
            parts["reduction_b"] = branches(FIGURE_10_17, MANNER)
    facts = [Fact(f"{name}.input", size(cell), "table 1") for name, cell in takes.items()]
    return chain(parts), (*facts, Fact("fc.out", size(after["input"]), "table 1"))


IMAGENET = "ILSVRC-2012 validation, one network, one crop"
TABLE_3 = "table 3"
NO_WIDTHS = Departure(
    "the paper prints no widths inside modules; here those of the released Inception v3",
    "table 1, figures 5 to 7 and 10",
)
UNMARKED = Departure(
    "the last convolution of the stem keeps 35x35, so it is padded, though only the third row is "
    "marked so",
    "table 1",
)
NO_HEAD = Departure(
    "the auxiliary head is left out: its widths are not printed; see inception_v3",
    "section 4, figure 8",
)
OPEN = (
    Departure(
        "epsilon of the normalisation is 0.001, as released; the paper prints none",
        "TF-slim, inception_utils.py",
    ),
    Departure(
        "an average does not count its padding, as TensorFlow's does not; the paper is silent",
        RELEASED,
    ),
)
FOUR_MODULES = Departure(
    "there are four modules of figure 6, where table 1 prints 5: with five, and the released "
    "widths, the network has 25,769,544 parameters, not less than 25 million; the fifth may be the "
    "grid reduction; see inception_v2_5b",
    "table 1; abstract",
)
FIVE_MODULES = Departure(
    "with the released widths five modules of figure 6 make 25,769,544 parameters, where the paper "
    "has less than 25 million; four have fewer: see inception_v2",
    "abstract, table 1",
)
COST = UNEXPLAINED
DEEP = (
    f"{UNEXPLAINED}: the paper does not say how it counts; without the layers of the two grid "
    "reductions, inception_v2 would have 42"
)


def inception_v2(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 299) -> Net:
    """Inception v2, table 1 of the paper: four modules of figure 6 and a grid reduction."""
    body, published = _table_1(classes, WIDTHS)
    printed = as_printed(classes, channels, input, 299, colours=3, of=1000)
    facts = (
        *published,
        Fact("params", 25_000_000, "abstract: less than 25 million (v3)", below=True),
        *errors("21.6/5.8", f"{IMAGENET}, label smoothing, factorised 7x7", TABLE_3),
        *errors("23.4", f"{IMAGENET}, the 7x7 of the stem not factorised", TABLE_3),
        *errors("23.1/6.3", f"{IMAGENET}, the same, RMSProp", TABLE_3),
        *errors("22.8/6.1", f"{IMAGENET}, the same, RMSProp, label smoothing", TABLE_3),
    )
    errata = (
        Erratum("depth", 42, "section 6: 42 layers deep", DEEP, ours=depth(body, Conv, Dense)),
        Erratum("macs", 4_800_000_000, "table 3: 4.8 Bn Ops, factorised 7x7", COST),
    )
    return Net(
        name="inception_v2",
        ledger_name="inception_v2",
        title="Inception v2 (table 1 of the v3 paper)",
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=body,
        init=replace(INIT, but=()),  # it has no head
        facts=facts if printed else (),
        errata=errata if printed else (),
        departures=(
            Departure(
                "the name means three networks: this one, BN-Inception (so in TF-slim and in the "
                "v4 paper; see bn_inception), and every row of table 3",
                "tables 1 and 3",
            ),
            NO_WIDTHS,
            FOUR_MODULES,
            Departure(
                "the second grid reduction has 3x3 alone, as in figure 10; the released one has "
                "1x7 and 7x1",
                "figure 10",
            ),
            UNMARKED,
            NO_HEAD,
            *OPEN,
        ),
    )


def inception_v2_5b(
    classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 299
) -> Net:
    """Inception v2, table 1 read to the letter: five modules of figure 6, 25,769,544 parameters."""
    body, published = _table_1(classes, (*WIDTHS[:-1], WIDTHS[-2], WIDTHS[-1]))
    printed = as_printed(classes, channels, input, 299, colours=3, of=1000)
    five = sum(name.startswith("inception_b") for name, _ in body.parts)
    base = inception_v2(classes, channels, input)
    errata = (
        Erratum("depth", 42, "section 6: 42 layers deep", DEEP, ours=depth(body, Conv, Dense)),
        Erratum("macs", 4_800_000_000, "table 3: 4.8 Bn Ops, factorised 7x7", COST),
    )
    return replace(
        base,
        name="inception_v2_5b",
        ledger_name="inception_v2_5b",
        title="Inception v2, table 1 to the letter: five modules of figure 6",
        body=body,
        facts=(*published, Fact("modules of figure 6", 5, "table 1", ours=five)) if printed else (),
        errata=errata if printed else (),
        departures=tuple(FIVE_MODULES if d is FOUR_MODULES else d for d in base.departures),
    )


def v3(classes: int, manner: Manner, dropout: float, head: Part | None) -> Chain:
    """Inception v3 as released; the head, where there is one, sits on mixed_6e."""
    parts = layers(STEM, manner)
    for letter, p in zip("bcd", (32, 64, 64), strict=True):
        parts[f"mixed_5{letter}"] = branches(MIXED_5, manner, p=p)
    parts["mixed_6a"] = branches(FIGURE_10_35, manner)
    for letter, w in zip("bcde", WIDTHS, strict=True):
        parts[f"mixed_6{letter}"] = branches(FIGURE_6, manner, w=w)
    if head is not None:
        parts["aux"] = head
    parts["mixed_7a"] = branches(MIXED_7A, manner)
    for letter in "bc":
        parts[f"mixed_7{letter}"] = branches(FIGURE_7, manner)
    return chain(parts | end(classes, dropout))


def head(classes: int, manner: Manner, counted: bool = False) -> Aux:
    """The head on the last 17x17 grid, normalised; 0.4 as released, the paper prints no weight."""
    parts: Mapping[str, Part] = layers(AUX, manner)
    return Aux(chain({**parts, **end(classes)}), weight=0.4, counted=counted)


MAIN = (23_834_568, 5_713_216_096)  # trained parameters, multiply-adds
KEEP_5X5 = Departure(
    "the released network keeps a 5x5 in the 35x35 modules, where figure 5 has two 3x3, and its "
    "stem is another than table 1's",
    "figure 5, table 1; " + RELEASED,
)
GAMMA = Departure(
    "the normalisation has gamma, as Ioffe and Szegedy 2015 define it; the release and Keras leave "
    "it out: see inception_v3_keras",
    "TF-slim, inception_utils.py",
)
TRAINED = Departure("the auxiliary head's loss counts 0.4; the paper prints no weight", RELEASED)
SIZES = tuple(Fact(f"{r['layer']}.out", size(r["size"]), f"{RELEASED}: names") for r in MIXED)


def inception_v3(
    classes: int = 1000,
    channels: int = 3,
    input: int | tuple[int, int] = 299,
    aux: bool = True,
) -> Net:
    """Inception v3 as its authors released it, with its auxiliary head; 23,834,568 parameters."""
    body = v3(classes, MANNER, 0.2, head(classes, MANNER) if check_switch("aux", aux) else None)
    printed = as_printed(classes, channels, input, 299, colours=3, of=1000)
    many = "ILSVRC-2012 validation"
    facts = (
        Fact("params", MAIN[0], f"{TORCHVISION}; {TIMM}: counted"),
        Fact("params", 25_000_000, "abstract: less than 25 million", below=True),
        Fact("macs", MAIN[1], f"{TORCHVISION}; {TIMM}: counted"),
        Fact("mixed_7c.receptive_field", (1311, 1311), FIELDS),
        Fact("depth", 48, "notes 003, comparison table", ours=depth(body, Conv, Dense)),
        *SIZES,
        *errors("21.2/5.6", IMAGENET, TABLE_3),
        *errors("19.47/4.48", f"{many}, one network, 12 crops", "table 4"),
        *errors("18.77/4.2", f"{many}, one network, 144 crops", "table 4"),
        *errors("17.2/3.58", f"{many}, four networks, 144 crops", "table 5"),
        *errors("17.3/3.5", "ILSVRC-2012, four networks, many crops", "abstract"),
    )
    errata = (
        Erratum(
            "params",
            23_900_000,
            "notes 003, comparison table",
            "Keras's total, 23,851,784, holds 34,432 moving means and variances, which are not "
            "trained: see inception_v3_keras",
        ),
        Erratum("macs", 4_800_000_000, "table 3: 4.8 Bn Ops", COST),
        Erratum(
            "macs",
            5_000_000_000,
            "abstract: 5 billion multiply-adds",
            f"{UNEXPLAINED}: it may be table 3's 4.8 billion, rounded",
        ),
    )
    return Net(
        name="inception_v3",
        ledger_name="inception_v3",
        title="Inception v3",
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=body,
        init=INIT,
        facts=facts if printed else (),
        errata=errata if printed else (),
        departures=(
            KEEP_5X5,
            GAMMA,
            Departure("dropout of 0.2 before the classifier; the paper gives none", RELEASED),
            *((TRAINED,) if aux else ()),
            *OPEN,
        ),
    )


def variant(base: Net, name: str, title: str, body: Chain, *facts: Fact) -> Net:
    """The same network with another body, and the numbers that hold for it."""
    holds = facts + tuple(f for f in SIZES if f in base.facts)
    return replace(
        base,
        name=name,
        ledger_name=name if name.endswith(("aux", "keras")) else "",
        title=title,
        body=body,
        facts=holds if base.facts else (),
        errata=(),
    )


def inception_v3_aux(
    classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 299
) -> Net:
    """Inception v3 with its auxiliary head counted in: 27,161,264 parameters."""
    return variant(
        inception_v3(classes, channels, input),
        "inception_v3_aux",
        "Inception v3, the auxiliary head counted in",
        v3(classes, MANNER, 0.2, head(classes, MANNER, counted=True)),
        Fact("params", 27_161_264, f"{TORCHVISION}; {TIMM}, aux_logits=True: counted"),
        Fact("macs", 5_718_899_296, f"{TIMM}, aux_logits=True: counted"),
    )


NETWORKS = tuple(
    Entry(make.__name__, make, PAPER.year)
    for make in (inception_v2, inception_v2_5b, inception_v3, inception_v3_aux)
)
