"""Protocols for every network and picture: measured means, one output, heads that do not slide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from small_views import EYES, NET, SIDE, STORED, both, bundle_of

from papernets.bundle.committee import Committee
from papernets.bundle.load import Bundle
from papernets.data import Preprocessing
from papernets.data.whitening import Arrays
from papernets.evaluate.known import Pictures
from papernets.evaluate.protocols.outputs import outputs_of, resolved
from papernets.evaluate.protocols.protocol import Protocol
from papernets.evaluate.read import preprocessing_of
from papernets.spec import AdaptivePool, Dense, chain


@pytest.mark.parametrize("name", ["centre", "ten-crop", "dense"])
def test_one_output_tells_two_classes_apart(pictures: Pictures, name: str) -> None:
    """Its sigmoid is the second class's score, in each view."""
    parts = dict(NET.body.parts)
    parts["out"] = Dense(1)
    made = bundle_of(replace(NET, classes=1, body=chain(parts)))
    scores = outputs_of(made, pictures, Protocol(name)).softmax(1)
    assert scores.shape == (5, 2)
    if name == "centre":
        alone = made.model(EYES(pictures.images[:])).detach().double()[:, 0] * 0.7
        torch.testing.assert_close(scores[:, 1], alone.sigmoid(), rtol=0, atol=1e-6)


def measured(**settings: object) -> Preprocessing:
    mean = torch.linspace(0, 1, SIDE * SIDE).view(1, SIDE, SIDE).repeat(3, 1, 1)
    return replace(EYES, **{"arrays": Arrays(mean), **settings})


def of_measured(eyes: Preprocessing) -> Bundle:
    made = bundle_of(eyes=eyes)
    content = eyes.arrays.content if eyes.arrays else b""
    return replace(made, info=replace(made.info, arrays=content))


def test_a_mean_picture_is_subtracted_from_crops_and_its_channels_means_from_whole_pictures(
    pictures: Pictures,
) -> None:
    made = of_measured(measured())
    dense = outputs_of(made, pictures, Protocol("dense", (STORED,)))
    flat = torch.full((3, SIDE, SIDE), 0.5)
    level = outputs_of(
        of_measured(measured(arrays=Arrays(flat))), pictures, Protocol("dense", (STORED,))
    )
    torch.testing.assert_close(dense, level, rtol=0, atol=1e-5)
    crop = outputs_of(made, pictures, Protocol("ten-crop")).exp()[0]
    image = pictures.images[0]
    eyes = made.info.preprocessing, made.info.arrays
    seen = Preprocessing.from_dict(*eyes).of_crops()
    crops = torch.stack(
        [
            one
            for top, left in ((0, 0), (0, 4), (4, 0), (4, 4), (2, 2))
            for one in both(image[:, top : top + SIDE, left : left + SIDE])
        ]
    )
    wanted = torch.softmax(made.model(seen(crops)).detach().double() * 0.7, 1).mean(0)
    torch.testing.assert_close(crop, wanted, rtol=0, atol=1e-6)


def test_contrast_of_a_whole_picture_is_not_that_of_its_parts(pictures: Pictures) -> None:
    made = of_measured(replace(EYES, gcn=1.0))
    with pytest.raises(ValueError, match="normalises contrast or whitens each picture as a whole"):
        outputs_of(made, pictures, Protocol("dense"))
    assert outputs_of(made, pictures, Protocol("ten-crop")).shape == (5, 3)


def test_a_training_that_keeps_pictures_for_jitter_is_tested_at_its_own_scale(
    bundle: Bundle, pictures: Pictures
) -> None:
    """Stored at 20 for crops at up to 20, tested at 18: ten crops and dense are at 18 too."""
    made = bundle_of(eyes=replace(EYES, short=18))
    for name in ("ten-crop", "dense"):
        assert resolved(made, Protocol(name)).scales == (18,)
        assert resolved(bundle, Protocol(name)).scales == (STORED,)
        own = outputs_of(made, pictures, Protocol(name))
        asked = outputs_of(bundle, pictures, Protocol(name, (18,)))
        torch.testing.assert_close(own, asked, rtol=0, atol=1e-6)


def grey(pictures: Pictures) -> Pictures:
    return replace(pictures, images=pictures.images[:][:, :1], files=())


def test_stored_pictures_without_files_are_scaled_from_what_is_stored(
    bundle: Bundle, pictures: Pictures
) -> None:
    """Grey ones are repeated for a network of colours; larger scales have to be asked for."""
    alone = grey(pictures)
    small = outputs_of(bundle, alone, Protocol("dense", (18,)))
    in_colour = replace(alone, images=alone.images[:].expand(-1, 3, -1, -1).contiguous())
    assert torch.equal(outputs_of(bundle, in_colour, Protocol("dense", (18,))), small)
    assert outputs_of(bundle, alone, Protocol("multi-crop", (40,), crops=2)).shape == (5, 3)


def no_room(eyes: Preprocessing) -> Preprocessing:
    return replace(eyes, picture=(SIDE, SIDE), crop=False)


@pytest.mark.parametrize(
    ("bundle", "protocol", "said"),
    [
        (
            lambda: bundle_of(eyes=no_room(EYES)),
            Protocol("ten-crop"),
            "five: its pictures are 16x16, smaller than the 18 pixels at which ten-crop takes crops"
            " of 16x16. A network for such pictures is tested by --protocol centre; --scales 18 "
            "enlarges them",
        ),
        (
            lambda: bundle_of(eyes=no_room(EYES)),
            Protocol("dense"),
            "five: its pictures are 16x16, smaller than the 18 pixels at which dense looks at them",
        ),
        (
            bundle_of,
            Protocol("multi-scale", (12, 16)),
            "scale 12 is below the network's input of 16x16",
        ),
        (
            lambda: bundle_of(eyes=replace(EYES, kind="digit", crop=False)),
            Protocol("ten-crop"),
            "five: digits are shown whole and centred",
        ),
    ],
    ids=["ten crops of a picture of the crop's size", "dense", "scale below the input", "digits"],
)
def test_what_cannot_be_shown_so(
    bundle: Callable[[], Bundle], protocol: Protocol, said: str, pictures: Pictures
) -> None:
    made = bundle()
    size = preprocessing_of(made).picture
    images = pictures.images[:][:, :, : size[0], : size[1]]
    with pytest.raises(ValueError) as error:
        outputs_of(made, replace(pictures, images=images, files=()), protocol)
    assert str(error.value).startswith(said)


def test_heads_that_cannot_slide_and_committees_take_crops(pictures: Pictures) -> None:
    parts = dict(NET.body.parts)  # type: ignore[attr-defined]
    parts["pool2"] = AdaptivePool(5)
    adapted = bundle_of(replace(NET, body=chain(parts)))
    for name in ("dense", "multi-scale", "multi-crop+dense"):
        with pytest.raises(ValueError, match="small has a fixed head: pool2 makes 5x5 of 8x8"):
            outputs_of(adapted, pictures, Protocol(name))
    assert outputs_of(adapted, pictures, Protocol("ten-crop")).shape == (5, 3)
    one = bundle_of()
    several = replace(one, model=Committee([one.model, bundle_of(seed=1).model]))
    with pytest.raises(ValueError, match="nowhere is a committee"):
        outputs_of(several, pictures, Protocol("dense"))
    assert outputs_of(several, pictures, Protocol("144")).shape == (5, 3)
