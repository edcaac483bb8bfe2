"""Memory for pictures while they are decoded: counted in bytes, shared by the threads that read.

A small file may hold a very large picture, and sixteen threads as many of them at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from papernets.data.jpeg import Head
from papernets.machine import free_memory, release_memory
from papernets.words import by, gigabytes

SMALL = 16 << 20  # bytes: what needs less is not counted
SHARE = 0.6  # of the free memory; a picture alone may take all of it
WIDE = ("I", "F")  # how the modes begin whose values have more than 8 bits


def bytes_for(image: Image.Image | Head) -> int:
    """Bytes that a picture takes while it is decoded, turned and brought to 8 bits a value."""
    own = 1 if image.mode in ("1", "L", "P") else 2 if image.mode.startswith("I;16") else 4
    copies = 5 * own + 2 if image.mode.startswith(WIDE) else 3 * own + 4
    return image.width * image.height * copies


class NoRoom(ValueError):
    """A picture that would take more memory than is free."""


class Room:
    """Bytes that threads take and give back; who asks for more than is left waits for others."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = 0
        self._own = threading.local()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Within it, what this thread takes is its own until the end."""
        if hasattr(self._own, "size"):  # the outermost gives back
            yield
            return
        self._own.size = 0
        try:
            yield
        finally:
            size = self._own.size
            del self._own.size
            if size:
                release_memory()
                with self._changed:
                    self._taken -= size
                    self._changed.notify_all()

    def take(self, image: Image.Image | Head) -> None:
        """Take what a picture needs, within `held`; `NoRoom` where there is not so much at all."""
        size = bytes_for(image)
        if size < SMALL:
            return
        with self._changed:
            # whoever has some already does not wait: two could wait for each other
            while self._taken and not self._own.size and not self._has(size):
                self._changed.wait()
            if size > (free := free_memory()):
                raise NoRoom(
                    f"{by((image.height, image.width))} pixels, which need {gigabytes(size)} while "
                    f"they are read, and {gigabytes(free)} are free"
                )
            self._taken += size
            self._own.size += size

    def _has(self, size: int) -> bool:
        free = free_memory()
        return size <= free and self._taken + size <= SHARE * (free + self._taken)


ROOM = Room()
