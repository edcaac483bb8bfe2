"""Files are written whole or not at all; what is no file to read, and damage in one, is found."""

import hashlib
import os
import socket
import stat
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from outside import KINDS, put, within

from papernets import files
from papernets.files import (
    FOLDER,
    SPECIAL,
    damaged_entry,
    lock_file,
    make_folder,
    opened,
    path_of,
    read_bytes,
    sha256_of,
    unreadable,
    write_atomically,
)


def interrupting(line: int, code):
    """A tracer that raises KeyboardInterrupt before line number `line` that a function runs."""
    count = 0

    def trace(frame, event, arg):
        nonlocal count
        if frame.f_code is not code:
            return None
        if event == "line" and (count := count + 1) == line:
            raise KeyboardInterrupt
        return trace

    return trace


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # left open
def test_an_error_names_the_file_that_was_meant(tmp_path):
    (tmp_path / "report.json").mkdir()
    for path in (tmp_path / "report.json", tmp_path / "none" / "x"):
        with pytest.raises(OSError) as found:
            write_atomically(path, b"1")
        assert found.value.filename == str(path)


# between two instructions of `with` Python leaves a file to be closed when nobody holds it
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_at_any_line_leaves_no_unfinished_file(tmp_path: Path) -> None:
    """Interrupted before each line in turn, the old content stays, and nothing else."""
    path, line = tmp_path / "state.pt", 0
    path.write_bytes(b"old")
    while True:
        line += 1
        before = sys.gettrace()
        sys.settrace(interrupting(line, write_atomically.__code__))
        try:
            write_atomically(path, b"new")
        except KeyboardInterrupt:
            assert path.read_bytes() == b"old"
            assert os.listdir(tmp_path) == ["state.pt"], line
        else:
            break
        finally:
            sys.settrace(before)
    assert line > 6 and path.read_bytes() == b"new" and os.listdir(tmp_path) == ["state.pt"]


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX modes")
def test_a_file_has_the_mode_that_the_user_asks_for(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "x", b"1")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o640


def test_every_entry_of_a_zip_file_is_checked(tmp_path: Path) -> None:
    """One bit of each entry's content in turn."""
    path = tmp_path / "x.pt"
    torch.save({"weight": torch.arange(1000.0), "bias": torch.ones(50)}, path)
    whole = path.read_bytes()
    assert damaged_entry(path) is None
    with zipfile.ZipFile(path) as file:
        places = [
            (e.filename, whole.index(file.read(e))) for e in file.infolist() if e.file_size > 40
        ]
    assert [name for name, _ in places] == ["x/data.pkl", "x/data/0", "x/data/1"]
    for name, at in places:
        damaged = bytearray(whole)
        damaged[at] ^= 1
        path.write_bytes(bytes(damaged))
        assert damaged_entry(path) == name


def test_what_is_no_zip_file_has_no_damaged_entry(tmp_path: Path) -> None:
    for content in (b"", b"text", b"PK\x03\x04 and no more"):
        (tmp_path / "x").write_bytes(content)
        assert damaged_entry(tmp_path / "x") is None
    with pytest.raises(FileNotFoundError):
        damaged_entry(tmp_path / "not there")


def test_a_file_of_at_most_so_many_bytes_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x" * 1234)
    os.symlink("x", tmp_path / "link")
    for path in (tmp_path / "x", str(tmp_path / "x"), tmp_path / "link"):
        assert unreadable(path) == unreadable(path, 1234) == ""
        assert unreadable(path, 1233) == "1,234 bytes"


@pytest.mark.skipif(os.name != "posix", reason="needs pipes that are files")
def test_a_folder_and_what_would_make_us_wait_are_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unreadable(tmp_path) == unreadable(tmp_path, 0) == FOLDER
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # a socket's name must be short
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket")
        for path in ("pipe", "socket", os.devnull):
            assert unreadable(path) == unreadable(path, 0) == SPECIAL


def test_of_what_cannot_be_looked_at_opening_says_why(tmp_path: Path) -> None:
    os.symlink("round", tmp_path / "round")
    for path in (tmp_path / "not there", tmp_path / "round", "a\0b", "x" * 5000):
        assert unreadable(path) == ""
        with pytest.raises((OSError, ValueError)):
            open(path, "rb").close()


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_file_of_a_stated_size_is_opened(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    put(kind, path)
    with (
        within(),
        pytest.raises(ValueError, match=f"{path} (is (a f|not a r)|has 1,09)"),
    ):
        opened(path, 1000)
    with within(), pytest.raises(ValueError, match=f"^{path} "):
        read_bytes(path, 1000)


def test_what_is_opened_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"1234")
    assert read_bytes(tmp_path / "x", 4) == b"1234"
    with opened(tmp_path / "x", 4) as file:
        assert sha256_of(file, 2) == hashlib.sha256(b"12").hexdigest()
        assert sha256_of(file) == hashlib.sha256(b"34").hexdigest()
    with pytest.raises(FileNotFoundError):
        opened(tmp_path / "none")


@pytest.mark.skipif(not os.path.exists("/proc/self/maps"), reason="needs Linux's files of no size")
def test_a_file_that_says_too_little_is_read_on_and_no_further() -> None:
    assert b"python" in read_bytes("/proc/self/maps", 10_000_000)
    with pytest.raises(ValueError, match="more than the 100 that are read"):
        read_bytes("/proc/self/maps", 100)


def test_a_pipe_that_took_a_files_place_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("pipe", tmp_path / "x")
    monkeypatch.setattr(files, "unreadable", lambda *_: "")  # what was looked at was a file
    with within(), pytest.raises(ValueError, match="is not a regular file"):
        opened(tmp_path / "x")


def test_a_lock_is_nobody_elses_file(tmp_path: Path) -> None:
    mine = tmp_path / "thesis.txt"
    mine.write_text("years of work")
    lock = tmp_path / ".lock"
    for target in (mine, tmp_path / "not there"):
        lock.symlink_to(target)
        with pytest.raises(OSError, match="is a link, where a lock should be"):
            lock_file(lock)
        lock.unlink()
    assert mine.read_text() == "years of work" and not (tmp_path / "not there").exists()
    lock.hardlink_to(mine)
    lock_file(lock).close()
    assert mine.read_text() == "years of work"
    for kind in ("pipe", "folder"):
        lock.unlink()
        put(kind, lock)
        with within(), pytest.raises(OSError, match="where a lock should be"):
            lock_file(lock)


def test_no_folder_is_written_in_through_a_link(tmp_path: Path) -> None:
    make_folder(tmp_path / "own")
    make_folder(tmp_path / "own")
    (tmp_path / "link").symlink_to("own")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "file").touch()
    for name in ("link", "dangling", "file"):
        with pytest.raises(NotADirectoryError, match="nothing is written through it"):
            make_folder(tmp_path / name)


def test_a_file_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "x").symlink_to("mine")
    write_atomically(tmp_path / "x", b"new")
    assert (tmp_path / "mine").read_text() == "mine" and not (tmp_path / "x").is_symlink()


@pytest.mark.skipif(os.name != "posix", reason="needs pipes that are files")
def test_what_is_no_file_is_not_replaced_by_one(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="pipe is not a regular file: nothing is written in its pl"):
        write_atomically(tmp_path / "pipe", b"new")
    assert os.listdir(tmp_path) == ["pipe"] and stat.S_ISFIFO(os.stat(tmp_path / "pipe").st_mode)


def test_paths_as_users_give_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert path_of("~/x") == Path("/home/me/x")
    assert path_of("~nosuchuser/x") == Path("~nosuchuser/x")
    with pytest.raises(ValueError, match=r"'a\\x00b' is no path"):
        path_of("a\0b")
