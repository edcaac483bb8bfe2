"""The walk in JavaScript is Python's: rows, sums, stages, memory, errors, for any input."""

from __future__ import annotations

from pathlib import Path

import pytest
from explore_page import as_there, near, ran

from papernets.explore.export import marked, net_data
from papernets.nets import list_nets, look_up
from papernets.nets.registry import beside, find
from papernets.show.explain import explain_dict
from papernets.spec import Chain, Conv, Net, chain

SOME = ("lenet5", "boosted_lenet4", "alexnet", "googlenet", "bn_inception", "mobilenet_v1")
SAID = ("schema", "ledger_name", "title", "paper", "facts", "errata", "departures", "members")
"""What `explain --json` says besides arithmetic."""
WALK = """
const {nets, cases} = given;
return cases.map(([name, sizes]) => {
  try {
    return explainNetwork(instantiate(nets[name], {...ownSizes(nets[name]), ...sizes}));
  } catch (error) {
    if (!(error instanceof Impossible)) throw error;
    return {error: error.message};
  }
});
"""


def asked(name: str) -> list[dict[str, object]]:
    """The printed size, an oblong one, a larger one with other maps and classes, a tiny one."""
    data = net_data(look_up(name), find(name))
    (channels, height, width), free = data["input"], data["free"]
    other = {"height": height + 33, "width": width + 5, "channels": channels + 2, "classes": 7}
    return [
        {},
        {"height": max(height // 3, 1), "width": width + 31},
        {k: v for k, v in other.items() if k in ("height", "width") or k in free},
        {"height": 5, "width": 5},
    ]


def explained(name: str, sizes: dict[str, int]) -> dict[str, object]:
    """What Python says of the same."""
    given = {k: v for k, v in sizes.items() if k not in ("height", "width")}
    if "height" in sizes:
        given["input"] = (sizes["height"], sizes["width"])
    try:
        found = explain_dict(look_up(name, **given))
    except ValueError as error:
        return {"error": str(error)}
    told = {key: value for key, value in found.items() if key not in (*SAID, "member", "rule")}
    told["memory"] = {k: v for k, v in told["memory"].items() if k != "rules"}
    return as_there(told)


@pytest.mark.parametrize("names", [SOME, pytest.param(list_nets(), marks=pytest.mark.slow)])
def test_a_network_is_explained_as_by_python(names: list[str], tmp_path: Path):
    cases = [(name, sizes) for name in names for sizes in asked(name)]
    nets = {name: net_data(look_up(name), find(name)) for name in names}
    found = ran(tmp_path, WALK, {"nets": nets, "cases": cases})
    for (name, sizes), one in zip(cases, found, strict=True):
        assert near(one, explained(name, sizes)), (name, sizes)
    assert sum("error" in one for one in found) >= len(names) // 8  # tiny ones do not fit


def test_an_input_too_small_is_told_in_pythons_words(tmp_path: Path):
    """The layer, its input, and the smallest that works, with heads and without."""
    data = {"googlenet": net_data(look_up("googlenet"), find("googlenet"))}
    case = ("googlenet", {"height": 30, "width": 30})
    (found,) = ran(tmp_path, WALK, {"nets": data, "cases": [case]})
    with pytest.raises(ValueError) as error:
        explain_dict(look_up("googlenet", input=30))
    assert found == {"error": str(error.value)}
    assert "without auxiliary heads" in found["error"]


def test_numbers_that_follow_from_sizes_are_marked():
    """bn_inception's first layer is depthwise: eight maps of each channel (Ioffe, Szegedy 2015)."""
    data = net_data(look_up("bn_inception"), find("bn_inception"))
    outs = {part.get("out") for part in data["parts"]}
    assert {"8*channels", "classes"} <= outs
    assert any(part.get("groups") == "channels" for part in data["parts"])


def test_other_layers_for_other_classes_are_refused():
    """A network whose number of layers hung on its classes could not be walked from data."""
    with pytest.raises(ValueError, match=r"wild has other layers .*3 and 5"):
        marked({"out": 3}, {"out": 5}, lambda one, two: "", "wild")


def test_equal_parts_are_written_once():
    """ResNet-1202 has 1,808 convolutions and sums of a handful of kinds."""
    assert len(net_data(look_up("resnet1202"), find("resnet1202"))["parts"]) < 60
    twice = Net("twice", (1, 8, 8), 0, chain({"a": Conv(2, 3), "b": Conv(2, 3)}))
    assert isinstance(twice.body, Chain)
    parts = net_data(beside(twice))["parts"]
    assert [part["is"] for part in parts] == ["Conv", "Chain"]
