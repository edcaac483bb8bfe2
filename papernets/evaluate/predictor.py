"""A trained network in Python: pictures in, answers out, as `papernets predict` gives them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, overload

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from ..bundle.committee import Committee
from ..bundle.load import TORCH, Bundle, load_bundle
from ..data import Preprocessing
from ..data.picture import Packed, shown
from ..data.stored import File
from ..numbers import is_whole, plain_int
from ..spec import Committee as CommitteeSpec
from ..spec import Net
from ..words import brief, by, listed, plural, shortened, type_of
from .columns import Columns, as_columns, sources_in
from .form import answering_of
from .predict import Answer, Source, pairs_of, predict
from .protocols.protocol import CENTRE, WHOLE, Protocol, protocol_of
from .read import preprocessing_of, read_files
from .steady import Steady, steady

Picture = str | os.PathLike[str] | bytes | NDArray[np.uint8] | Image.Image
"""A file's path or its bytes, an array (H, W) or (H, W, 3) of uint8, or a Pillow picture."""
Several = list[Picture] | tuple[Picture, ...]


def load(bundle: str | os.PathLike[str], plain: bool = False) -> Predictor:
    """The predictor of a bundle: by its folder, its run's, or the name of a network that ships.

    Its model is in evaluation mode. It answers in the optimised form, `plain` module by module.
    Errors as `load_bundle`.
    """
    return Predictor(load_bundle(bundle, plain))


@dataclass(frozen=True)
class Predictor:
    """A trained network that says what is on pictures; it can be pickled.

    A grey picture for a network of colours is repeated, a colour picture for a grey one made grey.
    """

    bundle: Bundle
    _held: _Held = field(default_factory=lambda: _Held(), init=False, repr=False, compare=False)

    def __repr__(self) -> str:
        """One line: the network, what it sees, its classes, and where it came from."""
        info = self.bundle.info
        classes = f"{plural(len(info.classes), 'class', 'classes')}"
        names = shortened(listed(map(repr, info.classes), 3), 80)
        where = "" if self.runtime == TORCH else f", by {self.runtime}"
        return (
            f"Predictor({info.network}: {by(info.input)} to {classes} ({names}), "
            f"from {str(self.bundle.folder)!r}{where})"
        )

    @property
    def runtime(self) -> str:
        """What computes the answers: torch, onnxruntime or openvino."""
        return TORCH if self.bundle.runtime is None else self.bundle.runtime.name

    @property
    def model(self) -> nn.Module:
        """The module in evaluation mode: what `preprocess` gives, (N, C, H, W), to logits.

        It is the plain one, and yours to change: the next prediction is by the weights that it has
        then.
        """
        self._held.given, self._held.optimised = True, None
        return self.bundle.model

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes' names, in the order of the model's outputs."""
        return self.bundle.info.classes

    @property
    def net(self) -> Net | CommitteeSpec:
        """The network as a value."""
        model, info = self.bundle.model, self.bundle.info
        if not isinstance(model, Committee):
            return model.net  # type: ignore[return-value]
        member: Net = model.members[0].net  # type: ignore[assignment]
        return CommitteeSpec(info.network, member, len(model.members), "sum of outputs")

    @property
    def preprocessing(self) -> Preprocessing:
        """How the bundle makes a picture into what its network sees."""
        return preprocessing_of(self.bundle)

    @overload
    def predict(
        self, pictures: Picture, top: int = 1, protocol: str | Protocol = CENTRE
    ) -> Answer: ...

    @overload
    def predict(
        self, pictures: Several, top: int = 1, protocol: str | Protocol = CENTRE
    ) -> list[Answer]: ...

    def predict(
        self, pictures: Picture | Several, top: int = 1, protocol: str | Protocol = CENTRE
    ) -> Answer | list[Answer]:
        """What is on a picture: an `Answer` with `.label`, `.score` and the `top` best classes.

        Of several, a list or a tuple, a list of answers in their order. One alone that cannot be
        read is a ValueError; among several it has an answer with `.error`, as in the verb.
        `protocol`, such as "ten-crop", says how each is shown. The model computes on its own
        device.
        """
        top = plain_int(top)
        if not is_whole(top, 1):
            raise ValueError(f"top={brief(top)}: give a whole number of at least 1")
        sources, several = sources_of(pictures)
        model, how = self.bundle.model, protocol_of(protocol)
        device = next((p.device for p in model.parameters()), torch.device("cpu"))
        bundle = self.bundle if how.name in WHOLE else self._quick()
        answers = list(predict(bundle, sources, top=top, device=device, protocol=how))
        if several:
            return answers
        if answers[0].error:
            raise ValueError(f"{answers[0].file}: {answers[0].error}")
        return answers[0]

    def batch(self, columns: Columns, column: str = "", top: int = 1) -> dict[str, NDArray[Any]]:
        """Answers for a batch of a table, a column each, as engines for large data ask for them.

        `columns` is a dict of arrays, or a pandas frame; `column` names the one of paths, bytes of
        files or pictures, without it the first of bytes, image, picture, item, path or file. The
        answer has the columns file, label, score and error, and label_2, score_2 ... where `top` is
        more than 1: a picture that cannot be read has no label, NaN, and the reason. Figures are
        those of `papernets predict -o`, to the digit, however rows are cut into batches.
        """
        top = plain_int(top)
        if not is_whole(top, 1):
            raise ValueError(f"top={brief(top)}: give a whole number of at least 1")
        sources = sources_in(columns, column, _file)
        return as_columns(self._steady(top).answers(pairs_of(sources, self.preprocessing)), top)

    def _steady(self, top: int) -> Steady:
        """Who answers batches: made once, unless somebody has the model, and not sent along."""
        parameters = self.bundle.model.parameters()
        device = next((one.device for one in parameters), torch.device("cpu"))
        kept = self._held.steady
        key = (top, device)
        if key not in kept or self._held.given:
            kept.clear()
            kept[key] = steady(self.bundle, top=top, device=device)
        return kept[key]

    def __getstate__(self) -> dict[str, object]:
        """The bundle: what it needs on a machine without the folder, its weights too."""
        return {"bundle": self.bundle, "_held": _Held(self._held.given)}

    def _quick(self) -> Bundle:
        """The bundle, its model optimised once where nobody was given it, who may change it."""
        if self._held.given or self.bundle.plain:
            return self.bundle
        if self._held.optimised is None:
            form = answering_of(self.bundle)
            self._held.optimised = replace(self.bundle, model=form, runtime=None)
        return self._held.optimised

    def preprocess(self, picture: Picture | Several) -> Tensor:
        """A picture as the network sees it, float32 (C, H, W); of several (N, C, H, W).

        ValueError names the first that cannot be read.
        """
        sources, several = sources_of(picture)
        preprocessing, stored = self.preprocessing, []
        reads = read_files([source.path for source in sources], preprocessing)
        for source, read in zip(sources, reads, strict=True):
            if read.picture is None:
                raise ValueError(f"{source.name}: {source.error or read.error}")
            stored.append(read.picture)
        if not stored:
            raise ValueError("no pictures: the list is empty")
        seen = torch.cat([preprocessing(one[None]) for one in stored])
        return seen if several else seen[0]


@dataclass
class _Held:
    """What a predictor keeps: whether somebody was given its model, and what was made of it."""

    given: bool = False
    optimised: Bundle | None = None
    steady: dict[object, Steady] = field(default_factory=dict)


@dataclass(frozen=True)
class _Given(Packed):
    """A picture that somebody holds: the bytes of a file, or what Pillow opened."""

    called: str
    held: bytes | Image.Image

    @property
    def name(self) -> str:
        return self.called

    def content(self) -> bytes | Image.Image:
        return self.held


def sources_of(given: Picture | Several) -> tuple[list[Source], bool]:
    """Sources of one picture or several, and whether they are several.

    They are called by their paths, others by their places, from 0.
    """
    several = isinstance(given, list | tuple)
    pictures: Sequence[object] = given if isinstance(given, list | tuple) else [given]
    called = (f"picture {at}" if several else "the picture" for at in range(len(pictures)))
    files = [_file(picture, name) for picture, name in zip(pictures, called, strict=True)]
    return [_source(file) for file in files], several


def _source(file: File) -> Source:
    """A picture with its name; an empty one is no path of anything."""
    if isinstance(file, str) and not file:
        return Source("''", file, "an empty name: give a picture's path")
    return Source(shown(file), file)


def _file(picture: object, called: str) -> File:
    """What `read_files` reads of a picture; ValueError for what is none."""
    if isinstance(picture, str | os.PathLike):
        return os.fspath(picture)
    if isinstance(picture, bytes | bytearray | memoryview):
        return _Given(called, bytes(picture))
    if isinstance(picture, Image.Image):
        return _Given(called, picture)
    if not isinstance(picture, np.ndarray):
        hint = ". Of a tensor (C, H, W): tensor.permute(1, 2, 0).numpy()"
        raise ValueError(
            f"{called} is {type_of(picture)}: give a path, the bytes of a file, an array "
            f"(H, W, 3) or (H, W) of uint8, or a Pillow picture; or a list of such"
            f"{hint if isinstance(picture, Tensor) else ''}"
        )
    colour = picture.ndim == 3 and picture.shape[2] == 3
    if picture.dtype != np.uint8 or not (colour or picture.ndim == 2) or not picture.size:
        raise ValueError(
            f"{called} is an array of shape {picture.shape} and {picture.dtype}: give (H, W, 3) or "
            "(H, W) of uint8, values 0 to 255; several as a list"
        )
    return _Given(called, Image.fromarray(np.ascontiguousarray(picture)))


__all__ = ["Picture", "Predictor", "load", "sources_of"]
