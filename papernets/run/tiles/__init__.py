"""Convolution, pooling, activation and dense layers computed as a whole: fast training on CPUs.

Values lie with the batch innermost, in the tiles of the pooling windows: a convolution and the
pooling after it are one matrix product and a few passes over blocks of memory. It is no other
network: parameters, values and gradients are those of the modules, but for float32's rounding.
"""

from __future__ import annotations

from ..fast import Fast
from .function import Tiled
from .links import links_of


def tiled(network: Fast) -> Tiled | None:
    """The network with its first layers as one chain, or None where its first layer fits in none.

    A chain takes convolutions (stride 1, no padding, one group, no normalisation; connection tables
    too), pooling by max or average in windows that do not overlap, trained subsampling, dense
    layers, and all activations. The layers from the first other one on run as they are.
    """
    links = links_of(network)
    return Tiled(network, links) if links.convs else None


__all__ = ["Tiled", "tiled"]
