"""Who may ask: this machine alone, or whoever has the token."""

from __future__ import annotations

import hmac
import ipaddress
import os
import re
import stat
from dataclasses import dataclass

from ..files import read_bytes

TOKEN = re.compile(r"[\x21-\x7e]{16,512}")
PAGES = ("/", "/page.js", "/page.css", "/ask.js", "/docs", "/docs.js")
OPEN = (*PAGES, "/v2/health/live", "/v2/health/ready")
"""What is answered without a token: pages without data, and what a supervisor asks."""


def is_home(host: str) -> bool:
    """True for an address of this machine that no other reaches."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_token(path: str) -> str:
    """The token in a file: one line. ValueError where others may read it, or it is too short."""
    mode = os.stat(path).st_mode
    if os.name == "posix" and mode & stat.S_IRWXO:
        raise ValueError(
            f"{path} can be read or changed by every user of this machine: chmod 600 {path}"
        )
    token = read_bytes(path, 4096).decode("utf-8", "replace").strip()
    if not TOKEN.fullmatch(token):
        raise ValueError(
            f"{path} is to hold a token: 16 to 512 characters of ASCII without a space, on one "
            f"line. For a new one: (umask 077; openssl rand -hex 32 > {path})"
        )
    return token


@dataclass(frozen=True)
class Access:
    """Whom a server answers. `token` is asked for where there is one; `home`: it can be reached
    from this machine alone, so that a page of elsewhere whose name leads here is turned away."""

    token: str = ""
    home: bool = True

    def allows(self, path: str, authorization: str | None) -> bool:
        """Whether a request may be answered."""
        if not self.token or path in OPEN:
            return True
        kind, _, given = (authorization or "").partition(" ")
        same = hmac.compare_digest(given.strip().encode(), self.token.encode())
        return kind.lower() == "bearer" and same

    def knows(self, host: str | None) -> bool:
        """Whether a request's `Host` is one of this server's."""
        if self.token or not self.home:
            return True
        name = re.sub(r":\d*$", "", host or "")
        return is_home(name)
