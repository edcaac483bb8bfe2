"""papernets reproduce: the list, what would be trained, wrong use, and what goes wrong."""

import errno
import json
import os
import shlex
import subprocess
import sys

import pytest
from small_claims import claim

from papernets.cli import main, screen
from papernets.cli.progress import Show
from papernets.reproduce import claims, work
from papernets.reproduce.claims import EXPERIMENTS
from papernets.reproduce.estimate import Pace
from papernets.train.events import Epoch

ASKED = '{"claim": "rates", "scale": 0.5, "seeds": 1}'


@pytest.fixture(autouse=True)
def as_loud_as_before(monkeypatch):
    """--quiet holds until a verb is told otherwise: not in the tests after these."""
    monkeypatch.setattr(screen, "QUIET", False)


@pytest.fixture
def rates(tmp_path, monkeypatch):
    """A tiny claim in the list, and a folder to work in."""
    monkeypatch.setattr(claims, "EXPERIMENTS", (claim(tmp_path, seeds=1), *EXPERIMENTS))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_list_is_every_claim(capsys):
    assert main(["reproduce", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found] == [one.name for one in EXPERIMENTS]
    keys = {"claim", "source", "papers", "printed", "data", "seeds", "epochs", "smallest_scale"}
    assert all(keys <= set(one) for one in found)
    assert main(["reproduce"]) == 0
    out = capsys.readouterr().out
    assert all(one.name in out for one in EXPERIMENTS)


@pytest.mark.parametrize("columns", [80, 120])
def test_the_list_fits_a_terminal(columns, capsys, monkeypatch):
    monkeypatch.setattr(screen, "terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main(["reproduce"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns and last.startswith("least scale: ")
    heads = lines[0].split("  ")[0], *(name for name in ("claim", "data", "least scale"))
    assert all(head in lines[0] for head in heads) and ("paper" in lines[0]) == (columns == 120)
    assert len(lines) < 4 * len(EXPERIMENTS)


def test_a_dry_run_says_what_and_how_long_and_writes_nothing(tmp_path, capsys, monkeypatch):
    from papernets.reproduce import estimate

    hours = {"lenet1": 60.0, "lenet4": 120.0, "lenet5": 180.0, "boosted_lenet4": 600.0}
    monkeypatch.setattr(estimate, "paced", lambda tasks: Pace(hours))
    monkeypatch.chdir(tmp_path)
    arguments = ["reproduce", "mnist", "--scale", "0.1", "--dry-run"]
    assert main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    # 10, 5, 6 and 5 epochs, at 0.25 25, 12, 15 and 12; the last is of three networks
    assert found["seconds"] == 10 * 60 + 5 * 120 + 6 * 180 + 3 * 5 * 600
    assert len(found["trainings"]) == 4
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    err = " ".join(err.split())
    assert "lenet5: 1 training of 6 epochs, about 18 min each" in err and not out
    assert "4 trainings on mnist, about 3.1 h in all here" in err
    assert "too short to tell: the claim takes --scale 0.25 at least, about 7.6 h" in err
    assert "more than a night" not in err and not list(tmp_path.iterdir())
    monkeypatch.setattr(estimate, "paced", lambda tasks: Pace({k: 3 * s for k, s in hours.items()}))
    assert main(arguments) == 0
    assert "more than a night: the smallest scale takes 23 h" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["dropuot"], "no claim 'dropuot'. Did you mean 'dropout'?"),
        (["mnist", "--scale", "0"], "scale 0: a share of the whole schedule"),
        (["mnist", "--scale", "2"], "scale 2: a share of the whole schedule"),
        (["mnist", "--scale", "nan"], "scale nan: a share of the whole schedule"),
        (["mnist", "--device", "gpu"], "unknown device 'gpu'. Devices: auto, cpu, cuda, mps"),
        (["--out", "x"], "name a claim: papernets reproduce NAME"),
        (["--scale", "0.5"], "name a claim: papernets reproduce NAME"),
        (["--resume"], "--resume needs the claim's name, or its folder as --out"),
        (["mnist", "--resume"], "reproduced/mnist holds no claim to resume: it has no reproduce.j"),
    ],
)
def test_wrong_use(arguments, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["reproduce", *arguments]) == 2
    out, err = capsys.readouterr()
    assert said in err and not out and not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        ({"x": ""}, ["rates"], "out is there and holds no claim: give a new folder"),
        ({"reproduce.json": ASKED}, ["rates"], "papernets reproduce rates --out out --resume; or"),
        ({"reproduce.json": ASKED}, ["mnist", "--resume"], "with claim rates, not mnist: name rat"),
        (
            {"reproduce.json": ASKED},
            ["rates", "--resume", "--scale", "1"],
            "begun with scale 0.5, not 1.0: leave --scale out",
        ),
        ({"reproduce.json": ASKED}, ["--resume", "--seeds", "9"], "with seeds 1, not 9: leave --s"),
        ({"reproduce.json": ASKED.replace("rates", "wild")}, ["--resume"], "no claim 'wild'"),
        ({"reproduce.json": ASKED[:-9]}, ["--resume"], "reproduce.json is not JSON"),
        ({"reproduce.json": ASKED.replace("0.5", "2")}, ["--resume"], "above 0 and at most 1"),
    ],
)
def test_a_folder_that_is_taken_is_said_before_anything_is_timed(
    content, arguments, said, rates, capsys
):
    (rates / "out").mkdir()
    for name, text in content.items():
        (rates / "out" / name).write_text(text)
    assert main(["reproduce", *arguments, "--out", "out"]) == 2
    out, err = capsys.readouterr()
    assert said in err and not out and "Traceback" not in err
    assert [file.name for file in (rates / "out").iterdir()] == list(content)


def full(file, content):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))


def test_a_full_disk_is_said(rates, capsys, monkeypatch):
    monkeypatch.setattr(work, "write_atomically", full)
    assert main(["reproduce", "rates", "--out", "out", "--quiet"]) == 1
    assert capsys.readouterr().err == "error: out/reproduce.json: No space left on device\n"


@pytest.mark.slow
def test_what_is_stopped_says_how_to_go_on_and_json_stands_alone(rates, capsys, monkeypatch):
    """By the command that it prints; a disk that is full at the end, or a stdout, loses nothing."""
    from papernets.reproduce import report

    shown = Show.event

    def event(self, event):
        shown(self, event)
        if isinstance(event, Epoch) and event.epoch == 2:
            raise KeyboardInterrupt

    options = ["--threads", "1", "--device", "cpu"]
    with monkeypatch.context() as patch:
        patch.setattr(Show, "event", event)
        assert main(["reproduce", "rates", "--scale", "0.5", "--out", "a b", *options]) == 130
    out, err = capsys.readouterr()
    again = "papernets reproduce rates --out 'a b' --device cpu --threads 1 --resume"
    assert not out and f"Stopped. Go on with: {again}" in err
    assert "learns: 1 training of 3 epochs" in err and "epoch 1/3" in err
    words = shlex.split(again)[1:]
    with monkeypatch.context() as patch:
        patch.setattr(report, "write_atomically", full)
        assert main([*words, "--json"]) == 1
    out, err = capsys.readouterr()
    assert not out and "a b/report.json: No space left on device" in err
    assert "of it left" in err and "going on after epoch" in err
    assert main([*words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == json.loads((rates / "a b" / "report.json").read_text())
    if os.path.exists("/dev/full"):
        with monkeypatch.context() as patch, open("/dev/full", "w") as lost:
            patch.setattr(sys, "stdout", lost)
            assert main([*words, "--quiet"]) == 1
        assert "No space left on device). The report is written: a b" in capsys.readouterr().err
    assert main([*words, "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert "rates" not in err and "a rate that learns is better than none: agrees." in out
    assert "test error of learns less that of none" in out and "{" not in out


def test_the_list_needs_no_torch():
    """The names of what is imported are asked in a process of their own."""
    code = (
        "import sys; from papernets.cli import main; main(['reproduce']); "
        "main(['reproduce', '--json']); sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True)
    assert done.returncode == 0 and done.stdout
