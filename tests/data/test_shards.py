"""Tar shards, in WebDataset's layout and of class folders; whole, cut short and hostile ones."""

import io
import pickle
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch
from small_archives import folders, samples, tar
from small_photos import NAMES, folder, photo

from papernets import data
from papernets.data.dataset import WrongFolder
from papernets.data.shards import expanded
from papernets.data.stored import OnDemand


def opened(path: Path | str, **options):
    return data.open(str(path), **{"channels": 3, "size": (30, 40), **options})


def test_shards_with_their_parts_in_their_names(tmp_path: Path) -> None:
    tar(tmp_path / "x-train-000.tar", samples(10))
    tar(tmp_path / "x-train-001.tar", samples(10, 50))
    tar(tmp_path / "x-val-000.tar", samples(6, 90))
    found = opened(tmp_path)
    assert found.classes == ("0", "1") and found.skipped == ()
    assert len(found.train) + len(found.validation) == 20 and len(found.test) == 6
    assert found.test.labels.tolist() == [0, 1] * 3
    for at in (0, 5):
        theirs = np.asarray(photo(at % 2, 90 + at // 2))
        assert np.array_equal(found.test.images[at].permute(1, 2, 0).numpy(), theirs)
    assert found.test.files[5].name == f"{tmp_path}/x-val-000.tar: 90/005.png"
    bare = opened(tmp_path, room=0)
    assert isinstance(bare.test.images, OnDemand)
    again = pickle.loads(pickle.dumps(bare.test.images))
    assert torch.equal(again[[4, 0, 1]], found.test.images[[4, 0, 1]])


def test_a_pattern_one_file_and_names_of_classes(tmp_path: Path) -> None:
    for at in range(2):
        tar(tmp_path / f"s-{at:02d}.tar", samples(6, 20 * at))
    (tmp_path / "classnames.txt").write_text("zebra\nant\nnever\n")
    found = opened(f"{tmp_path}/s-{{00..01}}.tar")
    assert found.classes == ("zebra", "ant")
    assert sum(len(p) for p in (found.train, found.validation, found.test)) == 12
    assert len(opened(tmp_path / "s-00.tar").train) == 2
    (tmp_path / "classnames.txt").write_text("zebra\n")
    with pytest.raises(ValueError, match=r"s-00.tar: 0/001.cls: label 1 among 1 class$"):
        opened(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"s-02.tar and 1 more of 4 shards: not there"):
        opened(f"{tmp_path}/s-{{00..03}}.tar")
    assert opened(tar(tmp_path / "j.tar", samples(8, form="json"))).classes == NAMES


def test_a_tar_file_beside_class_folders_is_left_alone(tmp_path: Path) -> None:
    root = folder(tmp_path / "photos", {"train": 8, "test": 4})
    tar(root / "photos.tar", {"x.txt": b"x"})
    assert opened(root).classes == NAMES
    tar(folder(tmp_path / "bare", {"": 8}) / "photos.tar", {"x.txt": b"x"})
    assert opened(tmp_path / "bare").classes == NAMES


def test_patterns() -> None:
    assert expanded("a{08..11}-{x,y}") == [
        f"a{n}-{c}" for n in ("08", "09", "10", "11") for c in "xy"
    ]
    for wrong in ("a{}", "a{x}", "a{3..1}", "a{0..999999}"):
        with pytest.raises(ValueError, match=r"a\{"):
            expanded(wrong)


def test_class_folders_in_a_tar_file(tmp_path: Path) -> None:
    found = opened(tar(tmp_path / "a.tar", folders(8, "photos/")))
    assert found.classes == NAMES and "80, 10 and 10 %" in found.split
    both = folders(8, "photos/train/") | folders(3, "photos/test/", 50)
    found = opened(tar(tmp_path / "b.tar", {"photos/._x.jpg": b"", **both}))
    assert found.classes == NAMES and len(found.test) == 6
    with pytest.raises(WrongFolder, match=r"a.png lies in no class folder"):
        opened(tar(tmp_path / "c.tar", folders(2) | {"a.png": b""}))
    with pytest.raises(WrongFolder, match=r"no picture in it, by the endings"):
        opened(tar(tmp_path / "c.tar", {"a.txt": b"x"}))


def test_pictures_without_labels_are_named(tmp_path: Path) -> None:
    members = samples(12)
    del members["0/003.cls"]
    members["0/004.cls"] = b""
    file = tar(tmp_path / "a.tar", members | {"0/005.txt": b"a caption"})
    found = opened(file)
    assert found.skipped == tuple(
        f"{file}: 0/{at}.png: no label beside it (0/{at}.cls or 0/{at}.json)"
        for at in ("003", "004")
    )
    twice = [("1.png", b"a"), ("1.cls", b"0"), ("1.jpg", b"b")]
    with pytest.raises(ValueError, match=r"1.jpg: a second picture of its key, beside .*1.png"):
        opened(tar(tmp_path / "b.tar", twice))


def test_a_shard_cut_short_at_any_place_is_an_error(tmp_path: Path) -> None:
    file = tar(tmp_path / "a.tar", samples(4))
    whole = file.read_bytes()
    with tarfile.open(file) as archive:
        ends = [one.offset for one in archive.getmembers()]
    for at in (
        0,
        100,
        ends[1],
        ends[1] + 100,
        ends[2] + 512,
        ends[2] + 700,
        ends[-1],
        ends[-1] + 512,
    ):
        file.write_bytes(whole[:at])
        with pytest.raises(ValueError, match=r"a.tar: (cut short|not a whole tar file)"):
            opened(file)
    spoilt = bytearray(whole)
    spoilt[ends[2] : ends[2] + 300] = b"x" * 300
    file.write_bytes(spoilt)
    with pytest.raises(ValueError, match=rf"a.tar: damaged at byte {ends[2]:,}"):
        opened(file)
    file.write_bytes(whole + whole)
    with pytest.raises(ValueError, match=r"two archives in one"):
        opened(file)


def test_compressed_shards_say_what_to_do(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("a"), io.BytesIO())
    with pytest.raises(ValueError, match=r"a.tar: compressed, .* unpack it with gunzip"):
        opened(tmp_path / "a.tar")


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("../../x.jpg", tarfile.REGTYPE, r"'../../x.jpg' leads out of the archive: refused"),
        ("/etc/x.jpg", tarfile.REGTYPE, "leads out of the archive"),
        ("a/1.jpg", tarfile.SYMTYPE, "'a/1.jpg' is a link, where files should be: refused"),
        ("a/1.jpg", tarfile.LNKTYPE, "is a link"),
        ("a/1.jpg", tarfile.CHRTYPE, "is a device"),
        ("a/1.jpg", tarfile.FIFOTYPE, "is a pipe"),
    ],
)
def test_members_that_nobody_should_unpack_are_refused(tmp_path: Path, name, kind, said) -> None:
    one = tarfile.TarInfo(name)
    one.type, one.linkname = kind, "/etc/passwd"
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.addfile(one)
    with pytest.raises(ValueError, match=said):
        opened(tmp_path / "a.tar")
