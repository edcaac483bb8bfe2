"""A request's body, read whole into memory within limits: nothing is written to a disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from .limits import Limits, Refused, Shared, length_in

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
LINGER, MORE = 2.0, 64 << 20
"""Seconds, and bytes, for which what a refused client still sends is read and dropped: it hears the
answer before the connection ends."""


class Gone(Exception):
    """The client went away before its request was answered."""


class Body:
    """One request's body; `give_back` when it is no longer needed."""

    def __init__(
        self, receive: Receive, heads: Mapping[bytes, str], limits: Limits, shared: Shared
    ):
        length = heads.get(b"content-length", "")
        self.receive, self.limits, self.shared = receive, limits, shared
        self.length = length_in(length)
        self.sends = bool(self.length) or b"transfer-encoding" in heads
        self.asks = "100-continue" in heads.get(b"expect", "").lower()
        self.taken, self.began, self.whole = 0, False, False

    async def read(self, until: float) -> bytes:
        """All of it; `Refused` where it is too large or not there `until` the loop's clock says so.

        `Gone` where the client ends before that.
        """
        if self.length is not None and self.length > self.limits.bytes:
            raise self._large()
        self.began = True
        loop, parts = asyncio.get_running_loop(), bytearray()
        try:
            async with asyncio.timeout(max(0.0, until - loop.time())):
                while not self.whole:
                    message = await self.receive()
                    if message["type"] == "http.disconnect":
                        raise Gone
                    parts += message.get("body", b"")
                    if len(parts) > self.limits.bytes:
                        raise self._large()
                    self.taken = self.shared.take(self.taken, len(parts))
                    self.whole = not message.get("more_body", False)
        except TimeoutError:
            raise Refused(
                408,
                f"the request was not here after {self.limits.seconds:g} seconds: send it faster, "
                "or a smaller picture",
                reason="slow_request",
            ) from None
        return bytes(parts)

    async def gone(self) -> None:
        """Come back when the client has left: nothing else is sent behind a whole request."""
        while (await self.receive())["type"] != "http.disconnect":
            pass

    def give_back(self) -> None:
        """Count its bytes no longer."""
        self.shared.give(self.taken)
        self.taken = 0

    async def drop_rest(self) -> None:
        """Read and drop what is still sent, for a moment."""
        if self.asks and not self.began:  # it waits to be asked for its body
            return
        dropped = 0
        try:
            async with asyncio.timeout(LINGER):
                while not self.whole and dropped < MORE:
                    message = await self.receive()
                    if message["type"] == "http.disconnect":
                        return
                    dropped += len(message.get("body", b""))
                    self.whole = not message.get("more_body", False)
        except TimeoutError:
            return

    def _large(self) -> Refused:
        return Refused(
            413,
            f"the request has more than the {self.limits.bytes:,} bytes that are read: send fewer "
            "or smaller pictures",
            reason="bytes",
        )
