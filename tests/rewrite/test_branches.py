"""Rewrites leave a branch that they take out, or find empty, as what it is: a shortcut."""

import pytest
import torch

from papernets import build
from papernets.rewrite import dense, without_classifier, without_heads
from papernets.run.network import Network
from papernets.spec import Aux, Conv, Dense, Flatten, GlobalPool, Net, add, chain, concat

END = {"pool": GlobalPool(), "flatten": Flatten(), "fc": Dense(4)}
HEAD = Aux(chain(END), 0.3)
BRANCHES = {
    "empty": chain({}),
    "head": HEAD,
    "only a head": chain({"aux1": HEAD}),
}


def network(join, branch, **options):
    block = join({"conv": Conv(3, 1), "skip": BRANCHES[branch]}, **options)
    return Net("own", (3, 8, 8), 4, chain({"block": block, **END}))


def drawn(net):
    return build(net, torch.Generator().manual_seed(0)).eval()


def taken(model, net):
    """A network with the tensors that another has under the same names."""
    other = Network(net).eval()
    every = model.state_dict()
    other.load_state_dict({name: every[name] for name in other.state_dict()})
    return other


@pytest.mark.parametrize("branch", BRANCHES)
@pytest.mark.parametrize(
    ("join", "options"), [(add, {}), (add, {"scales": (0.5, 2.0)}), (concat, {})]
)
def test_a_branch_passes_on_what_it_is_given(join, options, branch):
    own = network(join, branch, **options)
    model, x = drawn(own), torch.rand(2, 3, 8, 8)
    with torch.no_grad():
        block = model.features(x, "block")["block"]
        conv = model.block.conv(x)
        if join is concat:
            wanted = torch.cat([conv, x], 1)
        else:
            one, two = options.get("scales", (1.0, 1.0))
            wanted = one * conv + two * x
        torch.testing.assert_close(block, wanted)
        torch.testing.assert_close(taken(model, without_heads(own).net)(x), model(x))
        features = taken(model, without_classifier(own))(x)
        torch.testing.assert_close(features, model.features(x, "flatten")["flatten"])


def test_dense_finds_tensors_by_their_rows_where_flattening_stood_between():
    parts = {"conv": Conv(3, 1), "pool": GlobalPool(), "h.flatten": Flatten(), "fc1": Dense(4)}
    own = Net("own", (3, 8, 8), 4, chain({**parts, "m": Dense(4), "h.fc2": Dense(4)}))
    moves = {move.name: move.to for move in dense(own).moves}
    assert moves["fc1.weight"] == "fc1.weight"
    assert moves["h.fc2.weight"] == "h.fc2.weight"
