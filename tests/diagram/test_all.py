"""Every network in every style: nothing overlaps, is cut or missing, and all can be read on A4."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
import siblings
from diagram_judge import faults, missing_edges, missing_rows
from wild_nets import renamed, wild

from papernets.diagram import STYLES, draw
from papernets.diagram.layout import drawing_of
from papernets.diagram.themes import THEMES
from papernets.nets import list_nets, look_up
from papernets.spec import Net
from papernets.spec.walk import walk

LARGEST = 300_000  # bytes of an SVG
FAMILIES = sorted({name.split("_")[0].rstrip("0123456789") for name in list_nets()})


def of_family(family: str) -> list[str]:
    return [name for name in list_nets() if name.split("_")[0].rstrip("0123456789") == family]


def wrong(net: object, member: Net, style: str) -> list[object]:
    """What a judge finds that knows geometry, and the rows and edges of the network."""
    drawing = drawing_of(net, style)  # type: ignore[arg-type]
    found: list[object] = [*faults(drawing), *missing_rows(drawing, walk(member))]
    return found + (list(missing_edges(drawing, member)) if style == "boxes" else [])


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("left", [False, *siblings.slow(True)], ids=["daily", "siblings"])
def test_every_network(family, style, left):
    for name in of_family(family):
        if siblings.left_to_check(name) == left:
            found = look_up(name)
            assert wrong(found, found.net.member, style) == [], name


def test_no_network_is_left_out():
    assert sum(len(of_family(family)) for family in FAMILIES) == len(list_nets())


RENAMED = ("alexnet", "googlenet", "inception_resnet_v2", "lenet5", "mobilenet_v1", "resnet50_v2")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", RENAMED)
def test_names_of_every_kind(name, style):
    net = renamed(look_up(name).net.member)
    assert wrong(net, net, style) == []


def made(seeds: range) -> list[Net]:
    """Networks at random, as far as they are networks."""
    found = []
    for seed in seeds:
        net = wild(seed)
        try:
            walk(net)
        except ValueError:  # names, or sizes, that the spec refuses
            continue
        found.append(net)
    return found


def test_networks_at_random():
    nets = [net for net in made(range(40)) if len(walk(net)) < 150]
    assert len(nets) > 10
    for net in nets:
        for style in STYLES:
            assert wrong(net, net, style) == [], (net.name, style)


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
def test_more_networks_at_random(style):
    nets = made(range(40, 160))
    assert len(nets) > 80
    for net in nets:
        assert wrong(net, net, style) == [], net.name


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_network_under_other_names(family, style):
    for name in of_family(family):
        net = renamed(look_up(name).net.member, seed=1)
        assert wrong(net, net, style) == [], name


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("style", STYLES)
def test_every_file(style, theme):
    for name in list_nets():
        diagram = draw(look_up(name), style, theme)
        text = diagram.svg()
        assert len(text.encode()) <= LARGEST, name
        assert text == draw(look_up(name), style, theme).svg(), name
        ElementTree.fromstring(text)


PAIRS = (
    ("plain34", "resnet34"),
    ("googlenet", "googlenet_torchvision"),
    ("alexnet", "alexnet_single"),
    ("lenet5", "resnet1202"),
    ("vgg16", "vgg16"),
)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_beside_each_other(one, other, style):
    a, b = look_up(one), look_up(other)
    drawing = drawing_of(a, style, other=b)
    assert faults(drawing) == []
    for found in (a, b):
        assert missing_rows(drawing, walk(found.net.member)) == []


BLOCKS = (
    ("googlenet", "inception_3a"),
    ("googlenet", "aux1"),
    ("inception_v3", "mixed_7c"),
    ("inception_v4", "stem"),
    ("resnet50", "conv3_1"),
    ("resnet18_v2", "conv3_1"),
    ("inception_resnet_v2", "inception_a1"),
    ("lenet5", "C3"),
)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("name", "block"), BLOCKS)
def test_one_block_alone(name, block, style):
    found = look_up(name)
    drawing = drawing_of(found, style, block=block)
    own = tuple(row for row in walk(found.net.member) if f"{row.name}.".startswith(f"{block}."))
    assert faults(drawing) == []
    assert missing_rows(drawing, own) == []


@pytest.mark.parametrize("size", [(33, 500), (1024, 1024), (100_000, 64)])
@pytest.mark.parametrize("style", STYLES)
def test_inputs_of_other_sizes(style, size):
    for name in ("vgg11", "googlenet_torchvision", "lenet5"):
        found = look_up(name, input=size)
        assert wrong(found, found.net.member, style) == [], name


@pytest.mark.parametrize("depth", [1, 2, 99])
def test_depths_on_one_sheet(depth):
    """At a depth that is asked for, text may be smaller; all else holds."""
    for name in ("resnet34", "googlenet", "inception_v4", "resnet1202"):
        found = look_up(name)
        drawing = drawing_of(found, "boxes", depth)
        assert [one for one in faults(drawing) if not one.startswith("text of")] == []
        assert missing_edges(drawing, found.net.member) == []
