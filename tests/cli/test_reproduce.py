"""papernets reproduce: the list, what would be trained, and wrong use."""

import json
import sys

import pytest

from papernets.cli import main, screen
from papernets.reproduce.claims import EXPERIMENTS


@pytest.fixture(autouse=True)
def as_loud_as_before(monkeypatch):
    """--quiet holds until a verb is told otherwise: not in the tests after these."""
    monkeypatch.setattr(screen, "QUIET", False)


def test_the_list_is_every_claim(capsys):
    assert main(["reproduce", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found] == [one.name for one in EXPERIMENTS]
    keys = {"claim", "source", "printed", "data", "seeds", "epochs", "smallest_scale", "judged"}
    assert all(keys <= set(one) for one in found)
    assert main(["reproduce"]) == 0
    out = capsys.readouterr().out
    assert all(one.name in out for one in EXPERIMENTS)


def test_a_dry_run_says_what_and_how_long_and_writes_nothing(tmp_path, capsys, monkeypatch):
    from papernets.reproduce import work

    monkeypatch.setattr(work, "estimated", lambda tasks: 60.0 * len(tasks))
    monkeypatch.chdir(tmp_path)
    arguments = ["reproduce", "mnist", "--scale", "0.1", "--dry-run"]
    assert main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["seconds"] == 240 and len(found["trainings"]) == 4
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert "4 trainings of 10 epochs on mnist, about 4:00 in all" in err and not out
    assert "too short to tell: the claim takes --scale 0.25 at least" in " ".join(err.split())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["dropuot"], "no claim 'dropuot'. Did you mean 'dropout'?"),
        (["mnist", "--scale", "0"], "scale 0: a share of the whole schedule"),
        (["mnist", "--scale", "nan"], "scale nan: a share of the whole schedule"),
        (["--out", "x"], "name a claim: papernets reproduce NAME"),
    ],
)
def test_wrong_use(arguments, said, capsys):
    assert main(["reproduce", *arguments]) == 2
    out, err = capsys.readouterr()
    assert said in err and not out


def test_a_folder_with_something_else_in_it_is_wrong_use(tmp_path, capsys):
    (tmp_path / "x").touch()
    assert main(["reproduce", "mnist", "--out", str(tmp_path), "--quiet"]) == 2
    assert "holds no claim" in capsys.readouterr().err


def test_the_list_needs_no_torch(capsys):
    """The names of what is imported are asked in a process of their own."""
    import subprocess

    code = (
        "import sys; from papernets.cli import main; main(['reproduce', '--json']); "
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True)
    assert done.returncode == 0 and done.stdout
