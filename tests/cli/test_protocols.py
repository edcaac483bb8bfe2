"""`papernets evaluate --protocol`, `--ensemble` and `papernets look protocol` as they are typed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import torch
from PIL import Image
from small_photos import NAMES, folder, photo

import papernets
from papernets.cli import main
from papernets.data import Preprocessing

EYES = Preprocessing(3, 32, 32, (37, 37), "photo", low=(-2.0,), high=(2.0,), crop=True)


def bundle(out: Path, seed: int = 0, classes: tuple[str, ...] = NAMES) -> Path:
    """A small untrained network for photographs of two colours."""
    draws = torch.Generator().manual_seed(seed)
    model = papernets.create_model("cifar_resnet20", num_classes=len(classes), generator=draws)
    papernets.save(model, out, classes=list(classes), preprocessing=EYES)
    return out


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """bundles a, b and other, and photos/test with four pictures of a class."""
    root = tmp_path_factory.mktemp("protocols")
    bundle(root / "a")
    bundle(root / "b", 1, tuple(reversed(NAMES)))
    bundle(root / "other", 2, ("blue", "green"))
    folder(root / "photos", {"train": 1, "test": 4}, (48, 60))
    return root


@pytest.fixture(autouse=True)
def _there(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "other", "photos"):
        (tmp_path / name).symlink_to(home / name)
    monkeypatch.chdir(tmp_path)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    capsys.readouterr()
    assert main(["evaluate", *arguments, "--data", "photos", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_json_has_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "a", "--protocol", "ten-crop")
    assert (found["protocol"], found["views"], found["scales"]) == ("ten-crop", 10, [37])
    assert found["average"] == "softmax" and found["networks"] == 1
    assert found["top1_error"] == found["error"] and found["top5_error"] is None
    assert found["images"] == 8 and len(found["interval"]) == 2  # type: ignore[arg-type]
    assert found["loss"] > 0 and 0 <= found["brier_score"] <= 2  # type: ignore[operator]
    assert 0 <= found["expected_calibration_error"] <= 1  # type: ignore[operator]
    assert sum(one["images"] for one in found["reliability"]) == 8  # type: ignore[attr-defined,index]
    plain = told(capsys, "a")
    assert (plain["protocol"], plain["views"], plain["average"]) == ("centre", 1, None)
    assert plain["loss"] != found["loss"]


@pytest.mark.parametrize(
    ("arguments", "views"),
    [
        (["--protocol", "144"], 144),
        (["--protocol", "dense", "--average", "logits"], 2),
        (["--protocol", "multi-scale", "--scales", "32,40"], 4),
        (["--protocol", "multi-crop+dense", "--scales", "40", "--crops", "2"], 10),
    ],
)
def test_every_protocol_runs(
    arguments: list[str], views: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(capsys, "a", *arguments, "--batch-size", "7")
    assert found["views"] == views and found["images"] == 8


def test_what_people_see(capsys: pytest.CaptureFixture[str]) -> None:
    """The protocol stands in the line of the result, and what it shows below it."""
    arguments = ["a", "--data", "photos", "--protocol", "dense", "--scales", "40"]
    assert main(["evaluate", *arguments, "--ensemble", "b"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("resnet20 with 1 more on photos, test part, dense: ")
    assert (
        "Protocol dense: 2 views of each picture (the whole picture as a convolution, mirrored; "
        "its shorter side 40); softmax outputs averaged."
    ) in lines
    assert "With b; softmax outputs averaged." in lines
    assert main(["evaluate", *arguments, "--quiet"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert len(out) == 1 and ", dense: " in out[0]


def test_an_ensemble_of_itself_is_itself(capsys: pytest.CaptureFixture[str]) -> None:
    alone, twice = told(capsys, "a"), told(capsys, "a", "--ensemble", "a")
    assert alone["loss"] == pytest.approx(twice["loss"])
    assert (twice["networks"], twice["ensemble"], twice["average"]) == (2, ["a"], "softmax")
    three = told(capsys, "a", "--ensemble", "b", "--ensemble", "a", "--top", "1")
    assert three["networks"] == 3 and three["top_k_error"] == {"1": three["error"]}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["a", "--protocol", "tencrop"], 2, "unknown protocol 'tencrop'. Did you mean 'ten-crop'?"),
        (["a", "--protocol", "dense", "--scales", "30"], 1, "scale 30 is below the network"),
        (["a", "--protocol", "dense", "--scales", "big"], 2, "scales 'big': give lengths of"),
        (["a", "--crops", "3"], 2, "--crops is the grid of multi-crop and multi-crop+dense"),
        (["a", "--average", "logits"], 2, "--average: centre shows one view"),
        (["a", "--average", "mean", "--ensemble", "b"], 2, "average 'mean': give softmax or"),
        (["a", "--ensemble", "other"], 1, "other has other classes than a: it lacks 'red' and it"),
        (["a", "--ensemble", "none"], 1, "none"),
        (["lenet5", "--protocol", "ten-crop", "--data", "digits"], 1, "digits: digits are shown"),
        (["boosted_lenet4", "--protocol", "dense"], 1, "is a committee, whose networks answer"),
    ],
)  # fmt: skip
def test_what_is_refused(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before a picture is read, but for what the pictures themselves say."""
    given = arguments if "--data" in arguments else [*arguments, "--data", "photos"]
    assert main(["evaluate", *given]) == code
    assert said in capsys.readouterr().err.splitlines()[-1]


def test_compare_sets_it_beside_the_papers(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run's reports are found; one that is older than the bundle, or damaged, is not taken."""
    run = tmp_path / "run"
    shutil.copytree(home / "a", run / "best")
    (run / "run.toml").write_text('net = "cifar_resnet20"\n')
    assert main(["evaluate", str(run), "--data", "photos", "--protocol", "ten-crop", "-q"]) == 0
    damaged = run / "evaluation" / "damaged" / "report.json"
    damaged.parent.mkdir()
    damaged.write_text("{")
    capsys.readouterr()

    def measured() -> dict[str, object] | None:
        assert main(["compare", str(run), "--protocol", "ten-crop", "--json"]) == 0
        (one,) = json.loads(capsys.readouterr().out)
        return one["measured"]

    found = measured()
    assert found is not None and found["protocol"] == "ten-crop" and found["test_images"] == 8
    report = run / "evaluation" / "photos-test" / "report.json"
    assert found["test_error"] == json.loads(report.read_text())["top1_error"]
    os.utime(report, (1, 1))
    assert measured() is None


@pytest.mark.parametrize(
    ("network", "protocol", "said"),
    [
        ("googlenet", "144", "144 views"),
        ("alexnet", "ten-crop", "10 views"),
        ("a", "centre", "the centre crop"),
        ("a", "multi-crop+dense", "156 views"),
    ],
)
def test_look_draws_the_boxes(
    network: str, protocol: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """For a network by name, or a bundle; the same picture gives the same bytes."""
    photo(0, 0, (60, 90)).save("p.png")
    files = ["one.png", "two.png", "boxes.svg"]
    for file in files:
        assert main(["look", "protocol", network, "p.png", "-o", file, "--protocol", protocol]) == 0
    assert said in capsys.readouterr().out
    assert Path("one.png").read_bytes() == Path("two.png").read_bytes()
    assert b"<title" in Path("boxes.svg").read_bytes()
    with Image.open("one.png") as drawn:
        assert drawn.width > 400


def test_the_three_squares_of_a_square_are_one(capsys: pytest.CaptureFixture[str]) -> None:
    photo(0, 0, (60, 60)).save("square.png")
    words = ["square.png", "-o", "x.svg", "--protocol", "144"]
    assert main(["look", "protocol", "googlenet", *words]) == 0
    assert "A square picture has one square, which is shown three times" in capsys.readouterr().out
    text = Path("x.svg").read_text()
    assert text.count("three times the same square") == 4 and ", middle" not in text


def test_of_a_long_picture_the_middle_is_drawn_as_it_is_tested() -> None:
    """5,000 pixels of one would be a picture of 185,000, and 46,000 outputs."""
    photo(0, 0, (1, 5000)).save("long.png")
    words = ["long.png", "-o", "x.svg", "--protocol", "multi-crop+dense"]
    assert main(["look", "protocol", "a", *words]) == 0
    assert "Of so long" in Path("x.svg").read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["protocols", "alexnet", "p.png", "-o", "x.png"], 2, "unknown kind 'protocols'. Did you"),
        (["protocol", "alexnet", "p.png"], 2, "look draws into a file: papernets look protocol"),
        (["protocol", "alexnet", "p.png", "-o", "x.gif"], 2, "x.gif: no format has the suffix"),
        (["protocol", "alexnot", "p.png", "-o", "x.png"], 2, "unknown network 'alexnot'"),
        (["protocol", "alexnet", "none.png", "-o", "x.png"], 1, "none.png"),
        (
            ["protocol", "boosted_lenet4", "p.png", "-o", "x.png", "--protocol", "dense"],
            2,
            "boosted_lenet4 is a committee, whose networks answer one after the other: dense runs",
        ),
        (
            ["protocol", "alexnet", "p.png", "-o", "x.png", "--scales", "100"],
            2,
            "scale 100 is below the network's input of 227x227",
        ),
    ],
)
def test_what_look_refuses(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    photo(0, 0, (60, 90)).save("p.png")
    assert main(["look", *arguments]) == code
    assert said in capsys.readouterr().err and not Path("x.png").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--protocol", "ten-crop", "--average", "logits"],
        ["--protocol", "multi-crop+dense", "--scales", "40", "--crops", "2"],
        ["--ensemble", "b", "--average", "logits"],
    ],
)
def test_predict_answers_as_evaluate_does(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """On the same pictures, by the same protocol, in batches of other sizes."""
    found = told(capsys, "a", *arguments, "--part", "test")
    pictures = sorted(map(str, Path("photos/test").rglob("*.*")))
    words = ["predict", "a", *pictures, "--json", "--top", "2", *arguments, "--batch-size", "3"]
    assert main(words) == 0
    answers = json.loads(capsys.readouterr().out)
    truth = [Path(one["file"]).parent.name for one in answers]
    wrong = [one["label"] != name for one, name in zip(answers, truth, strict=True)]
    assert sum(wrong) / len(wrong) == found["error"] and len(wrong) == found["images"]
    scores = [
        {entry["label"]: entry["score"] for entry in one["top"]}[name]
        for one, name in zip(answers, truth, strict=True)
    ]
    loss = -torch.tensor(scores, dtype=torch.float64).log().mean().item()
    assert loss == pytest.approx(found["loss"], rel=1e-5)
    alone = papernets.load("a").predict(pictures[0], protocol="ten-crop")
    centre = papernets.load("a").predict(pictures[0])
    assert alone.score != centre.score  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["a", "--protocol", "ten"], 2, "unknown protocol 'ten'. There are centre"),
        (["a", "--average", "logits"], 2, "centre shows one view"),
        (["lenet1", "--protocol", "ten-crop"], 1, "digits are shown whole and centred"),
        (["lenet5_scan", "--scan", "--protocol", "144"], 2, "leave out --protocol"),
        (["lenet5_scan", "--scan", "--ensemble", "lenet5"], 2, "leave out --ensemble"),
        (["a", "--ensemble", "other"], 1, "other has other classes than a: it lacks 'red' and it"),
        (["a", "--ensemble", "none"], 1, "none"),
    ],
)
def test_predict_refuses_what_cannot_be(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", *arguments, "photos/test"]) == code
    assert message in capsys.readouterr().err.replace("\n", " ")
