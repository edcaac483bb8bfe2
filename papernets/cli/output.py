"""Where a result goes and in which format: flags, a file's suffix, or stdout."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from ..files import SPECIAL, path_of, unreadable, write_atomically
from ..words import either
from .flags import WrongUse
from .stopping import stopped_cleanly

Output = Annotated[
    str,
    typer.Option(
        "--output", "-o", help="Write to this file; its suffix chooses the format. -: stdout."
    ),
]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV on stdout.")]
Markdown = Annotated[bool, typer.Option("--markdown", help="Print Markdown on stdout.")]
Latex = Annotated[bool, typer.Option("--latex", help="Print LaTeX (booktabs) on stdout.")]
Html = Annotated[bool, typer.Option("--html", help="Print one HTML page on stdout.")]

TABLES: Mapping[str, str] = {
    ".json": "json",
    ".csv": "csv",
    ".md": "markdown",
    ".markdown": "markdown",
    ".tex": "latex",
    ".html": "html",
    ".htm": "html",
}
"""The formats of tables, by the suffix of a file."""


def chosen(
    flags: Mapping[str, bool], output: str = "", suffixes: Mapping[str, str] = TABLES
) -> str:
    """The one format that the flags, or the file's suffix, ask for; empty where neither does.

    Wrong use where they ask for several, or for a format that there is not.
    """
    asked = [name for name, on in flags.items() if on]
    if len(asked) > 1:
        raise WrongUse(f"--{' and --'.join(asked)} ask for two formats: give one")
    if not output or output == "-":
        return asked[0] if asked else ""
    suffix = Path(output).suffix.lower()
    meant = suffixes.get(suffix, "")
    if not meant and not asked:
        raise WrongUse(f"{output}: {_which(suffix)}. Give a file that ends in {_known(suffixes)}")
    if asked and meant not in ("", asked[0]):
        raise WrongUse(f"{output} ends as {meant} does, but --{asked[0]} asks for another format")
    return asked[0] if asked else meant


def _which(suffix: str) -> str:
    return f"no format has the suffix {suffix}" if suffix else "a name without a suffix"


def _known(suffixes: Mapping[str, str]) -> str:
    return either(list(suffixes))


def check_place(output: str, *read: str) -> None:
    """Wrong use where no file can be written so, known before any work is done.

    Its folder is not there, or it is one of what is read: a file, or a file in a folder of these.
    """
    if output in ("", "-"):
        return
    path = path_of(output)
    if not os.path.isdir(path.parent):
        raise WrongUse(f"{output}: make the folder {path.parent} first")
    if not path.exists():
        return
    place = path.resolve()
    for one in filter(os.path.exists, read):
        given = Path(one).resolve()
        if place == given or given in place.parents:
            inside = "is" if place == given else f"lies in {one}, which is"
            raise WrongUse(f"{output} {inside} read: nothing is written over it. Give another name")


def write(content: str | bytes, output: str = "") -> None:
    """Write a result whole to a file, or to stdout where that is `-` or not given.

    An error of the system names the file.
    """
    if output in ("", "-"):
        if isinstance(content, bytes):
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
        else:
            sys.stdout.write(content)
        return
    data = content.encode() if isinstance(content, str) else content
    path = path_of(output)
    if unreadable(path) == SPECIAL:  # /dev/stdout, a link to a device
        raise OSError(errno.EINVAL, f"{output} is {SPECIAL}: nothing is written in its place")
    try:
        with stopped_cleanly():
            write_atomically(path, data)
    except OSError as error:
        if not os.path.isdir(path.parent) and error.errno == errno.ENOENT:
            why = f"{output}: {error.strerror}: make the folder {path.parent} first"
            raise OSError(error.errno, why) from None
        if error.filename is None:  # its words have the name
            raise
        raise OSError(error.errno, error.strerror, output) from None
