"""The log: a JSON object a line on stderr; and the ids by which a request is found in it."""

from __future__ import annotations

import logging
import re
import sys
import threading
import uuid
from datetime import UTC, datetime
from traceback import format_exception

from ..texts import json_text

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
"""The ids of others that are kept: nothing in them means anything to who reads a log."""
LOCK = threading.Lock()


def request_id(given: str | None) -> str:
    """The id that a client or a proxy gave, where it is a plain one; else a new one."""
    return given if given and ID.fullmatch(given) else uuid.uuid4().hex


def write(event: str, level: str = "info", **values: object) -> None:
    """One line: when, how grave, what, and the values. None is left out."""
    told = {key: value for key, value in values.items() if value is not None}
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = json_text({"time": now, "level": level, "event": event, **told}, ascii_only=True)
    with LOCK:
        try:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
        except (
            OSError,
            ValueError,
        ):  # nobody reads it any more: requests are answered all the same
            return


def trace(error: BaseException) -> str:
    """An error with where it was raised: for the log alone."""
    return "".join(format_exception(error))


class Handler(logging.Handler):
    """What uvicorn says, in lines of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        write(
            "server",
            record.levelname.lower(),
            said=record.getMessage(),
            traceback=trace(error) if error else None,
        )


def take_over() -> None:
    """Warnings and errors of uvicorn and asyncio come out as lines of ours."""
    for name in ("uvicorn.error", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [Handler()], False
        logger.setLevel(logging.WARNING)
