"""What is looked into, a model with what its bundle knows, and pictures as it sees them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..bundle.classes import class_place, no_class
from ..bundle.committee import Committee
from ..bundle.load import Bundle, load_bundle
from ..data.stored import OnDemand
from ..evaluate.infer import check_classes, for_both
from ..evaluate.pictures import Pictures
from ..evaluate.predictor import Picture, Predictor
from ..numbers import is_whole, plain_int
from ..words import brief, by, type_of

Given = Tensor | OnDemand | NDArray[np.floating] | Pictures | Picture | Sequence[Picture]
"""Pictures: files or what `Predictor.predict` takes, for a bundle; a tensor or array of float (N,
C, H, W) is what the model sees; a tensor of uint8 is stored pictures, as a data set's `Pictures`
are."""
Class = str | int | Sequence[str | int] | None
"""A class by name or number, one for all pictures or one for each; None: what the model answers."""
BATCH = 32


@dataclass(frozen=True)
class Subject:
    """A model, its classes' names and, if it came from one, its bundle."""

    model: nn.Module
    classes: tuple[str, ...] = ()
    bundle: Bundle | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        other = self.bundle.info.network if self.bundle else "the model"
        return str(getattr(getattr(self.model, "net", None), "name", other))

    @property
    def place(self) -> tuple[torch.device, torch.dtype]:
        """Where it computes, and in which numbers."""
        for value in self.model.parameters():
            if value.is_floating_point():
                return value.device, value.dtype
        return torch.device("cpu"), torch.float32

    def batches(self, pictures: Given, batch_size: int | None = None) -> Iterator[Tensor]:
        """Pictures as the model sees them, (n, C, H, W), at most `batch_size` at a time."""
        size = plain_int(BATCH if batch_size is None else batch_size)
        if not is_whole(size, 1):
            raise ValueError(f"batch_size={brief(batch_size)}: give a whole number of at least 1")
        given, count = self._checked(pictures)
        for at in range(0, count, size):
            yield self._seen(given[at : at + size]).to(*self.place)

    def _checked(self, pictures: Given) -> tuple[Any, int]:
        """Pictures that can be cut into batches, and how many there are; ValueError for none."""
        given: Any = pictures.images if isinstance(pictures, Pictures) else pictures
        if isinstance(given, np.ndarray) and given.dtype.kind == "f":
            given = torch.from_numpy(given)
        if isinstance(given, Tensor):
            if given.dim() == 3:
                given = given[None]
            if given.dim() != 4:
                raise ValueError(
                    f"pictures of shape {by(given.shape)}: give (N, C, H, W), or one (C, H, W)"
                )
        elif not isinstance(given, list | tuple | OnDemand):
            given = [given]
        if not len(given):
            raise ValueError("no pictures: the list is empty")
        return given, len(given)

    def _seen(self, some: Any) -> Tensor:
        if isinstance(some, Tensor) and some.is_floating_point():
            return some
        if self.bundle is None:
            raise ValueError(
                f"pictures are {type_of(some)}, and a module alone does not say how it sees them: "
                "give a tensor of float (N, C, H, W) as it takes it, or a bundle in the module's "
                "place"
            )
        predictor = Predictor(self.bundle)
        if isinstance(some, Tensor):
            return predictor.preprocessing(some)
        return predictor.preprocess(list(some))

    def scores(self, outputs: Tensor) -> Tensor:
        """Logits (N, classes) of what the model gives; ValueError where it gives anything else."""
        if not isinstance(outputs, Tensor) or outputs.dim() != 2:
            shape = by(outputs.shape) if isinstance(outputs, Tensor) else type_of(outputs)
            raise ValueError(
                f"{self.name} gives {shape} and no logits (N, classes), of which one could be "
                "looked at: a network without dense=True, and with its classes, does"
            )
        return for_both(outputs)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Softmax, by the bundle's scale: the scores that `predict` gives."""
        scale = self.bundle.info.score_scale if self.bundle else 1.0
        return (logits.double() * scale).softmax(1)

    def check_class(self, class_: Class) -> None:
        """ValueError for a class that is not among the known ones, before anything is computed."""
        if class_ is not None and self.classes:
            each = [class_] if isinstance(class_, str | int | np.integer) else class_
            for one in each:
                self.place_of(one, len(self.classes))

    def places(self, class_: Class, logits: Tensor, first: int = 0) -> Tensor:
        """The place of the class that is asked for, for each picture (N,).

        `first` is the number of the first picture, where one class for each is given.
        """
        if class_ is None:
            return logits.argmax(1)
        count = len(logits)
        if isinstance(class_, str | int | np.integer):
            return torch.full((count,), self.place_of(class_, logits.shape[1])).to(logits.device)
        if len(class_) < first + count:
            raise ValueError(
                f"class_ names {len(class_)} classes for more pictures: give one, or one for each"
            )
        each = [self.place_of(one, logits.shape[1]) for one in class_[first : first + count]]
        return torch.tensor(each, device=logits.device)

    def place_of(self, class_: str | int, count: int) -> int:
        """The place of a class by its name or number; ValueError with the nearest name."""
        names = self.classes or tuple(map(str, range(count)))
        if isinstance(class_, str):
            return class_place(class_, names, self.name)
        if 0 <= class_ < count:
            return int(class_)
        raise no_class(class_, names, self.name)

    def named(self, places: Tensor | NDArray[np.int64]) -> tuple[str, ...]:
        """The classes' names at these places."""
        return tuple(self.classes[p] if self.classes else str(p) for p in places.tolist())


Model = str | os.PathLike[str] | nn.Module | Bundle | Predictor | Subject
"""A bundle by its folder or name, what `load` or `load_bundle` gives, or any module."""


def subject_of(given: Model) -> Subject:
    """The model that is meant; ValueError for a committee, and for what is no model."""
    if isinstance(given, Subject):
        return given
    if isinstance(given, Predictor):
        given = given.bundle
    if isinstance(given, str | os.PathLike):
        given = load_bundle(given)
    if isinstance(given, Bundle):
        if isinstance(given.model, Committee):
            members = ", ".join(given.info.members)
            raise ValueError(
                f"{given.folder} is a committee of several networks: look into one of its members "
                f"({members}), {given.folder / given.info.members[0]} say"
            )
        check_classes(given)
        return Subject(given.model, given.info.classes, given)
    if not isinstance(given, nn.Module):
        raise ValueError(
            f"{type_of(given)} is no model: give a bundle's folder or name, what papernets.load "
            "gives, or a module"
        )
    return Subject(given)
