"""papernets diff: the text for people, JSON, wrong use, and what is kept as golden texts."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from papernets.cli import main

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
NEW = os.environ.get("PAPERNETS_UPDATE_GOLDEN", "")
PAIRS = [
    ("alexnet", "alexnet_torchvision"),
    ("resnet50", "resnet50_v1.5"),
    ("resnet50", "resnet50_keras"),
    ("resnet18", "plain18"),
    ("googlenet", "googlenet_torchvision"),
    ("inception_v3", "inception_v3_keras"),
    ("mobilenet_v1", "mobilenet_v1_keras"),
    ("mobilenet_v1", "mobilenet_v1_timm"),
    ("vgg16", "vgg16_bn"),
    ("vgg16", "vgg16_keras"),
    ("lenet5", "lenet5_modern"),
]


@pytest.mark.golden
@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_golden_texts(a: str, b: str, capsys: pytest.CaptureFixture[str]) -> None:
    """They show what a change does to what people read: PAPERNETS_UPDATE_GOLDEN=1 renews them."""
    assert main(["diff", a, b]) == 0
    out, err = capsys.readouterr()
    path = GOLDEN / f"diff_{a}_{b}.txt"
    if NEW == "1":
        path.write_text(out, encoding="utf-8")
    assert err == "" and path.exists() and out == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_a_terminal_of_any_width_has_all_of_it(
    a: str,
    b: str,
    columns: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert main(["diff", a, b]) == 0
    piped = capsys.readouterr().out
    for name, value in {"COLUMNS": str(columns), "NO_COLOR": "1", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["diff", a, b]) == 0
    out = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert max(map(len, out.splitlines())) <= columns
    assert out.split() == piped.split()  # the same words in the same order


def test_colours_on_a_terminal_only_where_they_are_wanted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["diff", "alexnet", "alexnet_torchvision"]
    assert main(words) == 0
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert main(words) == 0
    assert "\x1b[31m- norm1" in capsys.readouterr().out  # red
    monkeypatch.setenv("NO_COLOR", "1")
    assert main(words) == 0
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lenet5", "lenet5_1998"], "Both names mean one network, lenet5: LeNet-5.\n"),
        (["resnet20", "resnet20"], "Both names mean one network, resnet20: "),
    ],
)
def test_equal_networks_say_so(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", *words]) == 0
    assert capsys.readouterr().out.startswith(said)
    assert main(["diff", *words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["same"] is True


OWN = """
from papernets.said import Departure, Paper
from papernets.spec import Conv, Dense, Flatten, Net, chain

PAPER = Paper("mine", "me", 2026, "here")

def made(name, maps):
    body = chain({"conv": Conv(maps, 3), "flatten": Flatten(), "out": Dense(3)})
    return Net(name, (1, 8, 8), 3, body)

ONE = made("one", 4)
TWIN = made("twin", 4)
WIDER = made("wider", 8)
SAME_BUT_SAID = made("said", 4)
DEPARTURES = {
    "wider": (Departure("twice the maps", "section 2"),),
    "said": (Departure("trained longer", "section 3"),),
}
"""


def test_networks_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.py"
    path.write_text(OWN)
    assert main(["diff", f"{path}:ONE", f"{path}:WIDER"]) == 0
    out = capsys.readouterr().out
    assert (
        "~ conv             conv 3x3: maps 4 -> 8; output 4@6x6 -> 8@6x6, parameters 40 -> 80"
        in out
    )
    assert "twice the maps (section 2)" in out
    assert main(["diff", f"{path}:ONE", f"{path}:TWIN"]) == 0
    assert "one and twin are the same: every row, every setting, every total.\n" in (
        capsys.readouterr().out
    )
    assert main(["diff", f"{path}:ONE", f"{path}:SAME_BUT_SAID"]) == 0
    out = capsys.readouterr().out
    assert "Every row of one and said is the same" in out and "trained longer (section 3)" in out
    assert main(["diff", "lenet5", f"{path}:ONE", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["b"]["title"] == "one"


def test_a_folder_is_called_by_its_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run and its network have one name: the folder tells the sides apart."""
    digits = list("0123456789")
    about = {"schema": 1, "network": "lenet5", "classes": digits, "input": [1, 32, 32]}
    best = tmp_path / "runs" / "mine" / "best"
    best.mkdir(parents=True)
    (best / "bundle.json").write_text(json.dumps(about))
    monkeypatch.chdir(tmp_path)
    assert main(["diff", "runs/mine", "lenet5"]) == 0
    assert capsys.readouterr().out == "runs/mine and lenet5 are one network, lenet5: LeNet-5.\n"
    assert main(["diff", "runs/mine", "runs/mine"]) == 0
    assert capsys.readouterr().out == "Both names mean one network, lenet5: LeNet-5.\n"
    (best / "bundle.json").write_text(json.dumps({**about, "classes": list("abcdefg")}))
    assert main(["diff", "runs/mine", "lenet5"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("A  runs/mine: lenet5, LeNet-5\nB  lenet5: LeNet-5\n")
    assert re.search(r"^ +runs/mine +lenet5 +B - A$", out, re.M)


def test_first_weights_are_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "resnet50", "resnet50_v1.5"]) == 0
    (line,) = re.findall("^First weights: .*$", capsys.readouterr().out, re.M)
    assert "Gaussian of variance 2/fan-in, biases 0 (section 3.4" in line
    assert "-> Gaussian of variance 2/fan-out" in line and "he_out" not in line


def test_sizes_hold_for_both(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--input", "64x80", "--classes", "7", "--channels", "1", "--json"]
    assert main(["diff", "resnet18", "plain18", *flags]) == 0
    said = json.loads(capsys.readouterr().out)
    for side in ("a", "b"):
        assert (said[side]["input"], said[side]["classes"]) == ([1, 64, 80], 7)


def test_at_another_size_a_rule_gives_other_zeros(capsys: pytest.CaptureFixture[str]) -> None:
    """TensorFlow's 'same' depends on the size, Keras's zeros do not: at 225 they differ."""
    assert main(["diff", "mobilenet_v1", "mobilenet_v1_keras", "--input", "225"]) == 0
    assert "pad 1 (same) -> pad 0+1 (dw2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["alexnet", "alexnt"], "error: unknown network 'alexnt'. Did you mean 'alexnet'?"),
        (["alexnet"], "diff compares two: papernets diff alexnet B, or"),
        (["lenet5", "alexnet", "--input", "40"], "error: "),
        (["lenet5", "lenet1", "--input", "x"], "--input x: give a side such as 32"),
        (["lenet5", "none.py:NET"], "error: none.py: no such file"),
    ],
)
def test_wrong_use_is_2(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *words]) == 2
    out, err = capsys.readouterr()
    assert out == "" and said in err and "Traceback" not in err


def test_a_small_input_names_the_layer_of_the_network_it_is_too_small_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["diff", "lenet5", "alexnet", "--input", "40"]) == 2
    assert "the smallest input of alexnet is 67x67, not 40x40" in capsys.readouterr().err
