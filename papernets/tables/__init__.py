"""Tables as values, and the formats in which people take them away."""

from .table import Cell, Column, Section, Table, shown
from .writers import FORMATS, csv_text, html, latex, markdown, markdown_text, tex

__all__ = [
    "FORMATS",
    "Cell",
    "Column",
    "Section",
    "Table",
    "csv_text",
    "html",
    "latex",
    "markdown",
    "markdown_text",
    "shown",
    "tex",
]
