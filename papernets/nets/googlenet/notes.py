"""What the notes print of GoogLeNet, right and wrong, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator

from ...said import number, table
from ...said.legacy import Erratum, Fact
from ...spec import Conv, Dense

NOTES_002 = "notes 002, GoogLeNet - Structural Details"
# Notes 002: parameters, as printed; conv1x1c, a, 3-3, b, 5x5 and d of each module.
PARAMS = table("""
module  b1x1    b3x3.reduce  b3x3.conv  b5x5.reduce  b5x5.conv  pool.project
3a      12352   18528        110720     3088         12832      6176
3b      32896   32896        221376     8224         76896      16448
4a      92352   46176        179920     7696         19248      30784
4b      10400   57456        226016     1560         38464      4160
4c      8320    65664        295168     1560         38464      4160
4d      7280    73872        373536     2080         51264      4160
4e      16640   84640        461120     2080         102528     8320
5a      213248  133280       461120     26656        102528     106624
5b      319872  159936       663936     39984        153728     16512
""")
STEM = {"conv1": 9472, "conv2_reduce": 4160, "conv2": 110784, "fc": 1025000}
# 13 cells of it have 64 (5b: 128) channels going in, not what the module before gives.
WRONG_PARAMS = {
    (module, branch)
    for module in ("4b", "4c", "4d", "4e")
    for branch in ("b1x1", "b5x5.reduce", "pool.project")
} | {("5b", "pool.project")}
# Notes 002: the channels that it prints as going in, copied from another module.
CHANNELS_IN = table("""
module  b3x3.conv  b5x5.conv  pool.pool  pool.project
3b      96         16         192        192
4a      .          .          .          192
4b      96         16         .          160
4c      96         16         .          128
4d      96         16         .          112
4e      96         16         .          256
5a      96         16         .          256
5b      96         16         .          384
""")
# Notes 002: the pooling of these modules gives 64 maps.
POOLS_64 = ("4b", "4c", "4d", "4e")
SIDES = {"3": 28, "4": 14, "5": 7}
# Notes 004, "The GoogLeNet Architecture": row, channels, side.
NOTES_004 = table("""
row           maps  side
pool3         480   14
inception_4c  512   14
inception_4d  528   14
inception_4e  832   14
pool4         832   7
inception_5a  832   7
inception_5b  1024  7
""")


def notes_facts() -> Iterator[Fact]:
    """What the notes print of GoogLeNet and the arithmetic confirms."""
    for name, value in STEM.items():
        yield Fact(f"{name}.params", value, NOTES_002)
    for row in PARAMS:
        module = row["module"]
        for branch in PARAMS.columns[1:]:
            if (module, branch) not in WRONG_PARAMS:
                value = number(row[branch], module, branch)
                yield Fact(f"inception_{module}.{branch}.params", value, NOTES_002)
    for row in NOTES_004:
        side = number(row["side"], row["row"], "side")
        maps = number(row["maps"], row["row"], "maps")
        yield Fact(f"{row['row']}.out", (maps, side, side), "notes 004, the architecture")
    yield Fact(
        "weights of a dense layer on 7x7x1024, without the average",
        50_000_000,
        "notes 004, average pooling: about 50 million",
        about=True,
        ours=Dense(1000).macs((7 * 7 * 1024, 1, 1)),
    )
    source = "notes 004, average pooling: about 1 million"
    yield Fact("fc.params", 1_000_000, source, about=True)


def notes_errata() -> Iterator[Erratum]:
    """What the notes print of GoogLeNet and the arithmetic contradicts."""
    why = "13 rows have 64 or 128 channels going in: 584,192 weights are missing"
    yield Erratum("params", 6_414_360, f"{NOTES_002}, total", why)
    yield Erratum("params", 6_400_000, "notes 002, comparison: 6.4M", why)
    why = "that is BN-Inception's; table 1's rows have 1.58 billion multiply-adds"
    yield Erratum("macs", 2_000_000_000, "notes 002, comparison: 2B", why)
    why = "the paper's input is 224x224, padded by 3: 112x112 either way"
    yield Erratum("conv1.input", (3, 227, 227), NOTES_002, why)
    yield Erratum("conv1.padding", (1, 1), NOTES_002, why)
    for row in PARAMS:
        for branch in PARAMS.columns[1:]:
            module = row["module"]
            if (module, branch) in WRONG_PARAMS:
                taken = 128 if module == "5b" else 64
                given = {"4e": 528, "5b": 832}.get(module, 512)
                yield Erratum(
                    f"inception_{module}.{branch}.params",
                    number(row[branch], module, branch),
                    NOTES_002,
                    f"it takes {taken} channels in; the module before gives {given}",
                )
    for row in CHANNELS_IN:
        module, side = row["module"], SIDES[row["module"][0]]
        for branch in CHANNELS_IN.columns[1:]:
            if row[branch] != ".":
                yield Erratum(
                    f"inception_{module}.{branch}.input",
                    (number(row[branch], module, branch), side, side),
                    NOTES_002,
                    "the size is copied from another row",
                )
    for module in POOLS_64:
        yield Erratum(
            f"inception_{module}.pool.pool.out",
            (64, 14, 14),
            NOTES_002,
            "pooling keeps the channels of the module's input",
        )


SUMS = "branches are joined along channels: 64 + 128 + 32 + 32 maps cannot be added"
NAIVE_ERRATA = (
    Erratum(
        "inception_3a.kind",
        "add",
        "notes 000, the naive module: sums up the outputs",
        "branches are joined along channels: 64, 128, 32 and 192 maps cannot be added",
    ),
    *(
        Erratum(
            f"height after a {kernel}x{kernel} convolution of a module on 200x200",
            printed,
            "notes 000, maths intuition",
            f"inside the convolution the map is padded by {kernel // 2}, not in the concatenation",
            ours=Conv(1, kernel, padding=kernel // 2).shape((1, 200, 200))[1],
        )
        for kernel, printed in ((3, 198), (5, 196))
    ),
)
MODULE_ERRATA = (
    Erratum("inception_3a.kind", "add", "notes 000 and 004: the outputs are summed", SUMS),
    Erratum(
        "inception_3a.pool.pool.kind",
        "conv",
        "notes 004: 3x3 convolutions followed by 1x1",
        "it is 3x3 max pooling with stride 1 that a 1x1 convolution follows",
    ),
)
