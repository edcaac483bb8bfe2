"""papernets doctor: its JSON, its page, its exit codes, and a network that doubts labels."""

import json
from pathlib import Path

import pytest
from PIL import Image
from planted import scenes
from small_photos import OWN

from papernets import data
from papernets.cli import main


def test_a_clean_folder_and_what_an_epoch_takes(tmp_path: Path, capsys) -> None:
    root = scenes(tmp_path / "photos", {"train": 6, "val": 3})
    before = sorted(root.rglob("*"))
    page = tmp_path / "report.html"
    (tmp_path / "own.py").write_text(OWN)
    command = ["doctor", str(root), "--net", f"{tmp_path}/own.py:make", "-o", str(page)]
    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["pictures"] == 18 and found["classes"] == {"a": 9, "b": 9}
    assert found["faults"] == [] and found["epoch_seconds"] > 0
    kept, parameters = 18 * 3 * 16 * 16, 10_000  # at most: with gradients and momentum
    assert kept < found["memory_bytes"] < kept + 3 * 4 * parameters + 128 * 4 * 100_000
    assert "Nothing is wrong that was looked for" in page.read_text()
    assert sorted(root.rglob("*")) == before
    (root / "train" / "a" / "x.jpg").write_bytes(b"x")
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "Unreadable: 1\n" in said and "x.jpg: not a picture" in said
    assert "1 fault; none stops training." in said and "An epoch of " in said


def test_what_stops_training_ends_with_1_and_wrong_use_with_2(tmp_path: Path, capsys) -> None:
    (tmp_path / "a").mkdir()
    Image.new("RGB", (9, 9)).save(tmp_path / "a" / "1.png")
    assert main(["doctor", str(tmp_path), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["faults"][0]["kind"] == "stops training" and found["epoch_seconds"] is None
    assert "only one class, 'a'" in found["faults"][0]["why"]
    assert main(["doctor", str(tmp_path / "nowhere")]) == 2
    assert main(["doctor", str(tmp_path), "-o", str(tmp_path / "x.txt")]) == 2
    assert "give a name such as report.html" in capsys.readouterr().err


def test_a_trained_network_points_to_wrong_labels(
    tmp_path: Path, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = data.open("digits").train
    wrong = set()
    for at in range(120):
        label = int(part.labels[at])
        told = label if at % 40 else (label + 1) % 10
        path = tmp_path / str(told) / f"{at}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(part.images[at, 0].numpy()).save(path)
        if told != label:
            wrong.add(str(path))
    assert main(["doctor", str(tmp_path), "--with", str(trained), "--json"]) == 0
    faults = json.loads(capsys.readouterr().out)["faults"]
    doubted = [fault for fault in faults if fault["kind"] == "likely mislabelled"]
    named = {name for fault in doubted for name in fault["files"]}
    assert named <= wrong and len(named) >= 2  # of the third the network is not so sure
    assert all("the network says" in fault["why"] for fault in doubted)
