"""GoogLeNet as Caffe and torchvision have it: what their weights need."""

from __future__ import annotations

from dataclasses import replace

from ...said import Departure
from ...said.legacy import Fact
from ...spec import LRN, AdaptivePool, Initialisation, Net, Norm
from ..entry import Entry, check_switch
from ..printed import as_printed
from . import CAFFE, OPEN, PAPER, Reading, read

TORCHVISION = "torchvision 0.28, models/googlenet.py"


def googlenet_caffe(
    classes: int = 1000,
    channels: int = 3,
    input: int | tuple[int, int] = 224,
    aux: bool = True,
) -> Net:
    """GoogLeNet as in Caffe's release (bvlc_googlenet): its own LRN constants."""
    # Caffe divides alpha by the size: 1e-4 / 5; k is its default, 1
    reading = Reading(lrn=LRN(size=5, k=1, alpha=2e-5, beta=0.75), heads=check_switch("aux", aux))
    title = "GoogLeNet as in Caffe (bvlc_googlenet)"
    net = read("googlenet_caffe", title, reading, classes, channels, input)
    net = replace(
        net,
        departures=(
            Departure("LRN has k = 1 and alpha = 1e-4 divided by the 5 maps", CAFFE),
            *OPEN[1:3],
        ),
    )
    if not as_printed(classes, channels, input, 224, colours=3, of=1000):
        return net
    return replace(net, facts=(Fact("params", 6_998_552, "bvlc_googlenet.caffemodel"),))


def googlenet_torchvision(
    classes: int = 1000,
    channels: int = 3,
    input: int | tuple[int, int] = 224,
    aux: bool = True,
) -> Net:
    """GoogLeNet as in torchvision: batch normalisation, 3x3 for 5x5, no LRN."""
    reading = Reading(
        wide=3,
        lrn=None,
        norm=Norm(eps=1e-3),
        last_pool=2,
        dropout=0.2,
        head_pool=AdaptivePool(4),
        heads=check_switch("aux", aux),
    )
    title = "GoogLeNet as in torchvision: batch normalisation, 3x3 for 5x5"
    net = read("googlenet_torchvision", title, reading, classes, channels, input)
    first = Initialisation("gaussian", 0.01, f"{TORCHVISION}: cut off at +-2", cut=200)
    net = replace(net, init=first, departures=TORCHVISION_DEPARTURES)
    if not as_printed(classes, channels, input, 224, colours=3, of=1000):
        return net
    heads = 13_004_888 - 6_624_904
    facts = (
        Fact("params", 6_624_904, f"{TORCHVISION}, aux_logits=False"),
        Fact("macs", 1_498_376_192, f"{TORCHVISION}, evaluation"),
        *(
            (Fact("aux_params", heads, f"{TORCHVISION}: 13,004,888 with both heads"),)
            if aux
            else ()
        ),
    )
    return replace(net, facts=facts)


TORCHVISION_DEPARTURES = (
    Departure(
        "every convolution has batch normalisation (eps 1e-3) and no bias; there is no LRN",
        f"figure 3; {TORCHVISION}",
    ),
    Departure(
        "the 5x5 branches have 3x3 windows: a known mistake of the port, kept for its weights",
        f"table 1; {TORCHVISION}, vision issue 906",
    ),
    Departure("the fourth max pooling is 2x2", f"table 1: 3x3; {TORCHVISION}"),
    Departure("dropout before the classifier is 20 %", f"table 1: 40 %; {TORCHVISION}"),
    Departure(
        "the heads average over an even grid of 4x4, with overlapping windows of 4x4",
        f"section 5: 5x5 with stride 3; {TORCHVISION}",
    ),
)

NETWORKS = (
    Entry("googlenet_caffe", googlenet_caffe, PAPER.year, aliases=("bvlc_googlenet",)),
    Entry("googlenet_torchvision", googlenet_torchvision, PAPER.year),
)
