"""papernets explore: the file or folder, wrong use, bundles, how large the page is, no torch."""

from __future__ import annotations

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
from papernets.explore.trained import PAD, coming
from papernets.nets import list_nets, net
from papernets.run.network import build


def part(page: str, name: str) -> dict[str, object]:
    """What a script element of JSON has."""
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.S)
    assert found
    return json.loads(found[1])


def test_a_page_of_the_lenets(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A folder gets index.html; it is smaller than 1.2 MB; each LeNet is there once."""
    folder = tmp_path / "site.d"
    assert main(["explore", "--only", "lenet*", "-o", f"{folder}/"]) == 0
    said = capsys.readouterr().out
    file = folder / "index.html"
    assert str(file) in said.replace("\n", "") and file.stat().st_size < 1_200_000
    page = file.read_text("utf-8")
    nets = part(page, "networks")["nets"]
    assert [one["own"] for one in nets if one["listed"]] == list_nets("lenet*")
    assert {one["own"] for one in nets if not one["listed"]} == {"boosted_lenet4", "lenet5_scan"}
    assert [one["own"] for one in part(page, "trained")["networks"]] == [
        *("lenet1", "lenet4", "lenet5", "boosted_lenet4", "lenet5_scan"),
    ]
    (replay,) = part(page, "replay-data")["replays"]
    assert replay["own"] == "lenet1" and len(json.dumps(replay)) < 130_000


@pytest.mark.slow
def test_a_page_of_all_networks(tmp_path: Path):
    """It is smaller than 4 MB and has every network and its drawings."""
    file = tmp_path / "all.html"
    assert main(["explore", "-o", str(file), "--quiet"]) == 0
    assert file.stat().st_size < 4_000_000
    page = file.read_text("utf-8")
    listed = [one["own"] for one in part(page, "networks")["nets"] if one["listed"]]
    assert listed == list_nets()
    assert list(part(page, "drawings")) == list_nets()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--only", "nonesuch"], "no network is called 'nonesuch'. All names: papernets list"),
        (["-o", "page.pdf"], "give a folder that is there, or a file that ends in .html"),
        (["nosuchbundle"], "nosuchbundle"),
        ([""], "BUNDLE is empty: give a value, or leave it out"),
        (["--lessons", ""], "--lessons is empty"),
        (["--page-limit", "inf"], "--page-limit inf: give a number of megabytes"),
    ],
)
def test_wrong_use(words: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    assert main(["explore", *words]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_bundles_stand_beside_the_networks(tmp_path: Path):
    """They are run, under their folders' names, a committee with each member."""
    save_bundle(tmp_path / "mine", INFO, model_of().state_dict())
    file = tmp_path / "page.html"
    bundles = ["resnet20", "boosted_lenet4", str(tmp_path / "mine")]
    words = ["explore", *bundles, "--only", "lenet1", "-o", str(file)]
    assert main(words) == 0
    page = file.read_text("utf-8")
    nets = {one["own"]: one for one in part(page, "networks")["nets"]}
    assert nets["mine"]["name"] == INFO.network and nets["mine"]["family"] == "yours"
    told = part(page, "trained")["networks"]
    assert [one["own"] for one in told[-3:]] == [
        *("resnet20 (bundle)", "boosted_lenet4 (bundle)", "mine"),
    ]
    assert len(told[-2]["members"]) == 3
    engine = part(page, "engine")["networks"]
    assert [engine[at]["own"] for at in told[-2]["members"]] == [
        f"boosted_lenet4 (bundle)/{member}" for member in (1, 2, 3)
    ]


def test_a_bundle_that_makes_the_page_too_large_or_cannot_be_run(tmp_path: Path, capsys):
    """It is said what, by how much and what to do; nothing is written, no folder is made."""
    info = replace(INFO, network="resnet110")
    save_bundle(tmp_path / "large", info, build(net("resnet110", 10, 1, 28)).state_dict())
    own = net("resnet20", 10, 2, 28)
    two = {**INFO.preprocessing, "channels": 2}
    odd = replace(INFO, network="resnet20", input=own.input, preprocessing=two)
    save_bundle(tmp_path / "odd", odd, build(own).state_dict())
    out = f"{tmp_path / 'site'}/"
    assert main(["explore", str(tmp_path / "large"), "--only", "lenet1", "-o", out]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert re.search(
        r"large and 7 more networks: .* \(large alone 4\.\d MB\), more than 4 MB", said
    )
    assert "--page-limit 6 allows it" in said
    assert main(["explore", str(tmp_path / "odd"), "--only", "lenet1", "-o", out]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "odd: its network takes 2 channels; a page reads pictures of 1 or 3" in said
    assert not (tmp_path / "site").exists()
    words = ["--page-limit", "6", "--only", "lenet1", "-o", out]
    assert main(["explore", str(tmp_path / "large"), *words]) == 0


def test_torch_stays_away(tmp_path: Path):
    code = """
import sys
from papernets.cli import main
assert main(["explore", "--only", "lenet5", "-o", sys.argv[1]]) == 0
assert "torch" not in sys.modules
"""
    words = [sys.executable, "-c", code, str(tmp_path / "a.html")]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_pad_has_what_comes_with_the_package(tmp_path, monkeypatch):
    """A folder that is called as a trained network, and was not asked for, stays out of it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lenet5").mkdir()
    (tmp_path / "lenet5" / "bundle.json").write_text("{}")
    assert [one.own for one in map(coming, PAD)] == list(PAD)
