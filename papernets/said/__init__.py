"""What was said of networks: papers, claims, departures, recipes; the reader of printed tables."""

from .claims import (
    UNEXPLAINED,
    Claim,
    Departure,
    Value,
    departures,
    error_of_paper,
    errors,
    of_rows,
    shown,
    value,
)
from .page import Aside, Block, Cell, Line, Page
from .recipe import Field, Recipe, differences
from .recipe_words import LEFT, WORDS
from .record import Printed, Record
from .sources import ABOUT_NOTES, NOTES, WHO, Code, Notes, Paper, Source, Together
from .tables import Table, crosses, maps_last, number, patch, table
from .verify import Check, check, verify

__all__ = [
    "ABOUT_NOTES",
    "LEFT",
    "NOTES",
    "UNEXPLAINED",
    "WHO",
    "WORDS",
    "Aside",
    "Block",
    "Cell",
    "Check",
    "Claim",
    "Code",
    "Departure",
    "Field",
    "Line",
    "Notes",
    "Page",
    "Paper",
    "Printed",
    "Recipe",
    "Record",
    "Source",
    "Table",
    "Together",
    "Value",
    "check",
    "crosses",
    "departures",
    "differences",
    "error_of_paper",
    "errors",
    "maps_last",
    "number",
    "of_rows",
    "patch",
    "shown",
    "table",
    "value",
    "verify",
]
