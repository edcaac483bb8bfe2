"""The chapter Cost: parameters, multiply-adds, memory, and how far a value sees."""

from __future__ import annotations

from . import (
    cost_connections,
    cost_counting,
    cost_dense,
    cost_fields,
    cost_flat,
    cost_inception,
    cost_kernels,
    cost_memory,
    cost_ones,
    cost_operations,
    cost_paths,
    cost_sizes,
    cost_splits,
)
from .lesson import Lesson

LESSONS: tuple[Lesson, ...] = (
    *cost_counting.LESSONS,
    *cost_connections.LESSONS,
    *cost_kernels.LESSONS,
    *cost_flat.LESSONS,
    *cost_fields.LESSONS,
    *cost_paths.LESSONS,
    *cost_ones.LESSONS,
    *cost_inception.LESSONS,
    *cost_splits.LESSONS,
    *cost_sizes.LESSONS,
    *cost_dense.LESSONS,
    *cost_memory.LESSONS,
    *cost_operations.LESSONS,
)
