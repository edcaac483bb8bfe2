"""Rewrites: the same values, fewer or larger operations; and the dense form on larger pictures."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from papernets import rewrite
from papernets.bundle.weights import moved
from papernets.nets.registry import net
from papernets.rewrite.forms import SlidingLRN, executed_macs
from papernets.run.fast import Fast
from papernets.run.network import Network, build
from papernets.spec import (
    LRN,
    MONOTONE,
    Aux,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Identity,
    Net,
    Norm,
    Pool,
    TableConv,
    chain,
    concat,
    rows_of,
    totals,
    walk,
)

SMALL = Path(__file__).parents[1] / "small_nets.py"
BRANCHES, SHORTCUTS = net(f"{SMALL}:BRANCHES"), net(f"{SMALL}:SHORTCUTS")


def made(**parts):
    return Net("little", (2, 12, 12), 4, chain(parts))


def rows(network):
    """A rewritten network's rows: it has forms that nobody may write, so that no walk takes it."""
    return rows_of(network.body, network.input)


def layers(network):
    return {row.name: row.layer for row in rows(network)}


def same_values(before, after=None):
    """Both networks built, given the same weights, give the same values and gradients.

    Without another network: the first one's plain and fast form, which share their weights.
    """
    first = Network(before).double().eval()
    for weight in first.parameters():
        torch.nn.init.normal_(weight, std=0.5, generator=torch.Generator().manual_seed(1))
    second = Fast(first) if after is None else Network(after).double().eval()
    if after is not None:  # a row that loses its activation may lose the name of its operation
        given = first.state_dict().values()
        second.load_state_dict(dict(zip(second.state_dict(), given, strict=True)))
    x = torch.randn(3, *before.input, generator=torch.Generator().manual_seed(2)).double()
    outs = []
    for model in (first, second):
        own = x.clone().requires_grad_()
        out = model(own)
        model.zero_grad()
        out.square().sum().backward()
        outs.append((out.detach(), own.grad, [p.grad for p in model.parameters()]))
    torch.testing.assert_close(*outs, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("activation", sorted(MONOTONE))
@pytest.mark.parametrize(
    "pool",
    [Pool("max", 2), Pool("max", 3, 2, 1), Pool("max", 3, 2, ceil=True), Pool("max", 3, 2, "same")],
    ids=["2", "3/2 padded", "3/2 ceil", "3/2 same"],
)
def test_a_monotone_activation_moves_behind_the_maximum(activation, pool):
    before = made(conv=Conv(4, 3, norm=Norm(), activation=activation), pool=pool)
    after = rewrite.pool_first(before).net
    assert layers(after)["conv"].activation is None
    assert layers(after)["pool"].activation == activation
    same_values(before, after)
    same_values(before)


def test_a_table_pools_first_too():
    before = made(conv=TableConv(((0,), (0, 1)), 3, "tanh"), pool=Pool("max", 2))
    after = rewrite.pool_first(before).net
    assert layers(after)["pool"].activation == "tanh"
    same_values(before, after)
    same_values(before)


@pytest.mark.parametrize(
    "parts",
    [
        {"conv": Conv(4, 3, activation="tanh"), "pool": Pool("average", 2)},
        {"conv": Conv(4, 3, activation="softmax"), "pool": Pool("max", 2)},
        {"conv": Conv(4, 3), "pool": Pool("max", 2)},
        {"conv": Conv(4, 3, activation="relu"), "pool": Pool("max", 2, activation="tanh")},
        {
            "conv": Conv(4, 3, activation="relu"),
            "norm": LRN(5, 2, 1e-4, 0.75),
            "pool": Pool("max", 2),
        },
        {"conv": Conv(4, 3, activation="relu"), "drop": Dropout(0.5), "pool": Pool("max", 2)},
        {
            "conv": Conv(4, 3, activation="relu"),
            "aux": Aux(chain({"out": Conv(4, 1)}), 0.3),
            "pool": Pool("max", 2),
        },
        {"conv": Conv(4, 3, activation="relu"), "fork": concat({"pool": Pool("max", 2)})},
    ],
)
def test_where_it_would_not_be_the_same_nothing_moves(parts):
    network = made(**parts)
    assert rewrite.pool_first(network).net == network


def test_average_pooling_would_not_be_the_same():
    """The rewrite's condition matters: the mean of tanh is not tanh of the mean."""
    before = made(conv=Conv(4, 3, activation="tanh"), pool=Pool("average", 2))
    wrong = made(conv=Conv(4, 3), pool=Pool("average", 2, activation="tanh"))
    with pytest.raises(AssertionError):
        same_values(before, wrong)


def test_it_reaches_into_branches_and_heads():
    inner = {"conv": Conv(4, 3, activation="relu"), "pool": Pool("max", 2)}
    before = made(
        aux=Aux(chain(dict(inner)), 0.3),
        mixed=concat({"a": chain(dict(inner)), "b": chain(dict(inner))}),
    )
    after = layers(rewrite.pool_first(before).net)
    assert [after[n].activation for n in ("aux.pool", "mixed.a.pool", "mixed.b.pool")] == [
        "relu"
    ] * 3


def test_weights_carry_over_unchanged():
    for network in (net("lenet5"), net("lenet5_keras_28"), BRANCHES, SHORTCUTS):
        done = rewrite.fast(network)
        assert done.moves == ()
        assert [r.name for r in rows(done.net)] == [r.name for r in walk(network)]
        assert [r.params for r in rows(done.net)] == [r.params for r in walk(network)]


def test_tables_run_as_full_convolutions():
    """C3 has 60 kernels of 96: dense it executes 240,000 for 150,000 (LeNet-5's 416,520)."""
    before, after = net("lenet5"), rewrite.fast(net("lenet5")).net
    assert totals(walk(before)).macs == totals(rows(after)).macs == 326_520
    executed = executed_macs(before)  # in either form
    assert executed == executed_macs(after) == 326_520 + 36 * 25 * 100 == 416_520
    same_values(before)


def test_a_normalisation_over_maps_slides():
    """Only where it is the same: 0^-beta is not a number where no sum is above zero."""
    norms = {
        "norm1": LRN(5, 2, 0.1, 0.75),
        "norm2": LRN(4, 1, 0.2, 0.6),
        "norm3": LRN(5, 0, 0.1, 0.75),
    }
    before = made(conv=Conv(6, 3, activation="relu"), mixed=concat({"a": chain(norms)}))
    after = rewrite.fast(before).net
    forms = [type(layers(after)[f"mixed.a.{name}"]) for name in norms]
    assert forms == [SlidingLRN, SlidingLRN, LRN]
    assert executed_macs(after) == totals(walk(before)).macs  # it adds, and squares
    one = made(conv=Conv(6, 3, activation="relu"), norm=norms["norm1"], again=norms["norm2"])
    same_values(one)
    for name in ("alexnet", "googlenet", "vgg11_lrn", "zfnet", "caffenet"):
        done = [type(r.layer) for r in rows(rewrite.fast(net(name)).net) if r.kind == "lrn"]
        assert done and set(done) == {SlidingLRN}, name


def test_heads_go_and_nothing_else_changes():
    bare = rewrite.without_heads(BRANCHES).net
    assert list(walk(bare)) == [row for row in walk(BRANCHES) if not row.aux]
    assert rewrite.without_heads(SHORTCUTS).net == SHORTCUTS


def in_dense_form(network, size=None):
    """The network plain and dense, with the same weights, in double precision."""
    plain = build(network, generator=torch.Generator().manual_seed(1)).double().eval()
    done = rewrite.dense(network)
    larger = done.net if size is None else replace(done.net, input=(network.input[0], *size))
    dense = Fast(Network(larger)).double().eval()
    every = moved(plain.state_dict(), done.moves)  # its heads' tensors too
    dense.load_state_dict({name: every[name] for name in dense.state_dict()})
    return plain, dense


@pytest.mark.parametrize(
    "network",
    [
        *map(net, ("lenet1", "lenet4", "lenet5", "lenet5_keras_28", "lecture_cnn")),
        BRANCHES,
        SHORTCUTS,
    ],
    ids=lambda network: network.name,
)
def test_dense_on_its_own_size_is_the_plain_network(network):
    plain, dense = in_dense_form(network)
    x = torch.rand(2, *network.input, dtype=torch.double)
    out = dense(x)
    assert tuple(out.shape) == (2, network.classes, 1, 1)
    torch.testing.assert_close(out[:, :, 0, 0], plain(x), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["lenet5", "lenet4", "lenet5_keras_28"])
def test_dense_on_a_strip_is_the_network_at_each_step_of_four(name):
    """LeCun et al. 1998, section VII: replicated over a larger field, at a fraction of the cost."""
    side = net(name).input[1]
    plain, dense = in_dense_form(net(name), (side + 4, side + 24))
    strip = torch.rand(2, 1, side + 4, side + 24, dtype=torch.double)
    out = dense(strip)
    assert tuple(out.shape) == (2, 10, 2, 7)
    for row in range(2):
        for column in range(7):
            crop = strip[:, :, 4 * row : 4 * row + side, 4 * column : 4 * column + side]
            torch.testing.assert_close(out[:, :, row, column], plain(crop), rtol=1e-9, atol=1e-9)


def test_dense_with_global_pooling_is_the_network_at_each_step():
    before = made(
        conv=Conv(6, 3, activation="relu"), pool=GlobalPool(), flatten=Flatten(), out=Dense(4)
    )
    plain, dense = in_dense_form(before, (14, 13))
    x = torch.rand(1, 2, 14, 13, dtype=torch.double)
    out = dense(x)
    assert tuple(out.shape) == (1, 4, 3, 2)
    for row in range(3):
        for column in range(2):
            crop = x[:, :, row : row + 12, column : column + 12]
            torch.testing.assert_close(out[:, :, row, column], plain(crop))


def test_dense_keeps_names_and_counts():
    done = rewrite.dense(net("lenet5"))
    assert [row.name for row in walk(done.net)] == ["C1", "S2", "C3", "S4", "C5", "F6", "output"]
    assert totals(walk(done.net)).params == 60_000
    assert totals(walk(done.net)).macs == totals(walk(net("lenet5"))).macs
    assert [(move.name, move.to, move.shape) for move in done.moves] == [
        ("F6.linear.weight", "F6.conv.weight", (84, 120, 1, 1)),
        ("F6.linear.bias", "F6.conv.bias", (84,)),
    ]
    moves = {move.name: move for move in rewrite.dense(net("lenet5_keras_28")).moves}
    assert moves["fc1.linear.weight"].to == "fc1.conv.weight"
    assert moves["fc1.linear.weight"].shape == (120, 16, 4, 4)


def test_a_rewrite_leaves_its_argument_alone():
    network = net("lenet5")
    before = layers(network)
    for done in (rewrite.fast(network), rewrite.dense(network), rewrite.pool_first(network)):
        assert (done.net.name, done.net.classes) == ("lenet5", 10)
    assert layers(network) == before


def test_an_identity_may_stand_alone():
    assert rewrite.fast(made(a=Identity(), f=Flatten())).net == made(a=Identity(), f=Flatten())
