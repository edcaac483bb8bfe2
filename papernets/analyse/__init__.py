"""Walking the data is the analysis: rows, totals, receptive fields, proof, without torch."""

from .diff import Change, Diff, Match, diff
from .report import explain_dict
from .schedule import Peak, peak
from .smallest import smallest_input
from .verify import Check, verify
from .walk import Row, Totals, fixed_size, totals, walk

__all__ = [
    "Change",
    "Check",
    "Diff",
    "Match",
    "Peak",
    "Row",
    "Totals",
    "diff",
    "explain_dict",
    "fixed_size",
    "peak",
    "smallest_input",
    "totals",
    "verify",
    "walk",
]
