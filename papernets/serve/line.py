"""The line of requests: so many wait, so many are computed, and each is answered in time or told.

Each picture is computed alone, by one thread of several: what others ask changes nothing in it.
What nobody waits for any more, as it is late or its client has gone, is not begun, and ends at the
next picture.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from .body import Gone
from .limits import Limits, Refused

T = TypeVar("T")
FIRST = 0.1  # seconds that a request is thought to take before one was measured
SHARE = 0.05  # of the newest in the mean


class Turn:
    """What a job knows of whoever waits for it; `check` where it may end, between pictures say."""

    def __init__(self) -> None:
        self.over = False

    def check(self) -> None:
        """`Left` where nobody waits any more."""
        if self.over:
            raise Left


class Left(Exception):
    """Nobody waits for this job any more."""


class Line:
    """Requests that wait for one of `workers` threads, or are computed; at most `limits.queue`.

    Each of these threads begins with `begin`.
    """

    def __init__(self, limits: Limits, workers: int, begin: Callable[[], None] = lambda: None):
        self.limits, self.workers = limits, workers
        self.held, self.mean = 0, FIRST
        self.pool = ThreadPoolExecutor(workers, "answers", begin)

    @property
    def wait(self) -> float:
        """Seconds after which what is in line now should be done."""
        return self.mean * self.held / self.workers

    def check(self) -> None:
        """`Refused` where the line is full."""
        if self.held >= self.limits.queue:
            raise Refused(
                429,
                f"{self.limits.queue} requests are waiting already: try again after Retry-After",
                reason="queue",
                retry=self.wait,
            )

    async def done(
        self, job: Callable[[Turn], T], until: float, gone: Callable[[], Awaitable[object]]
    ) -> T:
        """What the job gives, when its turn comes; `Refused` where that is later than `until`.

        `Gone` where what `gone` gives comes first: the client has left.
        """
        self.check()
        loop = asyncio.get_running_loop()
        self.held += 1
        turn = Turn()
        try:
            future = self.pool.submit(self._timed, job, turn)
        except RuntimeError:
            self.held -= 1
            raise

        def leave(_: object) -> None:
            with suppress(RuntimeError):  # the loop has ended before
                loop.call_soon_threadsafe(self._leave)

        future.add_done_callback(leave)
        waiting = asyncio.wrap_future(future)
        waiting.add_done_callback(_heard)
        leaving = asyncio.ensure_future(gone())
        try:
            some: set[asyncio.Future[Any]] = {waiting, leaving}
            seconds = max(0.0, until - loop.time())
            await asyncio.wait(some, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if leaving.done():
                raise Gone
            if waiting.done():
                return waiting.result()
            raise self._late(began=not future.cancel())
        finally:
            turn.over = True
            future.cancel()
            leaving.cancel()

    def warm(self, job: Callable[[], object]) -> None:
        """Do a job on every worker, before anybody asks."""
        each: list[Future[object]] = [self.pool.submit(job) for _ in range(self.workers)]
        for one in each:
            one.result()

    def close(self) -> None:
        """No further job is taken."""
        self.pool.shutdown(wait=False, cancel_futures=True)

    def _timed(self, job: Callable[[Turn], T], turn: Turn) -> T:
        turn.check()
        began = time.perf_counter()
        try:
            return job(turn)
        finally:
            took = time.perf_counter() - began
            self.mean += SHARE * (took - self.mean)

    def _leave(self) -> None:
        self.held -= 1

    def _late(self, began: bool) -> Refused:
        what = "is not answered" if began else "was still waiting"
        return Refused(
            503,
            f"the request {what} after {self.limits.seconds:g} seconds: try again after "
            "Retry-After, or send fewer pictures",
            reason="late",
            retry=self.wait,
        )


def _heard(future: asyncio.Future[Any]) -> None:
    """What went wrong with a request that was answered before is nobody's any more."""
    if not future.cancelled():
        future.exception()
