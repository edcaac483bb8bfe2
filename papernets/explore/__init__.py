"""The explorer: every network in one page that walks, draws, compares and runs them in the browser."""

from .. import called
from .page import explorer

called(__name__)  # papernets.explore(net, ...) shows networks in a notebook: see cell

__all__ = ["explorer"]
