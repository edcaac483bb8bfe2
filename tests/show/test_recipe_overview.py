"""docs/recipes.md against the code: its tables are those that the recipes make."""

from pathlib import Path

import pytest

from papernets.nets import NETS, look_up
from papernets.said import WORDS
from papernets.show.recipe_overview import every, left_table, overview_table
from papernets.tables import Column, Table, markdown

PAGE = (Path(__file__).parents[2] / "docs" / "recipes.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(overview_table(every()), id="overview"),
        pytest.param(left_table(), id="left"),
        pytest.param(
            Table.of((Column("word"), Column("what it says")), tuple(WORDS.items())), id="words"
        ),
    ],
)
def test_the_page_has_the_tables_of_the_code(table: Table) -> None:
    missing = [line for line in markdown(table).splitlines() if line not in PAGE.splitlines()]
    assert not missing, "docs/recipes.md is out of date"


def test_every_printed_recipe_is_there_once_with_all_its_networks() -> None:
    wanted = {
        (entry.name, recipe.name)
        for entry in NETS
        for recipe in look_up(entry.name).recipes
        if recipe.printed
    }
    listed = [(name, one.recipe.name) for one in every() for name in one.networks]
    assert len(listed) == len(set(listed)) and set(listed) == wanted


def test_what_is_open_stands_in_brackets() -> None:
    lines = {(one[0].split(",")[0], one[1]): one for one in overview_table(every()).rows()}
    assert lines["googlenet", "paper"][3:5] == ("[32]", "[0.01]")  # neither is printed
    assert lines["alexnet", "paper"][3:5] == ("128", "0.01")
