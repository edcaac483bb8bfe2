"""The reader of printed tables."""

import pytest

from papernets.said import crosses, number, table


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
