"""Notes 000: the text of LeNet, AlexNet, VGG and Inception; its tables are pictures."""

from __future__ import annotations

from ...said import NOTES, Page, Value
from ...spec import LRN, Conv, Net, chain, walk
from ..vgg.vgg16_claims import stack
from . import n000_numbers as text
from . import n000_vgg as later
from .judge import COUNTED, Judge, walked
from .n001 import convolutions, small_windows
from .read import asides, numbers


def lenet() -> dict[str, Value]:
    """Counts of LeNet-5's layers, and its bitmaps."""
    rows = walked("lenet5")[1]
    kinds = [row.kind for row in rows.values() if isinstance(row.layer, COUNTED)]
    width = rows["F6"].out[0] // 12
    return {
        "convolutions of any kind": sum("conv" in kind for kind in kinds),
        "subsamplings": sum("subsampl" in kind for kind in kinds),
        "sides of a bitmap that 84 weights fill": (width, rows["F6"].out[0] // width),
    }


def alexnet() -> dict[str, Value]:
    """Its towers, its normalisation, and how many pictures its crops make."""
    rows = walked("alexnet")[1]
    layer, colours = rows["norm1"].layer, rows["conv1"].input[0]
    assert isinstance(layer, LRN)
    corners = 2 * 2
    return {
        "groups of conv2: GPUs": rows["conv2"].groups,
        "maps that a normalisation sees": layer.size,
        "sides of the colours' covariance": (colours, colours),
        "corners of a rectangle": corners,
        "crops: four corners and the centre": corners + 1,
        "5 crops, and mirrored": 2 * (corners + 1),
    }


def vgg() -> dict[str, Value]:
    """Its blocks, and what small windows leave of 224x224."""
    blocks = convolutions("vgg16")
    found: dict[str, Value] = {
        f"vgg16: convolutions of block {at}": n for at, n in enumerate(blocks, 1)
    }
    return found | {
        "blocks of two convolutions": blocks.count(2),
        "blocks of three convolutions": blocks.count(3),
        "sides after three 3x3 on 224": left(3, 3),
        "sides after one 7x7 on 224": left(1, 7),
        "sides that two 3x3 see": (stack(2, 3)[0],) * 2,
    }


def left(times: int, kernel: int) -> tuple[int, int]:
    """The sides of 224x224 after convolutions without padding."""
    convolutions = {f"conv{n}": Conv(1, kernel) for n in range(times)}
    return walk(Net("left", (1, 224, 224), 1, chain(convolutions)))[-1].out[1:]


def inception() -> dict[str, Value]:
    """What 1x1 filters leave, and the windows of the naive module."""
    rows = walked("inception_naive_3a")[1].values()
    return {
        "maps of 20 1x1 filters": Conv(20, 1).shape((100, 64, 64))[0],
        "size of 64x64x100 under 20 1x1 filters": Conv(20, 1).shape((100, 64, 64)),
        "sizes of windows of convolutions": len({row.kernel for row in rows if row.kind == "conv"}),
        "weight of a head's loss": walked("googlenet_aux")[0].member.aux_weights[0],
    }


def page() -> Page:
    """What notes 000 print, number by number."""
    judge = Judge(NOTES[0], lenet() | alexnet() | vgg() | small_windows() | inception())
    blocks = (
        ("LeNet, the text", text.LENET),
        ("AlexNet, the text", text.ALEXNET),
        ("VGG, the text", later.VGG),
        ("VGG-16: calculations of each layer's output", later.CALCULATED),
        ("VGG: differences and errors", later.RESULTS),
        ("Inception, the text", later.INCEPTION),
    )
    read = (numbers(heading, several, judge) for heading, several in blocks)
    return Page(NOTES[0], tuple(read), asides(text.ASIDES))
