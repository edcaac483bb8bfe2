"""What people who tried the command line missed: colour, classes, strictness, folders, counts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from PIL import Image

from papernets.cli import main
from papernets.data.folder import in_colour
from papernets.evaluate.metrics import score
from papernets.nets import look_up
from papernets.train.outcome import draw_confusion, paper_error


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Twelve classes of small pictures in colour."""
    for number in range(12):
        folder = tmp_path / "photos" / f"class{number:02}"
        folder.mkdir(parents=True)
        for at in range(5):
            colour = (20 * number, 200 - 10 * number, 40 * at)
            Image.new("RGB", (32, 32), colour).save(folder / f"{at}.png")
    return tmp_path / "photos"


def test_colour_and_classes_are_spoken_of(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["train", "lenet5", "--data", str(photos), "--epochs", "1"]
    assert main([*flags, "--out", str(tmp_path / "grey")]) == 0
    out, err = capsys.readouterr()
    said = "The pictures are in colour, lenet5 reads grey: --channels 3 keeps the colour\n"
    assert err.count(said) == 1
    assert err.count("not the paper's: the paper has ten bitmaps; further classes get") == 1
    assert "pictures, in brackets its 95 % interval; * marks the best so far\n" in err
    assert "1 epoch, seed 0" in err
    assert "The paper's test error" not in out  # photographs are not MNIST
    assert main([*flags, "--out", str(tmp_path / "colour"), "--channels", "3"]) == 0
    assert "in colour" not in capsys.readouterr().err


def test_grey_pictures_with_three_channels_are_not_in_colour(tmp_path: Path) -> None:
    for name, colour in (("grey.png", (90, 90, 90)), ("red.png", (200, 20, 20))):
        Image.new("RGB", (40, 40), colour).save(tmp_path / name)
    assert in_colour([str(tmp_path / "red.png")])
    assert not in_colour([str(tmp_path / "grey.png")])
    assert not in_colour([str(tmp_path / "gone.png")])


def test_strict_stops_at_a_file_that_cannot_be_read(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "class00" / "bad.png").write_text("no picture")
    assert main(["data", "show", str(photos)]) == 0
    assert main(["data", "show", str(photos), "--strict"]) == 1
    assert "without --strict they are left out" in capsys.readouterr().err
    run = ["train", "lenet1", "--data", str(photos), "--out", str(tmp_path / "run"), "--strict"]
    assert main(run) == 1
    assert "1 of 61 files are not readable pictures" in capsys.readouterr().err


def test_a_pictures_title_separates_thousands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles: list[str] = []
    monkeypatch.setattr(
        "papernets.draw.confusion.confusion_picture",
        lambda *_, title: titles.append(title),
    )
    labels = torch.zeros(10_000, dtype=torch.long)
    logits = torch.zeros(10_000, 10)
    logits[:4042, 1] = 1
    test = SimpleNamespace(labels=labels)
    dataset: Any = SimpleNamespace(test=test, classes=tuple("0123456789"), name="digits")
    lenet5 = look_up("lenet5")
    draw_confusion(lenet5, dataset, logits, tmp_path, score(logits.numpy(), labels.numpy()))
    assert titles == [f"{lenet5.record.title} on digits: 4,042 of 10,000 wrong"]


def test_the_papers_error_stands_beside_digits_only() -> None:
    lenet5 = look_up("lenet5")
    assert paper_error(lenet5, "mnist") == (0.0095, "LeCun et al. 1998, on MNIST")
    error, words = paper_error(lenet5, "digits")
    assert error == 0.0095 and words.endswith("digits' error is not MNIST's")
    assert paper_error(lenet5, "fashion_mnist") == (None, "")
    assert paper_error(lenet5, "flowers") == (None, "")
    assert paper_error(look_up("lenet5_keras_28"), "mnist") == (None, "")  # notes are no paper


def test_a_bundles_folder_can_be_explained(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    about = json.loads((trained / "bundle.json").read_text())
    assert main(["explain", str(trained), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == about["network"]
    shutil.copytree(trained, tmp_path / "run" / "best")
    assert main(["explain", str(tmp_path / "run")]) == 0
    assert capsys.readouterr().out.startswith(look_up(about["network"]).record.title)
    assert main(["explain", "lenet5_scan"]) == 0
    assert capsys.readouterr().out.startswith("LeNet-5\n")
    (tmp_path / "empty").mkdir()
    assert main(["explain", str(tmp_path / "empty")]) == 2
    assert "is a folder without a bundle.json" in capsys.readouterr().err


def test_explain_names_the_recipes_and_the_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "lenet5"]) == 0
    out = capsys.readouterr().out
    assert "\nRecipes: quick, best, small (for digits), scan, paper, paper_distorted\n" in out
    assert "Notes 000 to 004 are five lecture notes and articles" in out
    paper = out.index("The paper prints otherwise")
    notes = out.index("Later notes print otherwise")
    assert paper < out.index("macs = 401,000 (figure 11)") < notes < out.index("16*2*2*16 = 2,000")


def test_verify_says_why_and_counts_papers_and_notes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "lenet4"]) == 0
    out = capsys.readouterr().out
    assert (
        "8 published numbers agree (8 of papers), 0 are errata with their reasons, "
        "0 are unexplained, 0 disagree; 1 is a result of experiments"
    ) in out
    assert "agrees, rounded" in out
    assert main(["verify", "lenet5_modern"]) == 0
    assert "60,000 belongs to the paper's sparse C3" in capsys.readouterr().out
    assert main(["verify", "lenet4", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["verdict"] for one in found if one["rounded"]] == ["agrees", "agrees"]


def test_the_list_says_what_comes_trained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--json"]) == 0
    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert found["lenet5"]["trained"] is True and found["lenet5"]["paper_error"] == 0.0095
    assert found["lenet5_keras_28"]["trained"] is False
    assert found["lenet5_keras_28"]["paper_error"] is None
    assert found["googlenet"]["paper_error_on"].endswith("top-5")
    assert main(["list", "googlenet"]) == 0
    assert capsys.readouterr().out.splitlines()[1].endswith("top-5 10.07 %")


def test_verify_lists_what_nobody_explains(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "inception_v3"]) == 0
    out = capsys.readouterr().out
    reasons, unexplained = out.index("Errata, and why"), out.index("Unexplained: nobody knows why")
    macs = out.index("inception_v3: macs = 4,800,000,000 (table 3: 4.8 Bn Ops), ours 5,713,216,096")
    assert reasons < unexplained < macs
    assert "1 is an erratum with its reason (1 of notes), 2 are unexplained (2 of papers)" in out
    assert "(2 of papers, 13 of released code, 1 of notes)" in out


def test_a_number_that_is_printed_as_a_bound_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "inception_v3"]) == 0
    said = "params below 25,000,000 (exactly 23,834,568): abstract: less than 25 million\n"
    assert said in capsys.readouterr().out
    assert main(["verify", "inception_v3"]) == 0
    assert "agrees, below" in capsys.readouterr().out


def test_a_note_is_printed_again_with_a_mark_a_cell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--source", "notes-002"]) == 0
    out = capsys.readouterr().out
    (row,) = (text for text in out.splitlines() if text.startswith("169  "))
    assert row.split()[1:7] == ["28", "✓", "28", "✓", "96", "E"]
    assert (
        "E the size is copied from another row: line 169: inception_3a.b5x5.reduce.input = 96x"
        in out
    )
    assert out.splitlines()[-1].endswith(" 0 cells without a mark.")
    assert main(["verify", "--source", "notes-001"]) == 0
    out = capsys.readouterr().out
    assert "VGG [40] (ILSVRC'14)" in out and "4.94 r" in out
    assert "code, whose networks are checked as networks (lines 211 to 217," in out


def test_a_note_as_json_has_lines_and_numbers_of_no_network(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["verify", "--source", "notes-001", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (steps,) = (one for one in found if one["quantity"] == "steps of 128 in an epoch of 60,000")
    assert (steps["network"], steps["printed"], steps["ours"]) == (None, 469, 469)
    assert (steps["verdict"], steps["lines"]) == ("agrees", [322])
    assert main(["verify", "--json"]) == 0
    every = json.loads(capsys.readouterr().out)
    assert any(one["quantity"] == steps["quantity"] and one["network"] is None for one in every)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--source", "notes-009"], "unknown source 'notes-009'. Sources: notes-000, notes-001"),
        (
            ["lenet5", "--source", "notes-001"],
            "--source notes-001 is a whole note, and lenet5 is a",
        ),
        (["--source", "notes-001", "--markdown"], "and --markdown is the page of all networks"),
        (["--source", ""], "--source is empty"),
    ],
)
def test_a_wrong_source_is_wrong_use(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", *words]) == 2
    assert said in capsys.readouterr().err
