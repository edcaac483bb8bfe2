"""Tables that list pictures: CSV, TSV and JSON lines, and what is wrong with them."""

import json
from pathlib import Path

import numpy as np
import pytest
from small_photos import NAMES, folder, photo

from papernets import data
from papernets.data.dataset import WrongFolder


def opened(path: Path, **options):
    return data.open(str(path), **{"channels": 3, "size": (30, 40), **options})


def rows(root: Path, count: int = 10) -> list[tuple[str, str]]:
    folder(root, {"": count})
    return [(f"{name}/{at}.png", name) for name in NAMES for at in range(count)]


def counts(found) -> list[int]:
    return [len(part) for part in (found.train, found.validation, found.test)]


def test_a_table_names_pictures_from_its_folder(tmp_path: Path) -> None:
    lines = rows(tmp_path)
    table = tmp_path / "my labels.csv"
    table.write_text("path,label\n" + "".join(f"{a},{b}\n" for a, b in lines))
    found = opened(table)
    assert found.classes == NAMES and sum(counts(found)) == 20 and found.skipped == ()
    assert found.name == "my labels.csv" and "80, 10 and 10 %" in found.split
    for at in (0, -1):
        *_, name, file = found.train.files[at].split("/")
        theirs = np.asarray(photo(NAMES.index(name), int(file.removesuffix(".png"))))
        assert np.array_equal(found.train.images[at].permute(1, 2, 0).numpy(), theirs)
        assert found.train.labels[at] == NAMES.index(name)


def test_quotes_separators_a_mark_of_bytes_and_columns_in_any_order(tmp_path: Path) -> None:
    for name in ("img10", "img2"):
        folder(tmp_path / name, {"": 3})
    (tmp_path / "img2" / "red" / "2.png").rename(tmp_path / "img2" / 'a, "b" ; c.png')
    lines = [(f"{n}/{c}/{at}.png", n) for n in ("img10", "img2") for c in NAMES for at in range(2)]
    odd = 'img2/a, ""b"" ; c.png'
    for name, apart in (("a.csv", ","), ("b.csv", ";"), ("c.tsv", "\t")):
        head = apart.join(("note", "Class", "File_Name"))
        body = "".join(f"x{apart} {b} {apart}{a}\r\n" for a, b in lines)
        text = f'{head}\r\n{body}\r\n"y{apart}"{apart}img2{apart}"{odd}"\r\n'
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
        found = opened(tmp_path / name)
        assert found.classes == ("img2", "img10")  # in natural order
        assert sum(counts(found)) == 9 and found.skipped == ()


def test_json_lines_and_a_column_of_parts(tmp_path: Path) -> None:
    lines = rows(tmp_path)
    parts = ["train"] * 6 + ["Validation", "test"] * 2
    told = [
        {"image": a, "label": b, "split": part}
        for (a, b), part in zip(lines, parts * 2, strict=True)
    ]
    table = tmp_path / "x.jsonl"
    table.write_text("\n".join(map(json.dumps, told)) + "\n\n")
    found = opened(table)
    assert counts(found) == [12, 4, 4] and "as they are" in found.split
    numbers = [{**one, "label": NAMES.index(one["label"])} for one in told]
    table.write_text("\n".join(map(json.dumps, numbers)))
    assert opened(table).classes == ("0", "1")


def test_lines_without_a_picture_are_left_out_and_named(tmp_path: Path) -> None:
    lines = rows(tmp_path)
    lines[2], lines[3], lines[4] = ("gone.png", "blue"), ("blue/3.png", ""), ("", "blue")
    table = tmp_path / "x.csv"
    table.write_text("path,label\n" + "".join(f"{a},{b}\n" for a, b in lines))
    found = opened(table)
    said = [line.removeprefix(f"{table} ") for line in found.skipped]
    assert sum(counts(found)) == 17
    assert said == ["line 5: no label", "line 6: no path", f"{tmp_path}/gone.png: not there (a "
                    "link that leads nowhere?)"]  # fmt: skip
    with pytest.raises(ValueError, match=r"3 of 18 files are not readable"):
        opened(table, strict=True)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.csv", "blue/0.png,blue\n", r"its first line has a picture \('blue/0.png', 'blue'\)"),
        ("x.csv", "path,age\n", r"no column of labels among 'path', 'age'. Call it label"),
        ("x.csv", "", "no column of paths among none"),
        ("x.csv", "path,label\n", "not one line with a path and a label"),
        ("x.csv", "path,Path,label\n", "two columns are called 'path'"),
        ("x.csv", "path,label\na,b.png,c\n", r"line 2: 3 cells in 2 columns. A cell with ',' in"),
        ("x.csv", 'path,label\n"a.png,b\n', r"x.csv: unexpected end of data. Is a quote open\?"),
        ("x.csv", "path,label\nno.png,b\n", r"no.png: not there, nor is any .* table's folder"),
        ("x.csv", "path,label,split\nblue/0.png,b,west\n", "line 2: split 'west': give train, val"),
        ("x.csv", "path,label,split\nblue/0.png,b,test\n", "test without train"),
        ("x.csv", "path,label\nblue/0.png,b\n", "only one class, 'b'"),
        ("x.jsonl", '{"path": "a"\n', "line 1: not JSON"),
        ("x.jsonl", "[1]\n", r"line 1: \[1\], not an object such as"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(tmp_path: Path, name, text, said) -> None:
    folder(tmp_path, {"": 1})
    (tmp_path / name).write_text(text)
    with pytest.raises((ValueError, FileNotFoundError), match=said):
        opened(tmp_path / name)


def test_a_part_with_a_class_that_training_lacks(tmp_path: Path) -> None:
    lines = rows(tmp_path, 2)
    table = tmp_path / "x.csv"
    text = "path,label,split\n" + "".join(f"{a},{b},train\n" for a, b in lines)
    table.write_text(text + "blue/0.png,Blue,test\n")
    with pytest.raises(
        WrongFolder, match=r"class 'Blue' is not in the training .* looks like 'blue'"
    ):
        opened(table)
    table.write_bytes("path,label\nblue/0.png,é\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"not UTF-8 .byte 0xe9."):
        opened(table)
