"""Published numbers against our arithmetic, and what `explain --json` says of a network."""

import json
from dataclasses import replace

import pytest

from papernets.nets.registry import NETS, net
from papernets.said import Departure, Erratum, Fact, verify
from papernets.show.explain import explain_dict
from papernets.spec import totals, walk


def lenet5(**changes):
    return replace(net("lenet5"), **{"facts": (), "errata": (), **changes})


@pytest.mark.parametrize("entry", NETS, ids=lambda entry: entry.name)
def test_no_published_number_disagrees(entry):
    checks = verify(entry.make())
    assert [check for check in checks if check.verdict == "DISAGREES"] == []
    assert any(check.verdict in ("agrees", "measured") for check in checks)


def test_a_false_number_disagrees():
    (check,) = verify(lenet5(facts=(Fact("params", 60_001, "nowhere"),)))
    assert (check.verdict, check.printed, check.ours) == ("DISAGREES", 60_001, 60_000)


def test_a_true_erratum_disagrees_with_itself():
    (check,) = verify(lenet5(errata=(Erratum("params", 60_000, "nowhere", "because"),)))
    assert check.verdict == "DISAGREES"
    assert check.why == "listed as an erratum, but our number is the same"


def test_a_rounded_number_agrees_and_says_so():
    exact, rounded = verify(
        lenet5(facts=(Fact("params", 60_000, "a"), Fact("connections", 341_000, "b", about=True)))
    )
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
    variant, right = net(name), net(other)
    assert not [e for e in variant.errata if (e.quantity, e.printed) == (quantity, printed)]
    (check,) = (c for c in verify(right) if (c.quantity, c.printed) == (quantity, printed))
    assert check.verdict == "agrees"
    (said,) = (d for d in variant.departures if all(word in d.what for word in words))
    assert said.where and (other in said.what or other == "resnet18")
    (fact,) = (f for f in right.facts if (f.quantity, f.value) == (quantity, printed))
    missed = 4 if quantity.startswith("modules") else getattr(totals(walk(variant)), quantity)
    if quantity == "macs":  # 2.0 billion: two digits are printed
        assert round(missed / 1e9, 1) != 2.0
    else:
        assert not fact.agrees(missed)


def test_an_erratum_says_why():
    (check,) = verify(lenet5(errata=(Erratum("C1.params", 26, "notes", "one kernel"),)))
    assert (check.verdict, check.ours, check.why) == ("erratum", 156, "one kernel")


def test_an_erratum_that_nobody_can_explain_is_another_verdict():
    for why in ("unexplained", "unexplained: the digits are swapped, perhaps"):
        (check,) = verify(lenet5(errata=(Erratum("C1.params", 26, "notes", why),)))
        assert (check.verdict, check.ours, check.why) == ("unexplained", 156, why)


def test_less_than_a_number_is_not_rounded():
    (check,) = verify(lenet5(facts=(Fact("params", 61_000, "a", below=True),)))
    assert (check.verdict, check.below, check.rounded) == ("agrees", True, False)
    (check,) = verify(lenet5(facts=(Fact("params", 60_000, "a", below=True),)))
    assert check.verdict == "DISAGREES"


def test_a_result_is_measured_not_computed():
    (check,) = verify(lenet5(facts=(Fact("error", 0.0095, "section III-B"),)))
    assert (check.verdict, check.ours) == ("measured", None)


def test_a_number_may_bring_its_own_arithmetic():
    (check,) = verify(lenet5(facts=(Fact("a layer beside", 12, "notes", ours=12),)))
    assert check.verdict == "agrees"


@pytest.mark.parametrize("quantity", ["parms", "C9.params", "C1.parms", "C1"])
def test_an_unknown_quantity_is_an_error(quantity):
    with pytest.raises(ValueError, match=f"no quantity '{quantity}'"):
        verify(lenet5(facts=(Fact(quantity, 1, "nowhere"),)))


# DESIGN.md, "Contracts that others rely on"
KEYS = [
    *("schema", "name", "ledger_name", "title", "paper", "input", "classes", "params"),
    *("fixed_params", "macs", "aux_params", "aux_macs", "connections", "rows", "facts"),
    *("errata", "departures"),
]
ROW_KEYS = [
    *("name", "kind", "in", "out", "kernel", "stride", "padding", "groups", "activation"),
    *("params", "macs", "connections", "receptive_field", "field_stride", "formula", "aux"),
    "settings",  # what counts do not show: added to the contract's keys
]


@pytest.mark.parametrize("entry", NETS, ids=lambda entry: entry.name)
def test_explain_keeps_its_schema(entry):
    made = entry.make()
    said = json.loads(json.dumps(explain_dict(made)))
    assert said["schema"] == 1
    assert list(said)[: len(KEYS)] == KEYS
    assert all(list(row) == ROW_KEYS for row in said["rows"])
    assert len(said["facts"]) + len(said["errata"]) == len(verify(made))


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
    changed = lenet5(departures=(Departure("what", "where"),))
    assert explain_dict(changed)["departures"] == [{"what": "what", "where": "where"}]
