"""The room of lessons in a browser: by address, by keys, graded, searched, printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from explore_browser import Opened, axe, text, until
from lesson_answers import KINDS, answers_to, python_says

from papernets.explore import explorer
from papernets.lessons import lesson, lessons
from papernets.lessons.page import page as lesson_page
from papernets.lessons.told import SHOWN_SEED

ALL = [one.name for one in lessons()]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with one network and a few lessons."""
    path = tmp_path_factory.mktemp("lessons") / "page.html"
    path.write_text(explorer((), "lenet5", lessons=(*KINDS, "connection-table")), "utf-8")
    return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with every lesson."""
    path = tmp_path_factory.mktemp("lessons") / "whole.html"
    path.write_text(explorer((), "lenet5", lessons=("all",)), "utf-8")
    return path


def at_lesson(one: Opened, place: str) -> Any:
    """A page at a lesson that is shown."""
    page = one.at(f"lessons/{place}")
    page.wait_for_selector("#room-lessons .lesson .answer, #room-lessons .lesson .wrong")
    return page


def test_sliders_of_a_lesson_have_names(opened: Opened, tmp_path: Path):
    """In the room and in a lesson's own page: the name alone, with its value in words."""
    own, one = tmp_path / "own.html", lesson("output-size")
    own.write_text(lesson_page(one, one.example(), one.drawn(SHOWN_SEED)), "utf-8")
    page = at_lesson(opened, "output-size")
    for _ in range(2):
        for name, value in (("kernel", "5 pixels"), ("stride", "1 pixel")):
            slider = page.get_by_role("slider", name=name, exact=True)
            assert slider.count() == 1 and slider.get_attribute("aria-valuetext") == value
        page.goto(own.as_uri())
    assert axe(page) == []


def test_a_lesson_by_address_and_by_keys(opened: Opened):
    """The address says where sliders stand; arrow keys move them, the steps, and the address."""
    page = at_lesson(opened, "output-size?kernel=3&input=14x14")
    assert page.title() == "How large is the map? - Papernets explorer"
    assert "A 3x3 kernel moves over 14x14 pixels" in text(page, ".example .task")
    assert text(page, ".example .answer") == "Answer: 12x12"  # 14 - 3 + 1
    assert text(page, "#lesson-list [aria-current]") == "How large is the map?"
    assert "papernets lesson output-size --input 14x14 --kernel 3" in text(page, "#lesson-foot")
    page.focus(".sliders input >> nth=1")
    assert page.get_attribute(".sliders input >> nth=1", "aria-valuetext") == "3 pixels"
    page.keyboard.press("ArrowRight")
    assert "kernel=3" not in page.url and "input=14x14" in page.url
    assert text(page, ".example .answer") == "Answer: 10x10"  # 14 - 5 + 1
    assert page.text_content(".lesson .told") == "Answer: 10x10"
    assert page.evaluate("document.activeElement.type") == "range"
    page.keyboard.press("End")
    assert "kernel=11" in page.url and text(page, ".example .answer") == "Answer: 4x4"


@pytest.mark.slow
def test_answers_are_graded_in_pythons_words(opened: Opened):
    """Right, a usual mistake, another and nonsense, of each kind of answer; then other numbers."""
    for name in KINDS:
        page = at_lesson(opened, name)
        until(page, f"location.hash.startsWith('#lessons/{name}')")
        exercise = lesson(name).drawn(SHOWN_SEED)
        until(page, f"document.querySelector('.asked .task').textContent === {exercise.question!r}")
        for typed in (*answers_to(exercise)[:2], "12", "many", "<b>5</b>"):
            page.fill(".typed", typed)
            page.keyboard.press("Enter")
            right, words = python_says(exercise, typed)
            assert page.text_content(".grade") == words
            assert ("right" in (page.get_attribute(".grade", "class") or "").split()) == right
        assert page.locator(".lesson b b, .grade b").count() == 0
        page.click("text=Other numbers")
        until(page, "location.hash.includes('exercise=')")
        seed = int(page.url.split("exercise=")[1])
        assert text(page, ".asked .task") == lesson(name).drawn(seed).question
        assert page.text_content(".grade") == ""
        assert page.evaluate("document.activeElement.className") == "typed"


@pytest.mark.slow
def test_what_a_lessons_address_asks_in_vain_is_said(opened: Opened):
    """It stands above the lesson that is shown instead, with the nearest name."""
    said = {
        "momentun": "No lesson is called momentun on this page.",
        "output-sise": "Did you mean output-size?",
        "output-size?kernel=4": "The slider kernel has no 4: it stands at 3, 5, 7 and 11. "
        "Others: papernets lesson output-size --kernel VALUE.",
        "output-size?kernal=5": "An address here has no word kernal. Did you mean kernel?",
        "output-size?exercise=99": "output-size has no exercise 99 here: its exercises are 1, 2, ",
        "output-size?kernel=<b>": "The slider kernel has no <b>",
        "edge-map?numbers=77": "The slider numbers has no 77: it stands at 0, 1, 2, ",
    }
    for place, words in said.items():
        page = at_lesson(opened, place)
        until(page, f"document.getElementById('unknown').textContent.includes({words!r})")
        assert page.locator("#unknown b").count() == 0
    at_lesson(opened, "output-size?kernel=7&exercise=2&theme=dark")
    page.wait_for_selector("#unknown", state="hidden")


@pytest.mark.slow
def test_the_list_is_searched_and_leads_on(opened: Opened):
    """By title, name, question, sources; a lesson leads to its network, a layer to its lesson."""
    page = at_lesson(opened, "output-size")
    for words, titles in {
        "szegedy percent": [],
        "lecun table": ["Which map reads which"],
        "simonyan": ["Less by 44.9 %, more by 81 %"],
        "SOFTMAX": ["Softmax"],
    }.items():
        page.fill("#find-lesson", words)
        shown_ones = page.locator("#lesson-list li:not([hidden])")
        assert shown_ones.all_inner_texts() == titles
    page.fill("#find-lesson", "which map")
    page.click("#lesson-list li:not([hidden]) a")
    until(page, "document.title.startsWith('Which map reads which')")
    page.click("#lesson-foot >> text=lenet5")
    until(page, "document.title.startsWith('lenet5')")
    page = opened.at("networks/lenet5?layer=C3")
    page.click("#panel >> text=Lesson: Which map reads which")
    until(page, "document.title.startsWith('Which map reads which')")
    page.go_back()
    page.wait_for_selector("#place")
    page.click("#panel .topic .to-lesson >> nth=0")
    until(page, "document.title.startsWith('How large is the map?')")
    page.click("nav >> text=Lessons")
    until(page, "location.hash === '#lessons'")


@pytest.mark.slow
def test_a_page_without_lessons_says_so(chromium: object, tmp_path: Path):
    path = tmp_path / "none.html"
    path.write_text(explorer((), "lenet1", lessons=("none",)), "utf-8")
    one = Opened(chromium, path)
    page = one.at("lessons/output-size")
    page.wait_for_selector("#unknown:not([hidden])")
    assert "This page has no lessons: papernets explore --lessons all" in text(page, "#unknown")
    assert not page.is_visible("#to-lessons")
    assert one.wrong == []
    one.context.close()


@pytest.mark.slow
def test_a_browser_that_cannot_unpack_lessons_says_what_can(opened: Opened):
    opened.context.add_init_script("delete window.DecompressionStream")
    page = opened.at("lessons/output-size?kernel=3")
    page.wait_for_selector("#lesson-home .error")
    words = "This browser cannot unpack lessons. In a terminal: papernets lesson output-size"
    assert text(page, "#lesson-home") == words
    assert page.is_hidden("#unknown")


@pytest.mark.slow
def test_a_lesson_prints_without_what_is_pressed(opened: Opened):
    page = at_lesson(opened, "output-size")
    page.emulate_media(media="print")
    for hidden in (".sliders", ".lesson form", "#room-lessons .list", "#lesson-foot nav", "#theme"):
        assert not page.is_visible(hidden), hidden
    assert page.is_visible(".example .answer") and page.is_visible(".asked .task")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_every_lesson_opens(chromium: object, whole: Path, scheme: str, width: int):
    """None is wider than the screen, asks for anything or goes wrong; of some axe has no word."""
    size = {"width": width, "height": 800}
    one = Opened(chromium, whole, viewport=size, color_scheme=scheme, reduced_motion="reduce")
    page = at_lesson(one, ALL[0])
    found = []
    for at, own in enumerate(lessons()):
        page.evaluate(f"location.hash = '#lessons/{own.name}'")
        until(page, f"document.querySelector('#lesson-head h2').textContent === {own.title!r}")
        page.wait_for_selector("#room-lessons .lesson .answer")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), own.name
        assert page.is_hidden("#unknown"), own.name
        if at % 12 == 0:
            found += [(own.name, one) for one in axe(page)]
    assert found == []
    assert one.wrong == []
    assert all(url.startswith((one.address, "data:")) for url in one.asked)
    one.context.close()
