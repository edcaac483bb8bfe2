"""What was said of Inception v2 and v3: by their paper, their release, its ports, and notes."""

from __future__ import annotations

from dataclasses import replace

from ...said import NOTES, Claim, Code, Record, Source, Value, departures, errors, maps_last, table
from ...spec import Committee, Conv, Dense, Net
from ..cost import depth
from ..figures import statistics
from ..papers import ARAUJO
from . import PAPER, RELEASE, TABLE_1, TIMM, TORCHVISION

KERAS = Code("Keras 3.15.1, applications/inception_v3.py")
FIELDS = ARAUJO.at("Araujo, Norris, Sim 2019, Computing Receptive Fields, the table")

# The row that takes each size of table 1; the last size is what the network gives.
TAKERS = (
    *("conv1", "conv2", "conv3", "pool", "conv4", "conv5", "conv6"),
    *("inception_a1", "inception_b1", "inception_c1", "average", "fc"),
)
TABLE_1_SIZES = tuple(
    Claim(quantity, maps_last(cell), PAPER.at("table 1"))
    for quantity, cell in zip(
        (*(f"{row}.input" for row in TAKERS), "fc.out"), TABLE_1.column("input"), strict=True
    )
)
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
MIXED_SIZES = tuple(
    Claim(f"{row['layer']}.out", maps_last(row["size"]), RELEASE.at(": names")) for row in MIXED
)
IMAGENET = "ILSVRC-2012 validation"
ONE_CROP = f"{IMAGENET}, one network, one crop"
TABLE_3 = PAPER.at("table 3")
V2_ERRATA = PAPER.claims("""
quantity  printed        where                                why it is wrong
depth     42             section 6: 42 layers deep            unexplained: the paper does not say
                         how it counts; without the layers of the two grid reductions, inception_v2
                         would have 42
macs      4,800,000,000  table 3: 4.8 Bn Ops, factorised 7x7  unexplained
""")
V3_ERRATA = (
    *NOTES[3].claims("""
quantity  printed     where             why it is wrong
params    23,900,000  comparison table  Keras's total, 23,851,784, holds 34,432 moving means and
                                        variances, which are not trained: see inception_v3_keras
"""),
    *PAPER.claims("""
quantity  printed        where                              why it is wrong
macs      4,800,000,000  table 3: 4.8 Bn Ops                unexplained
macs      5,000,000,000  abstract: 5 billion multiply-adds  unexplained: it may be table 3's 4.8
                                                            billion, rounded
"""),
)
PARAMS, MACS = 23_834_568, 5_713_216_096  # of Inception v3 without its head, as peers count them
COUNTED = Source((TORCHVISION, TIMM), f"{TORCHVISION}; {TIMM}: counted")
WITH_HEAD = Source((TORCHVISION, TIMM), f"{TORCHVISION}; {TIMM}, aux_logits=True: counted")
CLAIMS = {
    "inception_v2": (
        *TABLE_1_SIZES,
        Claim("params", 25_000_000, PAPER.at("abstract: less than 25 million (v3)"), below=True),
        *errors("21.6/5.8", f"{ONE_CROP}, label smoothing, factorised 7x7", TABLE_3),
        *errors("23.4", f"{ONE_CROP}, the 7x7 of the stem not factorised", TABLE_3),
        *errors("23.1/6.3", f"{ONE_CROP}, the same, RMSProp", TABLE_3),
        *errors("22.8/6.1", f"{ONE_CROP}, the same, RMSProp, label smoothing", TABLE_3),
        *V2_ERRATA,
    ),
    "inception_v2_5b": (
        *TABLE_1_SIZES,
        Claim("modules of figure 6", 5, PAPER.at("table 1")),
        *V2_ERRATA,
    ),
    "inception_v3": (
        Claim("params", PARAMS, COUNTED),
        Claim("params", 25_000_000, PAPER.at("abstract: less than 25 million"), below=True),
        Claim("macs", MACS, COUNTED),
        Claim("mixed_7c.receptive_field", (1311, 1311), FIELDS),
        Claim("depth", 48, NOTES[3].at("comparison table")),
        *MIXED_SIZES,
        *errors("21.2/5.6", ONE_CROP, TABLE_3),
        *errors("19.47/4.48", f"{IMAGENET}, one network, 12 crops", PAPER.at("table 4")),
        *errors("18.77/4.2", f"{IMAGENET}, one network, 144 crops", PAPER.at("table 4")),
        *errors("17.2/3.58", f"{IMAGENET}, four networks, 144 crops", PAPER.at("table 5")),
        *errors("17.3/3.5", "ILSVRC-2012, four networks, many crops", PAPER.at("abstract")),
        *V3_ERRATA,
    ),
    "inception_v3_aux": (
        Claim("params", 27_161_264, WITH_HEAD),
        Claim("macs", 5_718_899_296, TIMM.at("aux_logits=True: counted")),
        *MIXED_SIZES,
    ),
    "inception_v3_torchvision": (
        Claim("params", PARAMS, TORCHVISION.at("aux_logits=False: counted")),
        Claim("macs", MACS, TORCHVISION.at(": counted")),
        *MIXED_SIZES,
    ),
    "inception_v3_timm": (
        Claim("params", PARAMS, TIMM.at(": counted")),
        Claim("macs", MACS, TIMM.at(": counted")),
        *MIXED_SIZES,
    ),
    "inception_v3_keras": (
        *KERAS.claims(f"""
quantity                    printed     where
params                      23,817,352  : trainable
macs                        {MACS}      : counted
moving means and variances  34,432      : not trainable; 23,851,784 in total
"""),
        *MIXED_SIZES,
    ),
}


def ours(net: Net) -> dict[str, Value]:
    """What we give of quantities that are no row's."""
    return {
        "depth": depth(net.body, Conv, Dense),
        "modules of figure 6": sum(name.startswith("inception_b") for name, _ in net.body.parts),
        "moving means and variances": statistics(net.body),
    }


# What the paper leaves open, and what the networks do otherwise.
EPSILON, AVERAGE, KEEP_5X5, GAMMA, DROPOUT, HEAD = departures(f"""
where  what is done otherwise
TF-slim, inception_utils.py  epsilon of the normalisation is 0.001, as released; the paper prints
       none
{RELEASE}  an average does not count its padding, as TensorFlow's does not; the paper is silent
figure 5, table 1; {RELEASE}  the released network keeps a 5x5 in the 35x35 modules, where figure 5
       has two 3x3, and its stem is another than table 1's
TF-slim, inception_utils.py  the normalisation has gamma, as Ioffe and Szegedy 2015 define it; the
       release and Keras leave it out: see inception_v3_keras
{RELEASE}  dropout of 0.2 before the classifier; the paper gives none
{RELEASE}  the auxiliary head's loss counts 0.4; the paper prints no weight
""")
OTHER_NAMES, NO_WIDTHS, FOUR_MODULES, FIVE_MODULES, *AS_DRAWN = departures("""
where  what is done otherwise
tables 1 and 3  the name means three networks: this one, BN-Inception (so in TF-slim and in the v4
       paper; see bn_inception), and every row of table 3
table 1, figures 5 to 7 and 10  the paper prints no widths inside modules; here those of the
       released Inception v3
table 1; abstract  there are four modules of figure 6, where table 1 prints 5: with five, and the
       released widths, the network has 25,769,544 parameters, not less than 25 million; the fifth
       may be the grid reduction; see inception_v2_5b
abstract, table 1  with the released widths five modules of figure 6 make 25,769,544 parameters,
       where the paper has less than 25 million; four have fewer: see inception_v2
figure 10  the second grid reduction has 3x3 alone, as in figure 10; the released one has 1x7 and
       7x1
table 1  the last convolution of the stem keeps 35x35, so it is padded, though only the third row is
       marked so
section 4, figure 8  the auxiliary head is left out: its widths are not printed; see inception_v3
""")
AS_V2 = (*AS_DRAWN, EPSILON, AVERAGE)
TORCHVISIONS = departures(f"""
where          what is done otherwise
{TORCHVISION}  dropout of 0.5 before the classifier; the release has 0.2
{TORCHVISION}  an average counts its padding; the release's does not: see inception_v3
""")
TIMMS = departures(f"""
where   what is done otherwise
{TIMM}  no dropout; the release has 0.2
{TIMM}  no auxiliary head, unless asked for by aux_logits=True
{TIMM}  an average counts its padding; the release's does not: see inception_v3
""")
KERAS_DEPARTURES = departures(f"""
where    what is done otherwise
{KERAS}  the normalisation has no gamma, as released
{KERAS}  no dropout; the release has 0.2
{KERAS}  no auxiliary head
""")
DEPARTURES = {
    "inception_v2": (OTHER_NAMES, NO_WIDTHS, FOUR_MODULES, *AS_V2),
    "inception_v2_5b": (OTHER_NAMES, NO_WIDTHS, FIVE_MODULES, *AS_V2),
    "inception_v3": (KEEP_5X5, GAMMA, DROPOUT, HEAD, EPSILON, AVERAGE),
    "inception_v3_aux": (KEEP_5X5, GAMMA, DROPOUT, HEAD, EPSILON, AVERAGE),
    "inception_v3_torchvision": (KEEP_5X5, GAMMA, *TORCHVISIONS, HEAD, EPSILON),
    "inception_v3_timm": (KEEP_5X5, GAMMA, *TIMMS, EPSILON),
    "inception_v3_keras": (KEEP_5X5, *KERAS_DEPARTURES, EPSILON, AVERAGE),
}
TITLES = {
    "inception_v2": "Inception v2 (table 1 of the v3 paper)",
    "inception_v2_5b": "Inception v2, table 1 to the letter: five modules of figure 6",
    "inception_v3": "Inception v3",
    "inception_v3_aux": "Inception v3, the auxiliary head counted in",
    "inception_v3_torchvision": "Inception v3 as in torchvision",
    "inception_v3_timm": "Inception v3 as in timm",
    "inception_v3_keras": "Inception v3 as in Keras, normalisation without gamma",
}


def record(net: Net | Committee) -> Record:
    """What was said of an Inception v2 or v3; of its head where it has one."""
    values = ours(net.member)
    said = tuple(replace(c, ours=values.get(c.quantity)) for c in CLAIMS[net.name])
    heads = net.member.aux_weights
    otherwise = (d for d in DEPARTURES[net.name] if heads or d is not HEAD)
    ledger = "" if net.name.endswith(("torchvision", "timm")) else net.name
    return Record(TITLES[net.name], PAPER, said, tuple(otherwise), ledger)
