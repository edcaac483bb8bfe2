"""Pictures that are read on demand are those in memory, bit for bit."""

import pickle
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from small_photos import folder, photo

from papernets import data
from papernets.data import listing, reading, stored
from papernets.data.stored import AHEAD, OnDemand, channel_statistics, marks_of, threads


def both(root: Path, **options):
    """A folder in memory, and with no room for it."""
    whole = data.open(str(root), channels=3, size=(16, 16), **options)
    bare = data.open(str(root), channels=3, size=(16, 16), room=0, **options)
    assert isinstance(whole.train.images, torch.Tensor)
    assert isinstance(bare.train.images, OnDemand)
    return whole, bare


def test_what_does_not_fit_is_read_on_demand_and_the_same(tmp_path: Path) -> None:
    folder(tmp_path, {"train": 12, "val": 5})
    (tmp_path / "train" / "red" / "3.png").write_bytes(b"no picture")
    whole, bare = both(tmp_path, enlarge=1.25)
    assert whole.skipped == bare.skipped and len(whole.skipped) == 1
    for one, other in zip(
        (whole.train, whole.validation, whole.test),
        (bare.train, bare.validation, bare.test),
        strict=True,
    ):
        assert one.files == other.files and torch.equal(one.labels, other.labels)
        assert one.images.shape == other.images.shape and other.images.shape[1:] == (3, 20, 20)
        assert torch.equal(one.images, other.images[:])
        places = torch.tensor([1, 0, 1])
        assert torch.equal(one.images[places], other.images[places])
        assert torch.equal(one.images[-1], other.images[-1])
        assert torch.equal(one.select([1]).images, other.select([1]).images[:])
        assert torch.equal(marks_of(one.images).checksum, marks_of(other.images).checksum)
    assert channel_statistics(whole.train.images) == channel_statistics(bare.train.images)


def test_marks_and_statistics_are_numpys() -> None:
    images = torch.randint(0, 256, (7, 3, 5, 4), dtype=torch.uint8)
    images[:, 2] = 9
    mean, deviation = channel_statistics(images)
    values = images.numpy().astype(np.float64)
    assert mean == pytest.approx(values.mean((0, 2, 3)))
    assert deviation == pytest.approx([*values.std((0, 2, 3))[:2], 1.0])
    assert marks_of(images).checksum[3] == zlib.crc32(images[3].numpy().tobytes())


def test_threads_keep_the_order_and_few_wait_for_one() -> None:
    """A pool's own `map` makes a kilobyte of each picture before the first is read."""
    waiting, most = set[int](), 0

    class Items(list[int]):
        def __iter__(self):
            nonlocal most
            for item in range(len(self)):
                waiting.add(item)
                most = max(most, len(waiting))
                yield item

    def done(item: int) -> int:
        waiting.discard(item)
        return -item

    assert threads(done, Items(range(9 * AHEAD))) == [-item for item in range(9 * AHEAD)]
    assert most <= AHEAD + 1
    with pytest.raises(ZeroDivisionError):
        threads(lambda item: 1 // item, range(5))


def test_a_picture_that_is_gone_is_named(tmp_path: Path) -> None:
    folder(tmp_path, {"train": 6, "val": 2})
    _, bare = both(tmp_path)
    gone = Path(str(bare.test.files[1]))
    gone.unlink()
    with pytest.raises(ValueError, match=r"1.png: not there .*It could be read when this began"):
        bare.test.images[0:2]


def test_what_is_read_on_demand_can_be_sent_to_another_process(tmp_path: Path) -> None:
    folder(tmp_path, {"train": 6, "val": 2})
    whole, bare = both(tmp_path)
    again = pickle.loads(pickle.dumps(bare.train.images))
    assert torch.equal(again[:], whole.train.images)


def test_pictures_of_the_networks_size_are_kept_as_they_are(tmp_path: Path) -> None:
    folder(tmp_path / "small", {"": 8}, size=(16, 16))
    small = data.open(str(tmp_path / "small"), channels=3, size=(16, 16), enlarge=1.25)
    assert small.train.images.shape[2:] == (16, 16)
    kept = np.asarray(Image.open(str(small.train.files[0])))
    assert np.array_equal(small.train.images[0].permute(1, 2, 0).numpy(), kept)
    folder(tmp_path / "large", {"": 8}, size=(16, 17))
    large = data.open(str(tmp_path / "large"), channels=3, size=(16, 16), enlarge=1.25)
    assert large.train.images.shape[2:] == (20, 20)


def test_the_room_is_a_share_of_the_free_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "free_memory", lambda: 1000.0)
    assert stored.memory_for_pictures() == 250.0
    monkeypatch.setattr(stored, "free_memory", lambda: 1e12)
    assert stored.memory_for_pictures() == 8e9


def odd(root: Path) -> Path:
    """Pictures as a folder of years holds them: modes, orientations, sizes, and no pictures."""
    for name in ("a", "b"):
        (root / name).mkdir(parents=True)
    for label, name in enumerate(("a", "b")):
        place, image = root / name, photo(label, 1)
        image.convert("L").save(place / "grey.jpg")
        image.convert("CMYK").save(place / "cmyk.jpg")
        Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257).save(
            place / "deep.png"
        )
        image.convert("RGBA").save(place / "clear.png")
        turned = Image.Exif()
        turned[0x0112] = 6
        image.save(place / "turned.jpg", exif=turned)
        photo(label, 2, (1, 1)).save(place / "tiny.png")
        photo(label, 3, (1, 900)).save(place / "thread.png")
        photo(label, 4, (1500, 2100)).save(place / "huge.jpg")
        image.convert("P").save(place / "moving.gif")
        (place / ".hidden.jpg").write_bytes(b"junk")
        (place / "text.jpg").write_text("I am no picture")
        whole = (place / "huge.jpg").read_bytes()
        (place / "short.jpg").write_bytes(whole[: len(whole) // 3])
    return root


def test_pictures_of_every_kind(tmp_path: Path) -> None:
    found = data.open(str(odd(tmp_path)), channels=3, size=(24, 24), enlarge=1.14)
    parts = (found.train, found.validation, found.test)
    assert sum(len(part) for part in parts) == 18
    assert [message.removeprefix(str(tmp_path)) for message in found.skipped] == [
        message.removeprefix(str(tmp_path)) for message in sorted(found.skipped)
    ]
    assert len(found.skipped) == 4
    assert "short.jpg: cut short" in found.skipped[0] and "text.jpg: not a pic" in found.skipped[1]
    by_name = {
        Path(str(file)).name: picture
        for part in parts
        for file, picture in zip(part.files, part.images, strict=True)
        if Path(str(file)).parent.name == "a"
    }
    grey = by_name["grey.jpg"]
    assert torch.equal(grey[0], grey[1]) and torch.equal(grey[0], grey[2])
    assert (by_name["deep.png"].float() - grey.float()).abs().mean() < 6  # JPEG's loss
    upright = by_name["turned.jpg"].float()
    plain = by_name["clear.png"].float()  # orientation 6: its first row is on the right
    back = (upright.rot90(1, (1, 2)) - plain).abs().mean()
    assert 1.5 * back < (upright - plain).abs().mean()
    assert by_name["tiny.png"].float().std((1, 2)).max() == 0


def test_only_the_test_part_is_read_where_it_stands_apart(tmp_path: Path) -> None:
    folder(tmp_path / "apart", {"train": 6, "val": 4})
    for file in (tmp_path / "apart" / "train").rglob("*.png"):
        file.write_bytes(b"nobody reads this")
    found = data.open(str(tmp_path / "apart"), channels=3, only_test=True)
    assert (len(found.train), len(found.validation), len(found.test)) == (0, 0, 8)
    assert found.classes == ("blue", "red") and found.skipped == ()
    folder(tmp_path / "drawn", {"": 10})
    whole, same = (
        data.open(str(tmp_path / "drawn"), channels=3, only_test=only) for only in (False, True)
    )
    assert same.test.files == whole.test.files and len(same.train) == 16


def test_pictures_too_large_to_be_read_are_refused_before_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four copies of each of two pictures that are read at a time, 3x100x200 bytes: 480,000."""
    folder(tmp_path, {"": 10})
    monkeypatch.setattr(reading, "THREADS", 2)
    monkeypatch.setattr(reading, "free_memory", lambda: 480_000.0)
    monkeypatch.setattr(listing, "memory_for_pictures", lambda: 0.0)
    assert data.open(str(tmp_path), channels=3, size=(100, 200)).train.images.shape[0] == 16
    monkeypatch.setattr(reading, "free_memory", lambda: 479_999.0)
    monkeypatch.setattr(stored, "load_photo", None)
    with pytest.raises(ValueError, match=r"pictures of 100x200 need 0.0 GB .*--set input=224"):
        data.open(str(tmp_path), channels=3, size=(100, 200))
