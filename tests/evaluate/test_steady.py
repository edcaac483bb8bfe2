"""A picture's figures do not depend on its neighbours, nor on its place among them."""

import numpy as np
import pytest
import torch
from many_pictures import digits_in

from papernets import create_model, load, save
from papernets.bundle.load import load_bundle
from papernets.evaluate.predict import PLAIN, pairs_of, sources
from papernets.evaluate.protocols.protocol import Protocol
from papernets.evaluate.steady import size_for, steady

EYES = {"kind": "photo", "picture": [64, 64], "low": [0.0], "high": [1.0]}


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """30 digits as lenet5 reads them."""
    folder = digits_in(tmp_path_factory.mktemp("steady") / "d", 30)
    return pairs_of(list(sources([str(folder)])), load("lenet5").preprocessing)


def test_a_picture_alone_and_among_others(pairs):
    eyes = steady(load_bundle("lenet5"), layer="F6")
    answers, features = eyes.answers(pairs), eyes.features(pairs)
    order = np.random.default_rng(0).permutation(len(pairs))
    mixed = [pairs[at] for at in order]
    assert eyes.answers(mixed) == [answers[at] for at in order]
    assert np.array_equal(eyes.features(mixed), features[order])
    for at in (0, 13):
        assert eyes.answers(pairs[at : at + 1]) == answers[at : at + 1]
        assert np.array_equal(eyes.features(pairs[at : at + 1]), features[at : at + 1])


def test_sizes():
    small, committee = load_bundle("lenet5"), load_bundle("boosted_lenet4")
    assert size_for(small, PLAIN) == 100 and size_for(small, PLAIN, 7) == 7
    assert size_for(small, Protocol("ten-crop")) == size_for(committee, PLAIN) == 1


def test_where_the_place_changes_digits_pictures_are_shown_one_by_one(tmp_path, pairs):
    """A module that adds in another order in the last place, as a library with threads may."""

    class Uneven(torch.nn.Module):
        def forward(self, x):
            return torch.cat([x[:-1], x[-1:] * (1 + 2e-7)]) if len(x) > most[0] else x

    most = [100]
    bundle = load_bundle(save(create_model("lenet1", weights="lenet1"), tmp_path / "b"))
    assert steady(bundle, batch=64).size == 64
    last, module = list(bundle.model.named_children())[-1]
    setattr(bundle.model, last, torch.nn.Sequential(module, Uneven()))
    for most[0], size in ((100, 64), (63, 48), (16, 16), (15, 8), (5, 4), (1, 1)):
        assert steady(bundle, batch=64).size == size


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("name", ["googlenet", "resnet18", "mobilenet_v1"])
def test_every_place_in_a_batch_is_as_good_as_another(name, threads, tmp_path):
    """GoogLeNet's plain form adds otherwise in some places with three threads, on some machines."""
    bundle = load_bundle(save(create_model(name, num_classes=10), tmp_path / "b", range(10)))
    images = torch.randint(0, 256, (8, 3, 256, 256), generator=torch.Generator().manual_seed(0))
    pictures = [image.permute(1, 2, 0).to(torch.uint8).numpy() for image in images]
    torch.set_num_threads(threads)
    predictor = load(bundle.folder)
    wanted = predictor.batch({"image": pictures})["score"]
    for order in (np.arange(8)[::-1], np.random.default_rng(1).permutation(8)):
        found = predictor.batch({"image": [pictures[at] for at in order]})["score"]
        assert np.array_equal(found, wanted[order])
