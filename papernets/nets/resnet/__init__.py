"""ResNet: layers learn what to add to their input, and depth stops hurting.

A plain network of 34 layers does worse than one of 18, on its training pictures too. With a
shortcut around every two or three layers the deeper network wins, up to 152 layers, and the
bottleneck (1x1, 3x3, 1x1) keeps that cheaper than VGG-16. ResNets won ILSVRC 2015.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...said import Departure, Paper, table
from ...said.legacy import Erratum, Fact
from ...spec import (
    Chain,
    Conv,
    Dense,
    Flatten,
    GlobalPool,
    Identity,
    Initialisation,
    Layer,
    Net,
    Norm,
    PadShortcut,
    Part,
    Pool,
    add,
    chain,
    each_part,
    pair,
)
from ..entry import Entry
from ..printed import as_printed, errors

PAPER = Paper(
    "Deep Residual Learning for Image Recognition",
    "He, Zhang, Ren, Sun",
    2016,
    "CVPR, arXiv 1512.03385",
)
YEAR = 2015  # of the first version
INIT = Initialisation("he", 2.0, "section 3.4: as in He et al. 2015, Delving Deep into Rectifiers")

# Table 1: a block's convolutions stand one below the other, under them how many such blocks.
# The caption: conv3_1, conv4_1 and conv5_1 have stride 2.
TABLE_1 = table("""
layer    output   18-layer   34-layer   50-layer   101-layer  152-layer
conv1    112x112  7x7,64,/2  7x7,64,/2  7x7,64,/2  7x7,64,/2  7x7,64,/2
conv2_x  56x56    max3x3,/2  max3x3,/2  max3x3,/2  max3x3,/2  max3x3,/2
conv2_x  56x56    3x3,64     3x3,64     1x1,64     1x1,64     1x1,64
conv2_x  56x56    3x3,64     3x3,64     3x3,64     3x3,64     3x3,64
conv2_x  56x56    .          .          1x1,256    1x1,256    1x1,256
conv2_x  56x56    x2         x3         x3         x3         x3
conv3_x  28x28    3x3,128    3x3,128    1x1,128    1x1,128    1x1,128
conv3_x  28x28    3x3,128    3x3,128    3x3,128    3x3,128    3x3,128
conv3_x  28x28    .          .          1x1,512    1x1,512    1x1,512
conv3_x  28x28    x2         x4         x4         x4         x8
conv4_x  14x14    3x3,256    3x3,256    1x1,256    1x1,256    1x1,256
conv4_x  14x14    3x3,256    3x3,256    3x3,256    3x3,256    3x3,256
conv4_x  14x14    .          .          1x1,1024   1x1,1024   1x1,1024
conv4_x  14x14    x2         x6         x6         x23        x36
conv5_x  7x7      3x3,512    3x3,512    1x1,512    1x1,512    1x1,512
conv5_x  7x7      3x3,512    3x3,512    3x3,512    3x3,512    3x3,512
conv5_x  7x7      .          .          1x1,2048   1x1,2048   1x1,2048
conv5_x  7x7      x2         x3         x3         x3         x3
end      1x1      1000-d-fc  1000-d-fc  1000-d-fc  1000-d-fc  1000-d-fc
FLOPs    .        1.8e9      3.6e9      3.8e9      7.6e9      11.3e9
""")

# Table 2: top-1 error on ImageNet, 10-crop; the residual nets have option A.
TABLE_2 = table("""
layers    plain  ResNet
18        27.94  27.88
34        28.54  25.03
""")
TEN_CROP = "ILSVRC-2012 validation, 10-crop"
# Table 3 (10-crop), table 4 (one network, several scales), the page of the authors' models, and
# table 5 of their next paper. Bottlenecks have option B.
RESULTS = table("""
model         table-3      table-4      centre-crop  crop-320
plain-34      28.54/10.02  .            .            .
ResNet-34-A   25.03/7.76   .            .            .
ResNet-34-B   24.52/7.46   21.84/5.71   .            .
ResNet-34-C   24.19/7.40   21.53/5.60   .            .
ResNet-50-B   22.85/6.71   20.74/5.25   24.7/7.8     .
ResNet-101-B  21.75/6.05   19.87/4.60   23.6/7.1     .
ResNet-152-B  21.43/5.71   19.38/4.49   23.0/6.7     21.3/5.5
""")
PROTOCOLS = {
    "table-3": (TEN_CROP, "table 3"),
    "table-4": ("ILSVRC-2012 validation, one network, several scales", "table 4"),
    "centre-crop": (
        "ILSVRC-2012 validation, centre crop",
        "KaimingHe/deep-residual-networks, the released models",
    ),
    "crop-320": (
        "ILSVRC-2012 validation, centre crop of 320, scale augmentation",
        "He et al. 2016, Identity Mappings, table 5",
    ),
}
# Araujo, Norris, Sim 2019, table of TF-slim's networks: their strides lie elsewhere, the fields of
# the last layer are the same.
FIELDS = {50: 483, 101: 1027, 152: 1507}

SHORTCUTS = {  # section 3.3 and 4.1
    "A": "zeros for the channels that are new",
    "B": "projections where the size changes",
    "C": "projections everywhere",
}
PUBLISHED = {"A": (18, 34), "C": (34,)}  # tables 2 and 3; option B of every depth
NORM = Norm()
NOT_PRINTED = Departure(
    "normalisation's epsilon, 1e-5, and averaging, 0.1 a batch, are not printed", "section 3.4"
)

Convs = tuple[tuple[int, int], ...]
"""(kernel, maps) of each convolution of a block."""


@dataclass(frozen=True)
class Stage:
    """A stage of table 1: its name, the convolutions of one block, how many blocks."""

    name: str
    convs: Convs
    blocks: int

    @property
    def maps(self) -> int:
        """The maps that the stage gives."""
        return self.convs[-1][1]


@dataclass(frozen=True)
class Form:
    """How a block is made: its shortcut, the convolution that has the stride, biases, norm.

    `shortcut` is A, B or C, or empty for a plain network; `strided` 0 is the first convolution;
    `around`: half of option A's zeros stand in front.
    """

    shortcut: str = "B"
    strided: int = 0
    bias: bool = False
    norm: Norm = NORM
    around: bool = False


def stages(depth: int) -> tuple[Stage, ...]:
    """The stages of a column of table 1."""
    found: dict[str, Stage] = {}
    for row in TABLE_1:
        layer, cell = row["layer"].removesuffix("_x"), row[f"{depth}-layer"]
        before = found.get(layer, Stage(layer, (), 0))
        if conv := re.fullmatch(r"(\d)x\1,(\d+)", cell):
            convs = (*before.convs, (int(conv[1]), int(conv[2])))
            found[layer] = Stage(layer, convs, before.blocks)
        elif count := re.fullmatch(r"x(\d+)", cell):
            found[layer] = Stage(layer, before.convs, int(count[1]))
    return tuple(found.values())


def residual(convs: Convs, stride: int, form: Form, activation: str | None = None) -> Chain:
    """The convolutions of a block, conv1 and so on; `activation` follows the last."""
    parts: dict[str, Part] = {}
    for at, (kernel, maps) in enumerate(convs):
        parts[f"conv{at + 1}"] = Conv(
            maps,
            kernel,
            stride=stride if at == form.strided else 1,
            padding=kernel // 2,
            bias=form.bias,
            norm=form.norm,
            activation="relu" if at < len(convs) - 1 else activation,
        )
    return chain(parts)


def shortcut(channels: int, maps: int, stride: int, form: Form) -> Layer:
    """The way around a block (section 3.3)."""
    same = channels == maps and stride == 1
    if form.shortcut == "C" or (form.shortcut == "B" and not same):
        return Conv(maps, 1, stride, bias=form.bias, norm=form.norm)
    if same:
        return Identity()
    return PadShortcut(maps, stride, before=(maps - channels) // 2 if form.around else 0)


def block(channels: int, convs: Convs, stride: int, form: Form) -> Part:
    """A building block (figures 2 and 5): residual and shortcut added, then ReLU."""
    if not form.shortcut:
        return residual(convs, stride, form, activation="relu")
    way = shortcut(channels, convs[-1][1], stride, form)
    return add({"": residual(convs, stride, form), "shortcut": way}, activation="relu")


def blocks(stages: tuple[Stage, ...], channels: int, form: Form) -> dict[str, Part]:
    """All blocks of all stages, conv2_1 and so on; every stage but the first begins with /2."""
    parts: dict[str, Part] = {}
    for stage in stages:
        for at in range(stage.blocks):
            stride = 2 if at == 0 and stage != stages[0] else 1
            parts[f"{stage.name}_{at + 1}"] = block(channels, stage.convs, stride, form)
            channels = stage.maps
    return parts


def end(classes: int) -> dict[str, Part]:
    """The last row of table 1."""
    fc = Dense(classes, activation="softmax")
    return {"avgpool": GlobalPool(), "flatten": Flatten(), "fc": fc}


def body(depth: int, classes: int, form: Form) -> Chain:
    """A column of table 1 as layers."""
    stem = Conv(64, 7, 2, padding=3, bias=form.bias, norm=form.norm, activation="relu")
    parts: dict[str, Part] = {"conv1": stem, "pool1": Pool("max", 3, 2, padding=1)}
    return chain({**parts, **blocks(stages(depth), stem.out, form), **end(classes)})


def weight_layers(part: Part) -> int:
    """What a depth counts: convolutions and dense layers, those of shortcuts left out."""
    counted = (inner for name, inner in each_part(part) if not name.endswith("shortcut"))
    return sum(isinstance(inner, Conv | Dense) for inner in counted)


def depth_fact(depth: int, body: Chain, source: str) -> Fact:
    """That the layers with weights are as many as the network's name says."""
    return Fact("layers with weights", depth, source, ours=weight_layers(body))


def check_shortcut(option: object) -> str:
    """The option in capitals; ValueError where it is none of section 3.3."""
    if not isinstance(option, str) or option.upper() not in SHORTCUTS:
        known = ", ".join(f"{letter} ({words})" for letter, words in SHORTCUTS.items())
        raise ValueError(f"shortcut {option!r}: there is {known}")
    return option.upper()


def sizes(depth: int, plain: bool = False) -> tuple[Fact, ...]:
    """The sizes of table 1: each stage's last block, and the average."""
    outputs = {row["layer"].removesuffix("_x"): row["output"] for row in TABLE_1}
    found = [Fact("conv1.out", (64, *_size(outputs["conv1"])), "table 1: output size")]
    for stage in stages(depth):
        last = f"{stage.name}_{stage.blocks}" + (f".conv{len(stage.convs)}" if plain else "")
        out = (stage.maps, *_size(outputs[stage.name]))
        found.append(Fact(f"{last}.out", out, "table 1: output size"))
    return (*found, Fact("avgpool.out", (stage.maps, 1, 1), "table 1: output size"))


def _size(cell: str) -> tuple[int, int]:
    height, width = cell.split("x")
    return int(height), int(width)


def results(model: str) -> tuple[Fact, ...]:
    """What tables 2 to 4 and the authors' page print for a model."""
    found: tuple[Fact, ...] = ()
    kind, depth, *option = model.split("-")
    for row in TABLE_2:
        if row["layers"] == depth and option in ([], ["A"]):
            found += errors(row[kind], TEN_CROP, "table 2")
    for row in RESULTS:
        for column, (conditions, source) in PROTOCOLS.items():
            if row["model"] == model and row[column] != ".":
                found += errors(row[column], conditions, source)
    return found


def _flops(depth: int) -> Fact:
    (printed,) = (row[f"{depth}-layer"] for row in TABLE_1 if row["layer"] == "FLOPs")
    return Fact("macs", float(printed), "table 1: FLOPs (multiply-adds)", about=True)


# What others print of these networks, by name: sources are the notes, and peers counted.
TORCHVISION = "torchvision 0.28 and timm 1.0.31, counted"
COUNTED = {"resnet18": (11_689_512, 1_814_073_344), "resnet34": (21_797_672, 3_663_761_408)}
ABOUT = {
    "resnet18": Fact("params", 11e6, "notes 002: around 11 million", about=True),
    "resnet50": Fact("params", 25.5e6, "the authors' released models", about=True),
    "resnet101": Fact("params", 44.5e6, "the authors' released models", about=True),
    "resnet152": Fact("macs", 11e9, "notes 002, comparison: 11B FLOP", about=True),
}
SHIFTED = "the notes' two rows are one network too far down: 25.6 is ResNet-50, 44.6 ResNet-101"
TABLE_002 = "notes 002, ResNet-18 table"


def _slip(wrong: int, right: int) -> Erratum:
    """A depth that the notes print, one off."""
    source = "notes 004: ResNets of 51, 101 and 151 layers"
    return Erratum("layers with weights", wrong, source, "table 1: 50, 101, 152", ours=right)


ERRATA = {
    "resnet18": (
        Erratum("params", 25.6e6, "notes 003, comparison", SHIFTED),
        Erratum(
            "megabytes in single precision",
            96,
            "notes 003, comparison",
            SHIFTED,
            ours=round(11_689_512 * 4 / 2**20, 1),
        ),
        Erratum(
            "params",
            11_511_784,
            TABLE_002,
            "the table has biases, but neither normalisation nor projections: see "
            "resnet18_notes_table",
        ),
        Erratum("conv1.input", (3, 227, 227), TABLE_002, "table 1 follows from 224"),
        Erratum("conv1.padding", (1, 1), TABLE_002, "224 to 112 by a 7x7 window needs 3"),
        Erratum(
            "conv1.params",
            9_472,
            TABLE_002,
            "64 biases are counted; the paper's convolutions have normalisation in their place",
        ),
        Erratum("pool1.padding", 0.5, TABLE_002, "112 to 56 by a 3x3 window has 1"),
    ),
    "resnet50": (
        Erratum("params", 44.6e6, "notes 003, comparison", SHIFTED),
        Erratum(
            "megabytes in single precision",
            167,
            "notes 003, comparison",
            SHIFTED,
            ours=round(25_557_032 * 4 / 2**20, 1),
        ),
        _slip(51, 50),
    ),
    "resnet152": (
        Erratum(
            "params",
            60.3e6,
            "notes 002, comparison",
            "60.2 million; 60.3 fits Keras's version, whose convolutions keep their biases: see "
            "resnet152_keras",
        ),
        _slip(151, 152),
    ),
}


def resnet(
    depth: int,
    classes: int = 1000,
    channels: int = 3,
    input: int | tuple[int, int] = 224,
    option: str = "B",
) -> Net:
    """A column of table 1 with shortcuts of option A, B or C; plain where it is empty."""
    kind = "ResNet" if option else "plain"
    layers = body(depth, classes, Form(option))
    name = f"{kind.lower()}{depth}{f'_{option}' if option in ('A', 'C') else ''}"
    facts = [
        *sizes(depth, plain=not option),
        depth_fact(depth, layers, "table 1"),
        *results("-".join(filter(None, (kind, str(depth), option)))),
    ]
    if option == "B" or (option != "C" and depth < 50):  # the FLOPs are those of figure 3 and 4.1
        facts.append(_flops(depth))
    if option == "B":
        facts += [ABOUT[name]] if name in ABOUT else []
        counts = zip(("params", "macs"), COUNTED.get(name, ()), strict=False)
        facts += [Fact(quantity, value, TORCHVISION) for quantity, value in counts]
    if option and depth in FIELDS:
        field = (FIELDS[depth], FIELDS[depth])
        facts.append(Fact("conv5_3.receptive_field", field, "Araujo et al. 2019, the table"))
    if name == "resnet50":
        body_alone = Fact(
            "parameters without the classifier",
            23e6,
            "notes 001: over 23 million",
            about=True,
            ours=25_557_032 - 2_049_000,
        )
        facts.append(body_alone)
    if name == "resnet152":
        six = "ILSVRC-2012 test, six networks, two of them this one, top-5"
        facts.append(Fact("error", 0.0357, "table 5", conditions=six))
    words = f", option {option}: {SHORTCUTS[option]}" if option in ("A", "C") else ""
    printed = as_printed(classes, channels, input, 224, colours=3, of=1000)
    return Net(
        name=name,
        ledger_name=name if depth in PUBLISHED.get(option, (depth,)) else "",
        title=f"{kind}-{depth}{words}",
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=layers,
        init=INIT,
        facts=tuple(facts) if printed else (),
        errata=ERRATA.get(name, ()) if printed else (),
        departures=(NOT_PRINTED,),
    )


Size = int | tuple[int, int]


def plain18(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """The plain network of 18 layers (2015), without shortcuts: 11,515,688 parameters."""
    return resnet(18, classes, channels, input, option="")


def plain34(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """The plain network of 34 layers (2015), which does worse than that of 18."""
    return resnet(34, classes, channels, input, option="")


def resnet18(classes: int = 1000, channels: int = 3, input: Size = 224, shortcut: str = "B") -> Net:
    """ResNet-18 (2015): shortcuts around pairs of 3x3 convolutions, 11,689,512 parameters."""
    return resnet(18, classes, channels, input, check_shortcut(shortcut))


def resnet34(classes: int = 1000, channels: int = 3, input: Size = 224, shortcut: str = "B") -> Net:
    """ResNet-34 (2015): shortcuts around pairs of 3x3 convolutions, 21,797,672 parameters."""
    return resnet(34, classes, channels, input, check_shortcut(shortcut))


def resnet50(classes: int = 1000, channels: int = 3, input: Size = 224, shortcut: str = "B") -> Net:
    """ResNet-50 (2015): bottlenecks, stride on the first 1x1 as printed, 25,557,032 parameters."""
    return resnet(50, classes, channels, input, check_shortcut(shortcut))


def resnet101(
    classes: int = 1000, channels: int = 3, input: Size = 224, shortcut: str = "B"
) -> Net:
    """ResNet-101 (2015): bottlenecks, stride on the first 1x1 as printed, 44,549,160 parameters."""
    return resnet(101, classes, channels, input, check_shortcut(shortcut))


def resnet152(
    classes: int = 1000, channels: int = 3, input: Size = 224, shortcut: str = "B"
) -> Net:
    """ResNet-152 (2015): bottlenecks, stride on the first 1x1 as printed, 60,192,808 parameters."""
    return resnet(152, classes, channels, input, check_shortcut(shortcut))


def variant(depth: int, option: str) -> Entry:
    """The entry of resnet18_A and its kind."""

    def make(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
        return resnet(depth, classes, channels, input, option)

    make.__doc__ = f"ResNet-{depth} (2015) with shortcuts of option {option}: {SHORTCUTS[option]}."
    return Entry(f"resnet{depth}_{option}", make, YEAR)


def named(name: str) -> Entry | None:
    """The entry of resnet<depth>_<A or C>, for any depth of table 1; None for other names."""
    found = re.fullmatch(r"resnet_?(18|34|50|101|152)_?([ac])", name)
    return variant(int(found[1]), found[2].upper()) if found else None


SAME = ("torchvision", "timm")  # their networks of 18 and 34 layers are the paper's
NETWORKS = (
    Entry("plain18", plain18, YEAR),
    Entry("plain34", plain34, YEAR),
    *(variant(depth, option) for option, depths in PUBLISHED.items() for depth in depths),
    Entry("resnet18", resnet18, YEAR, ("resnet18_B", *(f"resnet18_{peer}" for peer in SAME))),
    Entry("resnet34", resnet34, YEAR, ("resnet34_B", *(f"resnet34_{peer}" for peer in SAME))),
    Entry("resnet50", resnet50, YEAR, ("resnet50_B",)),
    Entry("resnet101", resnet101, YEAR, ("resnet101_B",)),
    Entry("resnet152", resnet152, YEAR, ("resnet152_B",)),
)
