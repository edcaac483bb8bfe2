"""The five steps of CONTRIBUTING.md, done as they stand there with its example."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import siblings

from papernets.nets import look_up, verify
from papernets.spec import totals, walk

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ASK = """
import contextlib, io, json, socket, sys
socket.getaddrinfo = socket.socket.connect = None  # whoever asks for the network fails
from papernets.cli import main
for words in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = main(words)
    print(json.dumps([code, out.getvalue()]))
"""


@pytest.fixture
def file(tmp_path):
    """Steps 1 to 3: the example, saved under its name."""
    (example,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    (name,) = re.findall(r"Save this as `(.*?)`, anywhere", GUIDE)
    path = tmp_path / name
    path.write_text(example, encoding="utf-8")
    return path


def test_the_example_is_a_network_whose_published_numbers_agree(file):
    found = look_up(f"{file}:small_convnet")
    checks = [check.verdict for check in verify(found)]
    (agree,) = re.findall(r"here (\d+) published numbers agree", GUIDE)
    assert checks.count("agrees") == int(agree) == 15
    assert set(checks) == {"agrees", "measured"}
    assert totals(walk(found.net)).params == 104_202  # Chollet 2021, section 8.1
    assert found.record.title == "The Keras book's first convolutional network"
    assert found.initialisation.source == "Keras's default (Glorot and Bengio 2010)"
    assert [recipe.name for recipe in found.recipes] == ["book"]
    assert found.record.departures


def test_the_example_takes_other_classes_and_sizes(file):
    found = look_up(f"{file}:small_convnet", classes=3, channels=3, input=40)
    assert walk(found.net)[-1].out == (3, 1, 1)
    assert found.claims == () and found.record.departures


def asked(folder, *commands):
    """What commands print, in one process, by the package that lies in a folder; without errors."""
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        input=json.dumps([command.split() for command in commands]),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [code for code, _ in answers] == [0] * len(commands)
    return [out for _, out in answers]


LEFT_OUT = shutil.ignore_patterns("weights")


def test_step_4_in_a_folder_of_the_users(file):
    """The commands that the guide prints, but for the training, which other tests do."""
    commands = re.findall(r"^papernets ((?:explain|verify) .*)$", GUIDE, re.MULTILINE)
    assert [command.split()[1] for command in commands] == ["small_convnet.py:small_convnet"] * 2
    shutil.copytree(ROOT / "papernets", file.parent / "papernets", ignore=LEFT_OUT)
    explained, verified = asked(file.parent, *commands)
    assert "The arithmetic" in explained and "Recipes: book" in explained
    assert "15 published numbers agree (15 of papers), 0 are errata" in verified


def named(root, file, move):
    """Step 5 in a copy of the package: the file moved, and the line added to the registry.

    Whoever did it here with this very example has both: the copy is without them.
    """
    left_out = shutil.ignore_patterns("weights", f"{file.stem}*")
    package = shutil.copytree(ROOT / "papernets", root / "papernets", ignore=left_out)
    (line, constant, registry) = re.search(
        r"add the line `(.*?)` to `(.*?)` in\s+`papernets/(.*?)`", GUIDE
    ).groups()
    move(file, package / "nets")
    text = (package / registry).read_text(encoding="utf-8").replace(f"    {line}\n", "")
    head, found, rest = text.partition(f"\n{constant} = (\n")
    assert found
    (package / registry).write_text(f"{head}{found}    {line}\n{rest}", encoding="utf-8")
    return package


def as_a_file(file, nets):
    shutil.move(file, nets)


def as_a_folder(file, nets):
    (nets / file.stem).mkdir()
    shutil.move(file, nets / file.stem / "__init__.py")


def as_a_whole_folder(file, nets):
    """As the guide says of a family that grows: claims.py and recipes.py in place of constants."""
    as_a_folder(file, nets)
    folder = nets / file.stem
    text = (folder / "__init__.py").read_text(encoding="utf-8")
    text, claims, said = text.partition("CLAIMS = (")
    said, recipes, rest = said.partition("INITIALISATION = ")
    initialisation, networks, entries = rest.partition("NETWORKS = ")
    (folder / "__init__.py").write_text(text + networks + entries, encoding="utf-8")
    imports = "\n".join(line for line in text.splitlines() if line.startswith("from "))
    imports += "\nfrom papernets.said import Record\nfrom papernets.nets.small_convnet import *\n"
    (folder / "claims.py").write_text(
        f"{imports}{claims}{said}\n"
        "def record(net):\n"
        '    title = "The Keras book\'s first convolutional network"\n'
        "    return Record(title, PAPER, CLAIMS, DEPARTURES)\n",
        encoding="utf-8",
    )
    (folder / "recipes.py").write_text(
        f"{imports}{recipes}{initialisation}\n"
        "def initialisation(net):\n    return INITIALISATION\n"
        "def recipes(net):\n    return RECIPES\n",
        encoding="utf-8",
    )


@pytest.mark.parametrize("move", [*siblings.slow(as_a_file, as_a_folder), as_a_whole_folder])
def test_step_5_gives_it_a_name(file, tmp_path, move):
    own = look_up(f"{file}:small_convnet")
    named(tmp_path, file, move)
    listed, explained, verified, page, few, planned = asked(
        tmp_path,
        "list small_conv --json",
        "explain Small-Convnet",
        "verify small_convnet --json",
        "verify small_convnet --markdown",
        "explain small_convnet --classes 3 --json",
        "train small_convnet --data digits --dry-run --json",
    )
    (listed,) = json.loads(listed)
    assert (listed["title"], listed["year"]) == (own.record.title, 2021)
    assert listed["paper_error"] == 0.009
    assert own.record.source in explained and "Recipes: book" in explained
    assert "trained by Adam, not by RMSprop" in explained
    verdicts = [check["verdict"] for check in json.loads(verified)]
    assert verdicts == [check.verdict for check in verify(own)]
    assert "## 2021: Deep Learning with Python, second edition" in page
    few, run = json.loads(few), json.loads(planned)
    assert (few["facts"], few["classes"]) == ([], 3)
    assert (run["recipe"], run["epochs"], run["batch_size"]) == ("book", 5, 64)


def test_one_command_renews_all_that_is_kept():
    """It runs what is marked golden: so every test that renews a file is."""
    assert "\nPAPERNETS_UPDATE_GOLDEN=1 .venv/bin/python -m pytest -m golden\n" in GUIDE
    marked, renew = set(), set()
    for test in ROOT.glob("tests/*/test_*.py"):
        text = test.read_text(encoding="utf-8")
        marked |= {test.name} if "@pytest.mark.golden\n" in text else set()
        renew |= {test.name} if 'environ.get("PAPERNETS_UPDATE_GOLDEN"' in text else set()
    assert renew - marked == {"test_keras.py"}  # it needs Keras, and no network of ours
    assert marked <= renew and len(marked) > 3
