"""Changes of colour: against Pillow's and Python's own, grey pictures, and each picture's draw."""

import colorsys
from collections import Counter

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance

from papernets.data.colour import (
    FACTORS,
    STRENGTHS,
    Colour,
    brighter,
    contrasted,
    saturated,
    turned,
)
from papernets.data.components import IMAGENET, Components
from papernets.data.draws import PCA, Draws


def pictures(count: int = 6, channels: int = 3) -> torch.Tensor:
    generator = torch.Generator().manual_seed(4)
    shape = (count, channels, 20, 31)
    return torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8)


def draws(count: int, epoch: int = 1) -> Draws:
    return Draws(5, epoch, torch.arange(count))


STRONG = {"brightness": 0.5, "contrast": 0.5, "saturation": 0.5, "hue": 0.3}


@pytest.mark.parametrize(
    ("change", "enhancer"),
    [
        (brighter, ImageEnhance.Brightness),
        (contrasted, ImageEnhance.Contrast),
        (saturated, ImageEnhance.Color),
    ],
)
def test_as_pillow_enhances(change, enhancer) -> None:
    """Howard 2013, section 2 used the Python Image Library, whose levels are whole numbers."""
    images, factors = pictures(), torch.tensor([0.5, 0.8, 1.0, 1.1, 1.3, 1.5])
    for picture, factor, found in zip(
        images, factors, change(images.float(), factors), strict=True
    ):
        image = Image.fromarray(picture.permute(1, 2, 0).numpy())
        wanted = np.asarray(enhancer(image).enhance(float(factor))).transpose(2, 0, 1)
        assert np.abs(found.numpy() - wanted).max() < 2


def test_a_hue_is_turned_as_in_hsv() -> None:
    images, turns = pictures(), torch.tensor([0.1, -0.3, 0.5, 0.0, -0.5, 0.25])
    found = turned(images.float(), turns)
    for at in range(len(images)):
        for y, x in ((0, 0), (3, 4), (19, 30), (7, 8)):
            hue, saturation, value = colorsys.rgb_to_hsv(*(images[at, :, y, x] / 255).tolist())
            wanted = colorsys.hsv_to_rgb((hue + float(turns[at])) % 1, saturation, value)
            assert found[at, :, y, x].tolist() == pytest.approx([255 * v for v in wanted], abs=1e-2)


def test_grey_stays_grey_by_saturation_and_hue() -> None:
    grey = pictures(channels=1).expand(-1, 3, -1, -1)
    found = Colour(saturation=0.9, hue=0.5)(grey, draws(6))
    assert (found - grey).abs().max() < 1e-3


def test_a_picture_is_changed_alike_wherever_it_stands(monkeypatch) -> None:
    images, colour = pictures(40), Colour(**STRONG, lighting=0.1)
    whole, order = colour(images, draws(40)), torch.tensor([31, 2, 0])
    assert torch.equal(colour(images[order], Draws(5, 1, order)), whole[order])
    monkeypatch.setattr("papernets.data.colour.TOGETHER", 3 * 3 * 20 * 31)
    assert torch.equal(colour(images, draws(40)), whole)
    assert not torch.equal(colour(images, draws(40, epoch=2)), whole)
    assert whole.dtype == torch.float32 and images.dtype == torch.uint8


def test_each_of_the_three_has_each_place_as_often(monkeypatch) -> None:
    """Howard 2013, section 2: the order of the three is random too."""
    orders: list[list[str]] = [[] for _ in range(600)]

    def noted(name: str):
        def note(images: torch.Tensor, factors: torch.Tensor) -> torch.Tensor:
            for place in images[:, 0, 0, 0].long().tolist():
                orders[place].append(name)
            return images

        return note

    monkeypatch.setattr("papernets.data.colour.CHANGES", {name: noted(name) for name in FACTORS})
    images = torch.arange(600.0).view(-1, 1, 1, 1).expand(-1, 3, 2, 2)
    Colour(brightness=0.5, contrast=0.5, saturation=0.5)(images, draws(600))
    counts = Counter(map(tuple, orders))
    assert len(counts) == 6 and all(set(order) == set(FACTORS) for order in counts)
    assert min(counts.values()) > 65


def test_factors_are_spread_over_what_is_asked_for() -> None:
    flat = torch.full((4000, 3, 1, 1), 100.0)
    factors = Colour(brightness=0.5)(flat, draws(4000))[:, 0, 0, 0] / 100
    assert 0.5 <= factors.min() < 0.505 and 1.495 < factors.max() <= 1.5
    assert factors.mean().item() == pytest.approx(1, abs=0.015)


def test_principal_components_are_added_as_the_paper_says() -> None:
    """Krizhevsky et al. 2012, section 4.1: [p1, p2, p3] [a1 l1, a2 l2, a3 l3]'."""
    images, colour = pictures(5000)[:, :, :2, :2], Colour(pca=0.1, components=IMAGENET)
    added = colour(images, draws(5000)) - images
    assert (added - added[:, :, :1, :1]).abs().max() < 1e-4  # one draw a picture
    alpha = 0.1 * draws(5000).normal(PCA, 3).double().numpy()
    vectors, values = np.array(IMAGENET.vectors).T, np.array(IMAGENET.values)
    wanted = 255 * (vectors @ (alpha * values).T).T
    assert np.abs(added[:, :, 0, 0].numpy() - wanted).max() < 1e-3
    along = added[:, :, 0, 0].double().numpy() @ vectors / 255 / values
    assert along.std(0).tolist() == pytest.approx([0.1, 0.1, 0.1], rel=0.05)
    assert np.array_equal(
        Colour(lighting=0.1)(images, draws(5000)).numpy() == images.numpy(), added.numpy() == 0
    )


def test_nothing_is_changed_without_a_strength() -> None:
    assert Colour().is_identity and not Colour(hue=0.1).is_identity
    assert torch.equal(Colour()(pictures(), draws(6)), pictures().float())


@pytest.mark.parametrize("name", ["hue", "saturation", "lighting"])
def test_grey_pictures_have_no_colours_to_change(name: str) -> None:
    words = f"augment.{name} changes colours, and these pictures are grey: leave it out, --set aug"
    with pytest.raises(ValueError, match=words):
        Colour(**{name: 0.1})(pictures(channels=1), draws(6))


def test_grey_pictures_have_one_component() -> None:
    grey = Colour(brightness=0.5, contrast=0.5, pca=0.1, components=Components((0.2,), ((1.0,),)))
    found = grey(pictures(channels=1), draws(6))
    assert found.shape == (6, 1, 20, 31) and bool(found.isfinite().all())


@pytest.mark.parametrize("name", STRENGTHS)
@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan"), float("inf")])
def test_strengths_that_make_no_sense(name: str, value: float) -> None:
    most = "0.5" if name == "hue" else "1"
    with pytest.raises(ValueError, match=f"colour {name}={value}: give a number from 0 to {most}"):
        Colour(**{name: value})


def test_a_hue_beyond_half_a_turn() -> None:
    with pytest.raises(ValueError, match=r"hue=0\.6: give a number from 0 to 0\.5"):
        Colour(hue=0.6)
