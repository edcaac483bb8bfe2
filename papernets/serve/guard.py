"""What stands around every request: its id, who may ask, what is counted and logged, and a clear
answer where something goes wrong. Nothing of the server's inside leaves: no path, no traceback."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from ..texts import json_text
from . import log
from .access import Access, is_foreign
from .body import Body, Gone
from .limits import MOST_ADDRESS, MOST_HEAD, Limits, Refused, Shared
from .metrics import Metrics

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", POLICY.encode()),
)
READING = ("GET", "HEAD", "OPTIONS")
"""Methods by which nothing is computed."""
ENDS = Refused(503, "the server ends: ask again when it is back", reason="ending", retry=1)
GONE = 499
"""The status in log and metrics of a request whose client went away before it was answered."""


@dataclass
class State:
    """What a server's parts share: whether it is ready, whether it is ending."""

    ready: bool = False
    ending: bool = False


@dataclass
class Told:
    """What a request's handler leaves for the log."""

    route: str = "other"
    model: str | None = None
    pictures: int | None = None
    body: Body | None = None
    status: int = 0
    extra: dict[str, Any] = field(default_factory=dict)


def error_json(said: str) -> bytes:
    """The body of every error."""
    return json_text({"error": said}).encode()


class Guard:
    """An ASGI application around another one."""

    def __init__(
        self, app: Any, limits: Limits, access: Access, metrics: Metrics, state: State
    ) -> None:
        self.app, self.limits, self.access = app, limits, access
        self.metrics, self.state, self.shared = metrics, state, Shared(limits.shared)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        began = time.perf_counter()
        heads = {name: value.decode("latin-1") for name, value in scope["headers"]}
        own = log.request_id(heads.get(b"x-request-id"))
        told, started = Told(), False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started, told.status = True, message["status"]
                message["headers"] = [*message.get("headers", ()), *HEADERS]
                message["headers"].append((b"x-request-id", own.encode()))
                if self.state.ending or told.extra.get("close"):
                    message["headers"].append((b"connection", b"close"))
            await send(message)

        body = Body(receive, heads, self.limits, self.shared)
        told.body = body
        inner = {**scope, "papernets": told}
        if scope["method"] == "HEAD":  # uvicorn leaves the body out
            inner["method"] = "GET"
        error: BaseException | None = None
        try:
            _check_head(scope)
            self._check(scope, heads)
            await self.app(inner, receive, answer)
        except Refused as refused:
            self.metrics.refused(refused.reason or "request")
            told.extra["refused"] = refused.reason or "request"
            await refuse(refused, body, told, answer)
        except Gone:
            told.status = GONE
        except asyncio.CancelledError:  # at its end the server has waited long enough
            told.status = ENDS.status
            if not started:
                await send_json(ENDS.status, error_json(ENDS.said), (), answer)
        except Exception as wrong:
            error, told.status = wrong, 500
            if not started:
                said = "the server failed; its log has the reason under this X-Request-Id"
                await send_json(500, error_json(said), (), answer)
        finally:
            body.give_back()
            self._tell(scope, told, own, time.perf_counter() - began, error)

    def _check(self, scope: Scope, heads: dict[bytes, str]) -> None:
        """`Refused` for whoever may not ask."""
        if not self.access.knows(heads.get(b"host")):
            raise Refused(
                421,
                "this server is asked by its own address: 127.0.0.1 or localhost as the Host",
                reason="host",
            )
        if not self.access.token and scope["method"] not in READING and is_foreign(heads):
            raise Refused(
                403,
                "a page of elsewhere may not ask this server: its own page may, and programs",
                reason="origin",
            )
        if not self.access.allows(scope["path"], heads.get(b"authorization")):
            raise Refused(401, "send the token: Authorization: Bearer TOKEN", reason="token")

    def _tell(
        self, scope: Scope, told: Told, own: str, seconds: float, error: BaseException | None
    ) -> None:
        self.metrics.answered(told.route, told.status, seconds)
        log.write(
            "request",
            "error" if told.status >= 500 else "info",
            id=own,
            method=scope["method"][:16],
            route=told.route,
            status=told.status,
            milliseconds=round(1000 * seconds, 2),
            model=told.model,
            pictures=told.pictures,
            refused=told.extra.get("refused"),
            traceback=log.trace(error) if error else None,
        )


async def send_json(
    status: int, content: bytes, headers: tuple[tuple[bytes, bytes], ...], send: Send
) -> None:
    """A whole answer of JSON."""
    heads = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": heads})
    await send({"type": "http.response.body", "body": content})


def _check_head(scope: Scope) -> None:
    """`Refused` for a head that came at once, and is larger than one may be that comes in parts."""
    address = len(scope["raw_path"]) + len(scope["query_string"])
    if address > MOST_ADDRESS:
        said = f"the address has more than {MOST_ADDRESS:,} bytes"
        raise Refused(414, said, reason="head")
    if address + sum(len(name) + len(value) + 4 for name, value in scope["headers"]) > MOST_HEAD:
        said = f"the head of the request has more than {MOST_HEAD:,} bytes"
        raise Refused(431, said, reason="head")


async def refuse(refused: Refused, body: Body, told: Told, send: Send) -> None:
    """Answer a refused request; what is still sent is read and dropped for a moment, so that the
    client hears why, and then the connection ends."""
    content = error_json(refused.said)
    heads = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
    ]
    if refused.retry is not None:
        heads.append((b"retry-after", str(refused.retry).encode()))
    if refused.status == 401:
        heads.append((b"www-authenticate", b"Bearer"))
    rest = not body.whole and body.sends
    told.extra["close"] = rest
    await send({"type": "http.response.start", "status": refused.status, "headers": heads})
    await send({"type": "http.response.body", "body": content, "more_body": rest})
    if rest:
        await body.drop_rest()
        await send({"type": "http.response.body", "body": b""})
