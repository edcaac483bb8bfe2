"""`papernets predict -o` and `merge` as they are typed: what is said, and what is refused."""

import builtins
import csv
import io
import json
import shutil
from pathlib import Path

import pyarrow.csv
import pytest
from many_pictures import digits_in, left, tar_of
from PIL import Image

from papernets.cli import main
from papernets.cli.streams import print_csv, streams


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder with 5 digits and a file that is no picture, seen from within."""
    monkeypatch.chdir(tmp_path)
    digits_in(tmp_path / "d", 5)
    (tmp_path / "d" / "text.png").write_text("no picture")
    return tmp_path


def text(name):
    """What a file holds."""
    return Path(name).read_text(encoding="utf-8")


def said(capsys, *words, code=0):
    """What a command says on stderr; it prints nothing on stdout."""
    assert main(list(map(str, words))) == code
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_what_is_written_and_said(home, capsys):
    err = said(capsys, "predict", "lenet5", "d", "-o", "a.jsonl")
    assert err.startswith("a.jsonl: 6 lines, 1 of them without an answer in 0:0")
    assert err.endswith(" a second.\n")
    lines = [json.loads(line) for line in text("a.jsonl").splitlines()]
    assert [one["file"] for one in lines] == [*(f"d/{n}.png" for n in range(5)), "d/text.png"]
    assert lines[-1] == {"file": "d/text.png", "error": "not a picture"}
    again = said(capsys, "predict", "lenet5", "d", "-o", "a.jsonl", "--resume")
    assert again == "a.jsonl: 6 lines, 1 of them without an answer. It was complete.\n"
    assert said(capsys, "predict", "lenet5", "d", "-o", "b.csv", "--quiet") == ""
    assert main(["predict", "lenet5", "d", "--json", "-o", "-"]) == 0
    told = json.loads(capsys.readouterr().out)
    for one, other in zip(told, lines, strict=True):
        assert one.get("label") == other.get("label")
        assert one.get("score", 0) == pytest.approx(other.get("score", 0), abs=1e-6)


@pytest.mark.parametrize("name", ["a.parquet", "a.npy"])
def test_what_is_kept_of_an_array_or_a_table_is_not_called_by_its_name(home, capsys, name):
    (home / "d" / "0.png").unlink()
    (home / "d" / "9.png").write_text("no picture")
    err = said(capsys, "predict", "lenet5", "d", "-o", name, "--features", "F6", "--strict", code=1)
    assert f"4 lines are kept, and {name} is written when all are there. The same command" in err
    assert not Path(name).exists()


def test_no_picture_that_could_be_read_is_failure(home, capsys):
    err = said(capsys, "predict", "lenet5", "d/text.png", "no.png", "-o", "a.csv", code=1)
    assert err.startswith("a.csv: 2 lines, 2 of them without an answer")
    assert "no.png,,,,no such file," in text("a.csv")


def test_parts_and_merge(home, capsys):
    for number in (1, 2):
        said(capsys, "predict", "lenet5", "d", "-o", f"{number}.csv", "--shard", f"{number}/2")
    said(capsys, "predict", "lenet5", "d", "-o", "one.csv")
    err = said(capsys, "merge", "2.csv", "1.csv", "-o", "all.csv")
    assert err == "all.csv: 6 lines of 2 parts.\n"
    assert text("all.csv") == text("one.csv")


def test_torchrun_tells_the_part(home, capsys, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    for rank in (0, 1):
        monkeypatch.setenv("RANK", str(rank))
        assert main(["predict", "lenet5", "d", "-o", "a.csv"]) == 0
    capsys.readouterr()
    assert said(capsys, "merge", "a.1-of-2.csv", "a.2-of-2.csv", "-o", "a.csv")
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "x")
    monkeypatch.setenv("RANK", "0")
    err = said(capsys, "predict", "lenet5", "d", code=2)
    assert "torchrun starts 2 processes, and predict without -o is done by one" in err
    monkeypatch.setenv("TORCHELASTIC_RESTART_COUNT", "1")
    assert said(capsys, "predict", "lenet5", "d", "-o", "a.csv").endswith("It was complete.\n")
    monkeypatch.setenv("RANK", "7")
    err = said(capsys, "predict", "lenet5", "d", "-o", "a.csv", code=2)
    assert "RANK is 7 and WORLD_SIZE 2" in err


WRONG = {
    "a.json": "no format has the suffix .json. Did you mean '.jsonl'? Give a file that ends in",
    "answers": "answers: a name without a suffix. Give a file that ends in .jsonl",
    "d/a.csv": "d/a.csv lies in d, which is read: it would be taken for a picture",
    "no/a.csv": "no/a.csv: make the folder no first",
    "folder.csv": "folder.csv is a folder: give a file's name, folder.csv/answers.jsonl",
    "b/a.csv": "lies in the bundle b: give another place with -o",
    "a.npy": ".npy holds a layer's outputs: --features LAYER says which",
    "there.csv": "there.csv exists, and nothing is written over it. Move it away",
    "link.csv": "link.csv is a link: nothing is written in its place",
}


@pytest.mark.parametrize("output", WRONG)
def test_an_output_that_cannot_be(output, home, capsys):
    from papernets.bundle.find import shipped

    shutil.copytree(shipped("lenet5"), home / "b")
    (home / "folder.csv").mkdir()
    (home / "there.csv").touch()
    (home / "link.csv").symlink_to(home / "there.csv")
    before = left(home)
    err = said(capsys, "predict", "b", "d", "-o", output, code=2)
    assert err.startswith("error: ") and WRONG[output] in err
    assert left(home) == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-o", "a.csv", "--shard", "5/4"], "--shard 5/4: give I/N, the part and how many there"),
        (["-o", "a.csv", "--features", "F6"], "a.csv: features are many numbers a picture"),
        (["-o", "a.jsonl", "--csv"], "a.jsonl does not end in .csv, and --csv asks for it"),
        (["-o", "a.jsonl", "--json"], "--json prints on stdout: leave it out, or -o a.jsonl"),
        (["-o", "a.jsonl", "--scan"], "--scan prints on stdout: leave it out, or -o a.jsonl"),
        (["--resume"], "--resume is for a file: give it, -o answers.jsonl"),
        (["--shard", "1/2"], "--shard is for a file: give it, -o answers.jsonl"),
        (
            ["-o", "a.npy", "--features", "F6", "--ensemble", "lenet1"],
            "--features are of one network that sees one view of a picture",
        ),
    ],
)
def test_flags_that_do_not_go_together(words, message, home, capsys):
    assert message in said(capsys, "predict", "lenet5", "d", *words, code=2)
    assert left(home) == ["d"]


def test_what_is_given_is_looked_at_before_anything_is_written(home, capsys):
    whole = tar_of(home / "whole.tar", home / "d").read_bytes()
    (home / "cut.tar").write_bytes(whole[: len(whole) // 2])
    for given in ("cut.tar", "lst.txt", "x*.png"):
        err = said(capsys, "predict", "lenet5", given, "-o", "a.csv", code=1)
        assert err.startswith(f"error: {given}: ")
    assert left(home) == ["cut.tar", "d", "whole.tar"]


def test_a_list_with_a_missing_file_says_so_in_its_line(home, capsys):
    (home / "list.txt").write_text("d/0.png\nd/no.png\n")
    said(capsys, "predict", "lenet5", "list.txt", "-o", "a.jsonl")
    good, bad = map(json.loads, text("a.jsonl").splitlines())
    assert good["file"] == "d/0.png" and bad == {"file": "d/no.png", "error": "no such file"}
    err = said(capsys, *("predict", "lenet5", "list.txt", "-o", "b.jsonl", "--strict"), code=1)
    assert "error: d/no.png: no such file. Without --strict it is a line" in err
    assert "1 line in b.jsonl. The same command with --resume goes on" in err


def test_a_tar_file_and_a_pattern_on_stdout(home, capsys):
    tar_of(home / "t.tar", home / "d")
    assert main(["predict", "lenet5", "t.tar", "d/[01].png", "--csv"]) == 0
    names = [line.split(",")[0] for line in capsys.readouterr().out.splitlines()[1:]]
    members = [f"t.tar: d/{name}" for name in ("0.png", "1.png", "2.png", "3.png", "4.png")]
    assert names == [*members, "t.tar: d/text.png", "d/0.png", "d/1.png"]


def test_parquet_without_its_package_is_named(home, capsys, monkeypatch):
    real = builtins.__import__

    def refuse(name, *rest, **named):
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    err = said(capsys, "predict", "lenet5", "d", "-o", "a.parquet", code=1)
    assert "parquet needs the package pyarrow, which is not installed: pip install pyarrow" in err


def test_merge_without_a_place(home, capsys):
    err = said(capsys, "merge", "a.csv", "b.csv", code=2)
    assert err == "error: say where: papernets merge a.csv b.csv ... -o answers.jsonl\n"


def test_views_of_a_picture_are_answered_one_by_one(home, capsys):
    """By a protocol too a picture's figures do not depend on its neighbours."""
    Image.new("RGB", (300, 260), (10, 90, 200)).save("p.png")
    from papernets import create_model, save

    eyes = {"kind": "photo", "picture": [40, 40], "crop": True, "low": [0.0], "high": [1.0]}
    save(create_model("lenet5_modern", in_chans=3), "b", range(10), eyes)
    words = ["predict", "b", "--protocol", "ten-crop", "--scales", "40"]
    said(capsys, *words, "p.png", "d/0.png", "-o", "both.jsonl")
    said(capsys, *words, "p.png", "-o", "one.jsonl")
    assert text("both.jsonl").startswith(text("one.jsonl"))


ODD = ["a\rb.png", "c\nd.png", 'e,"f".png', "=1+1.png"]


def test_csv_holds_every_name_as_it_is_in_a_file_and_on_stdout(home, capsys):
    """Python's reader and pyarrow's find the names of the files again, and the same lines."""
    (home / "d" / "text.png").unlink()
    for at, name in enumerate(ODD):
        (home / "d" / f"{at}.png").rename(home / "d" / name)
    said(capsys, "predict", "lenet5", "d", "-o", "a.csv")
    with open("a.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["file"] for row in rows} == {f"d/{name}" for name in (*ODD, "4.png")}
    assert all(row["label"].isdecimal() for row in rows)
    lines = pyarrow.csv.ParseOptions(newlines_in_values=True)
    table = pyarrow.csv.read_csv("a.csv", parse_options=lines)
    assert table["file"].to_pylist() == [row["file"] for row in rows]
    assert main(["predict", "lenet5", "d", "--csv"]) == 0
    out = csv.DictReader(io.StringIO(capsys.readouterr().out, newline=""))
    assert [row["file"] for row in out] == [row["file"] for row in rows]


@pytest.mark.parametrize(("terminal", "told"), [(False, "a\x1b[2J\n"), (True, "a\\x1b[2J\n")])
def test_csv_on_a_terminal_moves_no_cursor(capsys, terminal, told):
    with streams():
        print_csv([["a\x1b[2J"]], terminal)
    assert capsys.readouterr().out == told


def test_a_pattern_that_counts_too_far_is_named_once(home, capsys):
    err = said(capsys, "predict", "lenet5", "{1..99999999999}", code=1)
    assert err == "error: {1..99999999999}: give the first and the last, up to 100,000\n"
    err = said(capsys, "predict", "lenet5", f"{{1..{'9' * 6001}}}", code=1)
    assert err.endswith(" is neither {000..009} nor {a,b}\n")
