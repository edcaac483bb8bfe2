"""The list of published results that a laptop, or one GPU, can put to the test."""

from __future__ import annotations

from ...words import did_you_mean, plain
from ..claim import Experiment
from . import alexnet, inception, lenet, mobilenet, resnet, vgg

EXPERIMENTS: tuple[Experiment, ...] = (
    *resnet.EXPERIMENTS,
    *alexnet.EXPERIMENTS,
    *vgg.EXPERIMENTS,
    *inception.EXPERIMENTS,
    *mobilenet.EXPERIMENTS,
    *lenet.EXPERIMENTS,
)


def find(name: str) -> Experiment:
    """The claim of a name; `-`, `_` and case are the same. ValueError with the nearest one."""
    known = {plain(one.name): one for one in EXPERIMENTS}
    if plain(name) not in known:
        names = [one.name for one in EXPERIMENTS]
        raise ValueError(
            f"no claim {name!r}.{did_you_mean(name, names, loosely=True)} "
            "All claims: papernets reproduce"
        )
    return known[plain(name)]
