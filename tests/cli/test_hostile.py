"""What explain, compare, cite, draw and lesson answer to files, names and places made to hurt."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import siblings

from papernets.cli import main

PLAIN = "from papernets.spec import *\nNET = Net('n', (1, 8, 8), 3, chain({'c': Conv(3, 3)}))\n"
NAMED = (
    "from papernets.spec import *\n"
    "NET = Net({0!r}, (1, 8, 8), 3, chain({{{0!r}: Conv(3, 3), 'd': Conv(3, 3)}}))\n"
)
VERBS = {
    "explain": ["explain", "own.py:NET"],
    "a layer": ["explain", "own.py:NET", "c", "--json"],
    "compare": ["compare", "lenet5", "own.py:NET"],
    "cite": ["cite", "own.py:NET"],
    "draw": ["draw", "own.py:NET", "-o", "x.svg"],
}
every_verb = pytest.mark.parametrize("words", VERBS.values(), ids=list(VERBS))
posix = pytest.mark.skipif(os.name != "posix", reason="needs pipes and signals")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


# Errors


@every_verb
@pytest.mark.parametrize(
    "text",
    [
        "raise ValueError('first\\nsecond\\r\\n  third')",
        "raise ValueError('y' * 100_000)",
        "def NET():\n    raise KeyError('a\\n' * 1000 + 'z' * 5000)",
    ],
    ids=["lines", "long", "both"],
)
def test_what_a_file_says_is_one_line_that_can_be_read(here, capsys, words, text):
    (here / "own.py").write_text(text)
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert err.startswith("error: own.py") and (out, err.count("\n")) == ("", 1)
    assert len(err) < 3000 and os.listdir(here) == ["own.py"]


@pytest.mark.parametrize("name", ["a\nb", "a\r\n\r\nb", "x" * 5000], ids=["line", "lines", "long"])
@pytest.mark.parametrize("words", [["cite"], ["explain", "nope"], ["explain", "--input", "1"]])
def test_a_networks_own_names_leave_an_error_on_one_line(here, capsys, name, words):
    (here / "own.py").write_text(NAMED.format(name))
    verb, *others = words
    assert main([verb, "own.py:NET", *others]) in (1, 2)
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and len(err) < 3000


def test_a_long_word_in_an_error_is_cut_and_a_path_is_not(capsys):
    assert main(["explain", "lenet5", "--convention", "a" * 10_000]) == 2
    err = capsys.readouterr().err
    assert "a" * 150 in err and "a..." in err and "There are" in err and len(err) < 1000
    path = "/".join(["nowhere" * 10] * 12)
    assert main(["explain", "lenet5", "-o", f"{path}/x.json"]) == 1
    err = capsys.readouterr().err
    assert f"error: {path}/x.json: " in err and f": make the folder {path} first" in err


@pytest.mark.parametrize(
    ("words", "field"),
    siblings.crossed(
        VERBS.values(), ["(10**9 + 1, 3)", "(10**300, 3)", "(10**5000, 3)", "(3, 10**99)"]
    ),
)
def test_numbers_without_measure_are_refused_by_their_layer(here, capsys, words, field):
    (here / "own.py").write_text(PLAIN.replace("(3, 3)", field))
    assert main(words) == 2
    err = capsys.readouterr().err
    assert ": a whole number is at most 1,000,000,000; what is given is larger" in err
    assert err.startswith("error: c: ") and err.count("\n") == 1


PAPERS = [
    ("1, 'A', 2020, 'v'", "its title is 1, not a text"),
    ("'t', 'A', '2020', 'v'", "its year is '2020', not one such as 1998"),
    ("'t', 'A', 10**5000, 'v'", "its year is a number of thousands of digits, not one such"),
    ("'t', 'A', 2020, None", "its venue is None, not a text"),
]


@pytest.mark.parametrize(("words", "fields", "said"), siblings.crossed(VERBS.values(), PAPERS))
def test_a_paper_is_texts_and_a_year(here, capsys, words, fields, said):
    (here / "own.py").write_text(
        f"{PLAIN}from papernets.said import Paper\nPAPER = Paper({fields})\n"
    )
    assert main(words) == 2
    assert f"error: own.py: PAPER: {said}" in capsys.readouterr().err


@posix
def test_a_folder_that_was_removed(here, capsys, monkeypatch):
    (here / "gone").mkdir()
    monkeypatch.chdir(here / "gone")
    (here / "gone").rmdir()
    assert main(["explain", "own.py:NET"]) == 2
    assert "error: own.py: no such file" in capsys.readouterr().err


# Files that meddle with the streams


@pytest.mark.parametrize(
    ("stream", "verb"), siblings.crossed(["stdout", "stderr"], ["explain", "cite"])
)
def test_a_file_that_closes_a_stream(here, stream, verb):
    """In a process of its own: its exit writes what the streams still hold."""
    (here / "own.py").write_text(f"import sys\nsys.{stream}.close()\n{PLAIN}")
    found = subprocess.run(
        [sys.executable, "-m", "papernets", *VERBS[verb]],
        capture_output=True,
        text=True,
        timeout=60,
    )
    if verb == "explain":
        assert found.returncode == 0 and found.stdout.startswith("n\n") and found.stderr == ""
    else:
        assert found.returncode == 1 and found.stderr.startswith("error: no paper stands beside n")
        assert found.stderr.count("\n") == 1


# Names on a terminal


def test_a_line_break_in_a_name_breaks_no_line(here, capsys, monkeypatch):
    (here / "own.py").write_text(
        "from papernets.spec import *\n"
        "NET = Net('n', (1, 8, 8), 3, chain({'a\\nb': Conv(3, 3), 'c': Conv(3, 3)}))\n"
    )
    for on in (False, True):
        monkeypatch.setattr("papernets.cli.screen.terminal", lambda on=on: on)
        assert main(["explain", "own.py:NET"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert not any(line.startswith("b") for line in lines)
        assert any(line.startswith("1. a\\nb") for line in lines)
        assert any(line.startswith("  a\\nb ") and "size (8 - 3)/1" in line for line in lines)


# Output


WRITERS = {
    "explain": (["explain", "lenet5"], "json"),
    "a layer": (["explain", "lenet5", "c1"], "html"),
    "compare": (["compare", "lenet5", "alexnet"], "csv"),
    "cite": (["cite", "lenet5"], "bib"),
    "draw": (["draw", "lenet5"], "svg"),
    "lessons": (["lessons"], "md"),
    "lesson": (["lesson", "stride"], "ipynb"),
}
every_writer = pytest.mark.parametrize(("words", "suffix"), WRITERS.values(), ids=list(WRITERS))


@posix
@every_writer
def test_a_pipe_is_not_replaced_by_a_file(here, capsys, words, suffix):
    """As root, a device would be."""
    path = here / f"x.{suffix}"
    os.mkfifo(path)
    assert main([*words, "-o", path.name]) == 1
    assert f"error: {path.name} is not a regular file: nothing is wri" in capsys.readouterr().err
    assert path.is_fifo() and os.listdir(here) == [path.name]


@every_writer
def test_a_full_disk_keeps_what_was_there(here, capsys, monkeypatch, words, suffix):
    path = here / f"x.{suffix}"
    path.write_text("old")

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("papernets.files.os.fsync", full)
    assert main([*words, "-o", path.name]) == 1
    said = f"error: the disk is full: {path.name} was not written, what was there before is kept\n"
    assert capsys.readouterr().err == said
    assert path.read_text() == "old" and os.listdir(here) == [path.name]


@posix
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_a_signal_while_it_is_written_keeps_what_was_there(here, monkeypatch, number, code):
    (here / "x.json").write_text("old")
    monkeypatch.setattr("papernets.files.os.fsync", lambda _: os.kill(os.getpid(), number))
    if number == signal.SIGINT:  # a shell's background job begins without it
        signal.signal(number, signal.default_int_handler)
    assert main(["explain", "lenet5", "-o", "x.json"]) == code
    assert (here / "x.json").read_text() == "old" and os.listdir(here) == ["x.json"]


def test_a_home_folder_is_meant_as_a_shell_means_it(here, monkeypatch):
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.setenv("USERPROFILE", str(here))
    assert main(["explain", "lenet5", "-o", "~/x.json"]) == 0
    assert os.listdir(here) == ["x.json"]


# What is compared


def test_two_files_that_claim_otherwise_are_two_networks(here, capsys):
    for name, error in (("a", 0.1), ("b", 0.2), ("c", 0.1)):
        (here / f"{name}.py").write_text(
            f"{PLAIN}from papernets.said import Claim, Paper\n"
            "PAPER = Paper('t', 'A', 2020, 'v')\n"
            f"CLAIMS = (Claim('error', {error}, PAPER.at('table 1'), conditions='top-1'),)\n"
        )
    assert main(["compare", "a.py:NET", "b.py:NET", "c.py:NET", "--columns", "top1"]) == 0
    out, err = capsys.readouterr()
    assert "a.py:NET" in out and "b.py:NET" in out and "c.py:NET" not in out
    assert err == "c.py:NET is a.py:NET, which stands there already: it is shown once\n"


# The import


def test_the_package_imports_nothing_slow_before_ctrl_c_is_guarded():
    root = Path(__file__).parents[2]
    code = f"import sys; sys.path.insert(0, {str(root)!r}); import papernets; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=60
    )
    loaded = set(found.stdout.split())
    assert "papernets" in loaded and not {"typing", "re", "enum", "typer"} & loaded
