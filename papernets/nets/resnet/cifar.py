"""ResNets for CIFAR-10: 6n + 2 layers of 3x3 convolutions, up to 1,202 of them.

Shortcuts without parameters (option A) make these networks and their plain twins exactly alike in
size. The plain ones get worse with depth, the residual ones better, up to 110 layers; 1,202 layers
train as well, but fit 50,000 pictures too closely.
"""

from __future__ import annotations

import re

from ...said import Departure, table
from ...said.legacy import Fact
from ...spec import Conv, Net, chain, pair
from ..entry import Entry
from ..printed import as_printed
from . import (
    INIT,
    NORM,
    NOT_PRINTED,
    PAPER,
    SHORTCUTS,
    YEAR,
    Form,
    Size,
    Stage,
    blocks,
    check_shortcut,
    depth_fact,
    end,
)

# Section 4.2, the table in the text: of the 1 + 2n layers the one is the first convolution.
SECTION_4_2 = table("""
output-map-size  32x32  16x16  8x8
layers           1+2n   2n     2n
filters          16     32     64
""")

# Table 6: error on CIFAR-10; five runs of 110 layers: best, mean and deviation.
TABLE_6 = table("""
layers  params  error
20      0.27M   8.75
32      0.46M   7.51
44      0.66M   7.17
56      0.85M   6.97
110     1.7M    6.43
1202    19.4M   7.93
""")
TEST = "CIFAR-10 test"
FIVE = Fact("error", 0.0661, "table 6", conditions=f"{TEST}, mean of five runs, deviation 0.16")
HIGHER = Fact("error", 0.60, "figure 6", conditions=f"{TEST}: higher than this, and not shown")
DEPTHS = tuple(int(row["layers"]) for row in TABLE_6)
PLAIN = DEPTHS[:-1]  # figure 6 has no plain twin of 1,202 layers
ZEROS = {"behind": "the input's channels come first", "around": "half of the zeros come first"}


def stages(blocks: int) -> tuple[Stage, ...]:
    """The stages of section 4.2 for n blocks of two convolutions each."""
    rows = {row["output-map-size"]: row for row in SECTION_4_2}
    return tuple(
        Stage(f"stage{at + 1}", ((3, int(rows["filters"][size])),) * 2, blocks)
        for at, size in enumerate(SECTION_4_2.columns[1:])
    )


def sizes(depth: int, plain: bool) -> tuple[Fact, ...]:
    """The sizes of the maps that section 4.2 prints, at the end of each stage."""
    facts = []
    for stage, printed in zip(stages(depth // 6), SECTION_4_2.columns[1:], strict=True):
        height, width = (int(n) for n in printed.split("x"))
        row = f"{stage.name}_{stage.blocks}" + (".conv2" if plain else "")
        facts.append(Fact(f"{row}.out", (stage.maps, height, width), "section 4.2"))
    return tuple(facts)


def resnet(
    depth: int, shape: tuple[int, int, int], classes: int, option: str, zeros: str = "behind"
) -> Net:
    """A network of 6n + 2 layers with shortcuts of this option; plain where it is empty."""
    if not isinstance(zeros, str) or zeros not in ZEROS:
        known = ", ".join(f"{name} ({words})" for name, words in ZEROS.items())
        raise ValueError(f"zeros {zeros!r}: there is {known}")
    made = stages(depth // 6)
    stem = Conv(made[0].maps, 3, padding=1, bias=False, norm=NORM, activation="relu")
    form = Form(option, around=zeros == "around")
    body = chain({"conv1": stem, **blocks(made, stem.out, form), **end(classes)})
    kind = "resnet" if option else "plain"
    name = f"{kind}{depth}{f'_{option}' if option in ('B', 'C') else ''}"
    facts = [*sizes(depth, plain=not option), depth_fact(depth, body, "section 4.2: 6n + 2")]
    for row in TABLE_6:
        if option == "A" and row["layers"] == str(depth):
            params = float(row["params"].removesuffix("M")) * 1e6
            facts += [
                Fact("params", round(params), "table 6", about=True),
                Fact("error", round(float(row["error"]) / 100, 6), "table 6", conditions=TEST),
            ]
    if depth == 110:
        facts += [FIVE] if option == "A" else [HIGHER] if not option else []
    around = Departure(
        "half of the shortcuts' zeros stand before the input's channels",
        "akamaster/pytorch_resnet_cifar10, resnet.py, option A",
    )
    words = f", option {option}: {SHORTCUTS[option]}" if option in ("B", "C") else ""
    printed = as_printed(classes, shape[0], shape[1:], 32, colours=3)
    return Net(
        name=name,
        ledger_name=f"cifar_{name}" if option in ("A", "") else "",
        title=f"{'ResNet' if option else 'plain'}-{depth} for CIFAR-10{words}",
        paper=PAPER,
        input=shape,
        classes=classes,
        body=body,
        init=INIT,
        facts=tuple(facts) if printed else (),
        departures=(NOT_PRINTED, *([around] if form.around else [])),
    )


def _residual(depth: int) -> Entry:
    """The entry of resnet20 and its kind."""

    def make(
        classes: int = 10,
        channels: int = 3,
        input: Size = 32,
        shortcut: str = "A",
        zeros: str = "behind",
    ) -> Net:
        return resnet(depth, (channels, *pair(input)), classes, check_shortcut(shortcut), zeros)

    make.__doc__ = f"ResNet-{depth} for CIFAR-10 (2015): shortcuts without parameters (option A)."
    name = f"resnet{depth}"
    return Entry(name, make, YEAR, (f"cifar_{name}", f"{name}_A", f"cifar_{name}_A"))


def _plain(depth: int) -> Entry:
    """The entry of plain20 and its kind."""

    def make(classes: int = 10, channels: int = 3, input: Size = 32) -> Net:
        return resnet(depth, (channels, *pair(input)), classes, option="")

    make.__doc__ = f"The plain network of {depth} layers for CIFAR-10 (2015), without shortcuts."
    return Entry(f"plain{depth}", make, YEAR, (f"cifar_plain{depth}",))


def named(name: str) -> Entry | None:
    """The entry of resnet<depth>_<B or C>, for any depth of table 6; None for other names."""
    depths = "|".join(map(str, DEPTHS))
    found = re.fullmatch(rf"(?:cifar_?)?resnet_?({depths})_?([bc])", name)
    if found is None:
        return None
    depth, option = int(found[1]), found[2].upper()

    def make(classes: int = 10, channels: int = 3, input: Size = 32) -> Net:
        return resnet(depth, (channels, *pair(input)), classes, option)

    make.__doc__ = f"ResNet-{depth} for CIFAR-10 (2015) with shortcuts of option {option}."
    return Entry(f"resnet{depth}_{option}", make, YEAR)


NETWORKS = (*(_plain(depth) for depth in PLAIN), *(_residual(depth) for depth in DEPTHS))
