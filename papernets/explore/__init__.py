"""The explorer: every network in one page that draws, compares and runs them in a browser."""

from .. import called
from .page import explorer

called(__name__)  # papernets.explore(net, ...) shows networks in a notebook: see cell

__all__ = ["explorer"]
