"""A committee is a bundle of bundles, which lie inside it and are networks."""

import math
import re
from dataclasses import replace

import pytest
from small_bundles import INFO, RULE, model_of, spoil

from papernets.bundle.committee import Committee
from papernets.bundle.create import create_model
from papernets.bundle.load import load_bundle
from papernets.bundle.save import save_bundle


def test_a_committee(bundle):
    pile = bundle.parent / "pile"
    for name in "12":
        save_bundle(pile / name, INFO, model_of(seed=int(name)).state_dict())
    rule = {"name": "sum", "weights": [0.5, 2.0], "alone": 1.5, "margin": 0.25}
    info = replace(INFO, kind="committee", members=("1", "2"), rule=rule)
    save_bundle(pile, info, None)
    found = load_bundle(pile)
    assert isinstance(found.model, Committee) and found.info == info
    assert (found.model.weights, found.model.alone, found.model.margin) == ((0.5, 2.0), 1.5, 0.25)
    assert isinstance(create_model(pile), Committee)
    for given, message in (
        ({"num_classes": 3}, "is a trained committee with classes 10, not 3"),
        ({"in_chans": 3}, "is a trained committee with channels 1, not 3"),
        ({"input": 32}, r"is a trained committee with input \(28, 28\), not \(32, 32\)"),
    ):
        with pytest.raises(ValueError, match=message):
            create_model(pile, **given)
    assert isinstance(create_model(pile, num_classes=10, in_chans=1, input=28), Committee)
    spoil(pile / "2", classes=list("abcdefghij"))
    with pytest.raises(ValueError, match="2 has other classes than its committee"):
        load_bundle(pile)
    spoil(pile, members=[])
    with pytest.raises(ValueError, match=r"is a committee without members\. Copy the"):
        load_bundle(pile)
    spoil(pile, members=["1", "9"])
    with pytest.raises(FileNotFoundError, match="9"):
        load_bundle(pile)


@pytest.mark.parametrize(
    "values, message",
    [
        *(
            ({"members": ["1", name]}, "'members' is [")
            for name in ("..", ".", "", "/tmp", "a/../../b", "../pile", "2/", "c:\\x", "a\\b")
        ),
        ({"members": "12"}, "'members' is \"12\", not a list of folders inside the bundle's"),
        ({"rule": RULE | {"name": "vote"}}, "rule: 'name' is \"vote\", not sum, the rule that"),
        ({"rule": RULE | {"weights": [1.0]}}, "rule: 'weights' are 1 for 2 members; each has one"),
        ({"rule": RULE | {"weights": []}}, "rule: 'weights' are 0 for 2 members; each has one"),
        ({"rule": RULE | {"weights": [1, True]}}, "rule: 'weights' is [1, true], not a list of nu"),
        ({"rule": RULE | {"weights": [1, math.nan]}}, "'weights' is [1, NaN], not a list of numbe"),
        ({"rule": RULE | {"weights": 3}}, "'weights' is 3, not a list of numbers"),
        ({"rule": RULE | {"alone": "x"}}, "'alone' is \"x\", not a number above 0"),
        ({"rule": RULE | {"alone": None}}, "'alone' is null, not a number above 0"),
        ({"rule": RULE | {"margin": math.inf}}, "'margin' is Infinity, not a number, or null"),
        ({"rule": None}, "'rule' is null, not a table"),
    ],
)
def test_a_committee_that_is_wrong(pile, values, message):
    spoil(pile, **values)
    with pytest.raises(ValueError, match=re.escape(message)) as found:
        load_bundle(pile)
    assert str(pile / "bundle.json") in str(found.value) and "Copy the bundle" in str(found.value)


def test_members_lie_inside_and_are_networks(pile, bundle):
    (pile / "3").symlink_to(bundle)
    spoil(pile, members=["1", "3"])
    with pytest.raises(
        ValueError, match=r"3 leads out of its committee's folder .*Copy the bundle"
    ):
        load_bundle(pile)
    (pile / "3").unlink()
    (pile / "3").mkdir()
    (pile / "3" / "bundle.json").write_bytes((pile / "bundle.json").read_bytes())
    with pytest.raises(ValueError, match=r"3 is a committee within the committee .*pile: members"):
        load_bundle(pile)
    spoil(pile, members=["1", "2"], rule={})
    assert load_bundle(pile).model.weights == (1.0, 1.0)


def test_a_members_name_is_no_code(bundle, evil):
    pile = bundle.parent / "pile"
    save_bundle(pile, replace(INFO, kind="committee", members=("evil.py",)), None)
    evil.rename(pile / "evil.py")
    with pytest.raises(
        FileNotFoundError, match=r"evil\.py is not a bundle: it has no bundle\.json"
    ):
        load_bundle(pile)
    assert not (pile / "evil.ran").exists()
