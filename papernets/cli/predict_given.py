"""The pictures that predict is given: files, folders, lists, patterns, tar files, and stdin."""

from __future__ import annotations

import io
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from . import screen
from .flags import WrongUse

if TYPE_CHECKING:
    from ..bulk.part import Part
    from ..evaluate.predict import Source

# How the files begin that pictures are most often piped as; a path has no such bytes.
PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
MOST_BYTES = 1 << 28  # of a picture on standard input
HEAD = 1 << 16  # bytes of standard input that tell what it holds
STDIN = "-"


@contextmanager
def pictures_given(files: Sequence[str]) -> Iterator[Iterator[Source]]:
    """What the arguments mean, one after another, with - as what stdin holds.

    That is one picture, or paths.
    """
    from ..bulk.inputs import STDIN, check_given, pictures_in

    if files.count(STDIN) > 1:
        raise WrongUse("- is given twice: stdin can be read once")
    with tempfile.TemporaryDirectory(prefix="papernets-") as folder:
        check_given(name for name in files if name != STDIN)
        piped = _piped(Path(folder)) if STDIN in files else iter(())
        yield chain.from_iterable(piped if name == STDIN else pictures_in([name]) for name in files)


def _piped(folder: Path) -> Iterator[Source]:
    """What stdin holds; nothing there is a ValueError."""
    from ..bulk.inputs import STDIN, lines_of
    from ..evaluate.predict import Source, sources

    if sys.stdin is not None and sys.stdin.isatty():
        screen.note("paths, one a line; end with Ctrl-D:")
    stream = sys.stdin.buffer if sys.stdin is not None else io.BytesIO()
    head = stream.read(HEAD)
    while not head.strip() and (more := stream.read(HEAD)):
        head = more
    if not head.strip():
        raise ValueError("nothing on stdin: pipe paths, one a line, or one picture")
    if not _is_picture(head):
        return sources(lines_of(stream, "stdin", head))
    content = head + stream.read(MOST_BYTES + 1 - len(head))
    if len(content) > MOST_BYTES:
        raise ValueError(f"stdin holds more than {MOST_BYTES:,} bytes, which no picture has")
    path = folder / "stdin"
    path.write_bytes(content)
    return iter([Source(STDIN, str(path))])


def _is_picture(content: bytes) -> bool:
    """True for the bytes of a picture: text has no zero bytes, but for those of `find -print0`."""
    first, zero, _ = content.partition(b"\0")
    return content.startswith(PICTURES) or (bool(zero) and not os.path.exists(os.fsdecode(first)))


class Counting:
    """Counts pictures while others are answered: `total` is None until all are counted."""

    def __init__(self, files: Sequence[str], part: Part | None = None):
        self.total: int | None = None
        self._ended = threading.Event()
        if STDIN not in files:
            work = threading.Thread(target=self._count, args=(list(files), part), daemon=True)
            work.start()

    def _count(self, files: Sequence[str], part: Part | None) -> None:
        from ..bulk.inputs import pictures_in
        from ..bulk.part import name_of

        count = 0
        try:
            for source in pictures_in(files):
                if self._ended.is_set():
                    return
                count += part is None or part.has(name_of(source))
        except (ValueError, OSError):  # who answers them says it
            return
        self.total = count

    def end(self) -> None:
        """Count no further."""
        self._ended.set()
