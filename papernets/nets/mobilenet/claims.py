"""What was said of the MobileNets: by the paper, by what was released with it, by peers' counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from ...said import NOTES, Claim, Code, Record, Source, departures, table
from ...spec import Committee, Conv, Dense, Layer, Net
from ..papers import ARAUJO
from . import PAPER, SIDES, SLIM_CODE, WIDTHS, convolutions, width_and_size

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
TOP_1 = "ILSVRC-2012 validation, top-1"
WRONG = {
    "mult-adds of conv": "4,866 million is the convolutions alone; the classifier's 1,024,000 are "
    "left out, which the 569 million of the separable network count",
    "parameters of 0.5_160": "1.32 million leaves out normalisation's 10,944 scales and shifts",
    "mult-adds of conv1": "1.91: the printed column adds up to 99.29; two digits changed places",
}
"""Why a cell of these tables is wrong."""

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
COUNTED = table("""
width  params     224          192          160          128
1.0    4,231,976  568,740,352  418,121,728  290,675,200  186,400,768
0.75   2,585,560  325,400,448  239,273,472  166,396,800  106,770,432
0.5    1,331,592  149,497,088  109,970,432  76,524,800   49,160,192
0.25   470,072    41,030,272   30,212,608   21,059,200   13,570,048
""")
KERAS = Code("keras.applications 3.15.1 MobileNet")

# timm 1.0.31's mobilenetv1_100, 100h and 125, counted: by the 1x1 convolution before the average,
# and the maps of the last one.
TIMM = Code("timm 1.0.31")
COUNTED_IN_TIMM = {
    (False, 1024): (4_231_976, 568_740_352),
    (True, 1024): (5_282_600, 620_120_576),
    (False, 1280): (6_270_840, 879_516_800),
}

KEYS = {width_and_size(width, side) for width, side in product(WIDTHS, SIDES)}
"""The networks of tables 6 and 7, and what they make of each other's widths and inputs."""
OTHERS = {"conv": ", full convolutions", "shallow": ", shallow"}

DEPARTURES = departures(f"""
where        what is done otherwise
table 1      the last depthwise convolution has stride 1, not 2: its map stays 7x7
{SLIM_CODE}  padding is not printed: as much as TensorFlow's 'same'
{SLIM_CODE}  normalisation's epsilon, 1e-3, and averaging are not printed
section 3.2; {SLIM_CODE}  how weights are drawn is not printed: as released
""")
STRIDE = DEPARTURES[0]
KERAS_DEPARTURES = departures("""
where                                  what is done otherwise
keras/src/applications/mobilenet.py    ReLU6 for ReLU
"   before a depthwise stride, zeros below and to the right alone
"   normalisation's epsilon is 1e-3, and it averages 0.01 a batch
"   dropout of 0.001 before the classifier
"   Keras takes the fan-in of a depthwise kernel as if it saw all maps: smaller first weights
""")
TIMM_DEPARTURES = departures("""
where                                          what is done otherwise
timm/models/mobilenetv3.py, _gen_mobilenet_v1  ReLU6 for ReLU
"   3x3 windows are padded by 1 on every side
"   normalisation's epsilon is 1e-5, and it averages 0.1 a batch
"   widths are rounded to multiples of 8
"   the classifier's first weights are uniform in ±1/√classes in timm; here its convolutions'
""")


def counts(key: str) -> tuple[int, ...]:
    """Keras's parameters and multiply-adds of `1.0_224`; none of one that was not counted."""
    width, _, side = key.partition("_")
    row = next((row for row in COUNTED if row["width"] == width), {})
    return tuple(int(row[n].replace(",", "")) for n in ("params", side)) if side in row else ()


def counted(numbers: tuple[int, ...], code: Code) -> tuple[Claim, ...]:
    """Parameters and multiply-adds as somebody's code gives them."""
    both = zip(("params", "macs"), numbers, strict=False)
    return tuple(Claim(quantity, number, code.at("counted")) for quantity, number in both)


def results(key: str) -> Iterator[Claim]:
    """What the tables print of a network, by its width and input."""
    for row in (row for row in RESULTS if row["name"] == key):
        source = PAPER.at(row["where"].replace("-", " "))
        for quantity, column in (("macs", "mult-adds"), ("params", "parameters")):
            why = WRONG.get(f"{column} of {key}", "")
            yield Claim(quantity, round(float(row[column]) * 1e6), source, why, about=not why)
        yield error(row["accuracy"], source)
    for row in (row for row in SLIM if row["name"] == key):
        yield error(row["accuracy"], Code("TF-slim's released MobileNets").at())


def error(accuracy: str, source: Source) -> Claim:
    """70.6 per cent right as a fraction that is wrong."""
    wrong = round(1 - float(accuracy) / 100, 6)
    return Claim("error", wrong, source, conditions=f"{TOP_1} (printed as accuracy)")


def inputs() -> Iterator[Claim]:
    """The input sizes of table 1."""
    sizes = {row.name: row.input for row in convolutions()}
    for name, size in {**sizes, "avgpool": (1024, 7, 7), "fc": (1024, 1, 1)}.items():
        yield Claim(f"{name}.input", size, PAPER.at("table 1: input size"))


def examples() -> Iterator[Claim]:
    """Table 3: one layer as a full convolution and in two steps."""
    for row in TABLE_3:
        maps, side = int(row["channels"]), int(row["size"])
        plain = Conv(maps, 3, padding=1, bias=False)
        wise = (replace(plain, groups=maps), Conv(maps, 1, bias=False))
        layers = (plain,) if row["layer"] == "full" else wise
        for column, count in (("mult-adds", "macs"), ("parameters", "params")):
            ours = sum(getattr(layer, count)((maps, side, side)) for layer in layers) / 1e6
            what = f"millions of {column} of a {row['layer']} 3x3 on {side}x{side}x{maps}"
            yield Claim(what, float(row[column]), PAPER.at("table 3"), about=True, ours=ours)


def shares(net: Net) -> Iterator[Claim]:
    """Table 2, with our shares of multiply-adds and of weights."""
    macs, weights = Counter[str](), Counter[str]()
    s = net.input
    for name, layer in net.body.parts:
        assert isinstance(layer, Layer)
        kind = name[:2] if name[:2] in ("dw", "pw") else name
        out = layer.shape(s)
        macs[kind] += layer.macs(s)
        weights[kind] += layer.macs(s) // (out[1] * out[2])
        s = out
    for row in TABLE_2:
        for column, sums in (("mult-adds", macs), ("parameters", weights)):
            what, why = f"{column} in {row['type']}", WRONG.get(f"{column} of {row['type']}", "")
            ours = 100 * sums[row["type"]] / sums.total()
            source, printed = PAPER.at("table 2"), float(row[column])
            yield Claim(f"per cent of {what}", printed, source, why, not why, ours=ours)


def papers(net: Net, key: str) -> Iterator[Claim]:
    """What is said of one of the paper's networks; most of it of the first."""
    yield from counted(counts(key), KERAS)
    yield from results(key)
    if key in KEYS:
        yield Claim("dw13.receptive_field", (315, 315), ARAUJO.at("Araujo et al. 2019, the table"))
    if key != "1.0_224":
        return
    yield from inputs()
    depth = sum(isinstance(layer, Conv | Dense) for _, layer in net.body.parts)
    yield Claim("layers with weights", 28, PAPER.at("section 3.2"), ours=depth)
    yield from examples()
    why = "the next row's input is 7x7 as this row's is: stride 1"
    yield Claim("dw13.stride", (2, 2), PAPER.at("table 1"), why)
    yield from NOTES[3].claims(f"""
quantity                         printed  ours         where        why it is wrong
inception modules                9        0            MobileNetV1  copied from the notes' GoogLeNet
                                                                    slide
layers with weights              22       {depth}      MobileNetV1  copied from the notes' GoogLeNet
                                                                    slide: it has 28
layers with weights and pooling  27       {depth + 1}  MobileNetV1  copied from the notes' GoogLeNet
                                                                    slide
""")
    yield from shares(net)


def record(net: Net | Committee) -> Record:
    """What was said of a MobileNet, the paper's or a peer's, by its name's width and input."""
    assert isinstance(net, Net)
    key = net.name.removeprefix("mobilenet_v1").removeprefix("_keras").strip("_") or "1.0_224"
    width, _, size = key.partition("_")
    said = f", width {width}, input {size}"
    if net.name.startswith("mobilenet_v1_keras"):
        title = "MobileNet v1 of Keras" + (said if key != "1.0_224" else "")
        return Record(title, PAPER, counted(counts(key), KERAS), (*KERAS_DEPARTURES, STRIDE))
    if key == "timm":
        parts = dict(net.body.parts)
        last = parts["pw13"]
        assert isinstance(last, Conv)
        found = counted(COUNTED_IN_TIMM.get(("head" in parts, last.out), ()), TIMM)
        return Record("MobileNet v1 of timm", PAPER, found, (*TIMM_DEPARTURES, STRIDE))
    title = "MobileNet v1" + OTHERS.get(key, said)
    ledger_name = f"mobilenet_v1_{key}" if key in KEYS else ""
    return Record(title, PAPER, tuple(papers(net, key)), DEPARTURES, ledger_name)
