"""The frame of the page: the list, the drawing's size, the theme, the link that skips."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from explore_browser import Opened, axe, text, until
from explore_page import browser

from papernets.explore import explorer

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
if browser() is None:
    pytest.skip("no Chromium is installed", allow_module_level=True)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("frame") / "page.html"
    path.write_text(explorer((), "alexnet*"), "utf-8")
    return path


@pytest.fixture
def opened(file: Path) -> Iterator[Opened]:
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        one = Opened(chromium, file, viewport={"width": 1280, "height": 800})
        yield one
        assert one.wrong == []
        chromium.close()


def test_the_list_finds_by_family_says_when_it_finds_nothing_and_enter_opens(opened: Opened):
    page = opened.at("networks/alexnet")
    page.fill("#find", "zzzz")
    assert text(page, "#list") == "No network here has all of these words."
    page.fill("#find", "torchvision krizhevsky")
    assert page.locator("#list li:not([hidden])").count() == 1
    page.press("#find", "Enter")
    until(page, "document.title.startsWith('alexnet_torchvision')")
    page.fill("#find", "")
    assert page.locator("#list li:not([hidden])").count() > 3


def test_the_table_of_rows_comes_into_view(opened: Opened):
    page = opened.at("networks/alexnet")
    page.wait_for_selector("#drawing g.row")
    page.click("#rows summary")
    until(page, "document.querySelector('#rows table')?.getBoundingClientRect().top < 200")
    assert page.locator("#rows tbody tr").last.is_visible()


def test_another_network_is_opened_whole_and_a_larger_drawing_shows_a_layer(opened: Opened):
    page = opened.at("networks/alexnet")
    page.wait_for_selector("#drawing g.row")
    seen = """(() => {
      const {left, right} = document.querySelector("#drawing").getBoundingClientRect();
      return [...document.querySelectorAll("#drawing g.row")].some((one) => {
        const box = one.getBoundingClientRect(), x = (box.left + box.right) / 2;
        const y = (box.top + box.bottom) / 2;
        return x > left && x < right && y > 0 && y < innerHeight;
      });
    })()"""
    for _ in range(6):
        page.click("#zoom-in")
        assert page.evaluate(seen)
    wide = page.evaluate("document.querySelector('#drawing').scrollWidth")
    page.evaluate("location.hash = '#networks/alexnet_single'")
    until(page, "document.title.startsWith('alexnet_single')")
    until(page, f"document.querySelector('#drawing').scrollWidth < {wide} / 3")
    assert page.evaluate("document.querySelector('.left').scrollTop") == 0


def test_what_is_drawn_for_sizes_that_do_not_fit_is_said(opened: Opened):
    page = opened.at("networks/alexnet?height=9")
    page.wait_for_selector("#size-error")
    assert "printed ones: height 227, width 227" in text(page, "#drawn-as")
    assert axe(page) == []
    opened.at("networks/alexnet?height=224")
    page.wait_for_selector("#drawn-as", state="hidden")
    assert "the input is 227×227, not 224×224" in text(page, ".input-note")
    page.click(".input-note a")
    until(page, "document.title.startsWith('224 or 227?')")


def test_a_theme_outlives_the_page_and_its_button_says_which_is_on(opened: Opened):
    page = opened.at("networks/alexnet")
    assert page.get_attribute("#theme", "aria-pressed") == "false"
    page.click("#theme")
    assert page.get_attribute("#theme", "aria-pressed") == "true"
    page.goto("about:blank")
    page.goto(opened.address)
    until(page, "document.documentElement.dataset.theme === 'dark'")
    assert page.get_attribute("#theme", "aria-pressed") == "true"
    opened.at("networks/alexnet?theme=light")
    until(page, "document.documentElement.dataset.theme === 'light'")


@pytest.mark.parametrize(
    ("place", "focused"), [("networks/alexnet", ".network"), ("lessons", ".lesson-column")]
)
def test_the_link_that_skips_leads_past_the_list(opened: Opened, place: str, focused: str):
    page = opened.at(place)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate(f"document.activeElement.matches('{focused}')")
