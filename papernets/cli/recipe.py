"""recipe: how a network is trained, field by field with its source, without torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from . import screen
from .explain import NAMED, bundle_of, network, show
from .flags import Json, own_file, wrong_use
from .output import Csv, Html, Latex, Markdown, Output, chosen, write

if TYPE_CHECKING:
    from ..show.document import Document


def recipe(
    name: Annotated[
        str | None, typer.Argument(help=f"{NAMED} Without it: all that is printed, a line each.")
    ] = None,
    which: Annotated[
        str | None,
        typer.Argument(metavar="[RECIPE]", help="One of its recipes. [paper, else its first]"),
    ] = None,
    json: Json = False,
    csv: Csv = False,
    markdown: Markdown = False,
    latex: Latex = False,
    html: Html = False,
    output: Output = "",
) -> None:
    """Print how a network is trained, and who prints each field.

    What a paper leaves open is named, with what was chosen. Where papers and released code differ,
    both stand side by side.
    """
    from ..show.writers import FORMATS

    flags = {"json": json, "csv": csv, "markdown": markdown, "latex": latex, "html": html}
    wanted = chosen(flags, output)
    value, page = _all() if name is None else _one(name, which or "")
    if wanted == "json":
        write(screen.json_lines(value), output)
    elif wanted:
        write(FORMATS[wanted](page), output)
    else:
        show(page)


def _one(name: str, which: str) -> tuple[dict[str, object], Document]:
    """A network's recipe as JSON has it, and as a page."""
    from ..nets import look_up
    from ..show.recipe_page import chosen as recipe_of
    from ..show.recipe_page import recipe_dict, recipe_page

    with own_file(name):
        with wrong_use():
            found = look_up(name) if bundle_of(name) is None else network(name)
            recipe = recipe_of(found, which)
        return recipe_dict(found, recipe), recipe_page(found, recipe)


def _all() -> tuple[dict[str, object], Document]:
    """All printed recipes, likewise."""
    from ..show.recipe_overview import every, overview

    return {"schema": 1, "recipes": [one.to_dict() for one in every()]}, overview()
