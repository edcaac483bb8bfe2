"""papernets lessons, papernets lesson: texts, JSON, pages, notebooks, grades, and wrong use."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from math import prod
from pathlib import Path

import pytest

from papernets.cli import main
from papernets.lessons import lessons

ALL = [one.name for one in lessons()]
SOME = ALL[::7]
"""Of each kind some: the slow tests take all of them."""
REST = [pytest.param(name, marks=pytest.mark.slow) for name in ALL if name not in SOME]


def run(*words: str, code: int = 0) -> None:
    assert main(list(words)) == code


def printed(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    """What a command says on stdout."""
    run(*words, code=code)
    return capsys.readouterr().out


def error(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a wrong command says."""
    run(*words, code=2)
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("error: ") and err.count("\n") == 1, err
    assert len(err) < 500
    return err


def test_the_list(capsys: pytest.CaptureFixture[str]):
    found = json.loads(printed(capsys, "lessons", "--json"))
    assert [one["name"] for one in found] == ALL
    assert all({"name", "chapter", "title"} <= set(one) for one in found)
    text = printed(capsys, "lessons")
    assert all(name in text for name in ALL)
    assert printed(capsys, "lessons", "--csv").count("\n") == len(ALL) + 1


@pytest.mark.parametrize("name", [*SOME, *REST])
def test_a_lesson_prints_and_its_answer_is_accepted(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    """JSON by the contract; the answer that it has is right, with a seed too."""
    text = printed(capsys, "lesson", name)
    for words in ("Step by step", "Answer: ", "Your turn", "Sources: ", "What learners often"):
        assert words in text
    for seed in ([], ["--seed", "3"]):
        found = json.loads(printed(capsys, "lesson", name, "--json", *seed))
        assert found["schema"] == 1 and found["name"] == name
        assert {"question", "steps", "answer", "sources", "misconceptions"} <= set(found)
        assert all(set(step) >= {"text", "formula", "value"} for step in found["steps"])
        given = json.dumps(found["answer"])
        assert "Right" in printed(capsys, "lesson", name, "--answer", given, *seed)
        wrong = json.dumps(found["misconceptions"][0]["answer"])
        said = printed(capsys, "lesson", name, "--answer", wrong, *seed, code=1)
        assert found["misconceptions"][0]["did"] in said
    exercise = json.loads(printed(capsys, "lesson", name, "--json"))["exercise"]
    assert exercise["seed"] == 1 and exercise["question"]


def test_numbers_are_changed(capsys: pytest.CaptureFixture[str]):
    words = ["lesson", "output-size", "--input", "64x32", "--kernel=3", "--json"]
    found = json.loads(printed(capsys, *words))
    assert found["answer"] == [62, 30]
    assert found["numbers"]["input"] == [64, 32]
    printed(capsys, "lesson", "output-size", "--kernel", "3", "--answer", "30x30")
    assert json.loads(
        printed(capsys, "lesson", "Output_Size", "--answer", "30x30", "--json", code=1)
    ) == {
        "schema": 1,
        "lesson": "output-size",
        "seed": 0,
        "right": False,
        "why": "Not right. Wrong: the height and the width.",
        "misconception": None,
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("m.txt", "1 2 3\n4 5 6\n# a remark\n\n7 8 9\n"),
        ("m.csv", "1,2,3\n4,5,6\n7,8,9\n"),
        ("m.tsv", "1\t2\t3\r\n4\t5\t6\r\n7\t8\t9\r\n"),
        ("m.json", "[[1, 2, 3], [4, 5, 6], [7, 8, 9]]"),
        ("semicolons.csv", "1;2;3\n4;5;6\n7;8;9"),
        ("mark.txt", "\ufeff1 2 3\n4 5 6\n7 8 9"),
    ],
)
def test_own_matrices(name: str, content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / name).write_text(content, encoding="utf-8", newline="")
    words = ["lesson", "convolution-by-hand", "--matrix", str(tmp_path / name), "--json"]
    found = json.loads(printed(capsys, *words, "--filter", "1 0 0; 0 1 0; 0 0 -1"))
    assert found["numbers"]["matrix"] == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert found["answer"] == 1 + 5 - 9


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("1 2\n3 x\n", "line 2: 'x' is not a number"),
        ("1 2\n3\n", "line 2: it has 1 number, but line 1 has 2"),
        ("", "has no rows of numbers"),
        ("1,,2\n", "line 1: an empty cell is not a number"),
        ("1 nan\n", "line 1: nan is not a number"),
        ("1 inf\n", "line 1: inf is not a number"),
        ("1 99999999999999999999\n", "line 1: 99999999999999999999 is not a number from"),
        ("[[1, 2], [3]]", "row 2: it has 1 number, but row 1 has 2"),
        ("[[1, 2], [3, null]]", "row 2: None is not a number"),
        ("[[1, 2], 3]", "row 2: it is not a row of numbers"),
        ("[[1, 2", "Expecting"),
        ("[" * 2000, "nested deeper"),
        ("1 2 3\n" * 40, "line 33: more than 32 rows"),
        ("1 " * 40 + "\n", "at most 32x32"),
        ("<script>alert(1)</script>\n", "is not a number"),
    ],
)
def test_what_is_no_matrix(
    content: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "m.txt"
    file.write_text(content)
    found = error(capsys, "lesson", "convolution-by-hand", "--matrix", str(file))
    assert said in found and "m.txt" in found


def test_a_file_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    words = ("lesson", "edge-map", "--matrix")
    assert "No such file" in error(capsys, *words, str(tmp_path / "gone.txt"))
    assert "is a folder" in error(capsys, *words, str(tmp_path))
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    assert "not a file of text" in error(capsys, *words, str(tmp_path / "bytes"))
    (tmp_path / "large.txt").write_text("1 " * 600_000)
    assert "more than the 1,000,000" in error(capsys, *words, str(tmp_path / "large.txt"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["convolution"], "Did you mean 'convolution-by-hand'?"),
        (["nothing-like-it-at-all"], "All lessons: papernets lessons"),
        (["output-size", "--kernal", "3"], "Did you mean '--kernel'?"),
        (["output-size", "--kernel"], "--kernel needs a value"),
        (["output-size", "--kernel", "0"], "from 1 to 64, not 0"),
        (["output-size", "--kernel", "5.5"], "a whole number from 1 to 64, not '5.5'"),
        (["output-size", "--kernel", "9" * 500], "a whole number from 1 to 64"),
        (["output-size", "--kernel", "40"], "does not fit on an input of 32x32"),
        (["output-size", "--input", "32x32x3"], "HEIGHTxWIDTH"),
        (["output-size", "--kernel", "3", "--kernel", "5"], "given twice"),
        (["output-size", "more"], "'more' stands alone"),
        (
            ["edge-map", "--filter", "1 2 3 4 5 6 7; 1 2 3 4 5 6 7"],
            "does not fit on a matrix of 6x6",
        ),
        (["edge-map", "--matrix", "1 2; 3"], "row 2: it has 1 number"),
        (["one-channel", "--channel", "reed"], "Did you mean 'red'?"),
        (["flatten-order", "--map", "16"], "counted from 0, the last one is 15"),
        (["same-padding", "--kernel", "4"], "only an odd kernel has a middle pixel"),
        (["output-size", "--seed", "-1"], "--seed: a whole number"),
        (["output-size", "--answer", "big"], "is not a size"),
        (["output-size", "--answer", " "], "nothing was typed"),
        (["output-size", "--answer", "28x28", "--html"], "--answer has no html"),
        (["output-size", "--answers", "--ipynb"], "--answers has no ipynb"),
        (["output-size", "--json", "--html"], "ask for two formats"),
        (["output-size", "-o", "x.pdf"], "no format has the suffix .pdf"),
    ],
)
def test_wrong_use(words: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    assert said in error(capsys, "lesson", *words)


def test_a_page_that_cannot_be_written(capsys: pytest.CaptureFixture[str]):
    assert main(["lesson", "output-size", "-o", "/nowhere/x.html"]) == 1
    assert "/nowhere/x.html: No such file or directory" in capsys.readouterr().err


def test_the_teachers_sheet(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    """Every lesson once; what it prints is accepted; another seed has other exercises."""
    found = json.loads(printed(capsys, "lessons", "--answers", "--seed", "7", "--json"))
    assert [one["lesson"] for one in found] == ALL
    other = json.loads(printed(capsys, "lessons", "--answers", "--seed", "8", "--json"))
    changed = [a["numbers"] != b["numbers"] for a, b in zip(found, other, strict=True)]
    assert sum(changed) > 0.8 * len(ALL)
    text = printed(capsys, "lessons", "--answers", "--seed", "7")
    assert all(f"{name}: " in text for name in ALL)
    run("lessons", "--answers", "--seed", "7", "-o", str(tmp_path / "sheet.html"))
    assert (tmp_path / "sheet.html").read_text().count("<tr>") > len(ALL)
    single = printed(capsys, "lesson", ALL[0], "--answers", "--seed", "7")
    assert "Answer: " in single
    assert "give both" in error(capsys, "lessons", "--seed", "7")


class Tags(HTMLParser):
    """The tags of a page; those that are left open."""

    VOID = frozenset({"meta", "input", "br", "link", "rect", "polyline", "circle", "path"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href", "xlink:href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag in self.VOID or self.open.pop() == tag


@pytest.mark.parametrize("name", [*SOME, *REST])
def test_a_page(name: str, tmp_path: Path):
    """Well formed, whole, with a picture and its words, and nothing from elsewhere."""
    file = tmp_path / "lesson.html"
    run("lesson", name, "-o", str(file))
    page = file.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert tags.open == [] and tags.addresses == []
    assert "svg" in tags.seen and "aria-label=" in page
    assert "https://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert len(page) < 1_500_000
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    stops = [len(slider["stops"]) for slider in data["sliders"]]
    assert all(
        len(slider["values"]) == count for slider, count in zip(data["sliders"], stops, strict=True)
    )
    for own, texts in data["lines"]:
        assert len(texts) == prod(stops[one] for one in own)
    assert len(data["exercises"]) >= 3
    for one in data["exercises"]:
        assert len(one["values"]) == len(one["said"]) >= 3 and one["said"][0].startswith("Right")
        assert all(said.startswith("Not quite") for said in one["said"][1:])


def test_a_users_words_are_escaped(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A file's name in an error is cleaned; a lesson's own words are no commands of a page."""
    file = tmp_path / "a\x1b[31m<script>.txt"
    file.write_text("1 \x1b[2J\n")
    found = error(capsys, "lesson", "edge-map", "--matrix", str(file))
    assert "\x1b" not in found
    from papernets.lessons.fragments import text, value

    assert text("<b>&\x1b") == "&lt;b&gt;&amp;\\x1b"
    assert value(((1, 2), (3, 4))).startswith("<table")


@pytest.mark.parametrize("name", [*SOME, *REST])
def test_a_notebook(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Its code runs from top to bottom; the cell of the exercise grades what is typed."""
    file = tmp_path / "lesson.ipynb"
    run("lesson", name, "-o", str(file))
    book = json.loads(file.read_text(encoding="utf-8"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    names: dict[str, object] = {}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            exec(cell["source"], names)
    worked = names["worked"]
    assert "<svg" in worked._repr_html_()  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.parametrize("name", SOME)
def test_notebooks_run_by_nbconvert(name: str, tmp_path: Path):
    """From top to bottom, by what nbconvert runs notebooks with."""
    nbformat = pytest.importorskip("nbformat")
    client = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    file = tmp_path / f"{name}.ipynb"
    run("lesson", name, "-o", str(file))
    book = nbformat.read(file, as_version=4)
    nbformat.validate(book)
    client.NotebookClient(book, timeout=120, kernel_name="python3").execute()
    outputs = [out for cell in book.cells for out in cell.get("outputs", [])]
    assert any("text/html" in out.get("data", {}) for out in outputs)
    assert not any(out["output_type"] == "error" for out in outputs)


ACTS = """
<script>
const at = (place) => document.querySelector(`.lesson ${place}`), found = [];
const field = at(".typed"), said = at(".grade");
const data = JSON.parse(document.getElementById("data").textContent);
function answer(value) {
  field.value = Array.isArray(value) && Array.isArray(value[0])
    ? value.map((row) => row.join(" ")).join("; ") : [value].flat().join("x");
  at("form").requestSubmit();
  return [said.classList[1], said.textContent];
}
for (const one of data.exercises) {
  found.push(one.values.map(answer), [answer("nonsense")]);
  at(".next").click();
}
const before = at(".example").textContent, slid = [];
for (const range of document.querySelectorAll(".lesson .sliders input")) {
  range.value = range.value === "0" ? 1 : 0;
  range.dispatchEvent(new Event("input"));
  slid.push(at(".example").textContent !== before);
}
const out = document.createElement("pre");
out.id = "found";
out.textContent = JSON.stringify({found, slid});
document.body.append(out);
</script>
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", SOME)
def test_a_page_grades_and_slides_in_a_browser(name: str, tmp_path: Path):
    """Right answers turn right, mistakes are told, nonsense is no answer; sliders change it."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("chromium is not installed: it opens the page")
    file = tmp_path / "lesson.html"
    run("lesson", name, "-o", str(file))
    file.write_text(file.read_text("utf-8").replace("</body>", ACTS + "</body>"), "utf-8")
    flags = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/browser")
    words = [browser, *flags, "--virtual-time-budget=3000", "--dump-dom", file.as_uri()]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    shown = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert shown, done.stderr[-500:]
    told = json.loads(html.unescape(shown[1]))
    assert len(told["found"]) >= 6
    for several, (nonsense,) in zip(told["found"][::2], told["found"][1::2], strict=True):
        (kind, said), *slips = several
        assert kind == "right" and said.startswith("Right: ")
        assert all(k == "not" and s.startswith("Not quite. ") for k, s in slips)
        assert nonsense[0] == "not" and "the answer is" in nonsense[1]
    assert all(told["slid"][:1])


def test_no_lesson_imports_torch(tmp_path: Path):
    """All lessons, their pages and notebooks: torch, numpy and matplotlib stay away."""
    code = """
import sys
from papernets.cli import main
assert main(["lessons", "--answers", "--seed", "2", "--json", "-o", sys.argv[1] + "/a.json"]) == 0
assert main(["lesson", "edge-map", "-o", sys.argv[1] + "/a.html"]) == 0
assert main(["lesson", "edge-map", "-o", sys.argv[1] + "/a.ipynb"]) == 0
heavy = {"torch", "numpy", "matplotlib"} & set(sys.modules)
assert not heavy, heavy
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "some", "others"),
    [
        (["cost"], {"flops", "groups"}, {"stride", "softmax"}),
        (["field-*"], {"field-of-layers", "field-of-shortcuts"}, {"sparse-connections"}),
        (["Output_Size"], {"output-size"}, {"same-padding"}),
        (["LeNet-5"], {"connection-table"}, {"flops"}),
        (["vgg16"], {"dense-after-flatten", "mebibytes"}, {"groups"}),
        (["softmax", "stride"], {"softmax", "stride"}, {"edge-map"}),
    ],
)
def test_lessons_are_chosen(
    words: list[str], some: set[str], others: set[str], capsys: pytest.CaptureFixture[str]
):
    """By chapter, pattern, name, or a word in them; in the order in which they are read."""
    names = [one["name"] for one in json.loads(printed(capsys, "lessons", *words, "--json"))]
    assert some <= set(names) and not others & set(names)
    assert names == [name for name in ALL if name in names]
    sheet = json.loads(printed(capsys, "lessons", *words, "--answers", "--seed", "2", "--json"))
    assert [one["lesson"] for one in sheet] == names


def test_a_word_that_no_lesson_has(capsys: pytest.CaptureFixture[str]):
    assert "no lesson has 'quantum'" in error(capsys, "lessons", "quantum")
    assert "Did you mean 'softmax'?" in error(capsys, "lessons", "sofmtax")
    assert "papernets lessons WORD" in error(capsys, "lesson", "quantum")


@pytest.mark.parametrize("suffix", ["", ".json", ".csv", ".md", ".tex", ".html"])
def test_the_sheet_for_the_class_has_no_answers(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """The teacher's sheet of the seed has the same exercises, and answers to them."""
    words = ["megabytes", "connections", "--seed", "5"]
    found = json.loads(printed(capsys, "lessons", *words, "--answers", "--json"))
    output = ["-o", str(tmp_path / f"sheet{suffix}")] if suffix else []
    text = printed(capsys, "lessons", *words, "--exercises", *output)
    text = (tmp_path / f"sheet{suffix}").read_text() if suffix else " ".join(text.split())
    text = html.unescape(text).replace("\\", "")
    for one in found:
        assert one["question"][:40] in text
        assert one["lesson"] in text and one["unit"] in text
        for number in (one["answer"], *(slip["answer"] for slip in one["misconceptions"])):
            assert f"{number:,.6g}" not in text and f"{number:,}" not in text
    assert "You" not in text
    assert "give one" in error(capsys, "lessons", "--exercises", "--answers")


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
@pytest.mark.parametrize("seed", ["0", pytest.param("3", marks=pytest.mark.slow)])
def test_the_sheet_for_the_class_compiles(seed: str, tmp_path: Path):
    """All exercises, numbered through; matrices as matrices, no line wider than the paper."""
    run("lessons", "--exercises", "--seed", seed, "-o", str(tmp_path / "class.tex"))
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "class.tex"],
        cwd=tmp_path,
        capture_output=True,
    )
    told = done.stdout.decode(errors="replace")
    assert done.returncode == 0, told[-2000:]
    assert not re.search(r"Overfull .hbox \(\d\d", told), "more than 10 points"
    source = (tmp_path / "class.tex").read_text()
    assert source.count(r"\item ") == len(ALL) and r"\begin{array}" in source
