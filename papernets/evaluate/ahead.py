"""Pictures that are read by threads while the network answers those before them."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeVar

import torch

from ..data import Preprocessing
from ..data.picture import pillow_rules
from .read import Read, read_one

if TYPE_CHECKING:
    from .predict import Source

MOST = 16  # threads


class Named(Protocol):
    """What has a source, whatever else it has."""

    @property
    def source(self) -> Source: ...


N = TypeVar("N", bound=Named)


def read_ahead(given: Iterable[N], eyes: Preprocessing, ahead: int) -> Generator[tuple[N, Read]]:
    """What is given, with what was read of it, in order, while others compute.

    As many threads read as torch uses, at most 16; `ahead` pictures wait at most, and the next are
    asked for when half of them are taken: readers and the network want the same cores, and the more
    seldom they meet there, the less they wait for one another.
    """

    def read(one: N) -> Read:
        source = one.source
        return Read(None, error=source.error) if source.error else read_one(source.path, eyes)

    waiting: deque[tuple[N, Future[Read]]] = deque()
    threads = min(MOST, torch.get_num_threads())
    with pillow_rules(), ThreadPoolExecutor(threads, "papernets-read") as pool:
        try:
            coming = iter(given)
            while True:
                if 2 * len(waiting) <= ahead:
                    more = islice(coming, max(1, ahead - len(waiting)))
                    waiting.extend((one, pool.submit(read, one)) for one in more)
                if not waiting:
                    return
                first, done = waiting.popleft()
                yield first, done.result()
        finally:
            for _, left in waiting:
                left.cancel()
