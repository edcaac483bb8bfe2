"""Pictures in archives, tar shards and zip files, and their classes.

A member's class stands beside it, as WebDataset has it (`7.jpg` with `7.cls` or `7.json`), or is
the folder that it lies in, as in folders of pictures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from papernets.data.dataset import WrongFolder
from papernets.data.gathered import Rows
from papernets.data.layout import split_of
from papernets.data.picture import Packed
from papernets.data.tables import LABELS
from papernets.data.tree import JUNK, PICTURES
from papernets.texts import parsed
from papernets.words import brief, plural

ENDINGS = (*(ending[1:] for ending in PICTURES), "jp2", "ppm", "pgm", "heif", "tga")
MARKS = ("cls", "json")
NUMBER = re.compile(r"-?[0-9]+")
"""A label that is a place among names."""
MOST_MARK = 1 << 20  # bytes of a member that says a class


class Member(NamedTuple):
    """What an archive holds under a name: a picture, or else the bytes that say a class."""

    name: str
    picture: Packed | None
    mark: bytes | None = None


def refuse_name(archive: str, name: str) -> None:
    """ValueError for a member that would be written outside its folder, by who unpacks it."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or "\0" in name or name[1:2] == ":":
        raise ValueError(
            f"{archive}: {brief(name)} leads out of the archive: refused, and nothing of it is "
            "read. Somebody made it so: do not unpack it either"
        )


def refuse_kind(archive: str, name: str, kind: str) -> None:
    """ValueError for a member that is no file."""
    raise ValueError(
        f"{archive}: {brief(name)} is {kind}, where files should be: refused, and nothing of the "
        "archive is read. Make it anew from files"
    )


def hidden(name: str) -> bool:
    """True for what is hidden, and for what systems leave behind."""
    return any(
        (p[0] == "." and p != ".") or p.casefold() in JUNK for p in PurePosixPath(name).parts
    )


def parted(name: str) -> tuple[str, str]:
    """WebDataset's key, up to the first dot of the last part, and the ending after it."""
    folder, slash, last = name.rpartition("/")
    key, _, ending = last.partition(".")
    return folder + slash + key, ending.casefold()


def is_picture(ending: str) -> bool:
    """True for `jpg`, and for `left.jpg`."""
    return ending.rpartition(".")[2] in ENDINGS


def is_mark(ending: str) -> bool:
    """True for a member that says a class: `cls`, `json`."""
    return ending.rpartition(".")[2] in MARKS


def of_samples(
    archive: str, members: Iterable[Member], names: Sequence[str]
) -> tuple[Rows, list[str]]:
    """The pictures of an archive in WebDataset's layout, and why others were left out.

    names: of the classes, where something says them: labels are places among these.
    """
    pictures: dict[str, Packed] = {}
    labels: dict[str, str] = {}
    for name, picture, mark in members:
        key, ending = parted(name)
        if picture is not None:
            if key in pictures:
                raise ValueError(
                    f"{archive}: {name}: a second picture of its key, beside {pictures[key].name}"
                )
            pictures[key] = picture
        elif mark is not None and (ending.endswith("cls") or not labels.get(key)):
            labels[key] = _label(f"{archive}: {name}", mark, ending, names) or labels.get(key, "")
    rows = [(one, labels[key]) for key, one in pictures.items() if labels.get(key)]
    bare = [(key, one) for key, one in pictures.items() if not labels.get(key)]
    said = [f"{one.name}: no label beside it ({key}.cls or {key}.json)" for key, one in bare]
    return list(rows), said


def _label(where: str, content: bytes, ending: str, names: Sequence[str]) -> str:
    """The name of the class that a member says; empty where it says none."""
    try:
        text = content.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise ValueError(f"{where}: no label: not UTF-8") from None
    value: Any = text
    if ending.endswith("json"):
        try:
            value = parsed(text)
        except ValueError as error:
            raise ValueError(f"{where}: not JSON ({error})") from None
        if isinstance(value, dict):
            folded = {str(name).casefold(): one for name, one in value.items()}
            value = next((folded[one] for one in LABELS if one in folded), None)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return ""
    if not names or not NUMBER.fullmatch(value):
        return value
    if len(value) > 18 or not 0 <= int(value) < len(names):
        raise ValueError(
            f"{where}: label {brief(value)[1:-1]} among {plural(len(names), 'class', 'classes')}"
        )
    return names[int(value)]


def of_folders(archive: str, members: Sequence[Member]) -> dict[str, Rows]:
    """The pictures of each part of an archive of class folders, with or without train/ and test/.

    Folders that hold all the others, as a zip file's first often does, are passed over. WrongFolder
    where a picture lies in no class folder.
    """
    pictures = [(name, picture) for name, picture, _ in members if picture is not None]
    paths = [PurePosixPath(name).parts for name, _ in pictures]
    while paths and len(paths[0]) > 2 and len({path[0] for path in paths}) == 1:
        if split_of(paths[0][0]):
            break
        paths = [path[1:] for path in paths]
    if not paths:
        raise WrongFolder(f"{archive}: no picture in it, by the endings of its names")
    firsts = Counter(path[0] for path in paths)
    parts = {name: split_of(name) for name in firsts}
    split = all(parts.values()) and all(len(path) > 2 for path in paths)
    rows: dict[str, Rows] = {}
    for (name, picture), path in zip(pictures, paths, strict=True):
        if len(path) < 2 + split:
            raise WrongFolder(
                f"{archive}: {name} lies in no class folder. Put the pictures of each class "
                "in a folder of its own: cat/1.jpg, dog/1.jpg"
            )
        part = str(parts[path[0]]) if split else "train"
        rows.setdefault(part, []).append((picture, path[1] if split else path[0]))
    return rows
