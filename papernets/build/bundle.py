"""A bundle: a folder with weights.safetensors and bundle.json, which training writes and all verbs read."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from torch import Tensor

from ..files import write_atomically

SCHEMA = 1
WEIGHTS, INFO = "weights.safetensors", "bundle.json"


@dataclass(frozen=True)
class BundleInfo:
    """What bundle.json says: everything but the weights.

    `kind` is `network`, or `committee`, whose `members` are bundles in folders beside it. `score_scale` times the
    logits, through softmax, gives the scores that `predict` prints.
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
    schema: int = SCHEMA

    @staticmethod
    def from_json(text: str, where: str) -> BundleInfo:
        """Read what `to_json` wrote; anything else is a ValueError that says what is wrong."""
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"{where} is not JSON ({error})") from None
        if not isinstance(values, dict) or "network" not in values:
            raise ValueError(f"{where} does not describe a bundle: it names no network")
        if values.get("schema") != SCHEMA:
            raise ValueError(
                f"{where} has schema {values.get('schema')!r}; this version of papernets reads {SCHEMA}"
            )
        known = BundleInfo.__dataclass_fields__
        missing = [k for k in ("classes", "input", "preprocessing") if k not in values]
        if missing:
            raise ValueError(f"{where} has no {missing[0]!r}")
        values = {k: v for k, v in values.items() if k in known}
        for key in ("classes", "input", "members"):
            if key in values:
                values[key] = tuple(values[key])
        return BundleInfo(**values)

    def to_json(self, **more: Any) -> str:
        """As the file holds it; `more` adds keys, such as the weights' checksum."""
        return json.dumps(asdict(self) | more, indent=1, ensure_ascii=False, default=str)


def versions() -> dict[str, str]:
    """The versions that a bundle was written with."""
    import torch

    from .. import __version__

    return {"papernets": __version__, "torch": torch.__version__, "python": platform.python_version()}


def save_bundle(folder: Path, info: BundleInfo, state: Mapping[str, Tensor] | None) -> None:
    """Write a bundle, so that a reader always finds a whole one, whenever the writing stops.

    The weights' file carries the description too. If only one of the two files was replaced when the power
    went, the checksum tells, and the description beside the weights is the one that is read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if state is None:
        write_atomically(folder / INFO, info.to_json().encode())
        return
    from safetensors.torch import save

    tensors = {name: t.detach().cpu().contiguous() for name, t in state.items()}
    data = save(tensors, metadata={"bundle": info.to_json()})
    weights = {"file": WEIGHTS, "sha256": hashlib.sha256(data).hexdigest()}
    write_atomically(folder / WEIGHTS, data)
    write_atomically(folder / INFO, info.to_json(weights=weights).encode())


def read_info(folder: Path) -> BundleInfo:
    """The description of the bundle in a folder; ValueError or FileNotFoundError say what is missing or wrong."""
    path, weights = folder / INFO, folder / WEIGHTS
    if not path.exists() and not weights.exists():
        raise FileNotFoundError(f"{folder} is no bundle: it has no {INFO}")
    embedded = _embedded(weights) if weights.exists() else None
    if not path.exists():
        if embedded is None:
            raise FileNotFoundError(f"{folder} is no bundle: it has no {INFO}")
        return BundleInfo.from_json(embedded, str(weights))
    text = path.read_text(encoding="utf-8")
    info = BundleInfo.from_json(text, str(path))
    if info.kind == "committee":
        return info
    if not weights.exists():
        raise FileNotFoundError(f"{folder} is no bundle: it has no {WEIGHTS}")
    named = json.loads(text).get("weights", {}).get("sha256")
    if named and named != hashlib.sha256(weights.read_bytes()).hexdigest():
        if embedded is None:
            raise ValueError(f"{weights} is not the file that {path} describes: the checksum differs")
        return BundleInfo.from_json(embedded, str(weights))
    return info


def _embedded(weights: Path) -> str | None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(weights, framework="numpy") as file:
            return (file.metadata() or {}).get("bundle")
    except SafetensorError as error:
        raise ValueError(
            f"{weights} is not a whole safetensors file ({error}). Copy it again, or train again"
        ) from None


def shipped(name: str) -> Path | None:
    """The folder of the bundle that comes with the package under a network's name, or None."""
    from ..nets import find

    try:
        entry = find(name)
    except ValueError:
        return None
    folder = Path(str(files("papernets"))) / "weights" / entry.name
    return folder if (folder / INFO).exists() else None


def find_bundle(given: str | os.PathLike[str]) -> Path:
    """The folder of a bundle: a bundle, a run folder (its best one), or the name of a network with trained weights.

    FileNotFoundError says what was looked for and what would work.
    """
    path = Path(given)
    if path.is_file() and path.name in (INFO, WEIGHTS):
        path = path.parent
    if (path / INFO).exists() or (path / WEIGHTS).exists():
        return path
    for inner in ("best", "last"):
        if (path / inner / INFO).exists():
            return path / inner
    if path.is_dir():
        raise FileNotFoundError(
            f"{path} is no bundle and no finished run: it has neither {INFO} nor best/{INFO}"
        )
    found = shipped(str(given))
    if found:
        return found
    names = ", ".join(sorted(_shipped_names())) or "none"
    raise FileNotFoundError(
        f"no bundle {str(given)!r}: give a bundle's folder, a run's folder, or a network that comes trained ({names})"
    )


def _shipped_names() -> list[str]:
    folder = Path(str(files("papernets"))) / "weights"
    return [p.name for p in folder.iterdir() if (p / INFO).exists()] if folder.is_dir() else []
