"""Of what kind a source of pictures is that lists them all, by its name and what lies there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from papernets.data.gathered import Gathered
from papernets.data.hub import gather_hub, is_hub
from papernets.data.listed import gather_listed, is_listed
from papernets.data.parquet import gather_parquet, is_parquet
from papernets.data.shards import expanded, gather_shards, is_shards
from papernets.data.zipped import gather_zip, is_zip

KINDS: tuple[tuple[Callable[[Path], bool], Callable[[Path], Gathered]], ...] = (
    (is_hub, gather_hub),
    (is_parquet, gather_parquet),
    (is_shards, gather_shards),
    (is_zip, gather_zip),
    (is_listed, gather_listed),
)
"""How a kind is known, and how its pictures are listed."""
WORDS = "a folder with one sub-folder per class, parquet files, tar shards, a zip file, or a table"


def gatherer(path: Path) -> Callable[[Path], Gathered] | None:
    """What lists the pictures at a path; None for a folder of pictures, IDX files and CIFAR's."""
    return next((gather for knows, gather in KINDS if knows(path)), None)


def is_there(path: Path) -> bool:
    """True where something is at a path or at a pattern's first name, and for a name of the hub."""
    if path.exists() or is_hub(path):
        return True
    try:
        return Path(expanded(str(path))[0]).exists()
    except ValueError:
        return True  # a pattern that is wrong is told so, not that it is not there
