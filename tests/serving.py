"""What tests of the server share: servers in processes of their own, and plain requests."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from json import dumps
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from PIL import Image

import papernets

PACKAGES = ("fastapi", "uvicorn", "python_multipart", "prometheus_client")
"""What the extra `web` brings."""


@dataclass
class Running:
    """A server that answers: its process, its port, and the lines of its log."""

    process: subprocess.Popen[str]
    port: int
    log: list[str] = field(default_factory=list)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any, http.client.HTTPResponse]:
        """Status, the answer (JSON as a value), and the response with its headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        plain = response.headers.get_content_type() == "application/json"
        return response.status, json.loads(content) if plain else content, response


@contextmanager
def server(*words: str, **environment: str) -> Iterator[Running]:
    """`papernets serve` with these words, until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "papernets", "serve", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    assert process.stdout is not None and process.stderr is not None
    log: list[str] = []
    reader = threading.Thread(target=lambda: log.extend(process.stderr), daemon=True)  # type: ignore[arg-type]
    reader.start()
    try:
        first = process.stdout.readline()
        assert first.startswith("http://127.0.0.1:"), (first, log)
        yield Running(process, int(first.rpartition(":")[2]), log)
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join(10)
        process.stdout.close()
        process.stderr.close()


def picture(seed: int = 0, size: tuple[int, int] = (40, 30), kind: str = "PNG") -> bytes:
    """The bytes of a picture file: some dark strokes on light paper."""
    draws = np.random.default_rng(seed)
    drawn = draws.integers(225, 256, (size[1], size[0], 3), np.uint8)
    for _ in range(3):
        left, top = draws.integers(size[0] // 4, size[0] // 2), draws.integers(4, size[1] // 2)
        drawn[top : top + draws.integers(3, size[1] // 2), left : left + 4] //= 8
    held = BytesIO()
    Image.fromarray(drawn).save(held, kind)
    return held.getvalue()


def form(*pictures: bytes, name: str = "file") -> tuple[bytes, dict[str, str]]:
    """Pictures as a form, with its headers."""
    edge = "edge-of-a-part"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="a.png"\r\n'
        f"Content-Type: image/png\r\n\r\n".encode()
        + one
        + b"\r\n"
        for one in pictures
    ]
    body = b"".join(parts) + f"--{edge}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={edge}"}


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    fields = Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Answer:
    """What an application answered."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class Client:
    """Asks an ASGI application in this process, one request after another, without a socket."""

    def __init__(self, app: Any):
        self.app, self.runner = app, asyncio.Runner()
        self.line: Any = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.runner.close()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("GET", path, b"", headers)

    def post(
        self,
        path: str,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        json: Any = None,  # as other clients have it
        leaves: bool = False,
    ) -> Answer:
        if json is not None:
            content, headers = dumps(json).encode(), {"Content-Type": "application/json"}
        return self.ask("POST", path, content, headers, leaves)

    def ask(
        self,
        method: str,
        path: str,
        content: bytes,
        headers: Mapping[str, str] | None = None,
        leaves: bool = False,
    ) -> Answer:
        """What is answered; who `leaves` is gone when the body is sent."""
        place, _, query = path.partition("?")
        heads = {"Host": "127.0.0.1:80", "Content-Length": str(len(content)), **(headers or {})}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(place),
            "raw_path": place.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(k.lower().encode(), v.encode()) for k, v in heads.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "state": {},
        }
        sent: list[Any] = []
        given = [{"type": "http.request", "body": content, "more_body": False}]

        async def receive() -> Any:
            if not given and not leaves:
                await asyncio.Event().wait()
            return given.pop() if given else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        self.runner.run(self.app(scope, receive, send))
        found = {k.decode().title(): v.decode() for k, v in sent[0]["headers"]}
        body = b"".join(one.get("body", b"") for one in sent[1:])
        return Answer(sent[0]["status"], found, body)


def client_of(models: Any, limits: Any = None, access: Any = None) -> Client:
    """A client of an application with these models; `.line` is its line of requests."""
    from papernets.serve.access import Access
    from papernets.serve.limits import Limits
    from papernets.serve.line import Line
    from papernets.serve.run import application

    limits = limits or Limits(bytes=200_000, pixels=10_000, pictures=3, seconds=20)
    line = Line(limits, 1)
    made = application(models, limits, access or Access(), line)
    made.state.ready = True
    client = Client(made.app)
    client.line = line
    return client


def expected(name: str, *pictures: bytes, top: int = 3) -> list[dict[str, Any]]:
    """What `predict` says of each picture alone, without its file."""
    predictor = papernets.load(name)
    answers = [predictor.predict(one, top=top).to_dict() for one in pictures]
    return [{k: v for k, v in one.items() if k != "file"} for one in answers]
