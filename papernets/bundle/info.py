"""What bundle.json says of a bundle, and that the weights beside it are those that it describes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ..files import opened, read_bytes, sha256_of
from ..numbers import is_number, is_whole
from ..texts import Form, check_forms, json_text, parsed
from ..words import composed, gigabytes
from . import INFO, WEIGHTS
from .arrays import read_arrays
from .head import MOST_WEIGHTS, Head, check_head, digest_of_tensors
from .sizes import most_bytes

SCHEMA = 1
AGAIN = "Copy the bundle again, or train again"
MOST_SIZE, MOST_CLASSES, MOST_MEMBERS = 10_000, 100_000, 100
"""What a bundle may ask for: channels and sides of pictures, classes, networks of a committee."""
MOST_BYTES = 32 << 20
"""Of bundle.json: more than 300 for each class, if there are as many as may be."""


@dataclass(frozen=True)
class BundleInfo:
    """What bundle.json says: everything but the weights.

    `kind` is `network`, or `committee`, whose `members` are bundles in folders inside it.
    `score_scale` times the logits, through softmax, gives the scores that `predict` prints.
    `net` is the network as data where its name means none of ours: see `write_net`. `outputs` is 1
    where one output tells two classes apart: its sigmoid is the second one's score. 0: one each.
    `arrays` are not in it, but in a file beside it: see `bundle.arrays`.
    """

    network: str
    classes: tuple[str, ...]
    input: tuple[int, int, int]
    preprocessing: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)
    score_scale: float = 1.0
    kind: str = "network"
    members: tuple[str, ...] = ()
    rule: dict[str, Any] = field(default_factory=dict)
    run: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    net: dict[str, Any] = field(default_factory=dict)
    outputs: int = 0
    schema: int = SCHEMA
    arrays: bytes = field(default=b"", repr=False)

    @staticmethod
    def from_json(text: str, where: str, missing: Mapping[str, Any] | None = None) -> BundleInfo:
        """Read what `to_json` wrote; anything else is a ValueError that says what is wrong.

        `missing` are values for keys that may be missing.
        """
        try:
            values = parsed(text)
        except ValueError as error:  # also a number of 5,000 digits
            raise ValueError(f"{where} is not JSON ({error}). {AGAIN}") from None
        if not isinstance(values, dict) or "network" not in values:
            raise ValueError(f"{where} does not describe a bundle: it names no network. {AGAIN}")
        values = {**(missing or {}), **values}
        if values.get("schema") != SCHEMA:
            raise ValueError(
                f"{where} has schema {values.get('schema')!r}; this version of papernets reads "
                f"{SCHEMA}. Install the version that wrote it (its 'versions' say which)"
            )
        for key in ("classes", "input", "preprocessing"):
            if key not in values:
                raise ValueError(f"{where} has no {key!r}. {AGAIN}")
        known = BundleInfo.__dataclass_fields__.keys() - {"arrays"}
        values = {k: v for k, v in values.items() if k in known}
        check_forms(values, _FORMS, where, AGAIN)
        check_forms(values.get("run", {}), _RUN, f"{where}, run", AGAIN)
        if values.get("kind") == "committee":
            check_forms(values.get("rule", {}), _RULE, f"{where}, rule", AGAIN)
            weights, count = values.get("rule", {}).get("weights"), len(values.get("members", ()))
            if count and weights is not None and len(weights) != count:
                raise ValueError(
                    f"{where}, rule: 'weights' are {len(weights)} for {count} members; "
                    f"each has one. {AGAIN}"
                )
        if values.get("outputs") and len(values["classes"]) != 2:
            raise ValueError(
                f"{where} has one output, which tells two classes apart, for "
                f"{len(values['classes'])}. {AGAIN}"
            )
        for key in ("classes", "input", "members"):
            if key in values:
                values[key] = tuple(values[key])
        return BundleInfo(**values)

    @property
    def classifies(self) -> int:
        """The classes of its network, which has an output each."""
        return self.outputs or len(self.classes)

    def to_json(self, **more: Any) -> str:
        """As the file holds it; `more` adds keys, such as the weights' checksum."""
        values = asdict(replace(self, arrays=b"")) | more
        return json_text({k: v for k, v in values.items() if k != "arrays"}, indent=1, default=str)


def _names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def differ(names: Sequence[str]) -> bool:
    """True where no two names are the same in Unicode's composed form, in which they are met."""
    return len(set(map(composed, names))) == len(names)


def _stays_inside(name: str) -> bool:
    """True for a relative path that stays in its folder, on every system."""
    parts = name.split("/")
    return not set("\\:\0") & set(name) and not {"", ".", ".."} & set(parts)


def _table(value: object) -> bool:
    return isinstance(value, dict)


def _size(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 3
        and all(is_whole(n, 1) and n <= MOST_SIZE for n in value)
    )


def _positive(value: object) -> bool:
    return is_number(value) and value > 0


_FORMS: dict[str, Form] = {
    "network": (lambda value: isinstance(value, str), "a name"),
    "classes": (
        lambda v: _names(v) and 0 < len(v) <= MOST_CLASSES and differ(v),
        "a list of different names",
    ),
    "input": (_size, f"a list of channels, height and width, each from 1 to {MOST_SIZE:,}"),
    "preprocessing": (_table, "a table"),
    "options": (
        lambda value: _table(value) and not {"name", "classes", "channels", "input"} & set(value),
        "a table of the network's further options",
    ),
    "run": (_table, "a table"),
    "rule": (_table, "a table"),
    "net": (_table, "a table"),
    "outputs": (lambda value: is_whole(value, 0) and value <= 1, "0, or 1 for two classes"),
    "score_scale": (_positive, "a number above 0"),
    "kind": (lambda value: value in ("network", "committee"), "network or committee"),
    "members": (
        lambda v: (
            _names(v) and len(set(v)) == len(v) <= MOST_MEMBERS and all(map(_stays_inside, v))
        ),
        f"a list of folders inside the bundle's, different ones and at most {MOST_MEMBERS}",
    ),
    "metrics": (_table, "a table"),
    "versions": (_table, "a table"),
}

_RUN: dict[str, Form] = {
    "seed": (lambda v: v is None or (is_whole(v, 0) and v < 2**60), "a whole number"),
    "neighbours": (is_number, "a number"),
    "constant": (lambda value: value == "inf" or is_number(value), "a number, or inf"),
    "data": (lambda value: value is None or isinstance(value, str), "a name"),
}
"""What is read of the settings that a bundle was trained with; the others only inform."""

_RULE: dict[str, Form] = {
    "name": (lambda value: value == "sum", "sum, the rule that this version knows"),
    "weights": (
        lambda v: v is None or (isinstance(v, list) and all(map(is_number, v))),
        "a list of numbers",
    ),
    "alone": (_positive, "a number above 0"),
    "margin": (lambda value: value is None or is_number(value), "a number, or null"),
}


def described(folder: Path) -> BundleInfo:
    """As `read_info`, for its network alone: where bundle.json is there, weights are not looked at.

    Nor need it say how pictures are prepared.
    """
    path, missing = folder / INFO, {"schema": SCHEMA, "preprocessing": {}}
    if not path.exists():
        return read_info(folder)
    return BundleInfo.from_json(_text(path), str(path), missing)


def read_info(folder: Path) -> BundleInfo:
    """The description of the bundle in a folder.

    ValueError or FileNotFoundError says what is missing or wrong; weights that are not those that
    were written are a ValueError.
    """
    info = _read(folder)
    arrays = read_arrays(folder, info.preprocessing, AGAIN)
    return replace(info, arrays=arrays) if arrays else info


def _read(folder: Path) -> BundleInfo:
    path, weights = folder / INFO, folder / WEIGHTS
    text = _text(path) if path.exists() else ""
    info = BundleInfo.from_json(text, str(path)) if path.exists() else None
    if info is not None and info.kind == "committee":
        return info
    if not weights.exists():
        raise FileNotFoundError(f"{folder} is not a bundle: it has no {WEIGHTS if info else INFO}")
    head = check_head(weights, AGAIN)
    if info is not None and _as_described(weights, text):
        return info
    if "bundle" in head.about:
        return _description_in(weights, head)
    if info is None:
        raise FileNotFoundError(f"{folder} is not a bundle: it has no {INFO}")
    raise ValueError(
        f"{weights} is not the file that {path} describes: the checksum differs. {AGAIN}"
    )


def _text(path: Path) -> str:
    return read_bytes(path, MOST_BYTES).decode("utf-8", "replace")


def _as_described(weights: Path, text: str) -> bool:
    """True where the weights have the checksum that a description gives, or it gives none."""
    told = _checksum(text, "weights")
    if not told:
        return True
    with opened(weights, MOST_WEIGHTS) as file:
        return bool(told == sha256_of(file))


def _description_in(weights: Path, head: Head) -> BundleInfo:
    """The description in a file of weights; ValueError where its tensors are others."""
    text = head.about["bundle"]
    info = BundleInfo.from_json(text, str(weights))
    size = sum(end - begin for begin, end in head.places.values())
    own = (info.network, info.classifies, info.input, info.options, info.net)
    if size > most_bytes(*own, str(weights)):
        raise ValueError(
            f"{weights} has {gigabytes(size)} of tensors, far more than {info.network} has. {AGAIN}"
        )
    told = _checksum(text, "tensors") or head.about.get("sha256")  # in older ones
    if told != digest_of_tensors(weights, head):
        raise ValueError(f"{weights} is not as it was written: the checksum differs. {AGAIN}")
    return info


def _checksum(text: str, of: str) -> Any:
    """The checksum that a description has of its `weights`, the file, or of its `tensors`."""
    told = parsed(text).get(of)
    return told.get("sha256") if isinstance(told, dict) else None


def digest(tensors: Iterable[tuple[str, bytes | bytearray | memoryview]]) -> str:
    """SHA-256 of names and values, in the order of names: whatever stands beside them in a file."""
    sha = hashlib.sha256()
    for name, values in tensors:
        sha.update(name.encode())
        sha.update(values)
    return sha.hexdigest()
