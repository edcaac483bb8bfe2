"""`open`: a data set by its name or path, in memory, in three parts."""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from shlex import quote

import torch
from torch import Tensor
from torch.nn.functional import interpolate, pad

from papernets.data.cifar import HOW, find_cifar, gather_cifar, refuse_pickles
from papernets.data.cifar100 import HOW as HOW_100
from papernets.data.cifar100 import find_cifar100, gather_cifar100
from papernets.data.dataset import Dataset, Part, WrongFolder, hold_out
from papernets.data.folder import open_folder
from papernets.data.gathered import Gathered, open_gathered
from papernets.data.idx import FILES, find_idx, read_pair
from papernets.data.kinds import WORDS, gatherer, is_there
from papernets.data.known import GARMENTS, numbers
from papernets.data.listing import Wanted
from papernets.data.names import MEMORY, TITLES, data_folder, normal
from papernets.data.parquet import is_parquet
from papernets.data.parting import check_share
from papernets.data.picture import shown
from papernets.data.tree import class_folders
from papernets.files import path_of
from papernets.words import NotInstalled, brief, by, did_you_mean, plural

NAMES = tuple(TITLES)
CIFAR = {"cifar10": HOW, "cifar100": HOW_100}
FOLDERS = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST"}  # torchvision's names
DIGITS = numbers(10)
ARCHIVES = (".tgz", ".gz", ".bz2", ".xz", ".zst", ".7z", ".rar")
TABLES = (".txt", ".json", ".xls", ".xlsx", ".mat")
HELD_OUT = 5_000 / 60_000  # of an IDX training set, to choose the epoch
DIGITS_TEST, DIGITS_HELD_OUT = 400, 200  # of the 1,797 in scikit-learn


def open(
    name: str,
    *,
    data_dir: str | None = None,
    channels: int = 1,
    size: tuple[int, int] = (28, 28),
    enlarge: float = 1.0,
    seed: int = 0,
    strict: bool = False,
    room: float | None = None,
    only_test: bool = False,
    split: str = "content",
    val_share: float = -1.0,
    labels: str = "fine",
    nested: bool = False,
    exact_decoding: bool = False,
) -> Dataset:
    """A data set by name (digits, mnist, fashion_mnist, cifar10, cifar100) or by path.

    The path (from here, or from data_dir) may be a folder of the four IDX files, of pictures, one
    folder a class, of parquet files, tar shards or CIFAR's binary files; or a file: of parquet, a
    tar or zip file, a table of paths and labels. channels and size are how photos are stored: give
    the network's. labels: CIFAR-100's "fine" or "coarse" ones. nested: the innermost folders
    of pictures are the classes, not the outermost. exact_decoding: JPEGs are decoded whole, and
    then scaled. The rest is as in `Wanted`; of an IDX set a
    twelfth is held out, of `digits` 200, unless val_share says otherwise.
    ValueError or FileNotFoundError says what is wrong and what would work.
    """
    key = normal(name)
    check_share(val_share)
    if key == "digits":
        return _digits(val_share)
    if key in FOLDERS:
        return _idx(key, _idx_folders(key, data_dir), seed, val_share)
    path = found_path(name, data_dir)
    if find_idx([path]):
        return _idx(normal(path.resolve().name), [path], seed, val_share)
    drawn = (only_test, split, val_share, exact_decoding)
    wanted = Wanted(channels, size, enlarge, seed, strict, room, *drawn)
    gather = lister(path, labels)
    if not gather:
        return open_folder(path, wanted, nested)
    # of a set that is always the same, a stated part
    stated = normal(path.resolve().name) in CIFAR or find_cifar(path) or find_cifar100(path)
    return open_gathered(path, gather(), replace(wanted, split="order") if stated else wanted)


def found_path(name: str, data_dir: str | None) -> Path:
    """Where a data set lies that is not of digits or IDX files by its name; errors as `open`."""
    key, path = normal(name), given_path(name, data_dir)
    if key in CIFAR:
        path = data_folder(data_dir) / key
        if not (is_parquet(path) or find_cifar(path) or find_cifar100(path)):
            refuse_pickles(path.parent)
            raise FileNotFoundError(f"{key}: not found in {path}. {CIFAR[key]}")
    if not is_there(path):
        raise _unknown(name, path)
    if not (path.is_dir() or gatherer(path)):
        raise WrongFolder(_a_file(name, path))
    return path


def lister(path: Path, labels: str = "fine") -> Callable[[], Gathered] | None:
    """What lists the pictures at a path with their parts; None for folders and IDX files."""
    if gather := gatherer(path):
        return partial(gather, path)
    if binary := find_cifar100(path):
        return partial(gather_cifar100, binary, labels)
    if binary := find_cifar(path):
        return partial(gather_cifar, binary)
    return None


def _idx_folders(key: str, data_dir: str | None) -> list[Path]:
    root = data_folder(data_dir)
    if not root.is_dir():
        raise FileNotFoundError(f"{key}: there is no folder {root}. {_how_to_get(key, root)}")
    return [root / key, root / FOLDERS[key] / "raw", root / FOLDERS[key], root]


def given_path(name: str, data_dir: str | None) -> Path:
    """The path of a data set that is not one of NAMES: from here, or else from data_dir."""
    path = path_of(name)
    if not is_there(path) and not path.is_absolute() and is_there(data_folder(data_dir) / path):
        return data_folder(data_dir) / path
    return path


def _a_file(name: str, path: Path) -> str:
    """What to do with a file that is no data set; its folder is proposed only where that is one."""
    kind = path.suffix.casefold()
    if kind in ARCHIVES:
        return (
            f"{name}: an archive of a kind that is not read: zip and tar files are. Unpack it, and "
            "give the folder that was in it: --data FOLDER"
        )
    if kind in TABLES:
        return (
            f"{name}: a table of a kind that is not read. Save it as CSV, or as JSON lines, with "
            "a column of paths and one of labels, and give that: --data TABLE.csv"
        )
    here = path.parent
    if class_folders(here) or find_idx([here]) or is_parquet(here):
        return f"{name}: a file. Give the folder of a data set: --data {quote(shown(here))}"
    return (
        f"{name}: a file. Give the folder of a data set: --data FOLDER, with one folder per class"
    )


def _unknown(name: str, path: Path) -> Exception:
    """The error for a name that is neither a data set nor a folder that is there."""
    if name.startswith(MEMORY):
        return ValueError(
            f"{name}: pictures that were given in Python, and nothing on the disk has them. In "
            "Python, give the same again as data=, papernets.train(data=..., out=RUN, resume=True) "
            "or papernets.evaluate(RUN, data); or give a data set that has a name or a path"
        )
    names = ", ".join(NAMES)
    if gatherer(path) or path.suffix.casefold() in (*ARCHIVES, *TABLES):
        return FileNotFoundError(f"{name}: no such file. Give one, or a folder of pictures")
    if path.name != name or os.sep in name or name.startswith((".", "~")):
        return FileNotFoundError(
            f"{name}: no such folder. Give a folder with one sub-folder per class, "
            f"or a name: {names}"
        )
    return ValueError(
        f"unknown data set {brief(name)}.{did_you_mean(normal(name), NAMES, loosely=True)} Names: "
        f"{names}; or the path of {WORDS}"
    )


def _digits(share: float) -> Dataset:
    """scikit-learn's 1,797 digits, 8x8 with values 0 to 16, as 20x20 in the middle of 28x28."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise NotInstalled(
            "the data set 'digits' comes with scikit-learn, which is not installed. "
            "Install it: pip install scikit-learn"
        ) from error
    pictures, labels = load_digits(return_X_y=True)
    small = torch.from_numpy(pictures).float().view(-1, 1, 8, 8) * (255 / 16)
    large = interpolate(small, size=(20, 20), mode="bilinear", align_corners=False)
    images = pad(large, (4, 4, 4, 4)).round().to(torch.uint8)
    whole = Part(images, torch.from_numpy(labels).long())
    rest, tested = hold_out(whole.labels, DIGITS_TEST / len(whole), seed=1998)
    others = whole.select(rest)
    usual = DIGITS_HELD_OUT / len(others)
    places, held = _held_out(others.labels, usual if share < 0 else share, seed=1998)
    sentence = (
        f"{plural(len(places), 'digit')} to train, {len(held)} to choose the epoch and "
        f"{len(tested)} to "
        "test, drawn by class, always the same; the same 13 people wrote all three parts"
    )
    train, validation = others.select(places), others.select(held)
    return Dataset("digits", DIGITS, train, validation, whole.select(tested), "digit", sentence)


def _held_out(labels: Tensor, share: float, seed: int) -> tuple[Tensor, Tensor]:
    """Places of the rest and of a share that is held out, as `hold_out` has them; 0 for none."""
    if not share:
        return torch.arange(len(labels)), torch.arange(0)
    return hold_out(labels, share, seed)


def _idx(key: str, folders: list[Path], seed: int, share: float) -> Dataset:
    """A data set of four IDX files in one of these folders."""
    found = find_idx(folders)
    missing = [name for part, name in FILES.items() if part not in found]
    if missing:
        here = next(iter(found.values())).parent if found else None
        places = str(here) if here else ", ".join(map(str, folders))
        raise FileNotFoundError(
            f"{key}: {', '.join(missing)} (or with .gz) not found in {places}. "
            f"{_how_to_get(key, folders[-1])}"
        )
    images, labels = read_pair(found["train", "images"], found["train", "labels"])
    test = Part(*read_pair(found["test", "images"], found["test", "labels"]))
    if test.images.shape[2:] != images.shape[2:]:
        raise ValueError(
            f"{found['test', 'images']}: pictures of {by(test.images.shape[2:])}, but those of "
            f"{found['train', 'images']} have {by(images.shape[2:])}"
        )
    present = labels.unique()
    if len(present) < 2:
        raise WrongFolder(
            f"{found['train', 'labels']}: only one class, {int(present[0])}. Telling classes apart "
            "needs two or more"
        )
    classes = _classes(key, labels)
    for part, values in (("train", labels), ("test", test.labels)):
        if int(values.max()) >= len(classes):
            raise ValueError(
                f"{found[part, 'labels']}: label {int(values.max())} among "
                f"{plural(len(classes), 'class', 'classes')}"
            )
    train = Part(images, labels)
    rest, held = _held_out(labels, HELD_OUT if share < 0 else share, seed)
    if not len(rest) or (share and not len(held)):
        raise ValueError(
            f"{found['train', 'images']}: too few to train: {plural(len(train), 'picture')}"
        )
    sentence = (
        f"{len(rest):,} of the {len(train):,} training pictures to train and {len(held):,}, drawn "
        f"by class with seed {seed}, to choose the epoch; the {len(test):,} test pictures to test"
    )
    if not share:
        sentence = (
            f"all {len(train):,} training pictures to train, none chooses the epoch; the "
            f"{len(test):,} test pictures to test"
        )
    kind = "garment" if key == "fashion_mnist" else "digit"
    return Dataset(key, classes, train.select(rest), train.select(held), test, kind, sentence)


def _classes(key: str, labels: Tensor) -> tuple[str, ...]:
    """The classes' names: known ones, else the numbers 0 to the largest label."""
    if key == "fashion_mnist":
        return GARMENTS
    return DIGITS if key == "mnist" else numbers(int(labels.max()) + 1)


def _how_to_get(key: str, root: Path) -> str:
    """The next command, and what to do without a network."""
    if key not in FOLDERS:
        return "Put the four IDX files there"
    return (
        f"Fetch it: papernets data fetch {key} --data-dir {root}; or put its four files into "
        f"{root / key}; or try --data digits, which needs no files"
    )
