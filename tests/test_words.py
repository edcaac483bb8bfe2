"""Names that are nearly right, numbers and lists, as errors and screens write them."""

from pathlib import Path

import pytest

from papernets.words import (
    brief,
    by,
    did_you_mean,
    either,
    first_line,
    gigabytes,
    listed,
    nearest,
    percent,
    plain,
    plural,
    resume_command,
    shortened,
)


def test_names_are_compared_in_their_plain_form() -> None:
    assert plain(" Inception-V3 ") == plain("inception_v3") == "inception_v3"
    assert plain("Straße") == plain("STRASSE")


@pytest.mark.parametrize(
    ("word", "loosely", "found"),
    [
        ("epochs", False, "epochs"),
        ("epoch", False, "epochs"),
        ("decay", False, None),  # 10 of 17 letters are in both
        ("decay", True, "weight_decay"),
        ("WEIGHT-DECAY", True, "weight_decay"),
        ("WEIGHT-DECAY", False, None),
        ("resnet", True, "ResNet50"),
        ("", True, None),
    ],
)
def test_the_nearest_name(word: str, loosely: bool, found: str | None) -> None:
    known = ("epochs", "weight_decay", "ResNet50")
    assert nearest(word, known, loosely) == found
    hint = did_you_mean(word, known, loosely)
    assert hint == (f" Did you mean {found!r}?" if found else "")


def test_no_name_is_near_where_there_is_none() -> None:
    assert nearest("lenet5", ()) is None and did_you_mean("lenet5", iter(())) == ""


def test_one_and_several() -> None:
    assert plural(1, "epoch") == "1 epoch" and plural(0, "epoch") == "0 epochs"
    assert plural(1200, "class", "classes") == "1,200 classes"


def test_numbers_as_people_read_them() -> None:
    assert percent(0.0095) == "0.95 %"
    assert gigabytes(25_600_000_000) == "25.6 GB" and gigabytes(4e15) == "4,000,000.0 GB"
    assert by((64, 3, 7, 7)) == "64x3x7x7" and by([10]) == "10" and by(()) == "a single number"


def test_lists_as_people_read_them() -> None:
    assert either(("a", "b")) == "a or b" and either("abc") == "a, b or c"
    assert listed("abc", 3) == "a, b, c" and listed("abcd", 3) == "a, b, c and 1 more"
    assert listed(map(repr, "ab"), 1) == "'a' and 1 more" and listed([], 3) == ""


def test_long_texts_are_cut() -> None:
    assert shortened("x" * 60) == "x" * 60 and shortened("x" * 61) == "x" * 60 + "..."
    assert shortened("abc", 2) == "ab..."


def test_the_command_can_be_copied() -> None:
    command = "papernets train --out 'my runs/1' --resume"
    assert resume_command(Path("my runs", "1")) == resume_command("my runs/1") == command


def test_the_first_line_of_an_error() -> None:
    assert first_line(ValueError("\none\ntwo")) == "one"
    assert first_line(MemoryError()) == "MemoryError"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("lenet5", "'lenet5'"),
        ("two  spaces\n", r"'two  spaces\n'"),
        (range(3), "range(0, 3)"),
        (list(range(100_000)), "[0, 1, 2, 3, 4, 5, ...]"),
        (3.5, "3.5"),
        (None, "None"),
    ],
)
def test_what_was_given_is_shown_briefly(given, said):
    assert brief(given) == said


def test_a_number_that_python_does_not_write():
    assert brief(10**5000) == brief([10**5000]) == "a number of thousands of digits"


def test_what_is_long_is_cut_and_of_what_takes_lines_its_kind_is_said():
    name = brief("a" * 10_000)
    assert len(name) == 100 and name.startswith("'aaa") and name.endswith("aaa'") and "..." in name

    class Module:
        def __repr__(self):
            return "Module(\n  (conv): Conv\n)"

    assert brief(Module()) == "a Module"
    assert len(brief([Module()] * 100)) < 100 and "\n" not in brief([Module()] * 100)
