"""What code and notes say of ResNets, right or wrong, and what peers do otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from ...said import NOTES, Claim, Code, Record, Together, departures, maps_last, table, value
from ..papers import ARAUJO
from . import PAPER
from .peers import TABLE_002

# Parameters (Keras's: the trainable ones), and multiply-adds at 224.
COUNTS = table("""
network             params      macs            by
resnet18            11,689,512  1,814,073,344   torchvision
resnet34            21,797,672  3,663,761,408   torchvision
resnet50_v1.5       25,557,032  4,089,184,256   torchvision
resnet101_v1.5      44,549,160  7,801,405,440   torchvision
resnet152_v1.5      60,192,808  11,513,626,624  torchvision
resnet50_keras      25,583,592  3,857,973,248   keras
resnet101_keras     44,601,832  7,570,194,432   keras
resnet152_keras     60,268,520  11,282,415,616  keras
resnet18_v2         11,687,720  1,814,073,344   timm
resnet34_v2         21,795,880  3,663,761,408   timm
resnet50_v2         25,549,352  4,089,184,256   timm
resnet101_v2        44,541,480  7,801,405,440   timm
resnet152_v2        60,185,128  11,513,626,624  timm
resnet50_v2_keras   25,568,360  3,482,255,360   keras
resnet101_v2_keras  44,577,896  7,194,476,544   keras
resnet152_v2_keras  60,236,904  10,906,697,728  keras
""")
TORCHVISION, TIMM = Code("torchvision 0.28"), Code("timm 1.0.31")
COUNTED = {
    "torchvision": Together(TORCHVISION, TIMM).at("torchvision 0.28 and timm 1.0.31, counted"),
    "timm": TIMM.at("counted"),
    "keras": Code("keras.applications 3.15.1").at("counted"),
}
# The table of TF-slim's networks: their strides lie elsewhere, the last fields are the same.
RELEASED = Code("the authors' released models").at()
OVER_23 = NOTES[1].at(": over 23 million")
STRUCTURE = NOTES[2].at("ResNet-18 table")
NEEDED = "zeros a side that the sizes of pool1 need"

SAID = (
    Claim("params", 25.5e6, RELEASED, about=True, of=("resnet50",)),
    Claim("params", 44.5e6, RELEASED, about=True, of=("resnet101",)),
    Claim("params", 11e6, NOTES[2].at(": around 11 million"), about=True, of=("resnet18",)),
    Claim("macs", 11e9, NOTES[2].at("comparison: 11B FLOP"), about=True, of=("resnet152",)),
    *(
        Claim(what, value(row[what]), COUNTED[row["by"]], of=(row["network"],))
        for row in COUNTS
        for what in ("params", "macs")
    ),
    Claim("params", 60.3e6, NOTES[2].at("comparison: 60.3M"), about=True, of=("resnet152_keras",)),
    *(
        Claim(
            "conv5_3.receptive_field",
            (side, side),
            ARAUJO.at("Araujo et al. 2019, the table"),
            of=tuple(f"resnet{depth}{option}" for option in ("", "_A", "_C")),
        )
        for depth, side in ((50, 483), (101, 1027), (152, 1507))
    ),
    Claim(NEEDED, 0.5, STRUCTURE, of=("resnet18",)),
    Claim("parameters without the classifier", 23e6, OVER_23, about=True, of=("resnet50",)),
    # What is wrong.
    *Together(*NOTES).claims(
        """
quantity                       printed     where                        why it is wrong
params                         25.6e6      notes 003, comparison        the notes' two rows are one
                               network too far down: 25.6 is ResNet-50, 44.6 ResNet-101
megabytes in single precision  96          "                            "
params                         11,511,784  notes 002, ResNet-18 table   the table has biases, but
                               neither normalisation nor projections: see resnet18_notes_table
conv1.input                    3x227x227   "                            table 1 follows from 224
conv1.padding                  1x1         "                            224 to 112 by a 7x7 window
                               needs 3
conv1.params                   9,472       "                            64 biases are counted; the
                               paper's convolutions have normalisation in their place
""",
        of="resnet18",
    ),
    *Together(*NOTES).claims(
        """
quantity                       printed  where                  why it is wrong
params                         44.6e6   notes 003, comparison  the notes' two rows are one network
                               too far down: 25.6 is ResNet-50, 44.6 ResNet-101
megabytes in single precision  167      "                      "
layers with weights            51       notes 004: ResNets of 51, 101 and 151 layers  table 1: 50,
                               101, 152
""",
        of="resnet50",
    ),
    *Together(*NOTES).claims(
        """
quantity             printed  where                  why it is wrong
params               60.3e6   notes 002, comparison  60.2 million; 60.3 fits Keras's version, whose
                              convolutions keep their biases: see resnet152_keras
layers with weights  151      notes 004: ResNets of 51, 101 and 151 layers  table 1: 50, 101, 152
""",
        of="resnet152",
    ),
)


def about(name: str, said: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """Those of some claims that are of this network."""
    return tuple(claim for claim in said if name in claim.of)


def resnet18_notes_table() -> Iterator[Claim]:
    """What notes 002 print of ResNet-18, layer by layer."""
    yield Claim("params", 11_511_784, NOTES[2].at("ResNet-18 table: total"))
    yield Claim("params", 11e6, NOTES[2].at(": around 11 million"), about=True)
    for row in TABLE_002:
        layer = row["layer"]
        yield Claim(f"{layer}.input", maps_last(row["input"]), STRUCTURE)
        yield Claim(f"{layer}.out", maps_last(row["output"]), STRUCTURE)
        yield Claim(f"{layer}.params", value(row["params"]), STRUCTURE)


OWN_HEAD = Code("keras.applications' ResNet50").at("counted, its head replaced")
RESNET50_NOTES_KERAS = (
    Claim("params", 31_956_481, OWN_HEAD),
    *NOTES[1].claims(f"""
quantity                                 printed     ours                     where
conv1.out                                64x112x112  .                        printed summary of
                                                                              ResNet-50
conv1's own parameters                   9,472       {(7 * 7 * 3 + 1) * 64}   "
conv1's normalisation with its averages  256         {4 * 64}                 "
parameters without the head              about 23e6  .                        : over 23 million
"""),
    *NOTES[1].claims("""
quantity     printed   where                             why it is wrong
pool1.out    64x56x56  table of variants above the code  the code pools without padding: 112 to 55,
                                                         where the paper pads by 1
avgpool.out  2048x1x1  "                                 the code averages 2x2 windows, 7 to 4; the
                                                         paper averages the whole map
"""),
)

NOT_PRINTED, STRIDE_ON_3X3, *KERAS_DEPARTURES = departures("""
where  what is done otherwise
section 3.4  normalisation's epsilon, 1e-5, and averaging, 0.1 a batch, are not printed
torchvision/models/resnet.py, class Bottleneck: ResNet V1.5; the paper's figure 5 and table 1  the
       stride of conv3_1, conv4_1 and conv5_1 is on the 3x3, not on the first 1x1: the same
       parameters, more multiply-adds
keras/src/applications/resnet.py, residual_block_v1  convolutions keep their biases before
       normalisation
"      normalisation's epsilon is 1.001e-5, and it averages 0.01 a batch
""")
OTHERWISE = {  # a peer's networks: the end of the title, what it does otherwise
    "v1.5": ("v1.5, stride on the 3x3", (STRIDE_ON_3X3, NOT_PRINTED)),
    "keras": ("of Keras", tuple(KERAS_DEPARTURES)),
}
TABLE_DEPARTURES = departures(f"""
where        what is done otherwise
{STRUCTURE}; torchvision 0.28 and timm 1.0.31, resnet18, counted  the table adds up to 11,511,784
             parameters, ResNet-18 has 11,689,512: normalisation and the three projections are left
             out, biases added
{STRUCTURE}  convolutions have biases and no normalisation; there is no shortcut
{STRUCTURE}  the input is 227 and conv1 is padded by 1, not 224 and 3
""")
CODE_DEPARTURES = departures("""
where                      what is done otherwise
notes 001, ResNet-50 code  max pooling without padding, average pooling of 2x2
notes 001, ResNet-50 code  the head is dense, 256, 128 and one sigmoid
notes 001, ResNet-50 code  convolutions keep their biases before normalisation
notes 001, ResNet-50 code  normalisation's epsilon is 1e-3, and it averages 0.01 a batch
""")
NOTES_RECORDS = {
    "resnet18_notes_table": Record(
        "ResNet-18 as a table of the notes counts it",
        PAPER,
        tuple(resnet18_notes_table()),
        TABLE_DEPARTURES,
        "resnet18_notes_table",
    ),
    "resnet50_notes_keras": Record(
        "ResNet-50, Keras model of the notes with its own head",
        PAPER,
        RESNET50_NOTES_KERAS,
        CODE_DEPARTURES,
        "resnet50_notes_keras",
    ),
}
