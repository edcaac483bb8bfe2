"""What a network was trained on is known by content, wherever it lies, and is no test of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from noise import noise
from PIL import Image

from papernets.bundle.load import load_bundle
from papernets.bundle.seen import PICTURES
from papernets.cli import main
from papernets.evaluate.pictures import open_pictures

FLAGS = ["--epochs", "1", "--threads", "1", "--quiet", "--json"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """pictures/ with 40 of noise a class, and run/, trained on them."""
    folder = tmp_path_factory.mktemp("home")
    noise(folder / "pictures", 40)
    given = ["--data", str(folder / "pictures"), "--out", str(folder / "run")]
    assert main(["train", "lenet1", *given, *FLAGS]) == 0
    return folder


def result(run: Path) -> dict:
    return json.loads((run / "result.json").read_text(encoding="utf-8"))


def seen(home: Path, folder: Path, part: str = ""):
    return open_pictures(load_bundle(home / "run"), str(folder), part=part)


def names(pictures) -> set[str]:
    return {"/".join(Path(str(file)).parts[-2:]) for file in pictures.files}


def test_the_folder_as_it_was_is_tested_as_its_run_tested(home: Path) -> None:
    again, then = seen(home, home / "pictures"), result(home / "run")
    assert again.part == "test" and len(again) == then["test_images"]
    train, chose = (seen(home, home / "pictures", part) for part in ("train", "validation"))
    assert not names(train) & names(again) and not names(chose) & names(again)
    assert len(train) + len(chose) + len(again) == 80
    assert again.notes == (
        f"pictures: of 80 pictures {len(train)} were trained on and {len(chose)} chose the epoch: "
        "left out",
    )


def test_pictures_that_were_added_move_no_others(home: Path, tmp_path: Path) -> None:
    grown = shutil.copytree(home / "pictures", tmp_path / "pictures")
    noise(grown, 10, first=40)
    again = seen(home, grown)
    trained = names(seen(home, home / "pictures", "train"))
    assert not names(again) & trained
    new = {f"{c}/{n}.png" for c in "ab" for n in range(40, 50)}
    assert names(again) == names(seen(home, home / "pictures")) | new
    tested = result(home / "run")["test_images"]
    assert f"{tested} of those tested are of its run's test part, 20 are new" in again.notes


@pytest.mark.parametrize("how", ["renamed", "copied", "in one class folder deeper", "as bmp"])
def test_the_same_pictures_elsewhere_are_known(home: Path, tmp_path: Path, how: str) -> None:
    other = tmp_path / ("pictures" if how == "copied" else "other")
    if how == "as bmp":
        for file in (home / "pictures").rglob("*.png"):
            place = other / file.parent.name / f"{file.stem}.bmp"
            place.parent.mkdir(parents=True, exist_ok=True)
            Image.open(file).save(place)
    elif how == "in one class folder deeper":
        for name in "ab":
            shutil.copytree(home / "pictures" / name, other / name / "deep")
    else:
        shutil.copytree(home / "pictures", other)
    again = seen(home, other)
    assert again.part == "test" and len(again) == result(home / "run")["test_images"]


def test_another_folder_of_the_same_name_is_tested_whole(home: Path, tmp_path: Path) -> None:
    other = noise(tmp_path / "pictures", 12, first=100)
    found = seen(home, other)
    assert (found.part, len(found), found.notes) == ("all", 24, ())


def test_what_was_trained_on_alone_says_so(home: Path, tmp_path: Path) -> None:
    for file in seen(home, home / "pictures", "train").files:
        place = tmp_path / "x" / Path(str(file)).parent.name
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy(str(file), place)
    found = seen(home, tmp_path / "x")
    assert found.part == "train"
    assert f"of {len(found)} pictures {len(found)} were trained on: this is no" in found.notes[0]
    with pytest.raises(ValueError, match=r"no picture is left to test: of .* were trained on"):
        seen(home, tmp_path / "x", "test")
    with pytest.raises(ValueError, match="no picture of it was looked at to choose the epoch"):
        seen(home, tmp_path / "x", "validation")


def test_a_test_folder_with_pictures_that_were_trained_on(home: Path, tmp_path: Path) -> None:
    files = [Path(str(file)) for file in seen(home, home / "pictures", "train").files]
    noise(tmp_path / "x" / "train", 3, first=200)
    noise(tmp_path / "x" / "test", 5, first=300)
    for file in files[:3]:
        shutil.copy(file, tmp_path / "x" / "test" / file.parent.name)
    found = seen(home, tmp_path / "x")
    assert (found.part, len(found)) == ("test", 10)
    assert "test part of x: of 13 pictures 3 were trained on: left out" in found.notes
    every = seen(home, tmp_path / "x", "all")
    assert len(every) == 19 and "x: of 19 pictures 3 were trained on" in every.notes


def test_weights_of_a_run_and_another_seed(home: Path, tmp_path: Path, capsys) -> None:
    given = ["--weights", str(home / "run"), "--data", str(home / "pictures")]
    out = tmp_path / "again"
    flags = [flag for flag in FLAGS if flag != "--quiet"]
    assert main(["train", *given, "--seed", "5", "--out", str(out), *flags]) == 0
    err = capsys.readouterr().err
    assert "test pictures were trained on, or chose the epoch, with the weights" in err
    fair = seen(home, home / "pictures")
    bundle = load_bundle(out)
    tested = open_pictures(bundle, str(home / "pictures"))
    assert 0 < len(tested) == result(out)["test_images"] and names(tested) <= names(fair)
    # what the first run learnt from is known to the second
    for part in ("train", "validation"):
        assert not names(seen(home, home / "pictures", part)) & names(tested)


def test_weights_of_a_run_and_its_seed_hold_out_the_same(
    home: Path, tmp_path: Path, capsys
) -> None:
    given = ["--weights", str(home / "run"), "--data", str(home / "pictures")]
    assert main(["train", *given, "--out", str(tmp_path / "again"), *FLAGS]) == 0
    assert result(tmp_path / "again")["test_images"] == result(home / "run")["test_images"]


def test_the_list_is_small_and_safe(home: Path) -> None:
    for bundle in ("best", "last"):
        assert (home / "run" / bundle / PICTURES).stat().st_size < 80 * 8 + 600


def test_a_damaged_list_is_said(home: Path, tmp_path: Path) -> None:
    run = shutil.copytree(home / "run" / "best", tmp_path / "best")
    (run / PICTURES).write_bytes((run / PICTURES).read_bytes()[:-8])
    with pytest.raises(ValueError, match=r"pictures\.safetensors is not the list of pictures that"):
        open_pictures(load_bundle(run), str(home / "pictures"))


def test_predict_says_which_pictures_were_trained_on(home: Path, tmp_path: Path, capsys) -> None:
    new = noise(tmp_path, 2, first=500)
    trained = [str(file) for file in seen(home, home / "pictures", "train").files[:3]]
    assert main(["predict", str(home / "run"), str(new), *trained]) == 0
    assert "3 of 7 pictures were trained on: what the network says" in capsys.readouterr().err
    assert main(["predict", str(home / "run"), str(new)]) == 0
    assert capsys.readouterr().err == ""


def test_predict_says_what_is_odd_about_a_file(home: Path, tmp_path: Path, capsys) -> None:
    dark = tmp_path / "dark.png"
    Image.fromarray(np.arange(256, dtype=np.uint16).reshape(16, 16) * 15).save(dark)
    assert main(["predict", str(home / "run"), str(dark)]) == 0
    assert (
        "note: 1 picture of 16 bits with small values alone, which become nearly black (first: "
        f"{dark}, values from 0 to 3825 of 65535)"
    ) in capsys.readouterr().err
