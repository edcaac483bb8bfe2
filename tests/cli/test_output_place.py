"""Where a result may be written is known before any work is done, and never is what is read."""

import shutil

import numpy as np
import pytest
from PIL import Image

from papernets.bundle.find import find_bundle
from papernets.cli import main
from papernets.cli.flags import WrongUse
from papernets.cli.output import check_place


def test_nothing_is_written_over_what_is_read(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    mine = folder / "a.png"
    mine.write_bytes(b"mine")
    link = tmp_path / "link.png"
    link.symlink_to(mine)
    for output in (mine, link):
        for read in (mine, folder):
            with pytest.raises(WrongUse, match="nothing is written over it"):
                check_place(str(output), str(read))
    check_place(str(folder / "new.png"), str(mine), str(folder), "resnet20", "no/such")
    check_place(str(mine), str(tmp_path / "other"))
    check_place("-", str(mine))
    check_place("", str(mine))
    with pytest.raises(WrongUse, match=r"make the folder .*none first"):
        check_place(str(tmp_path / "none" / "a.png"))


def test_look_renews_its_own_picture_in_a_bundle_and_writes_over_nothing_else(tmp_path, capsys):
    """Its own: a picture beside the bundle's files that no run drew, and that is not looked at."""
    mine = tmp_path / "mine"
    shutil.copytree(find_bundle("lenet1"), mine)
    words = ["look", "filters", str(mine), "-o"]
    picture = mine / "filters.png"
    assert main([*words, str(picture)]) == 0
    picture.write_bytes(b"an earlier one")
    assert main([*words, str(picture)]) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    deeper = mine / "best"
    deeper.mkdir()
    kept = [mine / "confusion.png", deeper / "x.png", mine / "bundle.json"]
    for path in kept:
        before = path.read_bytes() if path.exists() else b"kept"
        path.write_bytes(before)
        assert main([*words, str(path)]) == 2
        assert path.read_bytes() == before
    capsys.readouterr()
    bar = np.full((28, 28), 255, np.uint8)
    bar[4:24, 13:16] = 0
    Image.fromarray(bar).save(picture)
    before = picture.read_bytes()
    looked = ["look", "saliency", str(mine), str(picture), "-o", str(picture)]
    assert main(looked) == 2 and picture.read_bytes() == before
    assert "filters.png is read: nothing is written over it" in capsys.readouterr().err


def test_look_keeps_the_picture_and_passes_over_what_is_none(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    draws = np.random.default_rng(0)
    for name in ("a.png", "b.png"):
        Image.fromarray(draws.integers(0, 256, (32, 32, 3), np.uint8)).save(name)
    (tmp_path / "bad.png").write_text("no picture")
    before = (tmp_path / "a.png").read_bytes()
    assert main(["look", "saliency", "resnet20", "a.png", "-o", "a.png"]) == 2
    assert (tmp_path / "a.png").read_bytes() == before
    assert "a.png is read: nothing is written over it" in capsys.readouterr().err
    assert main(["look", "saliency", "resnet20", "a.png", "bad.png", "b.png", "--json"]) == 0
    said = capsys.readouterr()
    assert "left out: bad.png" in said.err and said.out.count('"picture"') == 2
    assert main(["look", "saliency", "resnet20", "bad.png", "--json"]) == 1
    assert main(["look", "cam", "resnet20", "a.png", "--method", "tsne", "-o", "c.png"]) == 2
    assert "look cam takes cam or grad-cam" in capsys.readouterr().err
