"""The file of a bundle's lists of pictures: what is read as one, and where it is written."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from papernets.bundle import seen as module
from papernets.bundle.seen import PICTURES, Marked, Seen, read_seen, write_seen

GAPS = np.array([3, 4], np.uint32)
KEYS = np.arange(1, 40, dtype=np.uint64) << np.uint64(57)
LISTS = Seen({"train": Marked.of(KEYS)}, {"train": 39})


def lists(bits: object, gaps: np.ndarray, /, **about: object) -> bytes:
    """A file of lists as somebody may have made it, with the checksum that belongs to it."""
    told: dict[str, Any] = {"schema": 1, "bits": {"train": bits}, "pictures": {}, **about}
    numbers = told["bits"], told["pictures"]
    told = {**told, "sha256": module._digest({"train": gaps}, *numbers)}
    return save({"train": gaps}, metadata={"papernets": json.dumps(told)})


RUN = "none that a run writes"
BAD = {
    "no file of tensors": (b"\0" * 40, "it does not say|not JSON|Expecting|eader"),
    "empty": (b"", "head is cut short"),
    "another's": (save({"train": GAPS}), "does not say what it holds"),
    "about a number": (save({"train": GAPS}, metadata={"papernets": "7"}), "does not say what"),
    "no bits": (lists("many", GAPS), RUN),
    "too many bits": (lists(65, GAPS), RUN),
    "beyond its bits": (lists(2, GAPS), "in no order"),
    "not in order": (lists(30, np.array([3, 0], np.uint32)), "in no order"),
    "of another type": (lists(30, GAPS.astype(np.float32)), RUN),
    "of two dimensions": (lists(30, GAPS[None]), RUN),
    "of another schema": (lists(30, GAPS, schema=2), "schema is not 1"),
    "counts in a list": (lists(30, GAPS, pictures=[1]), RUN),
    "a count below 0": (lists(30, GAPS, pictures={"train": -1}), RUN),
    "half a count": (lists(30, GAPS, pictures={"train": 1.5}), RUN),
    "true as a count": (lists(30, GAPS, pictures={"train": True}), RUN),
    "a count of 4,300 digits": (lists(30, GAPS, pictures={"train": 10**4299}), RUN),
    "an unknown count": (lists(30, GAPS, pictures={"elsewhere": 1}), RUN),
    "an unknown list": (lists(30, GAPS, bits={"elsewhere": 30}), RUN),
    "a list without bits": (lists(30, GAPS, bits={}), RUN),
    "deep": (save({"train": GAPS}, metadata={"papernets": "[" * 5000}), "nested"),
}


@pytest.mark.parametrize("kind", BAD)
def test_lists_that_no_run_wrote(tmp_path: Path, kind: str) -> None:
    content, why = BAD[kind]
    (tmp_path / PICTURES).write_bytes(content)
    with pytest.raises(ValueError, match=why) as error:
        read_seen(tmp_path)
    named = f"{tmp_path / PICTURES} is not the list of pictures that a run wrote ("
    assert str(error.value).startswith(named)


def test_what_a_run_might_have_written_is_read(tmp_path: Path) -> None:
    """The same maker of files, with nothing wrong."""
    (tmp_path / PICTURES).write_bytes(lists(30, GAPS, pictures={"train": 2, "test": 0}))
    found = read_seen(tmp_path)
    assert found is not None and found.counts == {"train": 2, "test": 0}
    assert found.lists["train"].values.tolist() == [3, 7]


def test_every_flipped_bit_is_noticed(tmp_path: Path) -> None:
    data = bytearray(LISTS.to_bytes())
    for place in range(len(data)):
        data[place] ^= 1 << place % 8
        (tmp_path / PICTURES).write_bytes(data)
        try:
            found = read_seen(tmp_path)
        except ValueError as error:
            assert "is not the list of pictures" in str(error)
        else:  # the head has spaces at its end, and names that mean nothing
            assert found is not None and found.to_bytes() == LISTS.to_bytes()
        data[place] ^= 1 << place % 8
    assert Seen.from_bytes(bytes(data)).to_bytes() == LISTS.to_bytes()


def test_a_link_in_the_place_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    write_seen(victim, LISTS)
    (tmp_path / "best").symlink_to(victim)
    with pytest.raises(NotADirectoryError, match="best is a link: nothing is written through it"):
        write_seen(tmp_path / "best", Seen())
    assert (victim / PICTURES).read_bytes() == LISTS.to_bytes()


@pytest.mark.parametrize("same", [False, True])
def test_a_link_in_the_place_of_the_file_is_replaced(tmp_path: Path, same: bool) -> None:
    other = tmp_path / "other"
    other.write_bytes(LISTS.to_bytes())
    (tmp_path / PICTURES).symlink_to(other)
    write_seen(tmp_path, LISTS if same else Seen())
    assert not (tmp_path / PICTURES).is_symlink()
    assert (tmp_path / PICTURES).read_bytes() == (LISTS if same else Seen()).to_bytes()
    assert other.read_bytes() == LISTS.to_bytes()


def fifo(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def nowhere(path: Path) -> None:
    path.symlink_to("nothing")


def sparse(path: Path) -> None:
    with open(path, "wb") as file:
        file.truncate(3 << 40)


KINDS = {
    "fifo": (fifo, "it is not a regular file, where a file should be"),
    "device": (endless, "it is not a regular file, where a file should be"),
    "folder": (Path.mkdir, "it is a folder, where a file should be"),
    "link": (nowhere, "it is a link that leads nowhere"),
    "sparse": (sparse, "it has 3,298,534,883,328 bytes, more than the 536,870,912 that are read"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_an_error_that_names_it(tmp_path: Path, kind: str) -> None:
    make, why = KINDS[kind]
    try:
        make(tmp_path / PICTURES)
    except OSError as error:
        pytest.skip(str(error))
    with pytest.raises(ValueError) as error:
        read_seen(tmp_path)
    assert f"{tmp_path / PICTURES} is not the list of pictures" in str(error.value)
    assert why in str(error.value)


@pytest.mark.parametrize("kind", ["fifo", "folder"])
def test_nothing_is_written_over_what_is_no_file(tmp_path: Path, kind: str) -> None:
    KINDS[kind][0](tmp_path / PICTURES)
    with pytest.raises(
        ValueError, match=r"pictures\.safetensors is .*, where a file should be\. M"
    ):
        write_seen(tmp_path, LISTS)


@pytest.mark.parametrize("kind", ["sparse", "device", "link"])
def test_a_large_file_or_a_link_is_replaced(tmp_path: Path, kind: str) -> None:
    KINDS[kind][0](tmp_path / PICTURES)
    write_seen(tmp_path, LISTS)
    assert (tmp_path / PICTURES).read_bytes() == LISTS.to_bytes()


def test_no_folder_is_made_above_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_seen(tmp_path / "gone" / "best", LISTS)
    assert not list(tmp_path.iterdir())
