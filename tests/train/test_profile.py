"""Where a step's time goes: every part is measured once, whoever does it, and changes nothing."""

import json
import threading
import time

import pytest
from small_runs import do, left_by, run_of, write_own

from papernets import spent
from papernets.cli import profile
from papernets.cli.profile import figures
from papernets.spent import Spent, measured, part, stepped, timed
from papernets.train import outcome


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch):
    monkeypatch.setattr(outcome, "draw", lambda *_: None)


def test_parts_lie_within_one_another(monkeypatch):
    """By a clock that goes on by one second each time it is read."""
    now = iter(range(1000))
    monkeypatch.setattr(time, "perf_counter", lambda: next(now))
    with measured() as found, part("outer"), part("inner"):
        pass
    assert found.here == {"inner": 1, "outer": 2}
    with part("nobody asked"):
        pass
    assert set(found.here) == {"inner", "outer"} and spent.measuring() is None


def test_threads_and_processes_work_beside():
    def work():
        with part("decoding"):
            pass

    with measured() as found:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        found.add_beside({"decoding": 2.0, "augmentation": 1.0})
    assert found.beside["decoding"] > 2 and found.beside["augmentation"] == 1 and not found.here


def test_the_first_step_is_not_counted():
    with measured() as found:
        for _ in timed(range(3), "waiting"):
            with part("forward"):
                pass
            stepped(16)
    assert (found.steps, found.pictures) == (2, 32) and {"waiting", "forward"} == set(found.here)
    assert found.seconds > 0 and all(value > 0 for value in found.here.values())


@pytest.mark.parametrize("workers", [0, pytest.param(2, marks=pytest.mark.slow)])
def test_a_run_tells_where_its_time_goes_and_is_the_same(workers, tmp_path):
    write_own(tmp_path)
    run = run_of(tmp_path, workers=workers, epochs=2, memory=1e-9)
    do(run, tmp_path / "plain")
    with measured() as found:
        do(run, tmp_path / "run")
    assert left_by(tmp_path / "run") == left_by(tmp_path / "plain")
    assert found.steps == 7 and found.pictures == 2 * 60 - 16
    assert {"waiting", "forward", "backward", "update"} <= set(found.here)
    assert "decoding" in found.beside
    assert ("normalising" in found.beside) == (workers > 0)


def told(here, seconds, **settings):
    found = Spent()
    found.steps, found.pictures, found.seconds, found.here = 10, 160, seconds, here
    found.beside = {"decoding": 1.0}
    return found, run_of_nothing(**settings)


def run_of_nothing(**settings):
    from papernets.train.run import Run

    return Run.of({"net": "lenet5", **settings})


def test_it_says_what_is_the_limit_and_what_to_do():
    slow, run = told({"waiting": 3.0, "forward": 1.0}, 5.0)
    found = figures(slow, run, "cpu", 0, 4)
    assert (found["limit"], found["loading_share"], found["ms_a_step"]) == ("loader", 0.6, 500.0)
    assert found["here_ms"] == {"waiting": 300.0, "forward": 100.0, "other": 100.0}
    assert found["advice"].endswith("--workers 1")
    assert "--set memory=" in figures(slow, run, "cpu", 3, 4)["advice"]
    quick, run = told({"waiting": 0.1, "forward": 4.0}, 5.0)
    found = figures(quick, run, "cpu", 0, 4)
    assert found["limit"] == "network" and "--precision bf16" in found["advice"]
    assert "--precision auto" in figures(quick, run, "cuda", 0, 4)["advice"]
    half = told({"forward": 4.0}, 5.0, precision="bf16")
    assert figures(*half, "cuda", 0, 4)["advice"] == "try --compile"
    assert figures(Spent(), run, "cpu", 0, 4) == {}


@pytest.mark.parametrize("columns", [80, 120])
def test_it_fits_a_terminal(columns, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    found, run = told({"waiting": 0.1, "forward": 4.0}, 5.0)
    profile.show(found, run, tmp_path, "cpu", 0)
    text = capsys.readouterr().out
    assert "A step of 16 pictures takes 500.0 ms (10 steps measured)." in text
    assert "The network is the limit: pictures take 2 % of a step." in text
    assert "beside" in text.split("\n")[2] + text.split("\n")[3]
    table = [line for line in text.splitlines() if not line.startswith(("A ", "The ", "Beside"))]
    assert max(map(len, table)) <= columns
    found.beside = {}  # nothing runs beside it: no column of nothing
    profile.show(found, run, tmp_path, "cpu", 0)
    assert "beside it" not in capsys.readouterr().out
    assert json.loads((tmp_path / "profile.json").read_text())["limit"] == "network"
