"""The chapter Cost: parameters, multiply-adds, memory, and how far a value sees."""

from __future__ import annotations

from . import cost_counting, cost_kernels, cost_ones
from .lesson import Lesson

LESSONS: tuple[Lesson, ...] = (
    *cost_counting.LESSONS,
    *cost_kernels.LESSONS,
    *cost_ones.LESSONS,
)
