"""Claims: how they are read, when they agree, whose they are."""

import re

import pytest

from papernets.nets import NETS, beside, look_up
from papernets.said import (
    NOTES,
    WHO,
    Claim,
    Code,
    Departure,
    Notes,
    Paper,
    Source,
    Together,
    departures,
    error_of_paper,
    errors,
    of_rows,
    shown,
    table,
    value,
)
from papernets.said.claims import rounds_to

PAPER = Paper("A title", "A, B", 1998, "Proc. IEEE 86(11)")
SOMEWHERE = PAPER.at("section 1")


def claim(quantity, printed, **more):
    return Claim(quantity, printed, SOMEWHERE, **more)


def test_a_table_of_claims_is_read_line_by_line():
    read = PAPER.claims(
        """
quantity   printed       where     why it is wrong
params     about 60,000  abstract
C3.out     16x10x10      figure 2
C1.stride  2x2           "         32 to 28 needs stride 1;
           the table has it right
macs       below 5.7e9  .
rate       .             table 1   .
""",
        of="lenet5",
    )
    assert [c.quantity for c in read] == ["params", "C3.out", "C1.stride", "macs", "rate"]
    params, out, stride, macs, rate = read
    assert (params.printed, params.about, params.source) == (60_000, True, PAPER.at("abstract"))
    assert out.printed == (16, 10, 10) and not (out.about or out.below or out.wrong)
    assert stride.source == out.source and stride.wrong
    assert stride.why == "32 to 28 needs stride 1; the table has it right"
    assert (macs.printed, macs.below, str(macs.source)) == (5.7e9, True, "")
    assert (rate.printed, rate.why) == ("", "")
    assert all(c.of == ("lenet5",) for c in read)


def test_code_and_notes_stand_before_the_place():
    (one, two) = NOTES[1].claims("quantity  printed  where\na  1  VGG16\nb  2  : over 23 million")
    assert (str(one.source), str(two.source)) == ("notes 001, VGG16", "notes 001: over 23 million")
    (one,) = Code("timm 1.0").claims("quantity  printed\na  1")
    assert str(one.source) == "timm 1.0"
    both = "quantity  printed  where\na  1  table 2; notes 003\nb  2  table 2"
    (one, two) = Together(PAPER, NOTES[3]).claims(both)
    assert one.source == Source((PAPER, NOTES[3]), "table 2; notes 003")
    assert two.source == PAPER.at("table 2")


def test_our_value_comes_beside_what_is_no_rows():
    read = PAPER.claims("quantity  printed  where\nlayers  16  table 1", ours={"layers": 16})
    assert read[0].ours == 16
    read = PAPER.claims("quantity  printed  ours  where\nlayers  16  16  table 1\na.out  1x1  .  .")
    assert [one.ours for one in read] == [16, None]


def test_a_table_of_departures_is_read_line_by_line():
    read = departures("""
where                 what is done otherwise
section 3.5; torch    the input is 227x227,
      not 224x224: see the errata
"                     no dropout
figure 2              padding 2
""")
    assert read == (
        Departure("the input is 227x227, not 224x224: see the errata", "section 3.5; torch"),
        Departure("no dropout", "section 3.5; torch"),
        Departure("padding 2", "figure 2"),
    )
    with pytest.raises(ValueError, match="a table of departures has no column 'place'"):
        departures("place  what\nfigure 2  padding 2")


def test_of_several_notes_a_place_must_name_one():
    with pytest.raises(ValueError, match="'VGG16' names none of the notes"):
        Together(*NOTES).at("VGG16")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("quantity  printd\na  1", "no column 'printd': quantity, printed, where"),
        ("quantity  printed\na  1  2", "'a  1  2' has 3 cells for 2 columns"),
        ("quantity  printed  where\na  1 table 1", "'a  1 table 1' has no cell for 'where': cells"),
        ("quantity  printed  where\na 1 table 1", "'a 1 table 1' has no cell for 'printed': cells"),
        ("quantity  printed  where  conditions\na  1 table 1  b", "a: '1 table 1' is no number"),
    ],
)
def test_a_wrong_table_of_claims_says_where(text, message):
    with pytest.raises(ValueError, match=message):
        PAPER.claims(text)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        *(("60,000", 60_000), ("1516", 1516), ("-1", -1), ("1.8e9", 1.8e9), ("0.75", 0.75)),
        *(("16x10x10", (16, 10, 10)), ("0.95 %", 0.0095), ("17.0 %", 0.17), ("tanh", "tanh")),
        *(('"1998"', "1998"), ("V, l, k", "V, l, k"), ("conv", "conv"), (".5", 0.5), ("", "")),
    ],
)
def test_a_cell_is_read_as_it_is_printed(cell, read):
    found = value(cell)
    assert found == read and type(found) is type(read)


def test_a_claim_a_cell_column_by_column():
    read = of_rows(table("layer  params  out\nC1  156  6x28x28\nS2  12  ."), SOMEWHERE)
    assert [(c.quantity, c.printed) for c in read] == [
        *(("C1.params", 156), ("S2.params", 12), ("C1.out", (6, 28, 28))),
    ]


def test_errors_are_top_1_and_top_5():
    one, five = errors("40.7/18.2", "ten crops", SOMEWHERE)
    assert (one.printed, one.conditions) == (0.407, "ten crops, top-1")
    assert (five.printed, five.conditions) == (0.182, "ten crops, top-5")
    assert [c.printed for c in errors("10.41", "CIFAR-10", SOMEWHERE)] == [0.1041]


@pytest.mark.parametrize(
    ("ours", "printed"),
    [
        (2578, 2600),  # LeCun et al. 1998: LeNet-1 has about 2,600 free parameters
        (98_442, 100_000),  # and about 100,000 connections
        (60_965_224, 60_000_000),  # Krizhevsky et al. 2012: 60 million parameters
        (60_965_224, 61_000_000),
        (0.0095, 0.01),
        (0.0149, 0.01),
        (5_713_216_096, 5_700_000_000),
        (5_763_216_096, 5_700_000_000),  # cut off after two digits
        (5_400_000_000, 5_000_000_000),
        (17, 17),
        (0, 0),
    ],
)
def test_a_rounded_number_is_met(ours, printed):
    assert rounds_to(ours, printed)


@pytest.mark.parametrize(
    ("ours", "printed"),
    [
        (51_050, 17_000),  # the dense LeNet-4 against the paper's
        (2700, 2600),
        (71_000_000, 60_000_000),
        (62_378_344, 61_000_000),  # one tower is not the paper's two
        (0.021, 0.01),
        (5_713_216_096, 5_000_000_000),  # Szegedy et al. 2015, abstract: one digit rounds to 6
        (0.0199, 0.01),
        (1, 0),
    ],
)
def test_another_number_is_not(ours, printed):
    assert not rounds_to(ours, printed)


def test_zeros_may_be_printed_digits():
    """GoogLeNet, table 1: 840K in a column of 437K and 463K is no 848."""
    assert rounds_to(848, 840) and not rounds_to(848, 840, exact=True)
    assert rounds_to(840.4, 840, exact=True) and rounds_to(2.71, 2.7, exact=True)
    (one,) = PAPER.claims("quantity  printed\nparams  exactly 60,000")
    assert one.exact and one.printed == 60_000 and not one.about


def test_claims_are_exact_unless_the_source_rounds():
    assert claim("params", 60_000).agrees(60_000)
    assert not claim("params", 60_000).agrees(60_001)
    assert claim("params", 60_000, about=True).agrees(60_001)
    assert not claim("params", 60_000, about=True).agrees(70_001)
    assert claim("C1.out", (6, 28, 28)).agrees((6, 28, 28))
    assert not claim("C1.out", (6, 28, 28)).agrees((6, 28, 27))
    assert not claim("C1.out", (6, 28, 28), about=True).agrees(6)


def test_a_source_may_say_less_than_a_number():
    under = claim("params", 25_000_000, below=True)
    assert under.agrees(24_078_536)
    assert not under.agrees(25_000_000)
    assert not under.agrees(25_769_544)


def test_only_an_error_is_measured():
    assert claim("error", 0.0095).measured
    assert not claim("params", 60_000).measured


def test_a_paper_prints_so_that_it_can_be_found():
    assert str(PAPER) == "A, B (1998). A title. Proc. IEEE 86(11)."


def test_values_are_frozen():
    for one in (Departure("a", "b"), claim("params", 1), SOMEWHERE, PAPER):
        with pytest.raises(AttributeError):
            one.quantity = "changed"


@pytest.mark.parametrize(
    ("origins", "who", "in_notes"),
    [
        ((PAPER,), "paper", False),
        ((Code("timm"),), "code", False),
        ((NOTES[1],), "notes", True),
        ((NOTES[0], PAPER), "paper", True),
        ((Code("timm"), NOTES[2]), "code", True),
        ((Code("timm"), PAPER), "paper", False),
    ],
)
def test_a_number_is_of_the_weightiest_who_prints_it(origins, who, in_notes):
    source = Source(origins, "somewhere")
    assert (source.who, source.in_notes, str(source)) == (who, in_notes, "somewhere")


PRINTED = re.compile(
    r"(section|table|figure) [\w.]|abstract|appendix|[A-Z]\w+( et al\.|, \w+, \w+)? \d{4}|"
    r"[A-Z]\w+ et al\. \d{4}|the network's name$"
)


def test_no_other_source_is_called_a_papers():
    """A paper's number says where in it, or which other paper; the rest is code or notes."""
    found = {claim.source for entry in NETS for claim in look_up(entry.name).claims}
    alone = [s for s in found if s.who == "paper" and all(isinstance(o, Paper) for o in s.origins)]
    parts = [part.strip() for source in alone for part in source.place.split(";")]
    assert len(parts) > 50
    assert [part for part in parts if not PRINTED.match(part)] == []
    assert {source.who for source in found} == set(WHO)


def test_a_source_names_the_notes_that_it_is_in():
    """The words of a place and its origins say the same of the notes."""
    for entry in NETS:
        for claim in look_up(entry.name).claims:
            of = {origin.number for origin in claim.source.origins if isinstance(origin, Notes)}
            listed = re.findall(r"notes (\d{3}(?:(?:,| and) \d{3})*)", str(claim.source))
            assert of == {number for numbers in listed for number in re.findall(r"\d{3}", numbers)}


def test_claims_hold_for_what_was_printed_alone():
    for name, changed in (
        ("lenet5", {"classes": 9}),
        ("lenet5", {"channels": 3}),
        ("lenet5", {"input": 36}),
        ("boosted_lenet4", {"input": 40}),
    ):
        assert look_up(name).claims and not look_up(name, **changed).claims
        assert look_up(name, **changed).record.claims
        assert beside(look_up(name).net).claims == look_up(name).claims


@pytest.mark.parametrize(
    ("value", "text"),
    [(60_000, "60,000"), ((6, 28, 28), "6x28x28"), (0.75, "0.75"), (2.0, "2"), ("same", "same")],
)
def test_values_as_people_write_them(value, text):
    assert shown(value) == text and shown(None) == ""


def test_the_papers_error_is_not_that_of_notes():
    notes = Claim("error", 0.0263, NOTES[1].at())
    paper = claim("error", 0.0095)
    assert error_of_paper((claim("params", 1), notes, paper)) is paper
    assert error_of_paper((notes,)) is None
    assert error_of_paper((Claim("error", 0.328, Code("TF-slim's models").at()),)) is None
