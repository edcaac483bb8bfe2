"""About how long a claim takes, reckoned from its multiply-adds: nothing is run."""

from __future__ import annotations

from math import prod

from ..nets import look_up
from ..spec import totals, walk
from .claim import Experiment

RATE, VALUE, EACH = 60e9, 4e-9, 4e-5
"""Multiply-adds that a core does in a second; seconds for each value that a layer gives, and for
each picture besides. Fitted to steps of all networks of the list on one core of a server of 2025,
torch 2.13: each is within a factor of 2.5 of what it took there."""
PICTURES = {"cifar10": 45_000, "mnist": 54_000}
"""Training pictures of a data set, without those held out."""
NIGHT = 10 * 3600
"""Seconds of a laptop's night."""


def core_seconds(experiment: Experiment, scale: float) -> float:
    """About the seconds of one core that all trainings of a claim take at a scale.

    A training step takes three times the multiply-adds of a prediction. `estimate` has what is
    measured.
    """
    seconds = 0.0
    pictures = PICTURES[experiment.settings["data"]]
    for arm in experiment.trained:
        settings = {**experiment.settings, **arm.settings}
        size = settings.get("input")
        found = look_up(
            arm.net, input=size[0] if size else None, **dict(settings.get("options", {}))
        )
        rows = walk(found.net.member)
        values = sum(prod(row.out) for row in rows)
        each = 3 * totals(rows).macs / RATE + VALUE * values + EACH
        seconds += experiment.epochs_of(arm, scale) * found.net.count * pictures * each
    return experiment.seeds * seconds


def lasting(seconds: float) -> str:
    """A time for people who plan: 40 s, 25 min, 3.5 h, 31 h, 4.2 days."""
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    hours = seconds / 3600
    if hours < 48:
        return f"{hours:.{1 if hours < 9.95 else 0}f} h"
    return f"{hours / 24:.{1 if hours < 10 * 24 else 0}f} days"
