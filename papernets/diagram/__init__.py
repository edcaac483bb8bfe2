"""Drawings of networks: a layout without torch, and its writers."""

from .diagram import STYLES, Diagram, draw

__all__ = ["STYLES", "Diagram", "draw"]
