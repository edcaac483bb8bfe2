"""One page served to this machine alone: over 127.0.0.1, from memory, and nothing besides it."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOME = "127.0.0.1"
USUAL = 80
"""The port that a browser does not name."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is no matter; any other error is said."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def server(page: str, port: int = 0) -> ThreadingHTTPServer:
    """A server of this page at `/`; 0 is any free port. OSError where the port is taken.

    All other paths are 404, and so is what asks by another machine's name: a page of elsewhere
    whose name was made to lead here could read this one otherwise.
    """
    body = page.encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(with_body=True)

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def _answer(self, with_body: bool) -> None:
            name, _, asked = (self.headers.get("Host") or "").partition(":")
            own = asked == str(made.server_port) or (not asked and made.server_port == USUAL)
            found = self.path == "/" and own and name in (HOME, "localhost")
            text = body if found else b"There is nothing here.\n"
            self.send_response(200 if found else 404)
            kind = "text/html" if found else "text/plain"
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(text)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            if with_body:
                self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Nothing is said of what is asked."""

    made = _Server((HOME, port), Handler)
    return made


def address(made: ThreadingHTTPServer) -> str:
    """Where a browser finds the page."""
    return f"http://{HOME}:{made.server_port}/"
