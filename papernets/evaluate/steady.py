"""Answers that hang on the picture alone: not on how many there are, nor on which lie beside it.

The sums within a layer are taken in an order that may change with the size of a batch, and with it
the last digits. So every batch has one size, and a smaller one is filled up with a picture of its
own. The order may change with the place in a batch too, with several threads, or where the last
rows of a product are added up by themselves: whether it does on this machine is tried, with one
picture in all places, and a smaller size is taken then. Where what is computed hangs on the others,
of a committee whose first network may answer alone, or of views, pictures are shown one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..bundle.committee import Committee
from ..bundle.load import Bundle
from ..bundle.modes import evaluating
from ..data.stored import Images
from ..spec import walk
from ..words import brief, did_you_mean, listed
from .infer import batch_of
from .known import Pictures
from .predict import PLAIN, TOP, Answer, Asked, Source, asked_of, pictures_of
from .protocols.outputs import asked_by
from .protocols.protocol import CENTRE, Protocol
from .read import Read, preprocessing_of

MOST, PIXELS = 100, 400_000
"""Pictures in a batch, and pixels of the network's input in all of them: 8 of 224x224. A few files
are filled up to it, and a processor gains little by more."""
TRIED = 2  # pictures that are shown in all places of a batch
NAMED = 40  # layers that an error lists


def size_for(bundle: Bundle, protocol: Protocol, asked: int | None = None) -> int:
    """How many pictures a batch has at most; 1 where what is computed for one hangs on the others.

    asked: what somebody wants.
    """
    model = bundle.model
    asks = isinstance(model, Committee) and model.margin is not None
    early = asks and bundle.runtime is None  # in a runtime all networks are asked
    if early or protocol.name != CENTRE:
        return 1
    _, height, width = bundle.info.input
    return asked or max(1, min(MOST, batch_of(model), PIXELS // (height * width)))


@dataclass(frozen=True)
class Steady:
    """A network, or several, that answers in batches of one size.

    `layer`: the layer whose outputs are given too; empty where none was asked for.
    """

    asked: Asked
    size: int
    device: torch.device | str = "cpu"
    layer: str = ""

    def answers(self, pairs: Sequence[tuple[Source, Read]]) -> list[Answer]:
        """An answer for each source, in their order: the same ones whatever else is asked."""
        parts = range(0, len(pairs), self.size)
        return [one for at in parts for one in self.asked.of(pairs[at : at + self.size])]

    def features(self, pairs: Sequence[tuple[Source, Read]]) -> NDArray[np.float32]:
        """The layer's outputs float32 (N, ...), NaN for what could not be read.

        They are those of the plain module, whose rows can be asked.
        """
        found = np.full((len(pairs), *self.shape), np.nan, np.float32)
        for at in range(0, len(pairs), self.size):
            some = pairs[at : at + self.size]
            if (given := pictures_of(some, "")) is None:
                continue
            values = filled(lambda some: self.outputs(some.images), self.size)(given)
            places = [at + n for n, (_, read) in enumerate(some) if read.picture is not None]
            found[places] = values.numpy()
        return found

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Of the layer's outputs for one picture."""
        nothing = torch.zeros(1, *self.asked.bundle.info.input, device=self.device)
        return tuple(self._outputs_of(nothing).shape[1:])

    def outputs(self, images: Images) -> Tensor:
        """The layer's outputs for stored pictures uint8 (N, C, h, w)."""
        assert isinstance(images, Tensor)
        return self._outputs_of(self.asked.eyes(images.to(self.device)))

    @torch.inference_mode()
    def _outputs_of(self, x: Tensor) -> Tensor:
        model: Any = self.asked.bundle.model
        kind = next((p.dtype for p in model.parameters()), torch.float32)
        with evaluating(model):
            found: Tensor = model.features(x.to(kind), self.layer)[self.layer]
        return found.float().cpu()


def steady(
    bundle: Bundle,
    *,
    top: int = TOP,
    device: torch.device | str = "cpu",
    batch: int | None = None,
    protocol: Protocol = PLAIN,
    others: Sequence[Bundle] = (),
    layer: str = "",
) -> Steady:
    """Who answers so; errors as `predict`, and ValueError for a layer that there is not."""
    if layer:
        check_layer(bundle.model, layer, str(bundle.folder))
    size = min(size_for(one, protocol, batch) for one in (bundle, *others))
    within = None if protocol.name != CENTRE else size
    asked = asked_of(bundle, top=top, device=device, batch=within, protocol=protocol, others=others)
    found = Steady(asked, size, device, layer)
    while found.size > 1 and not _same_in_all_places(found, others):
        found = replace(found, size=_smaller(found.size))
    return replace(found, asked=replace(asked, ask=filled(asked.ask, found.size)))


def _smaller(size: int) -> int:
    """The next size to try: whole tiles of 16 rows, or 8, 4, and one by one."""
    tiles = (size - 1) // 16 * 16
    return tiles or max(one for one in (8, 4, 1) if one < size)


def _same_in_all_places(found: Steady, others: Sequence[Bundle]) -> bool:
    """Whether a picture has the same figures, to the last bit, in all places of a batch."""
    for bundle in (found.asked.bundle, *others):
        eyes = preprocessing_of(bundle)
        ask = found.asked.ask if not others else asked_by(bundle, PLAIN, found.device, found.size)
        for seed in range(TRIED):
            of = torch.Generator().manual_seed(seed)
            one = torch.randint(0, 256, (1, eyes.channels, *eyes.picture), generator=of)
            images = one.to(torch.uint8).expand(found.size, *one.shape[1:]).contiguous()
            labels = torch.zeros(found.size, dtype=torch.int64)
            given = [ask(Pictures("", "all", images, labels))]
            if found.layer:
                given.append(found.outputs(images))
            if any(not torch.equal(rows, rows[:1].expand_as(rows)) for rows in given):
                return False
    return True


def check_layer(model: nn.Module, layer: str, name: str) -> None:
    """ValueError where a model has no such layer whose outputs could be given."""
    if isinstance(model, Committee) or not hasattr(model, "net"):
        raise ValueError(f"{name} is several networks, and features are those of one")
    known = [row.name for row in walk(model.net) if not row.aux]  # type: ignore[arg-type]
    if layer not in known:
        hint = did_you_mean(layer, known)
        raise ValueError(
            f"{name} has no layer {brief(layer)}.{hint} Its layers: {listed(known, NAMED)}"
        )


def filled(ask: Callable[[Pictures], Tensor], size: int) -> Callable[[Pictures], Tensor]:
    """As `ask`, of exactly so many pictures at a time: the first of a batch fills it up."""

    def asked(pictures: Pictures) -> Tensor:
        count = len(pictures)
        assert count <= size
        if count < size:
            images, files = pictures.images, pictures.files
            assert isinstance(images, Tensor)
            more = images[:1].expand(size - count, *images.shape[1:])
            labels = torch.zeros(size, dtype=torch.int64)
            files = (*files, *files[:1] * (size - count))
            pictures = replace(
                pictures, images=torch.cat([images, more]), labels=labels, files=files
            )
        return ask(pictures)[:count]

    return asked
