"""The explorer's scripts run by node or Chromium, outside of its page; and the page, opened."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from papernets.explore.page import AT_WORK, script

SAFE = 2**53 - 1
"""JavaScript's numbers hold whole numbers up to here; larger ones are told in digits."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser() -> str | None:
    """A Chromium that this machine has."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def ran(tmp_path: Path, code: str, given: object, names: tuple[str, ...] = AT_WORK) -> Any:
    """What `code` makes of `given`, as JSON: a function's body, behind these scripts."""
    node, chromium = shutil.which("node"), browser()
    if node is None and chromium is None:
        pytest.skip("neither node nor chromium is installed: one of them runs the page's scripts")
    whole = f"{script(names)}\nconst work = async (given) => {{\n{code}\n}};\n"
    data = json.dumps(given).replace("<", "\\u003c")
    if node is not None:
        file, kept = tmp_path / "scripts.mjs", tmp_path / "given.json"
        kept.write_text(data)
        file.write_text(
            f"{whole}import fs from 'fs';\n"
            f"const given = JSON.parse(fs.readFileSync({json.dumps(str(kept))}, 'utf-8'));\n"
            "fs.writeSync(1, JSON.stringify(await work(given)));\n"
        )
        with (tmp_path / "found.json").open("w+") as out:
            done = subprocess.run([node, file], stdout=out, stderr=subprocess.PIPE, text=True)
            assert done.returncode == 0, done.stderr[-2000:]
            out.seek(0)
            return json.load(out)
    assert chromium is not None
    page = tmp_path / "scripts.html"
    page.write_text(
        f'<meta charset="utf-8"><pre id="found"></pre><script id="given" type="text/json">{data}'
        f'</script><script type="module">{whole}document.getElementById("found").textContent ='
        'JSON.stringify(await work(JSON.parse(document.getElementById("given").textContent)))'
        "</script>",
        encoding="utf-8",
    )
    flags = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile")
    words = [chromium, *flags, "--virtual-time-budget=60000", "--dump-dom", page.as_uri()]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300)
    shown = re.search(r'<pre id="found">(.+?)</pre>', done.stdout, re.DOTALL)
    assert shown, done.stderr[-2000:]
    return json.loads(html.unescape(shown[1]))


def as_there(value: object) -> Any:
    """A value of Python as the page tells it: by JSON, and larger whole numbers in digits."""
    if isinstance(value, dict):
        return {key: as_there(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_there(one) for one in value]
    if isinstance(value, int) and not isinstance(value, bool) and value > SAFE:
        return str(value)
    return value


def near(found: object, wanted: object, share: float = 1e-12) -> bool:
    """Equal, but that numbers with a fraction may differ in their last digits."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return found.keys() == wanted.keys() and all(
            near(found[key], wanted[key], share) for key in wanted
        )
    if isinstance(wanted, list) and isinstance(found, list):
        pairs = zip(found, wanted, strict=True)
        return len(found) == len(wanted) and all(near(a, b, share) for a, b in pairs)
    if isinstance(wanted, float) and isinstance(found, int | float):
        return found == pytest.approx(wanted, rel=share)
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)


def until(page: object, expression: str) -> None:
    """Wait for what JavaScript says: asked from outside, as the page's policy forbids `eval`."""
    for _ in range(600):
        if page.evaluate(expression):  # type: ignore[attr-defined]
            return
        page.wait_for_timeout(50)  # type: ignore[attr-defined]
    raise AssertionError(f"never: {expression}")


class Opened:
    """A page that is open, with what it asked for and what went wrong in it."""

    def __init__(self, chromium: object, file: Path, **options: object) -> None:
        settings = {"viewport": {"width": 1280, "height": 900}, "offline": True, **options}
        self.context = chromium.new_context(**settings)  # type: ignore[attr-defined]
        self.page = self.context.new_page()
        self.page.set_default_timeout(8000)
        self.address, self.asked, self.wrong = file.as_uri(), [], []
        self.page.on("request", lambda one: self.asked.append(one.url))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("dialog", lambda dialog: self.wrong.append(dialog.message))
        self.page.on(
            "console",
            lambda said: said.type in ("error", "warning") and self.wrong.append(said.text),
        )

    def at(self, place: str) -> object:
        self.page.goto(f"{self.address}#{place}")
        until(self.page, "document.title !== 'Papernets explorer'")
        return self.page


def text(page: object, where: str) -> str:
    return " ".join(page.inner_text(where).split())  # type: ignore[attr-defined]


def axe(page: object) -> list[tuple[str, list[str]]]:
    """What axe-core finds, where it is installed."""
    try:
        script = resources.files("axe_playwright_python") / "axe.min.js"
    except ModuleNotFoundError:
        return []
    page.evaluate(script.read_text("utf-8"))  # type: ignore[attr-defined]
    found = page.evaluate("axe.run()")  # type: ignore[attr-defined]
    return [
        (one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found["violations"]
    ]
