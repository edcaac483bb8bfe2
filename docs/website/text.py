"""Text as MyST reads it: words that stand as meant, tables, fences around what may hold fences."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape

from papernets import tables
from papernets.said.markdown import anchor
from papernets.texts import escaped as quiet


def plain(text: str) -> str:
    """Words in which Markdown finds nothing to set, on one line."""
    line = " ".join(quiet(text).split())
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", line)


def prose(text: str) -> str:
    """Sentences with `code` in them, as docstrings have it; all else stands as meant."""
    parts = re.split(r"`([^`\n]+)`", text)
    return "".join(code(part) if at % 2 else plain_around(part) for at, part in enumerate(parts))


def plain_around(text: str) -> str:
    """As `plain`, with a space kept at either end."""
    before, after = text[:1].isspace(), len(text) > 1 and text[-1:].isspace()
    return f"{' ' * before}{plain(text)}{' ' * after}"


def code(text: str) -> str:
    """A piece of code in a sentence, whatever it holds."""
    line = " ".join(quiet(text).split())
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    pad = " " if line[:1] == "`" or line[-1:] == "`" else ""
    return f"{'`' * (longest + 1)}{pad}{line}{pad}{'`' * (longest + 1)}"


def fence(content: str, kind: str = "", arguments: str = "") -> str:
    """A fenced block; the fence is longer than any in the content."""
    longest = max((len(run) for run in re.findall("`+", content)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{kind}{' ' * bool(arguments)}{arguments}\n{content.rstrip()}\n{ticks}\n"


def raw(html: str) -> str:
    """HTML as it is; blank lines inside stay inside."""
    return fence(html, "{raw}", "html")


def scrolling(table: tables.Table, label: str, kind: str = "") -> str:
    """A table that scrolls sideways where the window is narrow; its label is for screen readers."""
    words = f"table {kind}".strip()
    region = f'<div class="{words}" data-label="{escape(label)}">'
    return raw(f"{region}\n{tables.html(table)}</div>")


def folded(summary: str, content: str, kind: str = "") -> str:
    """Content under a summary that opens it; of the kind `screen`, it is not printed."""
    of = f' class="{kind}"' if kind else ""
    head = f"<details{of}><summary>{escape(quiet(summary))}</summary>"
    return f"{raw(head)}\n{content}\n{raw('</details>')}"


def page(parts: Iterable[str]) -> str:
    """Parts of a page, those that are empty left out."""
    return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n"


def toctree(entries: Iterable[str], *options: str) -> str:
    """A table of contents; each option as `maxdepth: 1`."""
    head = [f":{option}" for option in options]
    return fence("\n".join([*head, "", *entries]), "{toctree}")


def jumps(headings: Iterable[str]) -> str:
    """Links to the headings of a page, in a line."""
    links = (f"[{heading}](#{anchor(heading)})" for heading in headings)
    return f":::{{container}} jumps\n\n{' · '.join(links)}\n\n:::"


def keywords(words: Iterable[str]) -> str:
    """The head of a page with words that the search finds, though the page's text lacks them."""
    found = dict.fromkeys(word.lower() for one in words for word in re.findall(r"\w{3,}", one))
    return f"---\nmyst:\n  html_meta:\n    keywords: {json.dumps(', '.join(found))}\n---"
