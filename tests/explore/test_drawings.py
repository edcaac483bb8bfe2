"""Drawings as the page has them: every row is there, and their texts follow the reader's sizes."""

from __future__ import annotations

from pathlib import Path

import pytest
from explore_page import ran

from papernets.diagram import draw
from papernets.diagram.shapes import Edge
from papernets.explore.drawings import drawings
from papernets.explore.export import net_data
from papernets.explore.page import AT_WORK
from papernets.nets import look_up
from papernets.nets.registry import find
from papernets.spec import walk

SIZES = {
    "lenet5": {"input": (33, 34), "channels": 3, "classes": 26},
    "alexnet": {"input": (243, 259), "classes": 50},
    "googlenet": {"input": (240, 208), "classes": 37},
    "vgg11": {"input": (96, 64), "channels": 1},
}
"""Others at which a network is drawn with the same boxes."""
TEXTS = """
return given.map(([data, drawing, sizes]) => {
  const own = walk(instantiate(data, ownSizes(data)));
  const net = instantiate(data, {...ownSizes(data), ...sizes}), now = walk(net);
  return drawing.shapes.filter((one) => one[0] === "t")
    .map((one) => textAt(one[3], one[8] || [], own, now, net.input));
});
"""


def test_texts_follow_the_sizes(tmp_path: Path):
    """They are those of the drawing that Python makes at these sizes, one for one."""
    given, wanted = [], []
    for name, other in SIZES.items():
        words = {k: v for k, v in other.items() if k != "input"}
        words |= dict(zip(("height", "width"), other["input"], strict=True))
        found = drawings(look_up(name))["whole"]
        there = drawings(look_up(name, **other))["whole"]
        given.append((net_data(look_up(name), find(name)), found, words))
        wanted.append([shape[3] for shape in there["shapes"] if shape[0] == "t"])
        own = [shape[3] for shape in found["shapes"] if shape[0] == "t"]
        assert own != wanted[-1] and len(own) == len(wanted[-1])
    assert ran(tmp_path, TEXTS, given, (*AT_WORK, "drawing")) == wanted


@pytest.mark.parametrize("name", ["googlenet", "resnet152", "inception_resnet_v2"])
def test_drawings_have_every_row(name: str):
    """Each row of a network stands in its drawing: alone, in a block's box, or in a fold.

    And in that of its stage; an identity is a line.
    """
    found = look_up(name)
    made, rows = drawings(found), walk(found.net.member)
    stages = {number for one in made["stages"] for number in shown(one)}
    for seen in (set(shown(made["whole"])), stages):
        missing = [row for at, row in enumerate(rows) if at not in seen]
        assert {row.kind for row in missing} <= {"identity"}, missing[:5]


def shown(drawing: dict[str, list[list[object]]]) -> list[int]:
    """The rows, by their numbers, for which a drawing has boxes."""
    runs = [shape[7] for shape in drawing["shapes"] if shape[0] == "b" and len(shape) > 7]
    pairs = [(run[at], run[at + 1]) for run in runs for at in range(0, len(run), 2)]
    return [number for first, last in pairs for number in range(first, last + 1)]


def test_the_shapes_are_the_diagrams():
    """As many lines and boxes as `papernets draw` has, without its legend."""
    kept = drawings(look_up("lenet5"))["whole"]["shapes"]
    edges = [shape for shape in draw("lenet5").shapes if isinstance(shape, Edge) and shape.path]
    assert len([one for one in kept if one[0] == "e"]) == len(edges)
    boxes = {one[5]: one[7] for one in kept if one[0] == "b"}
    assert {"input", "conv", "pool", "plain", "dense"} == set(boxes)
