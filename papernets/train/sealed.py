"""A file that torch.save writes, with a hash of its own at its end; read with nothing run."""

from __future__ import annotations

import io
import os
import pickletools
import re
import struct
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

import torch

from ..data.quiet import EVERY
from ..files import damaged_entry, opened, sha256_of
from ..machine import memory

MARK = b"papernets sha256 "
SEAL = len(MARK) + 64
"""Bytes of the seal: a zip file's own comment, which every reader of zip files skips."""
END = b"PK\x05\x06"
END_BYTES = 22
"""How the last record of a zip file begins, and its bytes; the last two say how long a comment."""
PICKLED = re.compile(r"torch\._utils _rebuild_tensor_v2|torch \w+Storage|collections OrderedDict")
"""All that tables of numbers and dense tensors name; a bytearray, say, may be of any size."""


def sealed(value: object) -> bytes:
    """The bytes of a file with a value of plain kinds and tensors, and its hash."""
    buffer = io.BytesIO()
    torch.save(value, buffer)
    end = buffer.getbuffer().nbytes - 2
    buffer.seek(end)
    buffer.write(struct.pack("<H", SEAL))
    buffer.seek(0)
    told = sha256_of(buffer)
    buffer.write(MARK + told.encode())
    return buffer.getvalue()


def unsealed(path: Path) -> Any:
    """What a file of `sealed` holds; ValueError with the reason, in a few words, for a damaged one.

    Files of November 2026 have no hash: each entry's own checksum is looked at.
    """
    with opened(path, memory()) as file:
        size = os.fstat(file.fileno()).st_size
        _check_seal(path, file, size)
        _check_content(file, size)
        file.seek(0)
        try:
            with EVERY:
                return torch.load(file, map_location="cpu", weights_only=True)
        except OSError:
            raise
        except Exception as error:  # a damaged file leads to errors of every kind
            raise ValueError(type(error).__name__) from None


def _check_seal(path: Path, file: BinaryIO, size: int) -> None:
    """ValueError where the hash is another, or where there is none and an entry is damaged."""
    file.seek(max(size - SEAL - END_BYTES, 0))
    tail = file.read()
    if tail[:4] == END and tail[END_BYTES:].startswith(MARK):
        file.seek(0)
        if sha256_of(file, size - SEAL) != tail[END_BYTES + len(MARK) :].decode("ascii", "replace"):
            raise ValueError("its hash is another")
        return
    bare = tail[-END_BYTES:]
    if bare[:4] != END or bare[-2:] != b"\0\0" or not zipfile.is_zipfile(file):
        raise ValueError("it is not whole")
    spoilt = damaged_entry(path)
    if spoilt is not None:
        raise ValueError(f"the checksum of its {spoilt} is another")


def _check_content(file: BinaryIO, size: int) -> None:
    """ValueError where the file would become more than it holds, or names what no state needs."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > size:
                raise ValueError("it unpacks to more than it holds")
        file.seek(0)
        # by torch's own reader: what is looked at is what is loaded
        record = torch._C.PyTorchFileReader(file).get_record("data.pkl")
        for operation, given, _ in pickletools.genops(record):
            named = operation.name in ("GLOBAL", "STACK_GLOBAL", "INST")
            if named and not PICKLED.fullmatch(str(given)):
                raise ValueError(f"it names {given}, which no state needs")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OverflowError):
        raise ValueError("it is not whole") from None
