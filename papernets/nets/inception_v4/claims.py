"""What was said of Inception v4 and Inception-ResNet: by their paper, the release, ports, notes."""

from __future__ import annotations

from dataclasses import replace

from ...said import NOTES, Claim, Code, Record, Table, Value, departures, errors, maps_last, table
from ...spec import Committee, Conv, Net, each_part
from ..figures import statistics
from ..inception.claims import AVERAGE, EPSILON, FIELDS
from . import FIGURE_9, FIGURE_15, PAPER, TABLE_1

TIMM_V4 = Code("timm 1.0.31, models/inception_v4.py")
RELEASE = Code("the authors' release, TF-slim, inception_resnet_v2.py")
TIMM = Code("timm 1.0.31, models/inception_resnet_v2.py")
KERAS = Code("Keras 3.15.1, applications/inception_resnet_v2.py")


def sizes(figure: Table, place: str, stem: str) -> tuple[Claim, ...]:
    """The sizes beside a figure's blocks, each of the block's last row; `stem` is the stem's."""
    last = {
        row["block"]: row["block"] + (row["times"] if row["times"] != "1" else "") for row in figure
    }
    last["stem"] = stem
    outs = ((f"{last[row['block']]}.out", maps_last(row["size"])) for row in figure)
    return tuple(Claim(quantity, size, PAPER.at(place)) for quantity, size in outs)


IMAGENET = "ILSVRC-2012 validation"
# Tables 2 to 4: one network; errors of the first, and of the first five.
TABLES_2_TO_4 = table("""
network              2         3         4
Inception-v4         20.0/5.0  18.7/4.2  17.7/3.8
Inception-ResNet-v1  21.3/5.5  19.8/4.6  18.8/4.3
Inception-ResNet-v2  19.9/4.9  18.7/4.1  17.8/3.7
""")
CROPS = {
    "2": f"{IMAGENET} without the blacklisted pictures, one network, one crop",
    "3": f"{IMAGENET} without the blacklisted pictures, one network, 12 crops",
    "4": f"{IMAGENET}, one network, 144 crops",
}
RESULTS = {
    row["network"]: tuple(
        claim
        for number, conditions in CROPS.items()
        for claim in errors(row[number], conditions, PAPER.at(f"table {number}"))
    )
    for row in TABLES_2_TO_4
}
ENSEMBLE = (
    *errors("16.5/3.1", f"{IMAGENET}, one v4 and three v2, 144 crops", PAPER.at("table 5")),
    *PAPER.claims("""
quantity  printed  where      conditions
error     3.08 %   section 5  ILSVRC-2012 test, one v4 and three v2, 144 crops, top-5
"""),
)
CLAIMS = {
    "inception_v4": (
        Claim("params", 42_679_816, TIMM_V4.at(": counted")),
        Claim("macs", 12_253_974_624, TIMM_V4.at(": counted")),
        Claim("inception_c3.receptive_field", (2071, 2071), FIELDS),
        *sizes(FIGURE_9, "figure 9", "stem.join3"),
        *RESULTS["Inception-v4"],
        *ENSEMBLE,
        *NOTES[0].claims("""
quantity                           printed  where         why it is wrong
letters of the reduction's widths  V, l, k  Inception v4  V marks a convolution without padding in
                                   the figures; table 1 has k, l, m and n
"""),
    ),
    "inception_resnet_v1": (
        *sizes(FIGURE_15, "figure 15", "stem.conv6"),
        *PAPER.claims("""
quantity                          printed  where
maps of inception_a's linear 1x1  256      figure 10
maps of inception_b's linear 1x1  896      figure 11
maps of inception_c's linear 1x1  1792     figure 13
"""),
        *RESULTS["Inception-ResNet-v1"],
    ),
    "inception_resnet_v2": (
        sizes(FIGURE_9, "figure 3", "stem.join3")[0],
        *PAPER.claims("""
quantity                          printed  where      why it is wrong
maps of inception_a's linear 1x1  384      figure 16
maps of inception_b's linear 1x1  1154     figure 17  the module adds it to 1152 maps, so 1152 are
                                                      needed
maps of inception_c's linear 1x1  2048     figure 19  the module adds it to 2144 maps, so 2144 are
                                                      needed
"""),
        *RESULTS["Inception-ResNet-v2"],
        *ENSEMBLE,
    ),
    "inception_resnet_v2_slim": (
        Claim("params", 55_843_464, TIMM.at(": counted")),
        Claim("macs", 13_155_794_016, TIMM.at(": counted")),
        Claim("conv_7b.receptive_field", (3039, 3039), FIELDS),
    ),
    "inception_resnet_v2_keras": KERAS.claims("""
quantity                    printed         where
params                      55,813,192      : trainable
macs                        13,155,794,016  : counted
moving means and variances  60,544          : not trainable
"""),
}
CLAIMS["inception_v4_timm"] = CLAIMS["inception_v4"][:2]
CLAIMS["inception_resnet_v2_timm"] = CLAIMS["inception_resnet_v2_slim"]


def ours(net: Net) -> dict[str, Value]:
    """What we give of quantities that are no row's."""
    return {
        "letters of the reduction's widths": ", ".join(TABLE_1.columns[1:]),
        "moving means and variances": statistics(net.body),
        **{
            f"maps of {name.removesuffix('1.linear')}'s linear 1x1": part.out
            for name, part in each_part(net.body)
            if name.endswith("1.linear") and isinstance(part, Conv)
        },
    }


GAMMA, SCALED, LINEAR_BIAS, ANOTHER, NOT_THE_FIGURES, LAST = departures(f"""
where  what is done otherwise
TF-slim, inception_utils.py  the normalisation has gamma, as Ioffe and Szegedy 2015 define it; the
       release leaves it out
section 3.3; TF-slim, inception_resnet_v2.py  residuals of A, B and C are scaled by 0.17, 0.1 and
       0.2, as released; the paper says 0.1 to 0.3; the option `scale` sets others
section 3.2; TF-slim, inception_resnet_v2.py  the linear 1x1 has a bias and no normalisation, as
       released; the paper says only that the sums are not normalised
section 3.2; TF-slim, inception_resnet_v2.py  the released network is another: 10, 20 and 10
       modules, another stem, 55.8 million parameters: see inception_resnet_v2_slim. The paper gives
       this network the cost of Inception v4, 12.25 billion multiply-adds; its figures have 9.26,
       the released one 13.16
figures 3, 15 to 19; {RELEASE}  the released network is not the figures': 10, 20 and 10 modules for
       5, 10 and 5, Inception v3's stem, a 1x1 of 1536 at the end: see inception_resnet_v2
{RELEASE}  the last residual is neither scaled nor followed by a ReLU
""")
RELEASED_SCALES, NO_GAMMA, NO_HEAD = departures(f"""
where  what is done otherwise
{RELEASE}  residuals are scaled by 0.17, 0.1 and 0.2; the option `scale` sets others
{RELEASE}; {TIMM}  the normalisation has no gamma in the release and in Keras: see
       inception_resnet_v2_keras; here it has one, as in timm, which sets it to 1
{RELEASE}  the release's auxiliary head, on block17_20, is left out
""")
NO_DROPOUT, NO_DROPOUT_TIMM, *KERAS_DEPARTURES = departures(f"""
where      what is done otherwise
{TIMM_V4}  no dropout; figure 9 keeps 0.8
{TIMM}     no dropout; the release keeps 0.8
{KERAS}    the normalisation has no gamma, as released
{KERAS}    no dropout; the release keeps 0.8
""")
AVERAGE_V4, AVERAGE_TIMM = (replace(AVERAGE, where=str(code)) for code in (TIMM_V4, TIMM))
AS_RELEASED = (NOT_THE_FIGURES, LAST)
OTHERS = (RELEASED_SCALES, LINEAR_BIAS, NO_GAMMA, NO_HEAD, EPSILON, AVERAGE)
DEPARTURES = {
    "inception_v4": (GAMMA, EPSILON, AVERAGE),
    "inception_v4_timm": (NO_DROPOUT, AVERAGE_V4, GAMMA, EPSILON),
    "inception_resnet_v1": (SCALED, LINEAR_BIAS, GAMMA, EPSILON),
    "inception_resnet_v2": (ANOTHER, SCALED, LINEAR_BIAS, GAMMA, EPSILON),
    "inception_resnet_v2_slim": (*AS_RELEASED, *OTHERS),
    "inception_resnet_v2_timm": (
        *(*AS_RELEASED, NO_DROPOUT_TIMM),
        *(AVERAGE_TIMM, LINEAR_BIAS, EPSILON),
    ),
    "inception_resnet_v2_keras": (
        *(*AS_RELEASED, *KERAS_DEPARTURES),
        *(LINEAR_BIAS, EPSILON, AVERAGE),
    ),
}
TITLES = {
    "inception_v4": "Inception v4",
    "inception_v4_timm": "Inception v4 as in timm",
    "inception_resnet_v1": "Inception-ResNet v1",
    "inception_resnet_v2": "Inception-ResNet v2 (figures)",
    "inception_resnet_v2_slim": "Inception-ResNet v2 (released)",
    "inception_resnet_v2_timm": "Inception-ResNet v2 as in timm",
    "inception_resnet_v2_keras": "Inception-ResNet v2 as in Keras",
}


def record(net: Net | Committee) -> Record:
    """What was said of an Inception v4 or an Inception-ResNet."""
    values = ours(net.member)
    said = tuple(replace(c, ours=values.get(c.quantity)) for c in CLAIMS[net.name])
    ledger = "" if net.name.endswith(("timm", "keras")) else net.name
    return Record(TITLES[net.name], PAPER, said, DEPARTURES[net.name], ledger)
