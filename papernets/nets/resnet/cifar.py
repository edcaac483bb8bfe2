"""ResNets for CIFAR-10: 6n + 2 layers of 3x3 convolutions, up to 1,202 of them.

Shortcuts without parameters (option A) make these networks and their plain twins exactly alike in
size. The plain ones get worse with depth, the residual ones better, up to 110 layers; 1,202 layers
train as well, but fit 50,000 pictures too closely.
"""

from __future__ import annotations

import re
from functools import partial

from ...said import Printed, table
from ...spec import Chain, Conv, Net, chain, pair
from ...words import brief
from ..entry import Entry, Size
from . import NORM, PLAIN, YEAR, Stage, Variant, blocks, check_shortcut, end, entry

# Section 4.2, the table in the text: of the 1 + 2n layers the one is the first convolution.
SECTION_4_2 = table("""
output-map-size  32x32  16x16  8x8
layers           1+2n   2n     2n
filters          16     32     64
""")
DEPTHS = (20, 32, 44, 56, 110, 1202)  # table 6
PLAIN_DEPTHS = DEPTHS[:-1]  # figure 6 has no plain twin of 1,202 layers
ZEROS = {"behind": "the input's channels come first", "around": "half of the zeros come first"}
CIFAR = Printed((3, 32, 32), 10)


def stages(blocks: int) -> tuple[Stage, ...]:
    """The stages of section 4.2 for n blocks of two convolutions each."""
    rows = {row["output-map-size"]: row for row in SECTION_4_2}
    return tuple(
        Stage(f"stage{at + 1}", ((3, int(rows["filters"][size])),) * 2, blocks)
        for at, size in enumerate(SECTION_4_2.columns[1:])
    )


def body(depth: int, variant: Variant, classes: int) -> Chain:
    """A network of 6n + 2 layers."""
    three = stages(depth // 6)
    stem = Conv(three[0].maps, 3, padding=1, bias=False, norm=NORM, activation="relu")
    return chain({"conv1": stem, **blocks(three, stem.out, variant), **end(classes)})


def _residual(depth: int) -> Entry:
    """The entry of resnet20 and its kind."""
    name = f"resnet{depth}"

    def make(
        classes: int = 10,
        channels: int = 3,
        input: Size = 32,
        shortcut: str = "A",
        zeros: str = "behind",
    ) -> Net:
        option = check_shortcut(shortcut)
        if not isinstance(zeros, str) or zeros not in ZEROS:
            known = ", ".join(f"{name} ({words})" for name, words in ZEROS.items())
            raise ValueError(f"zeros {brief(zeros)}: there is {known}")
        layers = body(depth, Variant(option, around=zeros == "around"), classes)
        own = name if option == "A" else f"{name}_{option}"
        return Net(own, (channels, *pair(input)), classes, layers)

    make.__doc__ = f"ResNet-{depth} for CIFAR-10 (2015): shortcuts without parameters (option A)."
    return Entry(name, make, YEAR, (f"cifar_{name}", f"{name}_A", f"cifar_{name}_A"))


def _plain(depth: int) -> Entry:
    """The entry of plain20 and its kind."""
    title = f"The plain network of {depth} layers for CIFAR-10 (2015), without shortcuts."
    layers, aliases = partial(body, depth, PLAIN), (f"cifar_plain{depth}",)
    return entry(f"plain{depth}", title, layers, aliases, printed=CIFAR)


def named(name: str) -> Entry | None:
    """The entry of resnet<depth>_<B or C>, for any depth of table 6; None for other names."""
    found = re.fullmatch(rf"(?:cifar_?)?resnet_?({'|'.join(map(str, DEPTHS))})_?([bc])", name)
    if found is None:
        return None
    depth, option = int(found[1]), found[2].upper()
    title = f"ResNet-{depth} for CIFAR-10 (2015) with shortcuts of option {option}."
    layers = partial(body, depth, Variant(option))
    return entry(f"resnet{depth}_{option}", title, layers, printed=CIFAR)


NETWORKS = (*(_plain(depth) for depth in PLAIN_DEPTHS), *(_residual(depth) for depth in DEPTHS))
