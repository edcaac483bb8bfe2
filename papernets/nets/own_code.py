"""A user's file of code: run, with what it raises as one error that says the file's line."""

from __future__ import annotations

import importlib.util
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from ..files import read_bytes
from ..words import said
from .earlier import gone

MOST_BYTES = 16 << 20
"""Of a file of code."""


class _Read(SourceFileLoader):
    """A file's code as it stands: kept bytecode does not see a change within the same second."""

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(read_bytes(self.path, MOST_BYTES), self.path)


def run(path: str) -> ModuleType:
    """The module in a user's file; ValueError where there is none, or it does not run."""
    file = Path(path)
    if not file.is_file():
        raise ValueError(f"{path}: no such file; a network of your own is FILE.py:NAME")
    called = f"papernets_own_{file.stem}"
    spec = importlib.util.spec_from_file_location(called, file, loader=_Read(called, str(file)))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with running(path, path):
        spec.loader.exec_module(module)
    return module


@contextmanager
def running(name: str, file: str, line: int = 0) -> Iterator[None]:
    """A user's code runs in here: what it prints goes to stderr, as stdout is for results.

    Whatever it raises, sys.exit included, is a ValueError that says the file's line: `line` where
    an error was made before the file's code ran.
    """

    def place(error: BaseException) -> str:
        return place_in(error, file) or (f" ({file}, line {line})" if line else "")

    try:
        with redirect_stdout(sys.stderr):
            yield
    except SystemExit as leaving:
        calls = f"it calls sys.exit({leaving.code!r}){place(leaving)}"
        raise ValueError(f"{name} does not run: {calls}") from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        what = gone(error) if isinstance(error, Exception) else ""
        if what:
            raise ValueError(
                f"{name} is written for an earlier papernets: {what}{place(error)}. "
                "CONTRIBUTING.md shows a file of today"
            ) from error
        what = f"{type(error).__name__}: {said(error)}"
        raise ValueError(f"{name} does not run: {what}{place(error)}") from error


def place_in(error: BaseException, file: str) -> str:
    """Where an error was made in a user's file, or in another one beside it: ` (net.py, line 7)`.

    Empty where no line of these has to do with it, and of wrong syntax, whose words have the place.
    """
    if isinstance(error, SyntaxError):
        return ""
    try:
        home = os.path.dirname(os.path.abspath(file))
    except OSError:  # the folder that we stand in was removed
        return ""
    ours, place = os.path.dirname(os.path.dirname(__file__)), ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        path = os.path.abspath(frame.f_code.co_filename)
        inside = path.startswith(home + os.sep) and not path.startswith(ours + os.sep)
        if path == os.path.abspath(file):
            place = f" ({file}, line {line})"
        elif inside and os.path.isfile(path) and "site-packages" not in path:
            place = f" ({os.path.join(os.path.dirname(file), path[len(home) + 1 :])}, line {line})"
    behind = error.__cause__ or error.__context__  # an error that ours words
    return place if place or behind is None else place_in(behind, file)
