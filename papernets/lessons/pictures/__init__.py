"""Pictures of lessons: each in characters for a terminal, and as SVG in plain Python."""

from .bars import Bars
from .board import COLOURS, Board, style
from .branches import Branches
from .crops import Crop, Crops
from .flow import Flow
from .grids import Beside, Cells, border, window
from .picture import Picture, Stack, Words
from .plot import Curve, Plot
from .pyramid import Pyramid
from .sheet import Sheet
from .slabs import Slabs

__all__ = [
    "COLOURS",
    "Bars",
    "Beside",
    "Board",
    "Branches",
    "Cells",
    "Crop",
    "Crops",
    "Curve",
    "Flow",
    "Picture",
    "Plot",
    "Pyramid",
    "Sheet",
    "Slabs",
    "Stack",
    "Words",
    "border",
    "style",
    "window",
]
