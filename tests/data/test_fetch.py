"""Downloads against a server on this machine: good, wrong, cut short, missing, and no server."""

import gzip
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import Loopback, serving

from papernets.data import fetch
from papernets.data.fetch import FILES, MIRRORS, Checksum

NAMES = tuple(FILES["mnist"])
CONTENT = {name: gzip.compress(name.encode() * 1000, mtime=0) for name in NAMES}
OTHER = gzip.compress(b"something else")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for kind, packed in (("mnist", False), ("fashion_mnist", True)):
        for name in NAMES:
            content = CONTENT[name] if packed else gzip.decompress(CONTENT[name])
            digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
            monkeypatch.setitem(FILES[kind], name, Checksum("md5", digest, unpacked=not packed))
    with serving() as running:
        running.files, running.wrong = CONTENT, OTHER
        yield running


def mirrors(monkeypatch: pytest.MonkeyPatch, *urls: str, name: str = "mnist") -> None:
    monkeypatch.setitem(MIRRORS, name, urls)


@pytest.mark.parametrize("name", ["mnist", "Fashion-MNIST"])
def test_the_files_come_and_are_kept(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    key = "mnist" if name == "mnist" else "fashion_mnist"
    mirrors(monkeypatch, f"{server.url}/good/", name=key)
    seen: list[tuple[str, int, int | None]] = []
    paths = fetch(name, str(tmp_path), progress=lambda *step: seen.append(step))
    assert paths == [str(tmp_path / key / file) for file in NAMES]
    assert all(Path(path).read_bytes() == CONTENT[Path(path).name] for path in paths)
    assert seen[-1] == (NAMES[-1], len(CONTENT[NAMES[-1]]), len(CONTENT[NAMES[-1]]))
    assert fetch(name, str(tmp_path)) == paths
    assert len(server.asked) == 4  # the second time, nothing is asked for


def test_a_damaged_file_is_fetched_again(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrors(monkeypatch, f"{server.url}/good/")
    first = Path(fetch("mnist", str(tmp_path))[0])
    first.write_bytes(first.read_bytes()[:50])
    fetch("mnist", str(tmp_path))
    assert first.read_bytes() == CONTENT[first.name] and len(server.asked) == 5


@pytest.mark.parametrize("kind", ["wrong", "cut", "missing"])
def test_the_next_mirror_is_tried(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    mirrors(monkeypatch, f"{server.url}/{kind}/", f"{server.url}/good/")
    assert len(fetch("mnist", str(tmp_path))) == 4
    assert sorted(p.name for p in (tmp_path / "mnist").iterdir()) == sorted(NAMES)


def test_what_each_mirror_did_is_said_and_nothing_is_left_behind(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = "http://127.0.0.1:1/"
    kinds = ("wrong", "cut", "missing")
    mirrors(monkeypatch, *(f"{server.url}/{kind}/" for kind in kinds), refused)
    with pytest.raises(ConnectionError) as error:
        fetch("mnist", str(tmp_path))
    lines = str(error.value).splitlines()
    half = len(CONTENT[NAMES[0]]) // 2
    assert lines[0] == f"{NAMES[0]} could not be fetched:"
    assert lines[1].endswith("another file than the published one (wrong checksum)")
    assert f"broke off after {half:,}" in lines[2]
    assert lines[3].endswith("the server answers 404 Not Found")
    assert lines[4].startswith(f"  {refused}{NAMES[0]}: ") and "refused" in lines[4]
    assert lines[5] == "Without a network, bring these four files from another machine:"
    assert lines[6:10] == [f"  {tmp_path / 'mnist' / name}" for name in NAMES]
    assert lines[10] == "The built-in data need none: --data digits"
    assert list((tmp_path / "mnist").iterdir()) == []


def test_a_file_that_never_ends_is_cut_off(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["papernets.data.fetch"], "LARGEST", 1 << 20)
    mirrors(monkeypatch, f"{server.url}/endless/")
    with pytest.raises(ConnectionError, match="more than 1 MiB: not the file that was asked for"):
        fetch("mnist", str(tmp_path))


def test_a_name_that_cannot_be_fetched(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"cannot fetch unknown data set 'mnits'\. Did you mean 'mn"
    ):
        fetch("mnits", str(tmp_path))
    with pytest.raises(
        ValueError, match=r"'digits'.* Names: mnist, fashion_mnist\. For example: pa"
    ):
        fetch("digits", str(tmp_path))


def test_a_full_disk_is_not_taken_for_a_bad_mirror(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys.modules["papernets.data.fetch"].os, "replace", full)
    mirrors(monkeypatch, f"{server.url}/good/")
    with pytest.raises(OSError, match="No space left on device"):
        fetch("mnist", str(tmp_path))
    assert list((tmp_path / "mnist").iterdir()) == []


def test_checksums_are_those_of_real_mnist(shared_data: Path) -> None:
    """The files there may be packed anew: the checksum is of what is in them."""
    if not (shared_data / "mnist" / NAMES[0]).is_file():
        pytest.skip("no packed mnist there")
    paths = fetch("mnist", str(shared_data))
    assert [Path(path).name for path in paths] == list(NAMES)
