"""The room of lessons: which a page has, what its script shows and grades, and how it is used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from explore_browser import Opened, axe, text, until
from explore_page import browser, ran

import papernets
from papernets.cli import main
from papernets.explore import explorer
from papernets.explore.taught import ROOM, TAUGHT, asked_for, taught
from papernets.lessons import Exercise, Lesson, NoAnswer, grade, lesson, lessons
from papernets.lessons.cases import lesson_data
from papernets.lessons.fragments import example
from papernets.lessons.page import script
from papernets.lessons.told import SHOWN_SEED
from papernets.lessons.values import shown
from papernets.nets import list_nets, net
from papernets.spec import walk

ALL = [one.name for one in lessons()]
KINDS = ("output-size", "multiply-adds", "edge-map", "percent-more", "softmax", "top-5")
"""Answers of each kind: a size, a number with a unit, a matrix, per cent, a row, a share."""
NONSENSE = ("", "many", "it's 12", "12 apples", "1 2; 3 x", "<b>", "9" * 400)
OTHERS = ("1", "-7", "1.23e4", "3x4", "12x12x3", "1 2; 3 4", "1 2 3", "0.5", "50 %", "99999999")
SHOWN = """
const places = (data) => data.sliders.reduce(
  (found, {stops}) => found.flatMap((at) => stops.map((_, stop) => [...at, stop])), [[]]);
return given.map(({data, typed}) => ({
  examples: places(data).map((at) => Lessons.exampleAt(data, at)),
  graded: data.exercises.map((one, at) => typed[at].map((words) => Lessons.graded(words, one))),
}));
"""


def data_of(one: Lesson) -> dict[str, Any]:
    """A lesson as the page has it."""
    return lesson_data(one, one.example(), one.drawn(SHOWN_SEED))


def answers_to(exercise: Exercise) -> list[str]:
    """What may be typed: the right answer, usual mistakes, others, and nonsense."""
    worked = exercise.worked()
    values = [worked.answer.value, *(slip.value for slip in worked.slips)]
    exact = [repr(value) if isinstance(value, float) else shown(value) for value in values]
    return [*exact, *OTHERS, *NONSENSE]


def python_says(exercise: Exercise, typed: str) -> list[object]:
    """Whether an answer is right, and what `papernets lesson --answer` says of it."""
    try:
        found = grade(exercise, typed)
    except NoAnswer as error:
        return [False, str(error)]
    return [found.right, found.why]


def drawn_numbers(one: Lesson) -> list[dict[str, Any]]:
    """The numbers that no slider steps through: the lesson's own, then those of its exercises."""
    free = [name for name, param in one.params.items() if not param.stops]
    examples = [one.example(), *(one.drawn(seed).example for seed in range(1, 20))]
    sets = [{name: getattr(made, name) for name in free} for made in examples]
    return [numbers for at, numbers in enumerate(sets) if numbers not in sets[:at]]


def examples_of(one: Lesson, data: dict[str, Any]) -> list[str]:
    """The example at each position of the sliders, worked out by itself; empty where it is none."""
    drawn, found = drawn_numbers(one), []
    for position in product(*(slider["values"] for slider in data["sliders"])):
        numbers: dict[str, Any] = {}
        for slider, typed in zip(data["sliders"], position, strict=True):
            numbers |= drawn[int(typed)] if slider["key"] == "numbers" else {slider["key"]: typed}
        try:
            found.append(example(one.example(**numbers)))
        except ValueError:
            found.append("")
    return found


def check_as_in_python(several: list[Lesson], folder: Path) -> None:
    """The page's script shows these examples, and grades as Python, word for word."""
    data = [data_of(one) for one in several]
    given = []
    for one, told in zip(several, data, strict=True):
        exercises = [one.drawn(told_one["seed"]) for told_one in told["exercises"]]
        given.append({"data": told, "typed": [answers_to(exercise) for exercise in exercises]})
    found = ran(folder, f"{script(('lessonIn', 'graded', 'exampleAt'))}\n{SHOWN}", given, ())
    for one, asked, there in zip(several, given, found, strict=True):
        for ours, theirs in zip(examples_of(one, asked["data"]), there["examples"], strict=True):
            assert theirs == ours or (not ours and "do not go together" in theirs), one.name
        for at, told_one in enumerate(asked["data"]["exercises"]):
            exercise = one.drawn(told_one["seed"])
            for typed, said in zip(asked["typed"][at], there["graded"][at], strict=True):
                assert said == python_says(exercise, typed), (one.name, told_one["seed"], typed)


def test_the_script_shows_and_grades_as_python_does(tmp_path: Path):
    check_as_in_python([lesson(name) for name in KINDS], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(5))
def test_the_script_shows_and_grades_every_lesson(part: int, tmp_path: Path):
    check_as_in_python(list(lessons()[part::5]), tmp_path)


def test_which_lessons_a_page_has():
    """All with all networks; else those of its networks and their layers; or what words ask for."""
    names = [one.name for one in asked_for((), list_nets("lenet*"), every=False)]
    assert asked_for((), list_nets(), every=True) == lessons()
    assert asked_for(("ALL",), ["lenet1"], every=False) == lessons()
    assert asked_for(("none",), list_nets(), every=True) == ()
    # its paper has a table of connections and trained subsampling; no normalisation, no groups
    assert {"connection-table", "subsampling", "output-size", "colour-weights"} <= {*names}
    assert not {"batch-norm", "groups", "lrn", "warm-up"} & {*names}
    told = taught([lesson(name) for name in names], ["lenet5"])["lessons"]
    assert sum(len(one["data"]) for one in told) <= ROOM
    assert next(one for one in told if one["name"] == "connection-table")["nets"] == ["lenet5"]
    assert "depthwise-separable" in {one.name for one in asked_for((), ["mobilenet_v1"], False)}
    assert [one.name for one in asked_for(("stride", "dropout"), [], False)][-1] == "dropout"
    with pytest.raises(ValueError, match="no lesson has 'nonesuch' in its name"):
        asked_for(("nonesuch",), [], every=True)
    with pytest.raises(ValueError, match="none leaves all out: give it alone"):
        asked_for(("none", "stride"), [], every=True)


def test_what_leads_to_a_lesson_is_there():
    """Each lesson to which a layer leads, and each kind of layer that leads to one."""
    some = ("lenet5", "alexnet_torchvision", "googlenet", "nin_cifar10", "resnet18_v2", "zfnet")
    kinds = {row.kind for name in some for row in walk(net(name).member)}
    assert {name for _, _, name in TAUGHT} <= {*ALL}
    assert {kind for _, several, _ in TAUGHT for kind in several} <= {*kinds, "groups", "depthwise"}


def test_no_slider_is_called_as_another_word_of_an_address():
    assert not {"theme", "exercise", "numbers"} & {key for one in lessons() for key in one.params}


def embedded_lessons(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="lessons">(.*?)</script>', page, re.S)
    assert found
    return json.loads(found[1])


@pytest.mark.slow
def test_a_cell_has_the_lessons_that_it_is_given():
    cell = papernets.explore("lenet1", lessons=("stride",)).page
    assert "stride" in {one["name"] for one in embedded_lessons(cell)["lessons"]}


def test_the_flag_and_the_notebook(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """`--lessons` chooses; a word that no lesson has is wrong use; a cell has none by itself."""
    file = tmp_path / "page.html"
    words = ["explore", "--only", "lenet1", "-o", str(file), "--quiet"]
    assert main([*words, "--lessons", "dropout", "--lessons", "output-size"]) == 0
    told = embedded_lessons(file.read_text("utf-8"))
    assert [one["name"] for one in told["lessons"]] == ["output-size", "dropout"]
    assert {name for _, _, name in told["taught"]} == {"output-size", "dropout"}
    assert main([*words, "--lessons", "nonesuch"]) == 2
    assert "no lesson has 'nonesuch'" in " ".join(capsys.readouterr().err.split())
    assert embedded_lessons(papernets.explore("lenet1").page)["lessons"] == []


# In a browser.


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if browser() is None:
        pytest.skip("no Chromium is installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        yield opened
        opened.close()


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


@pytest.fixture
def opened(chromium: object, file: Path) -> Iterator[Opened]:
    one = Opened(chromium, file)
    yield one
    assert one.wrong == []
    assert [url for url in one.asked if not url.startswith(("file:", "data:"))] == []
    one.context.close()


def at_lesson(one: Opened, place: str) -> Any:
    """A page at a lesson that is shown."""
    page = one.at(f"lessons/{place}")
    page.wait_for_selector("#room-lessons .lesson .answer, #room-lessons .lesson .wrong")
    return page


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
def test_lessons_print_cleanly_and_without_a_theme_of_their_own(opened: Opened):
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
