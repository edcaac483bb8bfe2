"""Several networks that answer together: classes matched by name, pictures in each one's form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ... import data
from ...bundle.load import Bundle
from ...bundle.seen import read_seen
from ...data import Preprocessing, imagenet
from ...data.picture import shown
from ...data.reading import content_of_files, read_stored
from ...data.stored import Images, memory_for_pictures
from ...words import composed, listed
from ..known import Groups, Pictures
from ..read import preprocessing_of, read_files
from .outputs import as_outputs, asked_by, resolved, values_of
from .protocol import Protocol
from .views import sheet

NAMED = 5  # classes that a sentence names


@dataclass(frozen=True)
class Answers:
    """What one network or several said of pictures: outputs float64 (N, classes), whose softmax is
    the scores.

    `protocol` has the scales of the first network; `networks` is how many answered.
    """

    outputs: Tensor
    protocol: Protocol
    networks: int


def answers_of(
    bundles: Sequence[Bundle],
    pictures: Pictures,
    protocol: Protocol,
    device: torch.device | str = "cpu",
    batch: int | None = None,
) -> Answers:
    """What networks say of pictures, in the order of the first one's classes.

    Each sees the pictures as it was trained to, by the same protocol; what the protocol averages
    over views is averaged over the networks too, all alike (Szegedy et al. 2014, section 7;
    Simonyan and Zisserman 2014, section 4.5). ValueError where one has other classes.
    """
    asked = resolved(bundles[0], protocol)
    outputs = asked_together(bundles, protocol, device, batch)(pictures)
    return Answers(outputs, asked, len(bundles))


def asked_together(
    bundles: Sequence[Bundle],
    protocol: Protocol,
    device: torch.device | str = "cpu",
    batch: int | None = None,
) -> Callable[[Pictures], Tensor]:
    """What networks say of pictures together, as `answers_of`: float64 (N, classes)."""
    first, *others = bundles
    orders = [places_of(first, other) for other in others]
    for other in others:
        resolved(other, protocol)
    asks = [asked_by(bundle, protocol, device, batch) for bundle in bundles]
    if not others:
        return asks[0]

    def together(pictures: Pictures) -> Tensor:
        total = values_of(asks[0](pictures), protocol.average)
        for other, ask, order in zip(others, asks[1:], orders, strict=True):
            said = ask(pictures_for(pictures, preprocessing_of(first), other))
            total = total + values_of(said, protocol.average)[:, order]
        return as_outputs(total / len(bundles), protocol.average)

    return together


def places_of(first: Bundle, other: Bundle) -> list[int]:
    """For each class of the first network, its place among the other's; matched by name.

    ValueError where the two do not have the same classes.
    """
    own = [composed(name) for name in first.info.classes]
    theirs = [composed(name) for name in imagenet.named(other.info.classes, first.info.classes)]
    lacking = [name for name in own if name not in theirs]
    further = [name for name in theirs if name not in own]
    if lacking or further:
        said = [f"it lacks {listed(map(repr, lacking), NAMED)}"] if lacking else []
        said += [f"it has {listed(map(repr, further), NAMED)} besides"] if further else []
        raise ValueError(
            f"{other.folder} has other classes than {first.folder}: {' and '.join(said)}. Networks "
            "of an ensemble have the same classes: train them on the same data"
        )
    return [theirs.index(name) for name in own]


def pictures_for(pictures: Pictures, first: Preprocessing, other: Bundle) -> Pictures:
    """The pictures in the form that another network is used to, `first`'s being theirs.

    ValueError where one cannot be read so.
    """
    eyes = preprocessing_of(other)
    same = all(
        getattr(eyes, name) == getattr(first, name)
        for name in ("picture", "kind", "channels", "exact")
    )
    return pictures if same else replace(pictures, images=_stored(pictures, eyes))


def _stored(pictures: Pictures, eyes: Preprocessing) -> Images:
    files = pictures.files
    if files and eyes.kind == "photo":
        fit = len(files) * eyes.channels * eyes.picture[0] * eyes.picture[1]
        kept = fit <= memory_for_pictures()
        stored = read_stored(files, eyes.channels, eyes.picture, kept, eyes.exact)
        if stored.reasons:
            raise ValueError(stored.reasons[0])
        return stored.images
    if files:
        reads = read_files(files, eyes)
        for file, read in zip(files, reads, strict=True):
            if read.picture is None:
                raise ValueError(f"{shown(file)}: {read.error}")
        return torch.stack([read.picture for read in reads if read.picture is not None])
    images: list[Tensor] = []
    for at in range(len(pictures)):
        images.append(data.read_picture(sheet(pictures.images[at]), eyes)[0])
    return torch.stack(images)


def fair_for(pictures: Pictures, others: Sequence[Bundle], part: str = "") -> Pictures:
    """The pictures that are a test for the others of an ensemble too.

    What one of them was trained on, or chose its epoch by, is left out, unless a `part` other than
    the test was asked for; then, and where it is not known, a sentence says so. ValueError where
    none is left.
    """
    for other in others:
        seen = read_seen(other.folder)
        if seen is None:
            if other.info.run.get("data"):  # a training of ours, whose list did not come along
                pictures = _noted(
                    pictures,
                    f"{other.folder} keeps no list of its pictures: whether it was trained on some "
                    "of these is not known",
                )
            continue
        known = pictures.known
        if known is None and pictures.files:
            known = content_of_files(pictures.files, preprocessing_of(other).picture)
        if known is None:
            pictures = _noted(
                pictures, f"whether {other.folder} was trained on these pictures is not known"
            )
            continue
        groups = Groups.of(replace(pictures, known=known), seen)
        spoilt = ~groups.fair
        if not spoilt.any():
            continue
        said = f"{other.folder}: {groups.words()}"
        if part not in ("", "test") or pictures.part in ("train", "validation"):
            pictures = _noted(pictures, said)
            continue
        if spoilt.all():
            raise ValueError(
                f"{said}: no picture is left to test the ensemble. Give others as --data, or "
                "--part all"
            )
        pictures = replace(pictures, known=known).select(
            ~spoilt, pictures.part, f"{said}: left out"
        )
    return pictures


def _noted(pictures: Pictures, note: str) -> Pictures:
    return replace(pictures, notes=(*pictures.notes, note))
