"""The command line: it parses before anything heavy is imported."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Sequence

import typer

from ..ranks.place import speaks
from ..words import one_line, said
from . import screen
from .app import app
from .flags import WrongUse
from .stopping import Stopped
from .streams import silence, streams

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
BATCHES = ("train", "evaluate", "predict", "look")
"""The verbs with --batch-size."""
SMALLER = ". A smaller --batch-size, or smaller pictures, take less"
# The error of a wrong option, whichever library typer is built on: the bases of BadParameter that
# can show themselves.
USAGE = tuple(c for c in typer.BadParameter.__mro__ if hasattr(c, "show"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is 0 done, 1 failed, 2 wrong use, 130 interrupted, 143 stopped.

    An error that a user can mend is one line on stderr, without a traceback.
    """
    # torch's threads wait for one another by spinning, for a millisecond by default: where other
    # programs use the cores too, a run of small steps becomes a hundred times slower. A shorter
    # wait costs nothing on a quiet machine. It is read when torch is imported: no verb has done so.
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    if isinstance(sys.stdout, io.TextIOWrapper):  # a console without umlauts is served too
        sys.stdout.reconfigure(errors="backslashreplace")
    with streams():
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    """As `main`, with streams that can be written to."""
    try:
        code = app(args=None if arguments is None else list(arguments), standalone_mode=False)
        sys.stdout.flush()
    except typer.Exit as leaving:
        return leaving.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Stopped as stopped:
        return stopped.code
    except BrokenPipeError:
        return _unread()
    except SystemExit as leaving:  # typer's answer to a broken pipe
        if isinstance(leaving.__context__, BrokenPipeError):
            return _unread()
        raise
    except (ValueError, OSError, ArithmeticError, ImportError) as error:
        screen.error(f"error: {_words(error)}")
        return WRONG_USE if isinstance(error, WrongUse) or _too_long(error) else FAILED
    except (MemoryError, RuntimeError) as error:
        if not _no_memory(error):
            raise
        reason = (str(error).splitlines() or [""])[0]
        advice = SMALLER if _verb(arguments) in BATCHES else ""
        screen.error(f"error: not enough memory{advice}{f' ({reason})' if reason else ''}")
        return FAILED
    except Exception as error:
        if isinstance(error, USAGE):
            if speaks():
                error.show(sys.stderr)  # type: ignore[attr-defined]
            return WRONG_USE
        raise
    except BaseException as error:  # none of ours: a user's own file raised it
        screen.error(f"error: {type(error).__name__}: {one_line(said(error))}")
        return FAILED
    return code if isinstance(code, int) else DONE


def _verb(arguments: Sequence[str] | None) -> str:
    """The verb that was asked for; empty where none was."""
    return next(iter(sys.argv[1:] if arguments is None else arguments), "")


def _words(error: Exception) -> str:
    """What an error says on one line, an operating system's without its number.

    Of a fetch that failed the files are listed, each on its own.
    """
    if _too_long(error):
        name = str(error.filename)  # type: ignore[attr-defined]
        return f"{name[:40]}...: a name of {len(name):,} characters, too long for a file or network"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return said(error) if isinstance(error, ConnectionError) else one_line(said(error))


def _too_long(error: Exception) -> bool:
    """True where a name is longer than any file's may be."""
    return isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG


def _no_memory(error: Exception) -> bool:
    """True where memory was asked for in vain: torch raises a RuntimeError, which says so."""
    words = said(error).casefold()
    known = (
        "can't allocate memory",
        "cannot allocate memory",
        "out of memory",
        "not enough memory",
        "storage size calculation overflowed",
    )
    return isinstance(error, MemoryError) or any(phrase in words for phrase in known)


def _unread() -> int:
    """The reader of a pipe went away: nothing is wrong here, and the rest is written to nobody."""
    silence(sys.stdout)
    return DONE


__all__ = ["main"]
