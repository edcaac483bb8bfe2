"""Files are written whole or not at all, and damage in a zip file is found."""

import os
import stat
import sys
import zipfile
from pathlib import Path

import pytest
import torch

from papernets.files import damaged_entry, write_atomically


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # left open
def test_ctrl_c_at_any_line_leaves_no_unfinished_file(tmp_path: Path) -> None:
    """Interrupted before each line in turn, the old content stays, and nothing else."""
    path, line = tmp_path / "state.pt", 0
    path.write_bytes(b"old")
    code = write_atomically.__code__
    while True:
        count = 0

        def interrupt(frame, event, arg):
            nonlocal count
            if frame.f_code is not code:
                return None
            if event == "line" and (count := count + 1) == line:
                raise KeyboardInterrupt
            return interrupt

        line += 1
        before = sys.gettrace()
        sys.settrace(interrupt)
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
