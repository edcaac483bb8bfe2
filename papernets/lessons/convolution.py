"""The chapter Convolution: what a filter does to a picture, how large the map is, who shares."""

from __future__ import annotations

from . import (
    convolution_channels,
    convolution_filters,
    convolution_patterns,
    convolution_pooling,
    convolution_sharing,
    convolution_sizes,
)
from .lesson import Lesson

LESSONS: tuple[Lesson, ...] = (
    *convolution_filters.LESSONS,
    *convolution_patterns.LESSONS,
    *convolution_channels.LESSONS,
    *convolution_sizes.LESSONS,
    *convolution_pooling.LESSONS,
    *convolution_sharing.LESSONS,
)
