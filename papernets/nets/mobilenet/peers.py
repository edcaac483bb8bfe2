"""MobileNet as Keras and timm have it: ReLU6, other padding, another epsilon."""

from __future__ import annotations

from dataclasses import replace

from ...said import Departure
from ...said.legacy import Fact
from ...spec import Initialisation, Net, Norm, pair
from ..entry import Entry, check_switch
from ..printed import as_printed
from . import (
    COUNTED,
    DEPARTURES,
    MACS,
    PAPER,
    PARAMS,
    Form,
    Size,
    body,
    check_width,
    plain_net,
    read_name,
    separable,
    width_and_size,
)

GLOROT = Initialisation("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)")
# timm 1.0.31, counted: by width and head (mobilenetv1_100, 100h, 125).
COUNTED_BY_TIMM = {
    (1.0, False): (4_231_976, 568_740_352),
    (1.0, True): (5_282_600, 620_120_576),
    (1.25, False): (6_270_840, 879_516_800),
}
KERAS_CODE = "keras/src/applications/mobilenet.py"
KERAS_DEPARTURES = (
    Departure("ReLU6 for ReLU", KERAS_CODE),
    Departure("before a depthwise stride, zeros below and to the right alone", KERAS_CODE),
    Departure("normalisation's epsilon is 1e-3, and it averages 0.01 a batch", KERAS_CODE),
    Departure("dropout of 0.001 before the classifier", KERAS_CODE),
    Departure(
        "Keras takes the fan-in of a depthwise kernel as if it saw all maps: smaller first weights",
        KERAS_CODE,
    ),
    DEPARTURES[0],
)
TIMM_CODE = "timm/models/mobilenetv3.py, _gen_mobilenet_v1"
TIMM_DEPARTURES = (
    Departure("ReLU6 for ReLU", TIMM_CODE),
    Departure("3x3 windows are padded by 1 on every side", TIMM_CODE),
    Departure("normalisation's epsilon is 1e-5, and it averages 0.1 a batch", TIMM_CODE),
    Departure("widths are rounded to multiples of 8", TIMM_CODE),
    Departure(
        "the classifier's first weights are uniform in ±1/√classes in timm; here its convolutions'",
        TIMM_CODE,
    ),
    DEPARTURES[0],
)
KERAS = Form("relu6", Norm(eps=1e-3, momentum=0.01), strided="behind", dropout=1e-3)
TIMM = Form("relu6", Norm(), padding=1, strided=1, eights=True)


def mobilenet_v1_keras(
    classes: int = 1000, channels: int = 3, input: Size = 224, width: float = 1.0
) -> Net:
    """MobileNet of Keras: ReLU6, zeros below and to the right before a stride, dropout."""
    check_width(width, KERAS)
    shape = (channels, *pair(input))
    layers = body(separable(width, KERAS), classes, KERAS)
    name, title, key = "mobilenet_v1_keras", "MobileNet v1 of Keras", width_and_size(width, input)
    if key != "1.0_224":
        name, title = f"{name}_{key}", f"{title}, width {float(width)}, input {key.split('_')[1]}"
    found = plain_net(name, title, layers, classes, shape)
    facts: tuple[Fact, ...] = ()
    if classes == 1000 and channels == 3 and shape[1] == shape[2] and (width, shape[1]) in MACS:
        facts = (
            Fact("params", PARAMS[width], COUNTED),
            Fact("macs", MACS[width, shape[1]], COUNTED),
        )
    return replace(found, init=GLOROT, facts=facts, departures=KERAS_DEPARTURES)


def mobilenet_v1_timm(
    classes: int = 1000,
    channels: int = 3,
    input: Size = 224,
    width: float = 1.0,
    head: bool = False,
) -> Net:
    """MobileNet of timm: ReLU6, padding of 1; with `head` a 1x1 convolution before the average."""
    form = replace(TIMM, head=check_switch("head", head))
    check_width(width, form)
    shape = (channels, *pair(input))
    layers = body(separable(width, form), classes, form)
    found = plain_net("mobilenet_v1_timm", "MobileNet v1 of timm", layers, classes, shape)
    printed = as_printed(classes, channels, input, 224, colours=3, of=1000)
    counts = COUNTED_BY_TIMM.get((width, head), ()) if printed else ()
    quantities = zip(("params", "macs"), counts, strict=False)
    facts = tuple(Fact(what, n, "timm 1.0.31, counted") for what, n in quantities)
    goog = Initialisation("he_out", 2.0, "timm/models/_efficientnet_builder.py, _init_weight_goog")
    return replace(found, init=goog, facts=facts, departures=TIMM_DEPARTURES)


def named(name: str) -> Entry | None:
    """The entry of mobilenet_v1_keras_<width>_<size>, any of either; None for other names."""
    found = read_name("mobilenet_?v1_keras", name)
    if found is None:
        return None
    width, sides = found
    key = width_and_size(width, sides)

    def make(classes: int = 1000, channels: int = 3, input: Size = sides) -> Net:
        return mobilenet_v1_keras(classes, channels, input, width)

    make.__doc__ = f"MobileNet of Keras, of width {width} for input {key.split('_')[1]}."
    return Entry("mobilenet_v1_keras" + ("" if key == "1.0_224" else f"_{key}"), make, PAPER.year)


NETWORKS = (
    Entry("mobilenet_v1_timm", mobilenet_v1_timm, PAPER.year),
    Entry("mobilenet_v1_keras", mobilenet_v1_keras, PAPER.year),
)
