"""The chapter Cost: parameters, multiply-adds, memory."""

from __future__ import annotations

from .lesson import Lesson

CHAPTER = "Cost"
LESSONS: tuple[Lesson, ...] = ()
