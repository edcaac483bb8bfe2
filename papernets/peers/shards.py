"""Safetensors files: one alone, and several that an index names, as Hugging Face writes them."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from posixpath import normpath
from typing import Any

from torch import Tensor

from ..bundle.head import as_errors, check_head
from ..files import unreadable
from ..words import brief, listed

INDEX = ".index.json"
MAP = "weight_map"  # from a tensor's name to the file that has it
MOST_INDEX = 16 << 20  # bytes: 160 for each of 100,000 tensors
KIND = ".safetensors"


def is_safetensors(first: bytes) -> bool:
    """Whether a file that begins with these bytes may be a safetensors file."""
    return int.from_bytes(first[:8], "little") < 1 << 40 and first[8:9] == b"{"


def read_one(file: Path) -> dict[str, Tensor]:
    """The tensors of one safetensors file; ValueError where it is not whole."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    check_head(file, "Copy it again")
    with as_errors(file, "Copy it again"):
        try:
            return load_file(file)
        except (ValueError, KeyError, TypeError, RuntimeError) as error:
            raise SafetensorError(error) from None


def index_of(path: Path) -> Path | None:
    """The index that a path leads to: itself, or the one in a folder; None where there is none.

    ValueError for a folder with several.
    """
    if path.is_dir():
        found = sorted(path.glob(f"*{KIND}{INDEX}"))
        if len(found) > 1:
            names = listed((one.name for one in found), 4)
            raise ValueError(f"{path} has several indices, {names}: give the one that is meant")
        return found[0] if found else None
    return path if path.name.endswith(INDEX) else None


def read_sharded(index: Path) -> dict[str, Tensor]:
    """The tensors of all files that an index names; they must be just those that it lists.

    ValueError where the index is none or leads out of its folder, where a file is missing or not
    whole, and where a tensor is in none of them, in another or in two.
    """
    listed_in = _weight_map(index)
    shards = {name: _shard(index, name) for name in dict.fromkeys(listed_in.values())}
    tensors: dict[str, Tensor] = {}
    owner: dict[str, str] = {}
    for name, file in shards.items():
        for key, tensor in read_one(file).items():
            if key in owner:
                raise ValueError(f"{index}: {brief(key)} is in two files, {owner[key]} and {name}")
            if key not in listed_in:
                raise ValueError(f"{index} does not list {brief(key)}, which {name} has: {AGAIN}")
            tensors[key], owner[key] = tensor, name
    for key, name in listed_in.items():
        if owner.get(key) != name:
            there = f"; {owner[key]} has it" if key in owner else ""
            raise ValueError(f"{index}: {name} has no tensor {brief(key)}{there}. {AGAIN}")
    return tensors


MOST_DIGITS = 1000
AGAIN = "copy the index and its files again, all of one version"


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError("it has a number of thousands of digits")
    return int(digits)


def _weight_map(index: Path) -> dict[str, str]:
    """Which file each tensor is in, as the index says."""
    if what := unreadable(index, MOST_INDEX):
        raise ValueError(f"{index} is {what}: no index of files of weights")
    try:
        text = index.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FileNotFoundError(f"{index}: no such file") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{index} is not JSON ({error.reason}): {AGAIN}") from None
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_int=_whole)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{index} is not JSON ({error}): {AGAIN}") from None
    found = value.get(MAP) if isinstance(value, dict) else None
    if not isinstance(found, dict) or not found:
        raise ValueError(
            f"{index} is no index of files of weights: it has no table {MAP!r} from tensors' names "
            f"to files. Give a {KIND}{INDEX} of Hugging Face's layout, or the file of weights"
        )
    for key, name in found.items():
        if not isinstance(name, str):
            raise ValueError(
                f"{index}: {MAP} has {brief(name)} for {brief(key)}, not the name of a file"
            )
    return {key: re.sub(r"^(\./+)+", "", name) for key, name in found.items()}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; ValueError for a key that it has twice."""
    key, times = Counter(key for key, _ in pairs).most_common(1)[0] if pairs else ("", 0)
    if times > 1:
        raise ValueError(f"{brief(key)} stands twice in it")
    return dict(pairs)


def _shard(index: Path, name: str) -> Path:
    """The file that an index names; ValueError for one that is no file beside it."""
    if Path(name).name != name or name in ("", ".", "..") or "\\" in name or "\0" in name:
        out = normpath(name.replace("\\", "/")).startswith(("/", ".."))
        which = "leads out of its folder" if out else "is no plain name of a file"
        raise ValueError(
            f"{index} names {brief(name)}, which {which}: refused. Its files stand beside it, "
            "under plain names"
        )
    file = index.parent / name
    if what := unreadable(file):
        raise ValueError(f"{file} is {what}, not a safetensors file, which {index.name} names")
    if not file.exists():
        raise FileNotFoundError(f"{file}: no such file, and {index.name} names it: {AGAIN}")
    if not _inside(file):
        raise ValueError(f"{file} is a link that leads out of its folder: refused")
    with open(file, "rb") as opened:
        first = opened.read(16)
    if not is_safetensors(first):
        raise ValueError(
            f"{file} is not a safetensors file. An index of other files is not read: convert them "
            "one by one, or save the weights as safetensors"
        )
    return file


def _inside(file: Path) -> bool:
    """Whether a file, or what it links to, is in its folder, or in the store of Hugging Face's.

    There `snapshots/REVISION/NAME` links to `blobs/HASH`.
    """
    folder = file.parent.resolve()
    places = [folder]
    if folder.parent.name == "snapshots":
        places.append(folder.parent.parent / "blobs")
    return any(file.resolve().is_relative_to(place) for place in places)
