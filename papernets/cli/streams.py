"""Standard output and error that may be closed, full, or read by nobody; cleaned on their way.

What comes from outside, a file's name or a bundle's title say, may hold characters that a terminal
acts on. They are written as escapes here, whoever prints them; only `styled` lets them through.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, TypeVar, cast

from ..texts import csv_lines, escaped

T = TypeVar("T")


class Unwritten(OSError):
    """Standard output, with the results, cannot be written."""


@contextmanager
def streams() -> Iterator[None]:
    """Within it sys.stdout and sys.stderr are there, whatever the shell has made of them.

    A stream that is closed takes all and keeps nothing. What cannot be said on stderr is left out:
    the work is worth more than its progress. What cannot be written on stdout is `Unwritten`, a
    pipe without a reader a BrokenPipeError.
    """
    given = sys.stdout, sys.stderr
    sys.stdout = cast(TextIO, _Stream(given[0] or _nowhere(1), must=True))
    sys.stderr = cast(TextIO, _Stream(given[1] or _nowhere(2), must=False))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = given


def styled(stream: TextIO) -> TextIO:
    """The same stream for colours and for a bar: of text that was cleaned before."""
    return stream.uncleaned() if isinstance(stream, _Stream) else stream


def cleaned(stream: TextIO) -> TextIO:
    """A stream that cleans what goes through; what rich puts in the place of another does not."""
    return stream if isinstance(stream, _Stream) else cast(TextIO, _Stream(stream, must=False))


def print_csv(rows: Iterable[Iterable[object]], terminal: bool) -> None:
    """Print rows as CSV: values as they are for a file or a program, cleaned for a terminal."""
    out = sys.stdout if terminal else styled(sys.stdout)
    out.writelines(csv_lines(rows))


class _Stream:
    """A stream as it is, but for what it cleans, and what happens where it cannot be written."""

    def __init__(self, stream: TextIO, must: bool, clean: bool = True):
        self._stream, self._must, self._clean = stream, must, clean

    def uncleaned(self) -> TextIO:
        """The same stream, which writes what it is given."""
        return cast(TextIO, _Stream(self._stream, self._must, clean=False))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._stream)

    def write(self, text: str) -> int:
        shown = escaped(text) if self._clean else text
        self._tried(lambda: self._stream.write(shown))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        self._tried(self._stream.flush)

    def close(self) -> None:
        """Nothing: a user's file may try it, and results and errors are still to come."""
        self.flush()

    def _tried(self, work: Callable[[], T]) -> None:
        try:
            work()
        except OSError as error:
            if self._must and isinstance(error, BrokenPipeError):
                raise
            silence(self._stream)
            if self._must:
                reason = error.strerror or error
                raise Unwritten(f"standard output cannot be written ({reason})") from None


def silence(stream: TextIO) -> None:
    """Send what a stream still holds, and all that comes after, to nobody."""
    with suppress(OSError, ValueError), open(os.devnull, "wb") as nobody:
        os.dup2(nobody.fileno(), stream.fileno())


def _nowhere(number: int) -> TextIO:
    """A stream that nobody reads, in the place of a closed one: no file may take its number."""
    with open(os.devnull, "wb") as nobody:
        try:
            os.fstat(number)
        except OSError:
            os.dup2(nobody.fileno(), number)
    return io.TextIOWrapper(io.BufferedWriter(_Nobody()), encoding="utf-8")


class _Nobody(io.RawIOBase):
    """Takes bytes and keeps none."""

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        return len(cast(bytes, content))
