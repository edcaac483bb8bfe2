"""Layers computed as one chain: the same values, gradients and parameters as one by one."""

import copy
import pickle
from itertools import pairwise
from pathlib import Path

import pytest
import siblings
import torch
import torch.nn.functional as F

from papernets.nets.registry import NETS, net
from papernets.run.fast import Fast
from papernets.run.network import Logits, build
from papernets.run.tiles import function, products, tiled
from papernets.run.tiles.windows import Maximum
from papernets.said import Paper
from papernets.spec import (
    RBF,
    Aux,
    BatchNorm,
    Committee,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Net,
    Norm,
    Pool,
    Subsample,
    TableConv,
    chain,
    concat,
)

SMALL = Path(__file__).parents[1] / "small_nets.py"
PAPER = Paper("Odd sizes", "nobody", 2026, "tests")

# What is left to the ordinary layers: the RBF output alone.
STEPS_IN_CHAIN = {
    "lenet1": 6,
    "lenet1_notes": 6,
    "lenet1_12maps_dense": 6,
    "lenet4": 7,
    "lenet4_notes": 7,
    "lenet5": 7,
    "lenet5_modern": 8,
    "lenet5_keras_28": 8,
    "lecture_cnn": 8,
    "boosted_lenet4": 7,
}


def named(name):
    found = net(name)
    return found.member if isinstance(found, Committee) else found


def own(name, shape, **parts):
    return Net(name, shape, 10, chain({**parts, "flatten": Flatten(), "out": Dense(10)}))


def bare(name, **parts):
    return Net(name, (1, 12, 12), 3, chain(parts))


def relu(out, kernel, **how):
    return Conv(out, kernel, activation="relu", **how)


PAIRS = ((0, 1), (1, 2), (0, 2, 3), (3,), (0, 1, 2, 3))
ODD = {
    n.name: n
    for n in (
        own("odd_max", (1, 30, 33), a=relu(5, 3), p=Pool("max", 3)),
        own("odd_average", (3, 31, 29), a=relu(5, 4), p=Pool("average", 3, activation="sigmoid")),
        own(
            "rectangular",
            (3, 31, 29),
            a=Conv(4, (3, 2), activation="relu6"),
            p=Pool("max", (2, 3)),
            b=Conv(6, (2, 5), activation="sigmoid"),
            q=Pool("average", (3, 1)),
            c=Conv(7, 2, bias=False, activation="tanh"),
        ),
        own(
            "unlike_tiles",  # the order of one stage is not the next one's
            (2, 38, 38),
            a=Conv(4, 3, activation="scaled_tanh"),
            p=Pool("max", 2),
            b=Conv(5, 3, bias=False, activation="relu"),
            q=Pool("max", 3),
            c=Conv(6, 2, activation="tanh"),
            d=Conv(6, 1, activation="relu"),
        ),
        own(
            "subsamplings",
            (2, 23, 28),
            a=Conv(4, 4, activation="sigmoid"),
            p=Subsample((2, 3), activation="relu", sources=(3, 0, 0, 1, 3)),
            b=TableConv(PAIRS, (3, 2), activation="scaled_tanh"),
            q=Subsample(2),
        ),
        own("bias", (1, 9, 9), a=Conv(3, 4), p=Pool("max", 2), f=Flatten(), d=Dense(9, bias=False)),
        bare("no_dense", a=Conv(3, 5), p=Pool("max", 8), f=Flatten()),
        bare("maps", a=Conv(3, 5), p=Pool("average", 8)),
    )
}  # fmt: skip
EVERY = {**{name: named(name) for name in STEPS_IN_CHAIN}, **ODD}
every = pytest.mark.parametrize("name", EVERY)


def models(network, seed=3):
    """The fast form in float32 and the plain form in float64, with the same weights."""
    fast = made(network, generator=torch.Generator().manual_seed(seed))
    exact = build(network).double()
    exact.load_state_dict(fast.state_dict())
    return fast, exact


def made(network, **given):
    """The fast form of a network, with the same weights each time."""
    given.setdefault("generator", torch.Generator().manual_seed(3))
    return Fast(build(network, **given))


def batch(network, count, seed=7):
    """Pictures with a blank band, where the values of a window are equal, as in digits; labels."""
    draws = torch.Generator().manual_seed(seed)
    x = torch.rand(count, *network.input, generator=draws)
    x[:, :, : network.input[1] // 4] = 0.0
    return x, torch.randint(0, network.classes, (count,), generator=draws)


def loss_of(out, y):
    out = out.main if isinstance(out, Logits) else out
    return F.cross_entropy(out.flatten(1) * 0.1, y)


def gradients(model, call, x, y):
    model.zero_grad()
    loss_of(call(x), y).backward()
    return {name: p.grad.clone() for name, p in model.named_parameters()}


def assert_near(ours, theirs, share=1e-5):
    for name in theirs:
        largest = theirs[name].abs().max()
        assert (ours[name] - theirs[name]).abs().max() <= share * largest, name


def test_all_of_lenet_runs_in_a_chain():
    ours = ("lenet", "boosted_lenet", "lecture_cnn")
    lenets = {entry.name for entry in NETS if entry.name.startswith(ours)}
    assert lenets == set(STEPS_IN_CHAIN)
    for name, steps in STEPS_IN_CHAIN.items():
        model = made(named(name))
        assert tiled(model).links.steps == steps, name
        left = model._form.eval_steps[steps:]
        assert {type(model.get_submodule(step.name)).__name__ for step in left} <= {"RBF"}


@pytest.mark.parametrize(("name", "count"), siblings.crossed(EVERY, [1, 2, 7, 128]))
def test_values_and_gradients_are_those_of_float64(name, count):
    network = EVERY[name]
    fast, exact = models(network)
    call = tiled(fast)
    x, y = batch(network, count)
    for model in (fast, exact):
        model.train()
    ours, theirs = call(x), exact(x.double())
    assert ours.shape == theirs.shape
    torch.testing.assert_close(
        ours.double(), theirs, rtol=1e-5, atol=1e-5 * float(theirs.detach().abs().max())
    )
    found = gradients(fast, call, x, y)
    assert len(call._chains) == 1, "it fell back"
    assert_near(found, gradients(exact, exact, x.double(), y))
    fast.eval()
    with torch.no_grad():
        assert torch.equal(call(x), ours)


def distances(network, seed):
    """Mean distances of the weights to float64's after 20 steps of Adam: in a chain, and plain."""
    fast, exact = models(network, seed)
    plain = build(network)
    plain.load_state_dict(fast.state_dict())
    for model, call in ((fast, tiled(fast)), (plain, plain), (exact, exact)):
        optimizer = torch.optim.Adam(model.parameters(), 1e-3)
        for step in range(20):
            x, y = batch(network, 8, seed=1000 * seed + step)
            optimizer.zero_grad()
            loss_of(call(x.to(next(model.parameters()).dtype)), y).backward()
            optimizer.step()
    flat = [torch.cat([p.detach().flatten() for p in m.parameters()]) for m in (fast, plain, exact)]
    return [float((values - flat[2]).abs().mean()) for values in flat[:2]]


OFTEN = ("lenet4", "lenet5_keras_28", "lenet5_modern", *ODD)


@pytest.mark.parametrize(
    "name", ["lenet5", *(pytest.param(name, marks=pytest.mark.slow) for name in OFTEN)]
)
def test_the_distance_to_float64_stays_that_of_float32(name):
    """The middle of five draws: Adam enlarges rounding, and in some a maximum changes its place."""
    found = [distances(EVERY[name], seed) for seed in range(5)]
    assert sorted(ours / plain for ours, plain in found)[2] <= 5


@pytest.mark.parametrize("values", [2, 4, 9])
def test_the_first_of_equal_values_wins(values):
    draws = torch.Generator().manual_seed(1)
    blocks = torch.randint(0, 3, (values, 3, 50), generator=draws).float()
    window = Maximum(None, values, 3, 50)
    y = window.forward(blocks.clone(), None, (), None)
    grad = torch.rand(3, 50, generator=draws)
    found, _, _ = window.backward(grad, None, ())
    # torch's own pooling, of windows laid out as rows
    rows = blocks.permute(1, 2, 0).reshape(1, 1, 150, values).requires_grad_()
    pooled = F.max_pool2d(rows, (1, values))
    pooled.backward(grad.view(pooled.shape))
    assert torch.equal(y.view(-1), pooled.detach().view(-1))
    assert torch.equal(found.permute(1, 2, 0).reshape(rows.shape), rows.grad)


@pytest.mark.parametrize("name", ["BRANCHES", "SHORTCUTS"])
def test_a_network_that_begins_otherwise_is_left_alone(name):
    assert tiled(made(net(f"{SMALL}:{name}"))) is None


@pytest.mark.parametrize(
    "first",
    [
        {"a": relu(4, 3, stride=2)},
        {"a": relu(4, 3, padding=1), "p": Pool("max", 2)},
        {"a": relu(4, 3, padding="same"), "p": Pool("max", 2)},
        {"a": relu(4, 3, groups=2), "p": Pool("max", 2)},
        {"a": relu(4, 3, norm=Norm()), "p": Pool("max", 2)},
        {"a": relu(4, 3)},  # no pooling: nine copies of the picture
        {"a": relu(4, 3), "p": Pool("max", 3, 2)},
        {"a": relu(4, 3), "p": Pool("max", 2, padding=1)},
        {"a": relu(4, 3), "p": Pool("max", 2, ceil=True)},
        {"a": Conv(4, 3, activation="sigmoid"), "p": Pool("max", 2, activation="tanh")},
        {"p": Pool("max", 2), "a": relu(4, 3)},
        {"d": Dropout(0.5), "a": relu(4, 3), "p": Pool("max", 2)},
        {},
    ],
    ids=lambda first: " ".join(str(layer) for layer in first.values())[:60] or "dense",
)
def test_first_layers_that_no_chain_has(first):
    assert tiled(made(own("other", (2, 20, 20), **first))) is None


def tail():
    """A chain's layers, then what only ordinary layers can do: normalisation, branches, a head."""
    return Net(
        "tail",
        (1, 28, 28),
        10,
        chain(
            {
                "a": relu(6, 5),
                "p": Pool("max", 2),
                "b": relu(8, 3),
                "q": Pool("average", 2),
                "aux": Aux(chain({"flatten": Flatten(), "out": Dense(10)}), weight=0.3),
                "norm": BatchNorm(activation="relu"),
                "both": concat({"c": Conv(4, 1, activation="tanh"), "d": Conv(5, 3, padding=1)}),
                "flatten": Flatten(),
                "out": Dense(10),
            }
        ),
    )


def test_layers_after_the_chain_run_as_they_are():
    network = tail()
    fast, exact = models(network)
    call = tiled(fast)
    assert call.links.steps == 4
    x, y = batch(network, 6)

    def both(out, y):
        return F.cross_entropy(out.main, y) + 0.3 * F.cross_entropy(out.aux[0], y)

    for model, forward, pictures in ((fast, call, x), (exact, exact, x.double())):
        both(forward(pictures), y).backward()
        assert model.a.conv.weight.grad is not None
    ours, theirs = ({n: p.grad for n, p in m.named_parameters()} for m in (fast, exact))
    # a bias before a normalisation has no gradient but rounding
    assert_near(ours, {n: g for n, g in theirs.items() if g.abs().max() > 1e-9}, share=2e-5)
    assert isinstance(call(x), Logits)
    fast.eval()
    torch.testing.assert_close(call(x), fast(x))


def test_a_chain_ends_where_a_head_listens():
    head = Aux(chain({"flatten": Flatten(), "out": Dense(10)}), weight=0.3)
    pools = {"p": Pool("max", 2), "aux": head, "b": relu(4, 3), "q": Pool("max", 2)}
    network = own("heard", (1, 28, 28), a=relu(4, 5), **pools)
    fast, exact = models(network)
    call = tiled(fast)
    assert call.links.steps == 2
    x, _ = batch(network, 3)
    ours, theirs = call(x).aux[0].double(), exact(x.double()).aux[0]
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


def test_a_chain_ends_where_branches_begin():
    both = concat({"c": Conv(4, 1), "d": Conv(5, 1), "p": Pool("max", 1)})
    network = own("forked", (1, 20, 20), a=relu(4, 5), p=Pool("max", 2), both=both)
    model = made(network)
    call = tiled(model)
    assert call.links.steps == 2
    x, _ = batch(network, 3)
    torch.testing.assert_close(call(x), model(x), rtol=1e-5, atol=1e-5)


def test_an_output_that_is_not_the_last_distance():
    network = named("lenet5")
    assert isinstance(dict(network.body.parts)["output"], RBF)
    call = tiled(made(network))
    out = call(batch(network, 3)[0])
    assert out.grad_fn is not None and tuple(out.shape) == (3, 10)


def test_another_picture_size_gets_its_own_chain():
    """A convolutional form takes wider pictures."""
    from papernets import rewrite

    network = rewrite.dense(named("lenet5_keras_28")).net
    model = made(network)
    call = tiled(model)
    for width in (28, 40):
        x = torch.rand(2, 1, 28, width)
        torch.testing.assert_close(call(x), model(x), rtol=1e-5, atol=1e-5)
    assert len(call._chains) == 2


def test_wrong_pictures_get_the_networks_own_words():
    call = tiled(made(named("lenet5")))
    for x in (torch.zeros(2, 1, 36, 40), torch.zeros(2, 3, 32, 32), torch.zeros(1, 32, 32)):
        with pytest.raises(ValueError, match=r"lenet5 (was built for|takes pictures)"):
            call(x)


def test_the_model_is_not_touched():
    network = named("lenet5")
    model = made(network)
    before = {k: (v.data_ptr(), v.clone()) for k, v in model.state_dict().items()}
    names = list(vars(model))
    call = tiled(model)
    x, y = batch(network, 4)
    loss_of(call(x), y).backward()
    assert list(model.state_dict()) == list(before)
    assert list(vars(model)) == names
    for key, value in model.state_dict().items():
        assert value.data_ptr() == before[key][0]
        assert torch.equal(value, before[key][1])
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert torch.equal(twin(x), model(x))
        assert torch.equal(tiled(twin)(x), call(x))


def test_new_weights_are_seen_at_once():
    network = named("lenet5_keras_28")
    model, other = made(network), made(network)
    call = tiled(model)
    x, _ = batch(network, 4)
    call(x)
    for assign in (False, True):
        other.load_state_dict(build(network).state_dict())
        model.load_state_dict(other.state_dict(), assign=assign)
        assert torch.equal(call(x), tiled(other)(x))


def fell_back(call, x):
    """True where the call made no chain."""
    call._chains.clear()
    call(x)
    return not call._chains


def test_what_a_chain_cannot_do_is_left_to_the_layers():
    network = named("lenet5_keras_28")
    model = made(network)
    call = tiled(model)
    x, _ = batch(network, 3)
    assert not fell_back(call, x)
    assert fell_back(call, x.clone().requires_grad_())
    assert fell_back(call, x[:0])
    with torch.autocast("cpu", torch.bfloat16):
        assert fell_back(call, x)
    with torch.inference_mode():
        assert fell_back(call, x)
    handle = model.conv1.conv.register_forward_hook(lambda *_: None)
    assert fell_back(call, x)
    handle.remove()
    handle = model.conv1.register_forward_hook(lambda *_: None)
    with pytest.raises(ValueError, match="conv1 of lenet5_keras_28 has hooks"):
        call(x)  # the layers' own fast form computes conv1 with pool1
    handle.remove()
    assert not fell_back(call, x)
    model.double()
    assert fell_back(call, x.double())
    model.float().to("meta")
    assert fell_back(call, x.to("meta"))


def test_pictures_that_want_a_gradient_get_it():
    network = named("lenet5_keras_28")
    model = made(network)
    x, y = batch(network, 3)
    grads = []
    for call in (tiled(model), model):
        pictures = x.clone().requires_grad_()
        loss_of(call(pictures), y).backward()
        grads.append(pictures.grad)
    assert torch.equal(*grads)


def test_a_chain_that_is_too_large_is_not_made(monkeypatch):
    network = named("lenet5_keras_28")
    call = tiled(made(network))
    monkeypatch.setattr(function, "ROOM", 1 << 20)
    assert not fell_back(call, batch(network, 2)[0])
    assert fell_back(call, batch(network, 128)[0])


def test_frozen_parameters_get_no_gradient():
    network = named("lenet5_keras_28")
    model = made(network)
    x, y = batch(network, 3)
    wanted = gradients(model, model, x, y)
    model.zero_grad()
    model.conv1.requires_grad_(False)
    loss_of(tiled(model)(x), y).backward()
    assert model.conv1.conv.weight.grad is None
    name = "conv2.conv.weight"
    assert_near({name: model.conv2.conv.weight.grad}, {name: wanted[name]})
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    assert not tiled(model)(x).requires_grad


def test_two_chains_are_kept():
    network = named("lenet5_keras_28")
    call = tiled(made(network))
    for count in (8, 3, 8, 5, 8):
        call(batch(network, count)[0])
    assert [key[0] for key in call._chains] == [5, 8]


def test_a_stopped_step_leaves_nothing_behind():
    """Values without a backward pass, and a backward pass after other values, change nothing."""
    network = named("lenet5")
    model = made(network)
    call = tiled(model)
    (x, y), (other, _) = batch(network, 4), batch(network, 4, seed=8)
    right = gradients(model, call, x, y)
    with pytest.raises(KeyboardInterrupt):
        call(other)
        raise KeyboardInterrupt
    with pytest.raises(ValueError, match="batch_size"):
        loss_of(call(other), y[:3]).backward()
    again = gradients(model, call, x, y)
    model.zero_grad()
    loss = loss_of(call(x), y)
    newest = loss_of(call(other), y)
    loss.backward(retain_graph=True)
    crossed = {name: p.grad.clone() for name, p in model.named_parameters()}
    model.zero_grad()
    newest.backward()
    newer = {name: p.grad.clone() for name, p in model.named_parameters()}
    wanted = gradients(model, tiled(model), other, y)
    assert all(torch.equal(newer[name], wanted[name]) for name in wanted)
    model.zero_grad()
    for _ in range(2):
        call(other)
    loss.backward()
    twice = {name: p.grad for name, p in model.named_parameters()}
    for found in (again, crossed, twice):
        assert all(torch.equal(found[name], right[name]) for name in right)


def test_a_failure_within_a_pass_leaves_nothing_behind(monkeypatch):
    network = named("lenet5")
    model = made(network)
    call = tiled(model)
    x, y = batch(network, 4)
    right = gradients(model, call, x, y)
    stage = next(iter(call._chains.values())).chain.convs[1]

    def fail(*_, **__):
        raise KeyboardInterrupt

    for method in ("forward", "backward"):
        with monkeypatch.context() as patch:
            patch.setattr(stage, method, fail)
            with pytest.raises(KeyboardInterrupt):
                gradients(model, call, x, y)
        again = gradients(model, call, x, y)
        assert all(torch.equal(again[name], right[name]) for name in right)


def test_weights_changed_between_the_passes_are_an_error():
    network = named("lenet5_keras_28")
    model = made(network)
    x, y = batch(network, 3)
    loss = loss_of(tiled(model)(x), y)
    with torch.no_grad():
        model.conv1.conv.weight.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_gradients_add_up_over_batches():
    network = named("lenet5_keras_28")
    model = made(network)
    call = tiled(model)
    x, y = batch(network, 8)
    parts = [gradients(model, call, x[a:b], y[a:b]) for a, b in pairwise((0, 4, 8))]
    model.zero_grad()
    losses = [loss_of(call(x[a:b]), y[a:b]) for a, b in pairwise((0, 4, 8))]
    sum(losses).backward()
    for name, p in model.named_parameters():
        torch.testing.assert_close(p.grad, parts[0][name] + parts[1][name], rtol=1e-5, atol=1e-7)


@every
def test_a_step_does_not_depend_on_those_before(name):
    """Bit for bit, as a resumed run needs: chains that have seen other batches give the same."""
    network = EVERY[name]
    model = made(network)
    used, fresh = tiled(model), tiled(model)
    x, y = batch(network, 6)
    for count in (6, 4, 6):
        gradients(model, used, *batch(network, count, seed=count))
    ours, theirs = gradients(model, used, x, y), gradients(model, fresh, x, y)
    assert all(torch.equal(ours[n], theirs[n]) for n in theirs)


def test_without_onednn_it_is_torchs_own_product(monkeypatch):
    network = named("lenet5")
    model = made(network)
    x, y = batch(network, 5)
    theirs = gradients(model, model, x, y)
    monkeypatch.setattr(products, "_onednn", lambda: None)
    assert_near(gradients(model, tiled(model), x, y), theirs)


def test_no_random_number_is_drawn():
    """What dropout draws in a resumed run does not depend on where it was stopped."""
    products._onednn.cache_clear()
    network = named("lenet5")
    model = made(network)
    before = torch.random.get_rng_state()
    gradients(model, tiled(model), *batch(network, 3))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_nan_spreads_to_the_loss():
    network = named("lenet5_keras_28")
    model = made(network)
    with torch.no_grad():
        model.conv1.conv.weight[0, 0, 0, 0] = float("nan")
    x, y = batch(network, 2)
    assert loss_of(tiled(model)(x + 1), y).isnan()


def test_a_module_of_another_kind_ends_the_chain():
    """A layer that somebody replaced by a kind of his own is not taken for ours."""

    class Other(torch.nn.MaxPool2d):
        pass

    network = named("lenet5_keras_28")
    model = made(network)
    model.pool2.__class__ = Other
    assert tiled(model).links.steps == 2  # conv2 alone would be copied too often
