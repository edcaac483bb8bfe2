"""The optimised form: equal to the plain one for every network, for evaluation alone."""

from __future__ import annotations

import copy
import pickle

import pytest
import siblings
import torch
from torch import nn
from torch.nn.utils import prune

import papernets
from papernets import create_model, optimised
from papernets.nets.registry import NETS, net
from papernets.rewrite import without_heads
from papernets.rewrite.optimise import optimised as rewritten
from papernets.run.network import build
from papernets.run.optimised import Optimised
from papernets.run.packed import dense
from papernets.spec import (
    Activation,
    BatchNorm,
    Committee,
    Conv,
    Dense,
    Flatten,
    Identity,
    Net,
    Norm,
    Pool,
    Subsample,
    TableConv,
    add,
    chain,
    concat,
    fixed_size,
)

CLOSE = 1e-5
"""Of the largest logit: how far the optimised form may be from the plain one."""


def members():
    """Every network of the registry by name, a committee by its member."""
    found = {}
    for entry in NETS:
        made = entry.make()
        found[entry.name] = made.member if isinstance(made, Committee) else made
    return found


def drawn(network, seed=1):
    """A network with drawn weights, gamma, beta, and running mean and variance.

    None is 0 or 1, where a fold could leave it out unseen. They are drawn, not taken from pictures:
    deep networks with drawn weights give nearly the same for all pictures, and what such statistics
    leave of nearly equal numbers has no seven digits in any form.
    """
    generator = torch.Generator().manual_seed(seed)
    model = build(network, generator)
    for norm in model.modules():
        if isinstance(norm, nn.BatchNorm2d | nn.BatchNorm1d):
            if norm.weight is not None:
                nn.init.uniform_(norm.weight, 0.25, 0.75, generator=generator)
            nn.init.normal_(norm.bias, 0, 0.2, generator=generator)
            nn.init.normal_(norm.running_mean, 0, 0.2, generator=generator)
            nn.init.uniform_(norm.running_var, 0.5, 1.5, generator=generator)
    return model.eval()


def pictures(network, count=1, more=0):
    channels, height, width = network.input
    generator = torch.Generator().manual_seed(2)
    return torch.randn(count, channels, height + more, width + more, generator=generator)


def apart(ours, theirs):
    """The largest difference as a share of the largest value."""
    assert torch.isfinite(theirs).all() and theirs.abs().max() > 0
    return float((ours - theirs).abs().max() / theirs.abs().max())


DAILY = (
    *("lenet5", "boosted_lenet4", "lenet5_modern", "nin_cifar10", "resnet20", "resnet164"),
    *("googlenet", "inception_reduced_3a", "mobilenet_v1_0.25_128"),
)
"""One of a kind of those that take a second; all others are left to `make check`."""


@torch.inference_mode()
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in DAILY else pytest.mark.slow) for name in members()],
)
def test_every_network_gives_the_same_logits(name):
    network = members()[name]
    model, x = drawn(network), pictures(network)
    if network.classes == 1:  # no logit is larger than others: it may be what is left of such
        model, x = model.double(), x.double()
    form = optimised(model)
    assert apart(form(x), model(x)) <= CLOSE
    if fixed_size(without_heads(network).net):
        with pytest.raises(ValueError, match="dense layers"):
            form(pictures(network, more=32))
    else:
        larger = pictures(network, more=32).to(x.dtype)
        assert apart(form(larger), model(larger)) <= CLOSE


NORM = Norm(eps=1e-3)
SMALL = {
    "conv, norm": {"a": Conv(6, 3, bias=False, norm=NORM, activation="relu"), "b": Conv(3, 3)},
    "norm without gamma": {"a": Conv(6, 3, norm=Norm(scale=False), activation="tanh")},
    "a row of its own": {"a": Conv(6, 3), "n": BatchNorm(NORM, "relu"), "b": Conv(4, 1)},
    "two": {"a": Conv(6, 3, norm=NORM), "n": BatchNorm(NORM), "m": BatchNorm(NORM, "relu")},
    "in groups": {"a": Conv(4, 3, groups=2, norm=NORM), "r": Activation("relu"), "b": Conv(4, 1)},
    "ahead": {"r": Activation("relu"), "n": BatchNorm(NORM), "b": Conv(4, 3, 2, bias=False)},
    "ahead in groups": {"r": Activation("relu"), "n": BatchNorm(NORM), "b": Conv(6, 3, groups=2)},
    "ahead, pooled": {
        "r": Activation("relu"),
        "n": BatchNorm(NORM),
        "p": Pool("average", 2),
        "f": Flatten(),
        "d": Dense(5),
    },
    "zeros stay zeros": {"r": Activation("relu"), "n": BatchNorm(NORM), "b": Conv(4, 3, padding=1)},
    "dense": {"f": Flatten(), "d": Dense(7, norm=NORM, activation="relu"), "e": Dense(4)},
    "scales": {
        "s": add({"a": Conv(2, 3, 1, 1), "b": chain({})}, activation="relu", scales=(0.3, 1.0)),
    },
    "scales of what is activated": {
        "s": add({"a": Conv(2, 3, 1, 1, activation="relu"), "b": chain({})}, scales=(0.3, 1.0)),
    },
    "a branch times 0": {
        "s": add({"a": Conv(2, 3, 1, 1), "b": Conv(2, 1)}, activation="relu", scales=(0.0, 1.0)),
    },
    "curves": {
        "a": Conv(4, 3, padding=1, activation="scaled_tanh"),
        "p": Pool("average", 3, 2, 1),
        "b": TableConv(((0, 1), (3,)), 3, "tanh"),
        "s": Subsample(2, "scaled_tanh"),
        "f": Flatten(),
        "d": Dense(3, activation="tanh"),
        "e": Dense(4, activation="tanh"),
    },
    "a curve before a maximum": {
        "a": Conv(4, 3, norm=NORM, activation="tanh"),
        "p": Pool("max", 2),
        "b": Conv(3, 3),
    },
    "merged": {
        "m": concat(
            {
                "a": Conv(3, 1, activation="relu"),
                "b": chain({"one": Conv(2, 1, bias=False), "three": Conv(4, 3, padding=1)}),
                "c": chain({"one": Conv(5, 1, activation="tanh"), "p": Pool("max", 3, 1, 1)}),
                "d": Pool("max", 3, 1, 1),
            }
        ),
        "b": Conv(3, 3),
    },
    "merged behind another": {
        "m": concat({"a": Conv(2, 3, 1, 1), "b": Conv(2, 1), "c": Conv(3, 1), "d": Conv(1, 1, 1)}),
    },
    "steps that differ": {
        "s": add({"a": chain({"x": Conv(3, 1, 2), "y": Conv(4, 1)}), "b": Conv(4, 1, 2)}),
        "m": concat({"a": Conv(2, 1, 1), "b": chain({"x": Conv(3, 1, 1, norm=NORM)})}),
    },
    "averages": {
        "m": concat(
            {
                "a": Conv(3, 1, norm=NORM, activation="relu"),
                "b": chain({"p": Pool("average", 3, 1, 1), "x": Conv(1, 1, activation="relu")}),
            }
        ),
        "n": concat(
            {
                "a": Conv(3, 1, norm=NORM, activation="relu"),
                "b": chain(
                    {
                        "p": Pool("average", 3, 1, "same", count_padding=False),
                        "x": Conv(2, 1, bias=False, norm=NORM, activation="relu"),
                    }
                ),
            }
        ),
    },
    "one value, read thrice": {
        "a": Conv(4, 3, padding=1),
        "s": add({"x": chain({"y": Conv(4, 3, padding=1)}), "id": Identity()}, activation="relu"),
        "t": add({"x": Identity(), "id": Identity(), "z": Conv(4, 1)}),
    },
}


@pytest.mark.parametrize("kind", [torch.float64, torch.float32])
@siblings.together("name", list(SMALL))
def test_every_rewrite_keeps_values(name, kind):
    network = Net(name.replace(" ", "_"), (2, 12, 12), 4, chain(SMALL[name]))
    model, x = drawn(network).to(kind), pictures(network, 3).to(kind)
    before = x.clone()
    with torch.no_grad():
        off = apart(optimised(model)(x), model(x))
    assert off <= (1e-12 if kind is torch.float64 else 2e-6)
    assert torch.equal(x, before)


def test_padding_stands_in_the_way_of_a_normalisation():
    """Folded into a padded convolution, it would be another network: zeros are not normalised."""
    network = Net("padded", (2, 12, 12), 4, chain(SMALL["zeros stay zeros"]))
    assert [one.what for one in rewritten(network).changes] == []
    free = Net("free", (2, 12, 12), 4, chain(SMALL["ahead"]))
    assert [one.what for one in rewritten(free).changes] == ["normalisation folded ahead"]


@pytest.fixture
def model():
    return drawn(net("resnet20"))


def test_it_is_for_evaluation_alone(model):
    form = optimised(model)
    assert form.eval() is form and not any(one.training for one in form.modules())
    for call in (form.train, form.requires_grad_):
        with pytest.raises(ValueError, match=r"optimised form of resnet20 is for evaluation alone"):
            call()
    assert not any(weight.requires_grad for weight in form.parameters())
    committee = optimised(create_model("boosted_lenet4").eval())
    with pytest.raises(ValueError, match="optimised form of lenet4 is for evaluation alone"):
        committee.train()


def test_it_has_weights_of_its_own_where_they_were_folded_alone(model):
    form, x = optimised(model), pictures(model.net)
    held = {tensor.data_ptr() for tensor in model.state_dict().values()}
    shared = [n for n, tensor in form.state_dict().items() if tensor.data_ptr() in held]
    assert shared == ["fc.weight", "fc.bias"]
    before = form(x)
    nn.init.zeros_(model.get_submodule("conv1.norm").weight)
    assert torch.equal(form(x), before) and not torch.allclose(optimised(model)(x), before)


def test_it_is_copied_pickled_and_moved(model):
    form, x = optimised(model), pictures(model.net)
    out = form(x)
    for other in (copy.deepcopy(form), pickle.loads(pickle.dumps(form))):
        assert torch.equal(other(x), out)
    assert apart(copy.deepcopy(form).double()(x.double()), out.double()) < CLOSE
    state = {name: 0 * tensor for name, tensor in form.state_dict().items()}
    form.load_state_dict(state)
    assert not form(x).any()  # what was laid out of the old weights is gone
    assert form.to("meta")(x.to("meta")).is_meta


def test_it_is_exported_and_differentiated_as_the_plain_form_is(model):
    form, x = optimised(model), pictures(model.net, 2)
    whole = torch.export.export(form, (x,), dynamic_shapes=({0: torch.export.Dim("batch")},))
    assert apart(whole.module()(x), form(x)) < CLOSE
    assert not any("mkldnn" in str(node.target) for node in whole.graph.nodes)
    gradients = []
    for one in (model, form):
        given = x.clone().requires_grad_()
        one(given).square().sum().backward()
        gradients.append(given.grad)
    assert apart(*gradients) < 1e-4
    compiled = torch.compile(form, backend="eager", fullgraph=True)
    assert apart(compiled(x), form(x)) < CLOSE
    mapped = torch.func.vmap(lambda one: form(one[None])[0])(x)
    assert apart(mapped, form(x)) < CLOSE


def test_it_says_which_pictures_fit():
    form = optimised(drawn(net("lenet5")))
    with pytest.raises(ValueError, match=r"lenet5 was built for 32x32 pictures"):
        form(torch.zeros(1, 1, 28, 28))
    with pytest.raises(ValueError, match=r"\(N, 1, 32, 32\), not \(1, 3, 32, 32\)"):
        form(torch.zeros(1, 3, 32, 32))
    with pytest.raises(ValueError, match="has float32 weights, these pictures are float64"):
        form(torch.zeros(1, 1, 32, 32, dtype=torch.float64))


def replaced(model):
    model.fc = nn.Linear(64, 10)
    model.fc.out_features = 11


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m.conv1.norm.register_forward_hook(print), r"conv1\.norm .* has hooks"),
        (lambda m: setattr(m.conv1, "relu", nn.Tanh()), r"conv1\.relu .* replaced by Tanh"),
        (lambda m: setattr(m.conv1.norm, "eps", 0.1), r"conv1\.norm .* was set otherwise"),
        (lambda m: setattr(m.conv1.conv, "stride", (2, 2)), r"conv1\.conv .* was set otherwise"),
        (lambda m: m.conv1.append(nn.Identity()), "conv1 .* has other parts"),
        (lambda m: prune.l1_unstructured(m.fc, "weight", 0.5), "fc .* has hooks"),
        (replaced, "fc .* was set otherwise"),
        (lambda m: m.register_forward_hook(print), "hooks of its own"),
    ],
)
def test_a_changed_network_is_refused_by_name(model, change, said):
    change(model)
    with pytest.raises(ValueError, match=f"(?s){said}"):
        optimised(model)


def test_what_is_none_of_ours_is_refused():
    with pytest.raises(TypeError, match=r"optimised\(load\('lenet5'\)\.model\)"):
        optimised(nn.Linear(2, 2))


def test_forms_are_made_of_one_another(model):
    form = optimised(papernets.fast(model))
    assert isinstance(form, Optimised) and optimised(form) is form
    assert isinstance(pickle.loads(pickle.dumps(form)), Optimised)


def test_a_committee_keeps_count():
    plain = papernets.load("boosted_lenet4").model
    form = optimised(plain)
    x = torch.rand(20, 1, 32, 32)
    with torch.no_grad():
        assert apart(form(x), plain(x)) < CLOSE
    assert (plain.seen, form.seen) == (40, 40) and plain.asked == form.asked


@pytest.mark.parametrize("activation", [None, "relu", "sigmoid", "tanh"])
def test_dense_layers_by_onednn_give_the_same(activation):
    parts = {"flat": Flatten(), "F1": Dense(40, activation=activation), "F2": Dense(5)}
    plain = build(Net("dense", (2, 6, 6), 5, chain(parts))).eval()
    form = optimised(plain)
    for count in (1, 5, 1, 8):
        x = torch.randn(count, 2, 6, 6, generator=torch.Generator().manual_seed(count))
        with torch.inference_mode():
            torch.testing.assert_close(form(x), plain(x), rtol=0, atol=CLOSE)


def test_one_picture_takes_the_weights_of_a_dense_layer_as_they_are():
    layer = torch.nn.Linear(30, 20)
    assert dense(layer, 1).weights.data_ptr() == layer.weight.data_ptr()
