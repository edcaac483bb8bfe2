"""Networks in a user's file: whatever goes wrong in it is one line, and stdout is for results."""

import json
import re
import sys

import pytest
import siblings

from papernets.cli import main

FILE = """
import sys
from papernets.said import Claim, Paper, Recipe, Source
from papernets.spec import Chain, Conv, Layer, Net, TableConv, chain

def made(body, name="mine", input=(1, 8, 8)):
    return Net(name, input, 3, body)

class Odd(Layer):
    def words(self, s):
        raise RuntimeError("nothing to say")

PAPER = Paper("A title", "A. Author", 2026, "a venue")
CONV = chain({"c": Conv(3, 3)})
WHOLE = made(CONV, input=[1, 8, 8])
LIST = made(chain({"c": Conv([3], 3)}))
INPUT = made(CONV, input=(1, 8))
TABLE = made(chain({"c": TableConv(5, 3)}))
CLAIM = made(CONV, "claimed")
CLAIMS = {"claimed": (Claim("params", 30, Source((5,), "table 1")),)}
RECIPE = made(CONV, "with a recipe")
RECIPES = {"with a recipe": (Recipe("r", "", 5),)}
ODD = made(chain({"c": Odd()}))
def leaves():
    sys.exit(3)
def says():
    print("made")
    return WHOLE
"""
VERBS = {
    "explain": ["explain", "{}"],
    "explain --json": ["explain", "{}", "--json"],
    "verify": ["verify", "{}"],
    "diff": ["diff", "{}", "lenet5"],
    "diff, second": ["diff", "lenet5", "{}"],
    "train": ["train", "{}", "--dry-run"],
}
every_verb = pytest.mark.parametrize("verb", VERBS)


@pytest.fixture
def own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(FILE)
    return tmp_path


def typed(verb, name):
    return main([word.format(name) for word in VERBS[verb]])


SLIPS = [
    ("LIST", "error: c: out is [3], not a whole number of at least 1"),
    ("INPUT", "error: the input of mine is (1, 8), not three whole numbers"),
    ("TABLE", "error: c: table is 5, not rows of whole numbers"),
    ("ODD", "own.py:ODD cannot be used: RuntimeError: nothing to say"),
    ("leaves", "own.py:leaves does not run: it calls sys.exit(3)"),
]


@pytest.mark.parametrize(("verb", "name", "message"), siblings.crossed(VERBS, SLIPS))
def test_a_slip_is_one_line_and_2(own, capsys, verb, name, message):
    assert typed(verb, f"own.py:{name}") == 2
    out, err = capsys.readouterr()
    assert message in err and (out, err.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    ("verb", "name", "message"),
    [
        ("explain", "CLAIM", "own.py:CLAIM cannot be used: AttributeError: "),
        ("verify", "CLAIM", "own.py:CLAIM cannot be used: AttributeError: "),
        ("train", "RECIPE", "own.py:RECIPE cannot be used: TypeError: "),
    ],
)
def test_the_last_resort_names_the_file_and_the_error(own, capsys, verb, name, message):
    assert typed(verb, f"own.py:{name}") == 2
    assert message in capsys.readouterr().err


LINES = """from papernets.spec import Conv, Layer, Net, chain
import helper

def typed(classes: int = 3) -> Net:
    return Net("mine", (1, 8, 8), classes + "a", chain({}))

class Odd(Layer):
    def shape(self, s):
        raise ValueError("no shape")

ODD = Net("odd", (1, 8, 8), 3, chain({"o": Odd()}))

def needs(classes, depth): return typed()

def deep():
    return helper.broken()

def leaves():
    raise SystemExit(3)
"""
PLACES = {
    "typed": "does not run: TypeError: unsupported operand type(s) for +: 'int' and 'str' (",
    "ODD": "o: no shape (",
    "needs": "missing 2 required positional arguments: 'classes' and 'depth' (",
    "deep": 'can only concatenate list (not "int") to list (',
    "leaves": "it calls sys.exit(3) (",
}
AT = {"typed": 5, "ODD": 9, "needs": 13, "deep": 2, "leaves": 19}


@pytest.mark.parametrize(("verb", "name"), siblings.crossed(VERBS, PLACES))
def test_an_error_in_a_users_file_says_file_and_line(tmp_path, monkeypatch, capsys, verb, name):
    """That of the user's file, or of another one beside it in which it was made."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "helper", raising=False)
    (tmp_path / "lines.py").write_text(LINES)
    (tmp_path / "helper.py").write_text("def broken():\n    return [] + 3\n")
    assert typed(verb, f"lines.py:{name}") == 2
    err = capsys.readouterr().err.replace(f"{tmp_path}/", "")
    file = "helper.py" if name == "deep" else "lines.py"
    assert PLACES[name] in err and err.endswith(f"({file}, line {AT[name]})\n")
    assert err.count("\n") == 1 and err.count(", line ") == 1


@every_verb
@pytest.mark.parametrize(
    ("text", "at"), [("x = 1\ny = 1 +\n", 2), ("\n\nimport no_such_module\n", 3)]
)
def test_a_file_that_does_not_run_says_its_line_once(tmp_path, monkeypatch, capsys, verb, text, at):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.py").write_text(text)
    assert typed(verb, "wrong.py:NET") == 2
    err = capsys.readouterr().err.replace(f"{tmp_path}/", "")
    assert err.endswith(f"(wrong.py, line {at})\n") and err.count(", line ") == 1


def test_convert_says_file_and_line_too(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "helper", raising=False)
    (tmp_path / "lines.py").write_text(LINES)
    (tmp_path / "helper.py").write_text("")
    words = ["convert", "x.pt", "--net", "lines.py:typed", "--out", "b"]
    assert main(words) == 2 and "(lines.py, line 5)" in capsys.readouterr().err


def test_a_defect_of_ours_is_still_raised(monkeypatch):
    """Only a user's file is to blame for what is not known."""

    def broken(*_):
        raise TypeError("ours")

    monkeypatch.setattr("papernets.cli.explain.with_graph", broken)
    with pytest.raises(TypeError, match="ours"):
        main(["explain", "lenet5"])


@pytest.mark.parametrize(("verb", "code"), siblings.crossed(VERBS, ["0", "3", "'gone'", ""]))
def test_a_file_that_leaves_does_not_run(own, capsys, verb, code):
    (own / "exit.py").write_text(f"import sys\nsys.exit({code})\n")
    assert typed(verb, "exit.py:NET") == 2
    out, err = capsys.readouterr()
    assert f"exit.py does not run: it calls sys.exit({code or None})" in err and out == ""


def test_what_a_file_prints_goes_to_stderr(own, capsys):
    (own / "loud.py").write_text("print('loaded')\n" + FILE)
    assert main(["explain", "loud.py:says", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["input"] == [1, 8, 8]
    assert err == "loaded\nmade\n"


EMPTY = [
    (["explain", ""], "NAME"),
    (["verify", ""], "NAME"),
    (["train", "", "--dry-run"], "NAME"),
    (["diff", "lenet5", ""], "B"),
    (["evaluate", ""], "BUNDLE"),
    (["predict", "", "x.png"], "BUNDLE"),
    (["data", "show", ""], "DATA"),
    (["explain", "lenet5", "--input", ""], "--input"),
    *(
        (["train", "lenet5", "--dry-run", option, ""], option)
        for option in ("--data", "--data-dir", "--out", "--weights", "--recipe", "--config")
    ),
    (["evaluate", "lenet5", "--data", ""], "--data"),
    (["evaluate", "lenet5", "--out="], "--out"),
    (["convert", "x.pt", "--from", "", "--net", "alexnet", "--out", "b"], "--from"),
    (["convert", "x.pt", "--from", "auto", "--net", "", "--out", "b"], "--net"),
    (["convert", "x.pt", "--from", "auto", "--net", "alexnet", "--out", ""], "--out"),
]


@pytest.mark.parametrize(("words", "which"), EMPTY, ids=[" ".join(words) for words, _ in EMPTY])
def test_an_empty_value_is_wrong_use(words, which, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    said = f"error: {which} is empty: give a value, or leave it out\n"
    assert capsys.readouterr() == ("", said)
    assert list(tmp_path.iterdir()) == []


LONG = "a" * 5000


@pytest.mark.parametrize(
    "words",
    [
        ["explain", LONG],
        ["explain", f"{LONG}.py:NET"],
        ["diff", "lenet5", LONG],
        ["train", "lenet5", "--data", LONG],
        ["train", "lenet5", "--data", LONG, "--dry-run"],
        ["train", "lenet5", "--out", LONG],
        ["train", "lenet5", "--weights", LONG],
        ["evaluate", "lenet5", "--data", LONG],
        ["evaluate", LONG],
        ["data", "show", LONG],
    ],
    ids=lambda words: " ".join(word[:20] for word in words),
)
def test_a_name_longer_than_any_files_is_wrong_use(words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert re.fullmatch(
        r"error: a{40}\.\.\.: a name of 5,00\d characters, too long for a file or network\n", err
    )
    assert out == "" and list(tmp_path.iterdir()) == []
