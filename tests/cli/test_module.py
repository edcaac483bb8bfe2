"""explain FILE.py:NAME of a torch module, and every convention's number side by side."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from torch import nn

from papernets.cli import main

FILE = """
from torch import nn

class Tiny(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 30 * 30, 10))

class Wide(nn.Module):
    def __init__(self, width):
        super().__init__()

model = Tiny()

def plain():
    return nn.Sequential(nn.Conv2d(3, 4, 3))

def grey(width=4):
    return nn.Sequential(nn.Conv2d(1, width, 3))
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("mod.py").write_text(FILE)
    return "mod.py"


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(list(words)) == code
    out, err = capsys.readouterr()
    return " ".join((err if code else out).split())


def weights(*layers: nn.Module) -> int:
    return sum(p.numel() for layer in layers for p in layer.parameters())


@pytest.mark.parametrize("name", ["model", "Tiny"])
def test_a_module_is_explained(name: str, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One, or its class; torch counts its parameters."""
    words = ("explain", f"{file}:{name}", "--input", "32")
    found = json.loads(said(capsys, *words, "--json"))
    assert found["params"] == weights(nn.Conv2d(3, 8, 3), nn.Linear(7200, 10))
    assert found["rows"][0]["out"] == [8, 30, 30]
    text = said(capsys, *words)
    assert f"{found['params']:,} {found['macs']:,}" in text and "3x32x32" in text
    said(capsys, *words, "-o", "rows.csv")
    rows = list(csv.DictReader(Path("rows.csv").read_text().splitlines()))
    assert sum(int(row["params"] or 0) for row in rows) == found["params"]


def test_a_function_that_makes_a_module(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It need not know of pictures' sizes."""
    words = ("explain", f"{file}:grey", "--input", "8x9", "--channels", "1", "--json")
    found = json.loads(said(capsys, *words))
    assert found["params"] == weights(nn.Conv2d(1, 4, 3)) and found["input"] == [1, 8, 9]
    assert json.loads(said(capsys, "explain", f"{file}:plain", "--input", "9", "--json"))["rows"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["explain", "mod.py:model"], "give the size of its picture, --input 224"),
        (["explain", "mod.py:model", "--input", "16"], "does not run on an input of 3x16x16"),
        (["explain", "mod.py:model", "0", "--input", "32"], "LAYER is for a Net"),
        (["explain", "mod.py:model", "--input", "32", "--classes", "3"], "--classes is for a Net"),
        (["explain", "mod.py:Wide", "--input", "32"], "missing 1 required positional argument"),
        (["compare", "mod.py:model"], "papernets explain mod.py:model --input HEIGHTxWIDTH"),
        (["draw", "mod.py:plain", "-o", "x.svg"], "a torch module, not a Net"),
        (["explain", "vgg16", "--convention", "all", "--sort", "macs"], "leave it or --sort out"),
    ],
)
def test_wrong_use(
    words: list[str], told: str, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told in said(capsys, *words, code=2)


def test_an_error_names_no_place_that_is_not_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.py").write_text(
        "from papernets.spec import Conv, Net, chain\n"
        "NET = Net('own', (1, 8, 8), 3, chain({'c': Conv(3, 3)}))\n"
    )
    text = said(capsys, "explain", "own.py:NET", "--depth", "3", code=2)
    assert "give 1, 2 or all" in text and "<string>" not in text


def test_all_conventions_stand_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    """Each is the number that its own page has."""
    found = json.loads(said(capsys, "explain", "lenet5", "--convention", "all", "--json"))
    several = {one["convention"]: one for one in found["conventions"]}
    assert set(several) == {"macs", "flops", "torchinfo", "fvcore", "ptflops", "keras", "paper"}
    text = said(capsys, "explain", "lenet5", "--convention", "all")
    for name, one in several.items():
        alone = json.loads(said(capsys, "explain", "lenet5", "--convention", name, "--json"))
        assert alone["operations"] == one["operations"]
        number = f"{one['operations']:,}" if one["operations"] else "60,840"
        assert re.search(rf"\b{name}\b.* {number}\b", text)
