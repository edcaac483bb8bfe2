"""Files are written whole or not at all; what is no file to read, and damage in one, is found."""

import os
import socket
import stat
import sys
import zipfile
from pathlib import Path

import pytest
import torch

from papernets.files import FOLDER, SPECIAL, damaged_entry, unreadable, write_atomically


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
