"""What is said of a file that is no data set: what it is, and what would work."""

from __future__ import annotations

from pathlib import Path

import pytest
from noise import noise

from papernets import data
from papernets.data.dataset import WrongFolder


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("photos.7z", r"photos\.7z: an archive of a kind that is not read: zip and tar files are"),
        (
            "photos.tar.gz",
            r"photos\.tar\.gz: an archive of a kind.* Unpack it, and give the folder",
        ),
        (
            "labels.xlsx",
            r"labels\.xlsx: a table of a kind that is not read\. Save it as CSV, or as",
        ),
        ("cat.jpg", r"cat\.jpg: a file\. Give the folder of a data set: --data FOLDER, with one f"),
    ],
)
def test_a_folder_is_not_proposed_that_is_no_data_set(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(WrongFolder, match=said) as caught:
        data.open(str(tmp_path / name))
    assert "--data " in str(caught.value) and f"--data {tmp_path}" not in str(caught.value)


def test_the_folder_is_proposed_where_it_is_one(tmp_path: Path) -> None:
    noise(tmp_path / "my set", 3)
    (tmp_path / "my set" / "cat.jpg").write_bytes(b"x")
    with pytest.raises(WrongFolder) as caught:
        data.open(str(tmp_path / "my set" / "cat.jpg"))
    assert str(caught.value).endswith(f"Give the folder of a data set: --data '{tmp_path}/my set'")
