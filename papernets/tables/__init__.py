"""Tables as values, and the formats in which people take them away."""

from .alone import ALONE, ENDS, FILES, PAPER
from .table import Cell, Column, Section, Table, shown
from .writers import FORMATS, csv_text, html, latex, markdown, markdown_text, plain_text, tex

__all__ = [
    "ALONE",
    "ENDS",
    "FILES",
    "FORMATS",
    "PAPER",
    "Cell",
    "Column",
    "Section",
    "Table",
    "csv_text",
    "html",
    "latex",
    "markdown",
    "markdown_text",
    "plain_text",
    "shown",
    "tex",
]
