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
    "s": 0.79,
    "D": 0.7,
    "^": 1.45,
    "v": 1.45,
    "p": 1.2,
    "P": 1.2,
    "X": 1.2,
    "h": 1.1,
    "*": 2.0,
    "<": 1.45,
    ">": 1.45,
}
"""The shapes of markers, each with what makes its area that of a circle."""
HOLLOW = "*"


def shapes_of(protocols: Sequence[str]) -> dict[str, str]:
    """A shape for each protocol, the most usual first; when there are no more, stars."""
    every = [protocol for protocol, _ in Counter(protocols).most_common()]
    known = list(SHAPES)
    return {p: known[at] if at < len(known) else HOLLOW for at, p in enumerate(every)}
