"""Pre-activation ResNets: normalisation and ReLU move before each convolution.

Then nothing stands on the way of the shortcuts, a signal goes through all units unchanged, and
1,001 layers train easily and better than 164. The test error on CIFAR-10 falls with depth, where
that of the first ResNets rose.
"""

from __future__ import annotations

from dataclasses import replace

from ...said import Departure, Paper, table
from ...said.legacy import Erratum, Fact
from ...spec import BatchNorm, Conv, Identity, Layer, Net, Norm, Pad, Part, Pool, add, chain, pair
from ..entry import Entry
from ..printed import as_printed, errors
from . import INIT, NORM, NOT_PRINTED, Convs, Form, Size, Stage, depth_fact, end, shortcut
from . import stages as table_1
from .cifar import stages as section_4_2
from .peers import GLOROT, KERAS_NORM

PAPER = Paper(
    "Identity Mappings in Deep Residual Networks",
    "He, Zhang, Ren, Sun",
    2016,
    "ECCV, arXiv 1603.05027",
)

# Table 3: error on CIFAR-10 and CIFAR-100, median of five runs, first with ReLU after addition,
# then with the unit of figure 4 (e); the parameters are table 4's.
TABLE_3 = table("""
network  params  original  pre-activation  original-100  pre-activation-100
110      1.7M    6.61      6.37            .             .
164      1.7M    5.93      5.46            25.16         24.33
1001     10.2M   7.61      4.92            27.82         22.71
""")
# Table 5: ImageNet, top-1/top-5, centre crop of 320, scale augmentation (last row: and aspect).
TABLE_5 = table("""
network  original  pre-activation
152      21.3/5.5  21.1/5.5
200      21.8/6.0  20.7/5.3
200      .         20.1/4.8
""")
CROP = "ILSVRC-2012 validation, centre crop of 320"
# 1,001 layers have 149,216 scales and shifts of normalisation; without them they are table 4's.
UNNORMALISED = 10_327_706 - 149_216
# timm 1.0.31, counted: parameters, multiply-adds at 224.
TIMM = {
    18: (11_687_720, 1_814_073_344),
    34: (21_795_880, 3_663_761_408),
    50: (25_549_352, 4_089_184_256),
    101: (44_541_480, 7_801_405_440),
    152: (60_185_128, 11_513_626_624),
}
# keras.applications 3.15.1, counted.
KERAS = {
    50: (25_568_360, 3_482_255_360),
    101: (44_577_896, 7_194_476_544),
    152: (60_236_904, 10_906_697_728),
}
FIRST_UNIT = Departure(
    "normalisation and ReLU before the first unit come after the pooling, as in timm; an identity "
    "around the first unit starts before them",
    "timm/models/resnetv2.py; appendix: right after conv1 and before splitting into two paths",
)
STRIDE = Departure(
    "the stride is on the 3x3 of a bottleneck, not on the first 1x1",
    "timm/models/resnetv2.py, facebook/fb.resnet.torch models/preresnet.lua",
)


def residual(convs: Convs, stride: int, form: Form) -> dict[str, Part]:
    """The convolutions of a unit; normalisation and ReLU follow all but the last."""
    parts: dict[str, Part] = {}
    for at, (kernel, maps) in enumerate(convs):
        last = at == len(convs) - 1
        parts[f"conv{at + 1}"] = Conv(
            maps,
            kernel,
            stride=stride if at == form.strided else 1,
            padding=kernel // 2,
            bias=form.bias and last,
            norm=None if last else form.norm,
            activation=None if last else "relu",
        )
    return parts


def unit(convs: Convs, stride: int, form: Form, way: Layer, split_after: bool) -> Part:
    """A residual unit (figure 4 (e)); its shortcut starts before the first activation or after."""
    before = BatchNorm(form.norm, "relu")
    layers = residual(convs, stride, form)
    if split_after:
        return chain({"bn1": before, "": add({"": chain(layers), "shortcut": way})})
    return add({"": chain({"bn1": before, **layers}), "shortcut": way})


def units(stages: tuple[Stage, ...], channels: int, form: Form, split: bool) -> dict[str, Part]:
    """All units of all stages; projections start after the activation, and where `split` the first.

    Appendix: projection shortcuts are also with pre-activation; for the first unit the activation
    is before splitting into two paths.
    """
    parts: dict[str, Part] = {}
    for stage in stages:
        for at in range(stage.blocks):
            stride = 2 if at == 0 and stage != stages[0] else 1
            way = shortcut(channels, stage.maps, stride, form)
            if isinstance(way, Conv):
                way = replace(way, norm=None)  # the next unit's comes after the addition
            after = isinstance(way, Conv) or (split and not parts)
            parts[f"{stage.name}_{at + 1}"] = unit(stage.convs, stride, form, way, after)
            channels = stage.maps
    return parts


def keras_units(stages: tuple[Stage, ...], form: Form) -> dict[str, Part]:
    """Keras's units: a stage projects in its first and strides in its last, but for the last stage.

    The shortcut of a unit with a stride takes every second value.
    """
    parts: dict[str, Part] = {}
    for stage in stages:
        for at in range(stage.blocks):
            stride = 2 if at == stage.blocks - 1 and stage != stages[-1] else 1
            way: Layer = Identity() if stride == 1 else Pool("max", 1, 2)
            way = Conv(stage.maps, 1) if at == 0 else way
            parts[f"{stage.name}_{at + 1}"] = unit(stage.convs, stride, form, way, at == 0)
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


def _imagenet(depth: int) -> Entry:
    """The entry of resnet50_v2 and its kind."""

    def make(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
        stages = imagenet_stages(depth)
        form = Form("B", strided=1 if len(stages[0].convs) == 3 else 0)
        parts: dict[str, Part] = {"conv1": Conv(64, 7, 2, padding=3, bias=False)}
        parts["pool1"] = Pool("max", 3, 2, padding=1)
        body = chain({**parts, **units(stages, 64, form, split=False), **last(classes, NORM)})
        facts = [depth_fact(depth, body, "table 5" if depth > 101 else "the network's name")]
        for quantity, value in zip(("params", "macs"), TIMM.get(depth, ()), strict=False):
            facts.append(Fact(quantity, value, "timm 1.0.31, counted"))
        for row in TABLE_5:
            if row["network"] == str(depth):
                scale = "scale augmentation" if row["original"] != "." else "scale and aspect too"
                facts += errors(row["pre-activation"], f"{CROP}, {scale}", "table 5")
        printed = as_printed(classes, channels, input, 224, colours=3, of=1000)
        bottleneck = (STRIDE,) if form.strided else ()
        return Net(
            name=f"resnet{depth}" if depth == 200 else f"resnet{depth}_v2",
            ledger_name=f"resnet{depth}_v2",
            title=f"ResNet-{depth} v2, pre-activation",
            paper=PAPER,
            input=(channels, *pair(input)),
            classes=classes,
            body=body,
            init=INIT,
            facts=tuple(facts) if printed else (),
            departures=(FIRST_UNIT, *bottleneck, NOT_PRINTED),
        )

    make.__doc__ = f"ResNet-{depth} v2 (2016): normalisation and ReLU before each convolution."
    if depth == 200:
        return Entry("resnet200", make, PAPER.year, ("resnet200_v2",))
    return Entry(f"resnet{depth}_v2", make, PAPER.year, (f"resnet{depth}_v2_timm",))


def _keras(depth: int) -> Entry:
    """The entry of resnet50_v2_keras and its kind."""

    def make(classes: int = 1000, channels: int = 3, input: Size = 224) -> Net:
        form = Form(strided=1, bias=True, norm=KERAS_NORM)
        parts: dict[str, Part] = {"conv1": Conv(64, 7, 2, padding=3)}
        parts |= {"pool1_pad": Pad(1), "pool1": Pool("max", 3, 2)}
        parts |= keras_units(table_1(depth), form)
        code = "keras/src/applications/resnet.py, residual_block_v2"
        source = "keras.applications 3.15.1, counted"
        counts = zip(("params", "macs"), KERAS[depth], strict=True)
        printed = as_printed(classes, channels, input, 224, colours=3, of=1000)
        return Net(
            name=f"resnet{depth}_v2_keras",
            title=f"ResNet-{depth} v2 of Keras",
            paper=PAPER,
            input=(channels, *pair(input)),
            classes=classes,
            body=chain({**parts, **last(classes, KERAS_NORM)}),
            init=GLOROT,
            facts=tuple(Fact(what, n, source) for what, n in counts) if printed else (),
            departures=(
                Departure("a stage has its stride in its last unit, on the 3x3", code),
                Departure("a shortcut with a stride takes every second value", code),
                Departure("convolutions that no normalisation follows have biases", code),
                Departure("max pooling sees the zeros around the map", code),
                Departure(
                    "normalisation's epsilon is 1.001e-5, and it averages 0.01 a batch", code
                ),
            ),
        )

    make.__doc__ = f"ResNet-{depth} v2 of Keras: strides at the end of a stage, some biases."
    return Entry(f"resnet{depth}_v2_keras", make, PAPER.year)


def _cifar(depth: int) -> Entry:
    """The entry of resnet164 and its kind."""
    name = "resnet110_v2" if depth == 110 else f"resnet{depth}"

    def make(classes: int = 10, channels: int = 3, input: Size = 32) -> Net:
        stages = cifar_stages(depth)
        form = Form("A" if depth == 110 else "B")
        stem = Conv(16, 3, padding=1, bias=False)
        body = chain(
            {"conv1": stem, **units(stages, stem.out, form, split=True), **last(classes, NORM)}
        )
        printed = as_printed(classes, channels, input, 32, colours=3)
        facts, errata = _published(depth)
        return Net(
            name=name,
            ledger_name=f"cifar_resnet{depth}_v2",
            title=f"ResNet-{depth} v2 for CIFAR-10, pre-activation",
            paper=PAPER,
            input=(channels, *pair(input)),
            classes=classes,
            body=body,
            init=INIT,
            facts=(*facts, depth_fact(depth, body, "table 3")) if printed else (),
            errata=errata if printed else (),
            departures=(NOT_PRINTED,),
        )

    make.__doc__ = f"ResNet-{depth} v2 for CIFAR-10 (2016): activation before each convolution."
    aliases = {f"resnet{depth}_v2", f"cifar_resnet{depth}_v2"} - {name}
    return Entry(name, make, PAPER.year, tuple(sorted(aliases)))


def _published(depth: int) -> tuple[list[Fact], tuple[Erratum, ...]]:
    (row,) = (row for row in TABLE_3 if row["network"] == str(depth))
    params = round(float(row["params"].removesuffix("M")) * 1e6)
    test = "test, median of five runs"
    facts = [
        Fact("error", round(float(row[column]) / 100, 6), "table 3", conditions=f"{data} {test}")
        for column, data in (("pre-activation", "CIFAR-10"), ("pre-activation-100", "CIFAR-100"))
        if row[column] != "."
    ]
    if depth != 1001:
        return [Fact("params", params, "table 4", about=True), *facts], ()
    batch = Fact("error", 0.0462, "table 4", conditions="CIFAR-10 test, mini-batches of 64")
    unnormalised = "parameters without normalisation's"
    bare = Fact(unnormalised, params, "table 4", about=True, ours=UNNORMALISED)
    why = "10.2 million leaves out normalisation's 149,216 scales and shifts"
    return [bare, *facts, batch], (Erratum("params", params, "table 4", why),)


NETWORKS = (
    *(_imagenet(depth) for depth in (*TIMM, 200)),
    *(_keras(depth) for depth in KERAS),
    *(_cifar(int(row["network"])) for row in TABLE_3),
)
