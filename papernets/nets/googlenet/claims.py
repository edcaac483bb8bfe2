"""What was said of GoogLeNet: by its paper and by released code; what notes say stands apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from ...said import NOTES, Claim, Code, Record, Together, departures, maps_last
from ...spec import Committee, Conv, Dense, GlobalPool, Net, Pool, chain
from ..cost import cost, depth
from . import CAFFE, PAPER, ROW_3A, TORCHVISION, Variant, googlenet, inception, lines
from .notes_claims import GOOGLENET, MODULE, NAIVE_MODULE

BOTH = Together(PAPER, *NOTES)
"""The paper, and those of the notes that a place names."""

SEPARABLE_CONV1 = chain({"depthwise": Conv(24, 7, 2, 3, groups=3), "pointwise": Conv(64, 1)})
SEPARABLE = (
    "a plain 7x7 has 9,472 parameters and 118 million multiply-adds; the cell fits a separable "
    "one with depth multiplier 8: 7*7*3*8 + 24*64 + 64 = 2,776, and 34.0 million"
)
# The cells of table 1 that its own widths contradict, and why where anyone knows.
WRONG = {
    "conv1.params": SEPARABLE,
    "conv1.ops": SEPARABLE,
    **{f"inception_{m}.params": "unexplained" for m in ("4a", "4b", "4c", "4d", "4e", "5a", "5b")},
    "inception_5a.ops": "unexplained",
}


def table_1() -> Iterator[Claim]:
    """The cells of table 1 for output, params and ops. K is 1,024, biases counted."""
    s = googlenet().input
    for name, row, parts in lines(1000, Variant()):
        yield Claim(f"{name}.out", maps_last(row["output"]), PAPER.at("table 1, output size"))
        s, params, macs = cost(chain(parts), s)
        for column, unit, ours in (
            ("params", "params/1024", params / 1024),
            ("ops", "macs/1,000,000", macs / 1e6),
        ):
            if row[column] != ".":
                source = PAPER.at(f"table 1, {column}: {row[column]}")
                printed, why = float(row[column].rstrip("KM")), WRONG.get(f"{name}.{column}", "")
                about = not why
                ours = round(ours, 3)
                yield Claim(f"{name}.{unit}", printed, source, why, about, ours=ours, exact=True)


def whole_network() -> Iterator[Claim]:
    """What the paper, and notes beside it, print of the whole network."""
    net = googlenet()
    conv1 = net.body.parts[0][1]
    whole, plain, separable = (
        cost(part, net.input)[2] for part in (net.body, conv1, SEPARABLE_CONV1)
    )
    yield Claim("params", 7_000_000, NOTES[3].at("comparison"), about=True)
    weighted, pooled = depth(net.body, Conv, Dense), depth(net.body, Conv, Dense, Pool, GlobalPool)
    separable_conv1 = "macs with the separable conv1 of table 1's cells"
    yield from BOTH.claims(f"""
quantity           printed              ours  where
macs               about 1,500,000,000  .     section 1: a budget of 1.5 billion multiply-adds
{separable_conv1}  about 1,500,000,000  {whole - plain + separable}  table 1: the ops column's sum,
                   1,502M
layers with parameters on the longest way   22  {weighted}  section 5; table 1, the depth column's
                   sum; notes 000, 001, 003
layers on the longest way, pooling counted  27  {pooled}  section 5; notes 000, 001, 003
""")
    yield from table_1()
    less = 60_965_224 / 6_998_552
    yield from BOTH.claims(f"""
quantity  printed    ours  where                                     why it is wrong
params    6,800,000  .     table 1: the params column's sum, 6,797.7K  with K = 1,024 that is 6.96
          million; the errors of its cells make up the rest
AlexNet's parameters over GoogLeNet's  12  {less:.1f}  section 1; notes 004  60,965,224 / 6,998,552;
          for 12 times fewer it would have 5 million
""")


HEADS = PAPER.claims("""
quantity       printed   where
aux1.pool.out  512x4x4   section 5, the extra network on the side
aux1.conv.out  128x4x4   "
aux1.fc1.out   1024x1x1  "
aux1.fc2.out   1000x1x1  "
aux2.pool.out  528x4x4   "
aux2.conv.out  128x4x4   "
aux2.fc1.out   1024x1x1  "
aux2.fc2.out   1000x1x1  "
""")
TEST = "ILSVRC-2014 test, 7 models, 144 crops, top-5"
RESULTS = (
    *PAPER.claims("""
quantity  printed  where    conditions
error     10.07 %  table 3  ILSVRC-2014 validation, 1 model, 1 crop, top-5
error     9.15 %   table 3  ILSVRC-2014 validation, 1 model, 10 crops, top-5
error     7.89 %   table 3  ILSVRC-2014 validation, 1 model, 144 crops, top-5
error     8.09 %   table 3  ILSVRC-2014 validation, 7 models, 1 crop, top-5
error     7.62 %   table 3  ILSVRC-2014 validation, 7 models, 10 crops, top-5
error     6.67 %   table 3  ILSVRC-2014 validation, 7 models, 144 crops, top-5
"""),
    Claim("error", 0.0667, BOTH.at("section 7, table 2; notes 003"), conditions=TEST),
    *Together(*NOTES).claims(f"""
quantity  printed  where                                conditions
error     6.66 %   notes 001 (He et al. 2015, table 5)  {TEST}
error     6.7 %    notes 000; notes 002: 93.30 % right  {TEST}
"""),
)
INPUT_3A = (192, 28, 28)  # table 1: what the max pooling before it gives


def reduced_module() -> Iterator[Claim]:
    """What table 1 prints of module 3a, and notes of its 5x5 branch."""
    module = inception(ROW_3A, Variant())
    _, params, _ = cost(module, INPUT_3A)
    _, _, wide = cost(dict(module.branches)["b5x5"], INPUT_3A)
    yield from PAPER.claims(f"""
quantity          printed            where            ours
inception_3a.out  256x28x28          table 1          .
params/1024       about 159          table 1, params  {round(params / 1024, 3)}
macs              about 128,000,000  table 1, ops     .
""")
    what = "multiply-adds of the 5x5 branch"
    yield Claim(what, 12.4e6, NOTES[1].at(": 12.4 million"), about=True, ours=wide)


OPEN = departures(f"""
where                           what is done otherwise
figure 3; AlexNet, section 3.3  LRN's constants are not printed: here AlexNet's
figure 3; {CAFFE}               convolutions are padded alike on all sides, and pooling keeps a last
    partial window (ceil), as in Caffe's release; the figure marks 'same' padding, with the same
    sizes
table 1, avg pool               the 7x7 average is one over the whole map, so for any input
section 6; {CAFFE}              the first weights are not described: here as in Caffe's release,
    Xavier with biases 0.2
""")
CAFFE_LRN, WIDTHS = departures(f"""
where                  what is done otherwise
{CAFFE}                LRN has k = 1 and alpha = 1e-4 divided by the 5 maps
figure 2(a), table 1   figure 2(a) has no widths: here those of 3a
""")
TORCHVISION_CLAIMS = TORCHVISION.claims("""
quantity    printed        where
params      6,624,904      aux_logits=False
macs        1,498,376,192  evaluation
aux_params  6,379,984      : 13,004,888 with both heads
""")
TORCHVISION_DEPARTURES = departures(f"""
where                        what is done otherwise
figure 3; {TORCHVISION}      every convolution has batch normalisation (eps 1e-3) and no bias; there
    is no LRN
table 1; {TORCHVISION}, vision issue 906  the 5x5 branches have 3x3 windows: a known mistake of the
    port, kept for its weights
table 1: 3x3; {TORCHVISION}   the fourth max pooling is 2x2
table 1: 40 %; {TORCHVISION}  dropout before the classifier is 20 %
section 5: 5x5 with stride 3; {TORCHVISION}  the heads average over an even grid of 4x4, with
    overlapping windows of 4x4
""")


TITLES_AND_DEPARTURES = {
    "googlenet": ("GoogLeNet (Inception v1)", OPEN),
    "googlenet_aux": ("GoogLeNet, both heads counted in", OPEN),
    "inception_naive_3a": ("Naive Inception module", (WIDTHS,)),
    "inception_reduced_3a": ("Inception module with reductions, 3a", ()),
    "googlenet_caffe": ("GoogLeNet as in Caffe (bvlc_googlenet)", (CAFFE_LRN, *OPEN[1:3])),
    "googlenet_torchvision": (
        "GoogLeNet as in torchvision: batch normalisation, 3x3 for 5x5",
        TORCHVISION_DEPARTURES,
    ),
}


@cache
def records() -> dict[str, Record]:
    """What was said of each GoogLeNet, by its name."""
    counted = Claim("params", 6_998_552, Code("bvlc_googlenet.caffemodel").at())
    said: dict[str, tuple[Claim, ...]] = {
        "googlenet": (*whole_network(), *HEADS, *GOOGLENET, *MODULE, *RESULTS),
        "googlenet_aux": HEADS,
        "inception_naive_3a": NAIVE_MODULE,
        "inception_reduced_3a": (*reduced_module(), *MODULE),
        "googlenet_caffe": (counted,),
        "googlenet_torchvision": TORCHVISION_CLAIMS,
    }
    return {
        name: Record(title, PAPER, said[name], departures, name)
        for name, (title, departures) in TITLES_AND_DEPARTURES.items()
    }


def record(net: Net | Committee) -> Record:
    """What was said of a GoogLeNet; of its heads only where it has them."""
    found = records()[net.name]
    if not net.member.aux_weights:
        kept = tuple(claim for claim in found.claims if not claim.quantity.startswith("aux"))
        found = replace(found, claims=kept)
    if net.name == "inception_naive_3a" and net.member.input != INPUT_3A:
        found = replace(found, departures=())  # of another size it is not 3a
    return found
