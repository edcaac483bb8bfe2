"""What is kept in the cache is whole, or is made anew; it takes no more room than it may."""

import os

import pytest

from papernets.runtimes import kept


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The folder of what is kept, in a cache of the test's own."""
    monkeypatch.delenv("PAPERNETS_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "papernets" / "runtimes"


@pytest.fixture
def maker():
    """Makes a content, and counts how often."""

    def make():
        make.times += 1
        return b"content " * 1000

    make.times = 0
    return make


def test_it_is_made_once_and_wherever_data_lie(place, maker, monkeypatch):
    assert kept.kept("a", maker) == kept.kept("a", maker) == b"content " * 1000
    monkeypatch.setenv("PAPERNETS_DATA", str(place))
    assert kept.kept("a", maker) == b"content " * 1000 and maker.times == 1
    assert os.listdir(place) == ["a"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: content[:-1] + b"x",
        lambda content: content + b"more",
        lambda content: content.replace(b"kept 1", b"kept 2"),
    ],
)
def test_a_damaged_or_half_file_is_made_anew(place, maker, spoil):
    kept.kept("a", maker)
    whole = (place / "a").read_bytes()
    (place / "a").write_bytes(spoil(whole))
    assert kept.kept("a", maker) == b"content " * 1000 and maker.times == 2
    assert (place / "a").read_bytes() == whole


def test_an_error_while_it_is_made_keeps_nothing(place, maker):
    def fails():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        kept.kept("a", fails)
    assert not place.exists()


def test_what_was_used_the_longest_ago_makes_way(place, maker, monkeypatch):
    monkeypatch.setattr(kept, "ROOM", 25_000)
    for at, name in enumerate("abc"):
        kept.kept(name, maker)
        os.utime(place / name, (at, at))
    kept.kept("a", maker)  # is used now
    kept.kept("d", maker)
    assert sorted(os.listdir(place)) == ["a", "c", "d"]
    monkeypatch.setattr(kept, "MOST", 100)
    assert kept.kept("e", maker) == b"content " * 1000
    assert "e" not in os.listdir(place)


def test_where_nothing_can_be_kept_it_is_made_each_time(place, maker, monkeypatch):
    place.parent.mkdir()
    place.write_text("a file in its place")
    assert kept.kept("a", maker) == kept.kept("a", maker) == b"content " * 1000
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(kept, "cache_folder", lambda: (_ for _ in ()).throw(ValueError("no home")))
    kept.kept("a", maker)
    assert maker.times == 3
