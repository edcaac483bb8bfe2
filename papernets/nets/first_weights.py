"""How first weights are drawn: the rules of several families, and rules by networks' names."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping

from ..spec import HE, Initialisation, Net

KERAS = Initialisation("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)")


def by_name(rules: Mapping[str, Initialisation]) -> Callable[[Net], Initialisation]:
    """A network's rule by its name, or by a pattern (`*_keras`), the first that fits; else He's."""

    def initialisation(net: Net) -> Initialisation:
        return next((r for name, r in rules.items() if fnmatch.fnmatchcase(net.name, name)), HE)

    return initialisation
