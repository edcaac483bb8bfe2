"""The doctor: it finds what was planted, names nothing else, and changes nothing."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from planted import plant, scene, scenes
from small_archives import samples, tar

from papernets.data.doctor import everything, faults_of, look_at, page
from papernets.data.doctor.faults import Fault, common, grouped
from papernets.data.doctor.likeness import alike, likeness

SIZE = (64, 64)


def examined(root: Path | str, size=SIZE):
    source = everything(str(root))
    seen = look_at(source)
    return seen, faults_of(seen, source, size)


def check_planted(root: Path, told: dict[str, str], faults) -> None:
    """Each planted fault is named once, by its kind, and nothing else is."""
    left = dict(told)
    for fault in faults:
        names = [n for n in (*fault.files, "zebra") if n in left and left[n] == fault.kind]
        names = [n for n in names if n != "zebra" or "'zebra'" in fault.why]
        assert len(names) == 1, fault
        del left[names[0]]
    assert left == {}


def test_twenty_planted_faults_are_found_and_nothing_else(tmp_path: Path) -> None:
    root = scenes(tmp_path, {"train": 16, "val": 5})
    before = {path: path.read_bytes() for path in root.rglob("*.jpg")}
    assert examined(root)[1] == []
    told = plant(root, "val")
    seen, faults = examined(root)
    check_planted(root, told, faults)
    assert all(path.read_bytes() == content for path, content in before.items())
    text = page("x<y", ["A sentence."], faults, seen.files)
    assert "<h1>x&lt;y</h1>" in text and "<script" not in text and 'src="http' not in text
    for name in told:
        assert f">{name.removeprefix(f'{root}/')}" in text or name.split("/")[-1] in text
    assert text.count("data:image/jpeg;base64,") == sum(
        not seen.reasons[at] for fault in faults for at in fault.places
    )


def test_a_hash_changes_little_where_a_picture_does() -> None:
    """Of 64 bits about half differ between pictures that have nothing to do with each other."""
    kinds = [scene(seed).convert("L") for seed in range(8)]
    found = [likeness(one) for one in kinds] + [likeness(one.resize((64, 48))) for one in kinds]
    hashes = np.array([one[0] for one in found], np.uint64)
    small = np.stack([one[1] for one in found])
    pairs = alike(hashes, small, np.arange(16))
    assert [pair[:2] for pair in pairs] == [(at, at + 8) for at in range(8)]
    far = np.bitwise_count(hashes[:8, None] ^ hashes[None, :8])[np.triu_indices(8, 1)]
    assert 20 < far.mean() < 44 and all(pair[2] <= 4 for pair in pairs)


def test_small_pictures_are_told_once_and_shards_are_examined_too(tmp_path: Path) -> None:
    members = samples(40)
    members["0/007.png"] = b"no picture"
    del members["0/009.cls"]
    seen, faults = examined(tar(tmp_path / "a.tar", members), (224, 224))
    said = {fault.kind: fault.why for fault in faults}
    assert set(said) == {"unreadable", "small"} and len(faults) == 3
    assert "100.00 % of the pictures (30x40 in the middle)" in said["small"]
    assert sum(not reason for reason in seen.reasons) == 38
    digits = everything("digits").listings
    assert sum(len(part.files) for part in digits.values()) == 1797
    assert digits["test"].files[3].content().size == (28, 28)


def test_pictures_that_are_alike_by_nature_are_told_once(tmp_path: Path) -> None:
    """Frames of two films: which of them are copies cannot be said."""
    films = {name: np.asarray(scene(seed)).astype(int) for seed, name in enumerate("ab")}
    for at in range(12):
        for name, values in films.items():
            (tmp_path / name).mkdir(exist_ok=True)
            frame = np.clip(values + 3 * at, 0, 255).astype(np.uint8)
            Image.fromarray(frame).save(tmp_path / name / f"{at}.png")
    (fault,) = examined(tmp_path)[1]
    assert fault.kind == "near duplicate" and "each is nearly the same as 11 others" in fault.why


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"train/a/1.jpg": b"x", "train/b/1.jpg": b"x"}, "no class has a picture to train on"),
        ({"a/1.png": None, "b/1.jpg": b"x"}, "only 'a' has a picture to train on"),
        ({"a/1.png": None, "b/1.png": None}, "too few to hold a part out: give 3 or more"),
    ],
)
def test_what_stops_training(tmp_path: Path, files, said: str) -> None:
    for at, (name, content) in enumerate(files.items()):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content or b"")
        if content is None:
            scene(at).save(tmp_path / name)
    faults = examined(tmp_path)[1]
    assert faults[0].kind == "stops training" and said in faults[0].why


@pytest.mark.slow
def test_twenty_faults_among_real_photographs(tmp_path: Path, shared_data: Path) -> None:
    """The photographs themselves have a few faults: these are taken out of the copy first."""
    import shutil

    root = tmp_path / "ants-bees"
    shutil.copytree(shared_data / "ants-bees", root)
    _, faults = examined(root, (224, 224))
    for fault in faults:
        for name in fault.files:
            Path(name).unlink(missing_ok=True)
    assert len(faults) == 4  # pictures without colours, one of which says that it was not found
    assert examined(root, (224, 224))[1] == []
    told = plant(root, "val")
    check_planted(root, told, examined(root, (224, 224))[1])


def test_a_picture_of_many_frames_or_modes_is_looked_at(tmp_path: Path) -> None:
    root = scenes(tmp_path, {"": 6})
    frames = [scene(700 + at) for at in range(3)]
    frames[0].save(root / "a" / "x.gif", save_all=True, append_images=frames[1:])
    scene(800).convert("CMYK").save(root / "b" / "x.jpg")
    Image.fromarray(np.full((96, 128), 900, np.uint16)).save(root / "b" / "dark.png")
    faults = examined(root)[1]
    assert [fault.kind for fault in faults] == ["odd colours"] * 2
    assert {fault.why.split(":")[0] for fault in faults} == {
        "one colour alone",
        "more than 8 bits a value",
    }


def test_pictures_with_one_reason_are_told_together():
    grey = [Fault("odd colours", (f"/a/b/{n}.jpg",), "no colours", (n,)) for n in range(3)]
    pair = Fault("duplicate", ("/a/b/3.jpg", "/a/c/4.jpg"), "the same picture", (3, 4))
    assert grouped([grey[0], pair, *grey[1:]]) == [grey, [pair]]
    assert common(pair.files) == "/a/" and common(["x.jpg", "y.jpg"]) == "" and common([]) == ""
