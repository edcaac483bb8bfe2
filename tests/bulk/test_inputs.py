"""Pictures are named one after another: by files, folders, lists, patterns and tar files."""

import io
import json
import os
import tarfile
from codecs import BOM_UTF8

import pytest
from many_pictures import digits_in, tar_of

from papernets.bulk.inputs import check_given, lines_of, pictures_in, reads
from papernets.bulk.manifest import Progress
from papernets.bulk.passed import Passed
from papernets.data import ordered
from papernets.data.tree import visible_files


def named(*given):
    return [source.name for source in pictures_in(map(str, given))]


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Two folders of empty files, in natural order, seen from where they lie."""
    monkeypatch.chdir(tmp_path)
    for name in ("a/2.png", "a/10.png", "a/.hidden.png", "b/c/1.png", "b/0.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_the_order_is_that_of_what_is_given(tree):
    (tree / "list.txt").write_text("b/0.jpg\r\n\n  \na\nno.png\n")
    (tree / "b" / "t.csv").write_text("label,path\nx,c/1.png\ny,0.jpg\n")
    lines = [json.dumps({"file": "a/10.png", "label": "7"}), json.dumps({"label": "7"})]
    (tree / "t.jsonl").write_text("\n".join(lines))
    assert named("b/0.jpg", "a") == ["b/0.jpg", "a/2.png", "a/10.png"]
    assert named("list.txt") == ["b/0.jpg", "a/2.png", "a/10.png", "no.png"]
    assert named("b/t.csv") == ["b/c/1.png", "b/0.jpg"], "from the table's folder"
    assert named("t.jsonl") == ["a/10.png", "''"]


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("a/*.png", ["a/2.png", "a/10.png"]),
        ("?/*", ["a/2.png", "a/10.png", "b/0.jpg", "b/c/1.png"]),
        ("**/*.png", ["a/2.png", "a/10.png", "b/c/1.png"]),
        ("b/**", ["b/0.jpg", "b/c/1.png"]),
        ("{b,a}/{0..2}.png", ["b/0.png", "b/1.png", "b/2.png", "a/0.png", "a/1.png", "a/2.png"]),
        ("[b-z]/c/1.p?g", ["b/c/1.png"]),
    ],
)
def test_a_pattern_names_files_in_natural_order(tree, pattern, wanted):
    assert named(pattern) == wanted
    absolute = named(os.path.join(str(tree), pattern))
    assert [os.path.relpath(one, tree) for one in absolute] == wanted


def test_a_name_that_is_there_is_no_pattern(tree):
    (tree / "a[1].png").touch()
    assert named("a[1].png") == ["a[1].png"]


def test_a_tar_file_is_read_as_it_stands(tmp_path):
    folder = digits_in(tmp_path / "d", 3)
    (folder / "0.cls").write_text("7")
    tar = tar_of(tmp_path / "t.tar", folder)
    found = list(pictures_in([str(tar)]))
    assert [one.name for one in found] == [f"{tar}: d/{n}.png" for n in range(3)]
    assert found[1].path.content() == (folder / "1.png").read_bytes()


def test_lists_are_told_apart_by_zero_bytes(tmp_path):
    for content, wanted in (
        (b"a b.png\n c.png \n", ["a b.png", " c.png "]),
        (b"a\nb.png\0c.png\0", ["a\nb.png", "c.png"]),
    ):
        with open(tmp_path / "list", "wb") as file:
            file.write(content)
        with open(tmp_path / "list", "rb") as file:
            assert list(lines_of(file, "list")) == wanted
        with open(tmp_path / "list", "rb") as file:
            assert list(lines_of(file, "list", file.read(3))) == wanted


def test_more_names_than_a_chunk_are_sorted_on_the_disk(tmp_path, monkeypatch):
    for at in range(57):
        (tmp_path / f"x{at:x} {at}.png").touch()
    (tmp_path / "folder 7").mkdir()
    (tmp_path / "folder 7" / "line\nbreak.png").touch()
    whole = visible_files(tmp_path)
    monkeypatch.setattr(ordered, "CHUNK", 5)
    monkeypatch.setattr(ordered.in_order, "__defaults__", (5,))
    assert visible_files(tmp_path) == whole and len(whole) == 58


def hostile(path, name="../out.png", kind=tarfile.REGTYPE):
    with tarfile.open(path, "w") as tar:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "/etc/passwd"
        tar.addfile(member)


def test_what_holds_pictures_is_looked_at_first(tree):
    whole = tar_of(tree / "whole.tar", digits_in(tree / "d", 2))
    (tree / "cut.tar").write_bytes(whole.read_bytes()[:700])
    (tree / "no.tar").write_text("not a tar file at all" * 100)
    hostile(tree / "out.tar")
    hostile(tree / "link.tar", "a.png", tarfile.SYMTYPE)
    (tree / "packed.tar.gz").write_bytes(b"\x1f\x8b" + bytes(100))
    for given, kind, said in (
        ("cut.tar", ValueError, "cut.tar: .*(cut short|not a whole tar file)"),
        ("no.tar", ValueError, "no.tar: not a whole tar file"),
        ("out.tar", ValueError, "leads out of the archive: refused"),
        ("link.tar", ValueError, "is a link, where files should be"),
        ("packed.tar.gz", ValueError, "packed.tar.gz: compressed"),
        ("whole.tra*", ValueError, r"whole.tra\*: no file has such a name"),
        ("{cut,whole}.tar", ValueError, "cut.tar"),
        ("whol.tar", FileNotFoundError, "whol.tar: not there. Did you mean 'whole.tar'"),
        ("lst.txt", FileNotFoundError, "lst.txt: not there"),
        ("nowhere/", FileNotFoundError, "nowhere/: not there"),
    ):
        with pytest.raises(kind, match=said):
            check_given([given])
    check_given(["whole.tar", "a", "missing.png"])


def test_an_output_among_what_is_read_is_known(tree):
    for given, output, wanted in (
        (["a"], "a/x.jsonl", "a"),
        (["b", "a"], "b/c/x.jsonl", "b"),
        (["a/*.png"], "a/x.jsonl", ""),
        (["a/*"], "a/x.jsonl", "a/*"),
        (["a"], "b/x.jsonl", ""),
        (["x.jsonl"], "x.jsonl", "x.jsonl"),
    ):
        assert reads(given, output) == wanted, (given, output)


def test_a_folder_that_cannot_be_read_is_a_line_and_the_others_follow(tree, monkeypatch):
    real = os.scandir

    def refuse(path):
        if os.fspath(path).endswith("c"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    (tree / "b" / "z.png").touch()
    found = [(one.name, one.error) for one in pictures_in(["b"])]
    assert found == [("b/0.jpg", ""), ("b/c", "permission denied"), ("b/z.png", "")]


def test_a_list_of_another_system(tree):
    """With a mark of UTF-8 before it, which is no part of a name, and in UTF-16, which is refused:
    its zero bytes would part names, and a name of / alone is the whole system."""
    (tree / "list.txt").write_bytes(BOM_UTF8 + b"b/0.jpg\r\na/2.png\r\n")
    assert named("list.txt") == ["b/0.jpg", "a/2.png"]
    slow = io.BytesIO(BOM_UTF8 + b"b/0.jpg")
    slow.read1 = lambda size: io.BytesIO.read(slow, 1)  # a pipe that gives byte for byte
    assert list(lines_of(slow, "stdin")) == ["b/0.jpg"]
    (tree / "list.txt").write_bytes("b/0.jpg\n".encode("utf-16"))
    with pytest.raises(ValueError, match=r"list\.txt: a list in UTF-16: save it as UTF-8"):
        named("list.txt")


def test_names_that_no_file_has_are_lines_of_their_own(tree):
    (tree / "t.jsonl").write_text(json.dumps({"path": "\ud800.png"}) + '\n{"path": "a\\u0000"}\n')
    told = [(one.name, one.error) for one in pictures_in(["t.jsonl"])]
    why = "no path: it has {}"
    assert told == [
        (r"\ud800.png", why.format("half of a character")),
        (r"a\x00", why.format("a zero byte")),
    ]
    assert len(list(Passed(tree / "a.csv", Progress()).new(pictures_in(["t.jsonl"])))) == 2


def test_members_that_are_not_utf_8_stay_apart(tree):
    with tarfile.open("t.tar", "w") as tar:
        for name in ("\udcff.png", "\udcfe.png", r"a\xff.png"):
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    assert named("t.tar") == [r"t.tar: \xff.png", r"t.tar: \xfe.png", r"t.tar: a\x5cxff.png"]
    with tarfile.open("none.tar", "w"):
        pass
    (one,) = pictures_in(["none.tar"])
    assert one.error == "a tar file without a picture, by its names' endings"
