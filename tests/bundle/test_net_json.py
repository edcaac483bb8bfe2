"""A network of the user's own as data."""

import json
from dataclasses import replace

import pytest
import siblings
import torch
from small_bundles import model_of, same, spoil
from small_nets import BRANCHES, SHORTCUTS

from papernets.bundle.assemble import assemble
from papernets.bundle.load import load_bundle
from papernets.bundle.net_json import read_net, write_net
from papernets.cli import main
from papernets.nets import NETS, beside, net
from papernets.said import Record
from papernets.spec import LRN, Layer, chain

LENET5 = net("lenet5").body
every = [*(net(entry.name).member for entry in NETS), BRANCHES, SHORTCUTS]


@pytest.mark.parametrize("one", siblings.few({one.name: one for one in every}))
def test_a_network_as_data(one):
    own = beside(one)
    text = json.dumps(write_net(one, own.record), allow_nan=False)
    found = read_net(json.loads(text), "here")
    assert found.net == one
    assert (found.record.title, found.record.paper) == (own.record.title, own.record.paper)
    with torch.device("meta"):
        assert assemble(found).state_dict().keys() == assemble(own).state_dict().keys()


def test_a_bundle_that_says_how_layers_are_computed_is_read():
    """The first bundles held a form of tables and normalisations; it never changed a value."""
    own = replace(net("lenet5"), body=chain({"norm": LRN(5, 2, 1e-4, 0.75), "net": LENET5}))
    values = json.loads(json.dumps(write_net(own, Record())))
    (_, norm), (_, inner) = values["body"]["parts"]
    layers = dict(inner["parts"])
    assert "form" not in norm and "form" not in layers["C3"]
    norm["form"], layers["C3"]["form"] = "plain", "grouped"
    assert read_net(values, "here").net.body == own.body
    layers["C1"]["form"] = "plain"
    with pytest.raises(ValueError, match=r"here: its network cannot be read .*'form'"):
        read_net(values, "here")


def test_only_layers_of_ours_are_data():
    class Mine(Layer):
        pass

    with pytest.raises(TypeError, match="a Mine cannot be written to a bundle"):
        write_net(replace(BRANCHES, body=chain({"mine": Mine()})), Record())
    values = write_net(BRANCHES, Record())
    values["body"]["parts"][0][1]["is"] = "os"
    with pytest.raises(ValueError, match=r"here: its network cannot be read .*no layer 'os'"):
        read_net(values, "here")
    with pytest.raises(ValueError, match="here: its network cannot be read"):
        read_net({"name": "x"}, "here")


def test_a_network_as_data_needs_no_code(bundle, evil):
    own = replace(net("lenet5_keras_28"), name="mine")
    spoil(bundle, network="evil.py:NET", net=write_net(own, Record()))
    assert same(load_bundle(bundle).model, model_of())
    assert not evil.with_suffix(".ran").exists()


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda v: v.update(name=3), "TypeError: 3 is not text"),
        (lambda v: v.update(input=["a", 1, 1]), "its network cannot be read"),
        (lambda v: v.update(body=5), "its network cannot be read"),
        (lambda v: v["body"]["parts"][0][1].update({"is": []}), r"no layer \[\]"),
    ],
)
def test_a_network_as_data_that_is_wrong(change, message):
    values = json.loads(json.dumps(write_net(BRANCHES, Record())))
    change(values)
    with pytest.raises(ValueError, match=f"here: .*{message}"):
        read_net(values, "here")


@pytest.mark.parametrize(
    ("deep", "said"),
    [
        (90, ""),
        (150, "its network cannot be read (ValueError: 'a.a.a"),
        (200, "is not JSON (nested deeper than 500)"),
    ],
)
def test_a_network_as_data_has_a_depth(tmp_path, deep, said, capsys):
    """In a bundle, whose JSON may lie deeper than Python's own recursion goes."""
    body = {"is": "Chain", "parts": [["f", {"is": "Flatten"}], ["o", {"is": "Dense", "out": 1}]]}
    for _ in range(deep):
        body = {"is": "Chain", "parts": [["a", body]]}
    values = {"name": "n", "title": "t", "paper": None, "input": [1, 8, 8], "classes": 1}
    info = {"schema": 1, "network": "mine", "classes": ["a"], "input": [1, 8, 8]}
    text = json.dumps({**info, "preprocessing": {}, "net": {**values, "body": body}})
    (tmp_path / "bundle.json").write_text(text)
    assert main(["explain", str(tmp_path)]) == (1 if said else 0)
    assert said in capsys.readouterr().err
