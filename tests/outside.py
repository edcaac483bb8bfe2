"""What tests of damage and attack share: odd files in the place of ours, odd texts."""

import os
import signal
from contextlib import contextmanager

import pytest

LOUD = "\x1b]0;x\x07\x9b31m\r\x7f\u202e"
"""A window's title by ESC, a colour by C1, a line written over, and text from right to left."""


def quiet(text):
    """True where a text has none of these characters."""
    return not set(LOUD) - set("]0;x31m") & set(text)


@contextmanager
def within(seconds=30):
    """An error instead of waiting for ever."""

    def stop(*_):
        raise TimeoutError("it waits, or has no end")

    if not hasattr(signal, "SIGALRM"):  # Windows has none
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def put(kind, path):
    """A pipe, a link to an endless device, a folder, or a file of a terabyte, in a file's place."""
    path.unlink(missing_ok=True)
    if kind in ("pipe", "endless") and os.name != "posix":
        pytest.skip("needs pipes and devices that are files")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "endless":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    else:
        with open(path, "wb") as file:
            file.truncate(1 << 40)


KINDS = ("pipe", "endless", "folder", "large")

DEEP = '{"a":' * 100_000 + "1" + "}" * 100_000
MANY = "{" + ", ".join(f'"{n}": 1' for n in range(1_000_001)) + "}"
