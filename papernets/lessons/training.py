"""The chapter Training: activations, losses, schedules, regularisation."""

from __future__ import annotations

from .lesson import Lesson

CHAPTER = "Training"
LESSONS: tuple[Lesson, ...] = ()
