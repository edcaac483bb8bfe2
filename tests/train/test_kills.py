"""A run of photographs is killed at random points within its epochs, and is then never stopped.

Augmentation, dropout, batch normalisation, a head, and loader processes: now none, now some.
"""

import errno
import os
import random
import signal
import time
from pathlib import Path

import pytest
import siblings
from processes import none_left
from small_photos import OWN, folder, run_of
from small_runs import do, left_by

from papernets import files
from papernets.cli import main
from papernets.train import outcome
from papernets.train.checkpoint import load_state
from papernets.train.stepper import Alone

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
SETTINGS = {"epochs": 4, "batch_size": 4, "save_every": "2steps", "average": 0.9}
ENDS = {signal.SIGKILL: -signal.SIGKILL, signal.SIGTERM: 143, signal.SIGINT: 130}


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch):
    monkeypatch.setattr(outcome, "draw", lambda *_: None)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    place = tmp_path_factory.mktemp("home")
    folder(place / "photos", {"train": 16, "val": 5, "test": 5})
    (place / "own.py").write_text(OWN)
    return place


@pytest.fixture(scope="module")
def whole(home):
    """What a run leaves that was never stopped, without loader processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcome, "draw", lambda *_: None)
        do(run_of(home, **SETTINGS), home / "whole")
    return left_by(home / "whole")


def command(home, out, workers):
    """What begins a run, or goes on with it."""
    if (out / "run.toml").exists():
        words = ["--resume", "--trust"]
    else:
        (home / "run.toml").write_text(run_of(home, **SETTINGS).to_toml())
        words = ["--config", str(home / "run.toml"), "--trust"]
    return ["train", *words, "--out", str(out), "--workers", str(workers), "-q"]


def forked(arguments):
    """The process of a command, and a file in which it writes a byte for each of its steps."""
    out, told = os.pipe()
    child = os.fork()
    if child:
        os.close(told)
        return child, os.fdopen(out, "rb", buffering=0)
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        real = Alone.step

        def step(self, *given):
            found = real(self, *given)
            os.write(told, b".")
            return found

        Alone.step = step
        code = main(arguments)
    finally:
        os._exit(code)


def killed(arguments, number, steps, delay):
    """Kill a command a moment after so many steps; its end, or None where it came before."""
    child, told = forked(arguments)
    seen = 0
    with told:
        while seen < steps and told.read(1):
            seen += 1
        if seen == steps:
            time.sleep(delay)
            os.kill(child, number)
        while told.read(4096):
            pass
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in (0, ENDS[number]), (ended, number)
    return ended


@pytest.mark.parametrize("kills", [4, *siblings.slow(50)])
def test_kills_at_random_points_within_epochs(home, whole, tmp_path, kills):
    """A run that ends before its kill is begun anew, until so many kills were met."""
    with none_left():
        draws, met, runs, within = random.Random(kills), 0, 0, 0
        out = tmp_path / "run0"
        while met < kills:
            number = draws.choice(list(ENDS))
            workers = draws.choice([0] * 8 + [1, 2]) if kills > 4 else int(met == 1)
            code = killed(
                command(home, out, workers), number, draws.randrange(1, 7), draws.random() * 0.02
            )
            if code:
                met += 1
                kept = load_state(out)
                within += bool(kept and kept["state"]["part"])
            else:
                assert left_by(out) == whole, out
                runs, out = runs + 1, tmp_path / f"run{runs + 1}"
        assert main(command(home, out, 0)) == 0
        assert left_by(out) == whole
        assert within > kills / 3


class Crash(BaseException):
    """The power goes."""


OPERATIONS = ("fsync", "link", *siblings.slow("replace", "truncate", "fdatasync"))


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("fault", [Crash, OSError])
def test_each_operation_of_saving_fails_in_turn(
    home, whole, tmp_path, monkeypatch, operation, fault
):
    """At each of its calls in a run that saves within its epochs too."""
    real = getattr(os, operation)
    monkeypatch.setattr(files, "_remove", files._remove if fault is OSError else lambda path: None)
    short = {**SETTINGS, "epochs": 2, "save_every": "3steps"}
    calls = 0

    def counted(*given, at):
        nonlocal calls
        calls += 1
        if calls == at:
            raise fault(errno.EIO, "Input/output error") if fault is OSError else fault
        return real(*given)

    do(run_of(home, **short), tmp_path / "whole")
    whole = left_by(tmp_path / "whole")
    for at in range(1, 1000):
        calls, out = 0, Path(tmp_path, str(at))
        with monkeypatch.context() as patch:
            patch.setattr(os, operation, lambda *given, at=at: counted(*given, at=at))
            try:
                do(run_of(home, **short), out)
                break
            except (Crash, OSError):
                pass
        if (out / "run.toml").exists():
            do(None, out, resume=True)
        else:
            do(run_of(home, **short), out)
        assert left_by(out) == whole, at
    assert at > 2 or operation in ("truncate", "fdatasync")
