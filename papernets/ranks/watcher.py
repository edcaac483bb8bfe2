"""A thread of each rank that looks whether another one has failed, and ends this one then."""

from __future__ import annotations

import os
import threading
from types import TracebackType

from torch.distributed import Store

FAILED = "failed"
EACH, GRACE = 0.5, 10.0
"""Seconds between two looks, and those in which a rank may end by itself once one has failed: what
it waits for is mostly lost, which is an error; a kernel of a GPU may wait for ever."""


class Lost(RuntimeError):
    """What was waited for does not come: a rank has failed."""


class Watcher:
    """Looks into a store, while a `with` lasts, whether a rank says that it has failed."""

    def __init__(self, store: Store, rank: int):
        self.store, self.rank = store, rank
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._look, name="papernets ranks", daemon=True)

    def __enter__(self) -> Watcher:
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()

    def check(self) -> None:
        """Raise where a rank has failed."""
        if self.failed():
            raise Lost("a rank has failed")

    def failed(self) -> bool:
        """Whether a rank says so, or nobody can be asked any more."""
        try:
            return bool(self.store.check([FAILED]))
        except RuntimeError:
            return True

    def _look(self) -> None:
        while not self.over.wait(EACH):
            if self.failed():
                if not self.over.wait(GRACE):
                    os._exit(1)
                return
