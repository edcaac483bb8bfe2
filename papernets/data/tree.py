"""What folders of pictures hold: names in natural order, without what systems leave behind."""

import os
from collections.abc import Iterator
from pathlib import Path

from papernets.data.dataset import WrongFolder
from papernets.data.ordered import Entry, in_order, natural
from papernets.data.picture import shown

DEEPEST = 100  # folders within folders
JUNK = {"thumbs.db", "desktop.ini", "__macosx", "$recycle.bin"}  # and all that starts with a dot
PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".avif", ".heic")


def visible(folder: Path) -> list[os.DirEntry[str]]:
    """What a folder holds, in natural order, without hidden files and what systems leave behind."""
    return sorted(_scanned(folder), key=lambda entry: natural(entry.name))


def entries_of(folder: str) -> Iterator[Entry]:
    """As `visible`, one after another: a folder of millions does not fill the memory."""
    return in_order(Entry(entry.name, is_folder(entry)) for entry in _scanned(folder))


def class_folders(folder: Path) -> list[str]:
    """The names of the visible folders in a folder, in natural order."""
    return sorted((entry.name for entry in _scanned(folder) if is_folder(entry)), key=natural)


def _scanned(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        yield from (e for e in entries if not is_hidden(e.name))


def is_hidden(name: str) -> bool:
    """True for a name that begins with a dot, and for what systems leave behind."""
    return name[0] == "." or name.casefold() in JUNK


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
    for path, error in walk(os.fspath(folder)):
        if error is not None:
            raise error
        yield path


def walk(folder: str) -> Iterator[tuple[str, OSError | None]]:
    """Every visible file under a folder, in natural order, and each folder that cannot be read.

    Such a folder comes with the system's error, and the walk goes on behind it. What is in memory
    grows with the folders, not with the files. ValueError as `visible_files`.
    """
    seen: set[tuple[int, int]] = set()
    inside: list[tuple[str, Iterator[Entry]]] = [("", iter([Entry(folder, True)]))]
    while inside:
        above, entries = inside[-1]
        try:
            entry = next(entries, None)
        except OSError as error:
            inside.pop()
            yield above, error
            continue
        if entry is None:
            inside.pop()
            continue
        path = os.path.join(above, entry.name)
        if not entry.folder:
            yield path, None
            continue
        if len(inside) - 1 > DEEPEST:
            raise WrongFolder(f"{shown(folder)}: folders lie in folders {DEEPEST} deep in it")
        try:
            found_at = os.stat(path)
        except OSError as error:
            yield path, error
            continue
        place = found_at.st_dev, found_at.st_ino
        if place not in seen:
            seen.add(place)
            inside.append((path, entries_of(path)))
