"""What was said of VGG's peers: counts of their code, and the summary of the notes' model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...said import NOTES, Claim, Code, Departure, Record, departures, maps_last, table, value
from . import PAPER
from .recipes import CODE

# Counted in torchvision 0.28: parameters without and with batch normalisation, multiply-adds. In
# Keras's 16 and 19 the same, without.
COUNTS = table("""
depth  params     params_bn  macs
11     132863336  132868840  7609090048
13     133047848  133053736  11308466176
16     138357544  138365992  15470264320
19     143667240  143678248  19632062464
""")
# Notes 001, the printed summary of the Keras model for cats and dogs.
SUMMARY = table("""
layer    output       params
conv1_1  224x224x64   1792
conv1_2  224x224x64   36928
pool1    112x112x64   0
conv2_1  112x112x128  73856
conv2_2  112x112x128  147584
pool2    56x56x128    0
conv3_1  56x56x256    295168
conv3_2  56x56x256    590080
conv3_3  56x56x256    590080
pool3    28x28x256    0
conv4_1  28x28x512    1180160
conv4_2  28x28x512    2359808
conv4_3  28x28x512    2359808
pool4    14x14x512    0
conv5_1  14x14x512    2359808
conv5_2  14x14x512    2359808
conv5_3  14x14x512    2359808
pool5    7x7x512      0
flatten  1x1x25088    0
fc6      1x1x4096     102764544
fc7      1x1x4096     16781312
fc8      1x1x2        8194
""")


def two_classes() -> Iterator[Claim]:
    """The notes' printed summary, row by row."""
    where = NOTES[1].at("printed summary")
    yield Claim("params", 134_268_738, NOTES[1].at("printed summary: total"))
    yield Claim("fixed_params", 0, where)
    for row in SUMMARY:
        yield Claim(f"{row['layer']}.out", maps_last(row["output"]), where)
        yield Claim(f"{row['layer']}.params", value(row["params"]), where)


NORMALISED, *AVERAGED = departures(f"""
where   what is done otherwise
{CODE}  batch normalisation between each convolution, which keeps its bias, and its ReLU; the paper
        has none
{CODE}  the last map is averaged over an even grid of 7x7 before fc6: nothing at 224, where it is
        7x7, and any other input fits
{CODE}  first weights are torchvision's: by He et al. 2015 with fan-out, dense layers from
        N(0, 0.01)
""")
NO_DROPOUT, *TWO_CLASSES = departures("""
where                                         what is done otherwise
keras/src/applications/vgg16.py and vgg19.py  no dropout, in the paper 0.5 in fc6 and fc7
notes 001, Keras code                         no dropout, in the paper 0.5 in fc6 and fc7
notes 001, Keras code                         two classes, cats and dogs
""")


def counted(row: dict[str, str], code: Code, how: str, params: str = "params") -> tuple[Claim, ...]:
    """What was counted of a network: a row of `COUNTS`, and which of its columns of parameters."""
    counts = {"params": row[params], "macs": row["macs"]}
    return tuple(Claim(quantity, value(count), code.at(how)) for quantity, count in counts.items())


def records(of_paper: tuple[Departure, ...]) -> Iterator[tuple[str, Record]]:
    """The peers' records by name; what the paper's networks do otherwise, Keras's do too."""
    code, paper = Code("torchvision 0.28"), replace(PAPER, venue=f"{PAPER.venue}; {CODE}")
    for row in COUNTS:
        name, title = f"vgg{row['depth']}", f"VGG-{row['depth']}"
        plain, normed = (
            counted(row, code, "measured", params) for params in ("params", "params_bn")
        )
        yield f"{name}_torchvision", Record(f"{title} of torchvision", paper, plain, (*AVERAGED,))
        title_bn, otherwise = f"{title} with batch normalisation", (NORMALISED, *AVERAGED)
        yield f"{name}_bn", Record(title_bn, paper, normed, otherwise)
        if row["depth"] in ("16", "19"):
            counts = counted(row, Code("keras.applications 3.15.1"), "counted")
            record = Record(f"{title} of Keras", PAPER, counts, (NO_DROPOUT, *of_paper))
            yield f"{name}_keras", record
    name, title = "vgg16_keras_2class", "VGG-16, Keras model of the notes for two classes"
    yield name, Record(title, PAPER, tuple(two_classes()), (*TWO_CLASSES, *of_paper), name)
