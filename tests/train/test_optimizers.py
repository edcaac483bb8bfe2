"""Each optimiser against what it is said to be: a transcription in numpy, torch's, the paper's."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from small_runs import TINY, a_run, drawn

from papernets.nets.registry import net
from papernets.run.network import build
from papernets.spec import Conv, Dense, Flatten, TableConv, chain
from papernets.train.learning import KINDS
from papernets.train.limits import clip, limit_filters
from papernets.train.optimizers import RMSpropTensorFlow, kinds_of, make_optimizer
from papernets.train.recipe import TrainRecipe
from papernets.train.settings import resolve
from papernets.train.stepper import set_rate

SHAPES = ((5, 3), (7,))


def gradients(steps, seed=1):
    """Gradients of each step, far apart in size."""
    random = np.random.default_rng(seed)
    return [
        [random.normal(size=s) * 10 ** random.uniform(-3, 1) for s in SHAPES] for _ in range(steps)
    ]


def first_weights():
    random = np.random.default_rng(0)
    return [random.normal(size=s) for s in SHAPES]


def run_torch(make, grads, rates):
    """The weights after these steps, in double precision."""
    params = [torch.nn.Parameter(torch.tensor(w)) for w in first_weights()]
    optimizer = make(params)
    for step, rate in zip(grads, rates, strict=True):
        set_rate(optimizer, rate)
        for p, g in zip(params, step, strict=True):
            p.grad = torch.tensor(g)
        optimizer.step()
    return [p.detach().numpy() for p in params]


def tensorflow(grads, rates, alpha, epsilon, momentum, decay):
    """ApplyRMSProp of tensorflow/core/kernels/training_ops.cc, transcribed: ms from 1, mom from 0.

    ms += (grad^2 - ms) (1 - rho); mom = mom momentum + lr grad rsqrt(ms + epsilon); var -= mom.
    """
    weights = first_weights()
    ms, mom = [np.ones(s) for s in SHAPES], [np.zeros(s) for s in SHAPES]
    for step, rate in zip(grads, rates, strict=True):
        for at, raw in enumerate(step):
            g = raw + decay * weights[at]
            ms[at] = ms[at] + (g * g - ms[at]) * (1 - alpha)
            mom[at] = mom[at] * momentum + rate * g / np.sqrt(ms[at] + epsilon)
            weights[at] = weights[at] - mom[at]
    return weights


@pytest.mark.parametrize("epsilon", [1.0, 1e-10])
@pytest.mark.parametrize("momentum", [0.9, 0.0])
@pytest.mark.parametrize("decay", [0.0, 4e-5])
def test_rmsprop_as_tensorflow_computes_it(epsilon, momentum, decay):
    grads, rates = gradients(50), [0.045 * 0.94 ** (step // 20) for step in range(50)]

    def make(params):
        return RMSpropTensorFlow(params, 1.0, 0.9, epsilon, momentum, decay)

    found = run_torch(make, grads, rates)
    wanted = tensorflow(grads, rates, 0.9, epsilon, momentum, decay)
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)


def test_the_two_rmsprop_are_not_the_same():
    """The first step with epsilon 1 and a gradient of 0.5."""
    grads = [[np.full(s, 0.5) for s in SHAPES]]

    def ours(params):
        return RMSpropTensorFlow(params, 1.0, 0.9, 1.0)

    def theirs(params):
        return torch.optim.RMSprop(params, 1.0, 0.9, 1.0)

    start = first_weights()[1]
    square = 0.1 * 0.25
    np.testing.assert_allclose(
        start - run_torch(ours, grads, [1.0])[1], 0.5 / np.sqrt(0.9 + square + 1.0)
    )
    np.testing.assert_allclose(
        start - run_torch(theirs, grads, [1.0])[1], 0.5 / (np.sqrt(square) + 1.0)
    )


def test_a_recipe_makes_torchs_own():
    model = drawn(TINY)
    made = make_optimizer(model, TrainRecipe("x", optimizer="rmsprop", alpha=0.95, momentum=0.8))
    assert type(made) is torch.optim.RMSprop
    group = made.param_groups[0]
    assert (group["alpha"], group["momentum"], group["eps"]) == (0.95, 0.8, 1e-8)
    made = make_optimizer(model, TrainRecipe("x", optimizer="rmsprop_tensorflow", epsilon=1.0))
    assert type(made) is RMSpropTensorFlow and made.param_groups[0]["eps"] == 1.0
    made = make_optimizer(model, TrainRecipe("x", optimizer="rmsprop_tensorflow"))
    assert made.param_groups[0]["eps"] == 1e-10
    made = make_optimizer(model, TrainRecipe("x", optimizer="adam", epsilon=0.1))
    assert type(made) is torch.optim.Adam and made.param_groups[0]["eps"] == 0.1
    assert make_optimizer(model, TrainRecipe("x")).param_groups[0]["eps"] == 1e-8


def test_betas_may_be_whole_numbers():
    """`--set betas=[0, 0]`: torch takes numbers with a point alone."""
    recipe = TrainRecipe("tiny", betas=(0, 0))
    assert make_optimizer(drawn(TINY), recipe).param_groups[0]["betas"] == (0.0, 0.0)


def test_weight_decay_stands_inside_the_momentum():
    """Krizhevsky et al. 2012, section 5: v = 0.9 v - 0.0005 rate w - rate g; w = w + v.

    torch's momentum is of gradients, the paper's of steps: at one rate they are the same.
    """
    model = drawn(TINY)
    recipe = TrainRecipe("x", optimizer="sgd", weight_decay=5e-4, momentum=0.9, learning_rate=0.01)
    optimizer, rate = make_optimizer(model, recipe), 0.01
    weights = [p.detach().double().clone() for p in model.parameters()]
    speeds = [torch.zeros_like(w) for w in weights]
    draws = torch.Generator().manual_seed(3)
    for _ in range(20):
        for at, p in enumerate(model.parameters()):
            p.grad = torch.randn(p.shape, generator=draws)
            speeds[at] = 0.9 * speeds[at] - 5e-4 * rate * weights[at] - rate * p.grad.double()
            weights[at] = weights[at] + speeds[at]
        optimizer.step()
    for p, w in zip(model.parameters(), weights, strict=True):
        torch.testing.assert_close(p.detach().double(), w, rtol=1e-5, atol=1e-6)


def test_kinds_of_parameters():
    kinds = kinds_of(build(net("mobilenet_v1_0.25_128", classes=3)))
    assert set(kinds.values()) == set(KINDS)
    assert len([kind for kind in kinds.values() if kind == "depthwise"]) == 13  # table 1
    kinds = kinds_of(build(net("lenet5")))
    assert kinds["C1.conv.weight"] == kinds["C3.table.weight"] == "conv"
    assert kinds["S2.subsample.weight"] == "conv" and kinds["S2.subsample.bias"] == "bias"
    assert kinds["F6.linear.weight"] == "dense"
    assert {k for n, k in kinds_of(build(net("cifar_resnet20"))).items() if ".norm." in n} == {
        "norm"
    }


def test_each_kind_has_its_decay():
    model = build(net("mobilenet_v1_0.25_128", classes=3))
    decays = {"depthwise": 0.0, "norm": 0.0, "bias": 0.5}
    recipe = TrainRecipe("x", optimizer="sgd", weight_decay=0.1, decays=decays)
    groups, kinds = make_optimizer(model, recipe).param_groups, kinds_of(model)
    by = {id(p): group["weight_decay"] for group in groups for p in group["params"]}
    for name, p in model.named_parameters():
        assert by[id(p)] == pytest.approx(0.1 * decays.get(kinds[name], 1.0)), name
    assert len(by) == len(list(model.parameters()))
    alone = make_optimizer(model, replace(recipe, decays={})).param_groups
    assert len(alone) == 1 and alone[0]["weight_decay"] == 0.1


def moved(steps, **settings):
    """A network's parameters by name, before and after steps with the same gradients of 1."""
    model = drawn(TINY)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    recipe = TrainRecipe("x", optimizer="sgd", **settings)
    optimizer = make_optimizer(model, recipe)
    for rate in steps:
        set_rate(optimizer, rate)
        for p in model.parameters():
            p.grad = torch.ones_like(p)
        optimizer.step()
    return {n: (before[n].double(), p.detach().double()) for n, p in model.named_parameters()}


def test_nesterovs_momentum_is_that_of_torch7():
    """optim/sgd.lua with nesterov, which train.lua of fb.resnet.torch asks for: v = 0.9 v + g,
    and the step is rate (g + 0.9 v). The first is 1.9 rates long."""
    v, wanted = 0.0, 0.0
    for rate in (0.1, 0.1, 0.01):
        v = 0.9 * v + 1
        wanted += rate * (1 + 0.9 * v)
    for before, after in moved([0.1, 0.1, 0.01], nesterov=True).values():
        torch.testing.assert_close(before - after, torch.full_like(before, wanted))
    assert resolve("resnet20", {"recipe": "released", "data": "cifar10"}).recipe.nesterov


def test_each_kind_has_its_speed():
    """train_val.prototxt of Caffe's AlexNet: lr_mult 2 and decay_mult 0 for biases, 1 for weights;
    the gradient and the decay times the rate are in the momentum."""
    run = resolve("alexnet", {"recipe": "released", "data": "photos"}).recipe
    assert (run.speeds, run.decays) == ({"bias": 2}, {"bias": 0})
    found = moved([0.1, 0.01], speeds=run.speeds, decays=run.decays, weight_decay=0.5)
    for name, (w, after) in found.items():
        speed, decay = (2, 0) if name.endswith("bias") else (1, 0.5)
        v = torch.zeros_like(w)
        for rate in (0.1, 0.01):
            v = 0.9 * v + (1 + decay * w)
            w = w - speed * rate * v
        torch.testing.assert_close(after, w, rtol=1e-5, atol=1e-6)


def norm_of(grads):
    return float(torch.cat([g.flatten() for g in grads]).norm())


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop_tensorflow"])
def test_gradients_are_clipped(optimizer):
    model = drawn(TINY)
    draws = torch.Generator().manual_seed(0)
    given = [torch.randn(p.shape, generator=draws) for p in model.parameters()]

    def clipped(**settings):
        for p, g in zip(model.parameters(), given, strict=True):
            p.grad = g.clone()
        clip(model.parameters(), TrainRecipe("x", optimizer=optimizer, **settings))
        return [p.grad for p in model.parameters()]

    assert all(torch.equal(one, g) for one, g in zip(clipped(), given, strict=True))
    length = norm_of(given)
    assert length > 2.0
    for one, g in zip(clipped(clip_norm=2.0), given, strict=True):  # Szegedy et al. 2015: 2.0
        torch.testing.assert_close(one, g * 2.0 / length)
    assert norm_of(clipped(clip_norm=1e6)) == pytest.approx(length)
    for one, g in zip(clipped(clip_value=0.5), given, strict=True):
        assert torch.equal(one, g.clamp(-0.5, 0.5))
    both = clipped(clip_value=0.5, clip_norm=1.0)
    assert norm_of(both) == pytest.approx(1.0, abs=1e-5)
    cut = [g.clamp(-0.5, 0.5) for g in given]
    torch.testing.assert_close(both[0], cut[0] / norm_of(cut))


def test_filters_are_set_back():
    """Zeiler and Fergus 2013, section 3: RMS above 0.1 is set back to 0.1; dense layers are not."""
    layers = chain(
        {
            "conv": Conv(4, 3),
            "table": TableConv(((0, 1), (1, 2, 3)), 3),
            "flatten": Flatten(),
            "out": Dense(3),
        }
    )
    model = drawn(replace(TINY, body=layers))
    conv, table = model.conv.weight, model.table.weight
    with torch.no_grad():
        for at, size in enumerate((0.0, 0.01, 0.1, 5.0)):
            conv[at] = conv[at] / conv[at].square().mean().sqrt() * size
        table[:2] *= 0.01 / table[:2].square().mean().sqrt()
        table[2:] *= 0.7 / table[2:].square().mean().sqrt()
        model.out.weight.fill_(3.0)
    before, of_table = conv.detach().clone(), table.detach().clone()
    limit_filters(model, 0.1)
    found = conv.detach().square().mean((1, 2, 3)).sqrt()
    torch.testing.assert_close(found, torch.tensor([0.0, 0.01, 0.1, 0.1]))
    torch.testing.assert_close(conv[:3].detach(), before[:3])
    torch.testing.assert_close(conv[3].detach(), before[3] * 0.1 / 5)
    torch.testing.assert_close(table[:2].detach(), of_table[:2])
    torch.testing.assert_close(table[2:].detach(), of_table[2:] * 0.1 / 0.7)
    assert (model.out.weight == 3.0).all()
    limit_filters(model, 0.0)
    assert torch.equal(table[:2].detach(), of_table[:2])


@pytest.mark.parametrize("network", ["cifar_resnet20", "alexnet", "googlenet"])
def test_levenberg_marquardt_is_for_layers_in_a_line(network):
    settings = {"optimizer": "levenberg_marquardt", "data": "cifar10"}
    with pytest.raises(ValueError, match="levenberg_marquardt is for layers in a line"):
        resolve(network, settings)
    resolve("lenet5", {"optimizer": "levenberg_marquardt"})
    resolve("vgg11", settings)


def test_a_run_names_its_settings_flat():
    run = a_run("lenet5", decays={"bias": 0.0}, rates=((0.0005, 2), (0.0002, 3)), schedule="listed")
    text = run.to_toml()
    assert "rates = [[0.0005, 2], [0.0002, 3]]" in text and "[decays]\nbias = 0.0" in text
