"""What a run would learn from, and about how long an epoch would take: nothing is written."""

from __future__ import annotations

import time
from dataclasses import replace

import torch

from ..data import Dataset
from ..data.draws import Draws
from ..evaluate.infer import logits_of
from ..machine import choose_device, threads
from ..run.network import build
from ..spec import Committee, totals, walk
from .boosting import rounds_of
from .changing import distortion_of
from .choosing import settled_precision
from .forms import laid_out
from .memory import check_batch
from .pictures import open_data, preprocessing_for
from .run import Run
from .runner import threads_of
from .source import Source
from .state import start
from .stepper import Alone

TRIED = 200
"""Pictures on which a filter is tried."""
ENOUGH = 7e9
"""Multiply-adds of the pictures that are tried: a second or so, forwards and backwards."""
LONG_ENOUGH, MOST_STEPS = 0.3, 20
"""Seconds after which no further step is timed, and steps: one of a few milliseconds tells little.
"""


def looked_at(run: Run) -> Dataset:
    """The pictures of a run; errors are those that training would end with."""
    device, net = choose_device(run.where.device), run.found.net.member
    check_batch(run.recipe, net, device)
    return open_data(run, net.input)


def filter_seconds(run: Run, dataset: Dataset) -> float:
    """About how long a committee's filters take, from some pictures; 0 for one network.

    For each network after the first every round distorts all training pictures, and shows them to
    the networks before it.
    """
    net = run.found.net
    if not isinstance(net, Committee) or net.count < 2:
        return 0.0
    device = choose_device(run.where.device)
    with threads(run.where.threads or threads_of(run.recipe, net.member, device)):
        count = min(TRIED, len(dataset.train))
        part = dataset.train.select(range(count))
        member = run.network(len(dataset.classes)).net.member
        model = build(member, generator=torch.Generator().manual_seed(0)).to(device).eval()
        eyes = preprocessing_for(run.recipe, member, dataset)
        distortion, draws = (
            distortion_of(run.recipe),
            Draws(run.recipe.seed, 0, torch.arange(count)),
        )
        seconds = []
        for _ in range(2):  # the first is slower
            began = time.perf_counter()
            images = distortion(part.images[:], draws)
            distorted = time.perf_counter()
            logits_of(model, images, eyes, device)
            seconds = [distorted - began, time.perf_counter() - distorted]
    later = net.count - 1
    each = later * seconds[0] + later * (later + 1) / 2 * seconds[1]
    return rounds_of(run.recipe) * each / count * len(dataset.train)


def epoch_seconds(run: Run, dataset: Dataset) -> float:
    """About how long a pass over the training pictures takes, from some steps on a few of them.

    The network is that of the run, with first weights; of a committee it is one network's time.
    """
    device = choose_device(run.where.device)
    found = run.network(len(dataset.classes))
    net = found.net.member
    with threads(run.where.threads or threads_of(run.recipe, net, device)):
        count = int(ENOUGH / max(totals(walk(net)).macs, 1))
        count = min(max(count, 2), run.recipe.batch_size, len(dataset.train))
        recipe = settled_precision(replace(run.recipe, batch_size=count), device)
        part = dataset.train.select(range(count))
        draws = torch.Generator().manual_seed(recipe.seed)
        model = build(net, generator=draws, initialisation=recipe.draw(found))
        model = laid_out(model, device, recipe, run.where)
        state = start(model.train(), recipe)
        source = Source(part, preprocessing_for(recipe, net, dataset), recipe, device)
        stepper = Alone(model, source, replace(run.where, processes=0, compile=False))
        steps, seconds = 0, 0.0
        while steps < 2 or (seconds < LONG_ENOUGH and steps < MOST_STEPS):
            began = time.perf_counter()
            for batch in stepper.epoch(steps + 1):
                float(stepper.step(state, batch, recipe.learning_rate).loss)
            steps += 1
            if steps > 1:  # the first is slower than those after it
                seconds += time.perf_counter() - began
    return seconds / (steps - 1) / count * len(dataset.train)
