"""`papernets predict` as it is typed: tables, JSON, CSV, stdin, and bundles that are damaged."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from safetensors.torch import load_file, save_file

from papernets import data
from papernets.bundle.find import shipped
from papernets.cli import main
from papernets.cli.predict_shown import Table, _score
from papernets.evaluate.predict import Answer


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Three digits and a file that is none."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, image in enumerate(data.open("digits").test.images[:3]):
        Image.fromarray(image[0].numpy()).save(folder / f"{number}.png")
    (folder / "text.png").write_text("not a picture")
    return folder


@pytest.fixture
def copy(trained: Path, tmp_path: Path) -> Path:
    """The trained bundle, to be damaged."""
    return Path(shutil.copytree(trained, tmp_path / "copy"))


def pipe(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def edit(bundle: Path, change: Callable[[dict[str, Any]], None]) -> None:
    values = json.loads((bundle / "bundle.json").read_text())
    change(values)
    (bundle / "bundle.json").write_text(json.dumps(values))


def test_plain_columns_in_a_pipe(
    trained: Path, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(trained), str(pictures)]) == 0
    out, err = capsys.readouterr()
    head, *rows = out.splitlines()
    assert head.split() == ["file", "answer", "score", "found", "then"]
    assert [row.split()[0] for row in rows] == [str(pictures / f"{n}.png") for n in range(3)]
    for row in rows:
        assert row.split()[1].isdigit() and "%  as stored  " in row
    assert len({row.index("as stored") for row in rows}) == 1
    assert err == f"{pictures}/text.png: not a picture\n3 of 4 files were read.\n"


def test_json_alone_is_on_stdout(
    trained: Path, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(trained), str(pictures), "--json", "--top", "2"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert [list(one) for one in found] == [["file", "label", "score", "top"]] * 3 + [
        ["file", "error"]
    ]
    for one in found[:3]:
        first, second = one["top"]
        assert first == {"label": one["label"], "score": one["score"]}
        assert 1 >= first["score"] > second["score"] > 0
    assert found[3] == {"file": str(pictures / "text.png"), "error": "not a picture"}
    assert err == "3 of 4 files were read.\n"


@pytest.mark.parametrize(
    ("score", "whole", "shown"),
    [
        (1.0, True, "100.0 %"),
        (1.0, False, ">99.9 %"),  # 1 - 1e-17 is 1, and the other class has its 1e-17
        (0.99951, False, ">99.9 %"),
        (0.9994, False, "99.9 %"),
        (1e-17, False, "<0.1 %"),
        (0.0, False, "0.0 %"),
    ],
)
def test_a_hundred_per_cent_leaves_nothing_for_others(
    score: float, whole: bool, shown: str
) -> None:
    assert _score(score, whole) == shown


def test_a_rest_that_is_shown_is_no_hundred_per_cent(capsys: pytest.CaptureFixture[str]) -> None:
    answers = [
        Answer("bees.png", (("bees", 1.0), ("ants", 1e-17))),
        Answer("sure.png", (("bees", 1.0), ("ants", 0.0))),
        Answer("one.png", (("bees", 1.0),)),
    ]
    Table([a.file for a in answers], ["ants", "bees"], False)(iter(answers), 2)
    assert [line.split()[2:4] for line in capsys.readouterr().out.splitlines()[1:]] == [
        [">99.9", "%"],
        ["100.0", "%"],
        [">99.9", "%"],
    ]


def test_csv(trained: Path, pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.move(pictures / "0.png", pictures / 'a, "b"\nc.png')
    assert main(["predict", str(trained), str(pictures), "--csv", "--top", "2"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    head = ["file", "label", "score", "found", "error", "label_2", "score_2"]
    assert list(rows[0]) == head
    by_name = {Path(row["file"]).name: row for row in rows}
    assert set(by_name) == {"1.png", "2.png", 'a, "b"\nc.png', "text.png"}
    assert by_name["text.png"]["error"] == "not a picture"
    assert by_name["text.png"]["label"] == by_name["text.png"]["score_2"] == ""
    good = by_name['a, "b"\nc.png']
    assert float(good["score"]) > float(good["score_2"]) and good["found"] == "as stored"


def test_one_file_that_was_read_is_success(
    trained: Path, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, good = str(pictures / "text.png"), str(pictures / "0.png")
    assert main(["predict", str(trained), bad, good, "-q"]) == 0
    assert capsys.readouterr().err == f"{bad}: not a picture\n"
    assert main(["predict", str(trained), bad, "--json"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out) == [{"file": bad, "error": "not a picture"}] and err == ""
    assert main(["predict", str(trained), "none.png"]) == 1
    assert capsys.readouterr().err == "none.png: no such file\n"


def test_an_empty_folder(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["predict", str(trained), str(tmp_path / "empty")]) == 1
    message = f"{tmp_path}/empty: a folder without a file that is not hidden\n"
    assert capsys.readouterr().err == message


def test_strict_stops_and_leaves_whole_json(
    trained: Path, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(pictures / name) for name in ("0.png", "text.png", "1.png")]
    assert main(["predict", str(trained), *given, "--json", "--strict"]) == 1
    out, err = capsys.readouterr()
    assert [one["file"] for one in json.loads(out)] == given[:2]
    assert err == f"error: {given[1]}: not a picture. Without --strict it is left out\n"


@pytest.mark.parametrize("between", [b"\n", b"\r\n", b"\0"])
def test_paths_on_stdin(
    between: bytes,
    trained: Path,
    pictures: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    paths = [str(pictures / f"{n}.png") for n in (2, 0)]
    pipe(monkeypatch, between.join(path.encode() for path in paths) + between)
    assert main(["predict", str(trained), "-", "--json"]) == 0
    assert [one["file"] for one in json.loads(capsys.readouterr().out)] == paths


@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP", "WEBP"])
def test_a_picture_on_stdin(
    form: str,
    trained: Path,
    pictures: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    content = io.BytesIO()
    Image.open(pictures / "1.png").save(content, form)
    path = pictures / f"same.{form.lower()}"
    path.write_bytes(content.getvalue())
    pipe(monkeypatch, content.getvalue())
    assert main(["predict", str(trained), "-", str(path), "--json"]) == 0
    piped, read = json.loads(capsys.readouterr().out)
    assert piped.pop("file") == "-" and read.pop("file") == str(path)
    assert piped["label"] == read["label"]  # a place in a batch changes the seventh digit
    assert piped["score"] == pytest.approx(read["score"], abs=1e-6)


def test_stdin_that_is_empty_or_cut_short(
    trained: Path,
    pictures: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pipe(monkeypatch, b"\n")
    assert main(["predict", str(trained), "-"]) == 1
    assert capsys.readouterr().err == (
        "error: nothing on stdin: pipe paths, one a line, or one picture\n"
    )
    pipe(monkeypatch, (pictures / "1.png").read_bytes()[:100])
    assert main(["predict", str(trained), "-"]) == 1
    assert capsys.readouterr().err.startswith("-: cut short (")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name the pictures: papernets predict {} digit.png. A folder works too, and - for pa"),
        (["a.png", "--json", "--csv"], "--json and --csv: give one of them"),
        (["-", "-"], "- is given twice: stdin can be read once"),
        (["a.png", "--device", "tpu"], "unknown device 'tpu': auto, cpu, cuda or mps"),
    ],
)
def test_wrong_use(
    arguments: list[str], message: str, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(trained), *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("error: " + message.format(trained))


def test_top_0(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(trained), "a.png", "--top", "0"]) == 2
    assert capsys.readouterr().err == "error: --top 0: give 1 or more\n"


def fails(capsys: pytest.CaptureFixture[str], bundle: object, *parts: str) -> None:
    """Both verbs refuse the bundle with the same one line, which has these parts in this order."""
    for arguments in (["predict", str(bundle), "a.png"], ["evaluate", str(bundle)]):
        assert main(arguments) == 1
        out, err = capsys.readouterr()
        assert out == "" and err.startswith("error: ") and err.count("\n") == 1
        place = 0
        for part in parts:
            assert part in err[place:], err
            place = err.index(part, place) + len(part)


AGAIN = "Copy the bundle again, or train again"


def test_an_unknown_bundle(capsys: pytest.CaptureFixture[str]) -> None:
    fails(
        capsys,
        "no-such",
        "no bundle 'no-such': give a bundle's folder, a run's folder, or a network that comes",
    )
    fails(
        capsys,
        "lecture-cnn",
        "lecture_cnn does not come trained (these do: ",
        "Train it: papernets train lecture_cnn; then give its run's folder",
    )


def test_a_folder_that_is_no_bundle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fails(capsys, tmp_path, f"{tmp_path} is neither a bundle nor a finished run: it has neither")


def test_weights_that_are_gone(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "weights.safetensors").unlink()
    fails(capsys, copy, f"{copy} is not a bundle: it has no weights.safetensors")


def test_weights_cut_short(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copy / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:5000])
    fails(capsys, copy, f"{path} is not a whole safetensors file (", AGAIN)


def test_weights_with_one_byte_changed(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The description inside the file is whole: only the checksum tells."""
    path = copy / "weights.safetensors"
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    message = f"{path} is not as it was written: the checksum differs. {AGAIN}"
    fails(capsys, copy, message)
    (copy / "bundle.json").unlink()
    fails(capsys, copy, message)


def test_a_damaged_list_of_pictures_stops_before_the_table(
    copy: Path, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy / "pictures.safetensors").write_bytes(b"no list")
    for flags in ([], ["--json"], ["--csv"]):
        assert main(["predict", str(copy), str(pictures), *flags]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert f"{copy / 'pictures.safetensors'} is not the list of pictures that a run" in err


def test_weights_of_another_file(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copy / "weights.safetensors"
    save_file(load_file(path), path)  # without a description
    fails(
        capsys,
        copy,
        f"{path} is not the file that {copy / 'bundle.json'} describes: the checksum differs",
        AGAIN,
    )


def test_weights_that_do_not_fit(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A class was added by hand."""
    edit(copy, lambda info: info["classes"].append("ten"))
    path = copy / "weights.safetensors"
    fails(
        capsys,
        copy,
        f"{path} does not fit: 'out.weight' is 10x84, the network has 11x84",
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda info: info.pop("classes"), "has no 'classes'"),
        (lambda info: info.pop("preprocessing"), "has no 'preprocessing'"),
        (lambda info: info.pop("network"), "does not describe a bundle: it names no network"),
        (lambda info: info.update(classes=5), "'classes' is 5, not a list of different names"),
        (lambda info: info.update(classes=["a"] * 10), "not a list of different names"),
        (lambda info: info.update(input=[1, 32]), "'input' is [1, 32], not a list of channels,"),
        (lambda info: info.update(score_scale=0), "'score_scale' is 0, not a number above 0"),
        (lambda info: info.update(kind="x"), "'kind' is \"x\", not network or committee"),
    ],
)
def test_a_description_that_is_wrong(
    change: Callable[[dict[str, Any]], None],
    message: str,
    copy: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    edit(copy, change)
    fails(capsys, copy, str(copy / "bundle.json"), message, AGAIN)


def test_a_description_of_the_future(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(copy, lambda info: info.update(schema=7))
    fails(
        capsys,
        copy,
        "bundle.json has schema 7; this version of papernets reads 1. Install the version that",
    )


def test_a_description_that_is_not_json(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "bundle.json").write_text("{'network': ")
    fails(capsys, copy, f"{copy / 'bundle.json'} is not JSON (", AGAIN)
    (copy / "bundle.json").write_bytes(b"\xff\xfe")
    fails(capsys, copy, f"{copy / 'bundle.json'} is not JSON (", AGAIN)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"mean": 3}, "unknown preprocessing key 'mean'"),
        ({"kind": "dog"}, "preprocessing kind 'dog': give one of digit, garment, photo"),
        ({"picture": 28}, "picture=28: give height and width"),
    ],
)
def test_preprocessing_that_makes_no_sense(
    values: dict[str, Any],
    message: str,
    copy: Path,
    pictures: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    edit(copy, lambda info: info["preprocessing"].update(values))
    assert main(["predict", str(copy), str(pictures)]) == 1
    err = capsys.readouterr().err
    assert err.startswith(f"error: {copy}: its preprocessing cannot be used: ")
    assert message in err and err.endswith(f"{AGAIN}\n")


def test_a_committee_with_other_classes(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "committee"
    shutil.copytree(trained, folder / "first")
    info = json.loads((folder / "first" / "bundle.json").read_text())
    both = info | {"kind": "committee", "members": ["first"], "classes": info["classes"][::-1]}
    (folder / "bundle.json").write_text(json.dumps(both))
    fails(capsys, folder, f"{folder / 'first'} has other classes than its committee {folder}")
    (folder / "bundle.json").write_text(json.dumps(both | {"members": []}))
    fails(capsys, folder, f"{folder} is a committee without members", AGAIN)


def test_a_console_that_writes_ascii_alone(
    copy: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"gr\u00fcn {number}" for number in range(10)]
    edit(copy, lambda info: info.update(classes=names))
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert main(["predict", str(copy), str(pictures), "--quiet"]) == 0
    assert main(["predict", str(copy), str(pictures), "--json"]) == 0
    sys.stdout.flush()
    table, found = written.getvalue().split(b"[", 1)
    assert b"gr\\xfcn " in table
    assert json.loads(b"[" + found)[0]["label"] in names


def test_a_terminal_gets_what_fits(
    trained: Path,
    pictures: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("papernets.cli.screen.terminal", lambda: True)
    name = pictures / ("x" * 100 + "end.png")
    shutil.move(pictures / "0.png", name)
    for columns, seconds in ((60, 1), (80, 2), (120, 2)):
        monkeypatch.setenv("COLUMNS", str(columns))
        assert main(["predict", str(trained), str(pictures)]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert all(len(line) <= columns for line in lines)
        long = lines[-1]
        assert long.startswith("\N{HORIZONTAL ELLIPSIS}") and "end.png" in long
        assert long.count(" %") == 1 + seconds


def test_the_network_that_comes_trained(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if shipped("lenet5") is None:
        pytest.skip("no trained lenet5 comes with this copy")
    assert main(["predict", "lenet5", str(pictures), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    labels = data.open("digits").test.labels[:3].tolist()
    assert [one.get("label") for one in found[:3]] == [str(label) for label in labels]


def test_a_row_of_digits_is_pointed_to_scan(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digits = data.open("digits").test.images[:3, 0]
    row, one = tmp_path / "row.png", tmp_path / "one.png"
    Image.fromarray(np.concatenate([digit.numpy() for digit in digits], axis=1)).save(row)
    Image.fromarray(digits[0].numpy()).save(one)
    assert main(["predict", str(trained), str(one), str(row)]) == 0
    hint = f"{row}: several digits? --scan reads a row of them\n"
    assert capsys.readouterr().err == hint
    assert main(["predict", str(trained), str(one), str(row), "--quiet"]) == 0
    assert main(["predict", str(trained), str(one)]) == 0
    assert capsys.readouterr().err == ""
