"""The tutorials show what a terminal shows: their commands are run again."""

import re
import sys

import pytest
from website import transcripts

PAGES = {path.name: path.read_text(encoding="utf-8") for path in transcripts.PAGES}
QUICK = [
    (name, step) for name, page in PAGES.items() for step in transcripts.steps(page) if step.quick
]
FIRST = {step.command.split()[1]: step for _, step in reversed(QUICK)}
"""Of each verb the first command, for every day."""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")


@pytest.mark.parametrize(
    ("name", "step"),
    [
        pytest.param(
            *one,
            id=one[1].command,
            marks=() if one[1] in FIRST.values() or ".py:" in one[1].command else pytest.mark.slow,
        )
        for one in QUICK
    ],
)
def test_a_command_prints_what_the_page_shows(name, step, tmp_path):
    for file, content in transcripts.files(PAGES[name]).items():
        (tmp_path / file).write_text(content)
    assert step.cut(transcripts.run(step.command, tmp_path)) == step.output, (
        "renew the pages: python docs/website/transcripts.py"
    )


def masked(text):
    """A transcript without the numbers that a machine's speed or arithmetic changes."""
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"(?<![\w-])[<>]?\d[\d,.:]*( (thread|core)s?)?(?!\w)", "N", text)


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_done_from_top_to_bottom(name):
    """Every command of a page works, and prints the same words."""
    shown = list(transcripts.steps(PAGES[name]))
    again = list(transcripts.steps(transcripts.renewed(PAGES[name])))
    assert [step.command for step in again] == [step.command for step in shown]
    for old, new in zip(shown, again, strict=True):
        assert bool(old.output) == bool(new.output), old.command
        if "train" not in old.command and "runs/" not in old.command:
            assert masked(new.output) == masked(old.output), old.command
        assert not re.search(r"^(error:|Traceback|\w+Error:)", new.output, re.M), new.output


def test_what_is_left_out_is_marked():
    step = transcripts.Step("x", "", 1, 2)
    assert step.cut("a\nb\nc\nd\ne\n") == "a\n...\nd\ne\n"
    assert step.cut("a\nb\nc\n") == "a\nb\nc\n"
    assert transcripts.Step("x", "", None, None).cut("a\nb\n") == "a\nb\n"
    assert transcripts.Step("x", "", None, 1).cut("a\nb\nc\n") == "...\nc\n"
