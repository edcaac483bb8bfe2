"""A learning-rate range test: the loss while the rate rises from very small to too large.

L. N. Smith 2017, "Cyclical learning rates for training neural networks", section 3.3 (arXiv
1506.01186). The rate rises by the same factor each step and the loss is smoothed, as fastai does
it. What is found is a place to begin, not the best rate of a whole run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import torch

from ..data import Dataset
from ..machine import choose_device
from ..run.network import Network, build
from ..words import plural
from .fit import freeze_norm
from .freezing import rest
from .memory import check_batch
from .pictures import open_data, preprocessing_for
from .pretrained import load_pretrained, take_rows
from .probe import fit_classifiers
from .recipe import TrainRecipe
from .run import Run
from .runner import threads_of
from .session import stepper_of
from .source import Batch, Source
from .state import State, start
from .stepper import Stepper
from .workers import check_workers

LOW, HIGH, STEPS = 1e-6, 10.0, 100
SMOOTHED = 0.95
"""How much of the smoothed loss each step keeps; the start is corrected as Adam's means are."""
EXPLODED = 4.0
"""So many times the least smoothed loss ends the test."""
EDGE = 5
"""Steps at the start, where the smoothed loss is of a few batches and says nothing."""
FEWEST = 20
"""Steps of a test at least."""
FALLEN = 0.98
"""Of the loss at the start, what must be left at its least: less is no fall but noise."""
SAFE = 10.0
"""The rate with the least loss is at the brink of divergence: a tenth of it is usual."""


@dataclass(frozen=True)
class Tried:
    """A step of the test: its rate, the loss of its batch, and the smoothed loss after it."""

    rate: float
    loss: float
    smooth: float


@dataclass(frozen=True)
class Suggestion:
    """Rates from a test: where the loss falls fastest, where it is least, and what to take.

    `fell` is false where the loss did not fall: then there is no rate to take, and it is 0.
    """

    steepest: float
    least: float
    rate: float
    fell: bool


def tries(run: Run, steps: int = STEPS, low: float = LOW, high: float = HIGH) -> Iterator[Tried]:
    """Train a network of the run for so many steps at rising rates; nothing is written.

    It ends early where the loss explodes. The numbers are those of the run's seed. ValueError as
    for a run, and where the first loss is not finite.
    """
    device, net = choose_device(run.where.device), run.found.net.member
    check_batch(run.recipe, net, device)
    torch.set_num_threads(run.where.threads or threads_of(run.recipe, net, device))
    model, source = _ready(run, open_data(run, net.input), device)
    state = start(model, source.recipe)
    least, mean = math.inf, 0.0
    with stepper_of(model, source, run.where) as stepper:
        for at, batch in zip(range(steps), _batches(stepper, state, source.recipe), strict=False):
            rate = low * (high / low) ** (at / (steps - 1))
            loss = float(stepper.step(state, batch, rate).loss)
            state.step += 1
            if not math.isfinite(loss):
                if at == 0:
                    raise ValueError(
                        f"the loss of the first step is {loss}: these pictures do not fit the "
                        "network, or how they are prepared (low and high)"
                    )
                return
            mean = SMOOTHED * mean + (1 - SMOOTHED) * loss
            smooth = mean / (1 - SMOOTHED ** (at + 1))
            yield Tried(rate, loss, smooth)
            least = min(least, smooth)
            if at >= EDGE and smooth > EXPLODED * least:
                return


def check_range(steps: int, low: float, high: float) -> None:
    """ValueError for a test that would show nothing."""
    if steps < FEWEST:
        raise ValueError(f"--steps must be at least {FEWEST}, not {steps}")
    if not 0 < low < high < math.inf:
        raise ValueError(
            f"the rates must rise from above 0: --from {LOW:g} --to {HIGH:g}, not {low} to {high}"
        )


def _ready(run: Run, dataset: Dataset, device: torch.device) -> tuple[Network, Source]:
    """The network as the run's first step would have it, and its batches."""
    found = run.network(len(dataset.classes))
    net, recipe = found.net.member, run.recipe
    if run.where.processes > 1 and device.type == "cpu":
        check_workers(net)
    draws = torch.Generator().manual_seed(recipe.seed)
    model = build(net, generator=draws, initialisation=recipe.draw(found))
    drawn = load_pretrained(model, run, dataset.classes) if recipe.weights else ()
    if recipe.begin:
        take_rows(model, run)
    model = model.to(device)
    source = Source(dataset.train, preprocessing_for(recipe, net, dataset), recipe, device)
    if recipe.probe and not recipe.neighbours:
        fit_classifiers(model, source, drawn)
    return model, source


def _batches(stepper: Stepper, state: State, recipe: TrainRecipe) -> Iterator[Batch]:
    """The batches of one epoch after another, the model as training has it."""
    for number in count(1):
        stepper.prepare(state, number)
        state.model.train()
        if recipe.freeze_norm:
            freeze_norm(state.model)
        rest(state.model, state.optimizer, recipe, number)
        yield from stepper.epoch(number)


def _instead(rates: Sequence[float]) -> str:
    """What to try after a test that ended too early, with the rates that it tried."""
    if len(rates) > EDGE and rates[-1] > 100 * rates[0]:  # it has seen rates that learn
        return f"end lower, --to {rates[-1]:.1g}, or take more steps, --steps 100"
    return f"begin lower, --from {rates[0] / 1000 if rates else LOW:.1g}"


def suggested(tried: Sequence[Tried]) -> Suggestion:
    """The rate to take: where the smoothed loss falls fastest, at most a tenth of its least's.

    The first steps are left out, and the last ones, where it explodes. ValueError where too few are
    left.
    """
    rates, smooth = [t.rate for t in tried], [t.smooth for t in tried]
    if len(tried) < FEWEST:
        raise ValueError(
            f"the loss was no number, or exploded, after {plural(len(tried), 'step')}, and "
            f"{FEWEST} are needed: {_instead(rates)}"
        )
    lowest = min(range(EDGE + 1, len(tried) - 1), key=smooth.__getitem__)
    inside = range(EDGE, max(lowest, EDGE + 1))
    steepest = min(inside, key=lambda at: smooth[at + 1] - smooth[at - 1])
    fell = smooth[lowest] < FALLEN * smooth[EDGE]
    rate = min(rates[steepest], rates[lowest] / SAFE)
    return Suggestion(rates[steepest], rates[lowest], float(f"{rate:.1g}") if fell else 0.0, fell)
