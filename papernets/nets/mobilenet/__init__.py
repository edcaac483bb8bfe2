"""MobileNet: a 3x3 convolution in two steps, each channel for itself and then 1x1 across channels.

The two steps cost an eighth to a ninth of one full 3x3 convolution and lose one point of accuracy
on ImageNet. Two numbers shrink the network further: a width multiplier thins every layer, and a
smaller input shrinks every map.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from ...said import Departure, Paper, table
from ...said.legacy import Erratum, Fact
from ...spec import (
    Chain,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Initialisation,
    Layer,
    Net,
    Norm,
    Padding,
    Part,
    Shape,
    chain,
    pair,
)
from ..entry import Entry, side_of
from ..printed import as_printed

PAPER = Paper(
    "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications",
    "Howard, Zhu, Chen, Kalenichenko, Wang, Weyand, Andreetto, Adam",
    2017,
    "arXiv 1704.04861",
)

# Table 1: a filter is kernel x kernel x channels in x channels out, or "dw" for one a channel;
# 5x stands before each of the two rows that are repeated together.
TABLE_1 = table("""
times  type     stride  filter              input
1x     Conv     s2      3x3x3x32            224x224x3
1x     Conv-dw  s1      3x3x32-dw           112x112x32
1x     Conv     s1      1x1x32x64           112x112x32
1x     Conv-dw  s2      3x3x64-dw           112x112x64
1x     Conv     s1      1x1x64x128          56x56x64
1x     Conv-dw  s1      3x3x128-dw          56x56x128
1x     Conv     s1      1x1x128x128         56x56x128
1x     Conv-dw  s2      3x3x128-dw          56x56x128
1x     Conv     s1      1x1x128x256         28x28x128
1x     Conv-dw  s1      3x3x256-dw          28x28x256
1x     Conv     s1      1x1x256x256         28x28x256
1x     Conv-dw  s2      3x3x256-dw          28x28x256
1x     Conv     s1      1x1x256x512         14x14x256
5x     Conv-dw  s1      3x3x512-dw          14x14x512
5x     Conv     s1      1x1x512x512         14x14x512
1x     Conv-dw  s2      3x3x512-dw          14x14x512
1x     Conv     s1      1x1x512x1024        7x7x512
1x     Conv-dw  s2      3x3x1024-dw         7x7x1024
1x     Conv     s1      1x1x1024x1024       7x7x1024
1x     AvgPool  s1      Pool-7x7            7x7x1024
1x     FC       s1      1024x1000           1x1x1024
1x     Softmax  s1      Classifier          1x1x1000
""")

# Table 2: per cent of multiply-adds and of parameters, normalisation and biases not counted.
TABLE_2 = table("""
type     mult-adds  parameters
pw       94.86      74.59
dw       3.06       1.06
conv1    1.19       0.02
fc       0.18       24.33
""")

# Table 3: one layer of 3x3 on 14x14x512, then with both steps, width 0.75, resolution 0.714.
TABLE_3 = table("""
layer      size  channels  mult-adds  parameters
full       14    512       462        2.36
separable  14    512       52.3       0.27
separable  14    384       29.6       0.15
separable  10    384       15.1       0.15
""")

# Tables 4 to 7 and 9: accuracy on ImageNet in per cent, millions of multiply-adds and parameters.
RESULTS = table("""
name      accuracy  mult-adds  parameters  where
conv      71.7      4866       29.3        table-4
1.0_224   70.6      569        4.2         table-4
0.75_224  68.4      325        2.6         table-5
shallow   65.3      307        2.9         table-5
1.0_224   70.6      569        4.2         table-6
0.75_224  68.4      325        2.6         table-6
0.5_224   63.7      149        1.3         table-6
0.25_224  50.6      41         0.5         table-6
1.0_224   70.6      569        4.2         table-7
1.0_192   69.1      418        4.2         table-7
1.0_160   67.2      290        4.2         table-7
1.0_128   64.4      186        4.2         table-7
0.5_160   60.2      76         1.32        table-9
""")
# The page of TF-slim's released MobileNets.
SLIM = table("""
name      accuracy
0.75_192  67.2
0.75_160  65.3
0.75_128  62.1
0.5_192   61.7
0.5_160   59.1
0.5_128   56.3
0.25_192  47.7
0.25_160  45.5
0.25_128  41.5
""")
# keras.applications 3.15.1, counted (timm 1.0.31 gives the same at width 1 and 224): parameters by
# width, multiply-adds by width and input.
PARAMS = {1.0: 4_231_976, 0.75: 2_585_560, 0.5: 1_331_592, 0.25: 470_072}
MACS = {
    (1.0, 224): 568_740_352,
    (1.0, 192): 418_121_728,
    (1.0, 160): 290_675_200,
    (1.0, 128): 186_400_768,
    (0.75, 224): 325_400_448,
    (0.75, 192): 239_273_472,
    (0.75, 160): 166_396_800,
    (0.75, 128): 106_770_432,
    (0.5, 224): 149_497_088,
    (0.5, 192): 109_970_432,
    (0.5, 160): 76_524_800,
    (0.5, 128): 49_160_192,
    (0.25, 224): 41_030_272,
    (0.25, 192): 30_212_608,
    (0.25, 160): 21_059_200,
    (0.25, 128): 13_570_048,
}
COUNTED = "keras.applications 3.15.1 MobileNet, counted"
FIELD = Fact("dw13.receptive_field", (315, 315), "Araujo et al. 2019, the table")
SWAPPED = 1.19  # of table 2
SLIM_CODE = "tensorflow/models research/slim/nets/mobilenet_v1.py"
INIT = Initialisation("gaussian", 0.09, f"{SLIM_CODE}: truncated normal, stddev 0.09", cut=2)
DEPARTURES = (
    Departure("the last depthwise convolution has stride 1, not 2: its map stays 7x7", "table 1"),
    Departure("padding is not printed: as much as TensorFlow's 'same'", SLIM_CODE),
    Departure("normalisation's epsilon, 1e-3, and averaging are not printed", SLIM_CODE),
    Departure("how weights are drawn is not printed: as released", f"section 3.2; {SLIM_CODE}"),
)
Size = int | tuple[int, int]


@dataclass(frozen=True)
class Form:
    """What peers do otherwise; the defaults are the paper's, and TF-slim's where it is silent.

    `strided` is the padding of a depthwise stride; `eights` rounds widths to multiples of 8, `head`
    adds a 1x1 convolution of 1,024 maps, `dropout` stands before the classifier.
    """

    activation: str = "relu"
    norm: Norm = field(default_factory=lambda: Norm(eps=1e-3))
    padding: Padding = "same"
    strided: Padding = "same"
    eights: bool = False
    head: bool = False
    dropout: float | None = None

    def maps(self, printed: int, width: float) -> int:
        """The printed number of maps times the width, rounded down, or to eights as timm does."""
        if not self.eights:
            return int(printed * width)
        near = max(8, int(printed * width + 4) // 8 * 8)
        return near if near >= 0.9 * printed * width else near + 8


PAPERS = Form()


@dataclass(frozen=True)
class Step:
    """A convolution of table 1; `maps` None is depthwise. Sizes decide the stride, not its mark."""

    name: str
    kernel: int
    stride: int
    maps: int | None
    input: tuple[int, int, int]


def steps() -> tuple[Step, ...]:
    """The convolutions of table 1, by the names conv1, dw1, pw1, dw2 and so on."""
    rows: list[dict[str, str]] = []
    for times, group in groupby(TABLE_1, key=lambda row: row["times"]):
        rows += list(group) * int(times[0])
    sides = [int(row["input"].split("x")[0]) for row in rows]
    made: list[Step] = []
    for row, side, after in zip(rows, sides, sides[1:], strict=False):
        cells = row["filter"].removesuffix("-dw").split("x")
        if row["type"] in ("Conv", "Conv-dw"):
            wise = "dw" if row["type"] == "Conv-dw" else "pw"
            number = 1 + sum(step.name.startswith(wise) for step in made)
            maps = None if wise == "dw" else int(cells[3])
            name = f"{wise}{number}" if made else "conv1"
            channels = int(row["input"].split("x")[2])
            made.append(Step(name, int(cells[0]), side // after, maps, (channels, side, side)))
    return tuple(made)


MOST_WIDTH = 1000


def check_width(width: object, form: Form) -> None:
    """ValueError where a width is no number or leaves the first layer without a channel."""
    least = steps()[0].maps or 1
    if isinstance(width, bool) or not isinstance(width, int | float):
        raise ValueError(f"width is a number, such as 1.0 or 0.5, not {width!r}")
    if not width <= MOST_WIDTH:
        raise ValueError(f"a width must be a number of at most {MOST_WIDTH}, not {width!r}")
    if not (width > 0 and form.maps(least, width) >= 1):
        raise ValueError(
            f"width {width!r} leaves conv1, which has {least} maps at width 1, without a channel: "
            f"give a number of at least {1 / least:g}"
        )


def separable(width: float, form: Form, left_out: tuple[str, ...] = ()) -> dict[str, Part]:
    """Table 1's convolutions, thinned by the width."""
    parts: dict[str, Part] = {}
    maps = 0
    for step in steps():
        if step.name in left_out:
            continue
        groups = maps if step.maps is None else 1
        maps = groups if step.maps is None else form.maps(step.maps, width)
        strided = step.maps is None and step.stride > 1
        parts[step.name] = Conv(
            maps,
            step.kernel,
            step.stride,
            padding=0 if step.kernel == 1 else form.strided if strided else form.padding,
            groups=groups,
            bias=False,
            norm=form.norm,
            activation=form.activation,
        )
    return parts


def full(parts: dict[str, Part]) -> dict[str, Part]:
    """Each pair of depthwise and pointwise convolution as one full 3x3 convolution (table 4)."""
    made = dict(parts)
    for name, wise in parts.items():
        if name.startswith("dw"):
            across = made.pop(f"pw{name[2:]}")
            assert isinstance(wise, Conv) and isinstance(across, Conv)
            made[name] = replace(wise, out=across.out, groups=1)
    return {f"conv{at}": part for at, part in enumerate(made.values(), 1)}


def body(parts: dict[str, Part], classes: int, form: Form) -> Chain:
    """Convolutions, then the average and the classifier."""
    head = Conv(1024, 1, bias=False, norm=form.norm, activation=form.activation)
    return chain(
        {
            **parts,
            **({"head": head} if form.head else {}),
            "avgpool": GlobalPool(),
            "flatten": Flatten(),
            **({"dropout": Dropout(form.dropout)} if form.dropout else {}),
            "fc": Dense(classes, activation="softmax"),
        }
    )


def plain_net(name: str, title: str, body: Chain, classes: int, shape: Shape) -> Net:
    """A network on this input, without what is published of it."""
    return Net(
        name=name,
        title=title,
        paper=PAPER,
        input=shape,
        classes=classes,
        body=body,
        init=INIT,
        departures=DEPARTURES,
    )


COPIED = "copied from the notes' GoogLeNet slide"
OF_THE_NOTES = "notes 003, MobileNetV1"
ERRATA = {
    "1.0_224": (
        Erratum(
            "dw13.stride",
            (2, 2),
            "table 1",
            "the next row's input is 7x7 as this row's is: stride 1",
        ),
        Erratum("inception modules", 9, OF_THE_NOTES, COPIED, ours=0),
        Erratum("layers with weights", 22, OF_THE_NOTES, f"{COPIED}: it has 28", ours=28),
        Erratum("layers with weights and pooling", 27, OF_THE_NOTES, COPIED, ours=29),
    ),
    "conv": (
        Erratum(
            "macs",
            4_866_000_000,
            "table 4",
            "4,866 million is the convolutions alone; the classifier's 1,024,000 are left out, "
            "which the 569 million of the separable network count",
        ),
    ),
    "0.5_160": (
        Erratum(
            "params",
            1_320_000,
            "table 9",
            "1.32 million leaves out normalisation's 10,944 scales and shifts",
        ),
    ),
}


def results(name: str) -> tuple[Fact, ...]:
    """What the tables print of a network, by its width and input; errata apart."""
    facts: list[Fact] = []
    wrong = {(erratum.quantity, erratum.printed) for erratum in ERRATA.get(name, ())}
    top1 = "ILSVRC-2012 validation, top-1 (printed as accuracy)"
    for row in RESULTS:
        if row["name"] == name:
            where = row["where"].replace("-", " ")
            facts += [
                Fact("macs", int(row["mult-adds"]) * 10**6, where, about=True),
                Fact("params", round(float(row["parameters"]) * 1e6), where, about=True),
                Fact("error", round(1 - float(row["accuracy"]) / 100, 6), where, conditions=top1),
            ]
    for row in SLIM:
        if row["name"] == name:
            error = round(1 - float(row["accuracy"]) / 100, 6)
            facts.append(Fact("error", error, "TF-slim's released MobileNets", conditions=top1))
    return tuple(fact for fact in facts if (fact.quantity, fact.value) not in wrong)


def shares(body: Chain, s: Shape) -> Iterator[Fact | Erratum]:
    """Table 2, with our shares of multiply-adds and of weights."""
    macs: dict[str, int] = {}
    weights: dict[str, int] = {}
    for name, layer in body.parts:
        assert isinstance(layer, Layer)
        kind = name[:2] if name[:2] in ("dw", "pw") else name
        out = layer.shape(s)
        macs[kind] = macs.get(kind, 0) + layer.macs(s)
        weights[kind] = weights.get(kind, 0) + layer.macs(s) // (out[1] * out[2])
        s = out
    for row in TABLE_2:
        for column, ours in (("mult-adds", macs), ("parameters", weights)):
            what, printed = f"per cent of {column} in {row['type']}", float(row[column])
            share = 100 * ours[row["type"]] / sum(ours.values())
            if printed == SWAPPED:
                why = "1.91: the printed column adds up to 99.29; two digits changed places"
                yield Erratum(what, printed, "table 2", why, ours=share)
            else:
                yield Fact(what, printed, "table 2", about=True, ours=share)


def examples() -> tuple[Fact, ...]:
    """Table 3: one layer as a full convolution and in two steps."""
    facts = []
    for row in TABLE_3:
        maps, side = int(row["channels"]), int(row["size"])
        plain = Conv(maps, 3, padding=1, bias=False)
        wise = (replace(plain, groups=maps), Conv(maps, 1, bias=False))
        layers = (plain,) if row["layer"] == "full" else wise
        for column, count in (("mult-adds", "macs"), ("parameters", "params")):
            ours = sum(getattr(layer, count)((maps, side, side)) for layer in layers) / 1e6
            what = f"millions of {column} of a {row['layer']} 3x3 on {side}x{side}x{maps}"
            facts.append(Fact(what, float(row[column]), "table 3", about=True, ours=ours))
    return tuple(facts)


def inputs() -> tuple[Fact, ...]:
    """The input sizes of table 1."""
    source = "table 1: input size"
    last = (Fact("avgpool.input", (1024, 7, 7), source), Fact("fc.input", (1024, 1, 1), source))
    made = steps()
    return (*(Fact(f"{step.name}.input", step.input, source) for step in made), *last)


def width_and_size(width: float, input: Size) -> str:
    """1.0_224, or 1.0_192x160 where height and width differ."""
    height, wide = pair(input)
    return f"{float(width)}_{height}" + ("" if height == wide else f"x{wide}")


def mobilenet_v1(
    classes: int = 1000, channels: int = 3, input: Size = 224, width: float = 1.0
) -> Net:
    """MobileNet (2017): 13 depthwise separable convolutions, any width and input."""
    check_width(width, PAPERS)
    key, height = width_and_size(width, input), pair(input)[0]
    layers = body(separable(width, PAPERS), classes, PAPERS)
    found = plain_net(
        "mobilenet_v1" if key == "1.0_224" else f"mobilenet_v1_{key}",
        f"MobileNet v1, width {float(width)}, input {key.split('_')[1]}",
        layers,
        classes,
        (channels, *pair(input)),
    )
    if key not in {f"{w}_{side}" for w, side in MACS}:
        return found
    found = replace(found, ledger_name=f"mobilenet_v1_{key}")
    if not as_printed(classes, channels, input, height, colours=3, of=1000):
        return found
    facts = [
        Fact("params", PARAMS[width], COUNTED),
        Fact("macs", MACS[width, height], COUNTED),
        *results(key),
        FIELD,
    ]
    errata = ERRATA.get(key, ())
    if key == "1.0_224":
        depth = sum(isinstance(layer, Conv | Dense) for _, layer in layers.parts)
        facts += [*inputs(), Fact("layers with weights", 28, "section 3.2", ours=depth)]
        facts += examples()
        for share in shares(layers, found.input):
            if isinstance(share, Fact):
                facts.append(share)
            else:
                errata += (share,)
    return replace(found, facts=tuple(facts), errata=errata)


def mobilenet_v1_conv(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """MobileNet with full 3x3 convolutions (2017, table 4): eight times the multiply-adds."""
    layers = body(full(separable(1.0, PAPERS)), classes, PAPERS)
    shape = (channels, *pair(input))
    found = plain_net(
        "mobilenet_v1_conv", "MobileNet v1, full convolutions", layers, classes, shape
    )
    printed = as_printed(classes, channels, input, 224, colours=3, of=1000)
    if not printed:
        return found
    return replace(found, facts=results("conv"), errata=ERRATA["conv"])


def mobilenet_v1_shallow(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """MobileNet without its five layers on 14x14x512 (2017, table 5), which thinning beats."""
    left_out = tuple(f"{wise}{n}" for wise in ("dw", "pw") for n in range(7, 12))
    layers = body(separable(1.0, PAPERS, left_out), classes, PAPERS)
    shape = (channels, *pair(input))
    found = plain_net("mobilenet_v1_shallow", "MobileNet v1, shallow", layers, classes, shape)
    printed = as_printed(classes, channels, input, 224, colours=3, of=1000)
    return replace(found, facts=results("shallow") if printed else ())


def variant(width: float, input: Size) -> Entry:
    """The entry of mobilenet_v1_0.5_160 and its kind."""
    key, side = width_and_size(width, input), input

    def make(classes: int = 1000, channels: int = 3, input: Size = side) -> Net:
        return mobilenet_v1(classes, channels, input, width)

    make.__doc__ = f"MobileNet (2017) of width {width} for input {key.split('_')[1]}."
    return Entry("mobilenet_v1" if key == "1.0_224" else f"mobilenet_v1_{key}", make, PAPER.year)


def read_name(start: str, name: str) -> tuple[float, tuple[int, int]] | None:
    """Width and size of `<start>_<width>_<size>`; None for other names.

    A size that no network takes is a ValueError.
    """
    found = re.fullmatch(start + r"_(\d*\.?\d+)_(\d+)(?:x(\d+))?", name)
    if found is None:
        return None
    height = side_of(name, found[2])
    return float(found[1]), (height, side_of(name, found[3]) if found[3] else height)


def named(name: str) -> Entry | None:
    """The entry of mobilenet_v1_<width>_<size>, any of either; None for other names."""
    found = read_name("mobilenet_?v1", name)
    return None if found is None else variant(*found)


NETWORKS = (
    Entry("mobilenet_v1", mobilenet_v1, PAPER.year, ("mobilenet_v1_1.0_224",)),
    *(variant(width, side) for width, side in MACS if (width, side) != (1.0, 224)),
    Entry("mobilenet_v1_conv", mobilenet_v1_conv, PAPER.year),
    Entry("mobilenet_v1_shallow", mobilenet_v1_shallow, PAPER.year),
)
