"""What networks say by each protocol, against crops that are cut and averaged here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from small_photos import photo
from torch import Tensor

from papernets.bundle.committee import Committee
from papernets.bundle.dense import dense_form
from papernets.bundle.info import BundleInfo
from papernets.bundle.load import Bundle
from papernets.data import Preprocessing
from papernets.data.whitening import Arrays
from papernets.evaluate.infer import logits_of
from papernets.evaluate.known import Pictures
from papernets.evaluate.protocols import views as views_of
from papernets.evaluate.protocols.outputs import outputs_of, resolved
from papernets.evaluate.protocols.protocol import NAMES, Protocol
from papernets.evaluate.read import preprocessing_of
from papernets.run.network import build
from papernets.spec import AdaptivePool, Conv, Dense, Flatten, Net, Pool, chain

SIDE, STORED = 16, 20
NET = Net(
    "small",
    (3, SIDE, SIDE),
    3,
    chain(
        {
            "conv1": Conv(6, 3, padding=1, activation="relu"),
            "pool1": Pool("max", 2),
            "conv2": Conv(6, 3, padding=1, activation="relu"),
            "pool2": Pool("max", 2),
            "flatten": Flatten(),
            "out": Dense(3, activation="softmax"),
        }
    ),
)
EYES = Preprocessing(3, SIDE, SIDE, (STORED, STORED), "photo", low=(-1.0,), high=(1.5,), crop=True)
SIZES = ((30, 40), (40, 30), (33, 33), (30, 40), (24, 90))


def bundle_of(net: Net = NET, eyes: Preprocessing = EYES, seed: int = 0) -> Bundle:
    model = build(net, torch.Generator().manual_seed(seed)).eval()
    with torch.no_grad():  # scores that are not all alike
        for parameter in model.parameters():
            parameter.mul_(3)
    info = BundleInfo(net.name, ("a", "b", "c"), net.input, eyes.to_dict(), score_scale=0.7)
    return Bundle(info, model, Path("nowhere"))


@pytest.fixture
def bundle() -> Bundle:
    return bundle_of()


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    """Five photographs of several sizes, in files and as they are stored."""
    files = []
    for at, size in enumerate(SIZES):
        files.append(str(tmp_path / f"{at}.png"))
        photo(at % 2, at, size).save(files[-1])
    from papernets.data.stored import read_stored

    stored = read_stored(files, 3, (STORED, STORED), True)
    return Pictures("five", "test", stored.images, torch.tensor([0, 1, 0, 1, 2]), tuple(files))


def scores(bundle: Bundle, crops: list[Tensor]) -> Tensor:
    """The mean softmax of crops uint8 (C, 16, 16), prepared one by one."""
    eyes = Preprocessing(3, SIDE, SIDE, (SIDE, SIDE), "photo", low=(-1.0,), high=(1.5,))
    logits = torch.cat([bundle.model(eyes(crop[None])) for crop in crops]).detach().double()
    return torch.softmax(logits * 0.7, 1).mean(0)


def whole(file: str, side: int) -> Tensor:
    """A picture whose shorter side is brought to `side` by Pillow, uint8 (3, h, w)."""
    image = Image.open(file)
    short = min(image.size)
    size = tuple(int(one * side / short + 0.5) for one in image.size)
    resized = image.resize(size, Image.Resampling.BILINEAR)  # type: ignore[arg-type]
    return torch.from_numpy(np.array(resized)).permute(2, 0, 1)


def both(crop: Tensor) -> list[Tensor]:
    return [crop, crop.flip(-1)]


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
    assert torch.equal(found, logits.double() * 0.7)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "centre"])
def test_neither_batches_nor_what_is_read_at_a_time_change_the_answers(
    bundle: Bundle, pictures: Pictures, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    protocol = Protocol(name, (18, 20), crops=2)
    whole = outputs_of(bundle, pictures, protocol)
    bundle.model.train()
    monkeypatch.setattr(views_of, "MOST_BYTES", 1)
    few = outputs_of(bundle, pictures, protocol, batch=3)
    torch.testing.assert_close(few, whole, rtol=0, atol=1e-6)
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
