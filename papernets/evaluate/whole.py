"""Pictures of which nothing says whether they are to train on or to test: a folder, a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from .. import data
from ..data.folder import whole_folder
from ..data.idx import find_idx
from ..data.kinds import gatherer, is_there
from ..data.names import normal
from ..data.sources import given_path
from ..data.stored import File


@dataclass(frozen=True)
class Source:
    """Pictures without parts of their own: their files, the class of each, and who was left out."""

    root: Path
    files: tuple[File, ...]
    names: tuple[str, ...]
    classes: tuple[str, ...]
    skipped: tuple[str, ...] = ()

    def upto(self, most: int) -> Source:
        """The first files of each class, at most so many."""
        kept, taken = list[int](), Counter[str]()
        for at, name in enumerate(self.names):
            taken[name] += 1
            if taken[name] <= most:
                kept.append(at)
        files = tuple(self.files[at] for at in kept)
        return replace(self, files=files, names=tuple(self.names[at] for at in kept))


def source_of(name: str, data_dir: str | None, nested: bool) -> Source | None:
    """The pictures that a name means, where nothing says which part they are of; else None."""
    if normal(name) in data.NAMES:
        return None
    path = given_path(name, data_dir)
    if gather := gatherer(path):
        found = gather(path) if is_there(path) else None
        if found is None or found.parted:
            return None
        rows = found.listings["train"]
        return Source(path, rows.files, rows.names, rows.classes, found.skipped)
    if not path.is_dir() or find_idx([path]):
        return None
    if (listing := whole_folder(path, nested)) is None:
        return None
    return Source(path, *listing, tuple(dict.fromkeys(listing[1])))
