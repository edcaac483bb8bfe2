"""papernets compare: every format, terminals, pictures to files, wrong use, runs."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from small_bundles import INFO, model_of

from papernets.bundle.save import save_bundle
from papernets.cli import main

FOUR = ["alexnet", "vgg16", "googlenet", "resnet50"]


def out_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["compare", *words]) == 0
    return capsys.readouterr().out


def test_json_is_an_array_of_rows(capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(out_of(capsys, *FOUR, "--json"))
    assert [row["name"] for row in rows] == FOUR
    vgg = rows[1]
    assert (vgg["params"], vgg["depth"], vgg["top5_error"]) == (138_357_544, 16, 0.088)
    assert vgg["protocol"] == "ImageNet validation, dense" and vgg["source"] == "table 3"
    assert len(vgg["published"]) > 10 and vgg["measured"] is None
    assert {one["by"] for one in rows[3]["published"]} == {"paper", "code"}


def test_csv_markdown_latex_html(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(out_of(capsys, *FOUR, "--csv"))))
    assert rows[0]["macs"] == "724406816" and rows[2]["top1_error"] == ""
    assert out_of(capsys, *FOUR, "--markdown").splitlines()[2].startswith("| network | year |")
    assert r"\toprule" in out_of(capsys, *FOUR, "--latex")
    page = out_of(capsys, *FOUR, "--html")
    assert page.startswith("<!doctype html>") and page.count("<table>") == 1
    assert page.rstrip().endswith("</html>") and "<title>4 networks compared</title>" in page


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize(
    "words",
    [FOUR, ["--all"], ["--table", "all-comparisons"], ["--table", "list"], ["--table", "winners"]],
    ids=lambda words: words[-1],
)
def test_it_fits_a_terminal(
    words: list[str],
    columns: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {"COLUMNS": str(columns), "NO_COLOR": "1", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    out = re.sub(r"\x1b\[[0-9;]*m", "", out_of(capsys, *words))
    assert max(map(len, out.splitlines())) <= columns
    if words == FOUR:
        assert "No room for" not in out, "80 columns hold all of it"


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf", "json", "csv", "md", "tex", "html"])
def test_a_suffix_chooses_the_format(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"four.{suffix}"
    assert main(["compare", *FOUR, "-o", str(path)]) == 0
    captured = capsys.readouterr()
    assert captured.out == "" and path.stat().st_size > 500
    if suffix in ("png", "svg", "pdf"):
        assert "Error against multiply-adds, 4 networks" in captured.err


def test_who_is_left_out_of_a_picture_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "x.svg")
    assert main(["compare", "alexnet", "vgg16_bn", "--picture", "error-year", "-o", path]) == 0
    assert "left out, no published error: vgg16_bn" in capsys.readouterr().err
    assert main(["compare", "--all", "--picture", "error-macs", "-o", path]) == 0
    told = capsys.readouterr().err
    assert "no published top-1 error: googlenet. --error top-5 draws what has that one" in told
    assert max(map(len, told.splitlines())) < 300 and "more" in told


def test_columns_are_asked_for_as_they_are_headed(capsys: pytest.CaptureFixture[str]) -> None:
    """The network's name comes with them, so that one sees whose numbers they are."""
    words = ["compare", "vgg16", "alexnet", "--columns", "MACs,MB,top-5", "--sort", "MACs"]
    assert main([*words, "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert list(rows[0]) == ["network", "macs", "megabytes", "top5_error"]
    assert [row["network"] for row in rows] == ["alexnet", "vgg16"]
    assert rows[1]["macs"] == "15470264320"


def test_twice_the_same_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "lenet5", "LeNet-5", "--json"]) == 0
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)) == 1
    assert "LeNet-5 is lenet5, which stands there already: it is shown once" in captured.err


def test_sizes_of_ones_own(capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = json.loads(out_of(capsys, "resnet50", "--input", "64", "--classes", "10", "--json"))
    assert (row["input"], row["classes"], row["published"]) == ([3, 64, 64], 10, [])


def test_ones_own_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.py").write_text(
        "from papernets.spec import Dense, Flatten, Net, chain\n"
        "from papernets.said import Paper\n"
        "PAPER = Paper('A title', 'Somebody', 2021, 'Nowhere')\n"
        "CLAIMS = PAPER.claims('''\n"
        "quantity  printed  where    conditions\n"
        "error     12.5 %   table 1  flowers, one network\n"
        "''')\n"
        "NET = Net('vgg16', (1, 8, 8), 2, chain({'flatten': Flatten(), 'fc': Dense(2)}))\n"
    )
    (row, other) = json.loads(out_of(capsys, "own.py:NET", "vgg16", "--json"))
    assert (row["name"], row["family"], row["year"]) == ("own.py:NET", "own", 2021)
    assert (row["params"], row["top1_error"], row["protocol"]) == (
        130,
        0.125,
        ("flowers, whole pictures"),
    )
    assert other["params"] == 138_357_544


def test_a_bundle_has_its_own_error(capsys: pytest.CaptureFixture[str]) -> None:
    bundle = str(Path(__file__).resolve().parents[2] / "papernets" / "weights" / "lenet5")
    mine, paper = json.loads(out_of(capsys, bundle, "lenet5", "--json"))
    kept = json.loads((Path(bundle) / "bundle.json").read_text(encoding="utf-8"))
    assert mine["measured"]["test_error"] == kept["metrics"]["test_error"]
    assert (mine["name"], mine["network"], paper["measured"]) == (bundle, "lenet5", None)
    assert " ours " in out_of(capsys, bundle, "lenet5")


def test_the_notes_tables(capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(out_of(capsys, "--table", "comparison", "--json"))
    cell = rows[4]["cells"][2]
    assert (cell["printed"], cell["right"], cell["verdict"]) == ("25.6", "11.7", "erratum")
    assert "15.5B (4)" in out_of(capsys, "--table", "all-comparisons")
    listed = json.loads(out_of(capsys, "--table", "list", "--json"))
    assert {"winners", "all-comparisons", "comparison"} <= {row["short"] for row in listed}
    assert "notes-002-googlenet-structural-details" in out_of(capsys, "--table", "list")
    long = list(csv.DictReader(io.StringIO(out_of(capsys, "--table", "winners", "--csv"))))
    wrong = [row["printed"] for row in long if row["verdict"] == "erratum"]
    assert wrong == ["ZFNet", "14.8%", "VGG16"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "nothing to compare: papernets compare alexnet vgg16"),
        (["vgg61"], "Did you mean 'vgg16'?"),
        ([""], "NETWORK: one is empty"),
        (["alexnet", "--sort", "parms"], "unknown column 'parms'. Did you mean 'params'?"),
        (["alexnet", "--columns", "year,dept"], "Did you mean 'depth'?"),
        (["alexnet", "--protocol", "one_crop"], "Did you mean 'one-crop'?"),
        (["--family", "vgq"], "Did you mean 'vgg'?"),
        (["alexnet", "--picture", "pie", "-o", "x.png"], "unknown picture 'pie'"),
        (["alexnet", "--picture", "error-macs"], "--picture needs a file: -o error-macs.png"),
        (["alexnet", "--picture", "error-macs", "--json"], "written as PNG, SVG or PDF, not json"),
        (["alexnet", "--error", "top-1"], "--error chooses what a picture draws"),
        (["vgg16_bn", "-o", "x.png"], "nothing to draw: nobody published"),
        (["alexnet", "-o", "x.docx"], "no format has the suffix .docx"),
        (["alexnet", "--json", "--csv"], "ask for two formats"),
        (["alexnet", "--input", "20"], "the smallest input of alexnet is 67x67"),
        (["--table", "comparisn"], "Did you mean 'comparison'?"),
        (["--table", "notes-002"], "several tables of the notes fit"),
        (["alexnet", "--table", "comparison"], "give it without alexnet"),
        (["--table", "comparison", "-o", "x.png"], "not as png"),
    ],
)
def test_wrong_use(
    words: list[str],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["compare", *words]) == 2
    captured = capsys.readouterr()
    assert says in captured.err and captured.out == "" and not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "alexnet", "-o", "/no/such/folder/x.csv"]) == 1
    assert (
        "x.csv: No such file or directory: make the folder /no/such/folder first"
        in capsys.readouterr().err
    )


def test_it_needs_neither_torch_nor_numpy() -> None:
    code = (
        "import sys; from papernets.cli import main; main(['compare', 'alexnet', 'vgg16']); "
        "print(sorted({'torch', 'numpy', 'matplotlib'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def trained(folder: Path, **settings: object) -> str:
    """A bundle that says that it was trained by these settings."""
    metrics = {"test_error": 0.25, "test_images": 40, "interval": [0.1, 0.4]}
    run = {"data": "digits", "epochs": 3, "augment": {"shift": 1.0}, **settings}
    info = replace(INFO, run=run, metrics=metrics)
    save_bundle(folder, info, model_of().state_dict())
    return str(folder)


def test_of_trainings_what_was_done_otherwise_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b, c = (trained(tmp_path / str(seed), seed=seed, device="cpu") for seed in (1, 2, 3))
    assert main(["compare", a, b]) == 0
    said = capsys.readouterr().out.splitlines()[-1]
    other = f"What was done otherwise in {a} and {b}: seed 1, 2."
    assert said == f"{other} Whether chance explains a difference: papernets diff {a} {b}"
    d = trained(tmp_path / "4", seed=1, device="cuda", augment={"shift": 2.0}, epochs=5)
    assert main(["compare", a, d]) == 0
    assert ": epochs 3, 5; augment.shift 1.0, 2.0. W" in capsys.readouterr().out
    assert main(["compare", a, b, c]) == 0
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.startswith("What was done otherwise in these 3 trainings: seed 1, 2, 3. Whether ")
    assert "two at a time: papernets diff" in said
    assert main(["compare", a, "lenet5"]) == 0
    assert "otherwise" not in capsys.readouterr().out
