"""The chapter Training: activations, losses, schedules, regularisation."""

from __future__ import annotations

from . import (
    training_crops,
    training_depth,
    training_dropout,
    training_epochs,
    training_gradients,
    training_losses,
    training_normalisation,
    training_optimisers,
    training_others,
    training_schedules,
    training_targets,
)
from .lesson import Lesson

CHAPTER = "Training"
LESSONS: tuple[Lesson, ...] = (
    *training_gradients.LESSONS,
    *training_depth.LESSONS,
    *training_normalisation.LESSONS,
    *training_losses.LESSONS,
    *training_targets.LESSONS,
    *training_epochs.LESSONS,
    *training_optimisers.LESSONS,
    *training_schedules.LESSONS,
    *training_dropout.LESSONS,
    *training_crops.LESSONS,
    *training_others.LESSONS,
)
