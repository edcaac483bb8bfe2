"""libtiff's own messages, which come without a file's name: not printed while we read."""

from __future__ import annotations

import ctypes
import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image

_LOCK = threading.Lock()
_users, _before = 0, None


@contextmanager
def quiet() -> Iterator[None]:
    """Within it libtiff prints nothing: our errors name the file. Threads may enter it.

    Where libtiff's handler cannot be reached, as inside some builds of Pillow, it does print.
    """
    global _users, _before
    handler = _handler()
    with _LOCK:
        _users += 1
        if _users == 1 and handler:
            _before = handler(None)
    try:
        yield
    finally:
        with _LOCK:
            _users -= 1
            if not _users and handler:
                handler(_before)


@functools.cache
def _handler() -> Any:
    """libtiff's function that takes what prints its errors, and gives what did; None without."""
    try:
        found = ctypes.CDLL(Image.core.__file__).TIFFSetErrorHandler
    except (OSError, AttributeError, TypeError):
        return None
    found.argtypes, found.restype = [ctypes.c_void_p], ctypes.c_void_p
    return found
