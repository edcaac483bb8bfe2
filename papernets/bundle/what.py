"""What somebody gives in the place of a bundle: what the file or folder is, and what takes it."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from shlex import quote

from ..files import SPECIAL, unreadable
from ..words import either

STARTS = {
    b"\x89HDF\r\n\x1a\n": "an HDF5 file, as Keras writes weights",
    b"\x93NUMPY": "a file of a numpy array",
    b"\x80\x02": "a PyTorch file, of before 1.6",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"version https://git-lfs": "what Git LFS leaves in the place of a large file (git lfs pull)",
}
PYTORCH, KERAS, ARRAYS, SAFETENSORS = (
    "a PyTorch file",
    "a Keras file",
    "an archive of numpy arrays",
    "a safetensors file",
)
CONVERTED = ("an HDF5", "a PyTorch", KERAS, SAFETENSORS)
"""How what `papernets convert` reads begins."""


def kind_of(path: Path) -> str:
    """What a file is by its content, in words: `a PyTorch file`; nothing in it is run."""
    if unreadable(path):
        return unreadable(path)
    with open(path, "rb") as file:
        first = file.read(64)
    if not first:
        return "an empty file"
    for start, what in STARTS.items():
        if first.startswith(start):
            return what
    if first.startswith(b"PK\x03\x04"):
        return _archive(path)
    if int.from_bytes(first[:8], "little") < 1 << 40 and first[8:9] == b"{":
        return SAFETENSORS
    try:
        first.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end < len(first):  # not merely a character cut at the end
            return "a file of no kind that holds weights"
    return "a text file" if b"\0" not in first else "a file of no kind that holds weights"


def _archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "a damaged archive: cut short, say"
    if any(name.endswith("data.pkl") for name in names):
        return PYTORCH
    if "model.weights.h5" in names:
        return KERAS
    return ARRAYS if any(name.endswith(".npy") for name in names) else "an archive of other files"


def no_bundle(path: Path) -> str:
    """What a file is that is given as a bundle, and the ways in which it can be used."""
    kind = kind_of(path)
    said = f"{path} is {kind}, not a bundle, which is a folder"
    if kind == SPECIAL or not kind.startswith(CONVERTED):
        takes = ("a bundle's folder", "a .safetensors file", "a state_dict")
        return f"{said}. In Python, weights= takes {either(takes)}; the verbs take a bundle"
    ways = [f"papernets convert {quote(os.fspath(path))} --net NAME --out OUT makes a bundle of it"]
    if kind.startswith(PYTORCH):
        ways.append(
            f"in Python, weights=torch.load({str(path)!r}, weights_only=True) takes a state_dict "
            "with our names; under a peer's names: papernets.from_peer"
        )
    elif kind == SAFETENSORS and path.suffix == ".safetensors":
        ways.append(f"in Python, create_model(NAME, weights={str(path)!r}), where it has our names")
    elif kind == SAFETENSORS:
        ways.append(f"in Python, weights={str(path.with_suffix('.safetensors'))!r}, once so named")
    return f"{said}. {'; or '.join(ways)}"
