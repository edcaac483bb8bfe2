"""uvicorn with limits of its connections, and an end that loses no request that it has begun."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .guard import State, error_json
from .limits import Limits

HEAD_SECONDS = 10.0
"""For the head of a request, and between two requests of one connection."""
QUIET = 1.0
"""At the end: seconds for which an idle connection may still begin a request."""
MOST_HEAD = 32 << 10
NEXT = 0.2  # seconds in which connections that the system has taken reach us, at the end


def protocol_of(limits: Limits) -> type:
    """uvicorn's HTTP/1.1 with our limits: at most so many connections, none without a deadline."""
    import h11
    from uvicorn.protocols.http.h11_impl import H11Protocol

    idle: dict[Any, None] = {}

    class Limited(H11Protocol):
        """One connection. Idle ones end when they are too old or too many, the oldest first."""

        _timer: asyncio.TimerHandle | None = None
        _writing: asyncio.TimerHandle | None = None

        @property
        def busy(self) -> bool:
            return self.cycle is not None and not self.cycle.response_complete

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            idle[self] = None
            self._wait()
            if len(self.connections) <= limits.connections:
                return
            oldest = next(iter(idle))
            if oldest is self:
                self.refuse(503, "every connection is in use: try again")
            else:
                idle.pop(oldest)
                oldest.transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            idle.pop(self, None)
            self._stop()
            self.resume_writing()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.busy:
                idle.pop(self, None)
                self._stop()
            elif self._timer is None and not self.transport.is_closing():
                self._wait()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if not self.busy and not self.transport.is_closing():
                idle[self] = None

        def pause_writing(self) -> None:
            super().pause_writing()
            if self._writing is None:
                self._writing = self.loop.call_later(limits.seconds, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            if self._writing is not None:
                self._writing.cancel()
                self._writing = None

        def send_400_response(self, msg: str) -> None:
            self.refuse(400, "this is not HTTP/1.1, or its head is too large")

        def refuse(self, status: int, said: str) -> None:
            """Answer and end, without looking at a request."""
            content = error_json(said)
            reason = {400: "Bad Request", 408: "Request Timeout"}.get(status, "Service Unavailable")
            head = (
                f"HTTP/1.1 {status} {reason}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(content)}\r\nRetry-After: 1\r\nConnection: close\r\n\r\n"
            )
            if not self.busy:
                self.transport.write(head.encode() + content)
            self.transport.close()

        def shutdown(self) -> None:
            if self.busy:
                self.cycle.keep_alive = False
            else:
                self.loop.call_later(QUIET, self._end)

        def _end(self) -> None:
            if self.busy:
                self.cycle.keep_alive = False
            elif not self.transport.is_closing():
                self.transport.close()

        def _wait(self) -> None:
            self._timer = self.loop.call_later(HEAD_SECONDS, self._too_slow)

        def _stop(self) -> None:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

        def _too_slow(self) -> None:
            self._timer = None
            if self.busy or self.transport.is_closing():
                return
            if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
                self.refuse(408, f"the head of the request took more than {HEAD_SECONDS:g} seconds")
            else:
                self.transport.close()

    return Limited


def server_of(app: Any, limits: Limits, state: State) -> Any:
    """A uvicorn server that is not yet running; `.stopped_by` is the signal that ended it, or 0."""
    import uvicorn

    class Server(uvicorn.Server):
        should_exit: bool
        stopped_by = 0

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            if threading.current_thread() is not threading.main_thread():
                yield
                return
            ours = [signal.SIGINT, signal.SIGTERM]
            before = {number: signal.signal(number, self._heard) for number in ours}
            try:
                yield
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)

        def _heard(self, number: int, _: object) -> None:
            self.force_exit = self.should_exit
            self.should_exit, self.stopped_by = True, number

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            state.ready, state.ending = False, True
            await asyncio.sleep(NEXT)
            await super().shutdown(sockets)

    config = uvicorn.Config(
        app,
        http=protocol_of(limits),
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=2048,
        timeout_keep_alive=int(HEAD_SECONDS),
        timeout_graceful_shutdown=int(limits.seconds) + 5,
        h11_max_incomplete_event_size=MOST_HEAD,
    )
    return Server(config)
