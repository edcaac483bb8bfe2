"""MobileNet: a 3x3 convolution in two steps, each channel for itself and then 1x1 across channels.

The two steps cost an eighth to a ninth of one full 3x3 convolution and lose one point of accuracy
on ImageNet. Two numbers shrink the network further: a width multiplier thins every layer, and a
smaller input shrinks every map.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import groupby

from ...said import Paper, table
from ...spec import (
    Chain,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Net,
    Norm,
    Padding,
    Part,
    Shape,
    chain,
    pair,
)
from ...words import brief
from ..entry import Entry, Size, side_of

PAPER = Paper(
    "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications",
    "Howard, Zhu, Chen, Kalenichenko, Wang, Weyand, Andreetto, Adam",
    2017,
    "arXiv 1704.04861",
    given="Andrew G., Menglong, Bo, Dmitry, Weijun, Tobias, Marco, Hartwig",
)
SLIM_CODE = "tensorflow/models research/slim/nets/mobilenet_v1.py"

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

# Tables 6 and 7: the width multipliers, and the sides of the input.
WIDTHS = (1.0, 0.75, 0.5, 0.25)
SIDES = (224, 192, 160, 128)


@dataclass(frozen=True)
class Variant:
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


PAPERS = Variant()


@dataclass(frozen=True)
class Convolution:
    """A row of table 1; `maps` None is depthwise. Sizes decide the stride, not its mark."""

    name: str
    kernel: int
    stride: int
    maps: int | None
    input: Shape


def convolutions() -> tuple[Convolution, ...]:
    """The convolutions of table 1, by the names conv1, dw1, pw1, dw2 and so on."""
    rows: list[dict[str, str]] = []
    for times, group in groupby(TABLE_1, key=lambda row: row["times"]):
        rows += list(group) * int(times[0])
    inputs = [tuple(map(int, row["input"].split("x"))) for row in rows]
    found: list[Convolution] = []
    for row, (side, _, maps), (after, *_) in zip(rows, inputs, inputs[1:], strict=False):
        cells = row["filter"].removesuffix("-dw").split("x")
        if row["type"] in ("Conv", "Conv-dw"):
            wise = "dw" if row["type"] == "Conv-dw" else "pw"
            number = 1 + sum(one.name.startswith(wise) for one in found)
            name = f"{wise}{number}" if found else "conv1"
            out = None if wise == "dw" else int(cells[3])
            found.append(Convolution(name, int(cells[0]), side // after, out, (maps, side, side)))
    return tuple(found)


MOST_WIDTH = 1000


def check_width(width: object, variant: Variant) -> None:
    """ValueError where a width is no number or leaves the first layer without a channel."""
    least = convolutions()[0].maps or 1
    if isinstance(width, bool) or not isinstance(width, int | float):
        raise ValueError(f"width is a number, such as 1.0 or 0.5, not {brief(width)}")
    if not width <= MOST_WIDTH:
        raise ValueError(f"a width must be a number of at most {MOST_WIDTH}, not {brief(width)}")
    if not (width > 0 and variant.maps(least, width) >= 1):
        raise ValueError(
            f"width {brief(width)} leaves conv1, which has {least} maps at width 1, without a "
            f"channel: give a number of at least {1 / least:g}"
        )


def separable(width: float, variant: Variant, left_out: tuple[str, ...] = ()) -> dict[str, Part]:
    """Table 1's convolutions, thinned by the width."""
    parts: dict[str, Part] = {}
    maps = 0
    for row in convolutions():
        if row.name in left_out:
            continue
        groups = maps if row.maps is None else 1
        maps = groups if row.maps is None else variant.maps(row.maps, width)
        strided = row.maps is None and row.stride > 1
        parts[row.name] = Conv(
            maps,
            row.kernel,
            row.stride,
            padding=0 if row.kernel == 1 else variant.strided if strided else variant.padding,
            groups=groups,
            bias=False,
            norm=variant.norm,
            activation=variant.activation,
        )
    return parts


def full(parts: dict[str, Part]) -> dict[str, Part]:
    """Each pair of depthwise and pointwise convolution as one full 3x3 convolution (table 4)."""
    joined = dict(parts)
    for name, wise in parts.items():
        if name.startswith("dw"):
            across = joined.pop(f"pw{name[2:]}")
            assert isinstance(wise, Conv) and isinstance(across, Conv)
            joined[name] = replace(wise, out=across.out, groups=1)
    return {f"conv{at}": part for at, part in enumerate(joined.values(), 1)}


def body(parts: dict[str, Part], classes: int, variant: Variant) -> Chain:
    """Convolutions, then the average and the classifier."""
    head = Conv(1024, 1, bias=False, norm=variant.norm, activation=variant.activation)
    return chain(
        {
            **parts,
            **({"head": head} if variant.head else {}),
            "avgpool": GlobalPool(),
            "flatten": Flatten(),
            **({"dropout": Dropout(variant.dropout)} if variant.dropout else {}),
            "fc": Dense(classes, activation="softmax"),
        }
    )


def width_and_size(width: float, input: Size) -> str:
    """1.0_224, or 1.0_192x160 where height and width differ."""
    height, wide = pair(input)
    return f"{float(width)}_{height}" + ("" if height == wide else f"x{wide}")


def name_of(start: str, width: float, input: Size) -> str:
    """The name of a width and an input: none is said where both are the paper's first."""
    key = width_and_size(width, input)
    return start if key == "1.0_224" else f"{start}_{key}"


def mobilenet_v1(
    classes: int = 1000, channels: int = 3, input: Size = 224, width: float = 1.0
) -> Net:
    """MobileNet (2017): 13 depthwise separable convolutions, any width and input."""
    check_width(width, PAPERS)
    name = name_of("mobilenet_v1", width, input)
    layers = body(separable(width, PAPERS), classes, PAPERS)
    return Net(name, (channels, *pair(input)), classes, layers)


def mobilenet_v1_conv(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """MobileNet with full 3x3 convolutions (2017, table 4): eight times the multiply-adds."""
    layers = body(full(separable(1.0, PAPERS)), classes, PAPERS)
    return Net("mobilenet_v1_conv", (channels, *pair(input)), classes, layers)


def mobilenet_v1_shallow(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
    """MobileNet without its five layers on 14x14x512 (2017, table 5), which thinning beats."""
    left_out = tuple(f"{wise}{n}" for wise in ("dw", "pw") for n in range(7, 12))
    layers = body(separable(1.0, PAPERS, left_out), classes, PAPERS)
    return Net("mobilenet_v1_shallow", (channels, *pair(input)), classes, layers)


def entry_of(network: Callable[..., Net], words: str, width: float, input: Size) -> Entry:
    """The entry of mobilenet_v1_0.5_160 and its kind: a network at this width and input."""

    def make(classes: int = 1000, channels: int = 3, input: Size = input) -> Net:
        return network(classes, channels, input, width)

    size = width_and_size(width, input).split("_")[1]
    make.__doc__ = f"{words} of width {width} for input {size}."
    return Entry(name_of(network.__name__, width, input), make, PAPER.year)


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
    return None if found is None else entry_of(mobilenet_v1, "MobileNet (2017)", *found)


NETWORKS = (
    Entry("mobilenet_v1", mobilenet_v1, PAPER.year, ("mobilenet_v1_1.0_224",)),
    *(
        entry_of(mobilenet_v1, "MobileNet (2017)", width, side)
        for width in WIDTHS
        for side in SIDES
        if (width, side) != (1.0, 224)
    ),
    Entry("mobilenet_v1_conv", mobilenet_v1_conv, PAPER.year),
    Entry("mobilenet_v1_shallow", mobilenet_v1_shallow, PAPER.year),
)
