"""Who may ask: this machine alone, or whoever has the token."""

from __future__ import annotations

import hmac
import ipaddress
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass

from ..files import read_bytes

TOKEN = re.compile(r"[\x21-\x7e]{16,512}")
PAGES = ("/", "/page.js", "/page.css", "/ask.js", "/docs", "/docs.js")
OPEN = (*PAGES, "/v2/health/live", "/v2/health/ready")
"""What is answered without a token: pages without data, and what a supervisor asks."""


def is_home(host: str) -> bool:
    """True for an address of this machine that no other reaches."""
    name = host.lower().removesuffix(".")  # of names, case and a final dot mean nothing
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def check_host(host: str) -> None:
    """ValueError for what has a scheme or a port, and so is no address to listen on."""
    found = re.fullmatch(r"(?:[a-z]+://)?(\[[^\]/]*\]|[^:/\[\]]*)(?::(\d*))?/*", host.lower())
    if not found or found[1] == host.lower():
        return
    port = f" --port {found[2]}" if found[2] else ""
    address = found[1] or "127.0.0.1"
    raise ValueError(
        f"--host {host} is no address: the port goes to --port. Give --host {address}{port}"
    )


def is_foreign(heads: Mapping[bytes, str]) -> bool:
    """Whether a request comes from a page of elsewhere, as the browser says; pages cannot lie here.

    A browser says `Sec-Fetch-Site` to HTTPS and to this machine, and `Origin` of every POST; it
    knows the name that stands in the address. A proxy may pass that on as `X-Forwarded-Host`, which
    no page of elsewhere can send without being asked first.
    """
    site = heads.get(b"sec-fetch-site", "").lower()
    if site:
        return site not in ("same-origin", "none")
    origin = heads.get(b"origin")
    if origin is None:
        return False
    named = heads.get(b"host", ""), *heads.get(b"x-forwarded-host", "").split(",")
    ours = {_place(name) for name in named}
    return _place(origin.lower().partition("://")[2]) not in ours - {""}  # "null" is nobody's


def _place(host: str) -> str:
    """A host with its port, as two are compared."""
    return re.sub(r"\.?(:(80|443))?$", "", host.strip().lower())


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
