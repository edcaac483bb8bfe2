"""What a request, and all of them together, may take; and the answer to one that asks for more."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

FREE = 256 << 10
"""Bytes of each body that are not counted among those that all requests share."""
MOST_HEAD, MOST_ADDRESS = 32 << 10, 8 << 10
"""Bytes of a request's head, and of its address in it."""
TOGETHER = 4
"""The pictures of a request may have so many times the pixels of one."""


@dataclass(frozen=True)
class Limits:
    """Limits of a server: of a request its bytes, a picture's pixels, its pictures and its seconds;
    of all together the requests that wait or are computed, and the connections."""

    bytes: int = 32 << 20
    pixels: int = 50_000_000
    pictures: int = 16
    seconds: float = 30.0
    queue: int = 200
    connections: int = 1000

    @property
    def shared(self) -> int:
        """Bytes of bodies that all requests together may hold, beyond `FREE` of each."""
        return max(8 * self.bytes, 256 << 20)

    def check_pixels(self, each: Iterable[int]) -> None:
        """`Refused` for pictures, of so many pixels each, that have more together than are read."""
        if sum(each) > TOGETHER * self.pixels:
            raise Refused(
                413,
                f"the pictures of a request may have {TOGETHER * self.pixels:,} pixels together: "
                "send them smaller, or some in another",
                reason="pixels",
            )


def length_in(header: str) -> int | None:
    """The bytes that a header says; None where it says none, or so many digits that none counts."""
    plain = header.isascii() and header.isdigit() and len(header) <= 20
    return int(header) if plain else None


class Refused(Exception):
    """A request that is not answered as asked: an HTTP status and why, for whoever asked.

    `retry`: the seconds after which it may be tried again. `reason` is a word for the metrics.
    """

    def __init__(self, status: int, said: str, *, reason: str = "", retry: float | None = None):
        super().__init__(said)
        self.status, self.said, self.reason = status, said, reason
        self.retry = None if retry is None else max(1, math.ceil(retry))


class Shared:
    """Bytes of bodies that requests hold together; the event loop's thread alone counts them."""

    def __init__(self, most: int):
        self.most, self.held = most, 0

    def take(self, before: int, size: int) -> int:
        """Count a body that grows from `before` bytes to `size`; what it holds now is given back.

        `Refused` where all together would hold more than they may.
        """
        old, new = max(0, before - FREE), max(0, size - FREE)
        if self.held + new - old > self.most:
            raise Refused(
                503,
                "the server holds as many bytes of other requests as it may: try again soon",
                reason="bytes_held",
                retry=1,
            )
        self.held += new - old
        return size

    def give(self, size: int) -> None:
        """A body of so many bytes is no longer held."""
        self.held -= max(0, size - FREE)
