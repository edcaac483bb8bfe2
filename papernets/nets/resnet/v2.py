"""Pre-activation ResNets: normalisation and ReLU move before each convolution.

Then nothing stands on the way of the shortcuts, a signal goes through all units unchanged, and
1,001 layers train easily and better than 164. The test error on CIFAR-10 falls with depth, where
that of the first ResNets rose.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial

from ...said import Paper
from ...spec import BatchNorm, Chain, Conv, Identity, Layer, Norm, Pad, Part, Pool, add, chain
from ..entry import Entry
from . import BOTTLENECKS, DEPTHS, NORM, Convs, Stage, Variant, end, entry, shortcut
from . import stages as table_1
from .cifar import CIFAR
from .cifar import stages as section_4_2
from .peers import KERAS

PAPER = Paper(
    "Identity Mappings in Deep Residual Networks",
    "He, Zhang, Ren, Sun",
    2016,
    "ECCV, arXiv 1603.05027",
    given="Kaiming, Xiangyu, Shaoqing, Jian",
)

CIFAR_DEPTHS = (110, 164, 1001)  # table 3


def residual(convs: Convs, stride: int, variant: Variant) -> dict[str, Part]:
    """The convolutions of a unit; normalisation and ReLU follow all but the last."""
    parts: dict[str, Part] = {}
    for at, (kernel, maps) in enumerate(convs):
        last = at == len(convs) - 1
        parts[f"conv{at + 1}"] = Conv(
            maps,
            kernel,
            stride=stride if at == variant.strided else 1,
            padding=kernel // 2,
            bias=variant.bias and last,
            norm=None if last else variant.norm,
            activation=None if last else "relu",
        )
    return parts


@lru_cache(maxsize=64)  # a stage repeats it, up to 111 times
def unit(convs: Convs, stride: int, variant: Variant, way: Layer, split_after: bool) -> Part:
    """A residual unit (figure 4 (e)); its shortcut starts before the first activation or after."""
    before = BatchNorm(variant.norm, "relu")
    layers = residual(convs, stride, variant)
    if split_after:
        return chain({"bn1": before, "": add({"": chain(layers), "shortcut": way})})
    return add({"": chain({"bn1": before, **layers}), "shortcut": way})


def units(
    stages: tuple[Stage, ...], channels: int, variant: Variant, split: bool
) -> dict[str, Part]:
    """All units of all stages; projections start after the activation, and where `split` the first.

    Appendix: projection shortcuts are also with pre-activation; for the first unit the activation
    is before splitting into two paths.
    """
    parts: dict[str, Part] = {}
    for stage in stages:
        for at in range(stage.blocks):
            stride = 2 if at == 0 and stage != stages[0] else 1
            way = shortcut(channels, stage.maps, stride, variant)
            if isinstance(way, Conv):
                way = replace(way, norm=None)  # the next unit's comes after the addition
            after = isinstance(way, Conv) or (split and not parts)
            parts[f"{stage.name}_{at + 1}"] = unit(stage.convs, stride, variant, way, after)
            channels = stage.maps
    return parts


def keras_units(stages: tuple[Stage, ...], variant: Variant) -> dict[str, Part]:
    """Keras's units: a stage projects in its first and strides in its last, but for the last stage.

    The shortcut of a unit with a stride takes every second value.
    """
    parts: dict[str, Part] = {}
    for stage in stages:
        for at in range(stage.blocks):
            stride = 2 if at == stage.blocks - 1 and stage != stages[-1] else 1
            way: Layer = Identity() if stride == 1 else Pool("max", 1, 2)
            way = Conv(stage.maps, 1) if at == 0 else way
            parts[f"{stage.name}_{at + 1}"] = unit(stage.convs, stride, variant, way, at == 0)
    return parts


def imagenet_stages(depth: int) -> tuple[Stage, ...]:
    """Table 1 of the first paper; 200 layers are 152 with 16 more units at 28x28 (appendix)."""
    if depth != 200:
        return table_1(depth)
    return tuple(
        replace(stage, blocks=stage.blocks + 16) if stage.name == "conv3" else stage
        for stage in table_1(152)
    )


def cifar_stages(depth: int) -> tuple[Stage, ...]:
    """Section 4.2 of the first paper; 9n + 2 layers have a bottleneck for each pair of 3x3.

    Appendix: a unit of [3x3, 16; 3x3, 16] becomes [1x1, 16; 3x3, 16; 1x1, 64].
    """
    if depth == 110:
        return section_4_2(depth // 6)
    return tuple(
        replace(stage, convs=((1, stage.maps), (3, stage.maps), (1, 4 * stage.maps)))
        for stage in section_4_2(depth // 9)
    )


def last(classes: int, norm: Norm) -> dict[str, Part]:
    """The extra activation after the last unit (appendix), then the classifier."""
    return {"bn_last": BatchNorm(norm, "relu"), **end(classes)}


def imagenet_body(depth: int, classes: int) -> Chain:
    """Units on table 1's sizes; the stride of a bottleneck is on the 3x3."""
    stages = imagenet_stages(depth)
    variant = Variant(strided=1 if len(stages[0].convs) == 3 else 0)
    parts: dict[str, Part] = {"conv1": Conv(64, 7, 2, padding=3, bias=False)}
    parts["pool1"] = Pool("max", 3, 2, padding=1)
    return chain({**parts, **units(stages, 64, variant, split=False), **last(classes, NORM)})


def keras_body(depth: int, classes: int) -> Chain:
    """Keras's units between its padding and its end."""
    variant = replace(KERAS, strided=1)
    parts: dict[str, Part] = {"conv1": Conv(64, 7, 2, padding=3)}
    parts |= {"pool1_pad": Pad(1), "pool1": Pool("max", 3, 2)}
    parts |= keras_units(table_1(depth), variant)
    return chain({**parts, **last(classes, variant.norm)})


def cifar_body(depth: int, classes: int) -> Chain:
    """Units on section 4.2's sizes; those of two 3x3 have shortcuts of option A."""
    stem = Conv(16, 3, padding=1, bias=False)
    variant = Variant("A" if depth == 110 else "B")
    parts = units(cifar_stages(depth), stem.out, variant, split=True)
    return chain({"conv1": stem, **parts, **last(classes, NORM)})


def _imagenet(depth: int) -> Entry:
    """The entry of resnet50_v2 and its kind."""
    title = f"ResNet-{depth} v2 (2016): normalisation and ReLU before each convolution."
    name = f"resnet{depth}_v2"
    name, alias = ("resnet200", name) if depth == 200 else (name, f"{name}_timm")
    return entry(name, title, partial(imagenet_body, depth), (alias,), PAPER.year)


def _keras(depth: int) -> Entry:
    """The entry of resnet50_v2_keras and its kind."""
    title = f"ResNet-{depth} v2 of Keras: strides at the end of a stage, some biases."
    return entry(f"resnet{depth}_v2_keras", title, partial(keras_body, depth), (), PAPER.year)


def _cifar(depth: int) -> Entry:
    """The entry of resnet164 and its kind; resnet110 is the first paper's."""
    title = f"ResNet-{depth} v2 for CIFAR-10 (2016): activation before each convolution."
    name = "resnet110_v2" if depth == 110 else f"resnet{depth}"
    aliases = tuple(sorted({f"resnet{depth}_v2", f"cifar_resnet{depth}_v2"} - {name}))
    return entry(name, title, partial(cifar_body, depth), aliases, PAPER.year, CIFAR)


NETWORKS = (
    *(_imagenet(depth) for depth in (*DEPTHS, 200)),
    *(_keras(depth) for depth in BOTTLENECKS),
    *(_cifar(depth) for depth in CIFAR_DEPTHS),
)
