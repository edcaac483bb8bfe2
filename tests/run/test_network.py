"""The built network: heads, features, sizes, freed activations, copies."""

import copy
import re
import weakref
from pathlib import Path

import pytest
import siblings
import torch

from papernets.bundle.create import create_model
from papernets.nets.registry import net
from papernets.run.fast import Fast
from papernets.run.network import Logits, build
from papernets.spec import Conv, Identity, Net, chain

SMALL = Path(__file__).parents[1] / "small_nets.py"
BRANCHES, SHORTCUTS = net(f"{SMALL}:BRANCHES"), net(f"{SMALL}:SHORTCUTS")


def picture(network, count=2, size=None):
    channels, *own = network.input
    return torch.rand(count, channels, *(size or own), generator=torch.Generator().manual_seed(7))


def test_heads_speak_in_training_only():
    model, x = build(BRANCHES), picture(BRANCHES)
    out = model.train()(x)
    assert isinstance(out, Logits)
    assert tuple(out.main.shape) == (2, 7)
    assert [tuple(head.shape) for head in out.aux] == [(2, 7)]
    assert model.aux_weights == (0.3,)
    assert isinstance(model.eval()(x), torch.Tensor)
    assert isinstance(build(SHORTCUTS).train()(picture(SHORTCUTS)), torch.Tensor)
    assert build(SHORTCUTS).aux_weights == ()


def test_heads_are_not_computed_in_evaluation():
    model, calls = build(BRANCHES), []
    model.aux1.conv.register_forward_hook(lambda *_: calls.append("aux1.conv"))
    model.eval()(picture(BRANCHES))
    assert calls == []
    model.train()(picture(BRANCHES))
    assert calls == ["aux1.conv"]


def test_a_head_hears_the_value_it_taps_and_leaves_it_alone():
    model, x = build(BRANCHES).eval(), picture(BRANCHES)
    found = model.features(x, ["mixed1", "aux1.pool", "pool2", "out"])
    torch.testing.assert_close(
        found["aux1.pool"], torch.nn.functional.avg_pool2d(found["mixed1"], 3, 2)
    )
    torch.testing.assert_close(model(x), found["out"])


def test_a_heads_loss_reaches_the_layers_below_it_alone():
    model = build(BRANCHES, generator=torch.Generator().manual_seed(3))
    model.train()(picture(BRANCHES)).aux[0].sum().backward()
    assert model.mixed1.b1x1.conv.conv.weight.grad is not None
    assert model.mixed2.same.conv.weight.grad is None


def test_features_come_in_the_order_asked():
    model, x = build(net("lenet5")), picture(net("lenet5"))
    found = model.features(x, ["F6", "C1", "S4"])
    assert list(found) == ["F6", "C1", "S4"]
    assert [tuple(t.shape) for t in found.values()] == [(2, 84), (2, 6, 28, 28), (2, 16, 5, 5)]
    assert found["C1"].abs().max() <= 1.7159
    assert model.features(x, []) == {}
    assert list(model.features(x, "C1")) == ["C1"]


def test_features_are_the_layers_outputs_after_their_activation():
    """The fast form pools first, but conv1's feature is what the paper's conv1 gives."""
    model, x = build(net("lenet5_keras_28")), picture(net("lenet5_keras_28"))
    own = model.conv1.conv
    conv = torch.nn.functional.conv2d(x, own.weight, own.bias)
    for form in (model, Fast(model)):
        torch.testing.assert_close(form.features(x, ["conv1"])["conv1"], conv.tanh())


def test_an_unknown_feature_lists_the_rows():
    message = "lenet5 has no row 'C7'; its rows: C1, S2, C3, S4, C5, flatten, F6, output"
    with pytest.raises(ValueError, match=message):
        build(net("lenet5")).features(picture(net("lenet5")), ["C1", "C7"])


@pytest.mark.parametrize("name", ["lenet5", "lenet4", "lenet5_keras_28"])
def test_another_size_names_both(name):
    own = net(name)
    model, side = build(own), own.input[1]
    with pytest.raises(
        ValueError,
        match=re.escape(
            f"{name} was built for {side}x{side} pictures and its dense layers are sized for them; "
            "this one is 36x40. Build it with input=(36, 40), or with dense=True"
        ),
    ):
        model(picture(own, size=(36, 40)))


@pytest.mark.parametrize("shape", [(2, 3, 32, 32), (2, 32, 32), (1, 32, 32)])
def test_another_shape_names_what_it_takes(shape):
    with pytest.raises(
        ValueError, match=re.escape(f"pictures of shape (N, 1, 32, 32), not {shape}")
    ):
        build(net("lenet5"))(torch.zeros(shape))


def test_a_network_with_global_pooling_takes_other_sizes():
    assert tuple(build(SHORTCUTS).eval()(picture(SHORTCUTS, size=(50, 41))).shape) == (2, 5)
    model = build(BRANCHES)
    assert tuple(model.eval()(picture(BRANCHES, size=(64, 50))).shape) == (2, 7)
    assert tuple(
        model.features(picture(BRANCHES, size=(64, 50)), ["mixed2"])["mixed2"].shape[2:]
    ) == (8, 6)
    with pytest.raises(ValueError, match="was built for 40x33 pictures"):
        model.train()(picture(BRANCHES, size=(64, 50)))  # its head is sized


def test_a_picture_too_small_names_the_layer():
    body = chain({"conv1": Conv(4, 3, 2), "conv2": Conv(10, 5)})
    little = Net("little", (1, 32, 32), 10, body)
    model = build(little)
    message = (
        "conv2: a 5x5 window .* its input of 4x4: the smallest input of little is 11x11, not 9x9"
    )
    with pytest.raises(ValueError, match=message):
        model(torch.zeros(1, 1, 9, 9))
    assert tuple(model(torch.zeros(1, 1, 11, 11)).shape) == (1, 10, 1, 1)


def test_a_name_that_torch_needs_is_refused():
    body = chain({"features": Identity(), "forward": Conv(4, 3)})
    little = Net("little", (1, 32, 32), 10, body)
    with pytest.raises(ValueError, match="features: torch's modules, or ours, have an attribute"):
        build(little)


@pytest.mark.parametrize("network", [BRANCHES, SHORTCUTS, net("lenet5")], ids=lambda n: n.name)
def test_a_copy_is_a_network_of_its_own(network):
    model, x = build(network).eval(), picture(network)
    before = model(x)
    twin = copy.deepcopy(model)
    with torch.no_grad():
        for weight in twin.parameters():
            weight.zero_()
    assert torch.equal(model(x), before)
    assert not torch.equal(twin(x), before)
    twin.load_state_dict(model.state_dict())
    assert torch.equal(twin(x), before)


@pytest.mark.parametrize("network", [BRANCHES, SHORTCUTS, net("lenet5")], ids=lambda n: n.name)
def test_double_takes_constants_along(network):
    model = build(network).double().eval()
    out = model(picture(network).double())
    assert out.dtype == torch.double
    floats = [t for t in model.state_dict().values() if t.is_floating_point()]
    assert all(t.dtype == torch.double for t in floats)


def test_constants_do_not_move_apart_from_their_module():
    model = build(net("lenet5"))
    assert tuple(model.to("meta")(torch.empty(1, 1, 32, 32, device="meta")).shape) == (1, 10)


def chain_of_six():
    body = chain({f"conv{n}": Conv(2, 3, padding=1, activation="relu") for n in range(6)})
    return Net("six", (1, 8, 8), 2, body)


def alive_while_each_runs(model, x):
    """The names of earlier outputs that are still alive when each layer is called."""
    alive, kept = {}, {}

    def before(name):
        def hook(*_):
            alive[name] = {n for n, ref in kept.items() if ref() is not None}

        return hook

    def after(name):
        def hook(_module, _inputs, out):
            kept[name] = weakref.ref(out)

        return hook

    rows = {name: model.get_submodule(name) for name in model._built.names}
    for name, call in rows.items():
        call.register_forward_pre_hook(before(name))
        call.register_forward_hook(after(name))
    with torch.no_grad():
        model.eval()(x)
    return alive


def test_an_activation_is_freed_after_its_last_use():
    six = chain_of_six()
    alive = alive_while_each_runs(build(six), picture(six))
    assert alive == {f"conv{n}": {f"conv{n - 1}"} if n else set() for n in range(6)}


def test_branches_keep_what_a_sibling_still_needs():
    alive = alive_while_each_runs(build(BRANCHES), picture(BRANCHES))
    assert alive["mixed1.b7x7.tall"] == {"norm1", "mixed1.b1x1.conv", "mixed1.b7x7.wide"}
    assert alive["mixed1.pool.project"] == {
        "norm1",  # the block's input is its caller's, as in any module
        "mixed1.b1x1.conv",
        "mixed1.b7x7.tall",
        "mixed1.pool.pool",
    }
    assert alive["pool2"] == {"mixed1"}
    shortcuts = alive_while_each_runs(build(SHORTCUTS), picture(SHORTCUTS))
    assert shortcuts["block1.residual.conv2"] == {"pool1", "block1.residual.conv1"}
    # the sum is not written over a branch whose value a hook has seen
    assert shortcuts["norm"] == {"block2"}


def test_a_callers_picture_is_not_freed():
    model, x = build(net("lenet5")).eval(), picture(net("lenet5"))
    again = x.clone()
    model(x)
    assert torch.equal(x, again)


def test_a_replaced_head_is_called():
    """What users of other libraries do to keep a body: model.fc = nn.Linear(512, 2)."""
    model, x = create_model("resnet18", input=64).eval(), torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        features = model.features(x, "avgpool")
        before = model(x)
        model.fc = torch.nn.Linear(512, 3)
        assert torch.equal(model(x), model.fc(features["avgpool"].flatten(1)))
        again = copy.deepcopy(model)
        again.fc.weight.zero_()
        assert torch.equal(again(x), again.fc.bias.expand(2, 3)) and before.shape == (2, 1000)
    assert not torch.equal(again(x), model(x))


@pytest.mark.parametrize("form", [lambda model: model, Fast], ids=["plain", "fast"])
@pytest.mark.parametrize("row", ["block1.residual.conv1", "block1.residual.conv2", "norm"])
def test_a_replaced_layer_may_give_back_its_input(form, row):
    """Nothing is written over a value that a foreign module passes on."""
    model, x = build(SHORTCUTS).eval(), picture(SHORTCUTS)
    *groups, last = row.split(".")
    setattr(model.get_submodule(".".join(groups)), last, torch.nn.Identity())
    with torch.no_grad():
        y = model.pool1(model.conv1(x))
        inner = model.block1.residual
        y = (inner.conv2(inner.conv1(y)) + y).relu()
        inner = model.block2.residual
        branch = inner.conv2(inner.conv1(inner.norm(y)))
        y = model.norm(0.2 * branch + model.block2.shortcut(y))
        wanted = model.out(model.fc(model.flatten(model.pool2(y))))
        given = x.clone()
        torch.testing.assert_close(form(model)(x), wanted)
    assert torch.equal(given, x)


@pytest.mark.parametrize("form", [lambda model: model, Fast], ids=["plain", "fast"])
def test_a_normalisation_taken_out_leaves_the_shortcut_as_it_is(form):
    """In place would write the ReLU over the value that the shortcut carries."""
    model, x = create_model("resnet18_v2", input=64).eval(), torch.randn(2, 64, 16, 16)
    block = model.conv2_2
    block.bn1.norm = torch.nn.Identity()
    with torch.no_grad():
        wanted = block.conv2(block.conv1(x.relu())) + x
        given = x.clone()
        torch.testing.assert_close(block(x), wanted)
        assert torch.equal(given, x)
        seen = model.features(torch.rand(2, 3, 64, 64), ["conv2_1", "conv2_2"])
        torch.testing.assert_close(block(seen["conv2_1"]), seen["conv2_2"])
        y = form(model)(torch.ones(1, 3, 64, 64))
        torch.testing.assert_close(y, model(torch.ones(1, 3, 64, 64)))


@pytest.mark.parametrize("form", [lambda model: model, Fast], ids=["plain", "fast"])
def test_a_row_that_needs_its_output_for_its_gradient_is_not_written_over(form):
    """A sum over the output of a sigmoid would be an error in the backward pass."""
    model, x = build(SHORTCUTS).train(), picture(SHORTCUTS)
    inner = model.block1.residual
    inner.conv2 = torch.nn.Sequential(inner.conv2, torch.nn.Sigmoid())
    form(model)(x).sum().backward()
    assert all(p.grad is not None for p in model.parameters())


def test_the_fast_form_names_a_change_that_it_does_not_know():
    plain = create_model("googlenet").eval()
    fast, x = Fast(plain), torch.rand(1, 3, 224, 224)
    with torch.no_grad():
        before = fast(x)
        kept, plain.inception_4a = plain.inception_4a, torch.nn.Identity()
        with pytest.raises(
            ValueError, match=r"inception_4a of googlenet was replaced.*plain model"
        ):
            fast(x)
        plain.inception_4a = kept
        pool, plain.pool1 = plain.pool1, torch.nn.AvgPool2d(3, 2, ceil_mode=True)
        with pytest.raises(
            ValueError, match=r"pool1 of googlenet was replaced or changed \(AvgPool2d"
        ):
            fast(x)
        assert plain(x).shape == (1, 1000)
        plain.pool1 = pool
        with pytest.raises(ValueError, match=r"conv1 of googlenet has hooks"):
            handle = plain.conv1.register_forward_hook(lambda *_: None)
            Fast(plain)
        handle.remove()
        assert torch.equal(fast(x), before)


def test_what_is_added_to_a_row_or_a_line_is_not_lost():
    """A Sequential runs what somebody appends to it; the fast form runs it too, or says no."""
    plain, x = create_model("googlenet", input=96, aux=False).eval(), torch.rand(1, 3, 96, 96)
    fast = Fast(plain)
    with torch.no_grad():
        before = fast(x)
        plain.conv1.append(torch.nn.Tanh())  # computed with pool1
        assert not torch.allclose(plain(x), before)
        with pytest.raises(ValueError, match="conv1 of googlenet was replaced or changed"):
            fast(x)
        plain.conv1._modules.popitem()
        plain.conv2_reduce.append(torch.nn.Tanh())  # computed alone
        torch.testing.assert_close(fast(x), plain(x))
        plain.conv2_reduce._modules.popitem()
        plain.inception_4a.b5x5.append(torch.nn.Tanh())
        with pytest.raises(ValueError, match=r"inception_4a\.b5x5 of googlenet was replaced or"):
            fast(x)
        plain.inception_4a.b5x5._modules.popitem()
        assert torch.equal(fast(x), before)


def test_what_was_taken_out_says_so():
    model = create_model("googlenet").eval()
    x = torch.rand(1, 3, 224, 224)
    with torch.no_grad():
        before = model(x)
        model.aux1 = None
        assert torch.equal(model(x), before)  # nobody asks it in evaluation
    with pytest.raises(ValueError, match=r"aux1 was taken out of the network.* aux=False"):
        model.train()(x)
    with pytest.raises(ValueError, match=r"aux1.* was taken out of the network"):
        Fast(model.eval())
    del model.inception_4a
    with pytest.raises(ValueError, match=r"inception_4a was taken out.*torch.nn.Identity\(\)"):
        model(x)


@pytest.mark.parametrize("name", ["resnet18", "googlenet"])
def test_a_hook_on_a_block_sees_what_the_block_gives(name):
    block = {"resnet18": "conv5_2", "googlenet": "inception_4e"}[name]
    model = create_model(name, input=96, aux=False) if name == "googlenet" else create_model(name)
    model, x = model.eval(), torch.rand(1, 3, 96, 96)
    seen, back = [], []
    at = model.get_submodule(block)
    at.register_forward_hook(lambda module, given, out: seen.append((given, out)))
    at.register_full_backward_hook(lambda module, before, after: back.append(after[0].shape))
    model(x.requires_grad_()).sum().backward()
    (_, out), (shape,) = seen[0], back
    assert shape == out.shape
    assert torch.allclose(out, model.features(x, block)[block], atol=1e-6)


def test_a_hook_on_a_line_of_layers_sees_what_it_gives():
    model, x = create_model("googlenet", aux=False).eval(), torch.rand(1, 3, 96, 96)
    seen, back = [], []
    model.inception_3a.b5x5.register_forward_hook(lambda module, given, out: seen.append(out))
    model.inception_3a.b5x5.register_full_backward_hook(lambda *given: back.append(given[2][0]))
    plain = copy.deepcopy(model)
    model(x).sum().backward()
    (out,), (slope,) = seen, back
    row = "inception_3a.b5x5.conv"
    assert torch.allclose(out, model.features(x, row)[row], atol=1e-6) and slope.shape == out.shape
    model.inception_3a.b5x5.register_forward_hook(lambda module, given, out: out * 0)
    assert not torch.allclose(model(x), plain(x))  # what a hook gives back is taken


def test_names_that_do_not_follow_one_another_are_no_block():
    body = chain({"a.x": Conv(4, 1), "b": Conv(4, 1), "a.y": Conv(2, 1), "c.x": Conv(3, 1)})
    model, x = build(Net("dotted", (3, 4, 4), 0, body)), torch.rand(1, 3, 4, 4)
    torch.testing.assert_close(model(x), model.c(model.a.y(model.b(model.a.x(x)))))
    with pytest.raises(ValueError, match="x, y share a name and do not follow one another"):
        model.a(x)


def test_a_loss_that_somebody_adds_does_not_run():
    model, x = create_model("resnet20").eval(), torch.rand(1, 3, 32, 32)
    before = model(x)
    model.criterion = torch.nn.CrossEntropyLoss()
    model.stage1_1.criterion = torch.nn.CrossEntropyLoss()
    assert torch.equal(model(x), before) and torch.equal(Fast(model)(x), before)


def test_a_printed_network_shows_torchs_modules():
    text = repr(create_model("alexnet"))
    assert "(conv): Conv2d(3, 96, kernel_size=(11, 11), stride=(4, 4))" in text
    assert "(norm1): LRN(5, k=2, alpha=0.0001, beta=0.75)" in text
    assert "(fc8): Linear(in_features=4096, out_features=1000, bias=True)" in text
    assert "(conv2_1): Block(\n    add, 64@56x56, relu" in repr(create_model("resnet18"))


def test_layers_have_torchs_words_for_their_sizes():
    model = create_model("alexnet", num_classes=5)
    assert (model.fc8.in_features, model.fc8.out_features) == (4096, 5)
    assert (model.conv2.conv.in_channels, model.conv2.conv.out_channels) == (96, 256)


class Doubled(torch.nn.BatchNorm2d):
    def forward(self, x):
        return 2 * super().forward(x)


NORMS = {
    "another": lambda norm: torch.nn.GroupNorm(4, norm.num_features),
    "none": lambda norm: torch.nn.Identity(),
    "its own forward": lambda norm: Doubled(norm.num_features),
    "without numbers": lambda norm: torch.nn.BatchNorm2d(norm.num_features, affine=False),
}


@pytest.mark.parametrize("kind", NORMS)
@pytest.mark.parametrize("form", [lambda model: model, Fast], ids=["plain", "fast"])
def test_a_replaced_normalisation_is_called_in_every_mode(kind, form):
    network = net("resnet20")
    model = form(build(network, generator=torch.Generator().manual_seed(1))).eval()
    model.conv1.norm, x = NORMS[kind](model.conv1.norm).eval(), picture(network)
    with torch.no_grad():
        plain = model(x)
        row = model.conv1.norm(model.conv1.conv(x)).relu()
        assert torch.allclose(model.features(x, "conv1")["conv1"], row, atol=1e-6)
    assert torch.allclose(plain, model(x), atol=1e-5)
    model.train()(x).sum().backward()


@pytest.mark.parametrize("form", [lambda model: model, Fast], ids=["plain", "fast"])
def test_what_was_patched_or_hooked_is_seen_without_gradients(form):
    model, x, seen = form(create_model("resnet20")).eval(), torch.rand(2, 3, 32, 32), []
    new = torch.nn.BatchNorm2d(16).eval()
    model.conv1.norm = new
    new.register_forward_hook(lambda *_: seen.append("norm"))
    with torch.no_grad():
        model(x)
        assert seen == ["norm"]
        model.fc.forward = lambda values: values.sum(1, keepdim=True)
        assert model(x).shape == (2, 1)
        model.conv1.norm = torch.nn.BatchNorm2d(16).eval()
        model.conv1.norm.forward = lambda values: values * 0
        assert torch.equal(model(x[:1]), model(x[1:]))


@pytest.mark.filterwarnings("ignore:`torch.jit.script`:DeprecationWarning")  # torch's own use
@pytest.mark.parametrize("name", ["resnet20", "mobilenet_v1_0.25_128"])
def test_derivatives_forward_are_the_same_with_frozen_parameters(name):
    model = create_model(name).eval().double()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_var.uniform_(0.5, 2, generator=torch.Generator().manual_seed(3))
    x = torch.rand(1, *model.net.input, dtype=torch.double)
    t = torch.rand(1, *model.net.input, dtype=torch.double)
    wanted = torch.func.jvp(model, (x,), (t,))[1].detach()
    model.requires_grad_(False)
    torch.testing.assert_close(torch.func.jvp(model, (x,), (t,))[1], wanted)
    with torch.no_grad():
        torch.testing.assert_close(torch.func.jvp(model, (x,), (t,))[1], wanted)


def test_what_is_no_picture_says_so():
    model, x = create_model("resnet20"), torch.rand(2, 3, 32, 32)
    for given in (None, [x], x.numpy()):
        with pytest.raises(TypeError, match=r"resnet20 takes pictures as a tensor of shape \(N, 3"):
            model(given)
    with pytest.raises(ValueError, match=r"float32 weights, these pictures are float64: give x.to"):
        model(x.double())
    with pytest.raises(ValueError, match=r"pictures are uint8: give x.to\(torch.float32\) / 255"):
        model((x * 255).byte())
    with pytest.raises(TypeError, match=r"features takes names of rows, not None"):
        model.features(x, None)
    with torch.autocast("cpu", torch.bfloat16):
        assert model.eval()(x).shape == (2, 10)
    assert model.double()(x.double()).dtype == torch.float64


@pytest.mark.parametrize("name", [*siblings.slow("alexnet"), "resnet20"])
def test_it_is_compiled_whole(name):
    """One graph without breaks, from a network that was never called before."""
    size = {"alexnet": 99, "resnet20": 32}[name]
    model = create_model(name, num_classes=3, input=size).eval()
    graphs = []

    def backend(graph, inputs):
        graphs.append(graph)
        return graph.forward

    compiled = torch.compile(model, fullgraph=True, backend=backend)
    x = torch.rand(1, 3, size, size)
    with torch.no_grad():
        found = compiled(x)
        assert torch.allclose(found, model(x), atol=1e-5) and len(graphs) == 1
