"""Walking the data is the analysis: rows, totals, receptive fields, proof, without torch."""

from .diff import Change, Diff, Match, diff
from .report import explain_dict
from .smallest import smallest_input
from .verify import Check, verify
from .walk import Row, Totals, fixed_size, totals, walk

__all__ = [
    "Change",
    "Check",
    "Diff",
    "Match",
    "Row",
    "Totals",
    "diff",
    "explain_dict",
    "fixed_size",
    "smallest_input",
    "totals",
    "verify",
    "walk",
]
