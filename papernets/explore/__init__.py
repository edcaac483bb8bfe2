"""The explorer: every network in one page that walks, draws and compares them in the browser."""

from .page import explorer

__all__ = ["explorer"]
