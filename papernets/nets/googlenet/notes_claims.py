"""What the notes print of GoogLeNet and of its module, right and wrong, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator

from ...said import NOTES, Claim, Together, of_rows, table, value
from ...spec import Conv, Dense

STRUCTURE = NOTES[2].at("GoogLeNet - Structural Details")
STEM = table("""
row           params
conv1         9472
conv2_reduce  4160
conv2         110784
fc            1025000
""")
# A star: counted with too few channels going in.
MODULES = table("""
module  b1x1    b3x3.reduce  b3x3.conv  b5x5.reduce  b5x5.conv  pool.project
3a      12352   18528        110720     3088         12832      6176
3b      32896   32896        221376     8224         76896      16448
4a      92352   46176        179920     7696         19248      30784
4b      10400*  57456        226016     1560*        38464      4160*
4c      8320*   65664        295168     1560*        38464      4160*
4d      7280*   73872        373536     2080*        51264      4160*
4e      16640*  84640        461120     2080*        102528     8320*
5a      213248  133280       461120     26656        102528     106624
5b      319872  159936       663936     39984        153728     16512*
""")
# What a starred cell was counted with, and what the module before gives.
CHANNELS = {"4b": (64, 512), "4c": (64, 512), "4d": (64, 512), "4e": (64, 528), "5b": (128, 832)}
# The channels that notes 002 print as going in, copied from another module.
COPIED = table("""
module  b5x5.reduce  b1x1  b3x3.conv  b5x5.conv  pool.pool  pool.project
3a      96           .     .          .          .          .
3b      128          192   96         16         192        192
4a      .            .     .          .          .          192
4b      .            .     96         16         .          160
4c      .            .     96         16         .          128
4d      .            .     96         16         .          112
4e      .            .     96         16         .          256
5a      .            .     96         16         .          256
5b      .            .     96         16         .          384
""")
SIDES = {"3": 28, "4": 14, "5": 7}


def modules() -> Iterator[Claim]:
    """The parameters of each module, and the sizes that go into its convolutions."""
    for row in MODULES:
        module = row["module"]
        for branch in MODULES.columns[1:]:
            printed, star, _ = row[branch].partition("*")
            quantity, why = f"inception_{module}.{branch}.params", ""
            if star:
                taken, given = CHANNELS[module]
                why = f"it takes {taken} channels in; the module before gives {given}"
            yield Claim(quantity, value(printed), STRUCTURE, why)
    for row in COPIED:
        module, side = row["module"], SIDES[row["module"][0]]
        for branch in COPIED.columns[1:]:
            if row[branch] != ".":
                yield Claim(
                    f"inception_{module}.{branch}.input",
                    (int(row[branch]), side, side),
                    STRUCTURE,
                    "the size is copied from another row",
                )


_DENSE = "weights of a dense layer on 7x7x1024, without the average"
GOOGLENET = (
    *of_rows(STEM, STRUCTURE),
    *NOTES[2].claims("""
quantity       printed        where                                  why it is wrong
params         6,414,360      GoogLeNet - Structural Details, total  13 rows have 64 or 128 channels
                                                                     going in: 584,192 weights are
                                                                     missing
params         6,400,000      comparison: 6.4M                       "
conv1.input    3x227x227      GoogLeNet - Structural Details         the paper's input is 224x224,
                                                                     padded by 3: 112x112 either way
conv1.padding  1x1            "                                      "
"""),
    *NOTES[2].claims("""
quantity  printed              where
macs      about 2,000,000,000  comparison: 2B
"""),
    *modules(),
    *NOTES[2].claims("""
quantity                    printed   where                           why it is wrong
inception_4b.pool.pool.out  64x14x14  GoogLeNet - Structural Details  pooling keeps the channels of
                                                                      the module's input
inception_4c.pool.pool.out  64x14x14  "                               "
inception_4d.pool.pool.out  64x14x14  "                               "
inception_4e.pool.pool.out  64x14x14  "                               "
"""),
    *NOTES[4].claims("""
quantity          printed    where
pool3.out         480x14x14  the architecture
inception_4c.out  512x14x14  "
inception_4d.out  528x14x14  "
inception_4e.out  832x14x14  "
pool4.out         832x7x7    "
inception_5a.out  832x7x7    "
inception_5b.out  1024x7x7   "
"""),
    *NOTES[4].claims(
        f"""
quantity   printed           where
{_DENSE}   about 50,000,000  average pooling: about 50 million
fc.params  about 1,000,000   average pooling: about 1 million
""",
        ours={_DENSE: Dense(1000).macs((7 * 7 * 1024, 1, 1))},
    ),
)

_AFTER = "height after a {0}x{0} convolution of a module on 200x200"
MODULE = Together(*NOTES).claims("""
quantity                     printed  where                  why it is wrong
inception_3a.kind            add      notes 000 and 004: the outputs are summed  branches are joined
                             along channels: 64 + 128 + 32 + 32 maps cannot be added
inception_3a.pool.pool.kind  conv     notes 004: 3x3 convolutions followed by 1x1  it is 3x3 max
                             pooling with stride 1 that a 1x1 convolution follows
""")
NAIVE_MODULE = (
    Claim("inception_3a.b5x5.macs", 120e6, NOTES[1].at(": 120 million"), about=True),
    *NOTES[0].claims("""
quantity           printed  where                              why it is wrong
inception_3a.kind  add      the naive module: sums up the outputs  branches are joined along
                            channels: 64, 128, 32 and 192 maps cannot be added
"""),
    *(
        Claim(
            _AFTER.format(kernel),
            printed,
            NOTES[0].at("maths intuition"),
            f"inside the convolution the map is padded by {kernel // 2}, not in the concatenation",
            ours=Conv(1, kernel, padding=kernel // 2).shape((1, 200, 200))[1],
        )
        for kernel, printed in ((3, 198), (5, 196))
    ),
)
