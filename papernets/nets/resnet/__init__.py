"""ResNet: layers learn what to add to their input, and depth stops hurting.

A plain network of 34 layers does worse than one of 18, on its training pictures too. With a
shortcut around every two or three layers the deeper network wins, up to 152 layers, and the
bottleneck (1x1, 3x3, 1x1) keeps that cheaper than VGG-16. ResNets won ILSVRC 2015.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

from ...said import Paper, Printed, table
from ...spec import (
    Chain,
    Conv,
    Dense,
    Flatten,
    GlobalPool,
    Identity,
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
from ...words import brief
from ..entry import Entry, Size

PAPER = Paper(
    "Deep Residual Learning for Image Recognition",
    "He, Zhang, Ren, Sun",
    2016,
    "CVPR, arXiv 1512.03385",
    given="Kaiming, Xiangyu, Shaoqing, Jian",
)
YEAR = 2015  # of the first version

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

DEPTHS = tuple(int(column.split("-")[0]) for column in TABLE_1.columns[2:])
BOTTLENECKS = DEPTHS[2:]  # figure 5, right
SHORTCUTS = {  # section 3.3 and 4.1
    "A": "zeros for the channels that are new",
    "B": "projections where the size changes",
    "C": "projections everywhere",
}
PUBLISHED = {"A": (18, 34), "C": (34,)}  # tables 2 and 3; option B of every depth
NORM = Norm()
IMAGENET = Printed((3, 224, 224), 1000)

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
class Variant:
    """How blocks are made: their shortcut, which convolution has the stride, biases, norm.

    `shortcut` is A, B or C, or empty for a plain network; `strided` 0 is the first convolution;
    `around`: half of option A's zeros stand in front.
    """

    shortcut: str = "B"
    strided: int = 0
    bias: bool = False
    norm: Norm = NORM
    around: bool = False


PLAIN = Variant(shortcut="")


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


def residual(convs: Convs, stride: int, variant: Variant, activation: str | None = None) -> Chain:
    """The convolutions of a block, conv1 and so on; `activation` follows the last."""
    parts: dict[str, Part] = {}
    for at, (kernel, maps) in enumerate(convs):
        parts[f"conv{at + 1}"] = Conv(
            maps,
            kernel,
            stride=stride if at == variant.strided else 1,
            padding=kernel // 2,
            bias=variant.bias,
            norm=variant.norm,
            activation="relu" if at < len(convs) - 1 else activation,
        )
    return chain(parts)


def shortcut(channels: int, maps: int, stride: int, variant: Variant) -> Layer:
    """The way around a block (section 3.3)."""
    same = channels == maps and stride == 1
    if variant.shortcut == "C" or (variant.shortcut == "B" and not same):
        return Conv(maps, 1, stride, bias=variant.bias, norm=variant.norm)
    if same:
        return Identity()
    return PadShortcut(maps, stride, before=(maps - channels) // 2 if variant.around else 0)


@lru_cache(maxsize=64)  # a stage repeats it, up to 200 times
def block(channels: int, convs: Convs, stride: int, variant: Variant) -> Part:
    """A building block (figures 2 and 5): residual and shortcut added, then ReLU."""
    if not variant.shortcut:
        return residual(convs, stride, variant, activation="relu")
    way = shortcut(channels, convs[-1][1], stride, variant)
    return add({"": residual(convs, stride, variant), "shortcut": way}, activation="relu")


def blocks(stages: tuple[Stage, ...], channels: int, variant: Variant) -> dict[str, Part]:
    """All blocks of all stages, conv2_1 and so on; every stage but the first begins with /2."""
    parts: dict[str, Part] = {}
    for stage in stages:
        for at in range(stage.blocks):
            stride = 2 if at == 0 and stage != stages[0] else 1
            parts[f"{stage.name}_{at + 1}"] = block(channels, stage.convs, stride, variant)
            channels = stage.maps
    return parts


def end(classes: int) -> dict[str, Part]:
    """The last row of table 1."""
    fc = Dense(classes, activation="softmax")
    return {"avgpool": GlobalPool(), "flatten": Flatten(), "fc": fc}


def body(depth: int, variant: Variant, classes: int) -> Chain:
    """A column of table 1 as layers."""
    stem = Conv(64, 7, 2, padding=3, bias=variant.bias, norm=variant.norm, activation="relu")
    parts: dict[str, Part] = {"conv1": stem, "pool1": Pool("max", 3, 2, padding=1)}
    return chain({**parts, **blocks(stages(depth), stem.out, variant), **end(classes)})


def weight_layers(part: Part) -> int:
    """What a depth counts: convolutions and dense layers, those of shortcuts left out."""
    counted = (inner for name, inner in each_part(part) if not name.endswith("shortcut"))
    return sum(isinstance(inner, Conv | Dense) for inner in counted)


def check_shortcut(option: object) -> str:
    """The option in capitals; ValueError where it is none of section 3.3."""
    if not isinstance(option, str) or option.upper() not in SHORTCUTS:
        known = ", ".join(f"{letter} ({words})" for letter, words in SHORTCUTS.items())
        raise ValueError(f"shortcut {brief(option)}: there is {known}")
    return option.upper()


def entry(
    name: str,
    title: str,
    body: Callable[[int], Chain],
    aliases: tuple[str, ...] = (),
    year: int = YEAR,
    printed: Printed = IMAGENET,
) -> Entry:
    """The entry of a network without options; `body` makes its layers for so many classes."""
    colours, side, _ = printed.input

    def make(classes: int = printed.classes, channels: int = colours, input: Size = side) -> Net:
        return Net(name, (channels, *pair(input)), classes, body(classes))

    make.__doc__ = title
    return Entry(name, make, year, aliases)


def _plain(depth: int, words: str) -> Entry:
    title = f"The plain network of {depth} layers (2015), {words}."
    return entry(f"plain{depth}", title, partial(body, depth, PLAIN))


def _with_option(depth: int, option: str) -> Entry:
    """The entry of resnet18_A and its kind."""
    title = f"ResNet-{depth} (2015) with shortcuts of option {option}: {SHORTCUTS[option]}."
    return entry(f"resnet{depth}_{option}", title, partial(body, depth, Variant(option)))


def _residual(depth: int, words: str, *aliases: str) -> Entry:
    """The entry of resnet50 and its kind, whose shortcuts are an option."""
    name = f"resnet{depth}"

    def make(classes: int = 1000, channels: int = 3, input: Size = 224, shortcut: str = "B") -> Net:
        option = check_shortcut(shortcut)
        own = name if option == "B" else f"{name}_{option}"
        return Net(own, (channels, *pair(input)), classes, body(depth, Variant(option), classes))

    make.__doc__ = f"ResNet-{depth} (2015): {words} parameters."
    return Entry(name, make, YEAR, (f"{name}_B", *(f"{name}_{alias}" for alias in aliases)))


def named(name: str) -> Entry | None:
    """The entry of resnet<depth>_<A or C>, for any depth of table 1; None for other names."""
    found = re.fullmatch(rf"resnet_?({'|'.join(map(str, DEPTHS))})_?([ac])", name)
    return _with_option(int(found[1]), found[2].upper()) if found else None


SAME = ("torchvision", "timm")  # their networks of 18 and 34 layers are the paper's
NETWORKS = (
    _plain(18, "without shortcuts: 11,515,688 parameters"),
    _plain(34, "which does worse than that of 18"),
    *(_with_option(depth, option) for option, depths in PUBLISHED.items() for depth in depths),
    _residual(18, "shortcuts around pairs of 3x3 convolutions, 11,689,512", *SAME),
    _residual(34, "shortcuts around pairs of 3x3 convolutions, 21,797,672", *SAME),
    _residual(50, "bottlenecks, stride on the first 1x1 as printed, 25,557,032"),
    _residual(101, "bottlenecks, stride on the first 1x1 as printed, 44,549,160"),
    _residual(152, "bottlenecks, stride on the first 1x1 as printed, 60,192,808"),
)
