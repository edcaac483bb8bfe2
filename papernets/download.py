"""Files from the network: the bytes at an address, within limits, and their checksum.

Nothing calls this but what a user asked for: `data fetch` and `weights get`.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from .words import first_line, shortened

TIMEOUT = 20.0  # seconds without an answer
BLOCK = 1 << 16
MINUTE = 60.0  # seconds in which an answer begins, and between two looks at the speed
LEAST = 1 << 16  # bytes in each minute of waiting, about 1 kB/s
MOST_BESIDE = 1 << 20  # bytes that are no file's: heads, trailers, and what parts blocks

Progress = Callable[[str, int, int | None], None]
"""Called with a file's name, the bytes that have come, and how many will (None: not known)."""

clock = time.monotonic


class Failed(Exception):
    """Why the bytes did not come, in a few words."""


class _Watch:
    """Counts what comes from a server, of all the addresses that it sends us on to."""

    def __init__(self) -> None:
        self.seconds, self.bytes, self.beside, self.begun = 0.0, 0, 0, False
        self.streams: list[io.BufferedReader] = []

    def begin(self) -> None:
        """The answer's head is there: from here on the speed counts."""
        self.seconds, self.bytes, self.begun = 0.0, 0, True

    def came(self, size: int, seconds: float) -> None:
        """So many bytes more; Failed where they are too slow, or too many beside the file's."""
        self.bytes += size
        self.beside += size
        self.seconds += seconds
        if self.beside > MOST_BESIDE:
            raise Failed("the server sends on and on, and not the file")
        if self.seconds <= MINUTE:
            return
        if not self.begun:
            raise Failed(f"the server has not begun the file after {self.seconds:.0f} s")
        if self.bytes * MINUTE < LEAST * self.seconds:
            raise Failed(
                f"too slow: {self.bytes:,} bytes in {self.seconds:.0f} s, and {LEAST:,} a minute "
                "are the least"
            )
        self.seconds, self.bytes = 0.0, 0


class _Watched(io.RawIOBase):
    """What comes through a connection, looked at by a watch."""

    def __init__(self, raw: io.RawIOBase, watch: _Watch):
        self._raw, self._watch = raw, watch

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        began = clock()
        size = self._raw.readinto(buffer)
        self._watch.came(size or 0, clock() - began)
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, watch: _Watch, *args: Any, **more: Any):
        super().__init__(*args, **more)
        self.fp: Any = io.BufferedReader(_Watched(self.fp.detach(), watch))
        watch.streams.append(self.fp)


def _connection(kind: Any, watch: _Watch, host: str, **more: Any) -> Any:
    made = kind(host, **more)
    made.response_class = partial(_Response, watch)
    return made


class _Http(urllib.request.HTTPHandler):
    def __init__(self, watch: _Watch):
        super().__init__()
        self._made = partial(_connection, http.client.HTTPConnection, watch)

    def http_open(self, req: Any) -> Any:
        return self.do_open(self._made, req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, watch: _Watch):
        super().__init__()
        self._made = partial(_connection, http.client.HTTPSConnection, watch)

    def https_open(self, req: Any) -> Any:
        return self.do_open(self._made, req)  # its own context checks certificates


class _Redirects(urllib.request.HTTPRedirectHandler):
    """A server may send us on to https, and from http to http; to nothing less safe."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        scheme = urlsplit(newurl).scheme
        if scheme != "https" and scheme != urlsplit(req.full_url).scheme:
            fp.close()
            raise Failed(f"the server sends on to {newurl[:100]!r}, which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def download(url: str, file: IO[bytes], most: int, progress: Progress | None = None) -> None:
    """Write the bytes at an http or https address to a file; certificates are checked.

    Failed where they do not all come, are more than `most`, or come more slowly than `LEAST`.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise Failed("not an address of http or https")
    request = urllib.request.Request(url, headers={"User-Agent": "papernets"})
    watch = _Watch()
    opener = urllib.request.build_opener(_Redirects, _Http(watch), _Https(watch))
    try:
        try:
            response = opener.open(request, timeout=TIMEOUT)
        except Exception as error:  # whatever a server's answer makes of http.client
            raise Failed(_reason(error)) from error
        watch.begin()
        _write(response, watch, url.rpartition("/")[2], file, most, progress)
    finally:
        for stream in watch.streams:
            stream.close()


def _write(
    response: http.client.HTTPResponse,
    watch: _Watch,
    name: str,
    file: IO[bytes],
    most: int,
    progress: Progress | None,
) -> None:
    done = 0
    with response:
        length = response.headers.get("Content-Length")
        total = int(length) if length and length.isdecimal() and len(length) < 20 else None
        if total is not None and total > most:
            raise Failed(_too_large(most))
        while True:
            watch.beside = 0
            try:
                block = response.read(BLOCK)
            except Exception as error:
                raise Failed(f"broke off after {done:,} bytes: {_reason(error)}") from error
            if not block:
                break
            done += len(block)
            if done > most:
                raise Failed(_too_large(most))
            file.write(block)
            if progress:
                progress(name, done, total)
    if total is not None and done < total:
        raise Failed(f"broke off after {done:,} of {total:,} bytes")


def digest_of(path: Path, algorithm: str) -> str:
    """A file's checksum in hex digits; `algorithm` is sha256 or md5."""
    with open(path, "rb") as file:
        return hashlib.file_digest(
            file, lambda: hashlib.new(algorithm, usedforsecurity=False)
        ).hexdigest()


def _too_large(most: int) -> str:
    return f"more than {most >> 20} MiB: not the file that was asked for"


def _reason(error: Exception) -> str:
    """What went wrong on the network, in a few words: one line, whatever the server says."""
    if isinstance(error, Failed):
        return str(error)
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        reason = str(error.reason)
        if reason.startswith(urllib.request.HTTPRedirectHandler.inf_msg):
            return f"the server sends on and on ({error.code})"
        return f"the server answers {error.code} {_line(reason)}"
    if isinstance(error, urllib.error.URLError):
        inner = error.reason
        return _line(first_line(inner) if isinstance(inner, BaseException) else inner)
    if isinstance(error, (ValueError, ArithmeticError)):
        return f"the server's answer cannot be read ({_line(first_line(error))})"
    return _line(first_line(error))


def _line(text: str) -> str:
    return shortened(" ".join(text.split()), 160)
