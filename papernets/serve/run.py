"""A server from first to last: its address taken, its models loaded and warm, then asked."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from ..bundle.load import Runtime
from . import log
from .access import Access
from .connections import ACCEPTED, WAITING, server_of
from .limits import Limits
from .line import Line
from .models import Looker, Models, served

PACKAGES = ("fastapi", "uvicorn", "python_multipart", "prometheus_client")
SPARE = 64 + 8 * ACCEPTED
"""File descriptors for all but connections, and for those that are about to be closed."""


@dataclass(frozen=True)
class Work:
    """How a server computes: where, and so many answers at a time, each by so many CPU threads.

    `runtime`: what answers in torch's place.
    """

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    workers: int = 1
    threads: int = 1
    runtime: Runtime | None = None


def check_packages() -> None:
    """ValueError, with the command that installs it, for a package that is not there."""
    from importlib.util import find_spec

    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise ValueError(
            f"serve needs {', '.join(missing).replace('_', '-')}: pip install 'papernets[web]'"
        )


def run(
    names: Mapping[str, str],
    listening: socket.socket,
    limits: Limits,
    access: Access,
    work: Work,
    say: Callable[[str], None],
) -> int:
    """Serve the bundles of these names at the socket's address until a signal ends it; its number.

    `say` is given the address, when it answers. Errors as `load`'s for a bundle.
    """
    with listening, log.kept():
        models = Models(
            [served(name, where, work.device, work.runtime) for name, where in names.items()]
        )
        line = Line(limits, work.workers, lambda: torch.set_num_threads(work.threads))
        made = application(models, limits, access, line)
        for model in models.every.values():
            line.warm(lambda model=model: warm(model))  # type: ignore[misc]
        made.state.ready = True
        server = made.server(limits, room_for(limits))
        host, port = listening.getsockname()[:2]
        with server.hearing():
            listen(listening)
            say(f"http://{f'[{host}]' if ':' in host else host}:{port}")
            log.write("ready", models=list(models.every), workers=work.workers)
            try:
                server.run(sockets=[listening])
            finally:
                line.close()
        log.write("ended", signal=server.stopped_by or None)
        return int(server.stopped_by)


def _at_once(number: int) -> None:
    """A second signal: nothing is waited for, not even what a thread computes."""
    log.write("ended", signal=number, at_once=True)
    log.finish(0.2)
    os._exit(128 + number)


@dataclass
class Made:
    """An application with what it shares with its server."""

    app: Any
    state: Any

    def server(self, limits: Limits, connections: int) -> Any:
        """A server of it, with room for so many connections."""
        limits = replace(limits, connections=connections)
        return server_of(self.app, limits, self.state, _at_once)


def application(models: Models, limits: Limits, access: Access, line: Line) -> Made:
    """The ASGI application of these models; it is not ready until its state says so."""
    from .app import make
    from .guard import Guard, State
    from .metrics import Metrics

    state = State()
    metrics = Metrics(lambda: line.held)
    lookers = {name: Looker(model) for name, model in models.every.items()}
    inner = make(models, lookers, limits, line, metrics, state)
    return Made(Guard(inner, limits, access, metrics, state), state)


def warm(model: Any) -> None:
    """Ask about a grey picture: what is made at the first question is made now."""
    model.outputs(model.seen(torch.full((1, *_stored(model)), 128, dtype=torch.uint8)))


def _stored(model: Any) -> tuple[int, int, int]:
    eyes = model.asked.eyes
    return (eyes.channels, *eyes.picture)


def bound(host: str, port: int) -> socket.socket:
    """A socket that has the address, and does not listen yet; ValueError where it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host.strip("[]"), port))
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise _taken(host, port) from None
        if error.errno in (errno.EACCES, errno.EPERM):
            raise ValueError(
                f"port {port} may not be used by this user: give one above 1023, --port 8000 say"
            ) from None
        raise ValueError(
            f"--host {host}: {error.strerror or error}. Give an address of this machine, "
            "127.0.0.1 or 0.0.0.0 say"
        ) from None
    return made


def listen(made: socket.socket) -> None:
    """Take connections from here on; ValueError where another process was quicker."""
    try:
        made.listen(WAITING)
    except OSError:
        raise _taken(*made.getsockname()[:2]) from None


def _taken(host: str, port: int) -> ValueError:
    return ValueError(
        f"port {port} of {host} is in use: give another --port, or --port 0 for any free one"
    )


def room_for(limits: Limits) -> int:
    """The connections that this process can have, of those that it should: files count too."""
    try:
        import resource
    except ImportError:  # Windows
        return limits.connections
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.connections + SPARE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        top = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        with suppress(OSError, ValueError):  # macOS may allow less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (top, hard))
            soft = top
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return limits.connections
    return max(1, soft - SPARE)
