"""The colours of families and the shapes of protocols, the same in every comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

# M. Okabe and K. Ito, Color Universal Design (2002); the yellow is darker, to be seen on white.
GROUPS: Mapping[str, str] = {
    "LeNet": "#CC79A7",
    "AlexNet, ZFNet": "#D55E00",
    "Network in Network": "#8C7A00",
    "VGG": "#E69F00",
    "Inception": "#009E73",
    "ResNet": "#0072B2",
    "MobileNet": "#56B4E9",
    "your own": "#222222",
}
"""The colour of a group of families."""
SHAPES: Mapping[str, float] = {
    "o": 1.0,
    **dict.fromkeys("sD", 0.785),
    **dict.fromkeys("^v", 1.571),
    "p": 1.321,
    "P": 1.414,
    "X": 1.257,
    "h": 1.209,
    "*": 2.798,
    **dict.fromkeys("<>", 1.571),
}
"""The shapes of markers, each with what makes its area that of a circle."""


def shapes_of(protocols: Sequence[str]) -> dict[str, str]:
    """A shape for each protocol, the most usual first; beyond the last shape all have that."""
    every = [protocol for protocol, _ in Counter(protocols).most_common()]
    known = list(SHAPES)
    return {p: known[min(at, len(known) - 1)] for at, p in enumerate(every)}
