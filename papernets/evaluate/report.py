"""What a trained network gets right and wrong on one part of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch

from ..bundle.committee import Committee
from ..bundle.load import Bundle
from ..data.picture import shown
from ..words import plural
from .infer import logits_of, scaled
from .metrics import (
    TOP_K,
    Balance,
    ClassScore,
    Score,
    balance,
    confusion,
    per_class,
    probabilities,
    score,
    worst,
)
from .pictures import Pictures
from .read import preprocessing_of

WORST = 25  # mistakes that are kept: what one picture shows well


@dataclass(frozen=True)
class Mistake:
    """A wrong answer and its score, 0 to 1; `index` counts the pictures of the part from 0."""

    index: int
    file: str
    true: str
    predicted: str
    score: float


@dataclass(frozen=True)
class EarlyExit:
    """How often a committee's first network answered alone; rates are fractions.

    `others_asked` is the share of pictures on which the other networks ran; `error_without` the
    committee's error where every network runs on every picture. `margin` is the lead in
    probability with which the first answers alone; None where it never does.
    """

    networks: int
    margin: float | None
    others_asked: float
    error_without: float


@dataclass(frozen=True)
class Report:
    """The figures of one network on one part of a data set.

    `confusion` holds counts, a row for each true class, a column for each predicted one.
    `mistakes` are the worst, the most confident first.
    """

    network: str
    data: str
    part: str
    classes: tuple[str, ...]
    score: Score
    per_class: tuple[ClassScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    mistakes: tuple[Mistake, ...]
    balance: Balance | None = None
    early_exit: EarlyExit | None = None
    notes: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values; rates are fractions, and None where they are 0/0."""
        scored = self.score
        found: dict[str, Any] = {
            "network": self.network,
            "data": self.data,
            "part": self.part,
            "images": scored.images,
            "errors": scored.errors,
            "error": scored.error,
            "interval": list(scored.interval),
            "balanced_error": self.balance.balanced if self.balance else None,
            "constant_error": self.balance.constant if self.balance else None,
            "most_frequent": self.balance.frequent if self.balance else None,
            "untested": list(self.balance.untested) if self.balance else [],
            "top_k_error": {str(k): error for k, error in scored.top_k.items()},
            "classes": [asdict(one) for one in self.per_class],
            "confusion": [list(row) for row in self.confusion],
            "mistakes": [asdict(one) for one in self.mistakes],
            "notes": list(self.notes),
            "skipped": list(self.skipped),
        }
        if self.early_exit is not None:
            found["early_exit"] = asdict(self.early_exit)
        return found


def report(
    bundle: Bundle,
    pictures: Pictures,
    *,
    top: Sequence[int] | None = None,
    device: torch.device | str = "cpu",
    batch: int | None = None,
) -> Report:
    """Run a bundle's network over pictures whose labels are places among its classes.

    `top` are the k of top-k errors, by default those of TOP_K; one that takes in every class would
    be 0 whatever the network says, and becomes a note. A k below 1 is a ValueError.
    """
    asked = sorted(set(top or ()))
    below = [k for k in asked if k < 1]
    if below:
        raise ValueError(f"top {below[0]}: give 1 or more")
    classes = bundle.info.classes
    model = bundle.model.to(device)
    if isinstance(model, Committee):
        model.asked = model.seen = 0
    logits = logits_of(model, pictures.images, preprocessing_of(bundle), device, batch)
    labels, answers = pictures.labels.numpy(), logits.argmax(1).numpy()
    outputs = scaled(bundle, logits).numpy()
    scores = probabilities(outputs)
    scored = score(outputs, labels, TOP_K if top is None else top)
    early = _early_exit(model, bundle, pictures, device, batch)
    notes = [
        f"top-{k} of {plural(len(classes), 'class', 'classes')} is never wrong, and left out."
        for k in asked
        if k > 1 and k not in scored.top_k
    ]
    counts = confusion(labels, answers, len(classes))
    mistakes = [
        Mistake(
            int(at),
            shown(pictures.files[at]) if pictures.files else "",
            classes[labels[at]],
            classes[answers[at]],
            float(scores[at, answers[at]]),
        )
        for at in worst(outputs, labels, WORST)
    ]
    return Report(
        network=bundle.info.network,
        data=pictures.name,
        part=pictures.part,
        classes=classes,
        score=scored,
        per_class=tuple(per_class(labels, answers, classes)),
        confusion=tuple(tuple(int(count) for count in row) for row in counts),
        mistakes=tuple(mistakes),
        balance=balance(labels, answers, classes),
        early_exit=early,
        notes=(*pictures.notes, *notes),
        skipped=pictures.skipped,
    )


def _early_exit(
    model: torch.nn.Module,
    bundle: Bundle,
    pictures: Pictures,
    device: torch.device | str,
    batch: int | None,
) -> EarlyExit | None:
    """What the run that has just ended counted, and the error without it; None for one network."""
    if not isinstance(model, Committee):
        return None
    asked = model.asked / max(model.seen, 1)
    whole = Committee(list(model.members), weights=model.weights)
    logits = logits_of(whole, pictures.images, preprocessing_of(bundle), device, batch)
    without = score(logits.numpy(), pictures.labels.numpy()).error
    return EarlyExit(len(model.members), model.margin, asked, without)
