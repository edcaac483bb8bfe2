"""The command that shows which names of parameters changed, in a repository of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from golden import parameters

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="no git")


def test_a_checksum_is_of_the_names_in_order():
    """The judge is sha256sum: printf 'a\\nb\\n' | sha256sum."""
    assert parameters.checksum(["a", "b"]) == (2, "911169ddaaf146af")
    assert parameters.checksum(["b", "a"]) != parameters.checksum(["a", "b"])


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """This package and its small networks under git, the names as they are committed."""
    root = tmp_path_factory.mktemp("repository")
    shutil.copytree(ROOT / "papernets", root / "papernets", ignore=shutil.ignore_patterns("*.pyc"))
    for file in ("small_nets.py", "golden/parameters.py", "golden/parameters.txt"):
        (root / "tests" / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "tests" / file, root / "tests" / file)
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "all")
    return root


def git(root, *words):
    who = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=root, env=environment(), check=True)


def environment():
    """Without what a hook of git's sets, which would lead to another repository."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def ask(root, *words):
    return subprocess.run(
        [sys.executable, "tests/golden/parameters.py", *words],
        cwd=root,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_changed_name_is_shown_beside_the_old_one(repository):
    file = repository / "tests" / "small_nets.py"
    text = file.read_text(encoding="utf-8")
    assert text.count('"b1x1"') == 1
    file.write_text(text.replace('"b1x1"', '"one"'), encoding="utf-8")
    git(repository, "commit", "--quiet", "-a", "-m", "another name, the checksum forgotten")
    done = ask(repository, "branches", "shortcuts")
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert [line for line in lines if line[0] in "+-"][2:] == [
        "-mixed1.b1x1.conv.conv.weight",
        "-mixed1.b1x1.conv.conv.bias",
        "+mixed1.one.conv.conv.weight",
        "+mixed1.one.conv.conv.bias",
    ]
    assert lines[0].startswith("--- branches at ") and lines[1] == "+++ branches today"
    assert lines[-1].startswith("shortcuts: the same ")


def test_an_unknown_revision_is_an_error(repository):
    done = ask(repository, "branches", "--since", "nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: fatal: ") and "nowhere" in done.stderr
