"""How ZFNet is trained, by recipes of ours, and how its weights are drawn."""

from __future__ import annotations

from ...said import Recipe
from ...spec import Committee, Initialisation, Net
from ..photographs import recipes as photographs


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """How ZFNet is trained: its paper prints no weight decay, and AlexNet's section 5 this one."""
    return photographs(net, weight_decay=5e-4)


def initialisation(net: Net) -> Initialisation:
    """How the weights of ZFNet are drawn: as section 3 is read in the departures."""
    return Initialisation("gaussian", 0.01, "section 3: weights 0.01, biases 0; see the departures")
