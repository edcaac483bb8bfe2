"""`papernets predict --scan` as it is typed: lines, JSON, CSV, and the warning."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from papernets import data
from papernets.bundle.info import BundleInfo
from papernets.bundle.save import save_bundle
from papernets.cli import main
from papernets.data import Preprocessing
from papernets.nets.registry import net
from papernets.run.network import build
from papernets.strips.make import make_strips
from papernets.strips.scan import load_scanner


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that says it was trained for strips; with random weights it reads something."""
    folder = tmp_path_factory.mktemp("scan")
    run = {"neighbours": 0.9, "constant": 20.0}
    shown = Preprocessing(1, 32, 32).to_dict()
    info = BundleInfo("lenet5", tuple("0123456789"), (1, 32, 32), shown, score_scale=0.1, run=run)
    model = build(net("lenet5"), generator=torch.Generator().manual_seed(0))
    save_bundle(folder, info, model.state_dict())
    return folder


@pytest.fixture
def strip(tmp_path: Path) -> Path:
    """Four digits in a row, as stored."""
    part = data.open("digits").test
    strips, _ = make_strips(part, 4, 1, torch.Generator().manual_seed(0), (2, 4))
    path = tmp_path / "strip.png"
    Image.fromarray(strips[0, 0].numpy()).save(path)
    return path


def test_a_line_a_file(bundle: Path, strip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(bundle), str(strip), "gone.png", "--scan"]) == 0
    out, err = capsys.readouterr()
    scanner, _ = load_scanner(bundle)
    stored = data.read_strip(strip, scanner.preprocessing)
    (reading,) = scanner.read(stored[None])
    assert reading.text and f"{strip}  {reading.text}  " in out
    assert f"{reading.digits[0].label}@{reading.digits[0].x:.0f}" in out
    assert err == "gone.png: no such file\n1 of 2 files were read.\n"


def test_json(bundle: Path, strip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(bundle), str(strip), "gone.png", "--scan", "--json"]) == 0
    read, gone = json.loads(capsys.readouterr().out)
    assert set(read) == {"file", "text", "score", "digits"}
    assert read["text"] == "".join(digit["label"] for digit in read["digits"])
    assert all(set(digit) == {"label", "score", "x"} for digit in read["digits"])
    columns = [digit["x"] for digit in read["digits"]]
    assert columns == sorted(columns)
    assert gone == {"file": "gone.png", "error": "no such file"}


def test_csv(bundle: Path, strip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(bundle), str(strip), "gone.png", "--scan", "--csv"]) == 0
    read, gone = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert len(read["text"]) == len(read["x"].split()) == len(read["scores"].split())
    assert 0 <= float(read["score"]) <= 1 and not read["error"]
    assert gone["error"] == "no such file" and gone["text"] == ""


def test_a_bundle_that_was_not_trained_for_it_warns(
    trained: Path, strip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(trained), str(strip), "--scan"]) == 0
    out, err = capsys.readouterr()
    assert str(strip) in out
    assert err.startswith(f"warning: {trained} was not trained with neighbours in view")
    assert "papernets train lenet5 --recipe scan --data mnist" in err


def test_nothing_read_is_a_failure(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(bundle), "gone.png", "--scan"]) == 1
    assert capsys.readouterr().err == "gone.png: no such file\n"
