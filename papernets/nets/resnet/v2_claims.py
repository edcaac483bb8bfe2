"""What the second paper says of pre-activation ResNets, and what Keras does otherwise."""

from __future__ import annotations

from ...said import Claim, Record, departures, errors, table, value
from .peers_claims import NOT_PRINTED, SAID, about
from .v2 import CIFAR_DEPTHS, PAPER

# Table 3: error on CIFAR-10 and CIFAR-100, median of five runs, first with ReLU after addition,
# then with the unit of figure 4 (e); the parameters are table 4's.
TABLE_3 = table("""
network  params  original  pre-activation  original-100  pre-activation-100
110      1.7M    6.61      6.37            .             .
164      1.7M    5.93      5.46            25.16         24.33
1001     10.2M   7.61      4.92            27.82         22.71
""")
# Table 5: ImageNet, top-1/top-5, centre crop of 320, scale augmentation (last row: and aspect).
TABLE_5 = table("""
network  original  pre-activation
152      21.3/5.5  21.1/5.5
200      21.8/6.0  20.7/5.3
200      .         20.1/4.8
""")
CROP = "ILSVRC-2012 validation, centre crop of 320"
TEST = "test, median of five runs"
NORMALISATION = 149_216
"""Scales and shifts of normalisation in 1,001 layers."""
UNNORMALISED = 10_327_706 - NORMALISATION

TIMM = "timm/models/resnetv2.py"
FIRST_UNIT, STRIDE, *KERAS = departures(f"""
where  what is done otherwise
{TIMM}; appendix: right after conv1 and before splitting into two paths  normalisation and ReLU
       before the first unit come after the pooling, as in timm; an identity around the first unit
       starts before them
{TIMM}, facebook/fb.resnet.torch models/preresnet.lua  the stride is on the 3x3 of a bottleneck,
       not on the first 1x1
keras/src/applications/resnet.py, residual_block_v2  a stage has its stride in its last unit, on
       the 3x3
"      a shortcut with a stride takes every second value
"      convolutions that no normalisation follows have biases
"      max pooling sees the zeros around the map
"      normalisation's epsilon is 1.001e-5, and it averages 0.01 a batch
""")


def millions(cell: str) -> int:
    """A count as tables of results print it: 0.27M."""
    return round(float(cell.removesuffix("M")) * 1e6)


def imagenet(name: str, depth: int) -> Record:
    """Of resnet50_v2 and its kind, and of resnet200."""
    layers = PAPER.at("table 5" if depth > 101 else "the network's name")
    found = [Claim("layers with weights", depth, layers), *about(name, SAID)]
    for row in TABLE_5:
        if row["network"] == str(depth):
            scale = "scale augmentation" if row["original"] != "." else "scale and aspect too"
            found += errors(row["pre-activation"], f"{CROP}, {scale}", PAPER.at("table 5"))
    otherwise = (FIRST_UNIT, *([STRIDE] if depth > 34 else []), NOT_PRINTED)
    title = f"ResNet-{depth} v2, pre-activation"
    return Record(title, PAPER, tuple(found), otherwise, f"resnet{depth}_v2")


def cifar(depth: int) -> Record:
    """Of resnet164 and its kind."""
    (row,) = (row for row in TABLE_3 if row["network"] == str(depth))
    params, table_4 = millions(row["params"]), PAPER.at("table 4")
    results = [
        Claim("error", value(f"{row[column]} %"), PAPER.at("table 3"), conditions=f"{data} {TEST}")
        for column, data in (("pre-activation", "CIFAR-10"), ("pre-activation-100", "CIFAR-100"))
        if row[column] != "."
    ]
    found = [Claim("params", params, table_4, about=True), *results]
    if depth == 1001:
        bare = "parameters without normalisation's"
        batch = "CIFAR-10 test, mini-batches of 64"
        why = f"10.2 million leaves out normalisation's {NORMALISATION:,} scales and shifts"
        found = [
            Claim(bare, params, table_4, about=True, ours=UNNORMALISED),
            *results,
            Claim("error", 0.0462, table_4, conditions=batch),
            Claim("params", params, table_4, why),
        ]
    found.append(Claim("layers with weights", depth, PAPER.at("table 3")))
    title = f"ResNet-{depth} v2 for CIFAR-10, pre-activation"
    return Record(title, PAPER, tuple(found), (NOT_PRINTED,), f"cifar_resnet{depth}_v2")


def record(name: str, depth: int) -> Record:
    """What was said of a pre-activation network, without our values of what is no row's."""
    if name.endswith("_keras"):
        return Record(f"ResNet-{depth} v2 of Keras", PAPER, about(name, SAID), tuple(KERAS))
    return cifar(depth) if depth in CIFAR_DEPTHS else imagenet(name, depth)
