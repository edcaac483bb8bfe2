"""uvicorn with limits of its connections, and an end that loses no request that it has begun."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from . import log
from .body import LINGER, MORE
from .guard import State, error_json
from .limits import MOST_ADDRESS, MOST_HEAD, Limits

HEAD_SECONDS = 10.0
"""For the head of a request, and between two requests of one connection."""
QUIET = 1.0
"""At the end: seconds for which an idle connection may still begin a request."""
ACCEPTED = 8
"""Connections that are taken at a time: so few are open before the limit is looked at, beyond it.
Those that wait for that are the system's, and no file of ours."""
WAITING = 2048  # connections that the system takes meanwhile
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
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
        _dropped: int | None = None  # bytes, of a connection that has its refusal

        @property
        def busy(self) -> bool:
            open_ = self.cycle is not None and not self.cycle.response_complete
            return open_ and self._dropped is None

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
            if self._dropped is not None:
                self._dropped += len(data)
                if self._dropped > MORE:
                    self.transport.abort()
                return
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
            held = self.conn.trailing_data[0]
            if self.busy:
                self.refuse(400, "the body is not as HTTP/1.1 has it: its chunks, or its length")
            elif len(held) > MOST_HEAD and b"\n" not in held:
                self.refuse(414, f"the address has more than {MOST_ADDRESS:,} bytes")
            elif len(held) > MOST_HEAD:
                self.refuse(431, f"the head of the request has more than {MOST_HEAD:,} bytes")
            else:
                self.refuse(400, "this is not HTTP/1.1, or its head is damaged")

        def refuse(self, status: int, said: str) -> None:
            """Answer and end, without looking at a request, or at the rest of one.

            What is still sent is dropped for a moment, so that the client hears why.
            """
            content = error_json(said)
            again = "Retry-After: 1\r\n" if status == 503 else ""
            head = (
                f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
                f"{again}Connection: close\r\n\r\n"
            )
            begun = self.busy and self.cycle.response_started
            if self.busy:  # whoever reads the body hears that no more comes
                self.cycle.disconnected = True
                self.cycle.message_event.set()
            if not begun:
                self.transport.write(head.encode() + content)
            self._stop()
            if begun or status == 503:
                self.transport.close()
                return
            self._dropped, idle[self] = 0, None
            self.flow.resume_reading()
            self._timer = self.loop.call_later(LINGER, self.transport.close)

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


class Faults:
    """What goes wrong in the event loop, for the log; a lack of files once in `EVERY` seconds."""

    EVERY = 1.0

    def __init__(self) -> None:
        self.next = 0.0

    def __call__(self, loop: asyncio.AbstractEventLoop, told: dict[str, Any]) -> None:
        error = told.get("exception")
        if not (isinstance(error, OSError) and "accept" in told["message"]):
            loop.default_exception_handler(told)
        elif loop.time() >= self.next:
            self.next = loop.time() + self.EVERY
            said = f"no connection can be taken: {error.strerror}. The limit of open files?"
            log.write("server", "error", said=said)


def server_of(app: Any, limits: Limits, state: State, at_once: Callable[[int], object]) -> Any:
    """A uvicorn server that is not yet running; `.stopped_by` is the signal that ended it, or 0.

    `at_once` is called for a second signal.
    """
    import uvicorn

    class Server(uvicorn.Server):
        should_exit: bool
        stopped_by = 0

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield  # whoever runs it is `hearing`, from before its address is told

        @contextmanager
        def hearing(self) -> Iterator[None]:
            """Within it a first signal is the wish to end, and a second one ends it at once."""
            if threading.current_thread() is not threading.main_thread():
                yield
                return
            ours = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
            ours = [one for one in ours if signal.getsignal(one) is not signal.SIG_IGN]  # nohup
            before = {number: signal.signal(number, self._heard) for number in ours}
            try:
                yield
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)

        def _heard(self, number: int, _: object) -> None:
            if self.should_exit:
                at_once(number)
            self.should_exit, self.stopped_by = True, number

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            asyncio.get_running_loop().set_exception_handler(Faults())
            await super().startup(sockets)
            for one in sockets or []:
                one.listen(WAITING)  # which uvicorn has set to what is accepted at a time

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
        backlog=ACCEPTED,
        timeout_keep_alive=int(HEAD_SECONDS),
        timeout_graceful_shutdown=int(limits.seconds) + 5,
        h11_max_incomplete_event_size=MOST_HEAD,
    )
    return Server(config)
