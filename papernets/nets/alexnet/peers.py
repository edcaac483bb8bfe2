"""AlexNet as others print and build it: one tower, torchvision's network, a Keras model.

Each is another network than the paper's, kept because everyone meets it under the same name.
"""

from __future__ import annotations

from ...said import Departure, Paper, number, table
from ...said.legacy import Erratum, Fact
from ...spec import (
    AdaptivePool,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Initialisation,
    Net,
    Norm,
    Part,
    Pool,
    chain,
    pair,
    rows_of,
)
from ..entry import Entry
from ..printed import as_printed, params
from . import DEPARTURES, DROPOUT, INIT, NORM, PAPER, POOL

PAPER_OWT = Paper(
    "One weird trick for parallelizing convolutional neural networks",
    "Krizhevsky",
    2014,
    "arXiv 1404.5997; torchvision/models/alexnet.py",
)

# Notes 002, AlexNet Network - Structural Details: input, output, stride, padding, kernel, channels
# in and out, parameters. The normalisation stands in its text and in notes 001.
NOTES_002 = table("""
layer     input       output     stride  pad  kernel  in    out   params
conv1     227x227x3   55x55x96   4       0    11x11   3     96    34944
maxpool1  55x55x96    27x27x96   2       0    3x3     96    96    0
conv2     27x27x96    27x27x256  1       2    5x5     96    256   614656
maxpool2  27x27x256   13x13x256  2       0    3x3     256   256   0
conv3     13x13x256   13x13x384  1       1    3x3     256   384   885120
conv4     13x13x384   13x13x384  1       1    3x3     384   384   1327488
conv5     13x13x384   13x13x256  1       1    3x3     384   256   884992
maxpool5  13x13x256   6x6x256    2       0    3x3     256   256   0
fc6       .           .          .       .    1x1     9216  4096  37752832
fc7       .           .          .       .    1x1     4096  4096  16781312
fc8       .           .          .       .    1x1     4096  1000  4097000
""")
# Notes 001, table: Number of Parameters, Forward Computation.
NOTES_001 = table("""
layer  params    computation
Conv1  34944     105705600
Conv2  614656    448084224
Conv3  885120    149585280
Conv4  1327488   224345472
Conv5  884992    149563648
FC6    37748736  37748736
FC7    16777216  16777216
FC8    4096000   4096000
""")


def _shape(cell: str) -> tuple[int, int, int]:
    height, width, maps = (int(n) for n in cell.split("x"))
    return maps, height, width


def alexnet_single(
    classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 227
) -> Net:
    """AlexNet as one tower: every kernel sees all maps; 62,378,344 parameters."""
    parts: dict[str, Part] = {}
    table_002: list[Fact] = [Fact("params", 62_378_344, "notes 002, AlexNet table, total")]
    for row in NOTES_002:
        name = row["layer"].replace("maxpool", "pool")
        place, out = name[-1], number(row["out"], name, "out")
        if name.startswith("fc"):
            parts.setdefault("flatten", Flatten())
            last = name == "fc8"
            parts[name] = Dense(classes if last else out, activation="softmax" if last else "relu")
            if not last:
                parts[f"drop{place}"] = DROPOUT
        else:
            kernel, stride = number(row["kernel"].split("x")[0], name, "kernel"), int(row["stride"])
            if name.startswith("conv"):
                pad = number(row["pad"], name, "pad")
                parts[name] = Conv(out, kernel, stride, pad, activation="relu")
            else:
                parts[name] = Pool("max", kernel, stride)
            if name in ("conv1", "conv2"):
                parts[f"norm{place}"] = NORM
            table_002 += [
                Fact(f"{name}.input", _shape(row["input"]), "notes 002, AlexNet table"),
                Fact(f"{name}.out", _shape(row["output"]), "notes 002, AlexNet table"),
            ]
        count = number(row["params"], name, "params")
        table_002.append(Fact(f"{name}.params", count, "notes 002, AlexNet table"))
    body = chain(parts)
    printed = as_printed(classes, channels, input, 227, colours=3, of=1000)
    return Net(
        name="alexnet_single",
        ledger_name="alexnet_single",
        title="AlexNet, one tower",
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=body,
        init=INIT,
        facts=(*table_002, *_notes_001(parts)) if printed else (),
        errata=_errata() if printed else (),
        departures=(
            Departure(
                "every kernel sees all maps before it, where the paper's conv2, conv4 and conv5 "
                "see those on their own GPU: see alexnet",
                "notes 002; section 3.5",
            ),
            *DEPARTURES[:2],
            DEPARTURES[3],
        ),
    )


def _notes_001(parts: dict[str, Part]) -> tuple[Fact, ...]:
    """What notes 001 counts: biases in convolutions, none in dense layers."""
    source = "notes 001, AlexNet table"
    body = chain(parts)
    rows = rows_of(body, (3, 227, 227))
    convolutions = params(body, (3, 227, 227), "conv")
    dense = params(body, (3, 227, 227), "dense")
    used = sum(row.macs for row in rows if row.kind == "dense")
    biased = sum(row.connections for row in rows if row.kind == "conv")
    facts = []
    for row in NOTES_001:
        name = row["layer"].lower()
        conv = name.startswith("conv")
        count = number(row["computation"], name, "computation")
        facts.append(Fact(f"{name}.{'connections' if conv else 'macs'}", count, source))
        if conv:
            facts.append(Fact(f"{name}.params", number(row["params"], name, "params"), source))
    return (
        Fact("params", 62_000_000, "notes 002: 62 million, and All Comparisons", about=True),
        Fact("params", 62_300_000, f"{source}, overall", about=True),
        *facts,
        Fact("parameters in convolutions", 3_700_000, source, about=True, ours=convolutions),
        Fact("parameters in dense layers", 58_600_000, source, about=True, ours=dense),
        Fact(
            "multiply-adds, and biases of convolutions", 1_135_906_176, source, ours=used + biased
        ),
        Fact("macs", 1_100_000_000, source, about=True),
        Fact("the same in convolutions", 1_080_000_000, source, about=True, ours=biased),
        Fact("the same in dense layers", 58_600_000, source, about=True, ours=used),
    )


def _errata() -> tuple[Erratum, ...]:
    source = "notes 001, AlexNet table"
    return (
        Erratum("params", 62_369_152, source, "the 9,192 biases of fc6, fc7 and fc8 are left out"),
        *(
            Erratum(
                f"{row['layer'].lower()}.params",
                number(row["params"], row["layer"], "params"),
                source,
                "the biases are left out, which the same table counts in the convolutions",
            )
            for row in NOTES_001
            if row["layer"].startswith("FC")
        ),
        Erratum(
            "macs",
            1_500_000_000,
            "notes 002, All Comparisons, beside 62M parameters",
            "that is two operations a multiply-add of the two towers: 1.45 billion",
        ),
        Erratum(
            "what norm1 stands after",
            "the pooling",
            source,
            "normalisation comes before pooling (section 3.5); after it, it is CaffeNet",
            ours="conv1 and its ReLU",
        ),
    )


# torchvision/models/alexnet.py, from top to bottom.
TORCHVISION = table("""
layer  maps  kernel  stride  padding  then
conv1  64    11      4       2        pooled
conv2  192   5       1       2        pooled
conv3  384   3       1       1        .
conv4  256   3       1       1        .
conv5  256   3       1       1        pooled
fc6    4096  .       .       .        .
fc7    4096  .       .       .        .
fc8    1000  .       .       .        .
""")
AVERAGE = 6  # AdaptiveAvgPool2d((6, 6))


def alexnet_torchvision(
    classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 224
) -> Net:
    """torchvision's AlexNet: another paper's network, one tower, no normalisation."""
    parts: dict[str, Part] = {}
    for row in TORCHVISION:
        layer = row["layer"]
        maps, place = number(row["maps"], layer, "maps"), int(layer[-1])
        if layer.startswith("fc"):
            parts.setdefault("avgpool", AdaptivePool(AVERAGE))
            parts.setdefault("flatten", Flatten())
            last = layer == "fc8"
            if not last:
                parts[f"drop{place - 1}"] = DROPOUT
            parts[layer] = Dense(
                classes if last else maps, activation="softmax" if last else "relu"
            )
            continue
        kernel, stride, padding = (
            number(row[what], layer, what) for what in ("kernel", "stride", "padding")
        )
        parts[layer] = Conv(maps, kernel, stride, padding, activation="relu")
        if row["then"] == "pooled":
            parts[f"pool{place}"] = POOL
    code = "torchvision/models/alexnet.py"
    measured = "torchvision 0.28, measured"
    printed = as_printed(classes, channels, input, 224, colours=3, of=1000)
    return Net(
        name="alexnet_torchvision",
        ledger_name="alexnet_owt",
        title="AlexNet of torchvision",
        paper=PAPER_OWT,
        input=(channels, *pair(input)),
        classes=classes,
        body=chain(parts),
        init=Initialisation("root_fan_in", 1.0, f"{code}: torch's default for its layers"),
        facts=(
            Fact("params", 61_100_840, measured),
            Fact("macs", 714_188_480, measured),
        )
        if printed
        else (),
        departures=(
            Departure(
                "it is the network of One weird trick (2014), not of the 2012 paper: one tower of "
                "64, 192, 384, 256 and 256 maps for two of 48, 128, 192, 192 and 128",
                code,
            ),
            Departure("no normalisation", code),
            Departure("the input is 224 with padding 2, where 227 without gives 55x55 too", code),
            Departure("dropout stands before fc6 and fc7, in the paper after them", code),
            Departure(
                "the last map is averaged over an even grid of 6x6 before fc6: nothing at 224, "
                "where it is 6x6, and any other input fits",
                code,
            ),
            Departure(
                "first weights and biases are torch's uniform default; section 5 has a Gaussian",
                code,
            ),
        ),
    )


# Notes 001, Keras: the layers of the code, and what the summary prints before it breaks off.
KERAS = table("""
layer  kind   maps  kernel  stride  output     params
conv1  conv   96    11      4       54x54x96   34944
pool1  max    .     2       2       27x27x96   0
bn1    norm   .     .       .       27x27x96   384
conv2  conv   256   11      1       17x17x256  2973952
pool2  max    .     2       2       8x8x256    0
bn2    norm   .     .       .       8x8x256    1024
conv3  conv   384   3       1       .          .
bn3    norm   .     .       .       .          .
conv4  conv   384   3       1       .          .
bn4    norm   .     .       .       .          .
conv5  conv   256   3       1       .          .
pool5  max    .     2       2       .          .
bn5    norm   .     .       .       .          .
fc6    dense  4096  .       .       .          .
bn6    norm   .     .       .       .          .
fc7    dense  4096  .       .       .          .
bn7    norm   .     .       .       .          .
fc8    dense  10    .       .       .          .
""")
KERAS_NORM = BatchNorm(Norm(eps=1e-3, momentum=0.01))  # Keras: epsilon 0.001, momentum 0.99
GLOROT = Initialisation("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)")


def alexnet_keras_bn(
    classes: int = 10, channels: int = 3, input: int | tuple[int, int] = 224
) -> Net:
    """The notes' Keras model called AlexNet: batch normalisation, 11x11 twice, 10 classes."""
    parts: dict[str, Part] = {}
    facts: list[Fact] = []
    source = "notes 001, printed summary"
    for row in KERAS:
        layer, kind = row["layer"], row["kind"]
        if kind == "conv":
            maps, kernel, stride = (
                number(row[what], layer, what) for what in ("maps", "kernel", "stride")
            )
            parts[layer] = Conv(maps, kernel, stride, activation="relu")
        elif kind == "max":
            parts[layer] = Pool("max", number(row["kernel"], layer, "kernel"))
        elif kind == "norm":
            parts[layer] = KERAS_NORM
        else:
            parts.setdefault("flatten", Flatten())
            last = layer == "fc8"
            units = classes if last else number(row["maps"], layer, "maps")
            parts[layer] = Dense(units, activation="softmax" if last else "relu")
            if not last:
                parts[f"drop{layer[-1]}"] = Dropout(0.4)  # notes 001: Dropout(0.4)
        if row["output"] == ".":
            continue
        out = _shape(row["output"])
        facts.append(Fact(f"{layer}.out", out, source))
        count = number(row["params"], layer, "params")
        if kind == "norm":  # Keras adds the moving mean and variance, which are not trained
            four = 2 * KERAS_NORM.params(out)
            facts.append(Fact(f"{layer}, moving statistics counted", count, source, ours=four))
        else:
            facts.append(Fact(f"{layer}.params", count, source))
    printed = as_printed(classes, channels, input, 224, colours=3)
    code = "notes 001, Keras code"
    return Net(
        name="alexnet_keras_bn",
        ledger_name="alexnet_keras_bn",
        title="AlexNet, Keras model of the notes with batch normalisation",
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=chain(parts),
        init=GLOROT,
        facts=tuple(facts) if printed else (),
        errata=(
            Erratum("classes", 6, "notes 001, text over the code", "the code has 10", ours=10),
            Erratum(
                "flatten.size",
                224 * 224 * 3,
                "notes 001, input_shape of the first dense layer",
                "the last map is 256@1x1; Keras takes input_shape from the first layer alone",
            ),
        )
        if printed
        else (),
        departures=(
            Departure("not AlexNet: see alexnet", code),
            Departure("conv2 is 11x11 without padding, in the paper 5x5 with 2", code),
            Departure("pooling is 2x2 at stride 2, in the paper 3x3 and overlapping", code),
            Departure("conv3 to conv5 have no padding, so that the last map is 1x1", code),
            Departure(
                "batch normalisation after activation, pooling and dropout, where the paper has "
                "local response normalisation in two places",
                code,
            ),
            Departure("dropout 0.4, in the paper 0.5", code),
            Departure("10 classes, and 224 without padding: 54x54 for 55x55", code),
        ),
    )


NETWORKS = (
    Entry("alexnet_single", alexnet_single, PAPER.year),
    Entry("alexnet_torchvision", alexnet_torchvision, PAPER_OWT.year, aliases=("alexnet_owt",)),
    Entry("alexnet_keras_bn", alexnet_keras_bn, PAPER.year),
)
