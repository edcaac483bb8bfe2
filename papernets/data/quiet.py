"""Warnings that are not shown for a while, whatever threads do meanwhile."""

from __future__ import annotations

import re
import threading
import warnings
from types import TracebackType
from typing import Any

Rule = tuple[str, re.Pattern[str] | None, type[Warning], re.Pattern[str] | None, int]
"""A filter as `warnings.filters` has it: action, message, category, module, line."""


class Quiet:
    """Filters of warnings while somebody is within it; threads may enter it as they like.

    Python's filters are not per thread, and `warnings.catch_warnings` puts back the list that it
    found: with it go the changes of other threads. Here the first that enters puts the rules before
    the others' filters, and the last that leaves takes out just these.
    """

    def __init__(self, *rules: Rule):
        self._rules = rules
        self._lock = threading.Lock()
        self._users = 0
        self._list: list[Any] = []

    def __enter__(self) -> None:
        with self._lock:
            self._users += 1
            if self._users == 1 or self._list is not _filters():
                self._take_out()
                self._list = _filters()
                self._list[:0] = self._rules

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                self._take_out()
                self._list = []

    def _take_out(self) -> None:
        """Remove the rules from the list that has them, and from a copy that took its place."""
        for filters in (self._list, _filters()):
            for at in reversed(range(len(filters))):
                if any(filters[at] is rule for rule in self._rules):
                    del filters[at]


def _filters() -> list[Any]:
    found: list[Any] = warnings.filters  # type: ignore[assignment]
    return found


EVERY = Quiet(("ignore", None, Warning, None, 0))
"""No warning is shown: around what others wrote, whose warnings are not for our users."""
