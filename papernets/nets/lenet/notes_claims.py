"""What notes print of LeNet as it is read today: networks that are dense, with a softmax."""

from __future__ import annotations

from collections.abc import Iterator

from ...said import (
    NOTES,
    Claim,
    Record,
    Together,
    departures,
    maps_last,
    of_rows,
    table,
    value,
)
from ...spec import Conv, Dense
from . import PAPER
from .notes import LECTURE

# Notes 001 print the summary of their first Keras model.
SUMMARY = table("""
layer    params
conv1    156
pool1    0
conv2    2416
pool2    0
flatten  0
fc1      30840
fc2      10164
out      850
""")
LENET5_MODERN = (
    *Together(*NOTES).claims("""
quantity      printed   where                                             why it is wrong
conv1.params  156       notes 001, comment in the code: 6*(5*5+1)
conv1.out     6x28x28   notes 000, LeNet-5 list; notes 002, table
pool1.out     6x14x14   "
conv2.out     16x10x10  "
pool2.out     16x5x5    "
fc1.out       120x1x1   notes 000, LeNet-5 list
fc2.out       84x1x1    notes 002, table
params        exactly 60,000  notes 002, beside the dense, softmax network  60,000 belongs to the
                        paper's sparse C3, trained subsampling and fixed output
"""),
)
LENET5_KERAS_28 = (
    Claim("params", 44_426, NOTES[1].at("printed summary")),
    *of_rows(SUMMARY, NOTES[1].at("printed summary")),
    *NOTES[1].claims("""
quantity     printed  where                              conditions
conv1.out    6x24x24  printed summary
pool1.out    6x12x12  "
conv2.out    16x8x8   "
pool2.out    16x4x4   "
flatten.out  256x1x1  "
error        2.63 %   : 97.37 % after one epoch          MNIST, Adam, batch 128, one epoch
"""),
    *NOTES[1].claims("""
quantity   printed   where                                            why it is wrong
conv1.out  6x28x28   comments in the code of the first Keras model    the comment speaks of 32x32;
                     the code and its printed summary have 28x28
pool1.out  6x14x14   "                                                "
conv2.out  16x10x10  "                                                "
pool2.out  16x5x5    "                                                "
"""),
)
LENET1_NOTES = (
    Claim("conv1.out", (4, 24, 24), NOTES[0].at("LeNet-1")),
    Claim("conv2.out", (8, 12, 12), NOTES[0].at("LeNet-1"), "a 5x5 window on 12x12 gives 8x8"),
)
LENET1_12MAPS = (Claim("conv1.out", (4, 24, 24), NOTES[0].at("LeNet-1")),)
LENET4_NOTES = (
    *NOTES[0].claims("""
quantity   printed   where
conv1.out  4x28x28   LeNet-4
conv2.out  16x10x10  LeNet-4
fc1.out    120x1x1   LeNet-4
out.out    10x1x1    LeNet-4
"""),
)


def lecture() -> Iterator[Claim]:
    """Notes 003's worked example, row by row, and two numbers beside it."""
    example = NOTES[3].at("CNN-Example to calculate parameters")
    for row in LECTURE:
        for column in ("params", "size"):
            yield Claim(f"{row['layer']}.{column}", value(row[column]), example)
        if row["shape"].count("x") == 2:
            yield Claim(f"{row['layer']}.out", maps_last(row["shape"]), example)
    dense, kernels = (
        "weights of a dense layer from 32x32x3 to 28x28x6",
        "parameters of six 5x5 kernels on 32x32x3",
    )
    yield from NOTES[3].claims(
        f"""
quantity   printed     where                                why it is wrong
{dense}    about 14,000,000  Why Convolutions: nearly 14 million
{kernels}  156         Why Convolutions                     a kernel sees all three colours:
                       (5*5*3+1)*6 = 456
""",
        ours={
            dense: Dense(28 * 28 * 6).macs((3 * 32 * 32, 1, 1)),
            kernels: Conv(6, 5).params((3, 32, 32)),
        },
    )


DEPARTURES = departures("""
where      what is done otherwise
the notes  a modern reading, not the paper's network: see lenet1, lenet4, lenet5
section III-C; notes 000, LeNet-4  dense layers have 51,050 parameters, three times the paper's
           17,000: see lenet4
""")
TITLES_AND_CLAIMS = {
    "lenet5_modern": ("LeNet-5, modern: dense, average pooling, softmax", LENET5_MODERN),
    "lenet5_keras_28": ("LeNet-5, Keras model of the notes on 28x28", LENET5_KERAS_28),
    "lenet1_notes": ("LeNet-1 as the notes word it: 8 maps, dense", LENET1_NOTES),
    "lenet1_12maps_dense": ("LeNet-1, modern: 12 maps, dense", LENET1_12MAPS),
    "lenet4_notes": ("LeNet-4 as the notes list it, dense", LENET4_NOTES),
    "lecture_cnn": ("Lecture CNN with worked parameter counts", tuple(lecture())),
}
RECORDS = {  # the second departure is of lenet4_notes alone
    name: Record(title, PAPER, claims, DEPARTURES if name == "lenet4_notes" else DEPARTURES[:1])
    for name, (title, claims) in TITLES_AND_CLAIMS.items()
}
