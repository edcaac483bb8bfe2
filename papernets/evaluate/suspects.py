"""Pictures whose label a trained network doubts: likely mislabelled, for a person to look at."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ..bundle.load import Bundle
from ..data.picture import shown
from .form import answering
from .infer import logits_of, scaled
from .metrics import probabilities
from .pictures import open_pictures
from .read import preprocessing_of

SURE = 0.95  # the least probability of another class


@dataclass(frozen=True)
class Suspect:
    """A picture, the class that its label says, and the network's with its probability."""

    file: str
    label: str
    answer: str
    score: float


def suspects(
    bundle: Bundle, data: str, data_dir: str | None = None, device: torch.device | str = "cpu"
) -> list[Suspect]:
    """The pictures of a data set that the network gives another class, with SURE or more.

    The surest come first. A network that was trained on the very pictures may have learnt their
    wrong labels by heart. ValueError where the set has a class that the network lacks.
    """
    pictures = open_pictures(bundle, data, part="all", data_dir=data_dir)
    model = answering(bundle.model.to(device), bundle.plain)
    logits = logits_of(model, pictures.images, preprocessing_of(bundle), device, as_it_is=True)
    scores = probabilities(scaled(bundle, logits).numpy())
    labels, answers = pictures.labels.numpy(), scores.argmax(1)
    best, classes = scores.max(1), bundle.info.classes
    doubted = [at for at in range(len(labels)) if answers[at] != labels[at] and best[at] >= SURE]
    return [
        Suspect(
            shown(pictures.files[at]) if pictures.files else f"{pictures.name} picture {at}",
            classes[labels[at]],
            classes[answers[at]],
            float(best[at]),
        )
        for at in sorted(doubted, key=lambda at: -best[at])
    ]
