"""Published numbers against our arithmetic, and what `explain --json` says of a network."""

import json

import pytest
import siblings

import papernets
from papernets.nets import NETS, look_up, net
from papernets.nets.shelf import Found, Shelf
from papernets.said import NOTES, Claim, Departure, Paper, Record, verify
from papernets.show.explain import explain_dict
from papernets.spec import Conv, Net, chain, totals, walk

PAPER = Paper("A title", "A, B", 1998, "somewhere")


def checked(*claims):
    return verify(net("lenet5"), Record("LeNet-5", PAPER, claims))


def said(quantity, printed, why="", **more):
    return Claim(quantity, printed, PAPER.at("section 1"), why, **more)


@siblings.together("entry", NETS)
def test_no_published_number_disagrees(entry):
    checks = papernets.verify(entry.name)
    assert [check for check in checks if check.verdict == "DISAGREES"] == []
    assert any(check.verdict in ("agrees", "measured") for check in checks)


def test_a_false_number_disagrees():
    (check,) = checked(said("params", 60_001))
    assert (check.verdict, check.printed, check.ours) == ("DISAGREES", 60_001, 60_000)


def test_a_true_erratum_disagrees_with_itself():
    (check,) = checked(said("params", 60_000, "because"))
    assert check.verdict == "DISAGREES"
    assert check.why == "listed as an erratum, but our number is the same"


@pytest.mark.parametrize("printed", [341_000, 340_000, 300_000])
def test_an_erratum_to_which_ours_rounds_is_none(printed):
    """340,908 rounds to 341,000 and to 300,000, and 340,000 is cut off."""
    (check,) = checked(said("connections", printed, "because"))
    assert (check.verdict, check.why) == (
        "DISAGREES",
        "listed as an erratum, but ours rounds to it",
    )
    (check,) = checked(said("connections", printed, "because", exact=True))
    assert check.verdict == "erratum"


def test_a_block_has_the_sums_of_its_rows():
    """GoogLeNet's module 3a: 159K parameters and 128M multiply-adds in table 1; a fire module."""
    inside = [row for row in walk(net("googlenet")) if row.name.startswith("inception_3a.")]
    claims = (
        said("inception_3a.params", 163_696),
        said("inception_3a.macs", sum(row.macs for row in inside)),
        said("inception_3a.b3x3.out", (128, 28, 28)),
        said("inception_3a.b3x3.input", (192, 28, 28)),
        said("inception_3a.out", (256, 28, 28)),
    )
    checks = verify(net("googlenet"), Record("GoogLeNet", PAPER, claims))
    assert [check.verdict for check in checks] == ["agrees"] * 5
    squeezed = chain({"squeeze": Conv(2, 1), "expand": Conv(3, 3)})
    mine = Net("mine", (1, 8, 8), 3, chain({"conv1": Conv(4, 1), "fire2": squeezed}))
    claims = (said("fire2.params", 10 + 57), said("fire2.out", (3, 6, 6)))
    checks = verify(mine, Record("mine", PAPER, claims))
    assert [check.verdict for check in checks] == ["agrees"] * 2
    with pytest.raises(ValueError, match=r"no quantity 'fire2\.kernel'"):
        verify(mine, Record("mine", PAPER, (said("fire2.kernel", (1, 1)),)))


def test_a_rounded_number_agrees_and_says_so():
    exact, rounded = checked(said("params", 60_000), said("connections", 341_000, about=True))
    assert (exact.verdict, exact.rounded) == ("agrees", False)
    assert (rounded.verdict, rounded.rounded, rounded.ours) == ("agrees", True, 340_908)


# A right number that a variant misses: the variant, our words for both, whose number it is.
MISSED = [
    ("lenet4_notes", ("51,050", "17,000"), "lenet4", "params", 17_000),
    ("resnet18_notes_table", ("11,511,784", "11,689,512"), "resnet18", "params", 11_689_512),
    ("inception_v2", ("four modules", "prints 5"), "inception_v2_5b", "modules of figure 6", 5),
    ("inception_v2_5b", ("25,769,544", "25 million"), "inception_v2", "params", 25_000_000),
    ("bn_inception", ("1.9 billion", "2.0"), "bn_inception_plain_stem", "macs", 2e9),
    ("bn_inception_576", ("1.9 billion", "2.0"), "bn_inception_plain_stem", "macs", 2e9),
    ("bn_inception_slim", ("1.9 billion", "2.0"), "bn_inception_plain_stem", "macs", 2e9),
]


@pytest.mark.parametrize(("name", "words", "other", "quantity", "printed"), MISSED)
def test_a_right_number_is_no_erratum_of_its_source(name, words, other, quantity, printed):
    """It speaks against the variant that misses it, and the variant says so."""
    variant, right = look_up(name), look_up(other)
    wrong = [(c.quantity, c.printed) for c in variant.claims if c.wrong]
    assert (quantity, printed) not in wrong
    (check,) = (
        c for c in papernets.verify(right) if (c.quantity, c.printed) == (quantity, printed)
    )
    assert check.verdict == "agrees"
    (own,) = (d for d in variant.record.departures if all(word in d.what for word in words))
    assert own.where and (other in own.what or other == "resnet18")
    (fact,) = (c for c in right.claims if (c.quantity, c.printed) == (quantity, printed))
    missed = 4 if quantity.startswith("modules") else getattr(totals(walk(variant.net)), quantity)
    if quantity == "macs":  # 2.0 billion: two digits are printed
        assert round(missed / 1e9, 1) != 2.0
    else:
        assert not fact.agrees(missed)


def test_errata_stand_behind_what_agrees():
    checks = checked(said("params", 1, "wrong"), said("params", 60_000))
    assert [check.verdict for check in checks] == ["agrees", "erratum"]


def test_a_network_is_checked_by_its_name_or_as_it_is():
    checks = papernets.verify("LeNet-5")
    assert len(checks) == 37 and checks == papernets.verify(net("lenet5"))
    assert papernets.verify(look_up("lenet5")) == checks
    assert papernets.verify(net("lenet5", classes=9)) == ()
    assert {type(check.source.origins[0]) for check in checks} == {Paper, type(NOTES[0])}


def test_an_erratum_says_why():
    (check,) = checked(said("C1.params", 26, "one kernel"))
    assert (check.verdict, check.ours, check.why) == ("erratum", 156, "one kernel")


def test_an_erratum_that_nobody_can_explain_is_another_verdict():
    for why in ("unexplained", "unexplained: the digits are swapped, perhaps"):
        (check,) = checked(said("C1.params", 26, why))
        assert (check.verdict, check.ours, check.why) == ("unexplained", 156, why)


def test_less_than_a_number_is_not_rounded():
    (check,) = checked(said("params", 61_000, below=True))
    assert (check.verdict, check.below, check.rounded) == ("agrees", True, False)
    (check,) = checked(said("params", 60_000, below=True))
    assert check.verdict == "DISAGREES"


def test_a_result_is_measured_not_computed():
    (check,) = checked(said("error", 0.0095))
    assert (check.verdict, check.ours) == ("measured", None)


def test_a_number_may_bring_its_own_arithmetic():
    (check,) = checked(said("a layer beside", 12, ours=12))
    assert check.verdict == "agrees"


@pytest.mark.parametrize("quantity", ["parms", "C9.params", "C1.parms", "C1"])
def test_an_unknown_quantity_is_an_error(quantity):
    with pytest.raises(ValueError, match=f"no quantity '{quantity}'"):
        checked(said(quantity, 1))


# DESIGN.md, "Contracts that others rely on"
KEYS = [
    *("schema", "name", "ledger_name", "title", "paper", "input", "classes", "params"),
    *("fixed_params", "macs", "aux_params", "aux_macs", "connections", "rows", "facts"),
    *("errata", "departures", "activations", "running_statistics", "stages", "memory"),
]
ROW_KEYS = [
    *("name", "kind", "in", "out", "kernel", "stride", "padding", "groups", "activation"),
    *("params", "macs", "connections", "receptive_field", "field_stride", "formula", "aux"),
    # added to the contract's keys: what counts do not show, and the columns of the tables
    *("settings", "neurons", "fixed_params", "running_statistics", "params_share", "macs_share"),
    *("bytes", "smallest_field", "field_start"),
]


@pytest.mark.parametrize("entry", siblings.each({entry.name: entry for entry in NETS}))
def test_explain_keeps_its_schema(entry):
    made = entry.make()
    said = json.loads(json.dumps(explain_dict(made)))
    assert said["schema"] == 1
    assert list(said)[: len(KEYS)] == KEYS
    assert all(list(row) == ROW_KEYS for row in said["rows"])
    assert len(said["facts"]) + len(said["errata"]) == len(papernets.verify(made))


def test_explain_of_lenet5():
    said = explain_dict(net("lenet5"))
    assert (said["params"], said["fixed_params"], said["connections"]) == (60_000, 840, 340_908)
    assert said["ledger_name"] == "lenet5_1998"
    assert said["input"] == [1, 32, 32]


def test_a_committee_counts_all_its_members():
    boosted, member = net("boosted_lenet4"), net("lenet4")
    said, one = explain_dict(boosted), totals(walk(member))
    assert (said["members"], said["member"]) == (3, "lenet4")
    assert (said["params"], said["macs"]) == (3 * one.params, 3 * one.macs)
    assert len(said["rows"]) == len(walk(member))


def test_departures_are_printed():
    record = Record("LeNet-5", PAPER, departures=(Departure("what", "where"),))
    changed = Found(net("lenet5"), Shelf(lambda net: record))
    assert explain_dict(changed)["departures"] == [{"what": "what", "where": "where"}]
