"""`recipe NAME`: how a network is trained, field by field, with who says so; its others beside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..nets import Found
from ..said import Field, Recipe, differences
from ..tables import Column, Section, Table
from .document import Chapter, Document, Grid, Words

PAPER = "paper"
PRINTED, OPEN = "Printed", "Left open there; chosen here, or taken from where it says"
BESIDE = "Where the printed recipes differ"
MARKS = (
    "In brackets: left open by the source, and chosen here. Empty: the recipe does not say it, and "
    "a run takes its default."
)
COLUMNS = (Column("field"), Column("value"), Column("printed in", key="source"), Column("note"))


def chosen(found: Found, name: str = "") -> Recipe:
    """The recipe of a name; without one the paper's, else one that is printed, else the first.

    ValueError for a name that the network does not have, and for a network without any.
    """
    recipes = found.recipes
    if not recipes:
        raise ValueError(
            f"{found.name} has no recipe: nobody prints how it is trained alone. Whole networks: "
            "papernets list"
        )
    if name:
        return found.recipe(name)
    printed = [recipe for recipe in recipes if recipe.printed]
    return next((one for one in printed if one.name == PAPER), next(iter(printed), recipes[0]))


def recipe_page(found: Found, recipe: Recipe) -> Document:
    """The page of one recipe: its fields, the fields in which the printed others differ."""
    table = fields_table(recipe)
    title = f"{found.record.title or found.name}: recipe {recipe.name}"
    of = f" For {', '.join(recipe.data)}." if recipe.data else ""
    chapters = [Chapter("", (Words(f"{recipe.source}.{of}"), Grid(table, 4)))]
    others = [one for one in found.recipes if one.printed and one.name != recipe.name]
    if recipe.printed and others:
        chapters.append(_beside([recipe, *others]))
    names = ", ".join(one.name for one in found.recipes)
    last = (
        f"Recipes of {found.name}: {names}. What a recipe leaves out is the run's default: "
        f"papernets train {found.name} --recipe {recipe.name} --dry-run prints all settings."
    )
    chapters.append(Chapter("", (Words(last),)))
    return Document(title, found.record.source, tuple(chapters), lambda: table)


def fields_table(recipe: Recipe) -> Table:
    """The fields of a recipe, what is printed above what is left open."""
    parts = (
        (PRINTED, [one for one in recipe.fields if one.printed]),
        (OPEN, [one for one in recipe.fields if not one.printed]),
    )
    sections = tuple(
        Section(tuple(map(_cells, fields)), title if recipe.printed else "")
        for title, fields in parts
        if fields
    )
    return Table(COLUMNS, sections)


def _cells(one: Field) -> tuple[str, str, str, str]:
    return one.field, value_text(one.value), one.source, one.note


def value_text(value: object) -> str:
    """A field's value as people read it; rates as `0.0005 for 2`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        pairs = bool(value) and isinstance(value[0], list | tuple)
        if pairs:
            return ", ".join(" for ".join(map(value_text, pair)) for pair in value)
        return ", ".join(map(value_text, value))
    if isinstance(value, int):
        return f"{value:,}"
    return re.sub(r",(?=[a-z])", ", ", str(value))  # a list of rows may go over lines


def cell_text(one: Field | None) -> str:
    """A field's value for a table of several recipes: in brackets where the source leaves it open.

    Empty for None, a field that the recipe does not have.
    """
    if one is None:
        return ""
    text = value_text(one.value)
    return text if one.printed else f"[{text}]"


def _beside(recipes: Sequence[Recipe]) -> Chapter:
    """The fields in which the printed recipes of a network differ, a column each."""
    rows = tuple(_rows(recipes))
    columns = (Column("field"), *(Column(recipe.name) for recipe in recipes))
    sources = "; ".join(f"{one.name}: {one.source}" for one in recipes)
    grid = Grid(Table(columns, (Section(rows),)), len(columns))
    return Chapter(BESIDE, (grid, Words(MARKS), Words(f"{sources}.")))


def _rows(recipes: Sequence[Recipe]) -> Iterator[tuple[str, ...]]:
    first, *others = recipes
    names = dict.fromkeys(name for one in others for name, _, _ in differences(first, one))
    fields = [{one.field: one for one in recipe.fields} for recipe in recipes]
    for name in names:
        yield name, *(cell_text(own.get(name)) for own in fields)


def recipe_dict(found: Found, recipe: Recipe) -> dict[str, object]:
    """The recipe as `recipe --json` prints it (schema 1)."""
    return {
        "schema": 1,
        "network": found.name,
        "recipe": recipe.name,
        "source": recipe.source,
        "data": list(recipe.data),
        "recipes": [one.name for one in found.recipes],
        "fields": [one.to_dict() for one in recipe.fields],
    }
