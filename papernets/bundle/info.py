"""A bundle: a folder with weights.safetensors and bundle.json, written by training, read by all."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path
from shlex import quote
from typing import Any

from torch import Tensor

from ..files import write_atomically
from ..nets.registry import find
from ..numbers import is_number, is_whole
from ..words import plain, resume_command, shortened
from .net_json import in_file, named
from .weights import read_safetensors

SCHEMA = 1
WEIGHTS, INFO = "weights.safetensors", "bundle.json"
AGAIN = "Copy the bundle again, or train again"
MOST_SIZE, MOST_CLASSES = 10_000, 100_000
"""What a bundle may ask for: channels and sides of pictures, classes, and any other number."""


@dataclass(frozen=True)
class BundleInfo:
    """What bundle.json says: everything but the weights.

    `kind` is `network`, or `committee`, whose `members` are bundles in folders inside it.
    `score_scale` times the logits, through softmax, gives the scores that `predict` prints.
    `net` is the network as data where its name means none of ours: see `written`.
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
    schema: int = SCHEMA

    @staticmethod
    def from_json(text: str, where: str) -> BundleInfo:
        """Read what `to_json` wrote; anything else is a ValueError that says what is wrong."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:  # also a number of 5,000 digits
            raise ValueError(f"{where} is not JSON ({error}). {AGAIN}") from None
        if not isinstance(values, dict) or "network" not in values:
            raise ValueError(f"{where} does not describe a bundle: it names no network. {AGAIN}")
        if values.get("schema") != SCHEMA:
            raise ValueError(
                f"{where} has schema {values.get('schema')!r}; this version of papernets reads "
                f"{SCHEMA}. Install the version that wrote it (its 'versions' say which)"
            )
        missing = [k for k in ("classes", "input", "preprocessing") if k not in values]
        if missing:
            raise ValueError(f"{where} has no {missing[0]!r}. {AGAIN}")
        known = BundleInfo.__dataclass_fields__
        values = {k: v for k, v in values.items() if k in known}
        _check(values, _FORMS, where)
        _check(values.get("run", {}), _RUN, f"{where}, run")
        if values.get("kind") == "committee":
            _check(values.get("rule", {}), _RULE, f"{where}, rule")
            weights, count = values.get("rule", {}).get("weights"), len(values.get("members", ()))
            if count and weights is not None and len(weights) != count:
                raise ValueError(
                    f"{where}, rule: 'weights' are {len(weights)} for {count} members; "
                    f"each has one. {AGAIN}"
                )
        for key in ("classes", "input", "members"):
            if key in values:
                values[key] = tuple(values[key])
        return BundleInfo(**values)

    def to_json(self, **more: Any) -> str:
        """As the file holds it; `more` adds keys, such as the weights' checksum."""
        return json.dumps(asdict(self) | more, indent=1, ensure_ascii=False, default=str)


def _check(
    values: dict[str, Any], forms: dict[str, tuple[Callable[[Any], bool], str]], where: str
) -> None:
    for key, (fits, what) in forms.items():
        if key in values and not fits(values[key]):
            given = shortened(json.dumps(values[key], ensure_ascii=False))
            raise ValueError(f"{where}: {key!r} is {given}, not {what}. {AGAIN}")


def _names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _inside(name: str) -> bool:
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


_FORMS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "network": (lambda value: isinstance(value, str), "a name"),
    "classes": (
        lambda v: _names(v) and 0 < len(v) == len(set(v)) and len(v) <= MOST_CLASSES,
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
    "score_scale": (_positive, "a number above 0"),
    "kind": (lambda value: value in ("network", "committee"), "network or committee"),
    "members": (
        lambda value: _names(value) and all(map(_inside, value)),
        "a list of folders inside the bundle's",
    ),
    "metrics": (_table, "a table"),
    "versions": (_table, "a table"),
}

_RUN: dict[str, tuple[Callable[[Any], bool], str]] = {
    "seed": (lambda v: v is None or (is_whole(v, 0) and v < 2**60), "a whole number"),
    "neighbours": (is_number, "a number"),
    "constant": (lambda value: value == "inf" or is_number(value), "a number, or inf"),
    "data": (lambda value: value is None or isinstance(value, str), "a name"),
}
"""What is read of the settings that a bundle was trained with; the others only inform."""

_RULE: dict[str, tuple[Callable[[Any], bool], str]] = {
    "name": (lambda value: value == "sum", "sum, the rule that this version knows"),
    "weights": (
        lambda v: v is None or (isinstance(v, list) and all(map(is_number, v))),
        "a list of numbers",
    ),
    "alone": (_positive, "a number above 0"),
    "margin": (lambda value: value is None or is_number(value), "a number, or null"),
}


def versions() -> dict[str, str]:
    """The versions that a bundle was written with."""
    import torch

    from .. import __version__

    return {
        "papernets": __version__,
        "torch": torch.__version__,
        "python": platform.python_version(),
    }


def save_bundle(folder: Path, info: BundleInfo, state: Mapping[str, Tensor] | None) -> None:
    """Write a bundle, so that a reader always finds a whole one, whenever the writing stops.

    The weights' file carries the description too. If only one of the two files was replaced when
    the power went, the checksum tells, and the description in the weights' file is read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if state is None:
        write_atomically(folder / INFO, info.to_json().encode())
        return
    from safetensors.torch import save

    tensors = {name: t.detach().cpu().contiguous() for name, t in state.items()}
    # one key, because safetensors writes several in random order: equal runs leave equal files
    about = {"bundle": info.to_json(tensors={"sha256": _digest(tensors)})}
    data = save(tensors, metadata=about)
    weights = {"file": WEIGHTS, "sha256": hashlib.sha256(data).hexdigest()}
    write_atomically(folder / WEIGHTS, data)
    write_atomically(folder / INFO, info.to_json(weights=weights).encode())


def read_info(folder: Path) -> BundleInfo:
    """The description of the bundle in a folder.

    ValueError or FileNotFoundError says what is missing or wrong; weights that are not those that
    were written are a ValueError.
    """
    path, weights = folder / INFO, folder / WEIGHTS
    if not path.exists() and not weights.exists():
        raise FileNotFoundError(f"{folder} is no bundle: it has no {INFO}")
    text = path.read_bytes().decode("utf-8", "replace") if path.exists() else ""
    info = BundleInfo.from_json(text, str(path)) if text or path.exists() else None
    if info is not None and info.kind == "committee":
        return info
    if not weights.exists():
        raise FileNotFoundError(f"{folder} is no bundle: it has no {WEIGHTS}")
    about = _metadata(weights)
    if info is not None:
        named = json.loads(text).get("weights")
        sha256 = named.get("sha256") if isinstance(named, dict) else None
        if not sha256 or sha256 == hashlib.sha256(weights.read_bytes()).hexdigest():
            return info
    if "bundle" not in about and info is None:
        raise FileNotFoundError(f"{folder} is no bundle: it has no {INFO}")
    if "bundle" not in about:
        raise ValueError(
            f"{weights} is not the file that {path} describes: the checksum differs. {AGAIN}"
        )
    described = BundleInfo.from_json(about["bundle"], str(weights))
    told = json.loads(about["bundle"]).get("tensors")
    sha256 = told.get("sha256") if isinstance(told, dict) else about.get("sha256")  # in older ones
    if sha256 != _digest(read_safetensors(weights)):
        raise ValueError(f"{weights} is not as it was written: the checksum differs. {AGAIN}")
    return described


def _metadata(weights: Path) -> dict[str, str]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(weights, framework="numpy") as file:
            return file.metadata() or {}
    except SafetensorError as error:
        raise ValueError(f"{weights} is not a whole safetensors file ({error}). {AGAIN}") from None


def _digest(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 of all names and values, whatever stands beside them in a file."""
    import torch

    sha = hashlib.sha256()
    for name in sorted(tensors):
        sha.update(name.encode())
        sha.update(tensors[name].reshape(-1).view(torch.uint8).numpy().tobytes())
    return sha.hexdigest()


def shipped(name: str) -> Path | None:
    """The folder of the bundle that comes with the package under a name, or None.

    The name is a network's, or the bundle's own: `lenet5_scan`, which is a lenet5. `-`, `_` and
    case are the same.
    """
    try:
        own = find(name).name
    except ValueError:
        own = plain(name)
    if own not in _shipped_names():
        return None
    return Path(str(files("papernets"))) / "weights" / own


def find_bundle(given: str | os.PathLike[str]) -> Path:
    """The folder of a bundle: itself, a run's best one, or that of a network that comes trained.

    FileNotFoundError says what was looked for and what would work.
    """
    if not isinstance(given, str | os.PathLike):
        raise ValueError(
            f"a bundle is a folder, or a network that comes trained, not {given!r}: "
            "load_bundle('lenet5'), say"
        )
    path = Path(given)
    if path.is_file() and path.name in (INFO, WEIGHTS):
        path = path.parent
    if (path / INFO).exists() or (path / WEIGHTS).exists():
        return path
    for inner in ("best", "last"):
        if (path / inner / INFO).exists() or (path / inner / WEIGHTS).exists():
            return path / inner
    run = _unfinished(path)
    if run is not None:
        raise FileNotFoundError(
            f"{path} is not finished and has no {INFO} yet. Go on with it: {resume_command(run)}"
        )
    found = None if in_file(str(given)) else shipped(str(given))
    if path.is_dir() and not found:
        raise FileNotFoundError(
            f"{path} is no bundle and no finished run: it has neither {INFO} nor best/{INFO}"
        )
    if found:
        return found
    if path.is_file() and not in_file(str(given)):
        raise FileNotFoundError(
            f"{path} is a file, and no bundle. A bundle is made of weights by papernets convert "
            f"{quote(str(path))} --net NAME --out OUT. In Python, weights= takes a bundle's "
            "folder, a .safetensors file, or a state_dict, as torch.load(path, weights_only=True) "
            "gives it; under a peer's names: papernets.from_peer"
        )
    names = ", ".join(sorted(_shipped_names())) or "none"
    if named(str(given)):
        name = find(str(given)).name
        raise FileNotFoundError(
            f"{name} does not come trained (these do: {names}). "
            f"Train it: papernets train {name}; then give its run's folder"
        )
    raise FileNotFoundError(
        f"no bundle {str(given)!r}: give a bundle's folder, a run's folder, "
        f"or a network that comes trained ({names})"
    )


def _unfinished(path: Path) -> Path | None:
    """The run to go on with, of whose folders one without a bundle is given; else None."""
    runs = [path, path.parent] if path.name in ("best", "last") else [path]
    for run in runs:
        if path.is_dir() and (run / "run.toml").is_file():
            member = run.name.isdigit() and (run.parent / "run.toml").is_file()
            return run.parent if member else run
    return None


def _shipped_names() -> list[str]:
    folder = Path(str(files("papernets"))) / "weights"
    return [p.name for p in folder.iterdir() if (p / INFO).exists()] if folder.is_dir() else []
