"""The page of all published numbers: current, complete, and a page that Markdown sets as meant."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from papernets.cli import main
from papernets.nets import NETS, look_up, net
from papernets.nets.notes import NAMES, further
from papernets.nets.notes import page as notes_page
from papernets.said import NOTES, Claim, Code, Departure, Paper, Record, verify
from papernets.said.fidelity import OnRecord, anchor, page

FILE = Path(__file__).resolve().parents[2] / "docs" / "fidelity.md"
NEW = os.environ.get("PAPERNETS_UPDATE_GOLDEN", "")
NETWORKS = tuple(OnRecord(found.net, found.record) for found in (look_up(e.name) for e in NETS))
FURTHER = further()
PAGE = page(NETWORKS, FURTHER)
PAPER = Paper("A title", "A, B", 1998, "somewhere")


def lenet5(*claims, departures=(), name="lenet5"):
    """LeNet-5, with this said of it alone."""
    return OnRecord(replace(net("lenet5"), name=name), Record("", PAPER, claims, departures))


def said(quantity, printed, why="", source=None):
    return Claim(quantity, printed, source or PAPER.at("section I"), why)


@pytest.mark.golden
def test_the_page_is_current():
    if NEW == "1":
        FILE.write_text(PAGE, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == PAGE, (
        f"{FILE} is not current: papernets verify --markdown > docs/fidelity.md"
    )


def test_the_verb_prints_the_page(capsys):
    assert main(["verify", "--markdown"]) == 0
    assert capsys.readouterr().out == PAGE
    assert main(["verify", "lenet5", "--markdown"]) == 0
    assert "| 1 networks |" in capsys.readouterr().out
    assert main(["verify", "--json", "--markdown"]) == 2
    assert "two forms of one thing" in capsys.readouterr().err


def test_the_totals_are_those_of_verify():
    every = [check for made in NETWORKS for check in verify(*made)]
    every += [check for _, check in FURTHER]
    for verdict, words in (
        ("agrees", "agree"),
        ("erratum", "errata, with reasons"),
        ("unexplained", "unexplained"),
        ("measured", "results for training"),
    ):
        (line,) = re.findall(rf"^\| {words} \|.*$", PAGE, re.M)
        *parts, together = (int(cell.replace(",", "")) for cell in line.split("|")[2:-1])
        assert sum(parts) == together == sum(check.verdict == verdict for check in every)
    assert "**disagree**" not in PAGE


def test_the_readme_says_the_same_counts():
    counts = {
        words: re.findall(rf"^\| {words} \| (\S+) .* (\S+) \|$", PAGE, re.M)[0]
        for words in ("agree", "errata, with reasons", "unexplained")
    }
    (agree, all_agree), (errata, all_errata), (unexplained, all_unexplained) = counts.values()
    readme = " ".join((FILE.parents[1] / "README.md").read_text(encoding="utf-8").split())
    for numbers in ((agree, errata, unexplained), (all_agree, all_errata, all_unexplained)):
        words = "{} agree; {} are errata, each with a reason; {} are unexplained. ".format(*numbers)
        assert words in readme
    assert "All are listed" in readme


def test_nothing_is_hidden():
    """Every contradicted number, every departure and every result stands on the page."""
    plain = PAGE.replace("\\", "")
    for made in NETWORKS:
        for check in verify(*made):
            if check.verdict in ("erratum", "unexplained"):
                assert f"`{check.quantity}`" in plain and str(check.source) in plain
                assert check.why.removeprefix("unexplained").removeprefix(": ") in plain
        for departure in made.departures:
            assert departure.what in plain and departure.where in plain
        for claim in made.record.claims:
            assert not claim.measured or claim.conditions in plain
        assert f"`{made.name}`" in plain
    for _, check in FURTHER:
        if check.verdict != "agrees":
            assert check.quantity in plain and check.why in plain and str(check.source) in plain


def test_none_is_left_out_is_said_of_what_a_test_holds():
    """`tests/nets/test_notes.py` reads the notes beside their data."""
    assert "None is left out of what the lecture notes print" in PAGE
    assert all(notes_page(name).unmarked == 0 for name in NAMES)


def test_every_link_of_the_index_is_a_heading():
    headings = [anchor(text) for text in re.findall(r"^#+ (.*)$", PAGE, re.M)]
    links = re.findall(r"\]\(#([^)]*)\)", PAGE)
    assert len(links) > 10 and set(links) <= set(headings)
    assert all(headings.count(link) == 1 for link in links)


def test_tables_have_as_many_cells_as_columns():
    for block in PAGE.split("\n\n"):
        lines = [line for line in block.split("\n") if line.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) <= 1


def test_marks_in_a_text_are_not_set():
    found = page((lenet5(departures=(Departure("a*b <c> `d` e|f", "x*y"),)),))
    assert r"- a\*b \<c\> \`d\` e\|f (*x\*y*)" in found
    found = page((lenet5(said("C1.params", "5*5*6", "6|7", NOTES[1].at())),))
    assert r"- `C1.params` = 5\*5\*6, ours 156. *notes 001*: 6\|7" in found


def test_a_number_that_disagrees_would_be_seen():
    found = page((lenet5(said("params", 60_001)),))
    assert "| **disagree** | 1 | 0 | 0 | 1 |" in found


def test_most_of_many_networks_are_named_by_the_others():
    shared = (Departure("as all but one", "section 1"),)
    several = [lenet5(departures=shared, name=f"net{n}") for n in range(9)]
    found = page((*several, lenet5(name="other")))
    assert "- as all but one (*section 1*): all but `other`\n" in found
    found = page((*several[:2], lenet5(name="other")))
    assert "(*section 1*): `net0`, `net1`\n" in found


def test_a_long_list_is_folded():
    notes = NOTES[1].at()
    many = [said(f"C{n}.params", n, "one slip", notes) for n in (1, 3, 5)]
    more = [said(f"S{n}.params", 7, "one slip", notes) for n in (2, 4)]
    rest = [said("F6.params", n, "one slip", notes) for n in (8, 9)]
    assert "<details>" not in page((lenet5(*many),))
    found = page((lenet5(*many, *more, *rest),))
    summary = "<details><summary>7 numbers</summary>`C1.params` = 1, ours"
    assert f"- *notes 001*: one slip {summary}" in found


def test_what_the_paper_prints_stands_before_what_others_print():
    sources = (NOTES[1].at(), Code("Caffe").at("a file"), PAPER.at("section 2"))
    errata = [said("C1.params", n, "why", source) for n, source in enumerate(sources)]
    found = page((lenet5(*errata),))
    assert re.findall(r"^(#{3,4} .*|- `C1.params` = \d)", found, re.M) == [
        *("### Errata", "#### Of papers", "- `C1.params` = 2"),
        *("#### Of released code", "- `C1.params` = 1", "#### Of notes", "- `C1.params` = 0"),
    ]
    assert "#### Of notes" not in page((lenet5(*errata[1:]),))


def test_a_network_without_a_paper_has_a_place():
    found = page((OnRecord(net("lenet5"), Record("mine")),))
    assert "| [Without a paper](#without-a-paper) | 1 |" in found
    assert "## Without a paper\n\n| network |" in found


def test_the_page_names_the_notes_that_have_a_name():
    assert "Premanand P. Ghadekar" in PAGE and "One Fourth Labs" in PAGE


@pytest.mark.parametrize(
    ("why", "known"), [("unexplained", ""), ("unexplained: one digit is off", "one digit is off")]
)
def test_what_nobody_explains_is_listed(why, known):
    one = lenet5(said("macs", 401_000, why, PAPER.at("figure 11")))
    (check,) = verify(*one)
    assert (check.verdict, check.why) == ("unexplained", why)
    found = page((one,))
    assert f"| `lenet5` | `macs` | 401,000 | 326,520 | figure 11 | {known} |" in found
