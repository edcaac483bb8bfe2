"""Typed answers: how people write numbers, sizes and matrices, and what is no answer."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.resources import files

import pytest
import siblings

from papernets.lessons.answers import Answer, NoAnswer, difference, nearly, pick

MACS = Answer(120_422_400, "MACs")
ADDS = Answer(120_422_400, "multiply-adds")
QUARTER = Answer(0.25)
PER_CENT = Answer(28.0, "%")
SHARE = Answer(100 * 76 / 121, "%")
LOSS = Answer(0.026648, "")
SIZE = Answer((28, 28, 192))
MAP = Answer(((0, 30), (-30, 0)))
MEANS = Answer(((1.667, 2.0),), within=0.006)
MEMORY = Answer(553.43, "MB", within=0.5)

RIGHT = [
    *(
        (MACS, text)
        for text in ("120422400", "120,422,400", " 120 422 400 ", "1.204e8", "1.204E+8")
    ),
    *((MACS, text) for text in ("120.4 million", "120.4M", "120422400 MACs", "120,422,400 macs")),
    *((MACS, text) for text in ("0.1204 billion", "120_422_400", "= 120422400", "120422.4k")),
    *((QUARTER, text) for text in ("0.25", ".25", "25 %", "25%", "1/4", "2.5e-1", "0,25")),
    *((PER_CENT, text) for text in ("28", "28 %", "28.0%", "0.28", "28 per cent")),
    *((SHARE, text) for text in ("62.8", "62.8 %", "0.628", "62.81", "62,8 %")),
    *((LOSS, text) for text in ("0.0266", "0.02665", "2.665e-2")),
    *((SIZE, text) for text in ("28x28x192", "28 x 28 x 192", "28×28×192", "28, 28, 192")),
    *((SIZE, text) for text in ("192@28x28", "(28, 28, 192)", "28*28*192", "28X28X192")),
    *((MAP, text) for text in ("0 30; -30 0", "0,30;-30,0", "[[0, 30], [-30, 0]]", "0 30\n−30 0")),
    *((MEANS, text) for text in ("1.67 2", "1.667, 2.0", "1.67, 2.00")),
    *((MEMORY, text) for text in ("553.4 MB", "553.4", "553430000 bytes", "553", "527.8 MiB")),
    *((MACS, text) for text in ("120\u202f422\u202f400", "120\xa0422\xa0400 MACs", "1.204 × 10^8")),
    *((ADDS, text) for text in ("120422400 MACs", "120,422,400 multiply-adds", "120422400 mac")),
    *((ADDS, text) for text in ("120.4 million multiplications", "1.204*10**8", "1.204e8 madds.")),
    *((QUARTER, text) for text in ("0,250", "0,250000")),
    *((LOSS, text) for text in ("0,026648", "0,0266480")),
    *((SIZE, text) for text in ("28 by 28 by 192", "28\xa0x\xa028\xa0x\xa0192")),
    *((Answer(2.78, "times", 0.005), text) for text in ("2.78x", "2.78 times", "2.78 ×", "2,78")),
    *((Answer(61, "pixels"), text) for text in ("61 px", "61px", "61 pixel")),
    (Answer(156, "parameters"), "156 params"),
    (Answer(3072, "numbers"), "3,072 values"),
    (Answer(2048, "pictures"), "2048 images"),
    (Answer(1_448_813_632, "operations"), "1,448,813,632 FLOPs"),
    (MEMORY, "553.4 megabytes"),
    (Answer(-25), "-25"),
    (Answer(-25), "−25"),
    (Answer(60), "60.0"),
]
WRONG = [
    *((MACS, text) for text in ("120422401", "12442368", "1.3e8", "1.2e8", "-120422400")),
    *((QUARTER, text) for text in ("0.26", "25", "1/3", "0,025", "0,2500001")),
    *((Answer(1), text) for text in ("0,001", "0.001")),
    *((PER_CENT, text) for text in ("27", "0.29", "2800")),
    *((SIZE, text) for text in ("28x28x191", "28x28", "192x28x28")),
    *((MAP, text) for text in ("0 30; 30 0", "0 30", "0 30 -30 0", "0 30; -30 0; 1 1", "7")),
    (Answer(60), "59.9"),
    (Answer(60), "60 %"),
]
NONE = [
    *(
        (MACS, text)
        for text in (
            "",
            "   ",
            "many",
            "12 apples",
            "MACs",
            "-",
            "1e",
            "120422400 bytes",
            "12 params",
        )
    ),
    *(
        (MACS, text)
        for text in ("12x12", "1 2 3 4", "NaN", "inf", "--5", "1/0", "1e999", "e5", ".")
    ),
    *((MACS, text) for text in ("it's", "5 constructor", 'say "5"', "a\\b", "'\"", "x" * 70)),
    *((SIZE, text) for text in ("28 by", "28x", "x28", "28.5x28x192", "-28x28x192", "28x28xN")),
    *((MAP, text) for text in ("a b; c d", "1 2; 3 x", ";", "[[", "<script>")),
    *((MACS, text) for text in ("9" * 30_000, "9" * 400, "1e31", "/2", "-/2", "e5/2")),
    *((MAP, text) for text in ("9" * 400 + " 1; 2 3", "1e200 1; 2 3")),
]


@siblings.together("answer, text", RIGHT)
def test_a_right_answer_in_many_forms(answer: Answer, text: str):
    assert pick(text, [answer]) == 0


@siblings.together("answer, text", WRONG)
def test_a_wrong_answer_and_why(answer: Answer, text: str):
    assert pick(text, [answer]) is None
    why = difference(text, answer)
    assert why.endswith(".")
    assert answer.text not in why, "the right answer is given away"


@siblings.together("answer, text", NONE)
def test_no_answer_at_all(answer: Answer, text: str):
    with pytest.raises(NoAnswer, match=r"the answer is|it is a number") as error:
        pick(text, [answer])
    assert len(str(error.value)) < 300


def test_what_is_exactly_an_answer_goes_before_what_is_rounded():
    """A mistake that lies near is told from a rounded right answer."""
    both = [Answer(4816, "parameters"), Answer(4800, "parameters")]
    assert pick("4800", both) == 1
    assert pick("4816", both) == 0
    assert pick("4.816e3", both) == 0
    assert pick("4.80k", both) == 1
    near = [Answer(48_160), Answer(48_200)]
    with pytest.raises(NoAnswer, match="rounded too much"):
        pick("4.82e4", [Answer(48_160), Answer(48_210)])
    assert pick("4.820e4", near) == 1


def test_rounding_needs_three_digits():
    assert pick("1.2e8", [MACS]) is None
    assert "near" in difference("1.2e8", MACS)
    assert pick("63", [SHARE]) is None


@pytest.mark.parametrize("text", ["0.0003", "0.00029", "2.9e-04", "3e-4"])
def test_too_few_digits_of_the_right_answer_are_named(text: str):
    """0.000293798 rounded rightly to one or two digits: how many are wanted, not "too large"."""
    right = Answer(0.000293798)
    assert pick(text, [right]) is None and nearly(text, right)
    assert right.form == "a number, with at least 3 digits"
    assert pick("0.000294", [right]) == 0
    assert not any(nearly(other, right) for other in ("0.0004", "0", "0.00028", "0.0003 %"))
    assert not nearly("100", MACS) and not nearly("1 2", MEANS) and nearly("1.2e8", MACS)
    assert QUARTER.form == "a number"  # it has two digits and is typed in full


def cases() -> list[tuple[list[Answer], str]]:
    """Everything above, and what two near answers make of it."""
    found = [([answer], text) for answer, text in (*RIGHT, *WRONG, *NONE)]
    two = [Answer(4816, "parameters"), Answer(4800, "parameters"), Answer(4785.5, "parameters")]
    return found + [(two, t) for t in ("4800", "4.80k", "4.81e3", "4785.5", "4.8e3", "4786", "x")]


def test_the_page_reads_as_we_do():
    """The script of the page says of all that is typed above what we say, word for word."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: it runs the page's script")
    exercises = []
    for several, text in cases():
        value = several[0].value
        kind = "number"
        if isinstance(value, tuple):
            kind = "matrix" if isinstance(value[0], tuple) else "sizes"
        numbers = [one.value for one in several]
        whole = [isinstance(n, int) or (isinstance(n, float) and n.is_integer()) for n in numbers]
        first = several[0]
        one = {"kind": kind, "unit": first.unit, "within": first.within, "values": numbers}
        exercises.append([text, {**one, "whole": whole, "form": first.form}])
    script = files("papernets.lessons").joinpath("answers.js").read_text("utf-8")
    script += """
    const found = JSON.parse(require("fs").readFileSync(0, "utf8")).map(([text, one]) => {
      try {
        const at = pick(text, one);
        return at < 0 ? difference(text, one) : at;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        return error.message;
      }
    });
    console.log(JSON.stringify(found));
    """
    given = json.dumps(exercises)
    run = subprocess.run([node, "-e", script], input=given, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-500:]
    for (several, text), theirs in zip(cases(), json.loads(run.stdout), strict=True):
        try:
            ours: object = pick(text, several)
            ours = difference(text, several[0]) if ours is None else ours
        except NoAnswer as error:
            ours = str(error)
        assert theirs == ours, (text, several)
