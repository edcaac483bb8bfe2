"""Tensors of the Open Inference Protocol: JSON, and the binary form of Triton's extension."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..numbers import is_whole
from .given import base64_of, json_of
from .limits import Refused, length_in

KINDS: dict[str, np.dtype[Any]] = {
    "FP32": np.dtype("<f4"),
    "FP64": np.dtype("<f8"),
    "UINT8": np.dtype("u1"),
}
"""The datatypes of numbers that are read or written; BYTES are texts and files."""
HEADER = "inference-header-content-length"
MOST_NUMBERS = 1 << 31
"""In a tensor, a side of 0 being counted as 1: numpy can make none of the largest empty ones."""


@dataclass(frozen=True)
class Input:
    """One tensor that a client gave; of BYTES a list of bytes."""

    name: str
    datatype: str
    shape: tuple[int, ...]
    values: NDArray[Any] | list[bytes]


@dataclass(frozen=True)
class Wanted:
    """An output that a client asks for: in binary or not, and how many classes as texts, if any."""

    name: str
    binary: bool
    classes: int = 0


@dataclass(frozen=True)
class Inference:
    """A request: what is given, which outputs are wanted (empty: all), its own id."""

    inputs: list[Input]
    wanted: list[Wanted]
    binary: bool
    id: str | None


def wrong(said: str) -> Refused:
    """What a request of this protocol gets that does not keep to it."""
    return Refused(400, said, reason="protocol")


def read(content: bytes, header: str | None) -> Inference:
    """A request's body; `header` is what `Inference-Header-Content-Length` says, if it is there."""
    size = len(content)
    if header is not None:
        length = length_in(header)
        if length is None or length > size:
            raise wrong("Inference-Header-Content-Length is no number of bytes of this body")
        size = length
    value, rest = json_of(content[:size]), memoryview(content)[size:]
    options = _table(value.get("parameters"), "parameters")
    inputs = value.get("inputs")
    if not isinstance(inputs, list) or not inputs:
        raise wrong('"inputs" is to be a list of tensors')
    found = []
    for one in inputs[:16]:
        tensor, rest = _input(one, rest)
        found.append(tensor)
    if len(rest):
        raise wrong(f"{len(rest):,} bytes behind the last tensor belong to none")
    own = value.get("id")
    if own is not None and (not isinstance(own, str) or len(own) > 200):
        raise wrong('"id" is to be a text of at most 200 characters')
    binary = options.get("binary_data_output") is True
    return Inference(found, _wanted(value.get("outputs"), binary), binary, own)


def _table(value: object, what: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong(f'"{what}" is to be an object')
    return value


def _wanted(outputs: object, binary: bool) -> list[Wanted]:
    if outputs is None:
        return []
    if not isinstance(outputs, list) or len(outputs) > 16:
        raise wrong('"outputs" is to be a list of at most 16 names')
    found = []
    for one in outputs:
        if not isinstance(one, dict) or not isinstance(one.get("name"), str):
            raise wrong('each of "outputs" is to have a "name"')
        options = _table(one.get("parameters"), "parameters")
        if "shared_memory_region" in options:
            raise wrong("shared memory is not served: leave it out")
        count = options.get("classification", 0)
        if not is_whole(count, 0):
            raise wrong('"classification" is to be a number of classes')
        given = options.get("binary_data", binary)
        found.append(Wanted(one["name"], given is True, count))
    return found


def _input(one: object, rest: memoryview) -> tuple[Input, memoryview]:
    """A tensor, and the bytes behind it."""
    if not isinstance(one, dict) or not isinstance(one.get("name"), str):
        raise wrong('each of "inputs" is to have a "name"')
    name = one["name"][:100]
    shape, kind = one.get("shape"), one.get("datatype")
    if not isinstance(shape, list) or len(shape) > 8 or not all(is_whole(n, 0) for n in shape):
        raise wrong(f'"shape" of {name!r} is to be a list of whole numbers')
    if math.prod(max(n, 1) for n in shape) > MOST_NUMBERS:
        raise wrong(f'"shape" of {name!r} is of more than {MOST_NUMBERS:,} values')
    if not isinstance(kind, str) or kind not in (*KINDS, "BYTES"):
        raise wrong(f'"datatype" of {name!r} is to be one of {", ".join([*KINDS, "BYTES"])}')
    options = _table(one.get("parameters"), "parameters")
    if "shared_memory_region" in options:
        raise wrong("shared memory is not served: leave it out")
    count = math.prod(shape)
    size = options.get("binary_data_size")
    if size is None:
        base64 = kind == "BYTES"
        given = one.get("data")
        flat = _texts(given, count, name) if base64 else _numbers(given, KINDS[kind], shape, name)
        return Input(name, kind, tuple(shape), flat), rest
    if not is_whole(size, 0) or size > len(rest):
        raise wrong(f'"binary_data_size" of {name!r} is more than follows')
    content, rest = bytes(rest[:size]), rest[size:]
    if kind == "BYTES":
        return Input(name, kind, tuple(shape), _parts(content, count, name)), rest
    if size != count * KINDS[kind].itemsize:
        raise wrong(f"{name!r} has {size:,} bytes, which are not those of its shape and datatype")
    values = np.frombuffer(content, KINDS[kind]).reshape(shape)
    return Input(name, kind, tuple(shape), _finite(values, name)), rest


def _numbers(data: object, kind: np.dtype[Any], shape: list[int], name: str) -> NDArray[Any]:
    """Numbers of JSON, flat or nested as the shape says."""
    if not isinstance(data, list):
        raise wrong(f'{name!r} has neither "data" nor "binary_data_size"')
    try:
        _check_plain(data)
        values = np.asarray(data)
        if values.dtype.kind not in "iuf" and values.size:
            raise ValueError
        small = (
            kind.kind == "u"
            and values.size
            and not (values.dtype.kind in "iu" and values.min() >= 0 and values.max() <= 255)
        )
        if small:
            raise wrong(f'"data" of {name!r} is to be whole numbers from 0 to 255')
        with np.errstate(over="ignore"):
            values = values.astype(kind)
        if values.shape not in (tuple(shape), (math.prod(shape),)):
            raise ValueError
        return _finite(values.reshape(shape), name)
    except (ValueError, TypeError, OverflowError):
        raise wrong(f'"data" of {name!r} is not numbers of the shape {shape}') from None


def _check_plain(data: list[Any]) -> None:
    """ValueError for lists that are not of numbers alone; of texts numpy would make a far larger
    array than they are."""
    open_ = [data]
    while open_:
        one = open_.pop()
        kinds = set(map(type, one))
        if kinds == {list}:
            open_ += one
        elif not kinds <= {int, float}:
            raise ValueError


def _finite(values: NDArray[Any], name: str) -> NDArray[Any]:
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise wrong(f"{name!r} has values that are not finite")
    return values


def _texts(data: object, count: int, name: str) -> list[bytes]:
    """Files in base64."""
    flat = data
    while isinstance(flat, list) and len(flat) == 1 and isinstance(flat[0], list):
        flat = flat[0]
    if not isinstance(flat, list) or not all(isinstance(one, str) for one in flat):
        raise wrong(f'"data" of {name!r} is to be a list of texts: each a file in base64')
    if len(flat) != count:
        raise wrong(f'"data" of {name!r} has {len(flat):,} texts, and its shape {count:,}')
    return [base64_of(text, f"{name!r}") for text in flat]


def _parts(content: bytes, count: int, name: str) -> list[bytes]:
    """Files, each behind its length in four bytes, the lowest first."""
    found, at = [], 0
    while at < len(content):
        if at + 4 > len(content):
            raise wrong(f"{name!r} is cut short")
        (size,) = struct.unpack_from("<I", content, at)
        at += 4
        if at + size > len(content):
            raise wrong(f"{name!r} is cut short")
        found.append(content[at : at + size])
        at += size
        if len(found) > count:
            break
    if len(found) != count:
        raise wrong(f"{name!r} does not have the {count:,} parts of its shape")
    return found


@dataclass(frozen=True)
class Output:
    """One tensor of an answer; of BYTES an array of texts."""

    name: str
    values: NDArray[Any] | list[list[str]]
    binary: bool

    @property
    def datatype(self) -> str:
        if isinstance(self.values, list):
            return "BYTES"
        return next(name for name, kind in KINDS.items() if kind == self.values.dtype)

    @property
    def shape(self) -> list[int]:
        if isinstance(self.values, list):
            return [len(self.values), len(self.values[0])]
        return list(self.values.shape)


def written(head: dict[str, Any], outputs: Sequence[Output]) -> tuple[dict[str, Any], bytes]:
    """An answer: its JSON, and the binary tensors that follow it."""
    told, rest = [], b""
    for one in outputs:
        flat = [t for row in one.values for t in row] if isinstance(one.values, list) else None
        entry: dict[str, Any] = {"name": one.name, "datatype": one.datatype, "shape": one.shape}
        if not one.binary:
            entry["data"] = flat if flat is not None else one.values.reshape(-1).tolist()  # type: ignore[union-attr]
        else:
            if flat is not None:
                texts = [text.encode() for text in flat]
                packed = b"".join(struct.pack("<I", len(text)) + text for text in texts)
            else:
                packed = np.ascontiguousarray(one.values).tobytes()
            entry["parameters"] = {"binary_data_size": len(packed)}
            rest += packed
        told.append(entry)
    return {**head, "outputs": told}, rest
