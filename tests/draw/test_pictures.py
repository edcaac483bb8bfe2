"""The pictures: what is marked where, bounds of their size, the same bytes twice, no warning."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import siblings
from drawings import find, inside, log, matrix, pictures, size, texts
from PIL import Image

from papernets.draw import canvas
from papernets.draw.canvas import save
from papernets.draw.confusion import confusion_figure, confusion_picture
from papernets.draw.curves import curves_figure
from papernets.draw.mistakes import mistakes_figure, mistakes_picture
from papernets.draw.samples import contact_figure

# Curves


def test_the_best_epoch_is_ringed() -> None:
    figure = curves_figure(log(0.1, 0.02, 0.05, 0.02), title="t")
    ring = find(figure, "best")
    assert (list(ring.get_xdata()), list(ring.get_ydata())) == ([2], [2.0])
    assert ring.get_label() == "best: epoch 2, 2.00 %"
    chosen = curves_figure(log(0.1, 0.02, 0.05, 0.02), title="t", best=4)
    assert list(find(chosen, "best").get_xdata()) == [4]


def test_the_best_of_equal_errors_is_chosen_by_its_loss() -> None:
    rows = log(0.1, 0.02, 0.02)
    rows[1]["val_loss"], rows[2]["val_loss"] = 0.3, 0.2
    ring = find(curves_figure(rows, title="t", best=3), "best")
    assert ring.get_label() == "best: epoch 3, 2.00 %, of equal errors the lowest loss"
    last = find(curves_figure(rows, title="t", best=2), "best")  # the last epoch, kept as it is
    assert last.get_label() == "best: epoch 2, 2.00 %"
    kept = find(curves_figure(rows, title="t", best=3, last=True), "best")
    assert kept.get_label() == "kept: epoch 3, 2.00 %"


def test_sixty_epochs_are_numbered_by_tens() -> None:
    figure = curves_figure(log(*(0.1 + 0.001 * n for n in range(60))), title="t")
    panel = next(a for a in figure.axes if a.get_gid() == "rate")
    assert [t for t in panel.get_xticks() if 1 <= t <= 60] == [10, 20, 30, 40, 50, 60]


@pytest.mark.parametrize("best", [0, 2])
def test_what_it_began_with_is_epoch_0(best: int) -> None:
    """It has errors and losses on held-out pictures, and no training."""
    never = float("nan")
    start = {"epoch": 0, "val_loss": 0.7, "val_error": 0.3, "train_loss": never}
    rows = [{**start, "learning_rate": never}, *log(0.4, 0.2, rate=0.01)]
    figure = curves_figure(rows, title="t", best=best)
    ring = find(figure, "best")
    assert list(ring.get_xdata()) == [best]
    assert ring.get_label() == f"best: epoch {best}, {20 if best else 30}.0 %"
    assert any(text.startswith("2 epochs, 4 s of training at 500 ") for text in texts(figure))
    inside(figure)


def test_the_papers_error_is_a_labelled_line() -> None:
    note = "on MNIST, another data set"
    figure = curves_figure(log(0.1, 0.02), title="t", paper_error=0.0095, paper_note=note)
    line = find(figure, "paper")
    assert line.get_ydata()[0] == pytest.approx(0.95)
    assert line.get_label() == f"the paper's test error: 0.95 %, {note}"
    low, high = find(figure, "error").get_ylim()
    assert low < 0.95 < high
    assert find(curves_figure(log(0.1), title="t"), "paper") is None


def test_a_long_note_is_broken_not_cut() -> None:
    note = "measured on MNIST, which has sixty thousand pictures and so is another data set"
    figure = curves_figure(log(0.1, 0.02), title="t", paper_error=0.0095, paper_note=note)
    assert find(figure, "paper").get_label().endswith(note)
    assert [t for t in texts(figure) if t.replace("\n", " ").endswith(note)]
    inside(figure)


@pytest.mark.parametrize(
    ("errors", "scale"),
    [
        ((0.1, 0.05), "linear"),
        ((0.5, 0.01), "log"),
        ((0.5, 0.01, 0.0), "symlog"),
        ((0.0, 0.0), "linear"),
        *siblings.slow_cases(((0.02, 0.02), "linear")),
        ((0.9,), "linear"),
        (tuple(np.geomspace(0.9, 0.01, 300)), "log"),
    ],
)
def test_curves_of_any_length(errors: tuple[float, ...], scale: str) -> None:
    figure = curves_figure(log(*errors), title="lenet5 on digits")
    panel = find(figure, "error")
    assert panel.get_yscale() == scale
    low, high = panel.get_ylim()
    assert low <= 100 * min(errors) and 100 * max(errors) < high
    ticks = [tick for tick in panel.get_yticks() if low <= tick <= high]
    assert 2 <= len(ticks) <= 9
    assert size(figure)[0] == 1200 and 900 < size(figure)[1] < 1300
    inside(figure)


def test_a_schedule_in_steps_is_logarithmic_and_a_smooth_one_is_not() -> None:
    rows = log(*[0.1] * 30)
    for row in rows:
        row["learning_rate"] = 0.1 / 10 ** (row["epoch"] // 12)
    assert find(curves_figure(rows, title="t"), "rate").get_yscale() == "log"
    for row in rows:
        row["learning_rate"] = 1.01 - row["epoch"] / 30
    assert find(curves_figure(rows, title="t"), "rate").get_yscale() == "linear"


def test_values_that_are_not_finite_leave_a_gap() -> None:
    rows = log(0.1, 0.05, 0.2)
    rows[1]["val_error"] = rows[1]["train_loss"] = float("nan")
    rows[2]["val_loss"] = float("inf")
    assert list(find(curves_figure(rows, title="t"), "best").get_xdata()) == [1]
    for row in rows:
        row.update(val_error=float("nan"), train_loss=float("nan"), val_loss=float("nan"))
    figure = curves_figure(rows, title="t")
    assert find(figure, "best") is None
    size(figure)


def test_curves_without_times() -> None:
    rows = log(0.1)
    del rows[0]["seconds"]
    assert "1 epoch" in texts(curves_figure(rows, title="t"))


def test_curves_errors() -> None:
    with pytest.raises(ValueError, match="no epoch to draw: the log is empty"):
        curves_figure([], title="t")
    rows = log(0.1, 0.2)
    del rows[1]["val_loss"]
    with pytest.raises(ValueError, match="row 2 of the log has no val_loss"):
        curves_figure(rows, title="t")
    with pytest.raises(ValueError, match=r"epoch 9 is not in the log, which has 1 epoch$"):
        curves_figure(log(0.1), title="t", best=9)


# Confusion


@pytest.mark.parametrize("n", [1, 25, 26, *siblings.slow(2, 10, 100, 1000)])
def test_confusion_of_any_size(n: int) -> None:
    names = [f"class {i}, of a long and winding name" for i in range(n)]
    figure = confusion_figure(matrix(n), names, title="lenet5 on something, test set")
    wide, tall = size(figure)
    assert 500 < wide < 2700 and 450 < tall < 2300
    axes = figure.axes[0]
    assert bool(axes.texts) == (n <= 25)
    with canvas.style():
        boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
        assert all(a.y0 > b.y1 - 3 for a, b in pairwise(boxes))
    assert (find(figure, "commonest") is None) == (n <= 25)
    inside(figure)


def test_mistakes_show_though_the_diagonal_dominates() -> None:
    counts = [[9990, 10], [0, 10000]]
    colours = confusion_figure(counts, ["a", "b"], title="t").axes[0].images[0].get_array()
    right, mistake, never = colours[0, 0], colours[0, 1], colours[1, 0]
    assert right[2] > right[0] + 0.3, "blue"
    assert mistake[0] > mistake[2] + 0.3, "orange, as strong as the scale goes"
    assert never.min() > 0.95


def test_every_count_is_written() -> None:
    figure = confusion_figure([[7, 2], [0, 5]], ["a", "b"], title="t")
    written = {text.get_position(): text.get_text() for text in figure.axes[0].texts}
    assert written == {(0, 0): "7", (1, 0): "2", (1, 1): "5"}
    assert any("14 pictures; 2 mistakes (14.3 %)" in text for text in texts(figure))


def test_a_row_without_pictures_is_grey() -> None:
    figure = confusion_figure([[3, 0], [0, 0]], ["a", "b"], title="t")
    row = figure.axes[0].images[0].get_array()[1]
    assert np.ptp(row) == 0 and 0.7 < row[0, 0] < 0.9
    assert any("grey row: no pictures" in text.replace("\n", " ") for text in texts(figure))
    size(confusion_figure(np.zeros((3, 3)), list("abc"), title="t"))


def test_the_commonest_mistakes_are_listed() -> None:
    counts = np.diag(np.full(30, 10))
    counts[4, 7] = 30
    figure = confusion_figure(counts, [f"c{i}" for i in range(30)], title="t")
    assert find(figure, "commonest").get_text().endswith("c4 \N{RIGHTWARDS ARROW} c7: 30 of 40")


def test_names_in_any_script_and_with_signs() -> None:
    names = [
        "\u732b",
        "$5_a$ {\\x}",
        "\u0424\u0451\u0434\u043e\u0440",
        "a\nb\t c",
        "",
        "\u0e2a\u0e38",
    ]
    figure = confusion_figure(np.eye(6), names, title="\u732b $x$")
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["class 0", names[1], names[2], "a b c", "class 4", "class 5"]
    assert any("shown as numbers" in text.replace("\n", " ") for text in texts(figure))
    inside(figure)


def test_confusion_errors() -> None:
    with pytest.raises(ValueError, match=r"matrix of shape \(2, 2\) does not fit 3 class names"):
        confusion_figure(np.eye(2), list("abc"), title="t")
    for bad in (-1, 0.5, float("nan")):
        with pytest.raises(ValueError, match="holds counts: whole numbers, none below 0"):
            confusion_figure([[bad]], ["a"], title="t")


# Samples and mistakes


def test_a_mistake_says_true_predicted_and_how_sure() -> None:
    figure = mistakes_figure(
        pictures(3),
        [4, 9, 1],
        [9, 4, 7],
        [0.98, 0.9999, 1.0],
        list("0123456789"),
        title="t",
        files=["a/x.png", "y.png", "a_very_long_name_of_a_picture_0001.png"],
    )
    labels = [text.get_text().replace("\u00a0", " ") for text in figure.axes[0].texts]
    arrow = "\N{RIGHTWARDS ARROW}"
    assert labels[:2] == [f"4 {arrow} 9 (98 %)\nx.png", f"9 {arrow} 4 (> 99 %)\ny.png"]
    assert labels[2].startswith(f"1 {arrow} 7 (100 %)\na_very_lo")
    assert (figure.axes[0].images[0].get_array() == pictures(3)[0, 0]).all()
    inside(figure)


def test_long_names_do_not_meet() -> None:
    figure = mistakes_figure(
        pictures(8),
        [0] * 8,
        [1] * 8,
        [0.5] * 8,
        ["golden retriever of the north", "W" * 40],
        title="t",
    )
    with canvas.style():
        figure.canvas.draw()
        boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    inside(figure)


def test_no_mistakes_is_said() -> None:
    figure = mistakes_figure(pictures(0), [], [], [], ["a"], title="t")
    assert "No mistakes: every picture was recognised." in texts(figure)
    size(figure)


def test_mistakes_errors() -> None:
    with pytest.raises(ValueError, match=r"2 pictures, but \[2, 1, 2\] labels, predictions"):
        mistakes_figure(pictures(2), [0, 0], [1], [0.5, 0.5], ["a", "b"], title="t")


@pytest.mark.parametrize(("n", "channels", "height", "width"), [(1, 1, 28, 28), (7, 3, 40, 900)])
def test_contact_sheet_shapes(n: int, channels: int, height: int, width: int) -> None:
    figure = contact_figure(pictures(n, channels, height, width), ["x"] * n, title="Some")
    assert len(figure.axes[0].images) == n
    inside(figure)


def test_contact_sheet_has_bounds_and_says_so() -> None:
    figure = contact_figure(pictures(130), ["x"] * 130, title="Many")
    assert len(figure.axes[0].images) == 100
    assert "The first 100 of 130." in texts(figure)
    assert max(size(figure)) < 2500


def test_contact_sheet_errors() -> None:
    with pytest.raises(ValueError, match=r"float64 of shape \(1, 1, 2, 2\): give uint8"):
        contact_figure(np.zeros((1, 1, 2, 2)), ["x"])
    with pytest.raises(ValueError, match="give uint8"):
        contact_figure(pictures(1, channels=2), ["x"])
    with pytest.raises(ValueError, match="2 pictures but 1 label"):
        contact_figure(pictures(2), ["x"])


# Files


def every_picture(folder: Path) -> list[Path]:
    return [
        save(curves_figure(log(0.3, 0.01), title="t", paper_error=0.01), folder / "curves.png"),
        confusion_picture(matrix(4), list("abcd"), folder / "confusion.png", title="t"),
        mistakes_picture(
            pictures(2), [0, 1], [1, 0], [0.5, 0.6], ["a", "b"], folder / "mistakes.png", title="t"
        ),
    ]


def test_the_same_values_give_the_same_bytes(tmp_path: Path) -> None:
    import matplotlib

    first = [path.read_bytes() for path in every_picture(tmp_path)]
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "red", "axes.grid": True}):
        second = [path.read_bytes() for path in every_picture(tmp_path)]
        assert matplotlib.rcParams["font.size"] == 20, "the user's settings are back"
    assert first == second
    assert len(list(tmp_path.iterdir())) == 3, "nothing else is left"
    for path in tmp_path.iterdir():
        with Image.open(path) as picture:
            assert "Software" not in picture.info and "Creation Time" not in picture.info
            assert picture.info["dpi"] == pytest.approx((150, 150), abs=0.1)


def test_a_full_disk_leaves_the_old_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "curves.png"
    path.write_bytes(b"old")

    def full(source: object, target: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(source))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match=r"No space left on device: '.*/curves.png'"):
        save(curves_figure(log(0.1), title="t"), path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_file_errors(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"No such file or directory: '.*/no/curves.png'"):
        save(curves_figure(log(0.1), title="t"), tmp_path / "no" / "curves.png")
    with pytest.raises(ValueError, match=r"pictures are written as PNG; try curves.png"):
        save(curves_figure(log(0.1), title="t"), tmp_path / "curves.jpg")


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_backend_and_no_writable_settings_are_needed(tmp_path: Path) -> None:
    code = (
        "import sys, os; from papernets.draw.confusion import confusion_picture as p\n"
        f"import numpy as np; file = {str(tmp_path / 'a.png')!r}\n"
        "p(np.eye(2, dtype=int), ['a', 'b'], file, title='t')\n"
        "assert os.environ['MPLBACKEND'] == 'nonsense'\n"
        "assert not {'torch', 'sklearn', 'matplotlib.pyplot'} & set(sys.modules)"
    )
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = run(code, MPLBACKEND="nonsense", MPLCONFIGDIR=str(blocked / "x"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "a.png").exists()


def test_a_sensible_backend_stays_chosen() -> None:
    code = (
        "from papernets.draw.canvas import style\nwith style(): pass\n"
        "import matplotlib; assert matplotlib.get_backend() == 'svg', matplotlib.get_backend()"
    )
    done = run(code, MPLBACKEND="svg")
    assert done.returncode == 0, done.stderr


def test_importing_the_room_is_light() -> None:
    code = (
        "import sys, papernets.draw.curves, papernets.draw.confusion, papernets.draw.mistakes\n"
        "import papernets.evaluate\n"
        "assert not {'torch', 'sklearn', 'matplotlib'} & set(sys.modules)"
    )
    done = run(code)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("text", "longest", "short"),
    [
        ("abcdefghij", 10, "abcdefghij"),
        ("abcdefghijk", 6, "abc\u2026jk"),
        ("abcdefghijk", 5, "ab\u2026jk"),
    ],
)
def test_shorten_keeps_both_ends(text: str, longest: int, short: str) -> None:
    assert canvas.shorten(text, longest) == short
    assert len(short) <= longest
