"""`recipe` without a name: every printed recipe of all networks, a line each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..nets import list_nets, look_up
from ..said import LEFT, Recipe
from ..tables import Cell, Column, Section, Table
from .document import Chapter, Document, Grid, Words
from .recipe_page import cell_text

COLUMNS = (
    *(Column("networks"), Column("recipe"), Column("optimizer"), Column("batch", right=True)),
    *(Column("rate", right=True), Column("schedule"), Column("passes", right=True)),
    *(Column("decay", right=True), Column("printed", right=True)),
)
SETTINGS = ("optimizer", "batch_size", "learning_rate", "schedule", "epochs", "weight_decay")
FEW = 3
"""So many networks are named on a line of the table."""


@dataclass(frozen=True)
class Shared:
    """A printed recipe with the networks that have it."""

    recipe: Recipe
    networks: tuple[str, ...]

    @property
    def printed(self) -> int:
        """How many of its fields its source prints."""
        return sum(one.printed for one in self.recipe.fields)

    def to_dict(self) -> dict[str, object]:
        """The recipe as `recipe --json` lists it."""
        return {
            "recipe": self.recipe.name,
            "source": self.recipe.source,
            "networks": list(self.networks),
            "fields": len(self.recipe.fields),
            "printed": self.printed,
        }


def every() -> tuple[Shared, ...]:
    """The printed recipes, each once, in the order of their first networks."""
    found: dict[str, tuple[Recipe, list[str]]] = {}
    for name in list_nets():
        for recipe in look_up(name).recipes:
            if recipe.printed:
                found.setdefault(repr(recipe), (recipe, []))[1].append(name)
    return tuple(Shared(recipe, tuple(names)) for recipe, names in found.values())


def overview_table(recipes: tuple[Shared, ...]) -> Table:
    """A line a recipe; cells of what a source leaves open are in brackets."""
    return Table(COLUMNS, (Section(tuple(map(_line, recipes))),))


def _line(one: Shared) -> tuple[Cell, ...]:
    fields = {field.field: field for field in one.recipe.fields}

    def cell(name: str) -> str:
        return cell_text(fields.get(name))

    values = map(cell, SETTINGS)
    return (
        *(_named(one.networks), one.recipe.name, *values),
        f"{one.printed}/{len(one.recipe.fields)}",
    )


def _named(networks: tuple[str, ...]) -> str:
    more = f" and {len(networks) - FEW} more" if len(networks) > FEW else ""
    return ", ".join(networks[:FEW]) + more


def left_table() -> Table:
    """The settings that a printed recipe may leave at a run's defaults, by reason."""
    reasons: dict[str, list[str]] = {}
    for name, why in LEFT.items():
        reasons.setdefault(why, []).append(name)
    rows = tuple((", ".join(names), why) for why, names in reasons.items())
    return Table((Column("settings"), Column("why a recipe may leave them out")), (Section(rows),))


def overview() -> Document:
    """The page of all printed recipes."""
    recipes = every()
    table = overview_table(recipes)
    return Document(
        "Printed recipes",
        "",
        (Chapter("", tuple(_pieces(table))),),
        lambda: table,
    )


def _pieces(table: Table) -> Iterator[Grid | Words]:
    yield Words(
        "What stands in brackets is left open by the source, and chosen here. papernets recipe "
        "NAME RECIPE says where each field is printed."
    )
    yield Grid(table, 3, ("decay", "schedule", "passes", "batch"))
