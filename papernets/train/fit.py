"""The training loop: a generator that yields what happened, and does not ask who makes the steps.

It prints nothing and writes nothing: the state is in its caller's hands.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

from torch import Tensor, nn

from ..data import Part, Preprocessing
from ..evaluate.infer import logits_of
from ..spent import between_steps, stepped, timed
from ..strips.make import make_windows, seen, window_width
from ..strips.no_digit import with_no_digit
from .events import Epoch, Progress
from .freezing import NORMS, rest
from .losses import make_loss
from .recipe import TrainRecipe
from .schedule import Course, drops_of, learning_rate
from .source import generator
from .state import Pass, State, saved_weights, update_average
from .stepper import Stepper

LOOK = 50
"""Every so many steps the losses are looked at: often enough to stop soon, seldom enough to
cost nothing."""
SILENT = 5.0
"""Seconds without a sign of life, where steps are slow."""


class Diverged(ArithmeticError):
    """The loss became NaN or infinite: on held-out pictures, or in a step of an epoch (from 1)."""

    def __init__(self, words: str, epoch: int = 0, step: int = 0, rate: float = 0.0):
        super().__init__(words)
        self.epoch, self.step, self.rate = epoch, step, rate


@dataclass(frozen=True)
class Due:
    """The state may be saved, within an epoch: whoever is asked between steps wants to."""

    epoch: int
    step: int


def never() -> bool:
    """Nothing is saved within an epoch."""
    return False


@dataclass(frozen=True)
class Between:
    """What is asked between steps: `due` after each, whether the state is to be saved now.

    `looking` is entered before the held-out pictures are looked at, and may change the state;
    `look` looks at them, where that is not `validate`.
    """

    looking: Callable[[], AbstractContextManager[None]] = nullcontext
    due: Callable[[], bool] = never
    look: Callable[[State, Part, Preprocessing, TrainRecipe], tuple[float, float]] | None = None


ALONE = Between()


def fit(
    state: State,
    stepper: Stepper,
    held_out: Part,
    preprocessing: Preprocessing,
    recipe: TrainRecipe,
    between: Between = ALONE,
) -> Iterator[Progress | Epoch | Due]:
    """Train from where the state is to the recipe's last epoch, and yield an `Epoch` after each.

    With `stop_after` it may end before. Where nothing is held out, an epoch has no held-out loss
    and error, and the last one is kept.
    Between them come signs of life, `Progress`, and `Due` where `between` asks for it. When an
    `Epoch` or a `Due` is yielded, the state may be saved: it goes on from there, bit for bit.
    Raises `Diverged` with the step and the learning rate where the loss is not finite; the caller's
    last saved state is then good.
    """
    check_held_out(held_out, recipe)
    looks = len(held_out) > 0
    while state.epoch < recipe.passes and not gave_up(state, recipe):
        number = state.epoch + 1
        found = yield from _pass(state, stepper, recipe, number, between.due)
        began = time.perf_counter()
        val_loss, val_error = None, None
        with between_steps(), between.looking():
            seconds = found.seconds + time.perf_counter() - began
            if looks:
                look = between.look or validate
                val_loss, val_error = look(state, held_out, preprocessing, recipe)
        # the last step's weights have not met a training picture
        if val_loss is not None and not math.isfinite(val_loss):
            raise _diverged("the held-out loss", val_loss, state.step, number, found.rate, recipe)
        earlier = [merit(h) for h in (*_begun(state, recipe), *state.history)] if looks else []
        best = looks and (not earlier or (val_error, val_loss) < min(earlier))
        record = Epoch(
            epoch=number,
            train_loss=float(found.losses.cpu().double().mean()),  # finite where each of them is
            val_loss=val_loss,
            val_error=val_error,
            learning_rate=found.rate,
            seconds=seconds,
            images=found.images,
            images_per_second=found.images / seconds,
            best=best,
            train_error=float(found.wrong.sum()) / found.images,
            skipped=found.skipped,
        )
        state.epoch, state.part = number, None
        state.history.append(record.to_dict())
        if best if recipe.keep == "best" else _last_is_kept(state, recipe):
            state.best_epoch, state.best_weights = number, state.weights()
        yield record


def gave_up(state: State, recipe: TrainRecipe) -> bool:
    """Whether so many epochs as `stop_after` have brought no better one, and training ends."""
    return 0 < recipe.stop_after <= state.epoch - state.best_epoch


def _last_is_kept(state: State, recipe: TrainRecipe) -> bool:
    """Whether the epoch just done is kept as the last one; with `fallback` the end alone is looked
    at, so that the held-out pictures choose between two networks, not among many."""
    begun = _begun(state, recipe)
    if not begun:
        return True
    return state.epoch == recipe.epochs and merit(state.history[-1]) < merit(begun[0])


def _begun(state: State, recipe: TrainRecipe) -> list[dict[str, Any]]:
    """The record of epoch 0 where that may be the best."""
    return [state.begun] if recipe.fallback and state.begun else []


def merit(record: Mapping[str, Any]) -> tuple[float, float]:
    """By what networks are compared: their error on held-out pictures, then their loss there."""
    return record["val_error"], record["val_loss"]


def _pass(
    state: State, stepper: Stepper, recipe: TrainRecipe, number: int, due: Callable[[], bool]
) -> Generator[Progress | Due, None, Pass]:
    """The steps of an epoch, or those that are left, with a sign of life now and then."""
    steps = len(stepper)
    total, device = steps * recipe.epochs, next(state.model.parameters()).device
    drops, found = drops_of(recipe, state.history), state.part
    if found is None:
        stepper.prepare(state, number)  # what it gives the optimiser is kept with it
        found = state.part = Pass.of(steps, device)
    state.model.train()
    if recipe.freeze_norm:
        freeze_norm(state.model)
    rest(state.model, state.optimizer, recipe, number)
    began = time.perf_counter() - found.seconds
    told = time.perf_counter()
    for batch in timed(stepper.epoch(number, found.at), "waiting"):
        at, course = found.at, Course(drops, state.warm)
        found.rate = learning_rate(recipe, state.step, total, course)
        found.losses[at], found.wrong[at] = stepper.step(state, batch, found.rate)
        state.step, found.at = state.step + 1, at + 1
        found.images += batch.total
        stepped(batch.total)
        if recipe.average:
            update_average(state, recipe, total)
        found.seconds = time.perf_counter() - began
        looks, asked = found.at % LOOK == 0 or found.at == steps, due()
        if looks or asked:
            _stop_if_diverged(found.losses[: found.at], state.step, number, recipe, total, course)
        if looks and recipe.warmup_error and not state.warm:
            recent = found.wrong[at - at % LOOK : found.at]
            enough = recipe.warmup_error * (found.images - found.seen)
            state.warm = float(recent.sum()) < enough
            found.seen = found.images
        if looks or time.perf_counter() - told >= SILENT:
            told = time.perf_counter()
            yield Progress(number, found.at, steps, float(found.losses[: found.at].mean()))
        if asked:
            yield Due(number, found.at)
    return found


def freeze_norm(model: nn.Module) -> None:
    """Let batch normalisation use the mean and variance that it has, and keep them."""
    for module in model.modules():
        if isinstance(module, NORMS):
            module.eval()


def _stop_if_diverged(
    losses: Tensor, step: int, epoch: int, recipe: TrainRecipe, steps: int, course: Course
) -> None:
    """Raise where one of the losses, of the last steps before `step`, is not finite."""
    bad = (~losses.isfinite()).nonzero()
    if len(bad):
        at = step - len(losses) + int(bad[0])
        rate = learning_rate(recipe, at, steps, course)
        first = int(bad[0])
        error = _diverged("the loss", float(losses[first]), at + 1, epoch, rate, recipe)
        error.epoch, error.step, error.rate = epoch, first + 1, rate
        raise error


def _diverged(
    what: str, value: float, step: int, epoch: int, rate: float, recipe: TrainRecipe
) -> Diverged:
    return Diverged(
        f"{what} is {value} at step {step} (epoch {epoch}), learning rate {rate:.3g}. "
        f"Try a smaller one: --set learning_rate={recipe.learning_rate / 3:.1g}"
    )


def check_held_out(part: Part, recipe: TrainRecipe) -> None:
    """ValueError where a recipe would look at held-out pictures that there are none of."""
    if not len(part) and (asks := recipe.asks_held_out):
        raise ValueError(f"no picture is held out, and {asks[0]}: {asks[1]}")


def validate(
    state: State,
    part: Part,
    preprocessing: Preprocessing,
    recipe: TrainRecipe,
    answer: Callable[..., Tensor] = logits_of,
) -> tuple[float, float]:
    """(loss, error) on a part of the data, of the weights that would be saved; a fraction is wrong.

    A recipe with neighbours looks at windows of strips, one for each picture, always the same;
    there an error is also a window on no digit that is read as one, or one on a digit that is not.
    `answer` is asked as `logits_of`.
    """
    images, labels, see = part.images, part.labels, preprocessing.__call__
    if recipe.neighbours:
        width = window_width(preprocessing)
        draws = generator(recipe.seed, 0)
        images, labels = make_windows(images[:], labels, width, recipe.neighbours, draws)
        see = partial(seen, preprocessing)
    device = next(state.model.parameters()).device
    with saved_weights(state):
        logits = answer(state.model, images, see, device)
    loss_of = make_loss(recipe, state.model.net)
    loss = float(loss_of(logits, labels))
    if recipe.neighbours:
        classes = logits.shape[1]
        logits = with_no_digit(logits, recipe.distance_scale, recipe.constant)
        labels = labels.where(labels >= 0, classes)
    return loss, float((logits.argmax(1) != labels).float().mean())
