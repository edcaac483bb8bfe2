"""Picture files as a bundle's network takes them, or the reason why one cannot be read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ..bundle.info import AGAIN
from ..bundle.load import Bundle
from ..data import Preprocessing, read_picture
from ..data.names import known
from ..data.picture import Remark, pillow_rules, shown
from ..data.room import ROOM
from ..data.stored import File
from ..watch import watched


@dataclass(frozen=True)
class Read:
    """A file's stored picture uint8 (C, h, w) and what it was found to be, or why there is none.

    `remarks` are what a reader should know of it.
    """

    picture: Tensor | None
    found: str = ""
    error: str = ""
    remarks: tuple[Remark, ...] = ()


def learnt_from(bundle: Bundle) -> str:
    """What the set that the bundle's run took is called, of a path its last part; "" for none."""
    given = str(bundle.info.run.get("data") or "")
    return known(given) or Path(given).name


def preprocessing_of(bundle: Bundle) -> Preprocessing:
    """The bundle's own preprocessing; if it makes no sense, a ValueError says where."""
    try:
        return Preprocessing.from_dict(bundle.info.preprocessing, bundle.info.arrays)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"{bundle.folder}: its preprocessing cannot be used: {error}. {AGAIN}"
        ) from None


def read_files(paths: Sequence[File], preprocessing: Preprocessing) -> list[Read]:
    """The files in the order given, read by as many threads as torch uses."""

    def read(path: File) -> Read:
        return read_one(path, preprocessing)

    with pillow_rules():  # once, around the threads
        if len(paths) < 2:
            return [read(path) for path in paths]
        with ThreadPoolExecutor(min(16, torch.get_num_threads(), len(paths))) as pool:
            return list(watched(pool.map(read, paths), "pictures read", len(paths)))


def read_one(path: File, preprocessing: Preprocessing) -> Read:
    """A file as the network takes it, within `pillow_rules`."""
    remarks: list[Remark] = []
    try:
        with ROOM.held():  # until the picture is as small as it is stored
            picture, found = read_picture(path, preprocessing, remarks)
    except (ValueError, OSError) as error:
        return Read(None, error=reason(path, error))
    return Read(picture, found, remarks=tuple(remarks))


def reason(path: File, error: Exception) -> str:
    """Why a file cannot be read, without its name."""
    if isinstance(error, PermissionError):
        return "no permission to read it"
    if isinstance(error, FileNotFoundError):
        link = isinstance(path, str) and os.path.islink(path)
        return "a link that leads nowhere" if link else "no such file"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).removeprefix(f"{shown(path)}: ")
