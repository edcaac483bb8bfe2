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
from .recipe import Recipe
from .record import Printed, Record
from .sources import ABOUT_NOTES, NOTES, WHO, Code, Notes, Paper, Source, Together
from .tables import Table, crosses, maps_last, number, patch, table
from .verify import Check, check, verify

__all__ = [
    "ABOUT_NOTES",
    "NOTES",
    "UNEXPLAINED",
    "WHO",
    "Aside",
    "Block",
    "Cell",
    "Check",
    "Claim",
    "Code",
    "Departure",
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
