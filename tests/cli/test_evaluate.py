"""`papernets evaluate` as it is typed: what it prints, what it writes, and its errors."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from papernets.bundle.find import shipped
from papernets.cli import main


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test in a folder of its own: without --out pictures are written there."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    """A run's folder with the trained network as its best."""
    folder = tmp_path / "run"
    shutil.copytree(trained, folder / "best")
    (folder / "run.toml").write_text('net = "lenet5_modern"\n')
    (folder / "confusion.png").write_bytes(b"the run's own")
    return folder


def test_what_people_see(run: Path, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(run), "--data", "digits", "--top", "2", "--top", "10"]) == 0
    out, err = capsys.readouterr()
    first, *lines = out.splitlines()
    assert first.startswith("lenet5_modern on digits, test part: ")
    assert " of 400 pictures; 95 % interval " in first and ", top-2 error " in first
    assert "top-10" not in first and "top-10 of 10 classes is never wrong, and left out." in err
    head = ["class", "pictures", "error", "precision", "recall", "f1", "confused", "with"]
    beside, calibrated, shown, *lines = lines
    assert shown == "Protocol centre: one view of each picture."
    assert beside.startswith(
        "Always '1' is 89.75 % error; balanced error, the mean of the classes'"
    )
    assert re.fullmatch(
        r"Loss \S+; expected calibration error \S+ %; Brier score 0\.\d+\.", calibrated
    )
    assert lines[2].split() == head
    assert [line.split()[0] for line in lines[3:13]] == list("0123456789")
    assert lines[14] == "Confusion matrix: true classes down, answers across"
    assert lines[15].split() == list("0123456789")
    counts = [[int(cell.replace(".", "0")) for cell in line.split()[1:]] for line in lines[16:26]]
    assert sum(map(sum, counts)) == 400 and len(lines) == 26
    written = run / "evaluation" / "digits-test"
    assert f"Written to {written}: confusion.png, mistakes.png, report.json" in err
    assert sorted(os.listdir(written)) == ["confusion.png", "mistakes.png", "report.json"]
    for name in ("confusion.png", "mistakes.png"):
        with Image.open(written / name) as picture:
            assert picture.width > 500
    assert (run / "confusion.png").read_bytes() == b"the run's own"
    assert sorted(os.listdir(run / "best")) == sorted(os.listdir(trained))
    assert os.listdir() == []  # nothing was left here


def test_json_alone_is_on_stdout(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(run), "--json", "--part", "validation"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert found["data"] == "digits" and found["part"] == "validation" and found["images"] == 200
    assert found["bundle"] == str(run / "best")
    assert found["out"] == str(run / "evaluation" / "digits-validation")
    assert "data: digits, which it was trained on (another: --data)" in err
    kept = json.loads((Path(found["out"]) / "report.json").read_text())
    assert kept == {k: v for k, v in found.items() if k not in ("bundle", "out")}
    assert found["errors"] / 200 == found["error"] and len(found["mistakes"]) == found["errors"]


def test_quiet_says_the_result_alone(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(run), "--quiet", "--out", "new/deep"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1 and err == ""
    assert (Path("new") / "deep" / "mistakes.png").exists() and not (run / "evaluation").exists()


def test_nothing_is_written_over(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(run), "--out", str(run)]) == 1
    assert capsys.readouterr().err == (
        f"error: {run}/confusion.png is there already: give a new folder as --out\n"
    )
    assert (run / "confusion.png").read_bytes() == b"the run's own"
    Path("file").write_text("mine")
    assert main(["evaluate", str(run), "--out", "file"]) == 1
    assert capsys.readouterr().err == "error: file is a file; --out takes a folder\n"
    for _ in range(2):
        assert main(["evaluate", str(run), "-q"]) == 0
    assert sorted(os.listdir(run / "evaluation")) == ["digits-test", "digits-test-2"]


def test_a_bundle_outside_a_run_is_left_as_it_is(
    trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path.name: path.read_bytes() for path in trained.iterdir()}
    assert main(["evaluate", str(trained)]) == 0
    assert "Written to evaluation/lenet5_modern-digits-test: " in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in trained.iterdir()} == before
    assert [path.name for path in trained.parent.iterdir()] == ["fitted"]


def test_where_nothing_can_be_written(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The figures are printed all the same; only --out insists."""

    def refuse(self: Path, *rest: object, **named: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert main(["evaluate", str(run), "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["out"] is None
    assert f"{run}/evaluation/digits-test cannot be written (Permission denied)" in err
    assert err.endswith("No pictures were drawn. Say where with --out DIR\n")
    assert main(["evaluate", str(run), "--out", "x"]) == 1
    assert capsys.readouterr().err.endswith(
        "error: x cannot be written (Permission denied): give another folder as --out\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--part", "tests"], 2, "--part tests: give test, validation, train or all"),
        (["--device", "tpu"], 2, "unknown device 'tpu': auto, cpu, cuda or mps"),
        (["--data", "nmist"], 2, "unknown data set 'nmist'. Did you mean 'mnist'? "),
        (["--data", "./none"], 2, "./none: no such folder. Give a folder with one "),
    ],
)
def test_wrong_use(
    trained: Path,
    arguments: list[str],
    code: int,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["evaluate", str(trained), *arguments]) == code
    out, err = capsys.readouterr()
    assert out == "" and f"error: {message}" in err


def test_top_0(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(trained), "--top", "0"]) == 2
    assert capsys.readouterr().err == "error: --top 0: give 1 or more\n"


def test_a_bundle_that_does_not_say_its_data(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(trained, folder)
    info = json.loads((folder / "bundle.json").read_text())
    (folder / "bundle.json").write_text(json.dumps(info | {"run": {}}))
    assert main(["evaluate", str(folder)]) == 2
    assert capsys.readouterr().err == (
        f"error: {folder} does not say what it was trained on: "
        "give --data digits, mnist, or a folder\n"
    )


def test_the_network_that_comes_trained(capsys: pytest.CaptureFixture[str]) -> None:
    if shipped("lenet5") is None:
        pytest.skip("no trained lenet5 comes with this copy")
    assert main(["evaluate", "lenet5", "--data", "digits", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["error"] < 0.5
