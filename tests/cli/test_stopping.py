"""SIGTERM and SIGHUP take away what is half written; what a kill left is swept later."""

import os
import signal
import threading
from importlib import import_module

import pytest
from loopback import saying

from papernets.bundle.new_folder import write_new
from papernets.cli import main
from papernets.cli.stopping import Stopped, stopped_cleanly
from papernets.files import DAY, sweep

fetch = import_module("papernets.data.fetch")  # the package has the function
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfour\r\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_takes_away_what_is_half_written(tmp_path, number):
    def write(folder):
        folder.mkdir()
        os.kill(os.getpid(), number)

    with pytest.raises(Stopped) as stopped, stopped_cleanly():
        write_new(tmp_path / "bundles" / "one", write)
    assert stopped.value.code == 128 + number and os.listdir(tmp_path) == []
    assert signal.getsignal(number) is signal.SIG_DFL


def test_what_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stopped_cleanly():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_other_threads_have_no_signals():
    found = []

    def work():
        with stopped_cleanly():
            found.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.SIG_DFL]


def test_a_stopped_fetch_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    def progress(*_):
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("papernets.cli.waiting.Waiting.fetched", progress)
    with saying(CHUNKED, b"4\r\nfour\r\n" * 9_000) as url:
        monkeypatch.setitem(fetch.MIRRORS, "mnist", (url + "/",))
        assert main(["data", "fetch", "mnist", "--data-dir", str(tmp_path)]) == 143
    assert os.listdir(tmp_path / "mnist") == []


def test_only_what_is_old_and_ours_is_swept(tmp_path):
    def made(name, age):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "file").touch()
        for path in (folder / "file", folder):
            os.utime(path, (1, path.stat().st_mtime - age))
        return folder

    old, new = made(".papernets.a.unfinished", DAY + 60), made(".papernets.b.unfinished", DAY - 60)
    busy, other = made(".papernets.c.unfinished", 2 * DAY), made("my.unfinished", 2 * DAY)
    os.utime(busy / "file")  # a download that goes on
    link = tmp_path / ".papernets.d.unfinished"
    link.symlink_to(other)
    write_new(tmp_path / "out", lambda folder: folder.mkdir())
    assert not old.exists()
    assert all(path.exists() for path in (new, busy, other / "file", link, tmp_path / "out"))
    sweep(tmp_path / "nowhere", "*")


def test_parts_of_a_killed_fetch_are_swept(tmp_path, monkeypatch):
    (tmp_path / "mnist").mkdir()
    part = tmp_path / "mnist" / ".train-images-idx3-ubyte.gz.77.part"
    part.touch()
    os.utime(part, (1, 1))
    monkeypatch.setitem(fetch.MIRRORS, "mnist", ())
    with pytest.raises(ConnectionError):
        fetch.fetch("mnist", str(tmp_path))
    assert not part.exists()
