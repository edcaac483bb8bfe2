"""An extension that makes the theme's pages easier to read, for who hears them too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

MENDED = {
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="All pages">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="On this page">',
    '<aside class="toc-drawer no-toc">': (
        '<aside class="toc-drawer no-toc" aria-label="On this page">'
    ),
}
"""What the theme leaves out: the level of a heading, and what a part of the page is."""


def mend(app: Sphinx, error: Exception | None) -> None:
    """Give the parts of each page their names."""
    if error is not None:
        return
    for path in Path(app.outdir).rglob("*.html"):
        text = page = path.read_text(encoding="utf-8")
        for plain, better in MENDED.items():
            page = page.replace(plain, better)
        if page != text:
            path.write_text(page, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_lexer("imports", TextLexer)  # the table of architecture.md
    app.connect("build-finished", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
