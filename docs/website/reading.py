"""An extension that makes pages easier to read: wide tables are reached by a keyboard."""

from __future__ import annotations

from typing import Any

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

PLAIN = '<div class="table-wrapper'


def reachable(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Let a keyboard scroll the tables of a page."""
    if "body" in context:
        region = '<div tabindex="0" role="region" aria-label="table" class="table-wrapper'
        context["body"] = context["body"].replace(PLAIN, region)


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_lexer("imports", TextLexer)  # the table of architecture.md
    app.connect("html-page-context", reachable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
