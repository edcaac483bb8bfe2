"""Walking the data is the analysis: rows, totals, receptive fields, proof, without torch."""

from .report import explain_dict
from .schedule import Peak, peak
from .verify import Check, verify
from .walk import Row, Totals, fixed_size, smallest_input, totals, walk

__all__ = [
    "Check",
    "Peak",
    "Row",
    "Totals",
    "explain_dict",
    "fixed_size",
    "peak",
    "smallest_input",
    "totals",
    "verify",
    "walk",
]
