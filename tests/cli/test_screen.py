"""What people see on a terminal of some width: no word, size or number is broken."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import siblings
from outside import LOUD

from papernets.cli import main, screen
from papernets.nets.registry import NETS

ROOT = Path(__file__).resolve().parents[2]


def on_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """Both streams are a terminal without colours, of this width."""
    for name, value in {"COLUMNS": str(columns), "NO_COLOR": "1", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)


MORE = """
trained: comes with weights, for evaluate and predict. paper: the first error that it prints, top-1
unless marked; explain NAME says on which pictures. Sees, of the input's pixels: No room
for: connections, sees. A wider window shows them.
"""
"""What is said on a terminal only."""
NAMES = [entry.name for entry in NETS if "lenet" in entry.name or "inception" in entry.name]
QUICK = ("lenet5", "boosted_lenet4", "googlenet_aux", "inception_v3_aux")
SOURCES = [["verify", "--source", name] for name in ("notes-000", "notes-002", "notes-003")]
VERBS = [
    ["list"],
    ["verify"],
    *SOURCES,
    *(["explain", name] for name in (*QUICK, "alexnet", "resnet18_v2")),
]
OTHERS = [["explain", name] for name in NAMES if name not in QUICK]


@pytest.mark.parametrize("columns", [80, *siblings.slow(100, 120)])
@pytest.mark.parametrize(
    "words", [*VERBS, *siblings.slow(*OTHERS)], ids=lambda words: " ".join(words)
)
def test_no_word_is_broken(
    words: list[str],
    columns: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert main(words) == 0
    whole = set(capsys.readouterr().out.split())
    on_terminal(monkeypatch, columns)
    assert main(words) == 0
    out = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert max(map(len, out.splitlines())) <= columns
    whole |= {piece for word in whole for piece in screen.PART.split(word)}
    whole |= set(MORE.split())
    sees = {word.strip(".,") for word in whole}
    pieces = {piece for word in out.split() for piece in screen.PART.split(word)}
    left = {w for w in pieces if w not in whole}
    assert {w for w in left if w.strip(".,") not in sees} == set()


def test_the_table_of_lenet5_fits_eighty_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_terminal(monkeypatch, 80)
    assert main(["explain", "lenet5"]) == 0
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", x) for x in capsys.readouterr().out.splitlines()]
    at = next(n for n, text in enumerate(lines) if text.startswith("layer  "))
    assert lines[at].split() == [
        *("layer", "kind", "output", "details", "params", "MACs", "connections")
    ]
    rows = [text for text in lines[at + 1 : at + 13] if not text[0].isdecimal()]
    assert [text.split()[0] for text in rows] == [
        *("C1", "S2", "C3", "S4", "C5", "flatten", "F6", "output")
    ]
    sees = "Sees, of the input's pixels: C1 5x5, S2 6x6, C3 14x14, S4 16x16, C5 32x32,"
    assert lines[at + 13 : at + 15] == [sees, "flatten all."]


def test_a_table_wraps_texts_before_it_leaves_columns_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "several words that take more room than there is"
    rows = [("a", text, "1,000", "22")]
    on_terminal(monkeypatch, 43)
    assert screen.table(("n", "what", "one", "two"), rows, left=2, optional=("one",)) == ()
    assert capsys.readouterr().out.splitlines()[1:] == [
        "a  several words that take more  1,000   22",
        "   room than there is",
    ]
    on_terminal(monkeypatch, 34)
    gone = screen.table(("n", "what", "one", "two"), rows, left=2, optional=("one",))
    assert gone == ("one",)
    assert "1,000" not in capsys.readouterr().out
    on_terminal(monkeypatch, 21)
    assert screen.table(("n", "what", "one", "two"), rows, left=2, optional=("one",)) == gone
    assert capsys.readouterr().out.splitlines()[1] == "a  several words   22"


def test_words_are_wrapped_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    pipe, terminal = io.StringIO(), io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    text = "Stopped after three epochs. Go on with: " + screen.whole("papernets train --resume")
    assert screen.fitted(text, pipe) == (
        "Stopped after three epochs. Go on with: papernets train --resume"
    )
    assert screen.fitted(text, terminal).splitlines() == [
        *("Stopped after three epochs. Go", "on with:", "papernets train --resume")
    ]
    long = "x" * 40
    assert screen.fitted(f"see {long} there", terminal).splitlines() == ["see", long, "there"]
    assert screen.fitted("a\nb", terminal) == "a\nb"
    assert screen.fitted("one two three four five six", terminal, "head  ", 6).splitlines() == [
        *("head  one two three four five", "      six")
    ]


def test_summaries_of_the_verbs_are_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["--help"]) == 0
    assert "...\n" not in capsys.readouterr().out.partition("Commands:")[2]


def test_the_head_of_a_scan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from papernets.cli.scan import as_table
    from papernets.strips.scan import Digit, Reading, Scanned

    digits = (Digit("4", 0.9, 16.0), Digit("2", 0.8, 40.0))
    several = [
        Scanned("a.png", Reading("42", digits)),
        Scanned("longer.png", Reading("4", digits[:1])),
    ]
    as_table(iter(several), [one.file for one in several])
    assert capsys.readouterr().out.startswith("a.png  42  ")
    on_terminal(monkeypatch, 80)
    as_table(iter(several), [one.file for one in several])
    head, one, two = capsys.readouterr().out.splitlines()
    assert re.sub(r"\x1b\[[0-9;]*m", "", head).split() == [
        "file",
        "written",
        "score",
        "digit@column",
    ]
    assert one.startswith("a.png       42        ") and two.startswith("longer.png  4         ")


@pytest.mark.skipif(os.name != "posix", reason="needs a terminal of its own")
def test_a_terminal_has_colours_and_nothing_of_others() -> None:
    """While a bar lives rich takes the streams' place, and acts on what is printed."""
    import pty

    code = f"""
import sys
from rich.text import Text
from papernets.cli import screen
from papernets.cli.streams import streams
loud = {LOUD!r}
with streams():
    bar = screen.bar()
    bar.add_task("x", total=2)
    print(loud)
    screen.note(loud)
    print(loud, file=sys.stderr)
    bar.stop()
    screen.line(Text("plain", style="bold"))
    screen.line(Text(loud, style="bold"))
    print(loud)
"""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "PYTHONPATH": str(ROOT)},
    )
    os.close(theirs)
    content = b""
    while True:
        try:
            content += os.read(ours, 1 << 16)
        except OSError:  # nobody writes any more
            break
    os.close(ours)
    text = content.decode()
    assert process.wait() == 0
    assert "\x1b[1mplain\x1b[0m" in text and "\x1b[2K" in text  # a style, and a bar
    assert text.count("\\x1b]0;x\\x07\\x9b31m\\r\\x7f\\u202e") == 4  # rich drops a bell itself
    assert not {"\x9b", "\x07", "\x7f", "\u202e"} & set(text) and "\x1b]" not in text


def test_errors_are_wrapped_and_their_commands_are_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = "papernets convert file.pth --net resnet18 --from timm --out 'my folder'"
    text = f"error: {'it did not come, ' * 9}and from there: {command}. Or not; {command}"
    screen.error(text)
    assert capsys.readouterr().err == f"{text}\n"
    on_terminal(monkeypatch, 80)
    screen.error(text)
    lines = capsys.readouterr().err.splitlines()
    assert max(map(len, lines)) <= 80 and " ".join(lines) == text
    assert sum(line.count(command) for line in lines) == 2
    assert main(["explain", "nothing of this name", *["--set", "a=1"]]) == 2
    assert max(map(len, capsys.readouterr().err.splitlines())) <= 80
    assert main(["predict", "no such bundle " * 9, "x.png"]) == 1
    assert max(map(len, capsys.readouterr().err.splitlines())) <= 80
