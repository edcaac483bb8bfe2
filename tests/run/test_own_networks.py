"""Networks of one's own: names that collide, heads deep within, and what somebody changed later."""

from contextlib import nullcontext

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from papernets.run.fast import Fast
from papernets.run.lrn import Window
from papernets.run.network import build
from papernets.spec import (
    LRN,
    Aux,
    BatchNorm,
    Conv,
    Dense,
    Flatten,
    GlobalPool,
    Identity,
    Net,
    Pool,
    chain,
    concat,
    walk,
)
from papernets.spec import add as added

CLOSE = {"rtol": 1e-5, "atol": 1e-6}


def own(**parts):
    return named(parts)


def named(parts):
    return Net("own", (3, 8, 8), 4, chain(parts))


def end():
    return chain({"pool": GlobalPool(), "flatten": Flatten(), "fc": Dense(4)})


def head(weight):
    return Aux(chain({"pool": GlobalPool(), "flatten": Flatten(), "fc": Dense(4)}), weight)


def x(count=2):
    return torch.rand(count, 3, 8, 8, generator=torch.Generator().manual_seed(1))


DEEP = own(
    a=chain({"b": chain({"conv": Conv(3, 1), "aux1": head(0.3)}), "conv": Conv(3, 1)}),
    end=end(),
)
IN_A_SUM = own(
    a=added({"b": chain({"conv": Conv(3, 1), "aux1": head(0.3)}), "short": Identity()}), end=end()
)
IN_A_HEAD = own(
    conv=Conv(3, 1),
    aux1=Aux(
        chain({"conv": Conv(2, 1), "aux2": head(0.1), "pool": GlobalPool(), "fc": end()}), 0.3
    ),
    end=end(),
)


@pytest.mark.parametrize("network", [DEEP, IN_A_SUM, IN_A_HEAD], ids=["blocks", "sum", "head"])
def test_heads_answer_wherever_they_lie(network):
    plain = build(network).train()
    wanted = 2 if network is IN_A_HEAD else 1
    assert len(network.aux_weights) == wanted
    ours, fast = plain(x()), Fast(plain)(x())
    assert len(ours.aux) == len(fast.aux) == wanted
    for one, other in zip((ours.main, *ours.aux), (fast.main, *fast.aux), strict=True):
        torch.testing.assert_close(one, other, **CLOSE)
    plain.zero_grad()
    sum(out.sum() for out in (ours.main, *ours.aux)).backward()
    assert all(p.grad is not None for p in plain.parameters())
    plain.eval()
    torch.testing.assert_close(plain(x()), ours.main, **CLOSE)


class Checkpointed(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, given):
        return checkpoint(self.inner, given, use_reentrant=False)


def doubled(module, given):
    return (given[0] * 1.0,)


@pytest.mark.parametrize("how", ["sequential", "checkpoint", "pre_hook"])
def test_a_head_that_would_not_answer_is_named(how):
    model = build(DEEP).train()
    if how == "pre_hook":
        model.a.register_forward_pre_hook(doubled)
    else:
        model.a = (nn.Sequential if how == "sequential" else Checkpointed)(model.a)
    with pytest.raises(ValueError, match="of the 1 auxiliary heads of own 0 answered"):
        model(x())
    assert model.eval()(x()).shape == (2, 4)


def test_what_lies_beside_a_head_may_be_wrapped():
    model = build(DEEP).train()
    wanted = model(x())
    model.a.b.conv = nn.Sequential(model.a.b.conv)
    model.a.register_forward_pre_hook(lambda module, given: None)
    found = model(x())
    torch.testing.assert_close(found.aux[0], wanted.aux[0])


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"a..b": Conv(3, 1)}, r"a part is called 'a..b'; names are words"),
        ({".": Conv(3, 1)}, r"a part is called '\.'"),
        ({"a.": Conv(3, 1)}, r"a part is called 'a\.'"),
        ({"": Conv(3, 1)}, "a layer has no name"),
        ({}, "own has no layers"),
        ({"a": chain({"": Conv(3, 1), "b": Conv(3, 1)})}, "a layer has no name"),
        ({"a": Conv(3, 1), "a.x": Conv(3, 1)}, "'a.x' is no part of 'a', but is called as one"),
        ({"a.x": Conv(3, 1), "a": Conv(3, 1)}, "'a.x' is no part of 'a'"),
        ({"a": Conv(3, 1), "a.conv": Conv(3, 1)}, "'a.conv' is no part of 'a'"),
        ({"a": chain({"x": Conv(3, 1)}), "a.y": Conv(3, 1)}, "'a.y' is no part of 'a'"),
        ({"a": chain({"x": Conv(3, 1)}), "a.b.c": Conv(3, 1)}, "'a.b.c' is no part of 'a'"),
        ({"": chain({"a": chain({"x": Conv(3, 1)})}), "a.y": Identity()}, "'a.y' is no part"),
    ],
)
def test_a_name_that_leads_to_no_part_or_two_is_refused(parts, words):
    with pytest.raises(ValueError, match=words):
        walk(named(parts))
    with pytest.raises(ValueError, match=words):
        build(named(parts))


def test_two_blocks_of_one_name_are_refused():
    twice = {"": chain({"a": chain({"x": Conv(3, 1)})}), "b": chain({"y": Conv(3, 1)})}
    network = named({**twice, "a": chain({"z": Conv(3, 1)})})
    with pytest.raises(ValueError, match="two parts of own are called 'a'"):
        walk(network)


@pytest.mark.parametrize(
    "name", ["_built", "_check", "_out", "left_out", "origin", "append", "forward", "net", "_line"]
)
def test_a_name_that_modules_need_is_refused_when_it_is_built(name):
    network = named({name: Conv(3, 1), "end": end()})
    assert walk(network)[0].name == name
    with pytest.raises(ValueError, match=f"{name}: torch's modules, or ours, have an attribute"):
        build(network)
    with (
        pytest.raises(ValueError, match=f"a.{name}: torch's modules, or ours")
        if (name not in ("left_out", "origin", "net"))
        else nullcontext()
    ):
        build(named({"a": chain({name: Conv(3, 1)}), "end": end()}))


@pytest.mark.parametrize("word", ["relu", "join"])
def test_a_layer_may_be_called_as_the_end_of_an_unnamed_sum_is(word):
    way = added({"conv": Conv(3, 1), "short": Identity()}, "relu" if word == "relu" else None)
    network = named({"a": chain({"": way, word: Conv(3, 1)}), "end": end()})
    model = build(network).eval()
    assert isinstance(model.get_submodule(f"a.{word}"), nn.Conv2d)
    with torch.no_grad():
        conv, last = model.a.conv, model.get_submodule(f"a.{word}")
        total = conv(x()) + x()
        wanted = last(total.relu() if word == "relu" else total)
        torch.testing.assert_close(model.a(x()), wanted)
        torch.testing.assert_close(model(x()), Fast(model)(x()), **CLOSE)
        torch.testing.assert_close(model.features(x(), "a." + word)["a." + word], wanted)


RESIDUAL = own(
    a=added(
        {"b": chain({"c1": Conv(3, 1, activation="relu"), "c2": Conv(3, 1)}), "s": Identity()},
        "relu",
    ),
    end=end(),
)


def answers(module):
    """A module that gives always the same tensor, which is its own."""
    held = torch.rand(2, 3, 8, 8)
    return held, lambda *given: held


@pytest.mark.parametrize("how", ["hook", "forward", "module", "leaf_hook"])
def test_a_sum_is_not_written_over_what_somebody_else_holds(how):
    model, given = build(RESIDUAL).eval(), x()
    held, give = answers(model)
    if how == "hook":
        model.a.b.register_forward_hook(give)
    elif how == "leaf_hook":
        model.a.b.c2.register_forward_hook(give)
    elif how == "forward":
        model.a.b.forward = give
    else:
        model.a.b = nn.Identity()
        held = given
    before = held.clone()
    with torch.no_grad():
        found = model.a(given)
    assert torch.equal(held, before)
    torch.testing.assert_close(found, (before + given).relu())


def test_a_relu_behind_an_identity_does_not_write_over_the_shortcut():
    model, given = build(RESIDUAL).eval(), x() - 0.5
    model.a.b.c1.conv = nn.Identity()
    before = given.clone()
    with torch.no_grad():
        wanted = (model.a.b.c2(given.relu()) + given).relu()
        found = model.a(given)
    assert torch.equal(given, before)
    torch.testing.assert_close(found, wanted)


@pytest.mark.parametrize("gradients", [True, False])
def test_features_are_each_layers_own_after_normalisations_were_folded_in(gradients):
    parts = {"conv": Conv(3, 1), "bn": BatchNorm(activation="relu"), "end": end()}
    model = build(named(parts)).eval()
    nn.init.normal_(model.bn.norm.weight)
    model.conv = torch.nn.utils.fusion.fuse_conv_bn_eval(model.conv, model.bn.norm)
    model.bn.norm = nn.Identity()
    with torch.set_grad_enabled(gradients):
        found = model.features(x(), ("conv", "bn"))
        assert found["conv"].min() < 0
        torch.testing.assert_close(found["conv"], model.conv(x()))
        torch.testing.assert_close(found["bn"], found["conv"].relu())


def test_branches_side_by_side_hold_their_own_values_too():
    network = own(
        a=concat({"b": Conv(3, 1, activation="relu"), "c": Conv(2, 1), "s": Identity()}), end=end()
    )
    model, given = build(network).eval(), x() - 0.5
    model.a.b.conv = nn.Identity()
    with torch.no_grad():
        found = model.a(given)
    torch.testing.assert_close(found[:, :3], given.relu())
    torch.testing.assert_close(found[:, 5:], given)


def test_heads_come_in_the_order_of_their_weights():
    """The outer head first: `Net.aux_weights` has it so, and losses are weighed by it."""
    model = build(IN_A_HEAD).train()
    with torch.no_grad():
        for weight in model.parameters():
            weight.zero_()
        model.aux1.fc.fc.bias.fill_(1.0)
        model.aux1.aux2.fc.bias.fill_(2.0)
    assert IN_A_HEAD.aux_weights == (0.3, 0.1)
    for form in (model, Fast(model)):
        assert [out.mean().item() for out in form(x()).aux] == [1.0, 2.0]


@pytest.mark.parametrize("later", [("g.b",), ("g.b", "m", "g.c")])
def test_a_shared_name_stands_in_one_place(later):
    inner = added({"": chain({"g.a": Conv(3, 1)}), "s": Identity()})
    network = named({"": inner, **{name: Conv(3, 1) for name in later}, "end": end()})
    with pytest.raises(ValueError, match="parts called 'g' and a dot stand in two places"):
        walk(network)


def test_an_empty_branch_may_be_called_as_the_end_of_its_sum_is():
    network = named({"a": added({"relu": chain({}), "c": Conv(3, 1)}, "relu"), "end": end()})
    model = build(network).eval()
    with torch.no_grad():
        torch.testing.assert_close(model.a(x()), (model.a.c(x()) + x()).relu())
        torch.testing.assert_close(Fast(model)(x()), model(x()), **CLOSE)


@pytest.mark.parametrize(("ceil", "stride"), [(False, 2), (True, 2), (False, 1), (True, 3)])
@pytest.mark.parametrize("counted", [True, False])
def test_an_average_over_padding_behind(ceil, stride, counted):
    pool = Pool("average", 3, stride, padding="behind", ceil=ceil, count_padding=counted)
    network = Net("own", (1, 9, 9), 4, chain({"pool": pool, "end": end()}))
    model, given = build(network), torch.arange(81.0).reshape(1, 1, 9, 9)
    _, height, width = walk(network)[0].out
    wanted = torch.zeros(1, 1, height, width)
    for i in range(height):
        for j in range(width):
            seen = given[0, 0, i * stride : i * stride + 3, j * stride : j * stride + 3]
            behind = min(9 + 3 - stride, i * stride + 3), min(9 + 3 - stride, j * stride + 3)
            area = (behind[0] - i * stride) * (behind[1] - j * stride) if counted else seen.numel()
            wanted[0, 0, i, j] = seen.sum() / area
    torch.testing.assert_close(model.pool(given), wanted)
    torch.testing.assert_close(Fast(model)(given), model(given))


def test_a_main_output_that_a_head_reads_is_not_written_over():
    doubled = Aux(chain({"s": added({"b": chain({})}, scales=(2.0,))}), 0.3)
    network = named({"flatten": Flatten(), "fc": Dense(4), "aux1": doubled})
    model = build(network).train()
    ours, fast = model(x()), Fast(model)(x())
    torch.testing.assert_close(fast.main, ours.main)
    torch.testing.assert_close(fast.aux[0], 2 * ours.main)


def test_what_was_set_on_a_module_counts_in_the_fast_form():
    network = named(
        {"a": Conv(3, 1, activation="relu6"), "b": LRN(3, 1.0, 1e-2, 0.75), "end": end()}
    )
    model = build(network).eval()
    form, given = Fast(model), 5 * x()
    model.a.relu6.max_val = 0.5
    model.b.window = Window(3, 0.5, -1e-3, 0.75)
    with torch.no_grad():
        torch.testing.assert_close(form(given), model(given))
