"""What is known of a model's errors: from its bundle, and what `evaluate --json` wrote of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import Any

from ..bundle.load import Bundle
from ..files import read_bytes
from ..numbers import is_number, is_whole
from ..texts import parsed

FILE = "evaluation.json"
"""What `papernets evaluate BUNDLE --json` prints, kept in the bundle's folder or its run's."""
MOST_FILE = 64 << 20


@dataclass(frozen=True)
class Figures:
    """Test errors, fractions: of all classes and of each; None or empty where it is not known."""

    error: float | None = None
    images: int | None = None
    interval: tuple[float, float] | None = None
    classes: Mapping[str, tuple[float, int]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "test_error": self.error,
            "test_images": self.images,
            "interval": list(self.interval) if self.interval else None,
            "classes": {
                name: {"error": error, "images": images}
                for name, (error, images) in self.classes.items()
            },
        }


def figures_of(bundle: Bundle) -> Figures:
    """What is known of a bundle; ValueError for an evaluation.json that is damaged or another's."""
    values = bundle.info.metrics
    error, images = values.get("test_error"), values.get("test_images")
    known = Figures(
        float(error) if is_number(error) else None,
        images if is_whole(images, 1) else None,
        _interval(values.get("interval")),
    )
    folder = bundle.folder
    places = [folder, *([folder.parent] if folder.name in ("best", "last") else [])]
    for place in places:
        path = place / FILE
        if path.is_file():
            return _read(path, bundle.info.classes)
    return known


def _interval(value: object) -> tuple[float, float] | None:
    if isinstance(value, list | tuple) and len(value) == 2 and all(map(is_number, value)):
        return float(value[0]), float(value[1])
    return None


def _read(path: Path, names: tuple[str, ...]) -> Figures:
    where, file = quote(str(path.parent)), quote(str(path))
    again = f"Make it again: papernets evaluate {where} --data ... --json > {file}"
    try:
        values = parsed(read_bytes(path, MOST_FILE))
        rows = values["classes"]
        classes = {
            str(row["name"]): (float(row["error"]), int(row["images"]))
            for row in rows
            if row["error"] is not None
        }
        error, images = values.get("error"), values.get("images")
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise ValueError(
            f"{path} is not what evaluate --json writes ({type(wrong).__name__}). {again}"
        ) from None
    if not set(classes) <= set(names):
        raise ValueError(f"{path} has other classes than the bundle beside it. {again}")
    return Figures(
        float(error) if is_number(error) else None,
        images if is_whole(images, 1) else None,
        _interval(values.get("interval")),
        classes,
    )
