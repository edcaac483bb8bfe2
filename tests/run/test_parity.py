"""The walk, the reference and the fast module are one network; torch's counter is the judge.

Every network is held so on the meta device, which costs no arithmetic; the small ones in numbers.
"""

import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch
from golden import parameters
from torch.utils.flop_counter import FlopCounterMode

from papernets import rewrite
from papernets.nets.registry import NETS, net
from papernets.rewrite.forms import executed_macs
from papernets.run.network import build
from papernets.spec import Committee, totals, walk

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
every = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
small = pytest.mark.parametrize(
    "network",
    [one for one in NETWORKS.values() if totals(walk(one)).macs <= SMALL],
    ids=lambda network: network.name,
)


@cache
def built(name, reference):
    """A network of these on the meta device, built once for all tests."""
    with torch.device("meta"):
        return build(NETWORKS[name], reference=reference)


def on_meta(network, reference=False):
    """The module in training mode, and two pictures without values."""
    if NETWORKS.get(network.name) is network:
        model = built(network.name, reference)
    else:
        with torch.device("meta"):
            model = build(network, reference=reference)
    return model.train(), torch.empty(2, *network.input, device="meta")


@every
def test_the_walk_is_the_reference_module(network):
    model, x = on_meta(network, reference=True)
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
    model, _ = on_meta(network, reference=True)
    count = dict.fromkeys((row.name for row in walk(network)), 0)
    for name, weight in model.named_parameters():
        rows = {name.removesuffix(f".{own}") for own in OWN if name.endswith(f".{own}")}
        (row,) = rows & count.keys()
        count[row] += weight.numel()
    assert count == {row.name: row.params for row in walk(network)}


OWN = ("weight", "bias", "norm.weight", "norm.bias")


def predicts(network):
    """Without auxiliary heads, which some networks count in, and none computes in evaluation."""
    return totals(walk(rewrite.without_heads(network).net))


@every
def test_torch_counts_two_operations_a_multiply_add(network):
    model, x = on_meta(network, reference=True)
    with FlopCounterMode(display=False) as counter:
        model.eval()(x[:1])
    assert counter.get_total_flops() == 2 * predicts(network).macs
    sums = totals(walk(network))
    if sums.aux_macs or not network.aux_weights:
        assert (sums.params, sums.macs) == (predicts(network).params, predicts(network).macs)


@pytest.mark.parametrize(
    "network",
    [one for one in NETWORKS.values() if one.aux_weights],
    ids=lambda network: network.name,
)
def test_in_training_the_heads_are_counted_too(network):
    model, x = on_meta(network, reference=True)
    with FlopCounterMode(display=False) as counter:
        model.train()(x)
    sums = totals(walk(network))
    assert counter.get_total_flops() == 2 * 2 * (sums.macs + sums.aux_macs)


@pytest.mark.parametrize(
    "network",
    [one for one in NETWORKS.values() if rewrite.fast(one).net != one],  # else it is the reference
    ids=lambda network: network.name,
)
def test_the_fast_form_executes_what_it_says(network):
    model, x = on_meta(network)
    with FlopCounterMode(display=False) as counter:
        model.eval()(x[:1])
    executed = executed_macs(rewrite.without_heads(rewrite.fast(network).net).net)
    assert counter.get_total_flops() == 2 * executed


@every
def test_both_forms_hold_the_same_tensors(network):
    models = [on_meta(network, reference)[0] for reference in (True, False)]
    shapes = [{name: tuple(t.shape) for name, t in m.state_dict().items()} for m in models]
    assert shapes[0] == shapes[1]


@small
def test_both_forms_give_the_same_values_and_gradients(network):
    drawn = torch.Generator().manual_seed(3)
    reference = build(network, reference=True, generator=drawn).double()
    fast = build(network).double()
    fast.load_state_dict(reference.state_dict())
    names = [row.name for row in walk(network)]
    seen = []
    for model in (reference, fast):
        model.eval()
        x = torch.rand(2, *network.input, generator=torch.Generator().manual_seed(5)).double()
        x.requires_grad_()
        out = model(x)
        out.square().sum().backward()
        gradients = {n: p.grad for n, p in model.named_parameters()}
        with torch.no_grad():
            features = model.features(x, names)
        seen.append((out.detach(), x.grad, gradients, features))
    for ours, theirs in zip(*seen, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-9)
    reached = [g for n, g in seen[0][2].items() if not n.startswith("aux")]
    assert all(g is not None and g.abs().max() > 0 for g in reached)


@every
def test_a_networks_classes_are_its_last_rows(network):
    """A module, which is explained but not trained, has no classes."""
    assert not network.classes or walk(network)[-1].out == (network.classes, 1, 1)


def names_of(network):
    return list(on_meta(network, reference=True)[0].state_dict())


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
    model, x = on_meta(wide, reference=True)
    with FlopCounterMode(display=False) as counter:
        out = model(x[:1])
    assert tuple(out.shape) == (1, 12)
    assert counter.get_total_flops() == 2 * totals(walk(wide)).macs
    assert sum(p.numel() for p in model.parameters()) == totals(walk(wide)).params


def test_the_judge_can_disagree():
    """A walk of another network is not what torch counts."""
    model, x = on_meta(net("lenet5"), reference=True)
    with FlopCounterMode(display=False) as counter:
        model(x[:1])
    other = replace(net("lenet5_modern"), name="other")
    assert counter.get_total_flops() != 2 * totals(walk(other)).macs
