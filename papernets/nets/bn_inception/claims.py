"""What was said of BN-Inception: by its paper, by later ones, and by those who released it."""

from __future__ import annotations

from collections.abc import Iterator

from ...said import NOTES, Claim, Code, Record, Source, departures, errors, maps_last, table
from ...spec import Committee, Net
from ..inception import PAPER as RETHINKING
from ..papers import ARAUJO
from . import FIGURE_5, PAPER, SLIM, VARIANTS, Variant, lines

CAFFE = Code(
    "the Caffe and MXNet release; its PyTorch port, pretrainedmodels/models/bninception.py"
)
TWO_BILLION = RETHINKING.at(
    "Szegedy et al. 2015, Rethinking the Inception Architecture, table 3: 2.0 billion"
)

BEFORE_STRIDE = "the size before the stride of 2: the next module's is halved"
SUM_608 = "the module's branches give 608: 160 + 160 + 160 + 128 in 4c, 96 + 192 + 192 + 128 in 4d"
# The sizes that figure 5's own branches contradict, where the projections are as printed.
WRONG = {
    "inception_3c": BEFORE_STRIDE,
    "inception_4c": SUM_608,
    "inception_4d": SUM_608,
    "inception_4e": f"{BEFORE_STRIDE}; the channels fit only where 4d gives 576",
}
# Receptive field and step of TF-Slim's inception_v2.
FIELDS = table("""
row           field  step
conv1         7      2
pool1         11     4
conv2_reduce  11     4
conv2         19     4
pool2         27     8
inception_3a  59     8
inception_3b  91     8
inception_3c  123    16
inception_4a  187    16
inception_4b  251    16
inception_4c  315    16
inception_4d  379    16
inception_4e  443    32
inception_5a  571    32
inception_5b  699    32
""")
# Section 4.2: the steps to 72.2 % and the best accuracy, single crop (figure 3).
FIGURE_3 = table("""
model          steps  accuracy
Inception      31.0M  72.2
BN-Baseline    13.3M  72.7
BN-x5          2.1M   73.0
BN-x30         2.7M   74.8
BN-x5-Sigmoid  never  69.8
""")
OTHERS = ("Inception", "BN-x5-Sigmoid")  # without normalisation; with another activation


def figure_5(variant: Variant) -> Iterator[Claim]:
    """The output column of figure 5."""
    fits = () if variant.projection == 128 else ("inception_4c", "inception_4d")
    source = PAPER.at("appendix, figure 5, output")
    for name, row, _ in lines(variant, 3):
        why = "" if name in fits else WRONG.get(name, "")
        yield Claim(f"{name}.out", maps_last(row["output"]), source, why)


def fields(variant: Variant) -> Iterator[Claim]:
    """Published receptive fields; a separable convolution has the plain one's."""
    source = ARAUJO.at(
        "Araujo, Norris, Sim 2019, Computing Receptive Fields, TF-Slim's inception_v2"
    )
    for row in FIELDS:
        name = "conv1_pw" if variant.separable and row["row"] == "conv1" else row["row"]
        field, step = int(row["field"]), int(row["step"])
        yield Claim(f"{name}.receptive_field", (field, field), source)
        yield Claim(f"{name}.field_stride", (step, step), source)


def results() -> Iterator[Claim]:
    """Section 4.2: errors on ILSVRC-2012."""
    best, source = "BN-Inception, ILSVRC-2012 validation", PAPER.at("section 4.2.3, figure 4")
    yield from errors("25.2/7.82", f"{best}, 1 model, 1 crop", source)
    yield from errors("21.99/5.82", f"{best}, 1 model, 144 crops", source)
    yield from errors("20.1/4.9", f"{best}, 6 models, 144 crops", source)
    test = "BN-Inception, ILSVRC-2012 test, 6 models, 144 crops, top-5"
    both = Source((PAPER, NOTES[1]), f"{source}; notes 001")
    yield Claim("error", 0.0482, both, conditions=test)
    for row in FIGURE_3:
        other = "another network: " if row["model"] in OTHERS else ""
        said = f"{other}{row['model']}, ILSVRC-2012 validation, 1 crop, top-1; steps to 72.2 %: "
        error = round(1 - float(row["accuracy"]) / 100, 6)
        source = PAPER.at("section 4.2.2, figure 3")
        yield Claim("error", error, source, conditions=said + row["steps"])


def said_of(name: str) -> Iterator[Claim]:
    """All claims on one network."""
    variant = VARIANTS[name]
    if name == "bn_inception_caffe":
        yield Claim("params", 11_295_240, CAFFE.at())
    yield from figure_5(variant)
    if not variant.separable:
        yield Claim("macs", 2_000_000_000, TWO_BILLION, about=True)
    yield from fields(variant)
    yield from results()
    yield Claim("params", 13_600_000, PAPER.at("section 4.2: 13.6 million"), "unexplained")
    what, why = (
        "filters of the widest double 3x3",
        "figure 5 has 160 in 4c and goes up to 256 in 4e",
    )
    widest = max(map(int, FIGURE_5.column("d3x3")[4:-1]))
    yield Claim(what, 128, PAPER.at("section 4.2: up to 128 filters"), why, ours=widest)


STEM, LESS, PLAIN_STEM, PROJECTION_96 = departures(f"""
where  what is done otherwise
appendix: depth multiplier 8; {SLIM}  the separable first convolution has neither normalisation nor
       ReLU between its two steps
{TWO_BILLION}  with the separable first convolution there are 1.9 billion multiply-adds, where a
       later paper prints 2.0: that is the network with a plain one; see bn_inception_plain_stem
appendix: separable, depth multiplier 8  the first convolution is a plain 7x7
appendix, figure 5: 128; {SLIM}  4c and 4d project their pooling to 96 maps, so that they give the
       printed 576
""")
OPEN = departures(f"""
where  what is done otherwise
appendix, figure 5  convolutions are padded alike on all sides, max pooling with stride 2 keeps a
       last partial window (ceil): the padding is not described
section 3, appendix; {SLIM}  an average leaves its padding out, as in TensorFlow; eps is 1e-3, not
       printed either
appendix, figure 5  the pooling of 3c and 4e is padded by 'same', so that odd maps can be joined
       too; on even ones, as here, that is a last partial window (ceil)
appendix, figure 5, avg pool  the 7x7 average is one over the whole map, so for any input
section 4.2  the first weights are not described: here He's
""")
WHOLE_MAP = OPEN[3]
BIASES = departures(f"""
where    what is done otherwise
{CAFFE}  convolutions keep biases beside the normalisation's beta
{CAFFE}  an average counts its padding; eps is 1e-5
""")
AS_IN_SLIM = departures(f"""
where   what is done otherwise
{SLIM}  padding is TensorFlow's 'same', lopsided where the stride is 2
{SLIM}  batch normalisation has eps 1e-3 and beta, but no gamma
{SLIM}  running means decay by 0.9997 a step there, by 0.9 here
section 4.2.1: none; {SLIM}  dropout of 20 % before the classifier
""")
TITLES_AND_DEPARTURES = {
    "bn_inception": ("BN-Inception, branches as printed", (STEM, LESS, *OPEN)),
    "bn_inception_576": (
        "BN-Inception, sizes as printed: 576 maps after 4c and 4d",
        (PROJECTION_96, STEM, LESS, *OPEN),
    ),
    "bn_inception_plain_stem": (
        "BN-Inception, branches as printed, plain first convolution",
        (PLAIN_STEM, *OPEN),
    ),
    "bn_inception_caffe": ("BN-Inception as in Caffe", (PLAIN_STEM, *BIASES, *OPEN[2:])),
    "bn_inception_slim": (
        "BN-Inception as TF-Slim's inception_v2",
        (PROJECTION_96, STEM, LESS, *AS_IN_SLIM, WHOLE_MAP),
    ),
}


def record(net: Net | Committee) -> Record:
    """What was said of a BN-Inception; TF-Slim's is none of the ledger's systems."""
    title, departures = TITLES_AND_DEPARTURES[net.name]
    ledger_name = "" if net.name == "bn_inception_slim" else net.name
    return Record(title, PAPER, tuple(said_of(net.name)), departures, ledger_name)
