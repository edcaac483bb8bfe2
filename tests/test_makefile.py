"""make format: what formatting mends is mended before anything is found fault with."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONG = ", ".join(f"100_{at}00" for at in range(20))


def format_lines():
    """The commands of `make format`."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"^format:.*\n((?:\t.*\n)+)", makefile, re.M)
    assert recipe is not None
    return [line.strip().removeprefix("@") for line in recipe[1].splitlines()]


def test_a_line_too_long_is_broken_and_imports_are_sorted_at_once(tmp_path):
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    file = tmp_path / "mine.py"
    file.write_text(f"import sys\nimport os\nfound = [{LONG}]\nprint(os, sys, found)\n")
    for line in format_lines():
        words = line.replace("$(BIN)/python", sys.executable).split()
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
    text = file.read_text()
    assert text.startswith("import os\nimport sys\n") and max(map(len, text.splitlines())) <= 100


def test_what_cannot_be_mended_is_said_at_the_end_with_all_else_formatted(tmp_path):
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (tmp_path / "mine.py").write_text("print( undefined )\n")
    codes = []
    for line in format_lines():
        words = line.replace("$(BIN)/python", sys.executable).split()
        codes.append(subprocess.run(words, cwd=tmp_path, capture_output=True).returncode)
    assert codes == [0] * (len(codes) - 1) + [1]
    assert (tmp_path / "mine.py").read_text() == "print(undefined)\n"
