"""The chapter Cost: parameters, multiply-adds, memory, and how far a value sees."""

from __future__ import annotations

from . import cost_counting, cost_fields, cost_kernels, cost_memory, cost_ones, cost_sizes, cost_splits
from .lesson import Lesson

LESSONS: tuple[Lesson, ...] = (
    *cost_counting.LESSONS,
    *cost_kernels.LESSONS,
    *cost_ones.LESSONS,
    *cost_splits.LESSONS,
    *cost_sizes.LESSONS,
    *cost_memory.LESSONS,
    *cost_fields.LESSONS,
)
