"""Drawings of networks: a thin layer over `papernets.diagram`, which draws them."""

from __future__ import annotations

from collections.abc import Iterator

from papernets.nets import Found


def figure(found: Found) -> Iterator[str]:
    """The drawing of a network as a part of its page."""
    return iter(())
