"""Without a terminal a long work says now and then how far it is; a short one says nothing."""

import sys
import threading

import pytest
from small_runs import write_own

from papernets.cli import main, screen, waiting
from papernets.cli.waiting import Waiting, sign_of_life
from papernets.watch import watched


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def often(monkeypatch):
    """A line for every step: each has a moment, and is one."""
    monkeypatch.setattr(waiting, "FIRST", 0.0)
    monkeypatch.setattr(waiting, "AGAIN", 0.0)


def test_a_line_after_ten_seconds_and_then_every_thirty(clock, capsys):
    tell = Waiting(clock=clock)
    for done in range(1, 101):
        clock.now += 1
        tell("pictures read", done, 100)
    assert capsys.readouterr().err == (
        "pictures read: 11 of 100 (11 %), 1:21 left\n"
        "pictures read: 41 of 100 (41 %), 0:58 left\n"
        "pictures read: 71 of 100 (71 %), 0:29 left\n"
    )


def test_a_short_work_says_nothing(clock, capsys):
    tell = Waiting(clock=clock)
    for what in ("one", "two", "three"):
        for done in range(1, 9):
            clock.now += 1
            tell(what, done, 8)
    assert capsys.readouterr().err == ""


def test_the_same_work_again_begins_anew(clock, capsys):
    tell = Waiting(clock=clock)
    for _ in range(3):
        for done in range(1, 13):
            clock.now += 1
            tell("x", done, 12)
    assert capsys.readouterr().err.count("\n") == 1, "thirty seconds have passed once"


def test_a_file_of_unknown_size_says_what_has_come(clock, capsys):
    tell = Waiting(clock=clock)
    for done in (1000, 2_000_000):
        clock.now += 11
        tell.fetched("x.gz", done, None)
    assert capsys.readouterr().err == "bytes of x.gz: 2,000,000\n"


def test_quiet_says_nothing(clock, capsys, monkeypatch):
    monkeypatch.setattr(screen, "QUIET", True)
    tell = Waiting(clock=clock)
    for done in range(1, 100):
        clock.now += 100
        tell("x", done, 100)
    assert capsys.readouterr().err == ""


def test_a_bar_on_a_terminal_after_a_moment_and_not_beside_another(clock, monkeypatch):
    bars = []

    class Bar:
        def __init__(self):
            bars.append(self)
            self.calls = []

        def add_task(self, what, total):
            self.calls.append((what, total))

        def update(self, task, completed, total):
            self.calls.append(completed)

        def stop(self):
            self.calls.append("stop")

    monkeypatch.setattr(screen, "bar", Bar)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    busy = Waiting(lambda: True, clock)
    tell = Waiting(clock=clock)
    for done in range(1, 5):
        busy("x", done, 4)
        tell("x", done, 4)
        clock.now += 1
    assert [bar.calls for bar in bars] == [[("x", 4), 2, 3, 4, "stop"]]
    tell("x", 1, 4)
    clock.now += 5
    tell("x", 2, 4)
    tell.close()
    assert bars[1].calls[-1] == "stop"


def test_train_says_how_far_a_long_epoch_is(tmp_path, capsys, often):
    net, pictures = write_own(tmp_path)
    flags = ["--epochs", "1", "--set", "batch_size=1", "--out", str(tmp_path / "run")]
    assert main(["train", net, "--data", pictures, *flags]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert any(line.startswith("steps of epoch 1: 50 of 60 (83 %), ") for line in lines)
    assert any(", loss " in line for line in lines if line.startswith("steps of epoch 1"))
    assert any("1 epoch, seed" in line for line in lines) and "1 epochs" not in "".join(lines)


def test_predict_says_how_far_it_is_where_the_answers_go_elsewhere(
    trained, tmp_path, capsys, often
):
    from PIL import Image

    for at in range(3):
        picture = Image.new("L", (28, 28), 255)
        picture.paste(0, (10 + at, 4, 14 + at, 24))
        picture.save(tmp_path / f"{at}.png")
    assert main(["predict", str(trained), str(tmp_path), "--csv"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("file,label") and "pictures answered: 2 of 3 (66 %)" in err
    assert "pictures read" not in err


def test_evaluate_and_data_show_say_how_far_they_are(trained, tmp_path, capsys, often):
    words = ["--data", "digits", "--out", str(tmp_path / "out"), "--batch-size", "100"]
    assert main(["evaluate", str(trained), *words]) == 0
    assert "pictures answered: 100 of 400 (25 %)" in capsys.readouterr().err
    from noise import noise

    noise(tmp_path / "pictures", 4, classes=["cat", "dog"])
    assert main(["data", "show", str(tmp_path / "pictures")]) == 0
    assert "pictures read: 1 of 8 (12 %)" in capsys.readouterr().err


def test_data_fetch_says_how_many_bytes_have_come(tmp_path, capsys, monkeypatch, often):
    from papernets import data

    def fetch(name, data_dir, progress):
        for done in (100, 200, 300):
            progress("x.gz", done, 300)
        return [str(tmp_path / "x.gz")]

    monkeypatch.setattr(data, "fetch", fetch)
    assert main(["data", "fetch", "mnist"]) == 0
    out, err = capsys.readouterr()
    assert out == f"{tmp_path / 'x.gz'}\n" and "bytes of x.gz: 200 of 300 (66 %)" in err


def test_convert_names_a_large_file(tmp_path, capsys, monkeypatch):
    from papernets.cli import convert

    (tmp_path / "w.pt").write_bytes(b"x" * 100)
    monkeypatch.setattr(convert, "LARGE", 100)
    words = ["--net", "alexnet", "--from", "torchvision", "--out", str(tmp_path / "b")]
    assert main(["convert", str(tmp_path / "w.pt"), *words]) == 1
    assert capsys.readouterr().err.startswith(f"Reading {tmp_path / 'w.pt'}, 0.0 GB\n")


def test_nothing_is_watched_where_a_work_stops(clock, capsys):
    """An error in the middle leaves nobody told."""

    def broken():
        yield 1
        raise ValueError("x")

    with pytest.raises(ValueError, match="x"), waiting.waiting():
        list(watched(broken(), "x", 2))
    assert list(watched([1], "x", 1)) == [1] and capsys.readouterr().err == ""


def test_a_work_that_cannot_tell_how_far_it_is_is_named_once_it_takes_a_while(monkeypatch):
    said = threading.Event()
    monkeypatch.setattr(screen, "note", lambda text: said.set() if "lenet5" in text else None)
    with sign_of_life("lenet5 is being loaded", after=0.0):
        assert said.wait(60)


def test_a_short_work_is_not_named(monkeypatch):
    said: list[str] = []
    monkeypatch.setattr(screen, "note", said.append)
    with sign_of_life("lenet5 is being loaded", after=3600.0):
        every = [one for one in threading.enumerate() if isinstance(one, threading.Timer)]
        waits = [one for one in every if one.interval == 3600.0]
        assert len(waits) == 1 and not waits[0].finished.is_set()
    assert not said and waits[0].finished.is_set()
