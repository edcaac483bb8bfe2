"""GoogLeNet as Caffe and torchvision have it: what their weights need."""

from __future__ import annotations

from ...spec import LRN, AdaptivePool, Net, Norm, pair
from ..entry import Entry, Size, check_switch
from . import PAPER, Variant, network


def googlenet_caffe(
    classes: int = 1000, channels: int = 3, input: Size = 224, aux: bool = True
) -> Net:
    """GoogLeNet as in Caffe's release (bvlc_googlenet): its own LRN constants."""
    # Caffe divides alpha by the size: 1e-4 / 5; k is its default, 1
    variant = Variant(lrn=LRN(size=5, k=1, alpha=2e-5, beta=0.75), heads=check_switch("aux", aux))
    return network("googlenet_caffe", variant, classes, (channels, *pair(input)))


def googlenet_torchvision(
    classes: int = 1000, channels: int = 3, input: Size = 224, aux: bool = True
) -> Net:
    """GoogLeNet as in torchvision: batch normalisation, 3x3 for 5x5, no LRN."""
    variant = Variant(
        wide=3,
        lrn=None,
        norm=Norm(eps=1e-3),
        last_pool=2,
        dropout=0.2,
        head_pool=AdaptivePool(4),
        heads=check_switch("aux", aux),
    )
    return network("googlenet_torchvision", variant, classes, (channels, *pair(input)))


NETWORKS = (
    Entry("googlenet_caffe", googlenet_caffe, PAPER.year, aliases=("bvlc_googlenet",)),
    Entry("googlenet_torchvision", googlenet_torchvision, PAPER.year),
)
