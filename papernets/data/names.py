"""Where data lie on the disk, and by what names. Imports nothing heavy."""

import os
from pathlib import Path

from papernets.files import path_of
from papernets.words import plain

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
