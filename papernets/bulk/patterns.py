"""The files that a pattern names, in natural order, one after another."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Callable, Iterator

from ..data.shards import expanded
from ..data.tree import entries_of, walk

MAGIC = re.compile(r"[*?\[]")


def is_pattern(text: str) -> bool:
    """True for a name with `*`, `?`, `[` or braces that is no file's own."""
    return bool(MAGIC.search(text) or "{" in text) and not os.path.lexists(text)


def matching(pattern: str) -> Iterator[str]:
    """The visible files and folders that a pattern names; of `**` the files alone.

    `{000..009}` counts and `{a,b}` lists, `*`, `?` and `[abc]` stay within a folder, and `**` means
    folders at any depth. ValueError for braces that do neither; OSError for a folder that cannot be
    read.
    """
    for one in expanded(pattern):
        if not MAGIC.search(one):  # named by braces, there or not
            yield one
            continue
        root = os.sep if one.startswith(os.sep) else ""
        yield from _within(root, [part for part in one.split(os.sep) if part])


def names(pattern: str, path: str) -> bool:
    """Whether a pattern may name a path, there or not: `*` is taken for any text."""
    place = os.path.abspath(path)
    return any(fnmatch.fnmatchcase(place, os.path.abspath(one)) for one in expanded(pattern))


def _within(folder: str, parts: list[str]) -> Iterator[str]:
    """What lies in a folder under a pattern's parts."""
    first, *others = parts
    if first == "**":
        yield from _anywhere(folder, others)
    elif not MAGIC.search(first):
        path = os.path.join(folder, first)
        if others:
            yield from _within(path, others)
        elif os.path.lexists(path):
            yield path
    elif os.path.isdir(folder or os.curdir):
        fits = _fits(first)
        for entry in entries_of(folder or os.curdir):
            if not fits(entry.name):
                continue
            path = os.path.join(folder, entry.name)
            if not others:
                yield path
            elif entry.folder:
                yield from _within(path, others)


def _anywhere(folder: str, parts: list[str]) -> Iterator[str]:
    """The files at any depth whose path from there ends as the parts say."""
    wanted = [_fits(part) for part in parts if part != "**"]
    for path, error in walk(folder or os.curdir):
        if error is not None:
            raise error
        inside = os.path.relpath(path, folder or os.curdir).split(os.sep)
        last = inside[len(inside) - len(wanted) :] if len(wanted) <= len(inside) else []
        if not wanted or (last and all(f(p) for f, p in zip(wanted, last, strict=True))):
            yield os.path.join(folder, *inside)


def _fits(part: str) -> Callable[[str], object]:
    return re.compile(fnmatch.translate(part)).match
