"""The page open in a browser, offline, with what it asked for and what went wrong in it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


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
