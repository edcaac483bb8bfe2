"""The walk, the plain and the fast module are one network; torch's counter is the judge.

Every network is held so on the meta device, which costs no arithmetic; the small ones in numbers.
"""

import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import siblings
import torch
from golden import parameters
from torch.utils.flop_counter import FlopCounterMode

from papernets import rewrite
from papernets.nets.registry import NETS, net
from papernets.rewrite.forms import executed_macs
from papernets.run.fast import Fast
from papernets.run.network import Logits, build
from papernets.spec import Committee, TableConv, totals, walk

ROOT = Path(__file__).parents[2]
NEW = os.environ.get("PAPERNETS_UPDATE_GOLDEN", "") == "1"
"""The golden names are written anew; read what changed before you commit it."""
SMALL = 20_000_000
"""Networks of so many multiply-adds at most are computed; others take too long, or the memory."""


def singles():
    """Every network that has a name, a committee by its member, and two small ones."""
    found = {}
    for entry in NETS:
        made = entry.make()
        made = made.member if isinstance(made, Committee) else made
        found[made.name] = made
    for place in parameters.SMALL.values():
        made = net(str(ROOT / place))
        found[made.name] = made
    return list(found.values())


NETWORKS = {network.name: network for network in singles()}
every = pytest.mark.parametrize("network", siblings.each(NETWORKS))
few = pytest.mark.parametrize("network", siblings.few(NETWORKS))
small = pytest.mark.parametrize(
    "network",
    [one for one in NETWORKS.values() if totals(walk(one)).macs <= SMALL],
    ids=lambda network: network.name,
)


@cache
def built(name):
    """A network of these on the meta device, built once for all tests."""
    with torch.device("meta"):
        return build(NETWORKS[name])


def on_meta(network):
    """The plain module in training mode, and two pictures without values."""
    if NETWORKS.get(network.name) is network:
        model = built(network.name)
    else:
        with torch.device("meta"):
            model = build(network)
    return model.train(), torch.empty(2, *network.input, device="meta")


@every
def test_the_walk_is_the_plain_module(network):
    model, x = on_meta(network)
    rows = {row.name: row for row in walk(network)}
    found = model.features(x, list(rows))
    for name, row in rows.items():
        out = tuple(found[name].shape)
        flat = row.out[1:] == (1, 1) and len(out) == 2
        assert out == (2, *(row.out[:1] if flat else row.out)), name
    last = walk(network)[-1].out
    assert tuple(model.eval()(x).shape) == (2, *((network.classes,) if network.classes else last))


@every
def test_parameters_have_the_rows_names(network):
    model, _ = on_meta(network)
    count = dict.fromkeys((row.name for row in walk(network)), 0)
    for name, weight in model.named_parameters():
        rows = {name.removesuffix(f".{own}") for own in OWN if name.endswith(f".{own}")}
        row = max(rows & count.keys(), key=len)
        count[row] += weight.numel()
    assert count == {row.name: row.params for row in walk(network)}


PARTS = ("", ".conv", ".linear", ".table", ".subsample", ".norm")
OWN = [f"{part}.{leaf}".removeprefix(".") for part in PARTS for leaf in ("weight", "bias")]


def predicts(network):
    """Without auxiliary heads, which some networks count in, and none computes in evaluation."""
    return totals(walk(rewrite.without_heads(network).net))


@few
def test_torch_counts_two_operations_a_multiply_add(network):
    model, x = on_meta(network)
    with FlopCounterMode(display=False) as counter:
        model.eval()(x[:1])
    predicting = rewrite.without_heads(network).net
    assert counter.get_total_flops() == 2 * executed_macs(predicting)
    tables = any(isinstance(row.layer, TableConv) for row in walk(network))
    assert tables or executed_macs(predicting) == predicts(network).macs
    sums = totals(walk(network))
    if sums.aux_macs or not network.aux_weights:
        assert (sums.params, sums.macs) == (predicts(network).params, predicts(network).macs)


@pytest.mark.parametrize(
    "network",
    siblings.few({name: one for name, one in NETWORKS.items() if one.aux_weights}),
)
def test_in_training_the_heads_are_counted_too(network):
    model, x = on_meta(network)
    with FlopCounterMode(display=False) as counter:
        model.train()(x)
    sums = totals(walk(network))
    assert counter.get_total_flops() == 2 * 2 * (sums.macs + sums.aux_macs)


@few
def test_the_fast_form_executes_what_the_plain_form_does(network):
    model, x = on_meta(network)
    with FlopCounterMode(display=False) as counter:
        Fast(model).eval()(x[:1])
    executed = executed_macs(rewrite.without_heads(rewrite.fast(network).net).net)
    assert counter.get_total_flops() == 2 * executed


@every
def test_both_forms_hold_the_same_tensors_under_the_same_names(network):
    model, _ = on_meta(network)
    own = model.state_dict(keep_vars=True)
    shared = Fast(model).state_dict(keep_vars=True)
    assert list(own) == list(shared) and all(own[name] is shared[name] for name in own)


@small
@pytest.mark.parametrize("training", [True, False])
def test_both_forms_give_the_same_values_and_gradients(network, training):
    plain = build(network, generator=torch.Generator().manual_seed(3)).double().train(training)
    for module in plain.modules():
        if isinstance(module, torch.nn.BatchNorm2d | torch.nn.BatchNorm1d):
            module.momentum = 0.0  # so that both begin alike
    seen = [step_of(model, network) for model in (plain, Fast(plain))]
    for ours, theirs in zip(*seen, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-9)
    reached = [g for n, g in seen[0][2].items() if training or not n.startswith("aux")]
    assert all(g is not None and g.abs().max() > 0 for g in reached)


def step_of(model, network):
    """Outputs, and the gradients of the pictures and of the parameters."""
    model.zero_grad(set_to_none=True)
    torch.manual_seed(7)  # of dropout
    x = torch.rand(2, *network.input, generator=torch.Generator().manual_seed(5)).double()
    x.requires_grad_()
    out = model(x)
    several = (out.main, *out.aux) if isinstance(out, Logits) else (out,)
    sum(one.square().sum() for one in several).backward()
    gradients = {n: p.grad for n, p in model.named_parameters()}
    return [one.detach() for one in several], x.grad, gradients


@every
def test_a_networks_classes_are_its_last_rows(network):
    """A module, which is explained but not trained, has no classes."""
    assert not network.classes or walk(network)[-1].out == (network.classes, 1, 1)


def names_of(network):
    return list(on_meta(network)[0].state_dict())


@pytest.mark.skipif(NEW, reason="the checksums are written anew")
@every
def test_parameter_names_are_frozen(network):
    """Bundles depend on them: a change here needs a new schema, and a reader of the old one."""
    kept = parameters.read().get(network.name)
    assert parameters.checksum(names_of(network)) == kept, (
        f"the names of {network.name}'s parameters changed. "
        f"Which: python tests/golden/parameters.py {network.name}. "
        f"On purpose, or a new network: PAPERNETS_UPDATE_GOLDEN=1 pytest -m golden"
    )


@pytest.mark.parametrize("name", parameters.WHOLE)
def test_three_lists_of_parameter_names_are_kept_in_full(name):
    """So that a reader sees what names look like, and a failure shows them."""
    names = names_of(NETWORKS[name])
    assert NEW or names == parameters.whole(name).read_text(encoding="utf-8").split()


@pytest.mark.golden
def test_every_network_has_its_checksum_and_no_other():
    if NEW:
        parameters.write({name: names_of(network) for name, network in NETWORKS.items()})
    assert sorted(parameters.read()) == sorted(NETWORKS)


def test_another_input_stays_in_parity():
    """Parity holds for sizes and classes that no paper prints."""
    wide = net("lenet5", classes=12, channels=3, input=(44, 36))
    model, x = on_meta(wide)
    with FlopCounterMode(display=False) as counter:
        out = model(x[:1])
    assert tuple(out.shape) == (1, 12)
    assert counter.get_total_flops() == 2 * executed_macs(wide)
    assert sum(p.numel() for p in model.parameters()) == totals(walk(wide)).params


def test_the_judge_can_disagree():
    """A walk of another network is not what torch counts."""
    model, x = on_meta(net("lenet5_modern"))
    with FlopCounterMode(display=False) as counter:
        model(x[:1])
    other = replace(net("lenet1_notes"), name="other")
    assert counter.get_total_flops() != 2 * totals(walk(other)).macs
