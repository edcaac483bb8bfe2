"""The reader of printed recipes: settings, words, what is open, and what is wrong in a table."""

import pytest

from papernets.said import Code, Field, Notes, Paper, Recipe, differences

PAPER = Paper("A Title", "Ab, Cd, Ef", 2012, "NIPS 25")
TABLE = """
field           value           where                note
optimizer       sgd             section 5
learning_rate   0.01            section 5            the same for all layers, which is told over
                                                     two lines
enlarge         256/224         section 2
milestones      [1/4, 3/4]      section 5
rates           [[5e-4, 2], [2e-4, 3]]  section 5
augment.flip    0.5             section 4
augment.pca     0.1             "                    standard deviation
patience        5               open                 by hand
weight_decay    0.0002          open: Caffe          not printed
standardise     true            open
length          450,000 steps   section 5
"""


def test_a_table_gives_settings_by_name_and_table() -> None:
    recipe = PAPER.recipe("paper", TABLE)
    assert recipe.settings == {
        "optimizer": "sgd",
        "learning_rate": 0.01,
        "enlarge": 256 / 224,
        "milestones": [0.25, 0.75],
        "rates": [[5e-4, 2], [2e-4, 3]],
        "augment": {"flip": 0.5, "pca": 0.1},
        "patience": 5,
        "weight_decay": 0.0002,
        "standardise": True,
    }
    assert recipe.source == "Ab, Cd, Ef 2012"


def test_what_is_printed_and_what_is_open_are_told_apart() -> None:
    fields = {one.field: one for one in PAPER.recipe("paper", TABLE).fields}
    told = "the same for all layers, which is told over two lines"
    assert fields["learning_rate"] == Field("learning_rate", 0.01, "section 5", True, told)
    assert fields["augment.pca"].source == "section 4"  # as above it
    assert fields["patience"] == Field("patience", 5, "ours", False, "by hand")
    assert fields["weight_decay"] == Field("weight_decay", 0.0002, "Caffe", False, "not printed")
    assert fields["length"] == Field("length", "450,000 steps", "section 5")
    assert not fields["length"].is_setting


def test_who_is_cited_on_a_line() -> None:
    assert PAPER.recipe("x", TABLE, "S = 256").source == "Ab, Cd, Ef 2012: S = 256"
    many = Paper("A Title", "Ab, Cd, Ef, Gh", 2015, "CVPR 2016")
    assert many.short == "Ab et al. 2015"
    assert Code("fb.resnet.torch").recipe("x", TABLE).source == "fb.resnet.torch"
    assert Notes("001").recipe("x", TABLE, "a listing").source == "notes 001: a listing"


def test_a_variant_changes_fields_adds_some_and_leaves_some_out() -> None:
    recipe = PAPER.recipe("paper", TABLE)
    table = """
field          value  where
learning_rate  0.001  section 6
average        0.9    section 6
"""
    other = recipe.changed("slower", "Ab: slower", table, without=("augment.pca",))
    assert (other.name, other.source) == ("slower", "Ab: slower")
    changed = {"learning_rate": 0.001, "average": 0.9, "augment": {"flip": 0.5}}
    assert other.settings == {**recipe.settings, **changed}
    found = {name: (a and a.value, b and b.value) for name, a, b in differences(recipe, other)}
    assert found == {
        "learning_rate": (0.01, 0.001),
        "augment.pca": (0.1, None),
        "average": (None, 0.9),
    }
    with pytest.raises(ValueError, match="recipe paper has no field 'momentum' to leave out"):
        recipe.changed("slower", "", table, without=("momentum",))


def test_what_nobody_can_print_is_needed_and_no_setting() -> None:
    table = """
field         value        where      note
begin.bundle  needed       section 3  a trained one
begin.rows    conv1,fc6    section 3
weights       needed       section 3
"""
    recipe = PAPER.recipe("paper", table)
    assert [one.field for one in recipe.needs] == ["begin.bundle", "weights"]
    assert recipe.settings == {"begin": {"rows": "conv1,fc6"}}


def test_a_recipe_of_our_own_gives_its_settings_alone() -> None:
    recipe = Recipe("book", "a book", {"epochs": 3, "augment": {"flip": 0.5}}, ("digits",))
    assert recipe.fields == (
        Field("epochs", 3, "ours", False),
        Field("augment.flip", 0.5, "ours", False),
    )
    assert not recipe.printed and not recipe.needs
    with pytest.raises(ValueError, match="recipe book: its settings are not those of its fields"):
        Recipe("book", "a book", {"epochs": 4}, fields=recipe.fields)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("field  value  where\nepochs  3  text\nepochs  4  text", "a recipe has 'epochs' twice"),
        ("field  value  where\nepochs  3", "'epochs  3' has no cell for 'where'"),
        ("field  value  page\nepochs  3  4", "a table of recipes has no column 'page'"),
        ("field  value  where\nepochs  3  text  a  b", "has 5 cells for 3 columns"),
    ],
)
def test_a_wrong_line_is_named(table: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        PAPER.recipe("paper", table)


def test_an_infinite_value_is_a_word_in_json() -> None:
    assert Field("constant", float("inf"), "text").to_dict()["value"] == "inf"
    assert Field("constant", 4.0, "text").to_dict() == {
        "field": "constant",
        "value": 4.0,
        "source": "text",
        "printed": True,
        "note": "",
    }
