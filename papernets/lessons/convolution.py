"""The chapter Convolution: what a filter does to a picture, how large the map is, who shares."""

from __future__ import annotations

from . import convolution_filters, convolution_sizes
from .lesson import Lesson

LESSONS: tuple[Lesson, ...] = (*convolution_filters.LESSONS, *convolution_sizes.LESSONS)
