"""Commands that are proposed keep what the user gave."""

from __future__ import annotations

import errno
import os
import shlex
from itertools import pairwise
from pathlib import Path

from noise import noise

from papernets.cli import main
from papernets.cli.training import settings
from papernets.train.command import train_command

GIVEN = {
    "data": "my photos", "strict": True, "epochs": 3, "learning_rate": 0.01, "loss": "mse",
    "augment": {"flip": 0.5, "rotate": 9}, "input": (32, 40), "standardise": False,
}  # fmt: skip


def test_what_was_given_stays() -> None:
    assert train_command("lenet5", GIVEN, "runs/my run") == (
        "papernets train lenet5 --data 'my photos' --strict --epochs 3 --set learning_rate=0.01 "
        "--set 'loss=\"mse\"' --set augment.flip=0.5 --set augment.rotate=9 "
        "--set 'input=[32, 40]' --set standardise=false --out 'runs/my run'"
    )


def test_it_means_the_same() -> None:
    words = shlex.split(train_command("lenet5", GIVEN))
    sets = [word for before, word in pairwise(words) if before == "--set"]
    found = settings("", {}, sets)
    assert found == {k: GIVEN[k] for k in GIVEN if k not in ("data", "strict", "epochs")}


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch, capsys) -> None:
    noise(tmp_path / "pictures", 4)
    real = Path.mkdir

    def refuse(path: Path, *given: object, **named: object) -> None:
        if path.name == "out":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        real(path, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "mkdir", refuse)
    pictures = tmp_path / "pictures"
    flags = ["--data", str(pictures), "--epochs", "2", "--set", "augment.flip=0"]
    assert main(["train", "lenet1", *flags, "--out", str(tmp_path / "out")]) == 1
    assert (
        f"Give another folder as --out: papernets train lenet1 --set augment.flip=0 "
        f"--data {pictures} --epochs 2 --out FOLDER"
    ) in capsys.readouterr().err
