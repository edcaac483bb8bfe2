"""A layer's arithmetic, a unit's field and two networks compared, in JavaScript as in Python."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from explore_page import as_there, near, ran

from papernets.arithmetic import block_names, explained, graph
from papernets.arithmetic.meaning import meaning
from papernets.compare.diff import diff
from papernets.explore.export import net_data
from papernets.nets import list_nets, look_up
from papernets.nets.registry import find
from papernets.show.layer_page import LETTERS

SOME = ("lenet5", "googlenet", "resnet20", "inception_resnet_v2", "mobilenet_v1")
PAIRS = (
    *(("lenet5", "lenet5_modern"), ("alexnet", "zfnet"), ("lenet4", "boosted_lenet4")),
    *(("googlenet", "inception_v3"), ("resnet50", "resnet50_v1.5"), ("vgg16", "mobilenet_v1")),
)
EXPLAIN = """
const {nets, cases} = given, known = {};
return cases.map(([name, sizes, place, at]) => {
  const key = JSON.stringify([name, sizes]);
  if (!known[key]) {
    const graph = graphOf(instantiate(nets[name], {...ownSizes(nets[name]), ...sizes}));
    known[key] = {graph: graph, paths: pathsOf(graph)};
  }
  const {graph, paths} = known[key], found = placeOf(graph, place), {end} = found;
  return {...explainPlace(graph, paths, found), ...unitDict(graph, end.name, at),
    meaning: meaningOf(end)};
});
"""
DIFF = """
const net = (name) => instantiate(given.nets[name], ownSizes(given.nets[name]));
return given.pairs.map(([a, b]) => diffNetworks(net(a), net(b)));
"""


def data_of(names: list[str]) -> dict[str, object]:
    return {name: net_data(look_up(name), find(name)) for name in names}


@pytest.mark.parametrize(
    ("names", "most"), [(SOME, 12), pytest.param(list_nets(), 60, marks=pytest.mark.slow)]
)
def test_a_layer_is_explained_as_by_python(names: list[str], most: int, tmp_path: Path):
    """Steps, other ways, fields, paths and one unit of layers and blocks, at two sizes."""
    coin, cases, wanted = random.Random(1998), [], []
    for name in names:
        height, width = look_up(name).net.member.input[1:]
        for grow in (0, 9):
            sizes = {"height": height + grow, "width": width + 2 * grow}
            whole = graph(look_up(name, input=(height + grow, width + 2 * grow)).net.member)
            places = block_names(whole)
            for place in places if len(places) <= most else coin.sample(places, most):
                at = tuple(map(coin.randrange, explained(whole, place).out[1:]))
                one = explained(whole, place, at)
                told = {k: v for k, v in one.to_dict().items() if k != "schema"}
                cases.append((name, sizes, place, at))
                wanted.append({**as_there(told), "meaning": meaning(one.place.end)})
    found = ran(tmp_path, EXPLAIN, {"nets": data_of(list(names)), "cases": cases})
    for case, one, told in zip(cases, found, wanted, strict=True):
        assert near(one, told), case


def test_two_networks_are_compared_as_by_python(tmp_path: Path):
    names = sorted({name for two in PAIRS for name in two})
    found = ran(tmp_path, DIFF, {"nets": data_of(names), "pairs": PAIRS})
    for (a, b), one in zip(PAIRS, found, strict=True):
        told = diff(look_up(a), look_up(b)).to_dict()
        assert near(one, as_there({k: v for k, v in told.items() if k != "schema"})), (a, b)


@pytest.mark.slow
def test_many_pairs_are_compared_as_by_python(tmp_path: Path):
    """Very deep ones too, of which Python compares runs of rows."""
    names, coin = list_nets(), random.Random(7)
    pairs = [(a, b) for a in names for b in coin.sample(names, 3)]
    pairs += [
        ("resnet1202", "plain110"),
        ("resnet152", "resnet1001"),
        ("resnet1001", "inception_v4"),
    ]
    found = ran(tmp_path, DIFF, {"nets": data_of(names), "pairs": pairs})
    for (a, b), one in zip(pairs, found, strict=True):
        told = diff(look_up(a), look_up(b)).to_dict()
        assert near(one, as_there({k: v for k, v in told.items() if k != "schema"})), (a, b)


MOVED = """
const whole = (name) => instantiate(given.nets[name], ownSizes(given.nets[name]));
const {layers} = diffNetworks(whole("alexnet"), whole("zfnet"));
return layers.map((one, at) => [one.verdict, one.a || one.b, placeElsewhere(layers, at)]);
"""


def test_a_row_that_stands_elsewhere_in_the_other_network_is_told(tmp_path: Path):
    """AlexNet normalises before it pools (Krizhevsky et al. 2012, 3.3), ZFNet after (figure 3)."""
    found = ran(tmp_path, MOVED, {"nets": data_of(["alexnet", "zfnet"])})
    assert [one for one in found if one[2] is not None] == [
        ["only_a", "norm1", "pool1"],
        ["only_b", "norm1", "conv1"],
        ["only_a", "norm2", "pool2"],
        ["only_b", "norm2", "conv2"],
    ]


PATHS = """
const graph = graphOf(instantiate(given, ownSizes(given))), paths = pathsOf(graph);
const along = (reach) => unitRectangle(graph, "inception_3b", [14, 14], pathOf(reach));
return [paths.largest("inception_3b"), paths.smallest("inception_3b")].map(along);
"""


def test_a_unit_through_one_branch(tmp_path: Path):
    """Through two 1x1 a unit of inception_3b sees what one of pool2 does: 27 pixels.

    Szegedy et al. 2014, table 1: 7x7/2, 3x3/2, 3x3, 3x3/2 see 27 pixels of the picture, and two
    5x5 at distances of 8 pixels see 27 + 2*4*8 = 91.
    """
    largest, smallest = ran(tmp_path, PATHS, net_data(look_up("googlenet"), find("googlenet")))
    assert [b - t + 1 for t, _, b, _ in (largest, smallest)] == [91, 27]
    assert largest[0] < smallest[0] and smallest[2] < largest[2]


OF_INPUT = """
const found = {};
for (const [name, net] of Object.entries(given)) {
  const graph = graphOf(instantiate(net, ownSizes(net)));
  const names = new Set([...graph.rows.keys()].flatMap((row) => {
    const parts = row.split(".");
    return parts.map((_, at) => parts.slice(0, at + 1).join("."));
  }));
  found[name] = {};
  for (const one of names) {
    const place = placeOf(graph, one), {end} = place, [, rows, columns] = end.out;
    const at = [rows >> 1, columns >> 1], input = inputRectangle(graph, place, at);
    const first = place.start === PICTURE;
    const onward = first ? input : rectangleIn(graph, PICTURE, place.start, input);
    const alike = equal(onward, unitRectangle(graph, end.name, at));
    found[name][one] = [input, alike, place.isBlock];
  }
}
return found;
"""
FIELDS_OF_BLOCKS = {
    "googlenet": {"inception_3a": [12, 12, 16, 16], "inception_3a.pool": [13, 13, 15, 15]},
    "resnet50": {"conv2_1": [27, 27, 29, 29], "conv3_1": [26, 26, 30, 30]},
    "resnet20": {"stage1_1": [14, 14, 18, 18], "stage2_1": [13, 13, 19, 19]},
    "inception_v3": {"mixed_5b": [15, 15, 19, 19]},
    "inception_resnet_v2": {},
}


def test_a_unit_of_a_block_sees_a_part_of_the_blocks_input(tmp_path: Path):
    """Through its largest window: 5x5 in an inception module (Szegedy et al. 2014, figure 2b).

    A bottleneck of ResNet has one 3x3, a block of ResNet-20 two (He et al. 2015, figure 5); behind
    a step of 2 they see 5x5 and 7x7. What that part sees of the picture is what the unit sees, in
    blocks of every kind.
    """
    found = ran(tmp_path, OF_INPUT, data_of(list(FIELDS_OF_BLOCKS)))
    for name, wanted in FIELDS_OF_BLOCKS.items():
        assert {block: found[name][block][0] for block in wanted} == wanted
        assert sum(is_block for _, _, is_block in found[name].values()) > 8
        assert [one for one, (_, alike, _) in found[name].items() if not alike] == []


SIGNS = """
return {
  letters: LETTERS,
  told: [lettersOf(["(F*F*(D/G)+1)*K"]), lettersOf(["F*F*D"], ["W*F"])],
  read: given.map(readable),
};
"""


def test_formulas_of_the_page(tmp_path: Path):
    """One sign of multiplication, digits in groups, and letters in the words of `explain`."""
    given = ["9633792*2+608", "(27-5+2*2)/1+1", "1+(5-1)*1,1+(3-1)*1", "(2+1e-05*3260)**0.75"]
    found = ran(tmp_path, SIGNS, given)
    assert found["letters"] == LETTERS
    told = "; ".join(LETTERS[one] for one in "FDKG")
    assert found["told"] == [told, LETTERS["D"]]
    assert found["read"] == [
        "9,633,792 × 2 + 608",
        "(27 − 5 + 2 × 2)/1 + 1",
        "1 + (5 − 1) × 1, 1 + (3 − 1) × 1",
        "(2 + 1e-05 × 3,260)^0.75",
    ]
