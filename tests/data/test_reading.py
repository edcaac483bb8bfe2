"""Pictures that several processes read together: what one finds alone, each decoded by one."""

import threading
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from small_photos import folder

from papernets.data import reading
from papernets.data.reading import agree, read_stored, sharing
from papernets.data.stored import marks_of


class Reader:
    """One of several threads that stand for processes: what each gives all have."""

    def __init__(self, rank: int, barrier: threading.Barrier, table: list) -> None:
        self.rank, self.size, self.barrier, self.table = rank, barrier.parties, barrier, table

    def given(self, value):
        self.table[self.rank] = value
        self.barrier.wait()
        found = list(self.table)
        self.barrier.wait()
        return found

    def all(self, values):
        return self.given(values.clone())

    def texts(self, text):
        return self.given(text)

    def most(self, *values):
        return [max(each) for each in zip(*self.given(values), strict=True)]


def together(size: int, work) -> list:
    """What `work` of each rank gives, or its error."""
    barrier, table, found = threading.Barrier(size), [None] * size, [None] * size

    def one(rank: int) -> None:
        try:
            with sharing(Reader(rank, barrier, table)):
                found[rank] = work(rank)
        except (ValueError, threading.BrokenBarrierError) as error:
            found[rank] = error
            barrier.abort()  # as the ranks' watcher ends those that wait for one that failed

    started = [threading.Thread(target=one, args=(rank,)) for rank in range(size)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return found


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """23 pictures, one of them no picture, one with a remark."""
    folder(tmp_path, {"": 12})
    (tmp_path / "red" / "3.png").write_bytes(b"no picture")
    (tmp_path / "red" / "11.png").unlink()
    values = np.full((40, 40), 900, np.uint16)
    Image.fromarray(values).save(tmp_path / "blue" / "7.png")
    return sorted(map(str, tmp_path.glob("*/*.png")))


def test_what_several_read_is_what_one_reads(files, monkeypatch) -> None:
    alone = read_stored(files, 3, (16, 16), True)
    decoded, real = Counter[str](), reading.fitted

    def counted(image, channels, size):
        decoded["all"] += 1
        return real(image, channels, size)

    monkeypatch.setattr(reading, "fitted", counted)
    monkeypatch.setattr(reading, "BLOCK", 3 * 3 * 16 * 16)  # one picture of each at a time
    for kept in ([True] * 3, [False] * 3, [True, False, False]):
        decoded.clear()
        found = together(3, lambda rank, kept=kept: read_stored(files, 3, (16, 16), kept[rank]))
        assert decoded["all"] == len(files) - 1  # each by one of them
        for in_memory, one in zip(kept, found, strict=True):
            assert isinstance(one.images, torch.Tensor) == in_memory
            assert torch.equal(one.images[:], alone.images)
            for mine, theirs in zip(
                vars(marks_of(one.images)).values(),
                vars(marks_of(alone.images)).values(),
                strict=True,
            ):
                assert torch.equal(mine, theirs)
            assert (one.content.held == alone.content.held).all()
            assert (one.content.pixels == alone.content.pixels).all()
            assert (one.good, one.reasons, one.remarks) == (
                alone.good, alone.reasons, alone.remarks,
            )  # fmt: skip
    assert len(alone.reasons) == 1 and alone.remarks


def test_other_pictures_are_told(files, tmp_path) -> None:
    folder(tmp_path / "other", {"": 12})
    others = sorted(map(str, (tmp_path / "other").glob("*/*.png")))
    theirs = [others, [*others[:5], *files[5:12], *others[12:]]]  # the same names
    found = together(2, lambda rank: read_stored(theirs[rank], 3, (16, 16), False))
    assert any("reads other pictures than rank 0" in str(error) for error in found)
    found = together(2, lambda rank: read_stored(others[: 20 + rank], 3, (16, 16), False))
    assert any("rank 1 reads other pictures than rank 0 in" in str(error) for error in found)
    found = together(2, lambda rank: agree("photos", f"{rank}"))
    assert any("in photos: every machine needs the same ones" in str(error) for error in found)
