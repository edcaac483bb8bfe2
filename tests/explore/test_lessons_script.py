"""What the page's script shows and grades of lessons is what Python does, and which a page has."""

from __future__ import annotations

import json
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from explore_page import ran
from lesson_answers import KINDS, answers_to, python_says

import papernets
from papernets.cli import main
from papernets.explore.taught import ROOM, TAUGHT, asked_for, taught
from papernets.lessons import Lesson, lesson, lessons
from papernets.lessons.cases import lesson_data
from papernets.lessons.fragments import example
from papernets.lessons.page import script
from papernets.lessons.told import SHOWN_SEED
from papernets.nets import list_nets, net
from papernets.spec import walk

ALL = [one.name for one in lessons()]
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
