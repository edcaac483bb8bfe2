"""Names of classes that everyone knows, where a data set's files have their numbers alone."""

import re
from collections.abc import Sequence
from pathlib import Path

from papernets.data.names import normal

CIFAR10 = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
"""Krizhevsky 2009, in the order of the labels: batches.meta.txt of the binary files."""
GARMENTS = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
"""Fashion-MNIST (Xiao et al. 2017, table 1)."""


def numbers(count: int) -> tuple[str, ...]:
    """What classes without names are called: "0", "1" and so on."""
    return tuple(map(str, range(count)))


def names_by_place(path: Path) -> tuple[str, ...]:
    """The classes of a file or folder that says whose it is, cifar10 or cifar10-jpeg; else none."""
    places = path.resolve().parts[-2:] if path.is_file() else (path.resolve().name,)
    is_cifar10 = any(re.match(r"cifar10(?!\d)", normal(place).replace("_", "")) for place in places)
    return CIFAR10 if is_cifar10 else ()


def names_for(classes: Sequence[str], given: Sequence[str]) -> tuple[str, ...]:
    """A network's classes by the names of a data set, where they have numbers and it is known.

    As they are where the data set, of which some classes are `given`, is another or has numbers.
    """
    for names in (CIFAR10, GARMENTS):
        if given and set(given) <= set(names) and tuple(classes) == numbers(len(names)):
            return names
    return tuple(classes)
