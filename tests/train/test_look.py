"""Augmentations shown: each alone changes what it names, all together are training's own."""

import numpy as np
import pytest
import torch

from papernets.data import Preprocessing
from papernets.data.draws import Draws
from papernets.train.augmenting import AUGMENTATIONS
from papernets.train.look import SOURCES, TOGETHER, looked_at, source_for
from papernets.train.recipe import TrainRecipe

EYES = Preprocessing(3, 16, 16, (20, 20), "photo", low=(-2.0,), high=(2.0,), crop=True)


def places() -> torch.Tensor:
    """A picture whose red tells the row and whose green tells the column."""
    rows = torch.arange(20, dtype=torch.uint8)[:, None].expand(20, 20)
    return torch.stack([4 * rows, 4 * rows.T, torch.full((20, 20), 90, dtype=torch.uint8)])


def shown(eyes: Preprocessing = EYES, **augment: float) -> dict[str, np.ndarray]:
    recipe = TrainRecipe("own", enlarge=1.25, augment=augment, seed=5)
    found = looked_at(source_for(places()[None], recipe, eyes, None), 12)
    return {one.name: one.pictures.numpy().astype(int) for one in found}


def test_the_original_comes_first_and_is_what_evaluation_sees() -> None:
    rows = shown(flip=0.5, hue=0.2)
    assert list(rows) == ["crop", "flip", "hue", TOGETHER]
    middle = places()[:, 2:18, 2:18].numpy()
    assert all((pictures[0] == middle).all() for pictures in rows.values())
    assert all(pictures.shape == (13, 3, 16, 16) for pictures in rows.values())


def test_alone_an_augmentation_does_nothing_else() -> None:
    rows = shown(flip=0.5, brightness=0.5, pca=0.1, rotate=9.0)
    middle = places()[:, 2:18, 2:18].numpy()
    mirrored = [(one == middle[:, :, ::-1]).all() for one in rows["flip"]]
    assert 1 < sum(mirrored) < 12
    assert all(m or (one == middle).all() for m, one in zip(mirrored, rows["flip"], strict=True))
    tops = {int(one[0, 0, 0]) // 4 for one in rows["crop"][1:]}
    assert tops <= {0, 1, 2, 3, 4} and len(tops) > 2
    shift = rows["pca"][1:] - middle
    assert (np.abs(shift - shift[:, :, :1, :1]) <= 1).all() and np.abs(shift).max() > 1
    ratio = rows["brightness"][1:, 2, 0, 0] / 90
    assert ratio.min() < 0.8 and ratio.max() > 1.2


def test_all_together_are_those_of_training() -> None:
    augment = {"flip": 0.5, "brightness": 0.5, "jitter_low": 17, "jitter_high": 24}
    rows = shown(**augment, interpolation=1)
    assert list(rows) == ["jitter", "interpolation", "flip", "brightness", TOGETHER]
    recipe = TrainRecipe(
        "own", enlarge=1.25, augment={**augment, "interpolation": 1}, seed=5, batch_size=5
    )
    plain = Preprocessing(3, 16, 16, (20, 20), "photo", low=(0.0,), high=(255.0,), crop=True)
    source = source_for(places()[None], recipe, plain, None)
    images = places()[None].expand(12, -1, -1, -1)
    wanted = source.augmented(images, Draws(5, 1, torch.arange(12))).round().int().numpy()
    assert (rows[TOGETHER][1:] == wanted).all()


def test_digits_are_distorted_alone() -> None:
    eyes = Preprocessing(1, 32, 32)
    recipe = TrainRecipe("lenet5", augment={"shift": 2.0, "elastic_alpha": 20.0, "flip": 0.5})
    digit = torch.zeros(1, 28, 28, dtype=torch.uint8)
    digit[:, 8:20, 12:16] = 255
    found = looked_at(source_for(digit[None], recipe, eyes, None), 3)
    assert [one.name for one in found] == ["shift", "elastic", TOGETHER]
    assert found[0].detail == "up to 2 px\nLeCun et al. 1998, section III-B"


def test_a_recipe_that_changes_nothing_says_so() -> None:
    eyes = Preprocessing(3, 16, 16, (16, 16), "photo")
    picture = torch.zeros(3, 16, 16, dtype=torch.uint8)
    with pytest.raises(ValueError, match=r"the recipe of own changes no training picture: try ano"):
        looked_at(source_for(picture[None], TrainRecipe("own"), eyes, None), 3)


def test_every_augmentation_has_its_source() -> None:
    named = {"elastic_alpha": "elastic", "elastic_sigma": "elastic", "padding": "pad and crop"}
    named |= {"aspect": "area", "jitter_low": "jitter", "jitter_high": "jitter"}
    assert {named.get(key, key) for key in AUGMENTATIONS} | {"crop", "mixup", "cutmix"} == set(
        SOURCES
    )


def test_two_pictures_are_mixed() -> None:
    recipe = TrainRecipe("own", enlarge=1.25, mixup=1.0, cutmix=1.0, seed=5)
    other = 250 - places()
    rows = looked_at(source_for(torch.stack([places(), other]), recipe, EYES, None), 12)
    found = {one.name: one.pictures.numpy().astype(int) for one in rows}
    assert list(found) == ["crop", "mixup", "cutmix", TOGETHER]
    own, second = (one[:, 2:18, 2:18].numpy().astype(int) for one in (places(), other))
    added = found["mixup"][1:]
    share = (added[:, 0, 0, 0] - second[0, 0, 0]) / (own[0, 0, 0] - second[0, 0, 0])
    wanted = share[:, None, None, None] * own + (1 - share)[:, None, None, None] * second
    assert np.abs(added - wanted).max() <= 2 and share.std() > 0.1
    boxed = found["cutmix"][1:]
    assert ((boxed == own) | (boxed == second)).all() and (boxed == second).any()
    alone = looked_at(source_for(places()[None], recipe, EYES, None), 3)
    assert [one.name for one in alone] == ["crop", TOGETHER]
