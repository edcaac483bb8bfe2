"""What was said of ResNets by the first paper; a record for every network of the folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from ...said import Claim, Code, Departure, Record, Source, Value, errors, table, value
from ...spec import Committee, Net, PadShortcut, totals, walk
from . import DEPTHS, PAPER, PUBLISHED, SHORTCUTS, TABLE_1, Stage, cifar, stages, v2, weight_layers
from .peers_claims import NEEDED, NOT_PRINTED, NOTES_RECORDS, OTHERWISE, SAID, about
from .v2_claims import millions
from .v2_claims import record as v2_record

# Table 2 (10-crop) top-1, table 3 (10-crop), table 4 (one network, several scales), the page of the
# authors' models, and table 5 of their next paper.
RESULTS = table("""
network     table-2  table-3      table-4     centre-crop  crop-320
plain18     27.94    .            .           .            .
resnet18_A  27.88    .            .           .            .
plain34     28.54    28.54/10.02  .           .            .
resnet34_A  25.03    25.03/7.76   .           .            .
resnet34    .        24.52/7.46   21.84/5.71  .            .
resnet34_C  .        24.19/7.40   21.53/5.60  .            .
resnet50    .        22.85/6.71   20.74/5.25  24.7/7.8     .
resnet101   .        21.75/6.05   19.87/4.60  23.6/7.1     .
resnet152   .        21.43/5.71   19.38/4.49  23.0/6.7     21.3/5.5
""")
TEN_CROP = "ILSVRC-2012 validation, 10-crop"
PROTOCOLS = {
    "table-2": (TEN_CROP, PAPER.at("table 2")),
    "table-3": (TEN_CROP, PAPER.at("table 3")),
    "table-4": ("ILSVRC-2012 validation, one network, several scales", PAPER.at("table 4")),
    "centre-crop": (
        "ILSVRC-2012 validation, centre crop",
        Code("KaimingHe/deep-residual-networks").at("the released models"),
    ),
    "crop-320": (
        "ILSVRC-2012 validation, centre crop of 320, scale augmentation",
        v2.PAPER.at("He et al. 2016, Identity Mappings, table 5"),
    ),
}
# Table 6: error on CIFAR-10; five runs of 110 layers: best, mean and deviation.
TABLE_6 = table("""
layers  params  error
20      0.27M   8.75
32      0.46M   7.51
44      0.66M   7.17
56      0.85M   6.97
110     1.7M    6.43
1202    19.4M   7.93
""")
TEST = "CIFAR-10 test"
SIX = "ILSVRC-2012 test, six networks, two of them this one, top-5"
FIVE = f"{TEST}, mean of five runs, deviation 0.16"
HIGHER = f"{TEST}: higher than this, and not shown"
FURTHER = (
    Claim("error", 0.0357, PAPER.at("table 5"), conditions=SIX, of=("resnet152",)),
    Claim("error", 0.0661, PAPER.at("table 6"), conditions=FIVE, of=("resnet110",)),
    Claim("error", 0.60, PAPER.at("figure 6"), conditions=HIGHER, of=("plain110",)),
)
AROUND = Departure(
    "half of the shortcuts' zeros stand before the input's channels",
    "akamaster/pytorch_resnet_cifar10, resnet.py, option A",
)


def ends(
    stages: tuple[Stage, ...], sizes: Iterable[str], plain: bool, source: Source
) -> list[Claim]:
    """The sizes of maps at the end of each stage: its last block's, or last convolution's."""
    return [
        Claim(
            f"{stage.name}_{stage.blocks}{f'.conv{len(stage.convs)}' if plain else ''}.out",
            value(f"{stage.maps}x{size}"),
            source,
        )
        for stage, size in zip(stages, sizes, strict=True)
    ]


def table_1(depth: int, plain: bool = False) -> tuple[Claim, ...]:
    """The sizes of table 1: the first convolution, each stage's end, and the average."""
    sizes = {row["layer"].removesuffix("_x"): row["output"] for row in TABLE_1}
    column, source = stages(depth), PAPER.at("table 1: output size")
    return (
        Claim("conv1.out", value(f"64x{sizes['conv1']}"), source),
        *ends(column, [sizes[stage.name] for stage in column], plain, source),
        Claim("avgpool.out", value(f"{column[-1].maps}x{sizes['end']}"), source),
    )


def results(name: str) -> tuple[Claim, ...]:
    """The errors of tables 2 to 4 and of the authors' page and next paper."""
    return tuple(
        claim
        for row in RESULTS
        if row["network"] == name
        for column, (conditions, source) in PROTOCOLS.items()
        if row[column] != "."
        for claim in errors(row[column], conditions, source)
    )


def words(option: str) -> str:
    """The end of a title that names an option."""
    return f", option {option}: {SHORTCUTS[option]}"


def imagenet(name: str, depth: int, option: str) -> Record:
    """Of a column of table 1, plain where `option` is empty."""
    layers, flops = PAPER.at("table 1"), PAPER.at("table 1: FLOPs (multiply-adds)")
    found = [
        *table_1(depth, plain=not option),
        Claim("layers with weights", depth, layers),
        *results(name),
    ]
    if option == "B" or (option != "C" and depth < 50):  # figure 3's networks, and section 4.1's
        (printed,) = (row[f"{depth}-layer"] for row in TABLE_1 if row["layer"] == "FLOPs")
        found.append(Claim("macs", value(printed), flops, about=True))
    title = f"{'ResNet' if option else 'plain'}-{depth}"
    return Record(
        title + (words(option) if option in PUBLISHED else ""),
        PAPER,
        (*found, *about(name, SAID), *about(name, FURTHER)),
        (NOT_PRINTED,),
        name if depth in PUBLISHED.get(option, (depth,)) else "",
    )


def peers(name: str, depth: int, peer: str) -> Record:
    """Of a column of table 1 as a peer has it."""
    title, departures = OTHERWISE[peer]
    found = (*table_1(depth), *about(name, SAID))
    ledger_name = f"resnet{depth}_v15" if peer == "v1.5" else ""
    return Record(f"ResNet-{depth} {title}", PAPER, found, departures, ledger_name)


def small(net: Net, depth: int, option: str) -> Record:
    """Of a network for CIFAR-10, plain where `option` is empty."""
    section, table_6 = PAPER.at("section 4.2"), PAPER.at("table 6")
    sizes = cifar.SECTION_4_2.columns[1:]
    found = [
        *ends(cifar.stages(depth // 6), sizes, plain=not option, source=section),
        Claim("layers with weights", depth, PAPER.at("section 4.2: 6n + 2")),
    ]
    for row in TABLE_6:
        if net.name == f"resnet{row['layers']}":
            params, error = millions(row["params"]), value(f"{row['error']} %")
            found.append(Claim("params", params, table_6, about=True))
            found.append(Claim("error", error, table_6, conditions=TEST))
    ways = (way for _, block in net.body.parts for _, way in getattr(block, "branches", ()))
    around = any(isinstance(way, PadShortcut) and way.before for way in ways)
    title, named = f"{'ResNet' if option else 'plain'}-{depth} for CIFAR-10", option in ("B", "C")
    return Record(
        title + (words(option) if named else ""),
        PAPER,
        (*found, *about(net.name, FURTHER)),
        (NOT_PRINTED, *([AROUND] if around else [])),
        "" if named else f"cifar_{net.name}",
    )


def _without_head(net: Net) -> Value:
    return totals(tuple(row for row in walk(net) if not row.name.startswith("fc"))).params


def _needed(net: Net) -> Value:
    """(out - 1) strides and a window, less the input; half a side: 0.5 where one side has 1."""
    (row,) = (row for row in walk(net) if row.name == "pool1")
    assert row.kernel and row.stride
    return ((row.out[1] - 1) * row.stride[0] + row.kernel[0] - row.input[1]) / 2


OURS: dict[str, Callable[[Net], Value]] = {
    "layers with weights": lambda net: weight_layers(net.body),
    "megabytes in single precision": lambda net: round(totals(walk(net)).params * 4 / 2**20, 1),
    NEEDED: _needed,
    "parameters without the classifier": _without_head,
    "parameters without the head": _without_head,
}
"""Our values of quantities that are no row's."""
V2 = {entry.name for entry in v2.NETWORKS}


def _record(net: Net) -> Record:
    found = re.fullmatch(r"(plain|resnet)(\d+)_?(.*)", net.name)
    assert found, f"{net.name} is no ResNet"
    depth, which = int(found[2]), found[3]
    if net.name in NOTES_RECORDS:
        return NOTES_RECORDS[net.name]
    if net.name in V2:
        return v2_record(net.name, depth)
    if which in OTHERWISE:
        return peers(net.name, depth, which)
    plain = found[1] == "plain"
    if depth in DEPTHS:
        return imagenet(net.name, depth, "" if plain else which or "B")
    return small(net, depth, "" if plain else which or "A")


def record(net: Net | Committee) -> Record:
    """What was said of a ResNet, which its name tells: resnet50_A, plain20, resnet50_v2_keras."""
    found = _record(net.member)
    claims = tuple(
        replace(claim, ours=OURS[claim.quantity](net.member)) if claim.quantity in OURS else claim
        for claim in found.claims
    )
    return replace(found, claims=claims)
