"""torchvision beside a torch that its wheel was not built with: its Python code alone."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from PIL import Image
from torch import Tensor
from torch.library import Library
from torch.utils.data import DataLoader

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""ImageNet's, as everybody takes them."""
LOW = tuple(-m / d for m, d in zip(MEAN, DEVIATION, strict=True))
HIGH = tuple((1 - m) / d for m, d in zip(MEAN, DEVIATION, strict=True))
"""What they make of 0 and 255."""
MISSING = re.compile(r"operator (torchvision::(\w+)) does not exist")
SUFFIXES = (".jpg", ".jpeg", ".png")
KEPT: list[Library] = []


def torchvision() -> ModuleType:
    """The module; operators that its code names and nothing here needs are declared first.

    SystemExit where it is not installed: a comparison is never left out quietly.
    """
    library = Library("torchvision", "FRAGMENT")
    KEPT.append(library)  # what it declares lives as long as it does
    while True:
        try:
            return importlib.import_module("torchvision")
        except ImportError as error:
            sys.exit(f"error: {error}. pip install --no-deps torchvision (docs/speed.md)")
        except RuntimeError as error:
            found = MISSING.search(str(error))
            if found is None:
                raise
            for name in [n for n in sys.modules if n.split(".")[0] == "torchvision"]:
                del sys.modules[name]
            library.define(f"{found[2]}(Tensor a) -> Tensor")


def pictures(folder: Path | None, count: int, side: int) -> Tensor:
    """A batch of (count, 3, side, side) as ImageNet's networks take it.

    It is made of the first pictures below the folder, again from the first where there are fewer;
    without a folder it is noise, always the same. SystemExit where there is no picture.
    """
    if folder is None:
        return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(0))
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES)[:count]
    if not files:
        sys.exit(f"error: no picture ({', '.join(SUFFIXES)}) below {folder}")
    steps = torchvision().transforms
    ready = steps.Compose(
        [steps.Resize((side, side)), steps.ToTensor(), steps.Normalize(MEAN, DEVIATION)]
    )
    made = [ready(Image.open(file).convert("RGB")) for file in files]
    return torch.stack([made[at % len(made)] for at in range(count)])


def reference_loader(
    folder: Path, files: Sequence[Any], side: int, batch: int, workers: int
) -> DataLoader[Any]:
    """torchvision's ImageFolder of these files and torch's DataLoader, whose processes stay.

    Random resized crops of `side` pixels, mirrored by chance, and normalised.
    """
    vision, names = torchvision(), {Path(str(file)).resolve() for file in files}
    steps = vision.transforms
    prepared = steps.Compose(
        [
            steps.RandomResizedCrop(side),
            steps.RandomHorizontalFlip(),
            steps.ToTensor(),
            steps.Normalize(MEAN, DEVIATION),
        ]
    )
    pictures = vision.datasets.ImageFolder(
        str(folder), prepared, is_valid_file=lambda path: Path(path).resolve() in names
    )
    return DataLoader(
        pictures,
        batch_size=batch,
        shuffle=True,
        num_workers=workers,
        persistent_workers=workers > 0,
    )
