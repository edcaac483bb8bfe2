"""A figure as PNG, SVG or PDF: without dates, so that the same figure gives the same bytes."""

from __future__ import annotations

import io
from html import escape
from typing import TYPE_CHECKING, Any

from papernets.draw.canvas import png, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("png", "svg", "pdf")


def encoded(figure: Figure, form: str, title: str, alt: str) -> bytes:
    """The figure's bytes in a format; an SVG has its title and `alt`, what it shows in words.

    Text stays text in SVG and PDF. ValueError for another format.
    """
    if form not in FORMATS:
        raise ValueError(f"no picture is written as {form!r}: {', '.join(FORMATS)}")
    if form == "png":
        return png(figure)
    import matplotlib

    memory = io.BytesIO()
    without: Any = {"Date": None, "Creator": None} if form == "svg" else {"CreationDate": None}
    with style():
        matplotlib.rcParams.update(
            {"svg.hashsalt": "papernets", "svg.fonttype": "none", "pdf.fonttype": 42}
        )
        figure.savefig(memory, format=form, metadata=without)
    return _told(memory.getvalue(), title, alt) if form == "svg" else memory.getvalue()


def _told(svg: bytes, title: str, alt: str) -> bytes:
    """The SVG with its title and description, which screen readers say."""
    head, start, rest = svg.partition(b"<svg ")
    opening, end, body = rest.partition(b">")
    words = f'\n <title id="title">{escape(title)}</title>\n <desc id="desc">{escape(alt)}</desc>'
    role = b'role="img" aria-labelledby="title desc" '
    return head + start + role + opening + end + words.encode() + body
