"""As many pictures of each class in an epoch, each time with random numbers of their own."""

import pytest
import torch
from small_runs import part, source_of

from papernets.data import Part
from papernets.data.draws import COPY, CROP, Draws, pictures_of
from papernets.train.sampling import balanced
from papernets.train.settings import resolve

RARE = Part(part(60, 0).images[:40], torch.tensor([0] * 28 + [2] * 9 + [4] * 3))
DISTORTED = {"augment": {"shift": 2.0, "rotate": 9.0}, "balance": "sampling"}


def orders(seed=0):
    return balanced(RARE.labels, torch.Generator().manual_seed(seed))


def test_an_epoch_has_as_many_of_each_class():
    found = [RARE.labels[pictures_of(orders(seed))].bincount().tolist() for seed in range(9)]
    assert all(sorted(one) == [0, 0, 13, 13, 14] and one[1] == one[3] == 0 for one in found)
    assert len(set(map(tuple, found))) == 3  # the one that is over goes to each now and then


def test_no_picture_comes_again_before_all_of_its_class_came():
    order = orders()
    assert len(order.unique()) == 40
    places, turns = pictures_of(order), order // COPY
    for label in (0, 2, 4):
        own = RARE.labels[places] == label
        counts = places[own].bincount()[(RARE.labels == label).nonzero()[:, 0].clamp_max(39)]
        assert counts.max() - counts.min() <= 1
        for place in places[own].unique():
            assert sorted(turns[places == place].tolist()) == list(range((places == place).sum()))
    assert turns.max() == 4


def test_a_picture_shown_again_is_drawn_anew():
    places = torch.arange(6)
    first = Draws(1, 2, places).uniform(CROP, 6)
    again = Draws(1, 2, places + COPY).uniform(CROP, 6)
    assert not (first == again).any()
    source = source_of(RARE, **DISTORTED)
    order = source.order(1)
    (x,) = (torch.cat([b.images for b in source.epoch(1)]),)
    rare = (RARE.labels[pictures_of(order)] == 4).nonzero()[:, 0]
    assert len({x[at].numpy().tobytes() for at in rare}) == len(rare)
    plain = source_of(RARE, augment=DISTORTED["augment"])
    where = {int(place): at for at, place in enumerate(plain.order(1))}
    y = torch.cat([b.images for b in plain.epoch(1)])
    for at in (order < COPY).nonzero()[:, 0].tolist():  # the first time it is as it always was
        assert torch.equal(x[at], y[where[int(order[at])]])


def test_a_batch_that_diverged_names_pictures_that_are_there():
    source = source_of(RARE, **DISTORTED)
    assert all((source.places_of(1, at) < 40).all() for at in range(len(source)))


@pytest.mark.parametrize(
    "wanted, told",
    [
        ({"balance": "sampling", "boost": {"rounds": 2}}, "boost chooses the pictures itself"),
        ({"balance": "weights", "loss": "mse"}, "--set balance=sampling"),
        (
            {"balance": "sample"},
            "balance is one of weights, sampling, or empty",
        ),
    ],
)
def test_what_cannot_be_is_told(wanted, told):
    with pytest.raises(ValueError, match=told):
        resolve("lenet5", {"data": "digits", "loss": "cross_entropy", **wanted})
