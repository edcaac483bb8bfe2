"""Pictures of floats that are infinite or no numbers, and files that are too large."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from noise import noise
from PIL import Image

from papernets import data
from papernets.cli import main
from papernets.data import content, picture
from papernets.data.content import held_key
from papernets.data.notes import of_remarks
from papernets.data.picture import ENDLESS, Remark, load
from papernets.data.wide import finite

INF, NAN = np.inf, np.nan
CASES = {
    "both ends": ([-INF, 10, 20, 30, INF], [10, 10, 20, 30, 30]),
    "beyond 255": ([-INF, 0, 500, 1000, INF], [0, 0, 128, 255, 255]),
    "below 1": ([0, 0.5, 1, INF, NAN], [0, 128, 255, 255, 0]),
    "no number": ([100, 200, NAN], [100, 200, 100]),
    "the largest floats": ([-3.4e38, 0, 3.4e38, INF, -INF], [0, 128, 255, 255, 0]),
    "none finite": ([INF, NAN, -INF], [0, 0, 0]),
}


@pytest.mark.parametrize("kind", CASES)
def test_what_is_not_finite_is_as_the_ends_and_is_noted(tmp_path: Path, kind: str) -> None:
    """Warnings are errors here: the terminal shows none."""
    given, expected = CASES[kind]
    path = tmp_path / "x.tif"
    Image.fromarray(np.array([given], np.float32)).save(path)
    said: list[Remark] = []
    assert np.asarray(load(path, 0, said)).tolist() == [expected]
    count = sum(not np.isfinite(value) for value in given)
    assert said == [Remark(ENDLESS, f"{count} of {len(given)} values")]
    assert of_remarks([(str(path), said[0])]) == [
        "1 picture with infinite values or NaN, which become the largest or smallest of the others "
        f"(first: {path}, {count} of {len(given)} values)"
    ]


def test_finite_values_are_left_as_they_are() -> None:
    for values in (np.arange(6.0).reshape(2, 3), np.arange(6).reshape(2, 3)):
        found, count = finite(values)
        assert found is values and count == 0


def test_a_picture_of_two_terabytes_is_refused_before_it_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noise(tmp_path / "pictures", 3)
    large = tmp_path / "pictures" / "a" / "0.png"
    os.truncate(large, 2 << 40)
    said = f"{large}: 2,199,023,255,552 bytes, more than the 2,147,483,648 that are read"
    assert data.open(str(tmp_path / "pictures")).skipped == (said,)
    with pytest.raises(
        ValueError, match=r"0\.png has 2,199,023,255,552 bytes, more than the 2,147"
    ):
        held_key(str(large), 0)
    assert main(["predict", "lenet5", str(large)]) == 1
    assert said in capsys.readouterr().err


def test_the_limit_is_a_files_own_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = noise(tmp_path, 1, "a") / "a" / "0.png"
    size = path.stat().st_size
    for module in (picture, content):
        monkeypatch.setattr(module, "MOST_FILE", size)
    assert load(path).size == (16, 16)
    told = hashlib.sha256(path.read_bytes()).digest()[:8]
    assert held_key(str(path), 0) == int.from_bytes(told, "little")
    for module in (picture, content):
        monkeypatch.setattr(module, "MOST_FILE", size - 1)
    with pytest.raises(ValueError, match=r"0\.png: \d+ bytes, more than the \d+ that are read"):
        load(path)


def test_a_pipe_has_no_checksum(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="pipe is not a regular file"):
        held_key(str(tmp_path / "pipe"), 0)
