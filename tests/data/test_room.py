"""Memory for pictures is counted in bytes and shared by threads; folders have an end; libtiff."""

import os
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from outside import within
from PIL import Image

from papernets import data
from papernets.cli import main
from papernets.data import folder, reading, room, tiff, wide
from papernets.data.dataset import WrongFolder
from papernets.data.picture import load, pillow_rules
from papernets.data.room import NoRoom, Room, bytes_for

ROOT = Path(__file__).resolve().parents[2]


def large(side=4000, mode="L"):
    """A picture whose pixels nobody made."""
    image = Image.new(mode, (1, 1))
    image._size = (side, side)
    return image


@pytest.mark.parametrize(("mode", "each"), [("L", 7), ("RGB", 16), ("I;16", 12), ("I", 22)])
def test_bytes_are_counted(mode, each):
    assert bytes_for(large(100, mode)) == each * 100 * 100


def test_who_asks_for_more_than_is_left_waits(monkeypatch):
    size = bytes_for(large())
    monkeypatch.setattr(room, "free_memory", lambda: 3.0 * size)  # of which 0.6 are shared
    shared, most, now, lock = Room(), 0, 0, threading.Lock()

    def work():
        nonlocal most, now
        with shared.held():
            shared.take(large())
            with lock:
                now += 1
                most = max(most, now)
            threading.Event().wait(0.005)
            with lock:
                now -= 1

    several = [threading.Thread(target=work) for _ in range(8)]
    for one in several:
        one.start()
    with within():
        for one in several:
            one.join()
    assert most == 3 and shared._taken == 0  # 3 of 0.6 * (3 + 2), and not 4 of 0.6 * (3 + 3)


def test_one_alone_may_take_what_is_free_and_no_more(monkeypatch):
    shared, size = Room(), bytes_for(large())
    monkeypatch.setattr(room, "free_memory", lambda: float(size))
    with shared.held(), shared.held():
        shared.take(large())
        assert shared._taken == size
    assert shared._taken == 0
    monkeypatch.setattr(room, "free_memory", lambda: size - 1.0)
    with shared.held(), pytest.raises(NoRoom, match=r"4000x4000 pixels, which need 0\.1 GB while"):
        shared.take(large())
    with shared.held():
        shared.take(large(100))  # a small one is not counted
        assert shared._taken == 0


def test_who_has_some_does_not_wait_for_more(monkeypatch):
    """Two that wait for each other would wait for ever."""
    shared, size = Room(), bytes_for(large())
    monkeypatch.setattr(room, "free_memory", lambda: float(size))
    with within(), shared.held():
        shared.take(large())
        shared.take(large())
        assert shared._taken == 2 * size


def test_a_picture_without_room_is_left_out(tmp_path, monkeypatch, capsys):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for at in range(4):
            Image.new("L", (40, 30), 10 * at).save(tmp_path / name / f"{at}.png")
    Image.new("L", (2600, 2600)).save(tmp_path / "a" / "large.png")
    monkeypatch.setattr(room, "free_memory", lambda: 1e7)
    found = data.open(str(tmp_path), size=(8, 8))
    assert found.skipped == (
        f"{tmp_path}/a/large.png: 2600x2600 pixels, which need 0.0 GB while they are read, and "
        "0.0 GB are free",
    )
    with pytest.raises(ValueError, match=r"large\.png: 2600x2600 pixels"):
        load(str(tmp_path / "a" / "large.png"))


@pytest.mark.parametrize("kind", ["<u2", "<i4", "<f4"])
def test_many_bits_are_made_eight_in_bands(monkeypatch, kind):
    """The same values as all at once, and no more memory than a few bytes a pixel."""
    draws = np.random.default_rng(0)
    for low, high in ((0, 1), (0, 255), (0, 65535), (-9, 100_000)):
        if kind == "<u2" and low < 0:
            continue
        values = (draws.random((50, 31)) * (high - low) + low).astype(kind)
        if kind == "<f4":
            values[3, 5], values[7, 1] = np.nan, np.inf
        values, _ = wide.finite(values)
        whole = wide.eight_bits(values)
        with monkeypatch.context() as patch:
            patch.setattr(wide, "BAND", 64)
            assert np.array_equal(wide.eight_bits(values), whole)
    square = np.zeros((2500, 2500), kind)
    tracemalloc.start()
    wide.eight_bits(square)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 48 * wide.BAND + 2 * square.size


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")
def test_a_small_file_of_many_grey_values_takes_little(tmp_path):
    """13,377 x 13,377, 348 kB, took 4.9 GB; eight of them eight times as much. Here half of it."""
    Image.fromarray(np.zeros((9000, 9000), np.uint16)).save(tmp_path / "0.png")
    for at in range(1, 8):
        os.link(tmp_path / "0.png", tmp_path / f"{at}.png")
    code = (
        "import sys\n"
        "from papernets.data import reading, room, stored\n"
        "room.free_memory = lambda: 1.2e9\n"
        "files = [f'{sys.argv[1]}/{at}.png' for at in range(8)]\n"
        "stored.THREADS = 8\n"
        "found = reading.read_stored(files, 1, (8, 8), True)\n"
        "assert len(found.good) == 8, found.reasons\n"
        "lines = open('/proc/self/status').readlines()\n"  # getrusage counts the parent's, too
        "print(*[line.split()[1] for line in lines if line.startswith('VmHWM')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) * 1024 < 2.2e9


def test_each_real_folder_is_visited_once(tmp_path, capsys):
    """Twelve folders, each with links to all: along the links there are 12! ways."""
    for one in range(12):
        (tmp_path / "all" / f"{one}").mkdir(parents=True)
    for one in range(12):
        here = tmp_path / "all" / f"{one}"
        Image.new("L", (32, 32), one).save(here / "picture.png")
        for other in range(12):
            (here / f"to{other}").symlink_to(tmp_path / "all" / f"{other}")
    with within():
        found = folder.visible_files(tmp_path / "all")
        assert len(found) == 12 and found[0].endswith("all/0/picture.png")
        assert len(folder.visible_files(tmp_path / "all" / "7")) == 12
        assert main(["data", "show", str(tmp_path / "all")]) == 0
    assert "144" not in capsys.readouterr().err


@pytest.fixture
def emptied(tmp_path):
    """What is too deep for pytest to remove is removed afterwards."""
    yield tmp_path
    subprocess.run(["rm", "-rf", str(tmp_path / "a")], check=True)


def test_folders_in_folders_have_an_end(emptied, tmp_path, trained, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        os.makedirs(name)
        Image.new("L", (32, 32)).save(f"{name}/x.png")
    here = tmp_path / "a"
    for _ in range(1989):
        os.mkdir("a/deeper" if here == tmp_path / "a" else "deeper")
        os.chdir("a/deeper" if here == tmp_path / "a" else "deeper")
        here = here / "deeper"
    os.chdir(tmp_path)
    said = "a: folders lie in folders 100 deep in it"
    with pytest.raises(WrongFolder, match=said):
        folder.visible_files(Path("a"))
    for words in (
        ["data", "show", "."],
        ["train", "lenet1", "--data", "."],
        ["evaluate", str(trained), "--data", "."],
    ):
        assert main([*words, *(["--out", "/tmp/none"] if words[0] == "train" else [])]) in (1, 2)
        assert said in capsys.readouterr().err
    assert main(["predict", str(trained), "a", "b/x.png"]) in (0, 1)
    assert "folders lie in folders 100 deep" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["pipe", "endless"])
def test_a_parquet_file_that_is_none(tmp_path, capsys, kind):
    pytest.importorskip("pyarrow")
    from outside import put

    put(kind, tmp_path / "train.parquet")
    with within():
        assert main(["data", "show", str(tmp_path)]) in (1, 2)
    assert "train.parquet is not a regular file, not a parquet" in capsys.readouterr().err


def test_values_that_need_more_memory_than_there_is(tmp_path, monkeypatch):
    from papernets.data import idx

    (tmp_path / "x").write_bytes(b"\x00\x00\x08\x01" + (1000).to_bytes(4, "big") + bytes(1000))
    assert len(idx.read_idx(tmp_path / "x", 1)) == 1000
    monkeypatch.setattr(idx, "free_memory", lambda: 2999.0)
    with pytest.raises(ValueError, match=r"its header says 1,000 values, which need 0\.0 GB"):
        idx.read_idx(tmp_path / "x", 1)


@pytest.mark.skipif(tiff._handler() is None, reason="libtiff is out of reach in this Pillow")
def test_libtiffs_messages_are_not_printed_without_a_name(tmp_path, capfd):
    values = np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8)
    path = tmp_path / "x.tif"
    Image.fromarray(values).save(path, compression="tiff_lzw")
    content = bytearray(path.read_bytes())
    content[200:1200] = bytes(1000)
    path.write_bytes(bytes(content))
    with pillow_rules(), pytest.raises(ValueError, match=r"x\.tif: "):
        load(str(path))
    assert capfd.readouterr().err == ""
    with pytest.raises(OSError), Image.open(path) as image:  # without our rules it says more
        image.load()
    assert "LZWDecode" in capfd.readouterr().err


def test_threads_hold_their_room_until_a_picture_is_small(tmp_path, monkeypatch):
    Image.new("L", (2600, 2600)).save(tmp_path / "x.png")
    seen = []
    real = reading.fitted

    def watched(*given):
        found = real(*given)
        seen.append(room.ROOM._taken)
        return found

    monkeypatch.setattr(reading, "fitted", watched)
    reading.read_stored([str(tmp_path / "x.png")], 1, (8, 8), True)
    assert seen == [7 * 2600 * 2600] and room.ROOM._taken == 0
