"""Verbs on shards, tables and zip files: what was trained on one source is tested on it again."""

import json
import os
from pathlib import Path

import pytest
from small_archives import folders, samples, tar, zipped
from small_photos import OWN, folder

from papernets.cli import main


def told(capsys, *arguments: str):
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def made(home: Path, kind: str) -> str:
    """A source with parts of its own, or without, as a path from `home`."""
    if kind == "s-{0..1}.tar":
        for at in range(2):
            tar(home / f"s-{at}.tar", samples(20, 40 * at))
    elif kind == "set.zip":
        zipped(home / kind, folders(10, "train/") | folders(6, "test/", 50))
    elif kind == "labels.csv":
        folder(home / "p", {"": 20})
        lines = [f"p/{c}/{at}.png,{c}\n" for c in ("blue", "red") for at in range(20)]
        (home / kind).write_text("path,label\n" + "".join(lines))
    else:
        folder(home / "a" / "b", {"": 12})
        folder(home / "a" / "c", {"": 12}, (20, 20))
        return "a"
    return kind


SLOW = [pytest.param(kind, marks=pytest.mark.slow) for kind in ("set.zip", "labels.csv", "nested")]


@pytest.mark.parametrize("kind", ["s-{0..1}.tar", *SLOW])
def test_train_and_evaluate_from_another_folder(tmp_path, monkeypatch, capsys, kind: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(OWN)
    given = made(tmp_path, kind)
    nested = ["--set", "nested=true"] if kind == "nested" else []
    trained = told(
        capsys, "train", "own.py:make", "--data", given, "--out", "run", "--epochs", "1",
        "--batch-size", "8", *nested,
    )  # fmt: skip
    assert trained["test_images"] > 2
    os.chdir("/")
    tested = told(capsys, "evaluate", str(tmp_path / "run"))
    assert tested["error"] == trained["test_error"] and tested["images"] == trained["test_images"]
    classes = json.loads((tmp_path / "run" / "best" / "bundle.json").read_text())["classes"]
    expected = {"nested": ["b/blue", "b/red", "c/blue", "c/red"], "s-{0..1}.tar": ["0", "1"]}
    assert classes == expected.get(kind, ["blue", "red"])
