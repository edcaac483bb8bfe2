"""Where data lie on the disk, and by what names. Imports nothing heavy."""

import os
from pathlib import Path

from papernets.files import path_of
from papernets.words import plain

TITLES = {
    "digits": "digits",
    "mnist": "MNIST",
    "fashion_mnist": "Fashion-MNIST",
    "cifar10": "CIFAR-10",
    "cifar100": "CIFAR-100",
}
"""The data sets that everybody knows, and how each is written."""
ALIASES = {
    "fashionmnist": "fashion_mnist",
    "fashion": "fashion_mnist",
    "cifar_10": "cifar10",
    "cifar_100": "cifar100",
    "sklearn_digits": "digits",
}
MEMORY = "memory:"
"""How the name of pictures begins that were given in Python: nothing on the disk has them."""


def normal(name: str) -> str:
    """A data set's name with `-`, `_` and case made equal."""
    key = plain(name).replace(" ", "_")
    return ALIASES.get(key, key)


def known(name: object) -> str:
    """A data set's own name, where it is one that everybody knows; empty for a path, and for none.

    A folder's name may be private, and leaves the machine in no file and on no page.
    """
    word = normal(str(name or ""))
    return word if word in TITLES else ""


def data_folder(data_dir: str | os.PathLike[str] | None = None) -> Path:
    """The folder of data sets: the given one, else $PAPERNETS_DATA, else a cache of the user's."""
    if data_dir:
        return path_of(data_dir)
    if named := os.environ.get("PAPERNETS_DATA"):
        return path_of(named)
    return cache_folder("say where data lie with --data-dir")


def cache_folder(otherwise: str = "") -> Path:
    """The user's cache for us; ValueError, which says what to do `otherwise`, without a home."""
    cache = os.environ.get("XDG_CACHE_HOME")
    if cache:
        return Path(cache) / "papernets"
    home = path_of("~")
    if str(home) == "~":
        raise ValueError(f"this user has no home folder: {otherwise}")
    return home / ".cache" / "papernets"
