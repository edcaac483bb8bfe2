"""What networks say by each protocol, against crops that are cut and averaged here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from small_photos import photo
from small_views import EYES, SIDE, STORED, both, bundle_of, scores, whole

from papernets.bundle.dense import dense_form
from papernets.bundle.load import Bundle
from papernets.evaluate.infer import logits_of
from papernets.evaluate.known import Pictures
from papernets.evaluate.protocols import views as views_of
from papernets.evaluate.protocols.outputs import outputs_of, resolved
from papernets.evaluate.protocols.protocol import NAMES, Protocol
from papernets.evaluate.read import preprocessing_of


def test_ten_crops_are_parts_of_the_stored_pictures(bundle: Bundle, pictures: Pictures) -> None:
    found = outputs_of(bundle, pictures, Protocol("ten-crop")).exp()
    for picture, own in zip(pictures.images, found, strict=True):
        crops = [
            one
            for top, left in ((0, 0), (0, 4), (4, 0), (4, 4), (2, 2))
            for one in both(picture[:, top : top + SIDE, left : left + SIDE])
        ]
        torch.testing.assert_close(own, scores(bundle, crops), rtol=0, atol=1e-6)


def test_at_another_scale_they_are_of_the_files(bundle: Bundle, pictures: Pictures) -> None:
    """At the scale of training they are what is stored, to the digit, whence they come."""
    found = outputs_of(bundle, pictures, Protocol("ten-crop", (24,))).exp()
    image = whole(pictures.files[2], 24)
    assert image.shape == (3, 24, 24)
    crops = [
        one
        for top, left in ((0, 0), (0, 8), (8, 0), (8, 8), (4, 4))
        for one in both(image[:, top : top + SIDE, left : left + SIDE])
    ]
    torch.testing.assert_close(found[2], scores(bundle, crops), rtol=0, atol=1e-6)
    stored = outputs_of(bundle, pictures, Protocol("ten-crop"))
    eyes = replace(EYES, picture=(SIDE, SIDE), crop=False)
    again = bundle_of(eyes=eyes)
    read = outputs_of(again, pictures, Protocol("ten-crop", (STORED,)))
    assert torch.equal(read, stored)


def test_144_crops(bundle: Bundle, pictures: Pictures) -> None:
    """Of 30x40 at 18: 18x24, squares at columns 0, 3 and 6, corners in each at 0 and 2."""
    found = outputs_of(bundle, pictures, Protocol("144")).exp()
    assert resolved(bundle, Protocol("144")).scales == (18, 21, 23, 25)
    crops = []
    for side, lefts in ((18, (0, 3, 6)), (21, (0, 3, 7)), (23, (0, 4, 8)), (25, (0, 4, 8))):
        image = whole(pictures.files[0], side)
        assert image.shape[2] == side + lefts[-1]
        for first in lefts:
            square = image[:, :, first : first + side]
            room = side - SIDE
            for top, left in (
                (0, 0), (0, room), (room, 0), (room, room), (room // 2, room // 2)
            ):  # fmt: skip
                crops += both(square[:, top : top + SIDE, left : left + SIDE])
            sheet = Image.fromarray(square.permute(1, 2, 0).contiguous().numpy())
            small = np.array(sheet.resize((SIDE, SIDE), Image.Resampling.BILINEAR))
            crops += both(torch.from_numpy(small).permute(2, 0, 1))
    assert len(crops) == 144
    torch.testing.assert_close(found[0], scores(bundle, crops), rtol=0, atol=1e-3)


@pytest.mark.parametrize("average", ["softmax", "logits"])
def test_over_whole_pictures_each_scale_counts_alike(
    bundle: Bundle, pictures: Pictures, average: str
) -> None:
    """The mean over the map, then over the mirror image, then over the scales."""
    dense = dense_form(bundle.model)
    found = outputs_of(bundle, pictures, Protocol("multi-scale", (16, 27), average=average))
    for at, file in enumerate(pictures.files[:4]):
        means = []
        for side in (16, 27):
            image = whole(file, side)
            eyes = EYES.of_whole(*image.shape[1:])
            for one in both(image):
                out = dense(eyes(one[None])).detach().double() * 0.7
                out = torch.softmax(out, 1) if average == "softmax" else out
                means.append(out.mean((2, 3))[0])
        wanted = torch.stack(means).mean(0)
        wanted = wanted.log() if average == "softmax" else wanted
        torch.testing.assert_close(found[at], wanted, rtol=0, atol=1e-5)


def test_at_the_size_of_training_dense_is_the_plain_network(
    bundle: Bundle, pictures: Pictures
) -> None:
    """One square picture, of the input's size: the mean of it and its mirror image."""
    square = pictures.select(np.array([False, False, True, False, False]), "test")
    found = outputs_of(bundle, square, Protocol("dense", (SIDE,))).exp()[0]
    wanted = scores(bundle, both(whole(square.files[0], SIDE)))
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-6)


def test_a_grid_and_the_mean_of_it_with_whole_pictures(bundle: Bundle, pictures: Pictures) -> None:
    grid = outputs_of(bundle, pictures, Protocol("multi-crop", (20, 24), crops=3)).exp()
    image, larger = whole(pictures.files[2], 20), whole(pictures.files[2], 24)
    crops = [
        one
        for base, places in ((image, (0, 2, 4)), (larger, (0, 4, 8)))
        for top in places
        for left in places
        for one in both(base[:, top : top + SIDE, left : left + SIDE])
    ]
    assert len(crops) == 36
    torch.testing.assert_close(grid[2], scores(bundle, crops), rtol=0, atol=1e-6)
    dense = outputs_of(bundle, pictures, Protocol("multi-scale", (20, 24))).exp()
    found = outputs_of(bundle, pictures, Protocol("multi-crop+dense", (20, 24), crops=3)).exp()
    torch.testing.assert_close(found, (grid + dense) / 2, rtol=0, atol=1e-12)


def test_the_centre_is_what_it_always_was(bundle: Bundle, pictures: Pictures) -> None:
    found = outputs_of(bundle, pictures, Protocol())
    logits = logits_of(bundle.model, pictures.images, preprocessing_of(bundle))
    torch.testing.assert_close(found, logits.double() * 0.7, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "centre"])
def test_neither_batches_nor_what_is_read_at_a_time_change_the_answers(
    bundle: Bundle, pictures: Pictures, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    protocol = Protocol(name, (18, 20), crops=2)
    whole = outputs_of(bundle, pictures, protocol)
    bundle.model.train()
    monkeypatch.setattr(views_of, "MOST_BYTES", 1)
    few = outputs_of(bundle, pictures, protocol, batch=3)
    torch.testing.assert_close(few, whole, rtol=2e-6, atol=1e-6)
    assert bundle.model.training  # it has its mode again


def test_views_are_made_of_few_pictures_at_a_time(
    bundle: Bundle, pictures: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """144 crops of 3x16x16 are 110,592 bytes: room for two pictures of them, not for five."""
    eyes = preprocessing_of(bundle)
    protocol = resolved(bundle, Protocol("144"))
    shown = views_of.Views(pictures.images, pictures.files, eyes, protocol)
    monkeypatch.setattr(views_of, "MOST_BYTES", 250_000)
    parts = list(shown.read())
    assert [len(part) for part in parts] == [2, 2, 1]
    assert {one.crops.shape for part in parts for one in part if one.crops is not None} == {
        (144, 3, SIDE, SIDE)
    }


def test_of_a_very_long_picture_the_middle_is_seen(bundle: Bundle, tmp_path: Path) -> None:
    """A convolution over all of it would need memory without bound."""
    path = tmp_path / "long.png"
    photo(0, 0, (20, 4000)).save(path)
    with Image.open(path) as image:
        cut = views_of.middle(image)
        assert cut.size == (80, 20)
        assert np.array_equal(np.array(cut), np.array(image)[:, 1960:2040])
    images = torch.zeros(1, 3, STORED, STORED, dtype=torch.uint8)
    one = Pictures("long", "test", images, torch.tensor([0]), (str(path),))
    assert torch.isfinite(outputs_of(bundle, one, Protocol("dense"))).all()
