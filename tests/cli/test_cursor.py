"""Texts from outside, in every verb and stream: nothing that a terminal acts on gets there."""

import json
import shutil
from pathlib import Path

import pytest
import siblings
from outside import LOUD, quiet
from PIL import Image

from papernets.bundle.net_json import write_net
from papernets.cli import main
from papernets.nets import look_up


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.new("L", (28, 28)).save("x.png")
    return tmp_path


def spoil(bundle, **values):
    path = bundle / "bundle.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def own_code(here):
    """A network whose name, title, layers and errors hold such characters."""
    (here / "own.py").write_text(
        "from papernets.said import *\n"
        "from papernets.spec import *\n"
        f"LOUD = {LOUD!r}\n"
        "PAPER = Paper(LOUD, LOUD, 2026, LOUD)\n"
        "CLAIMS = (Claim('params', 30, PAPER.at(LOUD), conditions=LOUD),)\n"
        "DEPARTURES = (Departure(LOUD, LOUD),)\n"
        "RECIPES = (Recipe(LOUD, LOUD, {}),)\n"
        "NET = Net(LOUD, (1, 8, 8), 3, chain({LOUD: Conv(3, 3), 'f': Flatten(), 'o': Dense(3)}))\n"
        "SMALL = Net(LOUD, (1, 2, 2), 3, chain({LOUD: Conv(3, 3)}))\n"
        "def raises(**_):\n    raise RuntimeError(LOUD)\n"
        "def prints(**_):\n    print(LOUD)\n    return NET\n"
    )


NAMES = ["NET", "SMALL", "raises", "prints", LOUD.replace("\x1b", "e")]
WORDS = [
    ["explain", "{}"],
    ["explain", "{}", "--json"],
    ["diff", "{}", "lenet5"],
    ["diff", "{}", "lenet5", "--json"],
    ["verify", "{}"],
    ["verify", "{}", "--json"],
    ["verify", "{}", "--markdown"],
    ["train", "{}", "--dry-run", "--set", "batch_size=7"],
    ["train", "{}", "--recipe", LOUD, "--dry-run"],
    ["train", "{}", "--dry-run", "--json"],
]


@pytest.mark.parametrize(("wide", "name", "words"), siblings.crossed([False, True], NAMES, WORDS))
def test_a_file_of_code_moves_no_cursor(here, capsys, monkeypatch, name, words, wide):
    own_code(here)
    if wide:
        monkeypatch.setattr("papernets.cli.screen.terminal", lambda: True)
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("TERM", "dumb")
    code = main([word.format(f"own.py:{name}") for word in words])
    out, err = capsys.readouterr()
    assert quiet(out) and quiet(err)
    if "--json" in words and code == 0:
        assert LOUD in json.loads(out).get("name", LOUD) if isinstance(json.loads(out), dict) else 1


def pictures(root):
    """Grey pictures in classes and under names that hold such characters; one is none."""
    loud = LOUD.replace("/", "")
    for number, name in enumerate((f"a{loud}", f"b{loud}\n")):
        (root / name).mkdir(parents=True)
        for at in range(6):
            image = Image.new("L", (32, 32), 255)
            image.paste(90 * number + at, (12, 4, 18, 28))
            image.save(root / name / f"{at}{loud}.png")
        (root / name / f"z{loud}.png").write_text("no picture")
    return root


@pytest.mark.parametrize("wide", [*siblings.slow(False), True], ids=["pipe", "terminal"])
def test_pictures_and_bundles_move_no_cursor(trained, here, capsys, monkeypatch, wide):
    bundle = Path(shutil.copytree(trained, here / "bundle"))
    root = pictures(here / f"pictures{LOUD}")
    classes = sorted(path.name for path in root.iterdir())
    info = json.loads((bundle / "bundle.json").read_text())
    spoil(bundle, classes=[*classes, *info["classes"][2:]], network=info["network"])
    loud = Path(bundle.rename(here / f"bundle{LOUD}"))
    found = look_up("lenet5_modern")
    other = Path(shutil.copytree(loud, here / "other"))
    values = write_net(found.net, found.record)
    spoil(other, network=LOUD, net={**json.loads(json.dumps(values)), "name": LOUD, "title": LOUD})
    if wide:
        monkeypatch.setattr("papernets.cli.screen.terminal", lambda: True)
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("TERM", "dumb")
    for words in (
        ["data", "show", str(root)],
        ["data", "show", str(root), "--json"],
        ["data", "show", str(root), "--strict"],
        ["data", "show", f"none{LOUD}"],
        ["predict", str(loud), str(root)],
        ["predict", str(loud), str(root), "--csv"],
        ["predict", str(loud), str(root), "--json"],
        ["predict", str(loud), str(root), "--strict"],
        ["predict", str(loud), str(root), "--scan"],
        ["evaluate", str(loud), "--data", str(root), "--out", f"out{LOUD}"],
        ["evaluate", str(loud), "--data", str(root), "--json"],
        ["evaluate", str(other), "--data", str(root)],
        ["explain", str(other)],
        ["explain", str(other), "--json"],
        ["diff", str(loud), str(other)],
        ["predict", f"none{LOUD}", "x.png"],
        ["train", "lenet1", "--data", str(root), "--dry-run"],
        ["train", "lenet1", "--data", str(root), "--out", f"run{LOUD}", "--epochs", "1"],
        ["train", "--out", f"run{LOUD}", "--resume"],
        ["train", "lenet1", "--data", "digits", "--out", f"run{LOUD}"],
        ["train", LOUD],
        ["train", "lenet1", "--set", LOUD],
        ["train", "lenet1", "--set", f"{LOUD}=1"],
        ["train", "lenet1", f"--{LOUD}"],
        [LOUD],
        ["list", LOUD],
        ["convert", f"none{LOUD}", "--net", "lenet5", "--out", "b"],
        ["convert", "x.png", "--net", LOUD, "--out", "b"],
    ):
        main(words)
        out, err = capsys.readouterr()
        raw = "--csv" in words and not wide  # a program reads values as they are
        assert (LOUD in out if raw else quiet(out)) and quiet(err), words
        if "--json" in words:
            assert "\\u001b]0;x" in out and "\\u009b31m" in out
            json.loads(out)


def test_a_result_from_elsewhere_moves_no_cursor(here, capsys):
    words = ["train", "lenet1", "--data", "digits", "--epochs", "1", "--out", "run", "-q"]
    assert main(words) == 0
    result = json.loads(Path("run/result.json").read_text())
    Path("run/result.json").write_text(json.dumps({**result, "data": LOUD, "network": LOUD}))
    capsys.readouterr()
    for flags in ([], ["--json"]):
        main(["train", "--out", "run", "--resume", *flags])
        out, err = capsys.readouterr()
        assert quiet(out) and quiet(err)
    assert json.loads(out)["data"] == LOUD
