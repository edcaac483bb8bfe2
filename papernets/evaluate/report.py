"""What a trained network gets right and wrong on one part of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import torch

from ..bundle.committee import Committee
from ..bundle.load import Bundle
from ..data.picture import shown
from ..ranks.group import beside
from ..ranks.turns import in_turns
from ..words import plural
from .calibration import Calibration, calibration
from .form import answering
from .infer import batch_of, logits_of
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
from .protocols.ensemble import answers_of
from .protocols.protocol import CENTRE, Protocol
from .ran import Ran, ran_in
from .read import preprocessing_of

PLAIN = Protocol()  # the centre crop
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
    """The figures of one network, or of several together, on one part of a data set.

    `confusion` holds counts, a row for each true class, a column for each predicted one.
    `mistakes` are the worst, the most confident first. `protocol` is how each picture was shown,
    `others` the folders of the networks that answered beside the first, `runtime` what computed
    the answers.
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
    calibration: Calibration | None = None
    top5_error: float | None = None
    protocol: Protocol = PLAIN
    others: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    runtime: Ran = field(default_factory=Ran)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values; rates are fractions, and None where they are 0/0."""
        scored = self.score
        found: dict[str, Any] = {
            "network": self.network,
            "data": self.data,
            "part": self.part,
            **self._shown(),
            "runtime": self.runtime.to_dict(),
            "images": scored.images,
            "errors": scored.errors,
            "error": scored.error,
            "interval": list(scored.interval),
            "top1_error": scored.error,
            "top5_error": self.top5_error,
            **(self._calibrated(self.calibration) if self.calibration else {}),
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

    def __repr__(self) -> str:
        """One line: the network, the pictures, the error with its interval, the protocol."""
        return (
            f"Report({self.network} on {self.data}, {self.part}: {self.score}, "
            f"protocol {self.protocol.name})"
        )

    @property
    def error(self) -> float:
        """The share of the pictures that are answered wrongly."""
        return self.score.error

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the error."""
        return self.score.interval

    @property
    def top1_error(self) -> float:
        """The same as `error`."""
        return self.score.error

    @property
    def loss(self) -> float | None:
        """The mean cross-entropy; None for a network of one class's scores."""
        return None if self.calibration is None else self.calibration.loss

    @property
    def views(self) -> int:
        """How many views of a picture were averaged."""
        return self.protocol.views

    @property
    def networks(self) -> int:
        """How many networks answered together."""
        return 1 + len(self.others)

    def _shown(self) -> dict[str, Any]:
        """How each picture was shown; what is averaged is None where there is one view."""
        several = self.protocol.name != CENTRE or bool(self.others)
        return {
            "protocol": self.protocol.name,
            "views": self.protocol.views,
            "scales": list(self.protocol.scales),
            "average": self.protocol.average if several else None,
            "networks": self.networks,
            "ensemble": list(self.others),
        }

    @staticmethod
    def _calibrated(found: Calibration) -> dict[str, Any]:
        return {
            "loss": found.loss,
            "expected_calibration_error": found.expected_error,
            "brier_score": found.brier,
            "reliability": [asdict(one) for one in found.bins],
        }


def report(
    bundle: Bundle | Sequence[Bundle],
    pictures: Pictures,
    *,
    top: Sequence[int] | None = None,
    device: torch.device | str = "cpu",
    batch: int | None = None,
    protocol: Protocol = PLAIN,
) -> Report:
    """Run a bundle's network over pictures whose labels are places among its classes.

    Several bundles answer together, as an ensemble in which the first one's classes count. Pictures
    are shown by the protocol, by default the centre crop. `top` are the k of top-k errors, by
    default those of TOP_K; one that takes in every class would be 0 whatever the network says, and
    becomes a note. A k below 1 is a ValueError.
    """
    asked = sorted(set(top or ()))
    below = [k for k in asked if k < 1]
    if below:
        raise ValueError(f"top {below[0]}: give 1 or more")
    bundles = [bundle] if isinstance(bundle, Bundle) else list(bundle)
    bundle = bundles[0]
    classes = bundle.info.classes
    model = bundle.model.to(device)
    if isinstance(model, Committee):
        model.asked = model.seen = 0
    said = answers_of(bundles, pictures, protocol, device, batch)
    outputs = said.outputs.numpy()
    labels, answers = pictures.labels.numpy(), outputs.argmax(1)
    scores = probabilities(outputs)
    scored = score(outputs, labels, TOP_K if top is None else top)
    alone = len(bundles) == 1 and protocol.name == CENTRE
    early = _early_exit(model, bundle, pictures, device, batch) if alone else None
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
        calibration=calibration(outputs, labels),
        top5_error=score(outputs, labels, (5,)).top_k.get(5),
        protocol=said.protocol,
        others=tuple(str(other.folder) for other in bundles[1:]),
        notes=(*pictures.notes, *notes),
        skipped=pictures.skipped,
        runtime=ran_in(bundle),
    )


def chosen_by(found: Report, told: Sequence[str]) -> Report:
    """The report with what `--runtime auto` said of its choice, if it said anything."""
    return replace(found, runtime=replace(found.runtime, chosen=". ".join(told)))


def _early_exit(
    model: torch.nn.Module,
    bundle: Bundle,
    pictures: Pictures,
    device: torch.device | str,
    batch: int | None,
) -> EarlyExit | None:
    """What the run that has just ended counted, and the error without it.

    None for one network, and in a runtime that shows every picture to all networks.
    """
    if not isinstance(model, Committee) or bundle.runtime is not None:
        return None
    group, eyes = beside(), preprocessing_of(bundle)
    whole = answering(Committee(list(model.members), weights=model.weights), bundle.plain)
    counts = torch.tensor([model.asked, model.seen])
    if group is None:
        logits = logits_of(whole, pictures.images, eyes, device, batch, as_it_is=True)
    else:
        group.sum(counts)

        def answer(some: slice) -> torch.Tensor:
            return logits_of(whole, pictures.images[some], eyes, device, batch, as_it_is=True)

        logits = in_turns(group, len(pictures), batch or batch_of(whole), answer)
    asked = int(counts[0]) / max(int(counts[1]), 1)
    without = score(logits.numpy(), pictures.labels.numpy()).error
    return EarlyExit(len(model.members), model.margin, asked, without)
