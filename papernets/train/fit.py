"""The training loop: a generator that yields what happened, and leaves the state in its
caller's hands."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor

from ..bundle.weights import copies
from ..data import Dataset, Part, Preprocessing
from ..evaluate.infer import logits_of
from ..run.network import Logits, Network
from ..run.tiles import tiled
from ..strips.make import make_windows, seen, window_width
from .batches import count_of, crop_of, distortion_of, generator, shares
from .losses import make_loss, with_rubbish
from .run import Run
from .schedule import learning_rate
from .workers import Team

LOOK = 50
"""Every so many steps the losses are looked at: often enough to stop soon, seldom enough to
cost nothing."""

Forward = Callable[[Tensor], Tensor | Logits]
"""Pictures (N, C, H, W) to what the network gives."""


@dataclass(frozen=True)
class Step:
    """A sign of life: so many steps of this epoch are done."""

    epoch: int
    step: int
    steps: int
    loss: float


@dataclass(frozen=True)
class Epoch:
    """One pass over the training pictures. Errors are fractions; `seconds` is the training pass
    alone."""

    epoch: int
    train_loss: float
    val_loss: float
    val_error: float
    learning_rate: float
    seconds: float
    images: int
    images_per_second: float
    best: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The record as log.jsonl holds it."""
        return {k: v for k, v in asdict(self).items() if k != "best"}


class Diverged(ArithmeticError):
    """The loss became NaN or infinite."""


@dataclass
class State:
    """All that a run needs to go on: model, optimiser, running mean of the weights, history,
    best weights."""

    model: Network
    optimizer: torch.optim.Optimizer
    average: dict[str, Tensor]
    epoch: int = 0
    step: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    best_epoch: int = 0
    best_weights: dict[str, Tensor] = field(default_factory=dict)

    def weights(self) -> dict[str, Tensor]:
        """What is evaluated and saved: the running mean where there is one, else the weights,
        on the CPU."""
        if self.average:
            return {k: v.detach().to("cpu", copy=True) for k, v in self.average.items()}
        return copies(self.model)

    def to_dict(self) -> dict[str, Any]:
        """Plain values and tensors, for a file."""
        return {
            "model": copies(self.model),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average,
            "epoch": self.epoch,
            "step": self.step,
            "history": self.history,
            "best_epoch": self.best_epoch,
            "best_weights": self.best_weights,
        }

    def load_dict(self, values: dict[str, Any]) -> None:
        """Take up what `to_dict` gave; ValueError where its parts do not fit one another."""
        own = self.model.state_dict()
        for name in ("average", "best_weights"):
            shapes = {k: v.shape for k, v in values[name].items()}
            if shapes and shapes != {k: v.shape for k, v in own.items()}:
                raise ValueError(f"its {name} does not fit its model")
        self.model.load_state_dict(values["model"])
        try:
            self.optimizer.load_state_dict(values["optimizer"])
        except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            raise ValueError(f"its optimizer is damaged: {error}") from None
        for parameter, kept in self.optimizer.state.items():
            if not isinstance(kept, dict) or any(
                isinstance(v, Tensor) and v.dim() and v.shape != parameter.shape
                for v in kept.values()
            ):
                raise ValueError("its optimizer does not fit its model")
        device = next(self.model.parameters()).device
        self.average = {k: v.to(device) for k, v in values["average"].items()}
        self.epoch, self.step = values["epoch"], values["step"]
        self.history = list(values["history"])
        self.best_epoch, self.best_weights = values["best_epoch"], values["best_weights"]


def start(model: Network, run: Run) -> State:
    """The state of a run before its first step."""
    fused = next(model.parameters()).device.type in ("cpu", "cuda")
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer: torch.optim.Optimizer
    if run.optimizer == "sgd":
        optimizer = torch.optim.SGD(
            parameters, run.learning_rate, run.momentum, weight_decay=run.weight_decay, fused=fused
        )
    else:
        kind = torch.optim.Adam if run.optimizer == "adam" else torch.optim.AdamW
        betas = (run.betas[0], run.betas[1])
        optimizer = kind(
            parameters, run.learning_rate, betas, weight_decay=run.weight_decay, fused=fused
        )
    average = {k: v.detach().clone() for k, v in model.state_dict().items()} if run.average else {}
    return State(model, optimizer, average)


def fit(
    state: State,
    dataset: Dataset,
    preprocessing: Preprocessing,
    run: Run,
    device: torch.device,
) -> Iterator[Step | Epoch]:
    """Train from the state's epoch to the run's last one; yields `Step`s on the way and an `Epoch`
    after each.

    When an `Epoch` is yielded, the state is that of the end of the epoch and may be saved. Raises
    `Diverged` with the step and the learning rate where the loss is not finite; the caller's last
    saved state is then good. With `run.workers` on a CPU, other processes share the steps.
    """
    alone = run.workers < 2 or device.type != "cpu"
    helped = nullcontext() if alone else Team(state.model, dataset.train, preprocessing, run)
    with helped as team:
        yield from _epochs(state, dataset, preprocessing, run, device, team)


def _epochs(
    state: State,
    dataset: Dataset,
    preprocessing: Preprocessing,
    run: Run,
    device: torch.device,
    team: Team | None,
) -> Iterator[Step | Epoch]:
    """The epochs of `fit`."""
    distortion, crop = distortion_of(run), crop_of(run, preprocessing)
    loss_of = make_loss(run, state.model.net)
    part = dataset.train
    steps = count_of_epoch(part, run)
    model = (tiled(state.model) if run.tiles else None) or state.model
    while state.epoch < run.epochs:
        number = state.epoch + 1
        began = time.perf_counter()
        losses = torch.zeros(steps, device=device)
        state.model.train()
        rate = run.learning_rate
        draws = generator(run.seed, number)
        torch.manual_seed(draws.initial_seed())  # dropout draws from torch's own random numbers
        drawn = (
            team.shares(number)
            if team
            else shares(
                part,
                preprocessing,
                distortion,
                run.batch_size,
                draws,
                device,
                run.neighbours,
                crop=crop,
            )
        )
        for at, (x, y, whole) in enumerate(drawn):
            rate = learning_rate(run, state.step, steps * run.epochs)
            losses[at] = (
                team.step(state.optimizer, x, y, whole, rate)
                if team
                else train_step(state, x, y, loss_of, rate, model)
            )
            state.step += 1
            if run.average:
                follow(state, run.average)
            if at % LOOK == LOOK - 1 or at == steps - 1:
                _stop_if_diverged(losses[: at + 1], state.step, number, run, steps)
                yield Step(number, at + 1, steps, float(losses[: at + 1].mean()))
        seconds = time.perf_counter() - began
        val_loss, val_error = look(state, dataset.validation, preprocessing, run, device)
        if not math.isfinite(val_loss):  # the last step's weights have not met a training picture
            raise _diverged("the held-out loss", val_loss, state.step, number, rate, run)
        earlier = [(h["val_error"], h["val_loss"]) for h in state.history]
        best = not earlier or (val_error, val_loss) < min(earlier)
        record = Epoch(
            epoch=number,
            train_loss=float(losses.mean()),
            val_loss=val_loss,
            val_error=val_error,
            learning_rate=rate,
            seconds=seconds,
            images=len(part),
            images_per_second=len(part) / seconds,
            best=best,
        )
        state.epoch = number
        state.history.append(record.to_dict())
        if best or run.keep == "last":
            state.best_epoch, state.best_weights = number, state.weights()
        yield record


def count_of_epoch(part: Part, run: Run) -> int:
    """How many steps an epoch has."""
    return count_of(len(part), run.batch_size)


def train_step(
    state: State, x: Tensor, y: Tensor, loss_of: Any, rate: float, model: Forward | None = None
) -> Tensor:
    """One step of the optimiser on one batch; the loss, not yet read from the device.

    `model` computes what the state's own model does, with the same parameters; None takes that one.
    """
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    state.optimizer.zero_grad()
    out = (model or state.model)(x)
    loss: Tensor = loss_of(out, y)
    loss.backward()
    state.optimizer.step()
    return loss.detach()


@torch.no_grad()
def follow(state: State, decay: float) -> None:
    """Move the running mean of the weights towards them: weight 1 - decay, more in the first
    steps."""
    decay = min(decay, (1 + state.step) / (10 + state.step))
    own = state.model.state_dict()
    names = [n for n, v in own.items() if v.is_floating_point()]
    torch._foreach_lerp_([state.average[n] for n in names], [own[n] for n in names], 1 - decay)
    for name, value in own.items():
        if not value.is_floating_point():
            state.average[name].copy_(value)


def _stop_if_diverged(losses: Tensor, step: int, epoch: int, run: Run, steps: int) -> None:
    bad = (~losses.isfinite()).nonzero()
    if len(bad):
        at = step - len(losses) + int(bad[0])
        rate = learning_rate(run, at, steps * run.epochs)
        raise _diverged("the loss", float(losses[int(bad[0])]), at + 1, epoch, rate, run)


def _diverged(what: str, value: float, step: int, epoch: int, rate: float, run: Run) -> Diverged:
    return Diverged(
        f"{what} is {value} at step {step} (epoch {epoch}), learning rate {rate:.3g}. "
        f"Try a smaller one: --set learning_rate={run.learning_rate / 3:.1g}"
    )


def look(
    state: State, part: Part, preprocessing: Preprocessing, run: Run, device: torch.device
) -> tuple[float, float]:
    """(loss, error) of the weights that would be saved, on a part of the data; the error is a
    fraction.

    A run with neighbours looks at windows of strips, one for each picture, always the same; there
    an error is also a window on no digit that is read as one, or one on a digit that is not read.
    """
    images, labels, see = part.images, part.labels, preprocessing.__call__
    if run.neighbours:
        width = window_width(preprocessing)
        draws = generator(run.seed, 0)
        images, labels = make_windows(images[:], labels, width, run.neighbours, draws)
        see = partial(seen, preprocessing)
    own = copies(state.model) if state.average else {}
    if state.average:
        state.model.load_state_dict(state.average)
    logits = logits_of(state.model, images, see, device)
    if own:
        state.model.load_state_dict(own)
    loss_of = make_loss(run, state.model.net)
    loss = float(loss_of(logits, labels))
    if run.neighbours:
        classes = logits.shape[1]
        logits = with_rubbish(logits, run.distance_scale, run.constant)
        labels = labels.where(labels >= 0, classes)
    return loss, float((logits.argmax(1) != labels).float().mean())
