"""papernets look KIND for what is learnt: every kind and format, and what is asked wrongly."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import siblings
from PIL import Image

from papernets.cli import main
from papernets.cli.look import BY_CLASS, FLAGS, KINDS
from papernets.cli.look_inside import INSIDE
from papernets.cli.look_sheet import Sheet
from papernets.data import reading

STARTS = {"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml", "html": b"<!DOCTYPE html>"}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A colour picture, a grey one, and one with an alpha channel."""
    root, draws = tmp_path_factory.mktemp("pictures"), np.random.default_rng(0)
    for name, shape in (("a.png", (40, 50, 3)), ("b.png", (33, 32)), ("c.png", (32, 32, 4))):
        Image.fromarray(draws.integers(0, 255, shape, dtype=np.uint8)).save(root / name)
    return [str(root / name) for name in ("a.png", "b.png", "c.png")]


def bar(at: int) -> Image.Image:
    """A stroke, dark on light, at a place of its own."""
    pixels = np.full((28, 28), 255, np.uint8)
    pixels[4:24, 6 + 2 * at : 9 + 2 * at] = 0
    return Image.fromarray(pixels)


def look(*arguments: str) -> int:
    return main(["look", *arguments])


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("cam", "html"),
        *siblings.slow_cases(
            ("features", "html"),
            ("saliency", "svg"),
            ("guided", "png"),
            ("smooth", "pdf"),
            ("occlusion", "svg"),
            ("deconv", "png"),
            ("filters", "svg"),
            ("field", "pdf"),
            ("embedding", "svg"),
        ),
    ],
)
def test_every_kind_on_pictures(kind: str, form: str, pictures: list[str], tmp_path: Path, capsys):
    out = tmp_path / f"x.{form}"
    more = {"smooth": ["--samples", "2"], "occlusion": ["--square", "16", "--stride", "16"]}
    flags = [*more.get(kind, []), "--batch-size", "2", "--json"]
    assert look(kind, "resnet20", *pictures, "-o", str(out), *flags) == 0
    content = out.read_bytes()
    assert content.startswith(STARTS[form])
    if form == "svg":
        texts = {one.tag.partition("}")[2] for one in ElementTree.fromstring(content)}
        assert {"title", "desc"} <= texts
    if form == "html":
        assert content.count(b"<svg ") == 1 and b"</html>" in content
    printed = json.loads(capsys.readouterr().out)
    assert printed["kind"] == kind and printed["bundle"] == "resnet20" and printed["rows"]
    if kind in BY_CLASS:
        assert [row["picture"] for row in printed["rows"]] == ["a.png", "b.png", "c.png"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", INSIDE)
@pytest.mark.parametrize("bundle", ["lenet5", "lenet1"])
def test_every_kind_on_digits(kind: str, bundle: str, tmp_path: Path, capsys) -> None:
    out = tmp_path / "x.png"
    code = look(kind, bundle, "digits", "-o", str(out), "--count", "12")
    if kind == "deconv":  # it has no rectifiers
        said = capsys.readouterr().err
        assert code == 1 and not out.exists()
        assert "which does not rectify" in said and "saliency, smooth and occlusion" in said
        return
    assert code == 0 and out.read_bytes().startswith(STARTS["png"])


def test_scores_are_those_of_predict(pictures: list[str], capsys) -> None:
    assert main(["predict", "resnet20", *pictures, "--json", "--top", "10"]) == 0
    answers = json.loads(capsys.readouterr().out)
    assert look("saliency", "resnet20", *pictures, "--json", "--class", "ship") == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    for answer, row in zip(answers, rows, strict=True):
        scores = {one["label"]: one["score"] for one in answer["top"]}
        assert row["answer"] == answer["label"] and row["class"] == "ship"
        assert row["score"] == pytest.approx(scores["ship"], abs=1e-6)


def test_below_a_picture_stand_its_name_its_class_and_its_score(pictures, monkeypatch, capsys):
    """As printed: the class that was asked for, and the answer where it is another."""
    sheets: list[Sheet] = []
    monkeypatch.setattr(Sheet, "written", lambda self, form, output: sheets.append(self))
    assert look("saliency", "resnet20", *pictures, "--class", "ship", "-o", "x.png", "--json") == 0
    rows, (sheet,) = json.loads(capsys.readouterr().out)["rows"], sheets
    assert sheet.title == "resnet20: saliency" and "Simonyan et al. 2014" in sheet.note
    first, second = sheet.lines
    for panel, row in zip(first.panels, rows, strict=True):
        name, said, *more = panel.label.split("\n")
        assert name == row["picture"]
        label, _, score = said.replace("\N{NO-BREAK SPACE}", " ").partition(", ")
        assert label == "ship" and float(score.removesuffix(" %")) == pytest.approx(
            100 * row["score"], abs=0.05
        )
        assert more == ([] if row["answer"] == "ship" else [f"answer: {row['answer']}"])
    assert [panel.label for panel in second.panels] == ["", "", ""]


@pytest.fixture
def sheets(monkeypatch) -> list[Sheet]:
    """What is to be drawn, and is not."""
    found: list[Sheet] = []
    monkeypatch.setattr(Sheet, "written", lambda self, form, output: found.append(self))
    return found


def test_an_embedding_tells_its_set_and_the_one_that_was_learnt(sheets) -> None:
    assert look("embedding", "lenet5", "digits", "--method", "pca", "-o", "x.png") == 0
    (sheet,) = sheets
    rows = sheet.numbers
    wrong = sum(row["answer"] != row["true_class"] for row in rows)
    assert "pictures of digits" in sheet.title
    assert f"Wrong: {wrong} of {len(rows)} (" in sheet.note
    assert sheet.note.endswith("lenet5 was trained on mnist, not on digits.")


def test_the_last_row_of_features_names_the_classes(sheets, pictures, capsys) -> None:
    out = ["-o", "x.png", "--json", "--layer", "conv1", "--layer", "fc"]
    assert look("features", "resnet20", pictures[0], *out) == 0
    printed, (sheet,) = json.loads(capsys.readouterr().out), sheets
    labels = [panel.label.split("\n") for panel in sheet.lines[-1].panels]
    assert [name for name, _ in labels][:3] == ["airplane", "automobile", "bird"]
    assert max(labels, key=lambda one: float(one[1]))[0] == printed["answer"]
    least, most = (f"{printed['rows'][0][key]:.3g}" for key in ("least", "most"))
    assert f"{least} to {most}" in sheet.lines[1].detail.replace("\N{NO-BREAK SPACE}", " ")


def test_one_picture_has_one_part_for_a_unit(sheets, pictures) -> None:
    """Neither nine in words nor the places of nine."""
    assert look("filters", "lenet1", pictures[1], "-o", "x.png") == 0
    (sheet,) = sheets
    assert "the part of the picture" in sheet.note and "9 parts" not in sheet.note
    high, wide = sheet.lines[-1].panels[0].picture.shape[:2]
    assert high == wide


@siblings.together("kind", ["cam", "saliency", "guided", "occlusion", "field"])
def test_a_map_has_a_bar_with_numbers(kind, pictures, monkeypatch) -> None:
    sheets: list[Sheet] = []
    monkeypatch.setattr(Sheet, "written", lambda self, form, output: sheets.append(self))
    more = ["--square", "16", "--stride", "16"] if kind == "occlusion" else []
    more += ["--layer", "conv1"] if kind == "field" else []
    assert look(kind, "resnet20", pictures[0], *more, "-o", "x.png") == 0
    bars = [p.bar for line in sheets[0].lines for p in line.panels if p.bar]
    assert bars and all(
        float(low.split("\xa0")[0]) < float(high.split("\xa0")[0]) for _, low, high in bars
    )


def test_of_a_folder_the_first_are_taken_and_the_rest_is_told(tmp_path: Path, capsys) -> None:
    for at in range(8):
        bar(at).save(tmp_path / f"{at}.png")
    (tmp_path / "0-README.md").write_text("Eight bars.")
    assert look("saliency", "lenet1", str(tmp_path), "--json") == 0
    said = capsys.readouterr()
    assert [row["picture"] for row in json.loads(said.out)["rows"]] == [
        f"{n}.png" for n in range(6)
    ]
    assert "the first 6 of 9 files" in said.err
    assert look("saliency", "lenet1", str(tmp_path), "--json", "--count", "8") == 0
    said = capsys.readouterr()
    assert len(json.loads(said.out)["rows"]) == 8 and "the first" not in said.err
    named = [str(tmp_path / f"{at}.png") for at in range(8)]
    assert look("saliency", "lenet1", *named, "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["rows"]) == 8


def test_of_a_set_no_more_is_read_than_is_shown(tmp_path: Path, monkeypatch, capsys) -> None:
    """The first of each class in turn, with the next in the place of one that cannot be read."""
    draws = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        for at in range(30):
            pixels = draws.integers(0, 255, (32, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / name / f"{name}{at:02}.png")
    (tmp_path / "cat" / "cat00.png").write_text("no picture")
    opened: list[str] = []
    load = reading.load
    monkeypatch.setattr(
        reading, "load", lambda file, *more: opened.append(str(file)) or load(file, *more)
    )
    assert look("saliency", "resnet20", str(tmp_path), "--json", "--count", "4") == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["picture"] for row in rows] == ["cat01.png", "dog00.png", "cat02.png", "dog01.png"]
    assert len(set(opened)) == 8  # two of each class, then four, for the sake of the broken one
    assert look("saliency", "resnet20", str(tmp_path), "--json", "--count", "99") == 0
    assert len(json.loads(capsys.readouterr().out)["rows"]) == 59


def test_a_folder_of_a_set_with_other_files_in_it_is_a_set(tmp_path: Path, capsys) -> None:
    for name in "01":
        (tmp_path / name).mkdir()
        for at in range(3):
            bar(at).save(tmp_path / name / f"{at}.png")
    (tmp_path / "README.md").write_text("Two classes.")
    assert look("saliency", "lenet1", str(tmp_path), "--json", "--count", "2") == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["true_class"] for row in rows] == ["0", "1"]


def test_the_first_filters_need_no_pictures(tmp_path: Path, capsys) -> None:
    out = tmp_path / "x.html"
    assert look("filters", "lenet1", "-o", str(out), "--json") == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["unit"] for row in rows] == [0, 1, 2, 3]  # LeNet-1 has four maps in H1
    assert "<details>" not in out.read_text()
    assert look("filters", "resnet20", "--layer", "stage1_1", "-o", str(out)) == 2
    assert "give pictures or a data set" in capsys.readouterr().err
    assert look("cam", "resnet20", "-o", str(out)) == 2
    assert "papernets look cam resnet20 digits -o cam.png" in capsys.readouterr().err


def test_a_wrong_class_is_told_before_pictures_are_looked_for(capsys) -> None:
    assert look("cam", "resnet20", "nowhere.png", "--class", "catt", "-o", "x.png") == 2
    assert "no class 'catt'. Did you mean 'cat'" in capsys.readouterr().err


def test_a_long_table_is_folded() -> None:
    def page(rows: int) -> str:
        svg = "<svg></svg>"
        return Sheet("Title", "", "", numbers=[{"x": at} for at in range(rows)])._page(svg)

    assert "<h2>Numbers</h2>" in page(40) and "<details>" not in page(40)
    long = page(41)
    assert "<summary>Numbers: 41 rows</summary>" in long and "<h2>Numbers</h2>" not in long
    assert long.index("<svg>") < long.index("<details>") < long.index("</details>\n</section>")


def test_of_a_set_the_classes_come_in_turn_and_the_true_one_is_told(capsys) -> None:
    assert look("saliency", "lenet1", "digits", "--json", "--count", "12") == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["true_class"] for row in rows] == [*"0123456789", "0", "1"]


def test_pictures_of_other_classes_are_looked_at_too(tmp_path: Path, capsys) -> None:
    draws = np.random.default_rng(0)
    for name in ("ants", "bees"):
        (tmp_path / "set" / name).mkdir(parents=True)
        for at in range(3):
            pixels = draws.integers(0, 255, (32, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "set" / name / f"{at}.png")
    given = [str(tmp_path / "set"), "--method", "pca", "--json"]
    assert look("embedding", "resnet20", *given) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["true_class"] for row in rows] == ["ants", "bees"] * 3


@pytest.mark.slow
def test_the_same_seed_gives_the_same_picture(pictures: list[str], tmp_path: Path) -> None:
    def drawn(name: str, *flags: str) -> bytes:
        out = tmp_path / f"{name}.png"
        asked = ["smooth", "lenet1", pictures[1], "--samples", "2", "-o", str(out), "--quiet"]
        assert look(*asked, *flags) == 0
        return out.read_bytes()

    assert drawn("one") == drawn("two") == drawn("three", "--batch-size", "1")
    assert drawn("other", "--seed", "5") != drawn("one")


OF_THE_COMMAND = [
    (["saliency", "resnet20", "A", "--layer", "conv1"], 2, "--layer is for papernets look "),
    (["cam", "resnet20", "A", "--layer", "conv1", "--layer", "fc"], 2, "takes one --layer"),
    (["protocol", "resnet20", "A", "B", "-o", "x.png"], 2, "takes one picture"),
    (["augment", "resnet20", "A", "--count", "13", "-o", "x.png"], 2, "draws 12 at most"),
    (["smooth", "resnet20", "A", "--noise", "-1"], 2, "--noise"),
    (["saliency", "resnet20", "A", "-o", "-", "--json"], 2, "both write to stdout"),
    (["saliency", "resnet20", "A", "-o", "x.gif"], 2, "no format has the suffix .gif"),
    (["saliency", "resnet20", "nowhere"], 2, "unknown data set 'nowhere'"),
    (["saliency", "resnet20", "B"], 1, "text.txt: not a picture"),
    (["saliency", "resnet20", "EMPTY"], 1, "EMPTY: a folder without"),
    (["deconv", "lenet5", "A"], 1, "C1 ends in scaled_tanh, which does not rectify"),
]
OF_THE_ROOM = [
    (["saliency", "resnet20", "A", "--class", "catt"], 2, "no class 'catt'. Did you mean 'cat'"),
    (["cam", "resnet20", "A", "--layer", "stage3"], 2, "no layer 'stage3'"),
    (["cam", "resnet20", "A", "--layer", "fc"], 1, "fc gives no maps"),
    (["deconv", "resnet20", "A", "--layer", "conv1", "--unit", "16"], 2, "has no unit 16"),
    (["deconv", "resnet20", "A", "--layer", "fc"], 1, "avgpool averages"),
    (["filters", "resnet20", "A", "--layer", "conv1", "--unit", "99"], 2, "has no unit 99"),
    (["occlusion", "resnet20", "A", "--square", "40"], 1, "does not fit on 32x32"),
    (["saliency", "resnet20", "nothing.png"], 1, "nothing.png: no such file"),
    (["embedding", "resnet20", "A"], 1, "1 picture cannot be laid out"),
    (["saliency", "resnet18", "A"], 1, "resnet18 does not come trained"),
    (["saliency", "boosted_lenet4", "A"], 1, "a committee of several networks"),
]


@siblings.together("arguments, code, words", OF_THE_COMMAND)
def test_what_is_asked_wrongly(
    arguments, code, words, pictures, tmp_path_factory, monkeypatch, capsys
):
    home = tmp_path_factory.mktemp("home")
    monkeypatch.chdir(home)
    (home / "B").mkdir(exist_ok=True)
    (home / "B" / "text.txt").write_text("no picture")
    (home / "EMPTY").mkdir()
    before = sorted(home.rglob("*"))
    given = [pictures[0] if word == "A" else word for word in arguments]
    out = [] if "-o" in given else ["-o", "x.png"]
    assert look(*given, *out) == code
    assert words in capsys.readouterr().err
    assert sorted(home.rglob("*")) == before  # nothing is half written


@pytest.mark.slow
@siblings.together("arguments, code, words", OF_THE_ROOM)
def test_what_the_room_refuses_is_told_in_one_line(
    arguments, code, words, pictures, monkeypatch, tmp_path, capsys
):
    monkeypatch.chdir(tmp_path)
    given = [pictures[0] if word == "A" else word for word in arguments]
    assert look(*given, "-o", "x.png") == code
    said = capsys.readouterr().err
    assert words in said and "Traceback" not in said and not list(tmp_path.iterdir())


def test_without_a_file_the_error_says_how(capsys) -> None:
    assert look("cam", "resnet20", "a.png") == 2
    assert "papernets look cam resnet20 a.png -o cam.png" in capsys.readouterr().err


def test_every_flag_has_its_kinds() -> None:
    assert {kind for _, kinds in FLAGS.values() for kind in kinds} == set(KINDS)
