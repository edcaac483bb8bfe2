"""What the page says, without a browser: figures are rounded as everywhere else."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.resources import files

import pytest

from papernets.words import percent

VALUES = (0, 1, 0.0046, 0.0075, 0.00123, 0.000016, 0.00006, 0.0000016, 1e-9, 0.5, 0.9999, 0.99996)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_page_rounds_an_error_as_runs_evaluations_and_cards_do():
    script = (files("papernets.serve") / "page" / "page.js").read_text("utf-8")
    rule = script[script.index("const errorPercent") : script.index("const number")]
    asked = f"{rule} console.log(JSON.stringify({json.dumps(VALUES)}.map(errorPercent)))"
    told = subprocess.run(["node", "-e", asked], capture_output=True, text=True, check=True)
    shown = [text.replace("\u00a0", " ") for text in json.loads(told.stdout)]
    assert shown == [percent(value) for value in VALUES]
