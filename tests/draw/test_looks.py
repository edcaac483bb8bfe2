"""How pictures look: nothing leaves the figure, nothing lies on anything else, scales are named."""

from itertools import combinations, pairwise

import numpy as np
import pytest
import siblings
from drawings import find, inside, log, matrix, pictures, size, texts

from papernets.draw import canvas
from papernets.draw.canvas import broken, number, percent, sheet, style, text_width, told_apart
from papernets.draw.confusion import confusion_figure
from papernets.draw.curves import LEFT, curves_figure
from papernets.draw.mistakes import mistakes_figure
from papernets.draw.samples import contact_figure

NAN = float("nan")
LONG = "LeCun et al. 1998, on MNIST; digits' error is not MNIST's"
LONGER = "top-5, ILSVRC-2012 validation, ten crops and their mirror images, one of seven " * 3
NAMES = ["Camponotus pennsylvanicus", "Apis mellifera carnica", "W" * 40, "i" * 90, "a b", "猫"]


def drawn(figure):
    """The figure, laid out."""
    with style():
        figure.canvas.draw()
    return figure


def legends(figure):
    """The boxes of the legends, which hold all that is drawn of them."""
    from matplotlib.legend import Legend

    return [legend.get_window_extent() for legend in drawn(figure).findobj(Legend)]


def apart(boxes):
    """No box lies on another one."""
    for (i, a), (j, b) in combinations(enumerate(boxes), 2):
        assert not a.overlaps(b), f"{i} and {j} meet: {a} {b}"


# Curves


@pytest.mark.parametrize(
    ("note", "epochs"),
    [("", 1), (LONG, 60), *siblings.slow_cases((LONG, 1), (LONGER, 3)), ("W" * 200, 1000)],
)
def test_legends_stay_inside_and_apart(note, epochs):
    errors = np.full(epochs, 0.02)
    errors[0] = 0.5
    rows = log(*errors)
    figure = curves_figure(rows, title="t", paper_error=0.0095, paper_note=note, best=epochs)
    boxes = legends(figure)
    assert len(boxes) == 5, "two losses, the error, the best, the paper"
    width, height = figure.bbox.size
    for box in boxes:
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height, box
    panels = [axes.get_window_extent() for axes in figure.axes]
    heading = [text.get_window_extent() for text in figure.texts]
    apart([*boxes, *panels, *heading])
    inside(figure)


def test_what_was_cut_of_the_demo_is_all_there():
    rows = log(0.5, 0.01, 0.01, 0.01)
    rows[3]["val_loss"] = 0.1
    figure = curves_figure(rows, title="LeNet-5", paper_error=0.0095, paper_note=LONG, best=4)
    whole = " ".join(" ".join(texts(figure)).split())
    assert LONG in whole and "best: epoch 4, 1.00 %, of equal errors the lowest loss" in whole


def test_one_epoch_has_one_tick_axes_from_zero_and_its_values():
    figure = curves_figure(log(0.2), title="t")
    for axes in figure.axes:
        low, high = axes.get_xlim()
        assert [tick for tick in axes.get_xticks() if low <= tick <= high] == [1]
        assert axes.get_ylim()[0] == 0, "a difference of two numbers does not fill the axis"
        assert axes.get_yscale() == "linear"
    written = {t.get_text() for t in figure.findobj(lambda a: a.get_gid() == "value")}
    assert written == {"20", "0.7", "0.8", "0.01"}
    inside(figure)


def test_the_values_of_one_epoch_that_nearly_meet_stand_on_either_side():
    rows = log(0.2)
    rows[0]["train_loss"] = rows[0]["val_loss"] - 1e-4
    figure = drawn(curves_figure(rows, title="t"))
    apart([t.get_window_extent() for t in figure.findobj(lambda a: a.get_gid() == "value")])


def test_one_epoch_after_the_begin_is_a_point_and_no_half_a_step():
    start = {"epoch": 0, "val_loss": 0.7, "val_error": 0.3, "train_loss": NAN, "learning_rate": NAN}
    figure = curves_figure([start, *log(0.1)], title="t")
    (line, *_) = find(figure, "rate").lines
    assert line.get_drawstyle() == "default"


@pytest.mark.parametrize("first", [0.1, *siblings.slow(0.05), 3e-6])
def test_a_rate_in_steps_is_named_logarithmic_and_has_its_own_ticks(first):
    rows = log(*[0.1] * 9)
    for row in rows:
        row["learning_rate"] = first / 10 ** ((row["epoch"] - 1) // 3)
    figure = drawn(curves_figure(rows, title="t"))
    panel = find(figure, "rate")
    assert panel.get_yscale() == "log" and panel.get_ylabel() == "Learning rate\n(log scale)"
    low, high = panel.get_ylim()
    ticks = [tick for tick in panel.get_yticks() if low <= tick <= high]
    assert ticks == pytest.approx([first / 100, first / 10, first])
    inside(figure)


def test_a_smooth_rate_is_linear_and_is_not_called_logarithmic():
    rows = log(*np.geomspace(0.5, 0.1, 30))
    for row in rows:
        row["learning_rate"] = 0.1 * (1 - row["epoch"] / 31)
    panel = find(curves_figure(rows, title="t"), "rate")
    assert (panel.get_yscale(), panel.get_ylabel()) == ("linear", "Learning\nrate")


SCALES = {
    "tiny errors": [1e-4, 5e-5, 1e-5, 0],
    "one in a million": [1e-6] * 3,
    "nearly all": [0.99999] * 3,
    "none": [0.0] * 3,
    "a NaN": [0.5, NAN, 0.2],
    "NaN alone": [NAN] * 3,
}


LOSSES = [(1e9, 1e-9), (1e-9, 1e-9), (-1.0, -2.0), (NAN, NAN), (2.3, 2.3), (1e6, 5.0)]


@pytest.mark.parametrize(
    ("errors", "losses"), list(zip(SCALES.values(), LOSSES, strict=True)), ids=SCALES
)
def test_axes_of_any_numbers_keep_their_labels_apart(errors, losses):
    rows = log(*errors)
    for row in rows:
        row["train_loss"], row["val_loss"] = losses
        row["learning_rate"] = 3e-7
    figure = drawn(curves_figure(rows, title="t"))
    inside(figure)
    for panel in figure.axes:
        low, high = panel.get_ylim()
        shown = [t for t in panel.yaxis.get_major_ticks() if low <= t.get_loc() <= high]
        boxes = [tick.label1.get_window_extent() for tick in shown]
        apart([*boxes, panel.yaxis.label.get_window_extent()])


def test_what_is_no_number_is_said():
    figure = curves_figure(log(NAN, NAN), title="t")
    assert texts(figure).count("no value is a finite number") == 2, "the rate is a number"
    assert any("2 epochs, 2 of them without a finite number" in text for text in texts(figure))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((0, "0"), (0.005, "0.005"), (20, "20"), (1000, "1,000"), (200_000, "200,000")),
        *((1e-7, "10⁻⁷"), (3e-7, "3×10⁻⁷"), (2.5e12, "2.5×10¹²"), (-1.5, "-1.5")),
    ],
)
def test_numbers_of_an_axis(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        *((0, "0 %"), (1, "100 %"), (0.0095, "0.95 %"), (0.143, "14.3 %"), (0.9999, "99.99 %")),
        *((1 / 200_000, "0.0005 %"), (0.99999, "99.999 %")),
    ],
)
def test_a_share_that_is_not_0_or_100_does_not_read_so(share, text):
    assert percent(share) == text


# Text that is broken


@pytest.mark.parametrize(
    "text",
    ["", "one", "a few words of English", "W" * 100, "i" * 100, "a_name-with.joints/in_it " * 3],
)
@pytest.mark.parametrize("width", [0.4, 3.0])
def test_broken_text_fits_and_loses_nothing(text, width):
    with style():
        figure = sheet(1, 1)
        lines = broken(figure, text, width, 8)
        assert all(text_width(figure, line, 8) <= width for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        few = broken(figure, text, width, 8, most=1)
        assert len(few) <= 1 and all(text_width(figure, line, 8) <= width for line in few)


def test_a_title_of_wide_letters_fits():
    inside(curves_figure(log(0.2), title="W" * 120))
    inside(confusion_figure([[1]], ["a"], title="MMMM WWWW " * 12))


def test_names_that_are_cut_alike_are_told_apart():
    names = [f"n020856{n:02} of a very long name of a dog" for n in range(3)]
    names += ["same beginning 1 and the same end", "same beginning 2 and the same end"]
    short = told_apart(names, 20)
    assert len(set(short)) == 5 and max(map(len, short)) <= 20
    assert told_apart(["cat", "dog"]) == ["cat", "dog"]


# Confusion


@pytest.mark.parametrize(
    ("n", "count"), [(1, 123_456_789), *siblings.slow_cases((2, 1), (10, 12_345)), (25, 99_999)]
)
def test_counts_stay_in_their_cells(n, count):
    figure = drawn(confusion_figure(np.full((n, n), count), list(range(n)), title="t"))
    axes = figure.axes[0]
    cell = axes.get_window_extent().width / n
    counts = [t for t in axes.texts if t.get_gid() == "count"]
    assert len(counts) == n * n
    assert all(t.get_window_extent().width <= cell for t in counts)
    assert min(t.get_fontsize() for t in counts) > 5


def test_large_counts_are_rounded_where_they_would_not_be_read():
    figure = confusion_figure(np.full((25, 25), 123_456_789), list(range(25)), title="t")
    assert {t.get_text() for t in figure.axes[0].texts} == {"123M"}
    small = confusion_figure([[12_345]], ["a"], title="t")
    assert {t.get_text() for t in small.axes[0].texts} == {"12,345"}


@pytest.mark.parametrize("names", [list("abcdef"), NAMES])
def test_names_of_a_matrix_do_not_meet(names):
    figure = drawn(confusion_figure(matrix(6), names, title="t"))
    axes = figure.axes[0]
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        boxes = [label.get_window_extent() for label in labels]
        apart(boxes)
    others = [text.get_window_extent() for text in figure.texts]
    apart([*others, *(label.get_window_extent() for label in axes.get_yticklabels())])
    inside(figure)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([[40, 1], [0, 20]], "61 pictures; 1 mistake (1.64 %)"),
        ([[1, 0], [0, 0]], "1 picture; 0 mistakes (0 %)"),
        ([[0, 2], [0, 0]], "2 pictures; 2 mistakes (100 %)"),
        ([[199_999, 1], [0, 0]], "200,000 pictures; 1 mistake (0.0005 %)"),
    ],
)
def test_one_mistake_is_one(counts, said):
    figure = confusion_figure(counts, ["a", "b"], title="t")
    assert any(said in text.replace("\n", " ") for text in texts(figure))


# Mistakes


@pytest.mark.parametrize("n", [*siblings.slow(1, 25), 9])
def test_labels_of_mistakes_do_not_meet(n):
    figure = mistakes_figure(
        pictures(n, 3),
        [k % 6 for k in range(n)],
        [(k + 1 + k // 6) % 6 for k in range(n)],
        [0.5] * n,
        NAMES,
        title="the worst mistakes",
        files=[f"folder/a_photograph_of_something_{k:05}.jpeg" for k in range(n)],
    )
    boxes = [text.get_window_extent() for text in drawn(figure).axes[0].texts]
    rows = {round(box.y1): None for box in boxes}
    for top in rows:
        row = sorted((b for b in boxes if round(b.y1) == top), key=lambda b: b.x0)
        assert all(b.x0 - a.x1 >= 0.15 * figure.dpi for a, b in pairwise(row)), "a gap is seen"
    apart(boxes)
    assert max(size(figure)) < 3000
    inside(figure)


def test_a_long_name_is_whole_where_it_fits_two_lines():
    figure = mistakes_figure(pictures(2), [0, 1], [1, 0], [0.5, 0.5], NAMES, title="t")
    for text in (t.get_text().replace("\n", " ") for t in figure.axes[0].texts):
        assert NAMES[0] in text and NAMES[1] in text
        assert "\N{RIGHTWARDS ARROW}\u00a0" in text, "the arrow stays with the name"


def test_a_probability_that_is_none_is_said():
    figure = mistakes_figure(pictures(1), [0], [1], [NAN], ["a", "b"], title="t")
    assert figure.axes[0].texts[0].get_text().endswith("(no probability)")


def test_a_label_of_any_length_is_cut_after_some_lines():
    figure = contact_figure(pictures(2), ["a word " * 500, "x" * 5000], title="t")
    assert all(t.get_text().count("\n") < 4 for t in figure.axes[0].texts)
    inside(figure)


def test_the_glyphs_of_an_axis_are_in_the_font():
    assert canvas.drawable("⁻⁰¹²³⁴⁵⁶⁷⁸⁹×□→…")
    assert LEFT > 0.68
