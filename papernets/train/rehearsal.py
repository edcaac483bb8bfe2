"""What a run would learn from, and about how long an epoch would take: nothing is written."""

from __future__ import annotations

import time
from dataclasses import replace

import torch

from ..data import Dataset
from ..machine import choose_device
from ..run.network import build
from ..spec import totals, walk
from .memory import check_batch
from .pictures import open_data, preprocessing_for
from .run import Run
from .runner import threads_of
from .source import Source
from .state import start
from .stepper import Alone

ENOUGH = 7e9
"""Multiply-adds of the pictures that are tried: a second or so, forwards and backwards."""


def looked_at(run: Run) -> Dataset:
    """The pictures of a run; errors are those that training would end with."""
    device, net = choose_device(run.where.device), run.found.net.member
    check_batch(run.recipe, net, device)
    return open_data(run, net.input)


def epoch_seconds(run: Run, dataset: Dataset) -> float:
    """About how long a pass over the training pictures takes, from a step on a few of them.

    The network is that of the run, with first weights; of a committee it is one network's time.
    """
    device = choose_device(run.where.device)
    found = run.network(len(dataset.classes))
    net = found.net.member
    before = torch.get_num_threads()
    torch.set_num_threads(run.where.threads or threads_of(run.recipe, net, device))
    count = int(ENOUGH / max(totals(walk(net)).macs, 1))
    count = min(max(count, 2), run.recipe.batch_size, len(dataset.train))
    recipe = replace(run.recipe, batch_size=count)
    part = dataset.train.select(range(count))
    draws = torch.Generator().manual_seed(recipe.seed)
    model = build(net, generator=draws, initialisation=recipe.draw(found)).to(device)
    state = start(model.train(), recipe)
    stepper = Alone(model, Source(part, preprocessing_for(recipe, net, dataset), recipe, device))
    seconds = 0.0
    for number in (1, 2):  # the first is slower than those after it
        began = time.perf_counter()
        for batch in stepper.epoch(number):
            float(stepper.step(state, batch, recipe.learning_rate).loss)
        seconds = time.perf_counter() - began
    torch.set_num_threads(before)
    return seconds / count * len(dataset.train)
