"""Second derivatives against a brute-force Gauss-Newton diagonal, and the paper's use of them."""

from dataclasses import replace

import pytest
import torch
from small_runs import CPU, DATA, EYES, TINY, drawn
from torch.autograd.functional import jacobian
from torch.func import functional_call

from papernets.nets.registry import net
from papernets.run.network import build
from papernets.spec import (
    RBF,
    Conv,
    Dense,
    Flatten,
    GlobalPool,
    Net,
    Pool,
    Subsample,
    TableConv,
    chain,
)
from papernets.train.curving import look_at_curvature
from papernets.train.losses import distance_pull, make_loss, output_curvature
from papernets.train.optimizers import LevenbergMarquardt
from papernets.train.optimizers.curvature import _back, second_derivatives
from papernets.train.recipe import TrainRecipe
from papernets.train.source import Source
from papernets.train.state import start

ROWS = {
    "conv": Conv(4, 3, stride=2, padding=1, groups=2),
    "same": Conv(4, 3, stride=2, padding="same"),
    "table": TableConv(((0,), (0, 1), (1,)), 3),
    "subsample": Subsample(2, sources=(0, 1, 1)),
    "max": Pool("max", 2),
    "average": Pool("average", 2),
    "global": GlobalPool(),
    "tanh": Conv(2, 1, activation="scaled_tanh"),
    "relu": Conv(2, 1, activation="relu"),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_layer_is_brute_forces(name):
    """Each second derivative is the sum over outputs of its squared slope times the output's.

    A weight has one connection with each output of a layer, so that a layer's slopes are theirs.
    """
    body = chain({"row": ROWS[name]})
    model = build(Net("x", (2, 6, 6), 0, body), generator=torch.Generator().manual_seed(0)).double()
    draws = torch.Generator().manual_seed(1)
    x = torch.randn(1, 2, 6, 6, generator=draws, dtype=torch.float64)
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.randn(p.shape, generator=draws, dtype=torch.float64))
    found = {p: torch.zeros_like(p) for p in model.parameters()}
    modules = [m for m in model.modules() if not list(m.children())]
    values = [x]
    for module in modules:
        values.append(module(values[-1].clone()).detach())
    h = torch.rand(values[-1].shape, generator=draws, dtype=torch.float64)
    for module, value in zip(reversed(modules), reversed(values[:-1]), strict=True):
        whole = h
        h = _back(module, value, whole, found)
        params = dict(module.named_parameters())

        def out(given, *own, module=module, names=tuple(params)):
            return functional_call(module, dict(zip(names, own, strict=True)), (given.clone(),))

        slopes = jacobian(out, (value, *params.values()))
        for one, slope in zip([h, *(found[p] for p in params.values())], slopes, strict=True):
            flat = slope.reshape(whole.numel(), -1).square()
            torch.testing.assert_close(one.flatten(), flat.T @ whole.flatten())


def gauss_newton(model, x, h):
    """diag(J^T diag(h) J) of each parameter, summed over pictures, J the slopes of the outputs."""
    names = dict(model.named_parameters())
    total = {p: torch.zeros_like(p) for p in names.values()}
    for picture, own in zip(x, h, strict=True):

        def out(*params, picture=picture):
            found = functional_call(model, dict(zip(names, params, strict=True)), (picture[None],))
            return found[0]

        for p, slope in zip(names.values(), jacobian(out, tuple(names.values())), strict=True):
            squares = slope.reshape(len(own), -1).square()
            total[p] += (own @ squares).view(p.shape)
    return total


@pytest.mark.parametrize("loss", ["mse", "cross_entropy", "map"])
def test_a_network_with_one_hidden_layer_is_brute_forces(loss):
    """No two paths lead from a weight to an output there: of the products nothing is dropped."""
    body = chain(
        {
            "flatten": Flatten(),
            "hidden": Dense(5, activation="scaled_tanh"),
            "out": Dense(3, activation="softmax"),
        }
    )
    model = drawn(replace(TINY, body=body)).double().eval()
    x = torch.randn(4, 1, 12, 12, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    y = torch.tensor([0, 1, 2, 1])
    constant = 0.5 if loss == "map" else float("inf")
    recipe = TrainRecipe("x", loss=loss, distance_scale=0.7, constant=constant)
    of_outputs = output_curvature(recipe)
    found = second_derivatives(model, x, y, of_outputs)
    loss_of, logits = make_loss(recipe, model.net), model(x).detach()
    for at in range(4):  # the outputs' own are the diagonal of the loss's Hessian
        whole = torch.autograd.functional.hessian(
            lambda z, at=at: loss_of(z[None], y[at : at + 1]), logits[at]
        )
        torch.testing.assert_close(of_outputs(logits, y)[at], whole.diagonal())
    wanted = gauss_newton(model, x, of_outputs(logits, y))
    assert found.keys() == wanted.keys()
    for p, value in found.items():
        torch.testing.assert_close(value, wanted[p])


@pytest.mark.parametrize("loss", ["mse", "map"])
def test_distances_to_codes_are_brute_forces(loss):
    """Of squared distances (equation 8) the residuals are x - code; of equation 9 p (1 - p)."""
    codes = ((1, -1, 1, 1), (-1, 1, -1, 1), (1, 1, 1, -1))
    layers = {"flatten": Flatten(), "F6": Dense(4, activation="scaled_tanh"), "out": RBF(codes)}
    model = drawn(replace(TINY, body=chain(layers))).double().eval()
    x = torch.randn(3, 1, 12, 12, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    y = torch.tensor([2, 0, 1])
    recipe = TrainRecipe("x", loss=loss, distance_scale=0.3)
    of_outputs = output_curvature(recipe, distances=True)
    found = second_derivatives(model, x, y, of_outputs, distance_pull(recipe))
    if loss == "map":
        wanted = gauss_newton(model, x, of_outputs(model(x).detach(), y))
    else:
        inner = drawn(replace(TINY, classes=4, body=chain(dict(list(layers.items())[:2]))))
        inner = inner.double().eval()
        inner.load_state_dict({k: v for k, v in model.state_dict().items() if "codes" not in k})
        of_inner = gauss_newton(inner, x, torch.full((3, 4), 2.0, dtype=torch.float64))
        names = dict(inner.named_parameters())
        wanted = {p: of_inner[names[name]] for name, p in model.named_parameters()}
    for p, value in found.items():
        torch.testing.assert_close(value, wanted[p])


@pytest.mark.parametrize("constant", [3.0, 12.0])
def test_equation_9_with_its_constant_is_curved_as_its_distances_are(constant):
    """Of one code nothing is dropped: the second derivatives are those of the loss itself, of
    which e^-j leaves a share to the distance's own, 2."""
    layers = {"flatten": Flatten(), "F6": Dense(4), "out": RBF(((1, -1, 1, 1),))}
    model = drawn(replace(TINY, classes=1, body=chain(layers))).double().eval()
    x = torch.randn(1, 1, 12, 12, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    recipe, y = TrainRecipe("x", loss="map", constant=constant), torch.tensor([0])
    of_outputs = output_curvature(recipe, distances=True)
    found = second_derivatives(model, x, y, of_outputs, distance_pull(recipe))
    names, loss_of = dict(model.named_parameters()), make_loss(recipe, model.net)
    bias = next(name for name in names if name.endswith("bias"))

    def loss(value):
        return loss_of(functional_call(model, {bias: value}, (x,)), y)

    exact = torch.autograd.functional.hessian(loss, names[bias].detach()).diagonal()
    torch.testing.assert_close(found[names[bias]], exact)
    assert (exact > 0).all()


def test_lenet5s_rates_are_about_the_papers():
    """LeCun et al. 1998, section III-B: in the first pass between 7e-5 and 0.016, of 0.0005.

    So are nearly all of them; the few weights of subsampling have less."""
    from papernets.data import open as open_data
    from papernets.train.pictures import preprocessing_for
    from papernets.train.settings import resolve

    run = resolve("lenet5", {"data": "digits", "recipe": "paper"})
    data, lenet5 = open_data("digits"), run.network(10).net.member
    draws = torch.Generator().manual_seed(0)
    model = build(lenet5, generator=draws, initialisation=run.recipe.draw(run.found))
    state = start(model.train(), run.recipe)
    source = Source(data.train, preprocessing_for(run.recipe, lenet5, data), run.recipe, CPU)
    look_at_curvature(state, source, 1)
    assert model.training
    h = torch.cat([kept["curvature"].flatten() for kept in state.optimizer.state.values()])
    assert len(h) == 60_000 and (h >= 0).all()
    rates = 0.0005 / (0.02 + h)
    low, high = rates.quantile(torch.tensor([0.01, 0.99])).tolist()
    assert 7e-5 / 2 < low < 7e-5 * 2 and 0.016 / 1.5 < high < 0.016 * 1.5


def test_a_step_is_the_papers():
    model = drawn(TINY)
    recipe = TrainRecipe("x", optimizer="levenberg_marquardt", learning_rate=5e-4)
    optimizer = start(model, recipe).optimizer
    assert isinstance(optimizer, LevenbergMarquardt)
    optimizer.set_curvature({p: torch.full_like(p, 0.03) for p in model.parameters()})
    before = [p.detach().clone() for p in model.parameters()]
    for p in model.parameters():
        p.grad = torch.full_like(p, 2.0)
    optimizer.step()
    for p, was in zip(model.parameters(), before, strict=True):
        torch.testing.assert_close(was - p.detach(), torch.full_like(p, 5e-4 / (0.02 + 0.03) * 2))


def test_pictures_are_drawn_by_seed_and_epoch():
    def looked(number, seed=0, pictures=20):
        recipe = TrainRecipe(
            "x", optimizer="levenberg_marquardt", seed=seed, curvature=pictures, batch_size=16
        )
        state = start(drawn(TINY), recipe)
        look_at_curvature(state, Source(DATA.train, EYES, recipe, CPU), number)
        return torch.cat([kept["curvature"].flatten() for kept in state.optimizer.state.values()])

    assert torch.equal(looked(1), looked(1))
    assert not torch.equal(looked(1), looked(2)) and not torch.equal(looked(1), looked(1, seed=1))
    torch.testing.assert_close(looked(1, pictures=500), looked(2, pictures=500))  # all sixty
    assert not any(kept for kept in start(drawn(TINY), TrainRecipe("x")).optimizer.state.values())


def test_lenet1_too():
    model = build(net("lenet1"), generator=torch.Generator().manual_seed(0)).eval()
    x = torch.randn(2, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    found = second_derivatives(model, x, torch.tensor([1, 2]), output_curvature(TrainRecipe("x")))
    assert all(value.sum() > 0 for value in found.values())
