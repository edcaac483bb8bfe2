"""What `make test` leaves out has its kind there, and cases in one test are all tried."""

import pytest
import siblings

from papernets.nets import NETS, list_nets, net
from papernets.spec.layer import Layer
from papernets.spec.tree import each_part

BODIES = {name: getattr(net(name), "member", net(name)).body for name in list_nets()}


def kinds(names):
    """The classes of layers and joins of these networks, with their activations."""
    return {
        (type(part), getattr(part, "activation", None) if isinstance(part, Layer) else None)
        for name in names
        for _, part in each_part(BODIES[name])
    }


def test_every_kind_of_layer_and_every_family_is_tested_each_day():
    daily = [name for name in BODIES if not siblings.left_to_check(name)]
    assert kinds(daily) == kinds(BODIES)
    assert kinds(siblings.FEW) == kinds(daily)
    families = {entry.family for entry in NETS}
    assert {entry.family for entry in NETS if entry.name in daily} == families
    assert set(siblings.FEW) <= set(daily)


def test_cases_in_one_test_are_all_tried(tmp_path):
    seen = []

    @siblings.together("a, b", [(1, 2), (3, 4), (5, 6)])
    def tried(tmp_path, a, b):
        seen.append((tmp_path, a + b))
        assert a == 3

    with pytest.raises(AssertionError) as found:
        tried(tmp_path=tmp_path)
    assert seen == [(tmp_path, 3), (tmp_path, 7), (tmp_path, 11)]
    assert found.value.__notes__ == ["2 of 3 cases of a, b fail:\n(1, 2)\n(5, 6)"]


def test_each_value_of_combinations_occurs():
    every = siblings.crossed("abc", [(1, "x"), (2, "y")], "wxyz")
    daily = [one.values for one in every if not one.marks]
    assert (len(every), len(daily)) == (24, 4)
    assert all(len({case[at] for case in daily}) == n for at, n in enumerate((3, 2, 2, 4)))
