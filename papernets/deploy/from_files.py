"""Whether a file of code reads picture files as the network's own reader does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..bundle.load import Bundle
from ..data import Preprocessing
from ..data.picture import pillow_rules, shown
from ..evaluate.infer import for_both, logits_of
from ..evaluate.known import Pictures
from ..evaluate.read import preprocessing_of, read_files
from ..words import plural

MOST, LEVEL = 64, 1.0
"""Files that are read, and levels of 255 by which rounding alone may move a pixel."""


@dataclass(frozen=True)
class FromFiles:
    """Picture files that the code read itself, and how near it came to what `predict` reads.

    `levels` is the largest difference of a stored pixel, of 255. `others` are sentences on files
    that it reads otherwise, or not at all.
    """

    files: int
    same_labels: int
    levels: float
    others: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"files": self.files, "same_labels": self.same_labels, "levels": self.levels}

    def words(self) -> str:
        """What it showed, in a sentence."""
        alike = "all labels equal"
        if self.same_labels < self.files:
            alike = f"{self.same_labels:,} labels equal"
        near = f"pixels at most {plural(round(self.levels), 'level')} of 255 apart"
        return (
            f"{plural(self.files, 'picture file')} through prepare(): {alike}, "
            f"{near if self.levels else 'pixels equal'}"
        )


def from_files(bundle: Bundle, pictures: Pictures, code: Mapping[str, Any]) -> FromFiles | None:
    """Some files of the pictures by `prepare` of a file of code, beside our own reader.

    None where the pictures are no files of their own.
    """
    files = [file for file in pictures.files if isinstance(file, str)]
    if not files:
        return None
    if len(files) > MOST:
        files = [files[at] for at in np.linspace(0, len(files) - 1, MOST).round().astype(int)]
    eyes = preprocessing_of(bundle)
    reads = zip(files, read_files(files, eyes), strict=True)
    good = [(file, read) for file, read in reads if read.picture is not None]
    network = code["load"]()
    same, levels, others, labels = 0, 0.0, list[str](), list[str]()
    for file, read in good:
        assert read.picture is not None
        try:
            seen = _opened(file, code["prepare"], *_arrays(eyes, code))
            apart = float((_opened(file, code["stored"]) - read.picture.float()).abs().max())
        except Exception as error:  # decoders raise errors of every kind
            others.append(f"prepare() cannot read {shown(file)}: {error}")
            continue
        if apart > LEVEL:
            others.append(
                f"prepare() reads {shown(file)} up to {apart:.0f} levels of 255 otherwise"
            )
        levels = max(levels, apart)
        label = logits_of(bundle.model, read.picture[None], eyes).argmax(1)
        with torch.inference_mode():
            if for_both(network(seen)).argmax(1) == label:
                same += 1
            else:
                labels.append(f"prepare() leads to another label than predict for {shown(file)}")
    return FromFiles(len(good), same, levels, (*_first(others), *_first(labels)))


def _first(told: list[str]) -> list[str]:
    """The first of sentences of one kind, which counts the others."""
    if len(told) < 2:
        return told
    return [f"{told[0]}, and {plural(len(told) - 1, 'other file')} likewise"]


def _arrays(eyes: Preprocessing, code: Mapping[str, Any]) -> Sequence[object]:
    """What `prepare` is given besides: the weights, where the mean picture is among them."""
    return () if eyes.arrays is None else (code["load_file"](code["WEIGHTS"]),)


def _opened(file: str, read: Callable[..., Tensor], *more: object) -> Tensor:
    with pillow_rules(), Image.open(file) as picture:
        return read(picture, *more)
