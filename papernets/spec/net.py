"""A whole network, and a committee of networks."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .joins import Aux, Chain
from .tree import each_part
from .window import Shape

SWAPS = ("lrn", "norm", "activation", "dropout", "pooling", "residual_scale")
"""What may be swapped in any network (`rewrite.swaps`), in the order in which it is done."""
_SWAPPED = re.compile(rf"\+({'|'.join(SWAPS)})=([^+=]+)")


def parted(name: str) -> tuple[str, dict[str, str]]:
    """A network's name without what was swapped in it, and that: alexnet+activation=tanh."""
    plain, plus, rest = name.partition("+")
    found = _SWAPPED.findall(plus + rest)
    whole = "".join(f"+{swap}={value}" for swap, value in found) == plus + rest
    return (plain, dict(found)) if whole else (name, {})


@dataclass(frozen=True)
class Net:
    """A whole network: its name, its input (channels, height, width), its classes, its layers.

    What was said of it, how its weights are drawn and how it is trained stand on shelves of their
    own: `papernets.nets.registry` finds them by its name.
    """

    name: str
    input: Shape
    classes: int
    body: Chain

    def __post_init__(self) -> None:
        if isinstance(self.input, list):  # an easy slip, and clear
            object.__setattr__(self, "input", tuple(self.input))

    @property
    def swapped(self) -> bool:
        """Whether something of it was swapped: it is not the network that was printed."""
        return bool(parted(self.name)[1])

    def with_body(self, body: Chain) -> Net:
        """The same network with other layers."""
        return replace(self, body=body)

    @property
    def member(self) -> Net:
        """Itself: a committee's is the network that it has several of."""
        return self

    def _repr_html_(self) -> str:
        from .. import notebook

        return notebook(self)

    @property
    def count(self) -> int:
        """One: a committee is several."""
        return 1

    @property
    def aux_weights(self) -> tuple[float, ...]:
        """How much the loss of each auxiliary head counts, in the order of the heads."""
        return tuple(part.weight for _, part in each_part(self.body) if isinstance(part, Aux))


@dataclass(frozen=True)
class Committee:
    """Several networks of one kind whose outputs a rule joins: not a Net, but explained as one."""

    name: str
    member: Net
    count: int
    rule: str

    def _repr_html_(self) -> str:
        from .. import notebook

        return notebook(self)
