"""The five lecture notes: every printed table and number, and what judges it."""

import math

import pytest
import siblings
from notes_text import differences, numbers, read

from papernets.nets import NETS, look_up
from papernets.nets.notes import NAMES, further, page
from papernets.nets.notes.examples import convolved, pooled
from papernets.nets.notes.judge import Judge, arithmetic, as_printed, needed, walked
from papernets.nets.notes.read import EACH, Grid, asides, matrix
from papernets.nets.notes.read import numbers as numbers_of_text
from papernets.said import NOTES as SOURCES
from papernets.said import check
from papernets.show.page import counted, labelled, page_list, panels, reasons

every_note = pytest.mark.parametrize("name", NAMES)


def found(name, line, quantity=None):
    """The checks of a line of a note, by quantity."""
    checks = [
        check(cell.claim)
        for number, cell in page(name).cells()
        if number == line and cell.claim is not None
    ]
    return [c for c in checks if quantity in (None, c.quantity)]


@every_note
def test_no_cell_is_without_a_mark_and_none_disagrees(name):
    made = page(name)
    assert made.unmarked == 0
    counts = counted(made)
    assert counts["DISAGREES"] == 0 and counts["agrees"] > 40
    assert sum(counts.values()) == sum(cell.number for _, cell in made.cells())


@pytest.mark.slow
@every_note
def test_every_number_of_the_text_is_in_our_data(name, shared_data):
    """Tables, worked examples and prose: line by line, as often as it is printed."""
    folder = shared_data.parent / "notes"
    if not folder.is_dir():
        pytest.skip(f"no notes in {folder}")
    assert differences(page(name), read(folder, name)) == []


def test_a_number_that_is_left_out_or_invented_would_be_seen():
    made = page("notes-002")
    lines = [""] * 260
    for number, cell in made.cells():
        lines[number - 1] += f" {cell.text}"
    said = differences(made, lines)
    assert not any(text.startswith("line 36:") for text in said)
    lines[35] += " 77"
    assert "line 36: not in our data ['77'], not in the line []" in differences(made, lines)
    lines[35] = lines[35].replace("34944", "34945")
    (text,) = (text for text in differences(made, lines) if text.startswith("line 36:"))
    assert text == "line 36: not in our data ['34945', '77'], not in the line ['34944']"


def test_what_is_no_number_of_the_text():
    assert not numbers("3. LeNet-5 of 1998, figure 2, see [40], conv2_1, VGG-16 and ResNet50")
    assert numbers("28×28×6, 122,304 and (5,5): 2.78") == numbers("28 28 6 122304 5 5 2.78")


# Numbers that a reader can check on the page: note, line, quantity, printed, verdict.
KNOWN = [
    # GoogLeNet's input cells of 3a and 3b, each against the map that goes in.
    ("notes-002", 168, "inception_3a.b3x3.reduce.input", (192, 28, 28), "agrees"),
    ("notes-002", 169, "inception_3a.b5x5.reduce.input", (96, 28, 28), "erratum"),
    ("notes-002", 177, "inception_3b.b5x5.reduce.input", (128, 28, 28), "erratum"),
    ("notes-002", 179, "inception_3b.b1x1.input", (192, 28, 28), "erratum"),
    # Zeros printed as 0.5: one in all, as pooling with a last window over the edge has them.
    ("notes-002", 106, "pool1.zeros a side that the sizes need", 0.5, "agrees"),
    ("notes-002", 111, "conv3_1.conv1.zeros a side that the sizes need", 0.5, "agrees"),
    ("notes-002", 164, "pool1.zeros a side that the sizes need", 0.5, "agrees"),
    ("notes-002", 259, "macs", 2e9, "agrees"),
    ("notes-002", 26, "top-5 accuracy of the second in ILSVRC-2012", 0.738, "measured"),
    ("notes-002", 59, "top-1 error that overlapping saves", 0.004, "measured"),
    ("notes-002", 60, "times that ReLU is faster there", 6, "measured"),
    # Sizes: 27 MB at 2^20 bytes; 89 fits thousandths of 2^30 bytes, as 227 and 515 do.
    ("notes-003", 1046, "megabytes of parameters, 2^20 bytes each", 27, "agrees"),
    ("notes-003", 1047, "float32 parameters in thousandths of 2^30 bytes", 89, "agrees"),
    ("notes-003", 1049, "megabytes in single precision", 96, "erratum"),
    ("notes-003", 236, "the three sums and a bias of 1", -25, "agrees"),
    ("notes-001", 957, "top-5 error on the test set, per cent", 4.94, "measured"),
    ("notes-001", 954, "top-5 error on the test set, per cent", 7.32, "measured"),
    ("notes-001", 956, "top-5 error on the test set, per cent", 6.8, "measured"),
    ("notes-001", 322, "steps of 128 in an epoch of 60,000", 469, "agrees"),
    ("notes-001", 339, "steps of 32 in 10,000 test pictures", 313, "agrees"),
    ("notes-001", 322, "test accuracy after one epoch", 0.9737, "measured"),
    ("notes-001", 322, "test loss after one epoch", 0.084, "measured"),
    ("notes-001", 1260, "error that label smoothing saves", 0.002, "measured"),
    ("notes-001", 416, "about share of parameters in convolutions", 0.06, "agrees"),
    ("notes-001", 416, "about share of parameters in dense layers", 0.94, "agrees"),
    ("notes-001", 416, "about share of operations in convolutions", 0.95, "agrees"),
    ("notes-001", 416, "about share of operations in dense layers", 0.05, "agrees"),
    ("notes-001", 645, "conv5_1.place", 10, "erratum"),
    ("notes-004", 212, "GoogLeNet's multiply-adds over AlexNet's", 2, "agrees"),
    ("notes-004", 262, "tasks of the list under it", 4, "erratum"),
    ("notes-000", 764, "(224 - 3)/1 + 1", 222, "agrees"),
    ("notes-000", 770, "(222 - 3)/1 + 1", 220, "agrees"),
    ("notes-000", 776, "(220 - 3)/1 + 1", 218, "agrees"),
    ("notes-000", 1112, "size of 64x64x100 under 20 1x1 filters", (20, 64, 64), "agrees"),
    ("notes-000", 418, "top-1 error that overlapping saves", 0.004, "measured"),
    ("notes-000", 374, "top-5 error that normalisation saves", 0.012, "measured"),
    ("notes-000", 400, "top-1 error that normalisation saves", 0.01, "measured"),
    ("notes-000", 478, "2*(256 - 224)*(256 - 224)", 2048, "agrees"),
]


@siblings.together("name, line, quantity, printed, verdict", KNOWN)
def test_a_number_that_no_verb_knew(name, line, quantity, printed, verdict):
    several = found(name, line, quantity.removeprefix("about "))
    assert several, [one.quantity for one in found(name, line)]
    for one in several:
        same = (printed, (printed, printed))
        assert one.printed in same or math.isclose(one.printed, printed)
        assert one.verdict == verdict
        assert bool(one.why) == (verdict != "agrees")


def test_results_have_the_papers_own_figure_beside_them():
    measured = [one for _, one in further() if one.verdict == "measured"]
    assert len(measured) > 50 and all(one.why and one.ours is None for one in measured)
    (second,) = found("notes-002", 26, "top-5 accuracy of the second in ILSVRC-2012")
    assert "26.2 %" in second.why and round(1 - 0.262, 3) == second.printed


def test_a_side_of_a_wrong_size_may_be_right():
    """Line 169: 28, 28 and 96 for 192 maps."""
    (line,) = (
        line for block in page("notes-002").blocks for line in block.lines if line.number == 169
    )
    inputs = [cell for cell in line.cells if cell.part is not None][:3]
    assert [cell.text for cell in inputs] == ["28", "28", "96"]
    assert [cell.verdict() for cell in inputs] == ["agrees", "agrees", "erratum"]


def test_the_printed_totals_are_the_sums_of_the_printed_rows():
    """Each table of notes 002 adds up, whatever its rows are worth."""
    for heading, total in (
        ("AlexNet Network - Structural Details", 62_378_344),
        ("ResNet18 - Structural Details", 11_511_784),
        ("GoogLeNet - Structural Details", 6_414_360),
    ):
        (block,) = (b for b in page("notes-002").blocks if b.heading == heading)
        last = [line.cells[-1].text for line in block.lines]
        assert int(last[-1].replace(",", "")) == total
        assert sum(int(text) for text in last[:-1] if text) == total


@every_note
def test_numbers_of_no_record_are_counted_once(name):
    made = page(name)
    keys = [(c.of, c.quantity, c.printed, c.why) for c in made.claims(held=False)]
    assert len(keys) == len(set(keys))
    listed = page_list(made)
    assert len(listed) == len(made.claims()) and all(one["lines"] for one in listed)
    names = {entry.name for entry in NETS} | {None}
    assert {one["network"] for one in listed} <= names


def test_what_a_record_holds_is_not_counted_again():
    held = {(e.name, c.quantity, c.printed) for e in NETS for c in look_up(e.name).claims}
    again = [
        (name, one.quantity, one.printed)
        for name, one in further()
        if (name, one.quantity, one.printed) in held and one.verdict != "agrees"
    ]
    assert again == []


def test_another_name_is_no_source():
    assert page("notes 002") is page("Notes_002") or page("notes 002") == page("notes-002")
    with pytest.raises(ValueError, match=r"unknown source 'notes-005'\. Sources: notes-000, notes"):
        page("notes-005")


# The readers

JUDGE = Judge(SOURCES[1], {"two and two": 4})


@pytest.mark.parametrize(
    ("text", "value", "about"),
    [
        *(("62 million", 62e6, True), ("19.6B", 19.6e9, True), ("60k", 60e3, True)),
        *(("1.8×10^9", 1.8e9, True), ("84.70%", 0.847, False), ("-498", -498, False)),
        *(("28x28x6", (6, 28, 28), False), ("(None, 24, 24, 6)", (6, 24, 24), False)),
        *(("5 X 5", (5, 5), False), ("3 227 227", (3, 227, 227), False), ("1/4", 0.25, False)),
        *(("about 2.78", 2.78, True), ("122,304", 122_304, False), ("3.0", 3, False)),
    ],
)
def test_a_number_is_read_as_it_is_printed(text, value, about):
    assert as_printed(text) == (value, about)


def test_maps_may_stand_first():
    assert as_printed("480×14×14", maps_first=True) == ((480, 14, 14), False)
    with pytest.raises(ValueError, match="'many' is no printed number"):
        as_printed("many")


def test_printed_arithmetic_is_computed():
    assert arithmetic("(5*5 + 1)*6*28*28") == 122_304 and arithmetic("-1*2 + 1/4") == -1.75
    for wrong in ("__import__('os')", "2**9", "a + 1"):
        with pytest.raises(ValueError, match="is no plain arithmetic"):
            arithmetic(wrong)


def grid(text, why=None, of="lenet5", columns=("word", "maps", "params")):
    return Grid("A table", of, ("layer", "maps", "parameters"), columns, text, why or {})


def test_a_table_is_judged_cell_by_cell():
    block = grid("7 C1 | conv | 6 | 155", {r"C1\.params": "a slip"}).read(JUDGE)
    (line,) = block.lines
    assert [cell.verdict() for cell in line.cells] == ["", "agrees", "erratum"]
    assert [cell.number for cell in line.cells] == [False, True, True]
    (block,) = (grid("7 C1 | conv | 6 | 155").read(JUDGE),)
    assert block.lines[0].cells[2].verdict() == "DISAGREES"


def test_a_reason_that_explains_nothing_is_an_error():
    with pytest.raises(ValueError, match=r"A table: nothing is like 'C1', or all of it agrees"):
        grid("7 C1 | conv | 6 | 156", {"C1": "a slip"}).read(JUDGE)
    with pytest.raises(ValueError, match="line 7: 4 cells are too many"):
        grid("7 C1 | conv | 6 | 156 | 9").read(JUDGE)
    with pytest.raises(ValueError, match=r"no quantity 'C9\.maps'"):
        grid("7 C9 | conv | 6").read(JUDGE)


def test_a_cell_may_say_what_it_prints_and_of_which_network():
    text = "7 lenet5 | LeNet-5 | 60k{params} | (rate 0.5)~0.5{alexnet: drop6.rate}"
    (line,) = grid(text, of=EACH).read(JUDGE).lines
    assert [cell.text for cell in line.cells] == ["LeNet-5", "60k", "(rate 0.5)"]
    assert [cell.verdict() for cell in line.cells] == ["", "agrees", "agrees"]


def test_numbers_of_the_text_and_what_is_none():
    block = numbers_of_text(
        "The text",
        'a b\n7  lenet5  C1.maps  6\n8  .  two and two  4\n9  .  "  5  paper:\n   five'[4:],
        JUDGE,
    )
    assert [line.number for line in block.lines] == [7, 8, 9]
    assert [line.cells[2].verdict() for line in block.lines] == ["agrees", "agrees", "measured"]
    with pytest.raises(ValueError, match="has 3 cells, not four or five"):
        numbers_of_text("The text", "7  lenet5  C1.maps", JUDGE)
    with pytest.raises(ValueError, match="nothing gives 'three and three'"):
        numbers_of_text("The text", "7  .  three and three  6", JUDGE)
    (one,) = asides("a year\n    7:1998 8:3,4\n")
    assert (one.why, one.numbers) == ("a year", ((7, "1998"), (8, "3"), (8, "4")))


def test_a_matrix_is_given_or_judged():
    given = matrix("Pixels", "7 | 1 | 2", JUDGE)
    assert [cell.verdict() for cell in given.lines[0].cells] == ["given", "given"]
    judged = matrix("Sums", "7 | 1 | 1*2=2", JUDGE, [[1, 3]])
    assert [cell.verdict() for cell in judged.lines[0].cells] == ["agrees", "DISAGREES"]


def test_the_examples_arithmetic():
    """By hand: a vertical edge under 1, 0, -1, and the largest of each 2x2."""
    edge = [[1, 0, -1]] * 3
    assert convolved([[10, 10, 0, 0]] * 3, edge) == [[30, 30]]
    assert convolved([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1]], step=2) == [[1, 3], [7, 9]]
    assert pooled([[1, 2, 3], [4, 5, 6], [7, 8, 9]], 2) == [[5, 6], [8, 9]]


def test_zeros_that_sizes_need():
    """112 to 56 by 3x3 at stride 2: (55*2 + 3 - 112)/2 a side."""
    assert needed(walked("googlenet")[1]["pool1"]) == (0.5, 0.5)


@pytest.mark.parametrize("room", [40, 80, 120])
def test_a_table_is_printed_in_panels_that_fit(room):
    marks = dict.fromkeys(("agrees", "erratum", "measured", "unexplained", "given"), "m")
    for block in page("notes-002").blocks[:4]:
        shown = list(panels(block, marks, room))
        heads = 1 + labelled(block)
        assert sum(len(p.columns) - heads for p in shown) == len(block.columns) - heads
        assert len(shown) > 1 or room > 40
        for panel in shown:
            rows = (panel.columns, *panel.rows)
            widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
            assert sum(widths) + 2 * (len(widths) - 1) <= room or len(panel.columns) == 2
        whole = [cell for line in block.lines for cell in line.cells[heads - 1 :] if cell.text]
        cells = (cell for panel in shown for row in panel.rows for cell in row[heads:])
        assert sum(map(bool, cells)) == len(whole)
    assert len(list(panels(block, marks))) == 1


def test_reasons_stand_once_with_their_numbers():
    (block,) = (b for b in page("notes-002").blocks if b.heading.startswith("GoogLeNet"))
    told = {why: several for _, why, several in reasons(block)}
    assert len(told) == len(list(reasons(block)))
    copied = told["the size is copied from another row"]
    assert "line 169: inception_3a.b5x5.reduce.input = 96x28x28, ours 192x28x28" in copied
