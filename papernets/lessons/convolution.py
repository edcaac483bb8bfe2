"""The chapter Convolution: what a filter does to a picture, how large the map is, who shares."""

from __future__ import annotations

from . import (
    convolution_channels,
    convolution_edges,
    convolution_filters,
    convolution_flat,
    convolution_padding,
    convolution_patterns,
    convolution_pooling,
    convolution_sharing,
    convolution_sizes,
    convolution_steps,
    convolution_weights,
)
from .lesson import Lesson

LESSONS: tuple[Lesson, ...] = (
    *convolution_filters.LESSONS,
    *convolution_edges.LESSONS,
    *convolution_patterns.LESSONS,
    *convolution_steps.LESSONS,
    *convolution_channels.LESSONS,
    *convolution_sizes.LESSONS,
    *convolution_padding.LESSONS,
    *convolution_pooling.LESSONS,
    *convolution_flat.LESSONS,
    *convolution_sharing.LESSONS,
    *convolution_weights.LESSONS,
)
