"""A browser for the tests of a file, and a page in it of which nothing is asked or goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from explore_browser import Opened
from explore_page import browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """Chromium, started once for a file of tests; they are skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if browser() is None:
        pytest.skip("no Chromium is installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def opened(chromium: object, file: Path) -> Iterator[Opened]:
    """The file's page, open; it asks for nothing elsewhere, and nothing goes wrong in it."""
    one = Opened(chromium, file)
    yield one
    assert one.wrong == []
    assert [url for url in one.asked if not url.startswith(("file:", "data:"))] == []
    one.context.close()
