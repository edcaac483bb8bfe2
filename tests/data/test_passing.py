"""Pictures of a stream: each row is taken while it passes, and few are held."""

import pickle

import pytest
import torch
from small_photos import NAMES, encoded, photo
from streamed_sets import MadeStream, pretend, small_memory

from papernets import data
from papernets.data.passing import Cursor, Passing, Stream, Taker
from papernets.data.stored import OnDemand
from papernets.train.sampling import buffered, by_class, permuted


class Numbers(Stream):
    """A stream of numbers, which counts how often it begins."""

    def __init__(self, count, ends=None):
        super().__init__("numbers")
        self.count, self.ends, self.begun = count, count if ends is None else ends, []

    def pictures(self, start):
        self.begun.append(start)
        return (str(at).encode() for at in range(start, self.ends))


def drawing(epoch):
    return torch.Generator().manual_seed(epoch)


@pytest.mark.parametrize(("count", "size"), [(100, 7), (50, 49), (20, 1)])
def test_an_order_from_a_buffer(count, size):
    order = buffered(count, size, drawing(1)).tolist()
    assert sorted(order) == list(range(count))
    assert all(place < at + size for at, place in enumerate(order))  # it had come by then
    assert order == buffered(count, size, drawing(1)).tolist()
    assert size == 1 or order != buffered(count, size, drawing(2)).tolist()


def test_all_in_the_buffer_is_a_permutation():
    assert torch.equal(buffered(30, 30, drawing(3)), permuted(30, drawing(3)))


def test_classes_one_after_another_are_noticed():
    assert by_class(torch.arange(8).repeat_interleave(100), 100)
    assert not by_class(torch.arange(8).repeat(100), 100)


def test_an_epoch_goes_through_a_stream_once_and_holds_no_more_than_the_buffer():
    stream, size = Numbers(500), 40
    cursor = Cursor(stream)
    order = buffered(500, size, drawing(1))
    for start in (0, 3):  # an epoch, and one that goes on at its fourth chunk
        stream.begun.clear()
        chunks = order.split(60)[start:]
        cursor.rows = None
        cursor.expect(at for chunk in chunks for at in chunk.tolist())
        for chunk in chunks:
            found = cursor.take(chunk.tolist())
            assert found == {at: str(at).encode() for at in chunk.tolist()}
            assert len(cursor.held) < size
        assert stream.begun == [min(int(at) for chunk in chunks for at in chunk)]
        assert not cursor.held


def test_what_is_asked_for_anew_and_what_has_ended():
    stream = Numbers(20, ends=15)
    cursor = Cursor(stream)
    assert cursor.take([9, 4]) == {4: b"4", 9: b"9"} and cursor.take([2]) == {2: b"2"}
    assert stream.begun == [4, 2]
    with pytest.raises(ValueError, match=r"numbers: the stream ended after 15 rows, and had 20 w"):
        cursor.take([17])
    rows = [Passing(stream, at) for at in (3, 1)]
    assert [row.content() for row in Taker().ready(rows)] == [b"3", b"1"]
    assert [row.content() for row in rows] == [b"3", b"1"] and rows[1].name == "numbers row 1"


def test_a_stream_larger_than_memory_is_what_one_in_memory_is(monkeypatch):
    labels = [0, 1, 1, 0, 1, None, 0, -1] * 6
    pretend(monkeypatch, train=MadeStream(labels), test=MadeStream([1, 0], seed=500))
    options = {"channels": 3, "size": (30, 40)}
    held = data.open("hf-stream:made", **options)
    small_memory(monkeypatch)
    for room in (None, 0):  # decoded they may stay in memory nevertheless
        found = data.open("hf-stream:made", room=room, **options)
        assert found.classes == held.classes == NAMES and found.skipped == held.skipped
        assert isinstance(found.train.images, OnDemand) == (room == 0)
        for part, same in ((found.train, held.train), (found.validation, held.validation)):
            assert torch.equal(part.images[:], same.images)
            assert torch.equal(part.labels, same.labels)
            assert [file.name for file in part.files] == [file.name for file in same.files]
    again = pickle.loads(pickle.dumps(found.train.images))
    assert torch.equal(again[[5, 2]], held.train.images[[5, 2]])
    for file in found.train.files[:2]:
        row = int(file.name.rpartition(" ")[2])
        assert file.content() == encoded(photo(labels[row], row))


def test_a_stream_without_an_end(monkeypatch):
    pretend(monkeypatch, train=MadeStream([0, 1] * 20))
    monkeypatch.setattr("papernets.data.hub.MOST_ROWS", 30)
    with pytest.raises(ValueError, match="hf-stream:made train: no end after 30 rows: an epoch"):
        data.open("hf-stream:made", channels=3, size=(30, 40))
