"""A table in each format: what stands in it is escaped, sums and sections keep their place."""

import csv
import io
import xml.etree.ElementTree as tree

import pytest

from papernets.tables import (
    FORMATS,
    Column,
    Section,
    Table,
    csv_text,
    html,
    latex,
    markdown,
    plain_text,
)

HOSTILE = r"<script>alert(1)</script> \input{/etc/passwd} | $x_1$ & `a` \ud800"
COLUMNS = (Column("layer"), Column("MACs", right=True, key="macs"))
TABLE = Table(
    COLUMNS,
    (
        Section((("conv1", 105_415_200), (HOSTILE, None)), "stage 1", ("in all", 105_415_200)),
        Section((("=1+1", 7),)),
    ),
    "A network",
    ("A note with 5 %.",),
)


def test_csv_has_plain_numbers_and_no_sums():
    rows = list(csv.reader(io.StringIO(csv_text(TABLE))))
    assert rows[0] == ["section", "layer", "macs"]
    assert rows[1] == ["stage 1", "conv1", "105415200"]
    assert len(rows) == 4
    assert rows[3] == ["", "'=1+1", "7"]


def test_characters_stand_in_columns():
    """Numbers end in one column, each section has its title and its sum."""
    lines = plain_text(Table(COLUMNS, TABLE.sections[:1], "A network", TABLE.notes)).splitlines()
    assert lines[0] == "A network" and lines[-1] == "A note with 5 %."
    numbers = [line for line in lines if line.endswith("105,415,200")]
    assert len(numbers) == 2 and len(set(map(len, numbers))) == 1
    assert "stage 1" in lines and "stage 1" not in plain_text(Table(COLUMNS, TABLE.sections[1:]))


def test_markdown_keeps_its_columns_whatever_a_name_holds():
    lines = [line for line in markdown(TABLE).splitlines() if line.startswith("|")]
    bars = [line.replace("\\|", "").count("|") for line in lines]
    assert set(bars) == {3}
    assert "<script>" not in markdown(TABLE).replace("\\<", "")
    assert "| --- | --: |" in markdown(TABLE)


def test_latex_runs_nothing_of_a_name():
    text = latex(TABLE)
    assert r"\input" not in text
    assert r"\textbackslash{}input\{" in text
    assert r"105,415,200 \\" in text
    assert r"5 \%" in text
    assert text.count(r"\toprule") == text.count(r"\bottomrule") == 1


@pytest.mark.parametrize("name", ["[3cm]", "*", "`x`"])
def test_latex_takes_no_name_for_the_argument_of_a_command(name):
    r"""`\\\\` and `\midrule` would take a bracket or a star behind them as theirs."""
    table = Table(COLUMNS, (Section(((name, 1), (name, 2)), "", (name, 3)),))
    rows = [line for line in latex(table).splitlines() if line.endswith(r"\\")][1:]
    assert len(rows) == 3 and all(row[0] in "{\\" for row in rows)


def test_html_is_well_formed_and_escaped():
    parsed = tree.fromstring(f"<div>{html(TABLE)}</div>")
    assert parsed.find(".//script") is None
    assert [c.text for c in parsed.findall(".//thead//th")] == ["layer", "MACs"]
    assert any(HOSTILE in (cell.text or "") for cell in parsed.iter("th"))
    assert parsed.find(".//caption").text == "A network"


@pytest.mark.parametrize("write", FORMATS.values(), ids=list(FORMATS))
def test_nothing_moves_a_terminals_cursor(write):
    table = Table.of((Column("name"),), (("\x1b[2Jx\u202e",),))
    assert not {"\x1b", "\u202e"} & set(write(table))


def test_a_row_has_a_cell_for_each_column():
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        Table.of(COLUMNS, (("alone",),))
