"""docs/diagrams.md: its pictures are what its commands make, and its example runs."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from papernets.cli import main

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "diagrams.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^papernets (draw .*) -o docs/images/(\S+)$", PAGE, re.M)
NEW = os.environ.get("PAPERNETS_UPDATE_GOLDEN", "")


@pytest.mark.golden
@pytest.mark.parametrize(("command", "name"), COMMANDS)
def test_a_picture_is_what_its_command_makes(command, name, tmp_path):
    """They show what a change does to a drawing: PAPERNETS_UPDATE_GOLDEN=1 renews them."""
    kept = ROOT / "docs" / "images" / name
    path = kept if NEW == "1" else tmp_path / name
    assert main([*shlex.split(command), "-o", str(path), "--quiet"]) == 0
    assert path.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8")


def test_every_picture_has_its_command():
    shown = set(re.findall(r"\]\(images/(\S+?)\)", PAGE))
    assert shown == {name for _, name in COMMANDS}


def test_the_example_runs():
    (example,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S)
    names: dict[str, object] = {}
    exec(example, names)
    assert str(names["picture"]).startswith("<?xml")
    assert "6@28×28" in names["labels"]  # type: ignore[operator]
