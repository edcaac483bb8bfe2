"""Markdown that stands as meant: tables, escaped prose, addresses of headings."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)


def grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    """Items by their key, in the order of the first of each."""
    found: dict[Key, list[Item]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found


def anchor(heading: str) -> str:
    """The address that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def escaped(text: str) -> str:
    """Prose in which Markdown finds nothing to set."""
    return re.sub(r"([*<>|`\\])", r"\\\1", text)


def named(names: Iterable[str]) -> str:
    """Names as code, a comma between two."""
    return ", ".join(f"`{name}`" for name in names)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown: a column of numbers is set to the right."""
    body = [[_cell(cell) for cell in row] for row in rows]
    right = [all(re.fullmatch(r"[\d,]*", row[at]) for row in body) for at in range(len(head))]
    lines = [head, ["--:" if r else "---" for r in right], *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    text = str(value)
    return text if text.startswith(("`", "[", "*")) else escaped(text)
