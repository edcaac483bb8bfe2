"""What happens in a run, as values: the screen prints them, the log appends them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..data import Dataset
from ..evaluate.metrics import Score
from ..nets import Found
from .run import Run


@dataclass(frozen=True)
class Started:
    """What is about to happen, for the screen. `drawn`: what the weights it begins with lack.

    `notes`: what a reader should know of the pictures.
    """

    run: Run
    found: Found
    dataset: Dataset
    params: int
    device: str
    threads: int
    epochs_done: int
    steps: int
    drawn: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    steps_done: int = 0  # of the epoch after those that are done
    workers: int = 0  # loader processes


@dataclass(frozen=True)
class Begun:
    """How good trained weights are before the first epoch, and which classifiers were fitted.

    The error is a fraction; None, with the loss, where nothing is held out.
    """

    val_loss: float | None
    val_error: float | None
    fitted: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Finished:
    """The result as result.json holds it, and whether it was there before."""

    result: dict[str, Any]
    score: Score | None = None
    already: bool = False


@dataclass(frozen=True)
class Phase:
    """A part of a longer run begins: one network of a committee, say; `folder` is a run's own."""

    text: str
    folder: Path | None = None


@dataclass(frozen=True)
class Trouble:
    """What failed beside a run, which goes on without it: its tracker, say."""

    text: str


@dataclass(frozen=True)
class Progress:
    """A sign of life: so many steps of this epoch are done."""

    epoch: int
    step: int
    steps: int
    loss: float


@dataclass(frozen=True)
class Epoch:
    """One pass over the training pictures. Errors are fractions; `seconds` is the training pass
    alone. `train_error` is of the pictures as they were learnt, distorted and by weights that
    moved: it may be above that on held-out pictures. `val_loss` and `val_error` are None where
    nothing is held out. `skipped` steps moved nothing, as gradients of fp16 overflowed."""

    epoch: int
    train_loss: float
    val_loss: float | None
    val_error: float | None
    learning_rate: float
    seconds: float
    images: int
    images_per_second: float
    best: bool = False
    train_error: float | None = None  # logs of earlier versions have none
    skipped: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The record as log.jsonl holds it; the training error beside the loss in training."""
        values = {k: v for k, v in asdict(self).items() if k != "best"}
        if not self.skipped:
            values.pop("skipped")
        error = values.pop("train_error")
        if error is None:
            return values
        first = ("epoch", "train_loss")
        return {k: values[k] for k in first} | {"train_error": error} | values


Event = Started | Begun | Progress | Epoch | Phase | Trouble | Finished
