"""ImageNet's 1,000 classes: their names and synsets, in the order in which networks give them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("imagenet.tsv")
COUNT = 1000
BACKGROUND = "background"


@dataclass(frozen=True)
class ImageNetClass:
    """A class: its WordNet synset (`n02099601`) and a name that no other has."""

    synset: str
    name: str


@cache
def imagenet_classes() -> tuple[ImageNetClass, ...]:
    """The classes in the order of their synsets, which is that of torchvision, timm and Keras."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return tuple(ImageNetClass(synset, name) for _, synset, name in rows)


def imagenet_names(count: int = COUNT) -> tuple[str, ...]:
    """The names for a network of so many outputs.

    TensorFlow-Slim's networks have 1,001: the first is the background. ValueError for others.
    """
    names = tuple(one.name for one in imagenet_classes())
    if count == COUNT:
        return names
    if count == COUNT + 1:
        return (BACKGROUND, *names)
    raise ValueError(
        f"ImageNet's classes are {COUNT:,}, or {COUNT + 1:,} with TensorFlow's background, and the "
        f"network has {count:,}"
    )


def named(given: Sequence[str], classes: Sequence[str]) -> tuple[str, ...]:
    """Names of a data set as a network's classes have them: ImageNet's own folders are synsets.

    `n02099601` is `golden retriever` for a network that has this class and not the synset.
    """
    own = set(classes)
    names = {one.synset: one.name for one in imagenet_classes() if one.name in own}
    return tuple(name if name in own else names.get(name, name) for name in given)
