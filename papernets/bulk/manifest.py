"""What is noted beside an output: who answers, how, of which pictures, and how far it is."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from .. import __version__
from ..bundle.digest import digest_of
from ..bundle.load import Bundle
from ..data.picture import shown
from ..files import read_bytes, write_atomically
from ..numbers import is_whole
from ..texts import Form, check_keys, json_text, parsed
from ..words import brief, plural
from .part import WHOLE, Part, part_in_text

SCHEMA = 1
ENDING = ".manifest.json"
MOST = 1 << 24  # bytes of a manifest
SHOWN = 20  # of what was given, by name
ADVICE = "Remove it, with its output, and begin again"


@dataclass(frozen=True)
class Progress:
    """How far an output is: `rows` of it are whole, `errors` of which say why there is no answer.

    `seen` pictures were gone through, other parts' too, and `sha256` is of their names in order.
    `sizes` are bytes of the files, by what they hold.
    """

    rows: int = 0
    errors: int = 0
    seen: int = 0
    sha256: str = "0" * 64
    sizes: Mapping[str, int] = field(default_factory=dict)


NOTHING = Progress()
"""Where every output begins."""


@dataclass(frozen=True)
class Manifest:
    """What is noted of an output. `given` are the pictures as they were named, by their first names
    and a checksum of all; `runtime` is where it was computed."""

    bundle: Mapping[str, str]
    options: Mapping[str, Any]
    given: Mapping[str, Any]
    part: Part = WHOLE
    runtime: Mapping[str, Any] = field(default_factory=dict)
    progress: Progress = NOTHING
    complete: bool = False

    def write(self, output: Path) -> None:
        """Write it whole beside the output."""
        values = {
            "schema": SCHEMA,
            "complete": self.complete,
            "bundle": dict(self.bundle),
            "options": dict(self.options),
            "shard": str(self.part),
            "given": dict(self.given),
            "runtime": dict(self.runtime),
            "progress": asdict(self.progress),
        }
        write_atomically(manifest_of(output), (json_text(values, indent=1) + "\n").encode())

    def others(self, other: Manifest) -> list[str]:
        """What differs from another one's, in words; where it is computed may differ."""
        found = []
        if self.bundle["sha256"] != other.bundle["sha256"]:
            own, its = (f"{m.bundle['network']} of {m.bundle['folder']}" for m in (self, other))
            found.append(f"the bundle is {own}, and was {its}, with other weights or preprocessing")
        for key in {**self.options, **other.options}:
            here, there = self.options.get(key), other.options.get(key)
            if here != there:
                found.append(f"{key} is {brief(here)}, and was {brief(there)}")
        if self.given["sha256"] != other.given["sha256"]:
            found.append(f"the pictures are {_named(self.given)}, and were {_named(other.given)}")
        if self.part != other.part:
            found.append(f"the shard is {self.part}, and was {other.part}")
        return found

    def at(self, progress: Progress, complete: bool = False) -> Manifest:
        """The same, so far."""
        return replace(self, progress=progress, complete=complete)


def _named(given: Mapping[str, Any]) -> str:
    first = given["names"][:1]
    more = given["count"] - len(first)
    return " ".join([*first, *([f"and {plural(more, 'other')}"] if more > 0 else [])])


def manifest_of(output: Path) -> Path:
    """Where the manifest of an output lies."""
    return output.with_name(output.name + ENDING)


def read_manifest(output: Path) -> Manifest | None:
    """The manifest of an output; None without one, ValueError for one that nobody here wrote."""
    path = manifest_of(output)
    if not os.path.lexists(path):
        return None
    try:
        values = parsed(read_bytes(path, MOST))
    except ValueError as error:
        raise ValueError(f"{path} is no manifest ({error}). {ADVICE}") from None
    if isinstance(values, dict) and values.get("schema") != SCHEMA:
        raise ValueError(
            f"{path} has schema {brief(values.get('schema'))}; this version of papernets reads "
            f"{SCHEMA}"
        )
    check_keys(values, _FORMS, str(path), ADVICE)
    for key, forms in _TABLES.items():
        check_keys(values[key], forms, f"{path}, {key}", ADVICE)
    part = part_in_text(values["shard"])
    assert part is not None  # by its form
    return Manifest(
        values["bundle"],
        values["options"],
        values["given"],
        part,
        values["runtime"],
        Progress(**{key: values["progress"][key] for key in _PROGRESS}),
        values["complete"],
    )


def _table(value: object) -> bool:
    return isinstance(value, dict)


def _text(value: object) -> bool:
    return isinstance(value, str)


def _shard(value: object) -> bool:
    return isinstance(value, str) and part_in_text(value) is not None


def _count(value: object) -> bool:
    return is_whole(value, 0)


_FORMS: dict[str, Form] = {
    "complete": (lambda value: isinstance(value, bool), "true or false"),
    "bundle": (_table, "a table"),
    "options": (_table, "a table"),
    "shard": (_shard, "a shard such as 1/4"),
    "given": (_table, "a table"),
    "runtime": (_table, "a table"),
    "progress": (_table, "a table"),
}
_BUNDLE: dict[str, Form] = dict.fromkeys(("network", "folder", "sha256"), (_text, "text"))
_OPTIONS: dict[str, Form] = {
    "format": (_text, "text"),
    "--top": (lambda value: is_whole(value, 1), "a whole number above 0"),
    "--features": (_text, "text"),
}
_GIVEN: dict[str, Form] = {
    "names": (
        lambda value: isinstance(value, list) and all(map(_text, value)),
        "a list of names",
    ),
    "count": (_count, "a whole number"),
    "sha256": (_text, "text"),
}
_PROGRESS: dict[str, Form] = {
    **dict.fromkeys(("rows", "errors", "seen"), (_count, "a whole number")),
    "sha256": (lambda v: _text(v) and len(v) == 64, "a checksum"),
    "sizes": (
        lambda value: isinstance(value, dict) and all(map(_count, value.values())),
        "a table of sizes",
    ),
}

_TABLES = {"bundle": _BUNDLE, "options": _OPTIONS, "given": _GIVEN, "progress": _PROGRESS}


def given_as(names: Sequence[str]) -> dict[str, Any]:
    """Pictures as they were named."""
    sha = hashlib.sha256("\0".join(names).encode("utf-8", "surrogateescape"))
    return {
        "names": list(map(shown, names[:SHOWN])),
        "count": len(names),
        "sha256": sha.hexdigest(),
    }


def bundle_as(bundle: Bundle) -> dict[str, str]:
    """Who answers: the checksum is of all that its answers hang on."""
    return {
        "network": bundle.info.network,
        "folder": os.fspath(bundle.folder),
        "sha256": digest_of(bundle),
    }


def runtime_as(device: torch.device | str, bundle: Bundle) -> dict[str, Any]:
    """Where it is computed, and by what: what may change the last digits of a figure."""
    of, other = torch.device(device), bundle.runtime
    name = torch.cuda.get_device_name(of) if of.type == "cuda" else _processor()
    return {
        "papernets": __version__,
        "torch": torch.__version__,
        **({} if other is None else {other.name: other.version}),
        "device": name,
        "threads": torch.get_num_threads(),
    }


def _processor() -> str:
    return f"CPU, {torch.backends.cpu.get_cpu_capability()}"
