"""Tables as values, and the formats in which people take them away."""

from .table import Cell, Column, Section, Table, shown
from .writers import FORMATS, csv_text, html, latex, markdown, tex

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
    "shown",
    "tex",
]
