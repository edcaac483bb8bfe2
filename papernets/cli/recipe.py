"""recipe: how a network is trained, field by field with its source, without torch."""

from __future__ import annotations

from typing import Annotated

import typer

from . import screen
from .explain import NAMED, network, show
from .flags import Json, own_file, wrong_use
from .output import Csv, Html, Latex, Markdown, Output, chosen, write


def recipe(
    name: Annotated[str, typer.Argument(help=NAMED)],
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
    """Print how a network is trained: each field, its value, and who prints it.

    What a paper leaves open is named, with what was chosen. Where papers and released code differ,
    both stand side by side.
    """
    from ..show.recipe_page import chosen as recipe_of
    from ..show.recipe_page import recipe_dict, recipe_page
    from ..show.writers import FORMATS

    flags = {"json": json, "csv": csv, "markdown": markdown, "latex": latex, "html": html}
    wanted = chosen(flags, output)
    with own_file(name):
        found = network(name)
        with wrong_use():
            one = recipe_of(found, which or "")
        if wanted == "json":
            write(screen.json_lines(recipe_dict(found, one)), output)
        elif wanted:
            write(FORMATS[wanted](recipe_page(found, one)), output)
        else:
            show(recipe_page(found, one))
