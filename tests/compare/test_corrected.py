"""The notes' tables corrected: the known errors, and that each right value is our arithmetic's."""

from __future__ import annotations

import re

import pytest

from papernets.compare.corrected import SHORT, Right, corrected, listed, named, restyled
from papernets.nets.notes.judge import as_printed
from papernets.said import check
from papernets.said.claims import rounds_to
from papernets.tables import FORMATS


def cells(name: str) -> list[list[Right]]:
    return [list(several) for _, several in corrected(name).lines]


def texts(name: str) -> list[list[str]]:
    table = corrected(name).table()
    return [table.texts(row) for row in table.rows()]


def test_002_all_comparisons() -> None:
    """ERRATA 11 to 13: units mixed, VGG-19's operations, 13 wrong rows; 92.3 is nobody's."""
    rows = [[cell.right for cell in line] for line in cells("all-comparisons")]
    assert rows[0] == ["AlexNet", "2012", "Deeper", "84.70%", "62M", "0.724B"]
    assert rows[1] == ["VGGNet", "2014", "Fixed-size kernels", "92.70%", "138M", "15.5B"]
    assert rows[2][4:] == ["7.00M", "2B"] and rows[3][4:] == ["60.2M", "11B"]
    notes = " ".join(corrected("all-comparisons").table().notes)
    assert "printed 19.6B: these are the operations of VGG-19" in notes
    assert "result; printed 84.70%: the paper: 15.3 % error, seven networks" in notes


def test_003_comparison() -> None:
    """ERRATA 1: two rows are one network too far down."""
    rows = [[cell.right for cell in line] for line in cells("comparison")]
    assert rows[4] == ["ResNet18", "18", "11.7", "44.6"]
    assert rows[5] == ["ResNet50", "50", "25.6", "97.5"]
    assert texts("comparison")[0] == ["Alexnet", "8✓", "61✓", "227✓"]


def test_winners() -> None:
    """ERRATA, results and history: Clarifai won in 2013, GoogLeNet in 2014."""
    rows = [[cell.right for cell in line][:3] for line in cells("winners")]
    assert rows == [
        ["2012", "AlexNet", "84.7% right"],
        ["2013", "Clarifai", "11.7%"],
        ["2014", "GoogLeNet", "6.66%"],
        ["2014", "GoogLeNet", ""],
        ["2015", "ResNet", "3.57%"],
    ]


@pytest.mark.parametrize("name", named())
def test_each_cell_is_as_printed_or_our_value(name: str) -> None:
    table = corrected(name)
    for line, (_, several) in zip(table.block.lines, table.lines, strict=True):
        for cell, right in zip(line.cells, several, strict=True):
            assert right.printed == cell.text and right.verdict == cell.verdict()
            if right.verdict not in ("erratum", "unexplained", "DISAGREES"):
                assert right.right == cell.text
                continue
            assert right.right != cell.text and right.why
            assert cell.claim is not None
            ours = check(cell.claim).ours
            if cell.part is not None and isinstance(ours, tuple):
                ours = ours[cell.part]
            said = cell.claim.printed
            if isinstance(said, tuple):
                said = said[cell.part or 0]
                ours = ours[0] if isinstance(ours, tuple) and len({*ours}) == 1 else ours
            if isinstance(ours, int | float):
                scale = float(said) / number(cell.text)
                same = number(right.right) * (1 if abs(scale - 1) < 1e-9 else scale)
                assert rounds_to(ours, same) or abs(ours - same) < 0.005 * abs(ours), right


def number(text: str) -> float:
    """The number of a printed cell: behind a formula's sign, or of a square's side."""
    tail = text.rpartition("=")[2].strip()
    if first := re.match(r"(\d+)[ x]", tail):
        return float(first[1])
    found, _ = as_printed(tail)
    return float(found)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", named())
def test_every_format_writes_each(name: str) -> None:
    found = corrected(name)
    for form, write in FORMATS.items():
        assert write(found.table(exact=form == "csv"))
    told = {note.split()[0] for note in found.table().notes if note.startswith("(")}
    marks = {text.split()[-1] for row in texts(name) for text in row if text.endswith(")")}
    assert {mark for mark in marks if mark.strip("()").isdigit()} == told


def test_our_value_in_the_words_of_the_source() -> None:
    assert restyled("19.6B", 19.6e9, 15_470_264_320) == "15.5B"
    assert restyled("6.4M", 6.4e6, 6_998_552) == "7.00M"
    assert restyled("28x28x96", (96, 28, 28), (128, 28, 28)) == "28x28x128"
    assert restyled("1", (1, 1), (3, 3)) == "3"
    assert restyled("9261", 9261, 9216) == "9216"
    assert restyled("62,369,152", 62_369_152, 62_378_344) == "62,378,344"
    assert restyled("92.30%", 0.923, 0.927) == "92.70%"
    assert restyled("ZFNet", "ZFNet", "Clarifai") == "Clarifai"


def test_names_of_tables() -> None:
    for short, long in SHORT.items():
        assert corrected(short).name == long == corrected(long).name
    assert corrected("002 all comparisons").name == SHORT["all-comparisons"]
    assert len(list(listed().rows())) == len(named())
    with pytest.raises(
        ValueError, match=r"several tables of the notes fit 'notes-002': notes-002-"
    ):
        corrected("notes-002")
    with pytest.raises(ValueError, match="Did you mean 'comparison'"):
        corrected("comparisn")
