"""The reader of printed tables, and published numbers that agree or do not."""

import re

import pytest

from papernets.nets.registry import NETS
from papernets.said import (
    WHOSE,
    Departure,
    Erratum,
    Fact,
    Paper,
    crosses,
    error_of_paper,
    number,
    of_notes,
    rounds_to,
    table,
    whose,
    written,
)


def test_a_table_reads_as_printed():
    read = table("""
    layer  maps  size
    C1     6     28x28
    S2     .     14x14
    """)
    assert read.columns == ("layer", "maps", "size")
    assert list(read) == [
        {"layer": "C1", "maps": "6", "size": "28x28"},
        {"layer": "S2", "maps": ".", "size": "14x14"},
    ]
    assert read.column("maps") == ("6", ".")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a b\n1 2\n3", r"row 2 \(3\) has 1 cells, the table has 2 columns"),
        ("a b\n1 2 3", r"row 1 \(1 2 3\) has 3 cells, the table has 2 columns"),
        ("a a\n1 2", "names a column twice: a a"),
        ("a b", "a line of column names and at least one row"),
        ("", "a line of column names and at least one row"),
    ],
)
def test_a_wrong_table_says_where(text, message):
    with pytest.raises(ValueError, match=message):
        table(text)


def test_an_unknown_column_lists_the_columns():
    with pytest.raises(ValueError, match="no column 'size' in the table; it has layer, maps"):
        table("layer maps\nC1 6").column("size")


def test_a_number_may_have_commas():
    assert number("122,304", "C1", "connections") == 122304


@pytest.mark.parametrize("cell", ["6x", ".", "", "5.5"])
def test_a_wrong_cell_names_its_row_and_column(cell):
    with pytest.raises(ValueError, match=f"row C3, column maps: '{cell}' is not a whole number"):
        number(cell, "C3", "maps")


def test_crosses_are_read_by_column():
    read = crosses("""
         0  1  2
    0    X  .  X
    1    .  X  X
    """)
    assert read == ((0,), (1,), (0, 1))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  0 1\n0 X O", r"row 0, column 1: 'O' is neither X nor \. \(a dot\)"),
        ("  0 1\n0 X", "row 0 has 1 cells, the table has 2 columns"),
        ("  0 1\nA X X", "row A, column map: 'A' is not a whole number"),
        ("", "a line of columns and at least one row"),
        ("  0 1", "a line of columns and at least one row"),
    ],
)
def test_wrong_crosses_say_where(text, message):
    with pytest.raises(ValueError, match=message):
        crosses(text)


@pytest.mark.parametrize(
    ("ours", "printed"),
    [
        (2578, 2600),  # LeCun et al. 1998: LeNet-1 has about 2,600 free parameters
        (98_442, 100_000),  # and about 100,000 connections
        (60_965_224, 60_000_000),  # Krizhevsky et al. 2012: 60 million parameters
        (60_965_224, 61_000_000),
        (0.0095, 0.01),
        (0.0149, 0.01),
        (5_713_216_096, 5_700_000_000),
        (5_763_216_096, 5_700_000_000),  # cut off after two digits
        (5_400_000_000, 5_000_000_000),
        (17, 17),
        (0, 0),
    ],
)
def test_a_rounded_number_is_met(ours, printed):
    assert rounds_to(ours, printed)


@pytest.mark.parametrize(
    ("ours", "printed"),
    [
        (51_050, 17_000),  # the dense LeNet-4 against the paper's
        (2700, 2600),
        (71_000_000, 60_000_000),
        (62_378_344, 61_000_000),  # one tower is not the paper's two
        (0.021, 0.01),
        (5_713_216_096, 5_000_000_000),  # Szegedy et al. 2015, abstract: one digit rounds to 6
        (0.0199, 0.01),
        (1, 0),
    ],
)
def test_another_number_is_not(ours, printed):
    assert not rounds_to(ours, printed)


def test_facts_are_exact_unless_the_source_rounds():
    assert Fact("params", 60_000, "s").agrees(60_000)
    assert not Fact("params", 60_000, "s").agrees(60_001)
    assert Fact("params", 60_000, "s", about=True).agrees(60_001)
    assert not Fact("params", 60_000, "s", about=True).agrees(70_001)
    assert Fact("C1.out", (6, 28, 28), "s").agrees((6, 28, 28))
    assert not Fact("C1.out", (6, 28, 28), "s").agrees((6, 28, 27))
    assert not Fact("C1.out", (6, 28, 28), "s", about=True).agrees(6)


def test_a_source_may_say_less_than_a_number():
    under = Fact("params", 25_000_000, "s", below=True)
    assert under.agrees(24_078_536)
    assert not under.agrees(25_000_000)
    assert not under.agrees(25_769_544)


def test_only_an_error_is_measured():
    assert Fact("error", 0.0095, "section III-B").measured
    assert not Fact("params", 60_000, "section II-B").measured


def test_a_paper_prints_so_that_it_can_be_found():
    paper = Paper("A title", "A, B", 1998, "Proc. IEEE 86(11)")
    assert str(paper) == "A, B (1998). A title. Proc. IEEE 86(11)."


def test_values_are_frozen():
    for value in (Departure("a", "b"), Erratum("params", 1, "s", "w"), Fact("params", 1, "s")):
        with pytest.raises(AttributeError):
            value.what = "changed"


@pytest.mark.parametrize(
    ("source", "notes"),
    [
        ("section II-B", False),
        ("LeCun et al. 1989", False),
        ("notes 001, printed summary", True),
        ("notes 000, LeNet-5 list; notes 002, table", True),
        ("section III-C; notes 000, LeNet-4", False),
        ("notes 001, LeNet-5 layer by layer; section II-B", False),
        ("104 + 808 + 1,290", True),
    ],
)
def test_notes_are_no_paper(source, notes):
    assert of_notes(source) is notes


@pytest.mark.parametrize(
    ("source", "of"),
    [
        ("table 3: 4.8 Bn Ops", "paper"),
        ("Araujo, Norris, Sim 2019: vgg_16", "paper"),
        ("Araujo, Norris, Sim 2019, TF-Slim's inception_v2", "paper"),
        ("torchvision 0.28, measured", "code"),
        ("keras.applications 3.15.1, counted", "code"),
        ("the authors' release, TF-slim, inception_v3.py: names", "code"),
        ("torchvision 0.28.0, models/inception.py; timm 1.0.31: counted", "code"),
        ("table 1; torchvision 0.28", "paper"),
        ("timm 1.0.31, counted; notes 002", "code"),
        ("the six convolutions' sum, by hand", "notes"),
        ("notes 001 (He et al. 2015, table 5)", "notes"),
    ],
)
def test_whose_a_number_is(source, of):
    assert whose(source) == of


PRINTED = re.compile(
    r"(section|table|figure) [\w.]|abstract|appendix|[A-Z]\w+( et al\.|, \w+, \w+)? \d{4}|"
    r"[A-Z]\w+ et al\. \d{4}|the network's name$"
)


def test_no_other_source_is_called_a_papers():
    """A paper's number says where in it, or which other paper; the rest is code or notes."""
    sources = {c.source for entry in NETS for c in (*entry.make().facts, *entry.make().errata)}
    of_papers = [
        part.strip() for source in sources if whose(source) == "paper" for part in source.split(";")
    ]
    assert [part for part in of_papers if not PRINTED.match(part) and not of_notes(part)] == []
    assert {whose(source) for source in sources} == set(WHOSE)


@pytest.mark.parametrize(
    ("value", "text"),
    [(60_000, "60,000"), ((6, 28, 28), "6x28x28"), (0.75, "0.75"), (2.0, "2"), ("same", "same")],
)
def test_values_as_people_write_them(value, text):
    assert written(value) == text and written(None) == ""


def test_the_papers_error_is_not_that_of_notes():
    notes = Fact("error", 0.0263, "notes 001")
    paper = Fact("error", 0.0095, "section III-B")
    assert error_of_paper((Fact("params", 1, "section I"), notes, paper)) is paper
    assert error_of_paper((notes,)) is None
    assert error_of_paper((Fact("error", 0.328, "TF-slim's released MobileNets"),)) is None
