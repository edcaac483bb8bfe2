"""A classifier fitted to what the network makes of pictures: the right fit, of the right thing."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from small_runs import DATA, EYES, NORMED, TINY, drawn, source_of

from papernets.evaluate.infer import logits_of
from papernets.rewrite import classifier_tensors
from papernets.spec import Conv, Flatten, GlobalPool, Pool, chain
from papernets.train.probe import FOLDS, USUAL, Fitter, fit_classifiers, folds, look

MAPS = replace(
    TINY,
    body=chain(
        {
            "conv": Conv(8, 3, activation="relu"),
            "pool": Pool("max", 2),
            "out": Conv(3, 4, activation="relu"),
            "average": GlobalPool(),
            "flatten": Flatten(),
        }
    ),
)


def errors(model, part):
    return float((logits_of(model, part.images, EYES).argmax(1) != part.labels).float().mean())


@pytest.mark.parametrize("spread", [0.25, 4.0, 64.0])
def test_the_fit_is_scikit_learns(spread):
    from sklearn.linear_model import LogisticRegression

    model = drawn(TINY)
    source = source_of(DATA.train)
    names = classifier_tensors(TINY)
    before = {k: v.clone() for k, v in model.state_dict().items()}
    seen = look(model, source, {"out"})
    layers = torch.nn.Sequential(model.get_submodule("out")).double()
    fitter = Fitter(layers, seen, "out", torch.nn.functional.cross_entropy)
    found = fitter.fit(torch.arange(len(seen.labels)), spread)
    x = seen.inputs["out"].double().numpy()
    views = len(x) / len(DATA.train)
    judge = LogisticRegression(C=spread / fitter.power / views, max_iter=10_000, tol=1e-10)
    judge.fit(x, seen.labels.numpy())
    weight, bias = (v.numpy() for v in found.values())
    np.testing.assert_allclose(weight - weight.mean(0), judge.coef_, atol=2e-3)
    np.testing.assert_allclose(bias - bias.mean(), judge.intercept_, atol=2e-3)
    spreads_of_features = x.var(0).sum()
    assert fitter.power == pytest.approx(spreads_of_features, rel=1e-6)
    for name, tensor in model.state_dict().items():
        if name not in names:
            assert torch.equal(tensor, before[name]), name


def test_the_spread_is_the_one_that_does_best_on_pictures_left_out():
    model = drawn(TINY)
    seen = look(model, source_of(DATA.train), {"out"})
    counts = []
    for one in (seen.labels, torch.randint(0, 3, seen.labels.shape, generator=gen(3))):
        # the same picture has the same label in every view
        labels = one[[seen.places.tolist().index(place) for place in seen.places.tolist()]]
        layers = torch.nn.Sequential(model.get_submodule("out")).double()
        wrong = replace(seen, labels=labels)
        counts.append(Fitter(layers, wrong, "out", torch.nn.functional.cross_entropy).choose())
    assert counts[0] > counts[1]  # labels drawn at random are learnt as little as may be


def test_a_few_pictures_take_the_usual_spread():
    model = drawn(TINY)
    few = DATA.train.select(range(14))  # 3 classes would need 15
    assert fit_classifiers(model, source_of(few), classifier_tensors(TINY)) == {"out": USUAL}
    assert errors(model, few) == 0


def gen(seed):
    return torch.Generator().manual_seed(seed)


def test_all_views_of_a_picture_are_left_out_together():
    places = torch.arange(40).repeat(3)[torch.randperm(120, generator=gen(1))]
    labels = places % 4
    found = folds(labels, places, 120)
    for place in range(40):
        assert len(found[places == place].unique()) == 1
    for part in range(FOLDS):  # each has as many of every class
        inside = places[found == part].unique() % 4
        assert inside.bincount().tolist() == [2, 2, 2, 2]
    few = folds(labels, places, 50)
    assert (few[50:] == -1).all() and (few[:50] >= 0).all()


@pytest.mark.parametrize("net", [TINY, NORMED, MAPS], ids=["dense", "normed", "maps"])
def test_a_fitted_classifier_is_better_than_a_drawn_one(net):
    model = drawn(net)
    source = source_of(DATA.train)
    before = {k: v.clone() for k, v in model.state_dict().items()}
    drawn_error = errors(model, DATA.validation)
    names = classifier_tensors(net)
    assert set(fit_classifiers(model, source, names)) == {"out"}
    assert errors(model, DATA.validation) < min(drawn_error, 0.2)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, before[name]) == (name not in names), name
    assert model.training
