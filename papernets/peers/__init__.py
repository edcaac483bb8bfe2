"""Weights that others trained, for our networks: a peer's by name, anybody's by order."""

from .translate import PEERS, find_peer, from_peer

__all__ = ["PEERS", "find_peer", "from_peer"]
