"""How a network is trained, and weights that there are: ours, with their error, and others'."""

from __future__ import annotations

from collections.abc import Iterator

from papernets.bundle.find import shipped
from papernets.bundle.info import described
from papernets.nets import Found
from papernets.peers.addresses import Address, addresses
from papernets.said import Recipe
from papernets.show.recipe_page import fields_table
from papernets.tables import Column, Table
from papernets.words import percent
from website import text

FILES = (
    *(Column("from"), Column("its name for the network"), Column("weights"), Column("size")),
    Column("checksum"),
)
DIGITS = 8
"""Of a checksum that are shown: the command checks all."""


def parts(found: Found) -> Iterator[str]:
    """The sections on weights, recipes and first weights."""
    yield from _trained(found)
    yield from _published(found)
    yield from _recipes(found)
    yield "## First weights"
    yield f"{text.prose(found.initialisation.source)}. See [first weights](../initialisation.md)."


def _trained(found: Found) -> Iterator[str]:
    """The error of the weights that come with the package."""
    folder = shipped(found.name)
    if folder is None:
        return
    info = described(folder)
    yield "## Comes trained"
    error, images = info.metrics.get("test_error"), info.metrics.get("test_images")
    if isinstance(error, float):
        pictures = f" on {images:,} test pictures" if isinstance(images, int) else ""
        yield (
            f"These weights make {percent(error)} errors{pictures} of {info.run.get('data')}, "
            f"by the recipe {text.code(str(info.run.get('recipe')))}. "
            "[Results](../results.md) has other seeds, the machine and the commands."
        )
    yield text.fence(f"papernets predict {found.name} picture.png", "console")


def of_network(name: str) -> list[Address]:
    """The published weights of a network, options of it included."""
    return [one for one in addresses() if one.ours.split()[0] == name]


def _published(found: Found) -> Iterator[str]:
    """Weights that others published for it."""
    several = of_network(found.name)
    if not several:
        return
    yield "## Weights that others trained"
    rows = tuple(
        (
            *(one.peer, one.name, one.weights, one.size or "not published"),
            f"{one.algorithm} {one.checksum[:DIGITS]}" if one.checksum else "on the file's page",
        )
        for one in several
    )
    yield text.scrolling(Table.of(FILES, rows), "Published weights")
    first = several[0]
    yield text.fence(
        f"papernets weights get {first.label} --from {first.peer} --out bundles/{first.folder}",
        "console",
    )
    yield "[Weights that others trained](../weights.md) says what is checked on the way."


def _recipes(found: Found) -> Iterator[str]:
    if not found.recipes:
        return
    yield "## Recipes"
    yield (
        f"The first is taken unless the data set has one of its own. "
        f"{text.code(f'papernets train {found.name} --recipe NAME --dry-run')} prints all. "
        "[Recipes](../recipes.md) says how to read them."
    )
    for recipe in found.recipes:
        yield text.folded(
            _head(recipe), text.scrolling(fields_table(recipe), recipe.name), "screen"
        )


def _head(recipe: Recipe) -> str:
    of = f" (for {', '.join(recipe.data)})" if recipe.data else ""
    return f"{recipe.name}{of}: {recipe.source}"
