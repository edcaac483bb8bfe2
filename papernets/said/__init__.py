"""What was said of networks: papers, claims, departures, recipes; the reader of printed tables."""

from .claims import (
    UNEXPLAINED,
    WHOSE,
    Departure,
    Erratum,
    Fact,
    Value,
    error_of_paper,
    of_notes,
    rounds_to,
    whose,
    written,
)
from .paper import NOTES, Paper
from .recipe import Recipe
from .tables import Table, crosses, number, table
from .verify import Check, verify

__all__ = [
    "NOTES",
    "UNEXPLAINED",
    "WHOSE",
    "Check",
    "Departure",
    "Erratum",
    "Fact",
    "Paper",
    "Recipe",
    "Table",
    "Value",
    "crosses",
    "error_of_paper",
    "number",
    "of_notes",
    "rounds_to",
    "table",
    "verify",
    "whose",
    "written",
]
