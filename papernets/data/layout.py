"""How a folder of pictures is laid out: names of parts, layouts that are refused, what would do."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote

from papernets.data.dataset import WrongFolder
from papernets.data.picture import shown
from papernets.data.tree import DEEPEST, class_folders, files_under, loose_pictures, visible
from papernets.words import composed, listed

SPLITS = {
    "train": "train", "training": "train",
    "val": "val", "valid": "val", "validation": "val",
    "test": "test", "testing": "test",
}  # fmt: skip
ORDER = ("train", "val", "test")
READ, TABLES = (".csv", ".tsv", ".jsonl", ".ndjson"), (".json", ".xls", ".xlsx", ".mat")
MOST_NAMED = 5


def split_of(name: str) -> str | None:
    """The part that a folder's name says, "train", "val" or "test"; None for any other name.

    Case does not matter, nor does `set` at the end: `Training-set`, `test set`, `val_set`.
    """
    return SPLITS.get(re.sub(r"[-_ ]*set$", "", name.strip().casefold()))


def parts_in(folder: Path) -> list[str]:
    """The names of the folders that are parts: called as one, and with folders in them."""
    return [name for name in _called_parts(class_folders(folder)) if class_folders(folder / name)]


def _called_parts(names: Sequence[str]) -> list[str]:
    """The names that say a part: those of train, then of val, then of test."""
    return [name for part in ORDER for name in names if split_of(name) == part]


def check_layout(root: Path, names: Sequence[str]) -> None:
    """WrongFolder where the class folders `names` are a data set's parts, or hold parts."""
    inside = {name: class_folders(root / name) for name in names}
    for name, folders in inside.items():
        inner = _called_parts(folders)
        if len({split_of(one) for one in inner}) < 2 or loose_pictures(root / name):
            continue
        if parts_in(root / name) == inner:
            raise WrongFolder(f"{shown(root)}: {holding(root / name)}: give that")
        raise WrongFolder(
            f"{shown(root)}: the class {name!r} holds the parts {_slashed(inner)}. Put the classes "
            f"in the parts: {shown(root / inner[0] / name)}, {shown(root / inner[1] / name)}"
        )
    first = {composed(name) for name in inside[names[0]]}
    alike = all({composed(one) for one in folders} == first for folders in inside.values())
    if len(names) < 2 or len(first) < 2 or not alike:
        return
    if any(loose_pictures(root / name) for name in names):
        return
    if all(any(files_under(root / name / one)) for name in names for one in inside[name]):
        same = listed(inside[names[0]], MOST_NAMED)
        several = " and ".join(map(repr, names)) if len(names) == 2 else f"all {len(names)} folders"
        raise WrongFolder(
            f"{shown(root)}: {several} hold the same folders ({same}): name the parts train, "
            f"val and test. If {'these' if len(names) == 2 else 'they'} are the classes, put their "
            "pictures in them without further folders"
        )


def one_class(root: Path, folder: Path, name: str) -> WrongFolder:
    """The error for a folder with one class folder alone, with what may be meant."""
    said = f"{shown(folder)}: only one class, {composed(name)!r}. "
    deep = _deeper(folder)
    table = _table(root)
    if deep is None or loose_pictures(folder / name):
        needs = "Telling classes apart needs two or more folders"
        return WrongFolder(said + (f"{table}. {laid_out(root)}" if table else needs))
    if folder != root:
        return WrongFolder(f"{said}{holding(deep)}: move these up into {shown(folder)}")
    if parts_in(deep):
        return WrongFolder(f"{said}{holding(deep)}: give that")
    return WrongFolder(f"{said}{holding(deep)}: if these are the classes, give that")


def misplaced(root: Path) -> str:
    """What may be meant by a folder whose class folders are unknown: the error for its layout.

    Empty where the layout is sound.
    """
    names = class_folders(root)
    try:
        if len(names) > 1:
            check_layout(root, names)
    except WrongFolder as error:
        return str(error)
    deep = _deeper(root)
    return "" if deep is None else f"{holding(deep)}: give that"


def _deeper(root: Path) -> Path | None:
    """The first folder with parts, or with several folders, below one that holds one alone."""
    folder = root
    for _ in range(DEEPEST):
        names = class_folders(folder)
        if folder != root and (parts_in(folder) or len(names) > 1):
            return folder
        if len(names) != 1:
            return None
        folder /= names[0]
    return None


def holding(folder: Path) -> str:
    """`F has train/ and test/`, or `F has the folders ants, bees`."""
    parts = parts_in(folder)
    if parts:
        return f"{shown(folder)} has {_slashed(parts)}"
    return f"{shown(folder)} has the folders {listed(class_folders(folder), MOST_NAMED)}"


def _slashed(names: Sequence[str]) -> str:
    """`train/, val/ and test/`."""
    every = [f"{name}/" for name in names]
    return " and ".join(filter(None, (", ".join(every[:-1]), every[-1])))


def no_class_folder(root: Path, folder: Path, where: str, reason: str = "") -> WrongFolder:
    """The error for pictures without a folder for each class; the next step is for `folder`."""
    table = _table(root)
    return WrongFolder(
        f"{shown(root)}: no class folder in {where}{reason}. {table}{'. ' * bool(table)}"
        f"{laid_out(folder)}"
    )


def empty_classes(root: Path, said: Sequence[str], otherwise: str = "") -> WrongFolder:
    """The error for class folders that are empty, each with its message."""
    table = _table(root)
    if table and not otherwise:
        return WrongFolder(f"{said[0]}. {table}. {laid_out(root)}")
    what = "it" if len(said) == 1 else "them"
    every = "; ".join(said[:MOST_NAMED])
    more = f" and {len(said) - MOST_NAMED} more" if len(said) > MOST_NAMED else ""
    return WrongFolder(f"{every}{more}. Put pictures in {what} or remove {what}{otherwise}")


def laid_out(folder: Path) -> str:
    """How pictures are laid out, as an example in this folder."""
    return (
        "Put the pictures of each class in a folder of its own: "
        f"{shown(folder / 'cat' / '1.jpg')}, {shown(folder / 'dog' / '1.jpg')}"
    )


def _table(root: Path) -> str:
    """A sentence, without its stop, on a table beside the pictures that might have the classes."""
    for entry in visible(root):
        if entry.name.casefold().endswith(READ):
            return (
                f"If {entry.name} lists them with their classes: --data {quote(shown(entry.path))}"
            )
        if entry.name.casefold().endswith(TABLES):
            return f"{entry.name} is not read: CSV and JSON lines are"
    return ""


def of_nested(nested: Mapping[str, Sequence[str]]) -> list[str]:
    """A sentence on classes whose pictures lie in folders: of each name, the folders in it."""
    if not nested:
        return []
    name, folders = next(iter(nested.items()))
    inside = listed(folders, MOST_NAMED)
    if len(nested) == 1:
        return [f"{name} holds folders ({inside}): counted as one class"]
    return [
        f"{name} and {len(nested) - 1:,} more hold folders ({name}: {inside}): each is counted as "
        "one class"
    ]
