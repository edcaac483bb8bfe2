"""A file of weights to named tensors; nothing in the file is run, whatever it asks for."""

from __future__ import annotations

import os
import pickle
import pickletools
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import IO

import torch
from torch import Tensor

from ..bundle.checkpoints import states_in
from ..bundle.extras import trimmed
from ..data.quiet import EVERY
from ..files import FOLDER, damaged_entry, unreadable
from ..words import brief, first_line, listed, shortened, type_of
from .shards import index_of, is_safetensors, read_one, read_sharded

ZIP, HDF = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"
PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")  # torch's form before 1.6
OLD_PICKLES = 4  # in that form: a number, the form's version, the machine, and what was saved
KERAS = "model.weights.h5"  # in the archive that Keras 3 writes
AVERAGED = re.compile(r"ema|swa|averag|teacher", re.IGNORECASE)
PAGE = "a web page, not a file of weights: what does it say? Download it again"
NOT_WEIGHTS = {
    b"version https://": "what Git LFS leaves in the place of a large file: git lfs pull gets it",
    b"<!doctype html": PAGE,
    b"<html": PAGE,
}
RUNS = re.compile(
    r"^(os|nt|posix|sys|subprocess|builtins|__builtin__|importlib|runpy|shutil|socket|ctypes|code"
    r"|pty|webbrowser|commands|eval|exec|execfile|compile|getattr|setattr|open|__import__|apply)\b"
)
"""Modules and functions that a file of weights has no honest use for."""


@dataclass(frozen=True)
class Weights:
    """Named tensors of a file; `ordered` where they stand as the network was written.

    `notes` are sentences on what was taken and what was left, `left_out` the names of tensors that
    are no part of a network. `keras` where they have Keras's names and shapes.
    """

    tensors: dict[str, Tensor]
    ordered: bool
    notes: tuple[str, ...] = ()
    keras: bool = False
    left_out: tuple[str, ...] = ()


def read_weights(path: str | os.PathLike[str], key: str = "") -> Weights:
    """The state_dict in a safetensors, .pth or .pt file, or the tensors of a Keras file.

    Of safetensors in several files, `path` is the index (`*.safetensors.index.json`) or its folder.
    `key` names which, where a checkpoint holds several ("model_ema"). FileNotFoundError where there
    is no file; ValueError where it is no file of weights, is cut short, or would have to be run.
    """
    file = Path(path)
    index = index_of(file)
    if index is not None:
        return replace(cleaned(read_sharded(index), str(file)), ordered=False)
    first = _first_bytes(file)
    if first.startswith(HDF) or (first.startswith(ZIP) and _is_keras(file)):
        from .h5 import read_keras

        return Weights(read_keras(file), ordered=True, keras=True)
    if first.startswith((ZIP, *PICKLES)):
        return state_dict_in(_unpickled(file, first), str(file), key)
    if is_safetensors(first):
        return replace(cleaned(read_one(file), str(file)), ordered=False)
    for start, what in NOT_WEIGHTS.items():
        if first.lower().startswith(start):
            raise ValueError(f"{file} is {what}")
    raise ValueError(
        f"{file} is not a file of weights: give a safetensors file, a .pth or .pt file that "
        "torch.save wrote, or a Keras .h5 file"
    )


def _first_bytes(file: Path) -> bytes:
    if what := unreadable(file):
        hint = ": give the file of weights in it, or their index" if what == FOLDER else ""
        raise ValueError(f"{file} is {what}{hint}")
    try:
        with open(file, "rb") as opened:
            first = opened.read(16)
    except FileNotFoundError:
        raise FileNotFoundError(f"{file}: no such file") from None
    if not first:
        raise ValueError(f"{file} is an empty file")
    return first


def _is_keras(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return KERAS in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _unpickled(file: Path, first: bytes) -> object:
    """What torch.load makes of a file, with no more of pickle than plain values and tensors."""
    if first.startswith(ZIP):
        _check_archive(file)
    _check_pickles(file, first)
    try:
        # a file that is open: by a path, torch would judge from the name what is in it
        with EVERY, open(file, "rb") as opened:
            return torch.load(opened, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError(_refusal(file, str(error))) from None
    except MemoryError:
        raise ValueError(f"{file} asks for more memory than there is") from None
    except Exception as error:  # a damaged file leads to errors of every kind
        raise _damaged(file, error) from None


def _check_archive(file: Path) -> None:
    """ValueError for an archive that is not torch.save's, or that unpacks to more than it is."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(file, error) from None
    names = [entry.filename for entry in entries]
    if any(name.endswith("/constants.pkl") or "/code/" in name for name in names):
        raise ValueError(
            f"{file} is a TorchScript archive, a program with its weights. Save the weights alone: "
            f"torch.save(torch.jit.load({file.name!r}).state_dict(), 'weights.pth')"
        )
    if not any(name.endswith("data.pkl") for name in names):
        raise ValueError(f"{file} is a zip archive that torch.save did not write")
    if sum(entry.file_size for entry in entries) > file.stat().st_size:
        raise ValueError(
            f"{file} unpacks to more than it holds, which nothing that torch.save writes does: "
            "refused"
        )
    if not any(entry.CRC for entry in entries):
        return  # written after torch.serialization.set_crc32_options(False): nothing to check by
    damaged = damaged_entry(file)
    if damaged is not None:
        raise ValueError(
            f"{file} is damaged: its {damaged} is not as it was written, by its checksum. "
            "Copy it again"
        )


def _check_pickles(file: Path, first: bytes) -> None:
    """ValueError for a pickle that makes a bytearray: of any size, from a few bytes of a file.

    It is the only thing of the kind that torch.load opens with weights_only.
    """
    try:
        with open(file, "rb") as opened:
            stream: IO[bytes] = opened
            if first.startswith(ZIP):  # by torch's own reader: what is looked at is what is loaded
                stream = BytesIO(torch._C.PyTorchFileReader(opened).get_record("data.pkl"))
            called = set(_called(stream))
    except Exception as error:  # a damaged file leads to errors of every kind
        raise _damaged(file, error) from None
    if "bytearray" in called:
        raise ValueError(
            f"{file} asks for a bytearray, which no state_dict needs and which may be of any size: "
            "it was not opened. Save the weights alone, where the file was made: "
            "torch.save(model.state_dict(), 'weights.pth')"
        )


def _called(stream: IO[bytes]) -> Iterator[str]:
    """The names, without their modules, of all that pickles one behind another would call."""
    for _ in range(OLD_PICKLES):
        at = stream.tell()
        if not stream.read(1):
            return
        stream.seek(at)
        for operation, given, _ in pickletools.genops(stream):
            if operation.name == "GLOBAL":  # torch.load knows no other way to name anything
                yield str(given).rpartition(" ")[2]


def _refusal(file: Path, reason: str) -> str:
    """Why a pickle is not opened, and what would work."""
    found = re.search(r"GLOBAL ([\w.]+)", reason)
    what = found[1] if found else ""
    if what and RUNS.match(what):
        return (
            f"{file} asks to run {what}, which no file of weights needs: it was not opened. "
            "Do not load it by other means either, unless you know who made it"
        )
    if what:
        return (
            f"{file} holds a Python object, {what}, which only running code could open; it was not "
            "opened. Save the weights alone, where the file was made: "
            "torch.save(model.state_dict(), 'weights.pth')"
        )
    return f"{file} is damaged, or a pickle that torch.save did not write: it was not opened"


def state_dict_in(value: object, where: str, key: str = "") -> Weights:
    """The state_dict in what torch.load gave: itself, or in a wrapper such as {"state_dict": ...}.

    Of several, that of the network as it was last trained is taken, and a note names the others.
    """
    if not isinstance(value, Mapping):
        raise ValueError(
            f"{where} holds a {type(value).__name__}, not a state_dict. Where it was made: "
            "torch.save(model.state_dict(), 'weights.pth')"
        )
    found = dict(states_in(value))
    if key:
        if list(found) == [""]:
            raise ValueError(f"{where} is one state_dict, with no key to choose: leave --key out")
        if key not in found:
            raise ValueError(f"{where} has no state_dict {brief(key)}; it has {_list(found)}")
        return cleaned(found[key], where)
    if not found:
        raise ValueError(f"{where} holds no state_dict; its keys: {_list(value)}")
    plain = [name for name in found if not AVERAGED.search(name)] or list(found)
    if len(plain) > 1:
        raise ValueError(
            f"{where} holds several state_dicts, {_list(plain)}: say which with --key {plain[0]}"
        )
    taken = cleaned(found[plain[0]], where)
    others = [name for name in found if name != plain[0]]
    if not others:
        return taken
    note = f"taken from {plain[0]!r}; it also holds {_list(others)} (--key {others[0]})"
    return replace(taken, notes=(note, *taken.notes))


def cleaned(
    state: Mapping[str, Tensor] | Mapping[object, object], where: str = "the state_dict"
) -> Weights:
    """The tensors with names, less extras and prefixes: see `papernets.bundle.extras.trimmed`."""
    if not isinstance(state, Mapping):
        kind = type(state).__name__
        hint = ": give its state_dict()" if hasattr(state, "state_dict") else ""
        raise ValueError(f"a state_dict is a table of tensors by name, not a {kind}{hint}")
    tensors: dict[str, Tensor] = {}
    for name, value in state.items():
        tensor = value if isinstance(value, Tensor) else _as_tensor(value)
        if not isinstance(name, str) or tensor is None:
            raise ValueError(
                f"{where}: {brief(name)} is {type_of(value)}, not a tensor with a name"
            )
        if tensor.is_nested or tensor.layout != torch.strided:
            odd = "nested" if tensor.is_nested else "sparse"
            raise ValueError(
                f"{where}: {brief(name)} is a {odd} tensor: give the weights as dense ones"
                + (", by to_dense()" if odd == "sparse" else "")
            )
        tensors[name] = tensor
    found = trimmed(tensors)
    return Weights(found.tensors, True, found.notes, left_out=found.left_out)


def _as_tensor(value: object) -> Tensor | None:
    """A numpy array as a tensor; None for what is neither."""
    import numpy as np

    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        return torch.from_numpy(np.ascontiguousarray(value).reshape(value.shape))
    return None


def _list(names: Iterable[object]) -> str:
    return listed(map(repr, names), 8) or "none"


def _first(error: BaseException) -> str:
    return shortened(first_line(error), 160)


def _damaged(file: Path, error: BaseException) -> ValueError:
    return ValueError(f"{file} is damaged or cut short ({_first(error)}). Copy it again")
