"""Notes 001: LeNet, AlexNet, VGG, ResNet and Inception, with tables, summaries and code."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence

from ...said import NOTES, Page, Value
from ...spec import Conv, Flatten, Net, Row, TableConv, chain, totals, walk
from ..vgg.vgg16_claims import stack
from . import n001_numbers as text
from . import n001_tables as printed
from . import n001_vgg as later
from .judge import Judge, of_net, walked
from .read import Grid, asides, numbers


def block(rows: Mapping[str, Row], stage: str) -> str:
    """A stage of a ResNet as its table draws it: the convolutions of a block, and how many."""
    blocks = sorted({name.split(".")[0] for name in rows if name.startswith(f"{stage}_")})
    convs = [
        f"{row.kernel[0]}x{row.kernel[1]}, {row.out[0]}"
        for name, row in rows.items()
        if name.startswith(f"{blocks[0]}.conv") and row.kernel
    ]
    return f"[{'; '.join(convs)}] x {len(blocks)}"


def drawn() -> dict[str, str]:
    """What the table of ResNets draws in words, as our rows have it."""
    rows = walked("resnet50")[1]
    conv1, pool1, classes = rows["conv1"], rows["pool1"], rows["fc"].out[0]
    assert conv1.kernel and conv1.stride and pool1.kernel and pool1.stride
    window = "{0}x{1}".format
    return {
        f"{net}: {stage}_x": block(walked(net)[1], stage)
        for net in ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")
        for stage in ("conv2", "conv3", "conv4", "conv5")
    } | {
        "resnet50: conv1, as drawn": f"{window(*conv1.kernel)}, {conv1.out[0]}, "
        f"stride {conv1.stride[0]}",
        "resnet50: pool1, as drawn": f"{window(*pool1.kernel)} max pool, stride {pool1.stride[0]}",
        "resnet50: end, as drawn": f"average pool, {classes}-d fc, softmax",
    }


def shares() -> dict[str, Value]:
    """How AlexNet's parameters and operations are divided, as one tower."""
    rows = walked("alexnet_single")[1].values()
    conv, dense = ([row for row in rows if row.kind == kind] for kind in ("conv", "dense"))
    params = [sum(row.params for row in kind) for kind in (conv, dense)]
    operations = [sum(row.connections for row in conv), sum(row.macs for row in dense)]
    return {
        "share of parameters in convolutions": params[0] / sum(params),
        "share of parameters in dense layers": params[1] / sum(params),
        "share of operations in convolutions": operations[0] / sum(operations),
        "share of operations in dense layers": operations[1] / sum(operations),
    }


def lenet() -> dict[str, Value]:
    """What is said of LeNet-5's table of connections, and of its subsampling."""
    rows = walked("lenet5")[1]
    table, subsample = rows["C3"].layer, rows["S2"]
    assert isinstance(table, TableConv) and subsample.kernel
    sees = [len(maps) for maps in table.table]
    ring = [seen for seen in table.table if len(seen) == 4 and not neighbours(seen)]
    return {
        "first maps of C3, which see three": sees.count(3),
        "maps of S2 that these see": sees[0],
        "next maps of C3, which see four": sees.count(4) - len(ring),
        "maps of S2 that those see": sees[6],
        "further maps of C3, which see four that are no neighbours": len(ring),
        "inputs of a unit": math.prod(subsample.kernel),
        "share of a map that is left": math.prod(subsample.out[1:])
        / math.prod(subsample.input[1:]),
    }


def neighbours(seen: Sequence[int]) -> bool:
    """True where four of six maps stand side by side on a ring."""
    return any({(first + n) % 6 for n in range(4)} == set(seen) for first in range(6))


def vgg() -> dict[str, Value]:
    """How many convolutions and poolings VGG's blocks have."""
    most = [convolutions(name) for name in ("vgg13", "vgg16_conv1", "vgg16", "vgg19")]
    sixteen = convolutions("vgg16")
    names = walked("vgg16")[1]
    found: dict[str, Value] = {
        f"vgg16: convolutions of block {at}": n for at, n in enumerate(sixteen, 1)
    }
    return found | {
        "fewest convolutions of a block, VGG-11 left out": min(map(min, most)),
        "most convolutions of a block": max(map(max, most)),
        "poolings of a block": sum(name.startswith("pool") for name in names) // len(sixteen),
    }


def convolutions(name: str) -> list[int]:
    """How many convolutions stand before each pooling."""
    kinds = [row.kind for row in walked(name)[1].values() if row.kind in ("conv", "max pool")]
    return [part.count("conv") for part in " ".join(kinds).split("max pool")[:-1]]


def resnet() -> dict[str, Value]:
    """What is said of ResNet-50's build."""
    rows = walked("resnet50")[1]
    deepest = walked("resnet1202")
    layers = of_net(deepest[0].member, deepest[1], "layers with weights")
    assert layers is not None
    stages = {name.split("_")[0].split(".")[0] for name in rows if name.startswith("conv")}
    first = walked("resnet50_notes_keras")[1]["conv1"]
    assert isinstance(first.padding, tuple)
    sides = zip(first.input[1:], first.padding, strict=True)
    height, width = (side + 2 * zeros for side, zeros in sides)
    return {
        "stages": len(stages),
        "layers of the deepest ResNet for CIFAR-10": layers,
        "convolutions of a block": sum(name.startswith("conv2_2.conv") for name in rows),
        "input, padded for conv1": (first.input[0], height, width),
    }


def inception() -> dict[str, Value]:
    """How often each module stands in Inception v2."""
    joins = [name for name, row in walked("inception_v2_5b")[1].items() if row.kind == "concat"]
    return {
        f"modules of figure {figure}": sum(name[:-1] == f"inception_{kind}" for name in joins)
        for figure, kind in ((5, "a"), (6, "b"), (7, "c"))
    }


def small_windows() -> dict[str, Value]:
    """What 3x3 windows, and 1x3 after 3x1, see and save."""
    factorised = chain({"across": Conv(1, (1, 7)), "down": Conv(1, (7, 1))})
    seven = walk(Net("factorised", (1, 9, 9), 1, factorised))[-1].receptive_field
    assert seven
    asymmetric = Conv(1, (1, 3), bias=False).params((1, 9, 9)) * 2
    (_, nine), (_, five) = stack(1, 3), stack(1, 5)
    return {
        "sides that 1x7 and 7x1 see": seven,
        "sides that two 3x3 see": (stack(2, 3)[0],) * 2,
        "sides that three 3x3 see": (stack(3, 3)[0],) * 2,
        "per cent that 1x3 and 3x1 save on 3x3": round(100 * (1 - asymmetric / nine)),
        "weights of 5x5 over those of 3x3": five / nine,
    }


def training() -> dict[str, Value]:
    """Steps, seconds and shares of MNIST's 60,000 and 10,000 pictures."""
    alone = Net("input", (1, 28, 28), 0, chain({"flatten": Flatten()}))
    (right,) = struct.unpack("f", struct.pack("f", 9737 / 10_000))
    return {
        "steps of 128 in an epoch of 60,000": math.ceil(60_000 / 128),
        "steps of 32 in 10,000 test pictures": math.ceil(10_000 / 32),
        "seconds of 469 steps of 46 ms": math.ceil(60_000 / 128) * 46 / 1000,
        "seconds of 313 steps of 7 ms": math.ceil(10_000 / 32) * 7 / 1000,
        "9737 of 10,000 in single precision": right,
        "parameters of an activation": Conv(1, 1, activation="relu").params((1, 1, 1))
        - Conv(1, 1).params((1, 1, 1)),
        "parameters of the input layer": totals(walk(alone)).params,
    }


def page() -> Page:
    """What notes 001 print, cell by cell."""
    judge = Judge(
        NOTES[1],
        lenet()
        | vgg()
        | resnet()
        | inception()
        | shares()
        | drawn()
        | small_windows()
        | training(),
    )
    summary = ("layer (type)", "output shape", "param #"), ("word", "out", "params")
    layers = ("layer", "feature map", "maps", "size", "kernel size", "stride", "activation")
    of_page = (
        ("Layer", "Layer", "Feature Map", "Size", "Kernel Size", "Stride", "Activation"),
        ("place, pooling counted", "word", "maps", "side", "kernel", "stride", "word"),
    )
    whole = "the pooling's stride stands a column too far to the right; it has no zeros"
    blocks = (
        Grid("LeNet-5", "lenet5", layers, of_page[1], printed.LENET),
        numbers("LeNet-5, layer by layer", text.LENET, judge),
        Grid("LeNet-5 in Keras, its summary", "lenet5_keras_28", *summary, printed.KERAS_LENET),
        numbers("AlexNet, the text", text.ALEXNET, judge),
        Grid(
            "AlexNet",
            "alexnet_single",
            ("size / operation", "filter", "depth", "stride", "padding", "parameters", "forward"),
            ("word", "kernel", "maps", "stride", "padding", "params", "word"),
            printed.ALEXNET,
            {
                r"pool\d\.padding": whole,
                r"fc\d\.params": "the biases are left out, which the same table counts in the "
                "convolutions",
            },
        ),
        Grid(
            "AlexNet, overall",
            "alexnet_single",
            ("", "parameters", "", "forward computation", ""),
            ("word", "params", "params", "macs", "macs"),
            printed.OVERALL,
        ),
        Grid("AlexNet in Keras, its summary", "alexnet_keras_bn", *summary, printed.KERAS_ALEXNET),
        numbers("VGG16, the text", later.VGG, judge),
        Grid(
            "VGG16",
            "vgg16",
            ("layer", "feature map", "", "size", "kernel size", "stride"),
            ("place", "word", "maps", "out", "kernel", "stride"),
            printed.VGG,
            {
                r"pool\d\.kernel": "2x2 at stride 2, as the text under it says",
                "channels of the input": "the size beside it has three",
                r"fc6\.place": "25,088 is the flattened input of fc6, no layer; and block 3 has "
                "three convolutions",
                r"conv\d_1\.place": "block 3 has three convolutions, so one more before it",
            },
        ),
        Grid("VGG16 in Keras, its summary", "vgg16_keras_2class", *summary, printed.KERAS_VGG),
        numbers("ResNet, the text", later.RESNET, judge),
        Grid(
            "ResNet, different variants",
            "resnet34",
            ("layer", "output", "18-layer", "34-layer", "50-layer", "101-layer", "152-layer"),
            ("word", "side", "block", "block", "block", "block", "block"),
            printed.RESNETS,
        ),
        Grid(
            "ILSVRC, top-5 error on the test set",
            "",
            ("method", "top-5 err. (test)"),
            ("word", "error"),
            printed.ILSVRC,
            {
                "954": "paper: 7.3 %, seven networks (VGG, table 7); 7.32 in table 5 of ResNet's",
                "955": "paper: 6.67 %, seven networks (GoogLeNet, table 2); 6.66 in table 5 of "
                "ResNet's",
                "956": "paper: 6.8 %, two networks (VGG, table 7, after the submission)",
                "957": "paper: 4.94 %, six networks (He et al. 2015, Delving Deep, abstract)",
                "958": "paper: 4.82 %, six networks (Ioffe and Szegedy 2015, section 4.2.3)",
                "959": "paper: 3.57 %, six networks (ResNet, table 5)",
            },
        ),
        Grid(
            "ResNet-50 in Keras, its summary",
            "resnet50_notes_keras",
            *summary,
            printed.KERAS_RESNET,
        ),
        numbers("Inception, the text", later.INCEPTION, judge),
        Grid(
            "Inception v2",
            "inception_v2_5b",
            ("type", "patch size / stride or remarks", "input size"),
            ("word", "word", "input"),
            printed.INCEPTION_V2,
        ),
    )
    read = (block.read(judge) if isinstance(block, Grid) else block for block in blocks)
    return Page(NOTES[1], tuple(read), asides(text.ASIDES), CODE)


CODE = (
    *((211, 217), (221, 227), (231, 240), (246, 269), (275, 291), (295, 297), (299, 299)),
    *((317, 320), (326, 328), (333, 337), (460, 469), (473, 533), (535, 537), (541, 544)),
    *((688, 697), (701, 730), (734, 737), (740, 740), (965, 978), (982, 1005), (1009, 1036)),
    *((1040, 1077), (1081, 1083), (1087, 1093), (1097, 1099), (1103, 1105)),
)
"""Lines of code, whose networks are checked as networks: lenet5_keras_28, alexnet_keras_bn,
vgg16_keras_2class, resnet50_notes_keras."""
