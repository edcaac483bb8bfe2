"""The tree of layers: listed, visited and rebuilt in the order in which it computes."""

from dataclasses import replace

from small_nets import BRANCHES, SHORTCUTS

from papernets.nets.registry import net
from papernets.spec import (
    Add,
    Aux,
    Chain,
    Concat,
    Conv,
    Dropout,
    Layer,
    Visitor,
    add,
    chain,
    concat,
    each_part,
    rebuilt,
    walk,
)


class Ways(Visitor):
    """The longest way to each layer and join, and where heads stand."""

    def __init__(self):
        self.found = []

    def layer(self, name, layer, value):
        self.found.append((name, value))
        return value + 1

    def join(self, name, join, value, ends):
        self.found.append((name, value, list(ends)))
        return max(ends)

    def head(self, name, aux, value):
        self.found.append((name, "head"))
        super().head(name, aux, value)


TREE = chain(
    {
        "first": Conv(1, 1),
        "fork": concat({"a": chain({"one": Conv(1, 1), "two": Conv(1, 1)}), "b": Conv(1, 1)}),
        "aux": Aux(chain({"out": Conv(1, 1)}), 0.3),
        "block": add({"": chain({"conv": Conv(1, 1)}), "shortcut": Conv(1, 1)}),
    }
)


def test_a_value_goes_with_the_data_into_branches_and_past_heads():
    ways = Ways()
    assert ways.through(TREE, 0) == 4
    assert ways.found == [
        ("first", 0),
        ("fork.a.one", 1),
        ("fork.a.two", 2),
        ("fork.b", 1),
        ("fork", 1, [3, 2]),
        ("aux", "head"),
        ("aux.out", 3),
        ("block.conv", 3),
        ("block.shortcut", 3),
        ("block", 3, [4, 4]),
    ]


def test_each_part_has_its_full_name_and_stands_before_what_is_in_it():
    found = [(name, type(part)) for name, part in each_part(TREE)]
    assert found == [
        ("", Chain),
        ("first", Conv),
        ("fork", Concat),
        ("fork.a", Chain),
        ("fork.a.one", Conv),
        ("fork.a.two", Conv),
        ("fork.b", Conv),
        ("aux", Aux),
        ("aux", Chain),
        ("aux.out", Conv),
        ("block", Add),
        ("block", Chain),
        ("block.conv", Conv),
        ("block.shortcut", Conv),
    ]


def test_its_layers_and_joins_are_the_rows():
    for network in (BRANCHES, SHORTCUTS, net("inception_v3"), net("resnet1202")):
        parts = {
            name: part for name, part in each_part(network.body) if not isinstance(part, Chain)
        }
        rows = {row.name: row.layer for row in walk(network)}
        heads = {name for name, part in parts.items() if isinstance(part, Aux)}
        assert parts.keys() - heads == rows.keys()
        assert all(parts[name] is rows[name] for name in rows)


def test_rebuilding_without_a_change_is_the_same():
    for network in (BRANCHES, SHORTCUTS, net("resnet1202")):
        assert rebuilt(network.body, lambda name, part: part) == network.body


def test_a_change_sees_every_part_by_name_inner_ones_first():
    seen = []
    rebuilt(TREE, lambda name, part: seen.append((name, type(part))) or part)
    assert sorted(map(str, seen)) == sorted(str((n, type(p))) for n, p in each_part(TREE))
    names = [name for name, _ in seen]
    assert names[-1] == "" and names.index("fork.a.two") < names.index("fork.a")


def test_parts_are_changed_and_taken_out_wherever_they_stand():
    def change(name, part):
        if isinstance(part, Dropout):
            return None
        return replace(part, activation="relu") if name.endswith("out") else part

    body = rebuilt(BRANCHES.body, change)
    names = [name for name, _ in each_part(BRANCHES.body) if name != "dropout"]
    assert [name for name, _ in each_part(body)] == names
    made = dict(each_part(body))
    assert made["aux1.out"].activation == made["out"].activation == "relu"


def test_heads_stay_as_they_are_where_that_is_asked_for():
    def drop_layers(name, part):
        return None if isinstance(part, Layer) else part

    body = rebuilt(BRANCHES.body, drop_layers, heads=False)
    left = {name for name, part in each_part(body) if isinstance(part, Layer)}
    assert left == {"aux1.pool", "aux1.conv", "aux1.flatten", "aux1.out"}
    assert dict(body.parts)["aux1"] is dict(BRANCHES.body.parts)["aux1"]
