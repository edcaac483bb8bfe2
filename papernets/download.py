"""Files from the network: the bytes at an address, within limits, and their checksum.

Nothing calls this but what a user asked for: `data fetch` and `weights get`.
"""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

TIMEOUT = 20.0  # seconds without an answer
BLOCK = 1 << 16

Progress = Callable[[str, int, int | None], None]
"""Called with a file's name, the bytes that have come, and how many will (None: not known)."""


class Failed(Exception):
    """Why the bytes did not come, in a few words."""


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

    Failed where they do not all come, or are more than `most`.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise Failed("not an address of http or https")
    request = urllib.request.Request(url, headers={"User-Agent": "papernets"})
    done = 0
    try:
        response = urllib.request.build_opener(_Redirects).open(request, timeout=TIMEOUT)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Failed(_reason(error)) from error
    with response:
        length = response.headers.get("Content-Length")
        total = int(length) if length and length.isdecimal() and len(length) < 20 else None
        if total is not None and total > most:
            raise Failed(_too_large(most))
        while True:
            try:
                block = response.read(BLOCK)
            except (OSError, http.client.HTTPException) as error:
                raise Failed(f"broke off after {done:,} bytes: {_reason(error)}") from error
            if not block:
                break
            done += len(block)
            if done > most:
                raise Failed(_too_large(most))
            file.write(block)
            if progress:
                progress(url.rpartition("/")[2], done, total)
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
    """What went wrong on the network, in a few words."""
    if isinstance(error, urllib.error.HTTPError):
        return f"the server answers {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return str(error) or type(error).__name__
