"""The arithmetic of a network: a layer term by term, fields over paths, memory, other ways."""

from .counts import Held, held
from .example import Picture
from .graph import Graph, Place, block_names, graph, place
from .layer import Explained, explained
from .otherwise import otherwise
from .paths import Paths
from .steps import Step
from .units import Unit, unit
from .ways import Cost, Otherwise

__all__ = [
    "Cost",
    "Explained",
    "Graph",
    "Held",
    "Otherwise",
    "Paths",
    "Picture",
    "Place",
    "Step",
    "Unit",
    "block_names",
    "explained",
    "graph",
    "held",
    "otherwise",
    "place",
    "unit",
]
