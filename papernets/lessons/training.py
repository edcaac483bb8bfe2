"""The chapter Training: activations, losses, schedules, regularisation."""

from __future__ import annotations

from . import (
    training_dropout,
    training_gradients,
    training_losses,
    training_normalisation,
    training_targets,
)
from .lesson import Lesson

CHAPTER = "Training"
LESSONS: tuple[Lesson, ...] = (
    *training_gradients.LESSONS,
    *training_normalisation.LESSONS,
    *training_dropout.LESSONS,
    *training_losses.LESSONS,
    *training_targets.LESSONS,
)
