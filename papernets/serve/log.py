"""The log: a JSON object a line on stderr; and the ids by which a request is found in it.

While a server runs, a thread of its own writes them: whoever does not read stderr holds up neither
requests nor the end.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import uuid
import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from traceback import format_exception

from ..texts import json_text

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
"""The ids of others that are kept: nothing in them means anything to who reads a log."""
MOST = 4 << 20  # bytes of lines that wait for whoever reads them
PATIENCE = 2.0  # seconds for what waits, at the end
SILENT = ("python_multipart", "PIL", "multipart")
"""Who speaks of what a client sent, which has its answer already."""


def request_id(given: str | None) -> str:
    """The id that a client or a proxy gave, where it is a plain one; else a new one."""
    return given if given and ID.fullmatch(given) else uuid.uuid4().hex


def line_of(event: str, level: str = "info", **values: object) -> bytes:
    """One line: when, how grave, what, and the values. None is left out."""
    told = {key: value for key, value in values.items() if value is not None}
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    text = json_text({"time": now, "level": level, "event": event, **told}, ascii_only=True)
    return text.encode() + b"\n"


class Writer:
    """A thread that writes lines to stderr. Beyond `most` bytes that wait, lines are dropped.

    How many is said as soon as there is room again.
    """

    def __init__(self, most: int = MOST):
        self.most, self.held = most, 0
        self.dropped, self._unsaid, self._ended = 0, 0, False
        self._lines: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def offer(self, line: bytes) -> None:
        """Have a line written, or dropped; this waits for nobody."""
        with self._changed:
            if self.held + len(line) > self.most:
                self.dropped += 1
                self._unsaid += 1
                return
            self._lines.append(line)
            self.held += len(line)
            self._changed.notify()

    def end(self, seconds: float) -> bool:
        """Write what waits; False where nobody read it within these seconds."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._lines and not self._unsaid and not self._ended:
                    self._changed.wait()
                if not self._lines and not self._unsaid:
                    return
                lines, unsaid = list(self._lines), self._unsaid
                self._lines.clear()
                self._unsaid = 0
            if unsaid:
                lines.append(line_of("dropped", "warning", lines=unsaid))
            for line in lines:
                _put(line)
                with self._changed:
                    self.held = max(0, self.held - len(line))


_WRITER: Writer | None = None


def write(event: str, level: str = "info", **values: object) -> None:
    """Write one line, as `line_of` makes it."""
    line = line_of(event, level, **values)
    if _WRITER is None:
        _put(line)
    else:
        _WRITER.offer(line)


def dropped() -> int:
    """Lines that nobody read in time."""
    return 0 if _WRITER is None else _WRITER.dropped


def finish(seconds: float = PATIENCE) -> None:
    """Write what waits. Where nobody reads it stderr is closed: what comes later waits no more."""
    global _WRITER
    writer, _WRITER = _WRITER, None
    if writer is None or writer.end(seconds):
        return
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stderr.fileno())
        os.close(nowhere)


def _put(line: bytes) -> None:
    """Write a line past Python's buffer, whose lock the end of the process would wait for."""
    try:
        try:
            place = sys.stderr.fileno()
        except (OSError, ValueError, AttributeError):  # none, or a text in memory
            if sys.stderr is not None:
                sys.stderr.write(line.decode())
            return
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(place, rest) :]
    except (OSError, ValueError):  # nobody reads it any more: requests are answered all the same
        return


def trace(error: BaseException) -> str:
    """An error with where it was raised: for the log alone."""
    return "".join(format_exception(error))


class Handler(logging.Handler):
    """What libraries say, in lines of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        said = record.getMessage()
        write(
            "server",
            record.levelname.lower(),
            said=said.strip(),
            logger=record.name,
            traceback=trace(error) if error else None,
        )


@contextmanager
def kept() -> Iterator[None]:
    """Within it a thread writes the log, and what any library logs or warns of is a line of it."""
    global _WRITER
    root, silent = logging.getLogger(), [logging.getLogger(name) for name in SILENT]
    before = root.handlers, root.level, [one.level for one in silent]
    show, hook, unraised = warnings.showwarning, threading.excepthook, sys.unraisablehook
    _WRITER = Writer()
    root.handlers = [Handler()]
    root.setLevel(logging.WARNING)
    for one in silent:
        one.setLevel(logging.CRITICAL + 1)
    warnings.showwarning = _warned
    threading.excepthook = sys.unraisablehook = _broken
    try:
        yield
    finally:
        root.handlers, root.level, levels = before
        for one, level in zip(silent, levels, strict=True):
            one.setLevel(level)
        warnings.showwarning = show
        threading.excepthook, sys.unraisablehook = hook, unraised
        finish()


def _warned(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    write("server", "warning", said=str(message), logger=category.__name__)


def _broken(told: threading.ExceptHookArgs | sys.UnraisableHookArgs) -> None:
    """What is raised where nobody waits for it."""
    error = told.exc_value
    write("server", "error", said=repr(error), traceback=trace(error) if error else None)
