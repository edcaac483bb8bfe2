"""What folders of pictures hold: names in natural order, without what systems leave behind."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from papernets.data.dataset import WrongFolder
from papernets.data.picture import shown

DEEPEST = 100  # folders within folders
JUNK = {"thumbs.db", "desktop.ini", "__macosx", "$recycle.bin"}  # and all that starts with a dot
PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".avif", ".heic")


def natural(name: str) -> list[str | int]:
    """A sort key that puts "2" before "10", and capitals beside small letters."""
    parts = re.split(r"([0-9]+)", name.casefold())  # text, number, text, ..., text
    return [*(int(part) if i % 2 else part for i, part in enumerate(parts)), -1, name]


def visible(folder: Path) -> list[os.DirEntry[str]]:
    """What a folder holds, in natural order, without hidden files and what systems leave behind."""
    return sorted(_scanned(folder), key=lambda entry: natural(entry.name))


def class_folders(folder: Path) -> list[str]:
    """The names of the visible folders in a folder, in natural order."""
    return sorted((entry.name for entry in _scanned(folder) if is_folder(entry)), key=natural)


def _scanned(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return [e for e in entries if e.name[0] != "." and e.name.casefold() not in JUNK]


def loose_pictures(folder: Path) -> list[str]:
    """The paths of files directly in a folder whose names are those of pictures."""
    named = [e for e in visible(folder) if e.name.casefold().endswith(PICTURES)]
    return [entry.path for entry in named if not is_folder(entry)]


def is_folder(entry: os.DirEntry[str]) -> bool:
    """True for a folder and a link to one; a link that goes round is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def visible_files(folder: Path) -> list[str]:
    """Every visible file under a folder, in natural order.

    A folder that several links lead to, round in a circle say, is visited once. ValueError for
    folders within folders without end.
    """
    return list(files_under(folder))


def files_under(folder: Path) -> Iterator[str]:
    """The files of `visible_files`, one after another."""
    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[str, int]] = [(os.fspath(folder), 0)]
    while waiting:
        path, depth = waiting.pop()
        if depth > DEEPEST:
            raise WrongFolder(f"{shown(folder)}: folders lie in folders {DEEPEST} deep in it")
        if depth >= 0:
            found_at = os.stat(path)
            place = found_at.st_dev, found_at.st_ino
            if place not in seen:
                seen.add(place)
                inside = [(e.path, depth + 1 if is_folder(e) else -1) for e in visible(Path(path))]
                waiting += reversed(inside)
        else:
            yield path
