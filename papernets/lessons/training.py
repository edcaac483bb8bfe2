"""The chapter Training: gradients, losses, steps and rates, and what is done to pictures."""

from __future__ import annotations

from . import (
    training_accuracy,
    training_crops,
    training_curves,
    training_depth,
    training_dropout,
    training_epochs,
    training_gradients,
    training_losses,
    training_lrn,
    training_momentum,
    training_normalisation,
    training_optimisers,
    training_others,
    training_residual,
    training_schedules,
    training_targets,
    training_views,
)
from .lesson import Lesson

CHAPTER = "Training"
LESSONS: tuple[Lesson, ...] = (
    *training_gradients.LESSONS,
    *training_depth.LESSONS,
    *training_residual.LESSONS,
    *training_normalisation.LESSONS,
    *training_lrn.LESSONS,
    *training_losses.LESSONS,
    *training_targets.LESSONS,
    *training_accuracy.LESSONS,
    *training_epochs.LESSONS,
    *training_momentum.LESSONS,
    *training_optimisers.LESSONS,
    *training_schedules.LESSONS,
    *training_curves.LESSONS,
    *training_dropout.LESSONS,
    *training_crops.LESSONS,
    *training_views.LESSONS,
    *training_others.LESSONS,
)
