"""Weights that others trained, for our networks: a peer's by name, anybody's by order."""

from .layout import Inputs, PeerNet
from .translate import PEERS, Conversion, find_peer, from_peer, take

__all__ = ["PEERS", "Conversion", "Inputs", "PeerNet", "find_peer", "from_peer", "take"]
