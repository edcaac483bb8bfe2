"""Protocols: what papers print of them, and what is refused."""

from __future__ import annotations

import pytest

from papernets.evaluate.protocols.protocol import (
    NAMES,
    PUBLISHED,
    Protocol,
    proportional,
    scales_given,
)


@pytest.mark.parametrize(
    ("name", "network", "scales", "views"),
    [
        ("ten-crop", "alexnet", (256,), 10),
        ("144", "googlenet", (256, 288, 320, 352), 144),
        ("dense", "vgg16", (256,), 2),
        ("multi-scale", "vgg16", (256, 384, 512), 6),
        ("multi-scale", "resnet50", (224, 256, 384, 480, 640), 10),
        ("multi-crop", "vgg19", (256, 384, 512), 150),
        ("multi-crop+dense", "vgg19", (256, 384, 512), 156),
    ],
)
def test_the_scales_are_the_papers(
    name: str, network: str, scales: tuple[int, ...], views: int
) -> None:
    found = Protocol(name).resolved((224, 224), None, network)
    assert (found.scales, found.views) == (scales, views)
    assert len(found.boxes((375, 500), (224, 224))) == views


def test_other_inputs_see_pictures_in_the_same_proportion() -> None:
    assert proportional(256, 224) == 256
    assert proportional(256, 227) == 256  # AlexNet's 227 are the paper's 224
    assert proportional(224, 227) == 227  # and nothing is smaller than the crop
    assert proportional(256, 299) == 342
    assert Protocol("144").resolved((112, 112)).scales == (128, 144, 160, 176)


def test_ten_crops_and_dense_are_at_the_scale_of_training() -> None:
    for name in ("ten-crop", "dense"):
        assert Protocol(name).resolved((224, 224), 288).scales == (288,)
        assert Protocol(name, (300,)).resolved((224, 224), 288).scales == (300,)
    assert Protocol("144").resolved((224, 224), 288).scales[0] == 256


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Protocol("tencrop"), "unknown protocol 'tencrop'. Did you mean 'ten-crop'?"),
        (lambda: Protocol("dense", average="mean"), "average 'mean': give softmax or logits"),
        (lambda: Protocol("multi-crop", crops=0), "crops 0: give the side of the grid"),
        (lambda: Protocol("dense", (0,)), "scales 0: give at most 20 lengths"),
        (lambda: Protocol("dense", (256, 256)), "scales 256, 256: one is there twice"),
        (lambda: Protocol("centre", (256,)), "scales: centre shows the crop"),
        (lambda: scales_given("256,x"), "scales '256,x': give lengths"),
        (
            lambda: Protocol("144", (256, 200)).resolved((224, 224)),
            "scale 200 is below the network's input of 224x224",
        ),
        (lambda: Protocol("144").resolved((224, 192)), "144 crops are of squares"),
    ],
)
def test_what_is_refused(make: object, said: str) -> None:
    with pytest.raises(ValueError) as error:
        make()  # type: ignore[operator]
    assert str(error.value).startswith(said)


def test_each_says_itself_in_words() -> None:
    for name in NAMES:
        words = Protocol(name).resolved((224, 224)).words
        assert words.startswith(f"{name}: ") and ("centre crop" in words) == (name == "centre")
    assert set(PUBLISHED) == set(NAMES)
    assert scales_given("256, 384") == (256, 384) and scales_given("") == ()
