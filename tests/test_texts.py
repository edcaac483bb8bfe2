"""JSON is measured before it is taken apart; what a terminal acts on is written as escapes."""

import json

import pytest
from outside import DEEP, LOUD, MANY, quiet

from papernets.texts import (
    MOST_DEPTH,
    MOST_VALUES,
    check_forms,
    check_keys,
    check_plain,
    escaped,
    json_text,
    parsed,
)


@pytest.mark.parametrize("value", [1, [], {"a": [1, "}]{[,"]}, "\\", '"', ['\\"[', {"": None}]])
def test_what_json_writes_is_read(value):
    assert parsed(json.dumps(value)) == parsed(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DEEP, f"nested deeper than {MOST_DEPTH}"),
        ("[" * 501 + "]" * 501, "nested deeper than 500"),
        ("[" * 100_000, "nested deeper than 500"),
        (MANY, "more than 1,000,000 values"),
        ("[" + "1," * MOST_VALUES + "1]", "more than 1,000,000 values"),
        ("1" * 5000, "it has a number of thousands of digits"),
        ("{", "Expecting property name"),
        ('"' + '\\"[' * 300_000, "Unterminated string"),
    ],
    ids=lambda text: text[:20],
)
def test_what_no_file_of_ours_holds_is_refused(text, said):
    with pytest.raises(ValueError, match=said):
        parsed(text)


def test_signs_within_names_are_no_values():
    names = {"[" * 600: "," * MOST_VALUES, "\\": "{" * 600}
    assert parsed(json.dumps(names)) == names
    deepest = "[" * 500 + "]" * 500
    assert json.dumps(parsed(deepest)) == deepest


def test_json_moves_no_cursor_and_is_the_same_value():
    value = {LOUD: [LOUD, "straße", "\N{SNOWMAN}\N{GRINNING FACE}", "\n\t"]}
    for text in (json_text(value), json_text(value, indent=1), json_text(value, ascii_only=True)):
        assert quiet(text) and json.loads(text) == value
    assert "straße" in json_text(value)


def test_text_moves_no_cursor():
    assert escaped("a" + LOUD + "b") == r"a\x1b]0;x\x07\x9b31m\r\x7f\u202eb"
    for plain in ("two\nlines\tand é, 中, \N{GRINNING FACE}", ""):
        assert escaped(plain) == plain
    assert escaped("\udcff\x00") == r"\udcff\x00"  # a byte that is not UTF-8


def test_a_table_has_its_keys_in_their_forms():
    forms = {"n": (lambda v: isinstance(v, int), "a number")}
    check_keys({"n": 1, "m": ()}, forms, "x.json", "Again")
    for value, said in (
        ([], "x.json is no table of results. Again"),
        ({}, "x.json has no 'n'. Again"),
        ({"n": LOUD}, "x.json: 'n' is \"\\u001b"),
        ({"n": "1"}, "x.json: 'n' is \"1\", not a number. Again"),
    ):
        with pytest.raises(ValueError) as found:
            check_keys(value, forms, "x.json", "Again")
        assert str(found.value).startswith(said)
    check_forms({}, forms, "x.json", "Again")


def test_a_value_that_stands_in_many_places_counts_as_often():
    laughs = ["ha"]
    for _ in range(40):
        laughs = [laughs, laughs]
    for value in (laughs, {1: 2}, {"a": object()}):
        with pytest.raises(ValueError, match="it "):
            check_plain(value, "it")
    check_plain({"a": [1, 2.5, None, True, "x", {"b": ()}]}, "it")
