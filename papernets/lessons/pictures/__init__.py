"""Pictures of lessons: each in characters for a terminal, and as SVG in plain Python."""

from .bars import Bars
from .board import COLOURS, Board, style
from .flow import Flow
from .grids import Beside, Cells, border, window
from .picture import Picture, Stack, Words
from .plot import Curve, Plot

__all__ = [
    "COLOURS",
    "Bars",
    "Beside",
    "Board",
    "Cells",
    "Curve",
    "Flow",
    "Picture",
    "Plot",
    "Stack",
    "Words",
    "border",
    "style",
    "window",
]
