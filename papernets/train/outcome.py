"""What a finished run leaves: the test set's one look, result.json, the final bundle, pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..bundle.assemble import assemble
from ..bundle.info import BundleInfo
from ..bundle.save import save_bundle
from ..bundle.seen import Seen, write_seen
from ..data import Dataset, Part, Preprocessing
from ..data.notes import untrained
from ..data.picture import shown
from ..evaluate.calibration import calibration
from ..evaluate.form import answering
from ..evaluate.infer import logits_of
from ..evaluate.metrics import Score, balance, confusion, score, worst
from ..files import make_folder
from ..nets import Found
from ..said import error_of_paper
from ..words import short
from .checkpoint import metrics_of
from .fit import gave_up
from .folder import RESULT, write_json
from .lists import with_wrong
from .run import Run
from .state import State

SHOWN = 25
"""Mistakes in a picture: what one shows well."""


@dataclass(frozen=True)
class Training:
    """What stays the same while a network, or a committee, is trained.

    `info` and `seen` are its bundle's. `seen_before`: see `train.lists`.
    """

    run: Run
    found: Found
    dataset: Dataset
    preprocessing: Preprocessing
    info: BundleInfo
    seen: Seen
    folder: Path
    seen_before: int = 0


def finish(
    training: Training,
    state: State,
    device: torch.device,
    seconds: float,
    answer: Callable[..., torch.Tensor] = logits_of,
) -> tuple[dict[str, Any], Score]:
    """Test the chosen weights once, and write the result, the best bundle anew and the pictures.

    `answer` is asked as `logits_of`.
    """
    run, dataset = training.run, training.dataset
    best = assemble(training.found, state.best_weights).to(device).eval()
    own, logits = look_at_test(
        answering(best), run, dataset, training.preprocessing, device, answer
    )
    scale = training.info.score_scale if own is None else own
    result, scored = result_of(run, dataset, logits, state.best_epoch, len(state.history), seconds)
    result |= calibrated_as(logits, dataset.test, scale)
    if gave_up(state, run.recipe):
        result["stopped_after"] = run.recipe.stop_after
    if state.begun:
        result["begun"] = state.begun
    if training.seen_before:
        result["test_seen_before"] = training.seen_before
    tested = {k: result[k] for k in ("test_error", "test_images", "interval")}
    metrics = metrics_of(state.best_record) | tested
    final = replace(training.info, metrics=metrics, score_scale=scale)
    make_folder(training.folder / "best")  # not anew where the run's folder is gone
    seen = with_wrong(training.seen, dataset.test, logits.argmax(1))
    write_seen(training.folder / "best", seen)
    save_bundle(training.folder / "best", final, state.best_weights)
    draw(training, logits * scale, scored, state)
    write_json(training.folder / RESULT, result)
    return result, scored


def look_at_test(
    best: nn.Module,
    run: Run,
    dataset: Dataset,
    preprocessing: Preprocessing,
    device: torch.device,
    answer: Callable[..., torch.Tensor] = logits_of,
) -> tuple[float | None, torch.Tensor]:
    """Logits (N, classes) of the chosen network on the test part, and the factor that makes scores
    of them, where it has to be found. The test part is looked at here alone."""
    scale = None
    if run.recipe.loss == "mse":
        part = dataset.validation if len(dataset.validation) else dataset.train
        scale = calibrated(best, part, preprocessing, device, answer)
    return scale, answer(best, dataset.test.images, preprocessing, device)


def result_of(
    run: Run, dataset: Dataset, logits: torch.Tensor, best: int, epochs: int, seconds: float
) -> tuple[dict[str, Any], Score]:
    """result.json's content and the score of logits (N, classes) on the test set."""
    labels = dataset.test.labels.numpy()
    scored = score(logits.numpy(), labels)
    beside = balance(labels, logits.argmax(1).numpy(), dataset.classes)
    result = {
        "network": short(run.recipe.net),
        "data": dataset.name,
        "data_given": run.recipe.data,
        "test_error": scored.error,
        "test_images": scored.images,
        "interval": list(scored.interval),
        "balanced_error": beside.balanced,
        "constant_error": beside.constant,
        "most_frequent": beside.frequent,
        "untested": list(beside.untested),
        "untrained": untrained(dataset),
        "epochs": epochs,
        "best_epoch": best,
        "seconds": round(seconds, 3),
        "seed": run.recipe.seed,
        "recipe": run.recipe.recipe,
        "split": dataset.split,
    }
    return result, scored


def draw(training: Training, logits: torch.Tensor, scored: Score, state: State) -> None:
    """Write confusion.png, mistakes.png, and curves.png where there were epochs.

    Of `logits` on the test set by the bundle's scale: their softmax is its scores.
    """
    draw_confusion(training.found, training.dataset, logits, training.folder, scored)
    draw_mistakes(training, logits, scored)
    if not state.history:
        return
    from ..draw.canvas import save
    from ..draw.curves import curves_figure

    title = f"{training.found.record.title} on {training.dataset.name}"
    error, words = paper_error(training.found, training.dataset.name)
    best = state.best_epoch
    rows, never = state.history, float("nan")
    if state.begun:
        rows = [{**state.begun, "train_loss": never, "learning_rate": never}, *rows]
    last = training.run.recipe.keep == "last"
    figure = curves_figure(
        rows, title=title, paper_error=error, paper_note=words, best=best, last=last
    )
    save(figure, training.folder / "curves.png")


def draw_confusion(
    found: Found, dataset: Dataset, logits: torch.Tensor, folder: Path, scored: Score
) -> None:
    """Write confusion.png."""
    from ..draw.confusion import confusion_picture

    matrix = confusion(dataset.test.labels.numpy(), logits.argmax(1).numpy(), len(dataset.classes))
    title = f"{found.record.title} on {dataset.name}: {scored.errors:,} of {scored.images:,} wrong"
    confusion_picture(matrix, dataset.classes, folder / "confusion.png", title=title)


def draw_mistakes(training: Training, logits: torch.Tensor, scored: Score) -> None:
    """Write mistakes.png: the test pictures that were answered most confidently and wrongly."""
    from ..draw.mistakes import mistakes_picture

    dataset, values = training.dataset, logits.double()
    labels, answers = dataset.test.labels, logits.argmax(1)
    at = torch.from_numpy(worst(values.numpy(), labels.numpy(), SHOWN))
    few = scored.errors <= SHOWN
    what = (
        f"all {scored.errors} mistakes" if few else f"{SHOWN} worst of {scored.errors:,} mistakes"
    )
    if scored.errors < 2:
        what = "the one mistake" if scored.errors else "no mistake"
    mistakes_picture(
        dataset.test.images[at].numpy(),
        labels[at].numpy(),
        answers[at].numpy(),
        values.softmax(1)[at, answers[at]].numpy(),
        dataset.classes,
        training.folder / "mistakes.png",
        title=f"{training.found.record.title} on {dataset.name}: {what}",
        files=[shown(dataset.test.files[i]) for i in at.tolist()] if dataset.test.files else None,
    )


def calibrated_as(logits: torch.Tensor, part: Part, scale: float) -> dict[str, float]:
    """How far the scores of logits (N, classes) on a part can be trusted, for result.json."""
    if not len(part):
        return {}
    found = calibration(logits.double().numpy() * scale, part.labels.numpy())
    return {
        "test_loss": found.loss,
        "expected_calibration_error": found.expected_error,
        "brier_score": found.brier,
    }


def paper_error(found: Found, data: str) -> tuple[float | None, str]:
    """The error on MNIST that the paper prints (a fraction), and words on it; None but for digits.

    Beside digits it is marked: their error is not MNIST's.
    """
    claim, paper = error_of_paper(found.claims), found.record.paper
    if data not in ("mnist", "digits") or claim is None or "MNIST" not in claim.conditions:
        return None, ""
    assert isinstance(claim.printed, float) and paper is not None
    source = f"{paper.authors.split(',')[0]} et al. {paper.year}, on MNIST"
    return claim.printed, source if data == "mnist" else f"{source}; digits' error is not MNIST's"


def calibrated(
    model: nn.Module,
    part: Part,
    preprocessing: Preprocessing,
    device: torch.device,
    answer: Callable[..., torch.Tensor] = logits_of,
) -> float:
    """The factor on the logits that makes their softmax most likely on a held-out part.

    Where nothing is held out, `finish` gives the training pictures: it may then be too large.
    Squared errors say nothing of probabilities: the factor is chosen among powers of 2^(1/4).
    """
    logits = answer(model, part.images, preprocessing, device)
    factors = [2.0 ** (k / 4) for k in range(-32, 25)]
    losses = [float(torch.nn.functional.cross_entropy(logits * f, part.labels)) for f in factors]
    return factors[losses.index(min(losses))]
