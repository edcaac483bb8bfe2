"""A new bundle's folder is written whole or not at all, and an error names that folder."""

import errno
import os

import pytest
from small_bundles import TEN

from papernets import create_model, save
from papernets.files import write_atomically


@pytest.fixture
def model():
    return create_model("lenet1")


@pytest.fixture
def full(monkeypatch):
    """A disk without room: what is written is never flushed to it."""

    def fsync(number):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fsync)


def test_a_full_disk_names_the_folder_and_leaves_nothing(tmp_path, model, full):
    for folder in (tmp_path / "made", tmp_path / "a" / "b" / "made"):
        with pytest.raises(OSError) as caught:
            save(model, folder, TEN)
        assert caught.value.errno == errno.ENOSPC
        assert caught.value.strerror == f"{folder} was not written: the disk is full"
        assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_there_is_kept_and_a_new_one_was_not_there(tmp_path, full):
    (tmp_path / "old").write_bytes(b"old")
    with pytest.raises(OSError, match="old was not written, what was there before is kept"):
        write_atomically(tmp_path / "old", b"new")
    with pytest.raises(OSError, match=r"new was not written$"):
        write_atomically(tmp_path / "new", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert (tmp_path / "old").read_bytes() == b"old"


def test_ctrl_c_takes_folders_away_and_leaves_those_of_others(tmp_path, model, monkeypatch):
    (tmp_path / "theirs").mkdir()

    def interrupted(number):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    for folder in (tmp_path / "theirs" / "a" / "made", tmp_path / "b" / "made"):
        with pytest.raises(KeyboardInterrupt):
            save(model, folder, TEN)
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")] == ["theirs"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a" * 300, r"\.\.\.a+' is too long a name here: give another folder"),
        ("b/" + "a" * 300 + "/c", "is too long a name here: give another folder"),
        ("\ud800", r"'.*\\ud800' cannot be the name of a new folder"),
        ("a\0b", r"'.*a\\x00b' cannot be the name of a new folder"),
    ],
)
def test_names_that_no_folder_can_have(tmp_path, model, name, message):
    with pytest.raises(ValueError, match=message) as caught:
        save(model, f"{tmp_path}/{name}", TEN)
    assert len(str(caught.value)) < 300 and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folder", [None, 5, ["a"], b"made"])
def test_what_is_no_path(model, folder):
    with pytest.raises(ValueError, match="the folder of a new bundle is a path, not"):
        save(model, folder, TEN)


def test_names_of_classes_that_no_file_can_hold(tmp_path, model):
    with pytest.raises(ValueError, match=r"the name of a class, '\\udc80', has characters that no"):
        save(model, tmp_path / "made", [*TEN[1:], "\udc80"])
    assert list(tmp_path.iterdir()) == []
