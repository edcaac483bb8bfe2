"""A network as data: layers, joins, and for each layer its facts side by side. No torch."""

from .graph import PICTURE, outputs, sources
from .initialisation import HE, Initialisation
from .joins import Add, Aux, Chain, Concat, Part, add, chain, concat, dotted
from .layer import ACTIVATIONS, MONOTONE, Layer, Norm, check_activation
from .net import SWAPS, Committee, Net, parted
from .settings import Settings, Zeros, phrase, phrases, told
from .smallest import smallest_input
from .tensors import tensors
from .tree import Visitor, each_part, rebuilt
from .walk import Row, Totals, fixed_size, rows_of, totals, walk
from .weighted import RBF, BatchNorm, Conv, Dense, Subsample, TableConv
from .weightless import (
    LRN,
    Activation,
    AdaptivePool,
    Dropout,
    Flatten,
    GlobalPool,
    Identity,
    Pad,
    PadShortcut,
    Pool,
)
from .window import Padding, Pair, Shape, Window, pair, shown

__all__ = [
    "ACTIVATIONS",
    "HE",
    "LRN",
    "MONOTONE",
    "PICTURE",
    "RBF",
    "SWAPS",
    "Activation",
    "AdaptivePool",
    "Add",
    "Aux",
    "BatchNorm",
    "Chain",
    "Committee",
    "Concat",
    "Conv",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalPool",
    "Identity",
    "Initialisation",
    "Layer",
    "Net",
    "Norm",
    "Pad",
    "PadShortcut",
    "Padding",
    "Pair",
    "Part",
    "Pool",
    "Row",
    "Settings",
    "Shape",
    "Subsample",
    "TableConv",
    "Totals",
    "Visitor",
    "Window",
    "Zeros",
    "add",
    "chain",
    "check_activation",
    "concat",
    "dotted",
    "each_part",
    "fixed_size",
    "outputs",
    "pair",
    "parted",
    "phrase",
    "phrases",
    "rebuilt",
    "rows_of",
    "shown",
    "smallest_input",
    "sources",
    "tensors",
    "told",
    "totals",
    "walk",
]
