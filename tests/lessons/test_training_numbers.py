"""The chapter Training with any numbers that it takes: it works them out, and its pictures hold."""

from __future__ import annotations

from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest

from papernets.lessons import CHAPTERS, Lesson
from papernets.lessons.formula import worked_out
from papernets.lessons.params import Choice, Param, Real, Several, Whole
from papernets.lessons.pictures import Crop, Crops, Curve, Plot


def any_value(param: Param, default: Any, random: Random) -> Any:
    """A number from anywhere in its range, its ends more often."""
    if isinstance(param, Whole):
        near = random.randint(param.least, min(param.most, param.least + 20))
        return random.choice([param.least, param.most, near, default, *param.stops])
    if isinstance(param, Real):
        return random.choice([param.least, param.most, random.uniform(param.least, param.most),
                              default, *param.stops])  # fmt: skip
    if isinstance(param, Choice):
        return random.choice(param.stops)
    assert isinstance(param, Several)
    low, high = max(param.least, -10), min(param.most, 20)
    return random.choice([default, tuple(random.uniform(low, high) for _ in default)])


@pytest.mark.parametrize("lesson", [pytest.param(one, id=one.name) for one in CHAPTERS["Training"]])
def test_numbers_of_any_size(lesson: Lesson):
    random = Random(lesson.name)
    taken = 0
    for _ in range(60):
        numbers = {
            name: any_value(param, lesson.defaults[name], random)
            for name, param in lesson.params.items()
        }
        try:
            example = lesson.example(**numbers)
        except ValueError:
            continue
        taken += 1
        worked = example.work()
        for step in worked.steps:
            if step.formula:
                assert isinstance(step.value, int | float)
                assert worked_out(step.formula) == pytest.approx(step.value, rel=1e-6, abs=1e-9)
        assert all(len(line) <= 78 for line in worked.picture.lines(78)), numbers
        ElementTree.fromstring(worked.picture.svg())
        assert example.ask().endswith("?")
        assert worked.answer.value not in [slip.value for slip in worked.known_slips()]
    assert taken >= 10, "hardly any numbers go together"


def test_crops_are_to_scale_and_cross():
    crops = (Crop(0, 0, 224, 224, "first"), Crop(32, 32, 224, 224, "last"))
    picture = Crops(256, 256, crops, "below")
    assert picture.lines() == [
        "┌──────────────────────────────────┬────┐",
        "│                                  │    │",
        "│    ┌─────────────────────────────┼────┤",
        *["│    │                             │    │"] * 6,
        "│    │          first              │    │",
        "│    │                             │    │",
        "│    │              last           │    │",
        *["│    │                             │    │"] * 6,
        "├────┼─────────────────────────────┘    │",
        "│    │                                  │",
        "└────┴──────────────────────────────────┘",
        "below",
    ]
    boxes = ElementTree.fromstring(picture.svg()).findall("{http://www.w3.org/2000/svg}rect")[2:]
    widths = [float(box.attrib["width"]) for box in boxes]
    assert widths == pytest.approx([260 * 224 / 256] * 2, abs=0.01)
    assert "first 224x224 at row 0, column 0" in picture.alt()


def test_a_label_is_never_wider_than_its_picture():
    lines = Crops(4096, 4096, (Crop(4090, 4090, 4, 4, "the last one"),)).lines(78)
    assert "the last one" in "\n".join(lines) and max(map(len, lines)) <= 78


def test_a_plot_marks_a_point_and_wraps_its_keys():
    curves = [Curve("a name that is rather long " + str(at), [(0, 0), (10, at)]) for at in (1, 2)]
    lines = Plot(curves, "x", "y", mark=(5, 1)).lines(50)
    assert sum("▣" in line for line in lines) == 2
    assert all(len(line) <= 50 for line in lines)
    assert not any("▣" in line for line in Plot(curves, "x", "y").lines(50))


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0.001, 0.1, [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1]), (1, 1e6, [1, 1e2, 1e4, 1e6])],
)
def test_ticks_of_powers(low: float, high: float, ticks: list[float]):
    plot = Plot([Curve("", [(0, low), (1, high)])], log=True)
    assert [10**tick for tick in plot.ticks()] == pytest.approx(ticks)
