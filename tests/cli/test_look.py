"""papernets look: a grid of augmentations by name, by bundle, of a file and of a set; wrong use."""

from pathlib import Path

import pytest
from small_photos import folder

from papernets.cli import main

STARTS = {"png": b"\x89PNG", "pdf": b"%PDF"}


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("photos")
    folder(root, {"train": 6, "val": 3})
    return root


def one(photos: Path) -> str:
    return str(next((photos / "val").rglob("*.png")))


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_a_networks_recipe_on_a_photograph(photos: Path, tmp_path: Path, form: str, capsys) -> None:
    out = str(tmp_path / f"grid.{form}")
    sets = ["--set", "augment.pca=0.1", "--set", "input=32"]
    assert main(["look", "augment", "resnet18", one(photos), "-o", out, *sets, "--count", "2"]) == 0
    content = Path(out).read_bytes()
    said = capsys.readouterr().out
    assert said.startswith(f"{out}: resnet18: what training does to a picture, 4 rows")
    if form == "svg":
        text = content.decode()
        assert "pca is drawn along ImageNet" in text and "section 4.1" in text
        assert "4 rows of pictures, each the original and 2 draws: crop, flip, pca, all" in text
    else:
        assert content.startswith(STARTS[form])


def test_a_data_set_a_seed_and_another_picture(photos: Path, tmp_path: Path) -> None:
    def grid(*more: str) -> bytes:
        out = tmp_path / "grid.png"
        flags = ["look", "augment", "resnet18", str(photos), "-o", str(out), "--count", "1"]
        sets = ["--set", "input=32", "--set", "augment.pca=0.1", "--quiet"]
        assert main([*flags, *sets, *more]) == 0
        return out.read_bytes()

    first = grid()
    assert grid() == first
    assert grid("--seed", "3") != first and grid("--number", "2") != first


def test_digits_by_their_network(tmp_path: Path, capsys) -> None:
    out = str(tmp_path / "digits.svg")
    assert main(["look", "augment", "lenet5", "digits", "-o", out, "--count", "1"]) == 0
    text = Path(out).read_text()
    assert "LeCun et al. 1998, section III-B" in text and "Simard et al. 2003" in text


def test_a_bundles_run(photos: Path, tmp_path: Path, capsys) -> None:
    run = str(tmp_path / "run")
    sets = ["channels=3", "input=16", "augment.hue=0.2", "batch_size=8", "mean=pixel"]
    flags = [word for pair in sets for word in ("--set", pair)]
    train = ["train", "lenet1", "--data", str(photos), "--out", run, "--epochs", "1"]
    assert main([*train, *flags, "--set", "learning_rate=1e-5"]) == 0
    for on in (one(photos), str(photos)):
        out = str(tmp_path / "grid.svg")
        assert main(["look", "augment", run, on, "-o", out, "--count", "1"]) == 0
        assert "up to 0.2" in Path(out).read_text()
    assert main(["look", "augment", run, on, "-o", out, "--set", "augment.hue=0.3"]) == 0
    assert "up to 0.3" in Path(out).read_text()
    for other in (["--recipe", "photos"], ["--set", "input=32"]):  # what would be ignored
        assert main(["look", "augment", run, on, "-o", out, *other]) == 2
        assert "is looked at as its run was, and takes no" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (
            ["augment", "lenet5", "digits", "--scales", "256"],
            2,
            "--scales is for papernets look",
        ),
        (["augmemt", "lenet5", "digits", "-o", "x.png"], 2, "unknown kind 'augmemt'. Did you mean"),
        (["augment", "lenet5", "digits"], 2, "papernets look augment lenet5 digits -o grid.png"),
        (["augment", "lenet5", "digits", "-o", "x.gif"], 2, "no format has the suffix .gif"),
        (["augment", "lenet55", "digits", "-o", "x.png"], 2, "unknown network 'lenet55'"),
        (["augment", "lenet5", "nowhere", "-o", "x.png"], 2, "unknown data set 'nowhere'"),
        (["augment", "lenet5", "digits", "-o", "x.png", "--number", "9999"], 2, "--number 9999"),
        (
            ["augment", "lenet5", "digits", "-o", "x.png", "--set", "augment.hue=0.1"],
            1,
            "augment.hue changes colours, and these pictures are grey",
        ),
        (
            ["augment", "resnet18", "digits", "-o", "x.png", "--set", "augment.pca=nan"],
            2,
            "augment.pca takes a number of 0 or more, not nan",
        ),
    ],
)
def test_wrong_use(arguments: list[str], code: int, words: str, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main(["look", *arguments]) == code
    assert words in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
