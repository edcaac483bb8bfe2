"""What holds for every lesson: right answers, usual mistakes, wrong answers; steps worked out."""

from __future__ import annotations

import importlib

import pytest
import siblings

from papernets.lessons import CHAPTERS, Exercise, Lesson, grade, lessons
from papernets.lessons.contents import FILES
from papernets.lessons.formula import worked_out
from papernets.lessons.values import is_matrix, is_sizes, number_text, shown

EVERY = lessons()
SEEDS = range(12)


def wrong(exercise: Exercise) -> str:
    """An answer of the right form that is neither right nor a known mistake."""
    worked = exercise.worked()
    value = worked.answer.value
    known = {shown(value), *(shown(slip.value) for slip in worked.slips)}
    for by in range(7, 1000, 11):
        if is_matrix(value):
            other = tuple(tuple(cell + by for cell in row) for row in value)
        elif is_sizes(value):
            other = tuple(side + by for side in value)
        else:
            other = round(float(value), 3) + by
        if shown(other) not in known:
            return shown(other)
    raise AssertionError("no wrong answer was found")


def exact(value: object) -> str:
    """A value with all its digits, as someone would type it."""
    return repr(value) if isinstance(value, float) else shown(value)  # type: ignore[arg-type]


@siblings.together("lesson", EVERY)
def test_the_right_answer_is_accepted(lesson: Lesson):
    for seed in SEEDS:
        exercise = lesson.drawn(seed)
        answer = exercise.worked().answer
        assert grade(exercise, exact(answer.value)).right, (seed, answer)
        assert grade(exercise, answer.text).right, (seed, answer)


@siblings.together("lesson", EVERY)
def test_each_mistake_is_recognised(lesson: Lesson):
    """And none of them is the right answer, for any seed."""
    for seed in SEEDS:
        exercise = lesson.drawn(seed)
        worked = exercise.worked()
        assert len(worked.slips) >= 2
        assert worked.known_slips() == worked.slips, f"seed {seed}: two lead to one answer"
        for slip in worked.slips:
            found = grade(exercise, exact(slip.value))
            assert not found.right and found.slip == slip, (seed, slip)
            assert slip.did in found.why and slip.why in found.why


@siblings.together("lesson", EVERY)
def test_a_wrong_answer_is_refused(lesson: Lesson):
    for seed in SEEDS:
        exercise = lesson.drawn(seed)
        found = grade(exercise, wrong(exercise))
        assert not found.right and found.slip is None, (seed, wrong(exercise), found)


@siblings.together("lesson", EVERY)
def test_each_formula_gives_its_value(lesson: Lesson):
    """The text beside a step is worked out apart from the arithmetic that gave the step's value."""
    for seed in SEEDS:
        worked = lesson.drawn(seed).worked()
        numbers = [step for step in worked.steps if isinstance(step.value, int | float)]
        assert worked.steps and all(step.text for step in worked.steps)
        for step in numbers:
            assert step.formula, f"{step.text}: a number without its formula"
            assert worked_out(step.formula) == pytest.approx(step.value, rel=1e-9, abs=1e-12), step
        assert all(not step.formula for step in worked.steps if step not in numbers)


@siblings.together("lesson", EVERY)
def test_what_a_lesson_has(lesson: Lesson):
    assert lesson.question.endswith("?")
    assert lesson.sources and all(str(source) for source in lesson.sources)
    assert lesson.params, "a lesson has numbers that may be changed"
    worked = lesson.drawn(0).worked()
    assert worked.picture.lines(78)
    assert not lesson.title[0].islower() and not lesson.title.endswith(".")
    assert all(
        line == line.rstrip() and len(line) <= 78
        for line in map(str.rstrip, worked.picture.lines(78))
    )
    drawn = {number_text(seed) + lesson.drawn(seed).told for seed in (1, 2, 3, 4)}
    assert len({text[1:] for text in drawn}) > 1, "every seed draws the same"


@siblings.together("lesson", EVERY)
def test_a_seed_draws_the_same_again(lesson: Lesson):
    assert lesson.drawn(5) == lesson.drawn(5)
    assert lesson.drawn(0).example == lesson.example()


@siblings.together("lesson", EVERY)
def test_the_words_are_short_and_of_one_kind(lesson: Lesson):
    for seed in (0, 3):
        worked = lesson.drawn(seed).worked()
        texts = [step.text for step in worked.steps]
        texts += [text for slip in worked.slips for text in (slip.did, slip.why)]
        for text in texts:
            assert len(text) <= 220 and "  " not in text, text
        assert not any(step.text.endswith((".", ":")) for step in worked.steps)
        assert all(slip.did.endswith(".") and slip.why.endswith(".") for slip in worked.slips)


def test_the_contents_have_every_lesson_where_it_is():
    """So that one is read without importing the others, and in the order of the chapters."""
    rows = [line.split() for line in FILES.split("\n") if line]
    assert [name for _, *names in rows for name in names] == [one.name for one in lessons()]
    for file, *names in rows:
        own = importlib.import_module(f"papernets.lessons.{file}").LESSONS
        assert set(names) <= {one.name for one in own}
    assert list(CHAPTERS) == ["Convolution", "Cost", "Training"]
    assert all(one.chapter == chapter for chapter, own in CHAPTERS.items() for one in own)
    assert len(lessons()) >= 40


def test_names_are_apart():
    names = [lesson.name for lesson in lessons()]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() and " " not in name for name in names)
