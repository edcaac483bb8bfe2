"""A file that holds one table: a whole page of HTML, a document that TeX sets in one run."""

import shutil
import subprocess
from html.parser import HTMLParser

import pytest

from papernets.tables import FILES, Column, Section, Table

HOSTILE = r"<script>alert(1)</script> \input{/etc/passwd} | $x_1$ & `a`"
SMALL = Table(
    (Column("network"), Column("MACs", right=True)),
    (Section((("alexnet", 724_406_816), (HOSTILE, None)), "2012", ("in all", 724_406_816)),),
    f"Two of {HOSTILE}",
    (f"A note with 5 % of {HOSTILE}.",),
)
LONG = Table.of(
    (Column("lesson"), Column("exercise"), Column("answer", right=True), Column("mistakes")),
    tuple(
        (f"lesson-{at}", "How many weights? " * 12, at, f"{at}: wrong. " * 20) for at in range(90)
    ),
    "Answers, seed 7",
)
MANY = Table.of((Column("network"), Column("params", right=True)), (("vgg16", 138_357_544),) * 121)


class Tags(HTMLParser):
    """The tags of a page, and those that are open at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("table", [SMALL, LONG, MANY], ids=["small", "long", "many"])
def test_a_page_of_html_is_whole(table):
    text = FILES["html"](table)
    page = Tags()
    page.feed(text)
    assert text.lower().startswith("<!doctype html>")
    assert not page.open
    assert "script" not in page.seen
    assert page.seen.count("tr") == 1 + sum(1 for _ in table.every()) + (table is SMALL)


@pytest.mark.parametrize("table", [SMALL, LONG, MANY], ids=["small", "long", "many"])
def test_latex_runs_nothing_of_a_name(table):
    text = FILES["latex"](table)
    assert r"\input" not in text.replace(r"\textbackslash{}input", "")
    assert text.count(r"\begin{document}") == text.count(r"\end{document}") == 1


@pytest.mark.parametrize("table", [SMALL, LONG, MANY], ids=["small", "long", "many"])
def test_tex_sets_it_in_one_run_and_no_line_is_too_wide(table, tmp_path):
    if shutil.which("pdflatex") is None or shutil.which("pdftotext") is None:
        pytest.skip("pdflatex and pdftotext are not installed: they set the table")
    (tmp_path / "t.tex").write_text(FILES["latex"](table), encoding="utf-8")
    run = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout[-800:]
    assert b"Overfull" not in done.stdout
    words = subprocess.run(["pdftotext", "t.pdf", "-"], cwd=tmp_path, capture_output=True).stdout
    last = [row for section in table.sections for row in section.rows][-1]
    assert str(last[0]).split()[0][:8].encode() in words
    assert (words.count(b"\f") == 1) is (table is SMALL)


def test_a_table_is_a_part_of_a_document_that_takes_it_in(tmp_path):
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed: it sets the table")
    (tmp_path / "t.tex").write_text(FILES["latex"](SMALL), encoding="utf-8")
    (tmp_path / "own.tex").write_text(
        "\\documentclass{article}\\usepackage{booktabs}\\usepackage[T1]{fontenc}\n"
        "\\begin{document}Before. \\input{t} \\input{t} Behind.\\end{document}\n"
    )
    run = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "own.tex"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout[-800:]
