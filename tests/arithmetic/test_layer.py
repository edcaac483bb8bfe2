"""A layer's arithmetic: its formulas give its numbers, layers add up, and what papers print."""

from math import ceil, floor

import pytest
import siblings

from papernets.arithmetic import explained, graph
from papernets.arithmetic.graph import Place, block_names, place
from papernets.arithmetic.layer import Explained
from papernets.arithmetic.stages import stages
from papernets.nets import list_nets, net
from papernets.show.explain import explain_dict
from papernets.spec import totals

NAMES = list_nets()
SIZES = ((0, 0), (32, 0), (0, 37), (13, 5))
"""By how much an input is higher and wider than a network's own."""
WORDS = {"floor": floor, "ceil": ceil, "max": max}


def larger(name, by):
    """The network on an input of another size."""
    height, width = net(name).member.input[1:]
    return net(name, input=(height + by[0], width + by[1])).member


DAILY = (SIZES[0], SIZES[-1])


@pytest.mark.parametrize("by", [*DAILY, *siblings.slow(*(by for by in SIZES if by not in DAILY))])
@pytest.mark.parametrize("name", siblings.each())
def test_layers_add_up_to_their_network(name, by):
    """The parts of a network, a block as one, have its sums; so have its stages."""
    whole = graph(larger(name, by))
    sums = totals(tuple(whole.rows.values()))
    parts = [Explained(whole, place(whole, top)) for top in tops(whole)]
    main = [one for one in parts if not one.place.aux]
    assert sum(one.params for one in main) == sums.params
    assert sum(one.macs for one in main) == sums.macs
    assert sum(one.connections for one in main) == sums.connections
    assert sum(one.params for one in parts if one.place.aux) == sums.aux_params
    told = [row.name for stage in stages(whole) for row in stage.whole.rows]
    assert sorted(told) == sorted(whole.rows)
    assert sum(stage.whole.macs for stage in stages(whole) if stage.counted) == sums.macs


def tops(whole):
    """The names of the parts that lie in no other."""
    return dict.fromkeys(name.partition(".")[0] for name in whole.rows)


@pytest.mark.parametrize("name", ["lenet5", "googlenet", "resnet18_v2", "boosted_lenet4"])
def test_the_json_of_layers_adds_up_to_the_json_of_the_network(name):
    one = net(name)
    said, member = explain_dict(one), one.member
    layers = [explained(member, top).to_dict() for top in tops(graph(member))]
    assert all(layer["schema"] == 1 and layer["network"] == member.name for layer in layers)
    for quantity in ("params", "macs", "connections"):
        total = sum(layer[quantity] for layer in layers if not layer["aux"])
        assert total * said.get("members", 1) == said[quantity]


def works_out(step):
    """What a step's formula gives, as its value is written."""
    found = eval(step.formula, {"__builtins__": {}, **WORDS})
    if isinstance(step.value, tuple) and not isinstance(found, tuple):
        return (found, found)
    return found


@pytest.mark.parametrize("name", siblings.few(name for name in NAMES if "1202" not in name))
def test_every_formula_gives_its_value(name):
    """On an input of odd sides, where divisions leave something over."""
    whole = graph(larger(name, SIZES[-1]))
    seen = set()
    for row in whole.rows.values():
        if (row.kind_and_window, row.input, row.out, row.details) in seen:
            continue
        seen.add((row.kind_and_window, row.input, row.out, row.details))
        one = Explained(whole, Place(row.name, (row,), row, whole.source(row.name)))
        for step in one.steps:
            assert not step.formula or works_out(step) == pytest.approx(step.value), step
        values = {step.what: step.value for step in one.steps}
        assert values["trained parameters"] == row.params
        assert values["multiply-adds (MACs)"] == row.macs
        assert values["neurons (output values)"] == row.size
        assert values.get("connections", 0) == row.connections
        if row.receptive_field and one.paths.counts[row.name] == 1:
            fields = [step.value for step in one.steps if step.topic == "receptive field"]
            assert row.receptive_field in fields


def formula(one, what):
    return next(step.formula for step in one.steps if step.what == what)


def test_lenet5_as_its_paper_counts():
    """LeCun et al. 1998, section II-B: C3 has 1,516 parameters and 151,600 connections."""
    c1, c3 = (explained(net("lenet5"), name) for name in ("C1", "C3"))
    assert formula(c1, "trained parameters") == "(5*5*1+1)*6"
    assert formula(c1, "multiply-adds (MACs)") == "28*28*5*5*1*6"
    assert formula(c3, "trained parameters") == "6*(3*5*5+1)+9*(4*5*5+1)+1*(6*5*5+1)"
    assert (c3.params, c3.connections) == (1516, 151_600)


def test_a_block_has_the_sums_of_its_rows():
    """Szegedy et al. 2015, table 1: inception (3a) has 159K parameters and 128M operations."""
    block = explained(net("googlenet"), "inception_3a")
    said = block.to_dict()
    assert (said["kind"], said["in"], said["out"]) == ("block", [192, 28, 28], [256, 28, 28])
    assert round(said["params"] / 1024) in (159, 160) and round(said["macs"] / 1e6) == 128
    assert said["rows"][-1] == "inception_3a" and said["paths"] == 4
    branch = explained(net("googlenet"), "inception_3a.b5x5").to_dict()
    assert (branch["in"], branch["out"]) == ([192, 28, 28], [32, 28, 28])
    assert branch["params"] == 16 * 193 + 32 * (5 * 5 * 16 + 1)


def test_paths_of_a_residual_network():
    """A path for each choice of branches: 2^50 in ResNet-152's 50 blocks (He et al. 2016)."""
    last = explained(net("resnet152"), "conv5_3")
    assert last.paths.counts["conv5_3"] == 2**50
    # Araujo et al. 2019 print 1507 for the largest; the smallest is conv1 7x7/2 and pool 3x3/2
    assert last.place.end.receptive_field == (1507, 1507)
    assert last.smallest_field == (11, 11)
    topics = {step.topic for step in last.steps}
    assert {"largest path", "smallest path"} <= topics


def test_the_smallest_path_is_one_path():
    """Inception-v3's mixed_7b splits 3x3 into 1x3 and 3x1: no path sees both sides wide."""
    one = explained(net("inception_v3"), "mixed_7b.b3x3")
    assert one.place.end.receptive_field == (1119, 1119)
    assert one.smallest_field == (79, 143)
    values = {step.what: step.value for step in one.steps}
    assert values["all paths together"] == (1119, 1119)


@pytest.mark.parametrize("name", ["googlenet", "inception_v3", "resnet34_A", "resnet50_v2"])
def test_fields_along_all_paths(name):
    """The largest and smallest path against every path, followed one by one."""
    whole = graph(net(name).member)
    paths = Explained(whole, place(whole, next(iter(whole.rows)))).paths
    every = {"": {((1, 1), (1, 1))}}
    for row in whole.rows.values():
        found = {one for source in whole.sources[row.name] for one in every[source]}
        if row.receptive_field is None or len(found) > 20_000:
            break
        window = row.layer.reach(row.input) if hasattr(row.layer, "reach") else None
        if window:
            (kh, kw), (sh, sw) = window.kernel, window.stride
            found = {
                ((h + (kh - 1) * a, w + (kw - 1) * b), (a * sh, b * sw)) for (h, w), (a, b) in found
            }
        every[row.name] = found
        areas = [h * w for (h, w), _ in found]
        least, most = paths.smallest(row.name), paths.largest(row.name)
        assert least.size[0] * least.size[1] == min(areas)
        assert most.size[0] * most.size[1] == max(areas)
        assert len({size for size, _ in found}) <= paths.counts[row.name]
    assert len(every) > 30


def test_lrn_is_worked_out_with_numbers():
    """Krizhevsky et al. 2012, section 3.3: k = 2, n = 5, alpha = 1e-4, beta = 0.75."""
    steps = [s for s in explained(net("alexnet"), "norm1").steps if s.topic == "example"]
    assert steps[-1].formula == "100/(2+0.0001*14600)**0.75"
    assert steps[-1].value == pytest.approx(
        100 / (2 + 1e-4 * (30**2 + 100**2 + 60**2 + 10**2)) ** 0.75
    )


def test_the_connection_table_as_a_picture():
    """LeCun et al. 1998, table I."""
    (picture,) = explained(net("lenet5"), "C3").pictures
    marks = [line.split()[1:] for line in picture.lines[1:]]
    assert [line.count("X") for line in marks] == [10] * 6
    assert "".join(marks[0]) == "X...XXX..XXXX.XX"
    columns = ["".join(column) for column in zip(*marks, strict=True)]
    assert columns[0] == "XXX..." and columns[-1] == "XXXXXX"


def test_the_codes_are_bitmaps_of_7x12():
    """LeCun et al. 1998, figure 3: a 1 has its base line; every code is 7 wide and 12 high."""
    first, second = explained(net("lenet5"), "output").pictures
    assert len(first.lines) == len(second.lines) == 12
    for picture in (first, second):
        assert all([len(part) for part in line.split()] == [7] * 5 for line in picture.lines)
    assert [line.split()[1] for line in first.lines][9] == ".######"


def test_names_are_found_as_people_write_them():
    whole = graph(net("googlenet"))
    assert place(whole, "Inception-3a").name == "inception_3a"
    assert set(whole.rows) <= set(block_names(whole))
    with pytest.raises(ValueError, match=r"no layer or block 'inception_3z'\. Did you mean 'incep"):
        place(whole, "inception_3z")


def test_an_auxiliary_head_is_summed_for_itself():
    head = explained(net("googlenet"), "aux1").to_dict()
    assert head["aux"] and head["params"] == 3_188_840 and head["out"] == [1000, 1, 1]
