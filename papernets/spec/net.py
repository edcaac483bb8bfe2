"""A whole network, and a committee of networks, with what the paper says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .joins import Aux, Chain
from .tree import each_part
from .window import Shape

if TYPE_CHECKING:  # only words in annotations: this room stands on no other
    from ..said import Departure, Erratum, Fact, Paper, Recipe
    from . import Initialisation


@dataclass(frozen=True)
class Net:
    """A whole network: its layers, and what its paper says of it.

    `init` None draws weights by He et al. 2015.
    """

    name: str
    title: str
    paper: Paper
    input: Shape
    classes: int
    body: Chain
    ledger_name: str = ""
    init: Initialisation | None = None
    facts: tuple[Fact, ...] = ()
    errata: tuple[Erratum, ...] = ()
    departures: tuple[Departure, ...] = ()
    recipes: tuple[Recipe, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.input, list):  # an easy slip, and clear
            object.__setattr__(self, "input", tuple(self.input))

    def with_body(self, body: Chain) -> Net:
        """The same network with other layers."""
        return replace(self, body=body)

    @property
    def member(self) -> Net:
        """Itself: a committee's is the network that it has several of."""
        return self

    @property
    def aux_weights(self) -> tuple[float, ...]:
        """How much the loss of each auxiliary head counts, in the order of the heads."""
        return tuple(part.weight for _, part in each_part(self.body) if isinstance(part, Aux))


@dataclass(frozen=True)
class Committee:
    """Several networks of one kind whose outputs a rule joins: not a Net, but explained as one."""

    name: str
    title: str
    paper: Paper
    member: Net
    count: int
    rule: str
    facts: tuple[Fact, ...] = ()
    errata: tuple[Erratum, ...] = ()
    departures: tuple[Departure, ...] = ()
    recipes: tuple[Recipe, ...] = ()
