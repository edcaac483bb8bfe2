"""Random crops and mirror images: where they come from, and that each draw is a picture's own."""

import pytest
import torch

from papernets.data import Crop, Preprocessing
from papernets.data.crops import NUMBERS
from papernets.data.draws import CROP, Draws
from papernets.evaluate.protocols.boxes import Box, five, mirrored
from papernets.evaluate.protocols.views import cut


def places(count: int, height: int, width: int) -> torch.Tensor:
    """Pictures in which each pixel tells its row (channel 0) and column (channel 1)."""
    rows = torch.arange(height, dtype=torch.uint8)[:, None].expand(height, width)
    columns = torch.arange(width, dtype=torch.uint8)[None].expand(height, width)
    return torch.stack([rows, columns]).expand(count, 2, height, width).contiguous()


def numbers(count: int, seed: int = 0) -> torch.Tensor:
    return Draws(seed, 1, torch.arange(count)).uniform(CROP, NUMBERS)


def test_a_crop_is_a_piece_of_the_picture_and_every_place_is_taken_as_often() -> None:
    crops = Crop((6, 5))(places(4000, 8, 9), numbers(4000))
    assert crops.shape == (4000, 2, 6, 5) and crops.dtype == torch.uint8
    top, left = crops[:, 0, 0, 0].long(), crops[:, 1, 0, 0].long()
    assert (crops[:, 0] == (top[:, None, None] + torch.arange(6)[:, None])).all()
    assert (crops[:, 1] == (left[:, None, None] + torch.arange(5))).all()
    counts = torch.bincount(top * 5 + left, minlength=15)  # 3 x 5 places
    assert len(counts) == 15
    assert ((counts - 4000 / 15) ** 2 / (4000 / 15)).sum() < 36.1  # chi square of 14: 1 in 1,000


@pytest.mark.parametrize("size", [(8, 9), (9, 6), (6, 5)])
def test_ten_sub_crops_are_those_of_the_test(size: tuple[int, int]) -> None:
    """Zeiler and Fergus 2013, section 3: corners and centre, with and without mirroring."""
    crops = Crop((6, 5), flip=0.5, corners=True)(places(2000, *size), numbers(2000))
    found, counts = crops.flatten(1).unique(dim=0, return_counts=True)
    views = mirrored(6, five(Box(0, 0, *size), (6, 5)))
    wanted = cut(places(1, *size)[0], views, (6, 5)).flatten(1).unique(dim=0)
    assert torch.equal(found, wanted)
    if size == (8, 9):
        assert len(found) == 10 and counts.min() > 150


@pytest.mark.parametrize("width", [4, 8, 16])
def test_half_of_them_are_mirrored_left_to_right(width: int) -> None:
    crops = Crop((4, width), flip=0.5)(places(1000, 4, width), numbers(1000))
    mirrored = (crops[:, 1, 0] == torch.arange(width).flip(0)).all(1)
    assert ((crops[:, 1, 0] == torch.arange(width)).all(1) ^ mirrored).all()
    assert 420 < mirrored.sum() < 580
    assert (crops[:, 0] == torch.arange(4)[:, None]).all()  # never upside down


def test_four_pixels_around_cifar_are_of_the_ground() -> None:
    """He et al. 2015, section 4.2: 4 pixels on each side, a random 32x32 of the 40x40."""
    crop = Crop((32, 32), padding=(4, 4), ground=(200, 201))
    crops = crop(places(1500, 32, 32), numbers(1500))
    grounds = (crops == torch.tensor([200, 201])[:, None, None]).all(1)
    rows, columns = grounds.all(2).sum(1), grounds.all(1).sum(1)
    assert rows.max() == 4 and columns.max() == 4 and rows.min() == 0
    inside = crops[:, 0][~grounds]
    assert inside.max() == 31


def test_a_share_of_the_area_is_scaled_to_the_size() -> None:
    """Szegedy et al. 2014, section 6: from 8 % of the area, aspects from 3/4 to 4/3."""
    crops = Crop((16, 16), area=0.08)(places(600, 64, 64), numbers(600)).float()
    height = crops[:, 0].amax((1, 2)) - crops[:, 0].amin((1, 2)) + 1
    width = crops[:, 1].amax((1, 2)) - crops[:, 1].amin((1, 2)) + 1
    assert height.min() >= 64 * (0.08 * 3 / 4) ** 0.5 - 3 and height.max() <= 64
    share = height * width / 64**2
    assert share.min() < 0.14 and share.max() > 0.85
    assert 0.45 < share.mean() < 0.6  # uniform from 0.08 to 1, less what does not fit


def test_the_aspect_stays_within_what_is_asked_for() -> None:
    shapes = {}
    for aspect in (1.0, 4 / 3):
        crop = Crop((8, 8), area=0.2, aspect=aspect)
        boxes = crop._boxes(places(3000, 90, 120), numbers(3000).double())
        shapes[aspect] = (boxes.columns / boxes.rows)[boxes.rows < 90]
    assert (shapes[1.0] - 1).abs().max() < 0.03
    assert 0.73 < shapes[4 / 3].min() < 0.77 and 1.28 < shapes[4 / 3].max() < 1.37


def test_a_short_side_of_any_length_is_cropped() -> None:
    """He et al. 2015, section 3.4: a short side from 256 to 480, and 224x224 of it."""
    crop = Crop((224, 224), jitter=(256, 480))
    boxes = crop._boxes(torch.empty(5000, 1, 480, 600), numbers(5000).double())
    assert torch.equal(boxes.rows, boxes.columns)
    short = 224 * 480 / boxes.rows.double()  # the length for which this is a crop of 224
    assert 254 < short.min() < 258 and 477 < short.max() < 482
    assert short.mean().item() == pytest.approx(368, abs=3)
    assert bool((boxes.top + boxes.rows <= 480).all() and (boxes.left + boxes.columns <= 600).all())
    assert (boxes.left + boxes.columns).max() == 600


def test_a_jittered_crop_shows_what_a_scaled_picture_has_there() -> None:
    crop = Crop((16, 16), jitter=(40, 40))
    (one,) = crop(places(1, 80, 80), torch.tensor([[0.5, 0.25, 0.9, 0.0, 0.0, 0.0]])).float()
    top, left = int(0.5 * 49), int(0.25 * 49)  # 32 of the stored pixels are cut out
    assert (one[0, :, 0] - (top + 0.5 + 2 * torch.arange(16))).abs().max() <= 1
    assert (one[1, 0] - (left + 0.5 + 2 * torch.arange(16))).abs().max() <= 1


def test_filters_are_drawn_as_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Szegedy et al. 2014, section 6: four filters with equal probability."""
    asked: dict[str, int] = {}

    def note(images: torch.Tensor, boxes: object, size: object, kind: str) -> torch.Tensor:
        asked[kind] = asked.get(kind, 0) + len(images)
        return torch.zeros(len(images), 2, 8, 8, dtype=torch.uint8)

    monkeypatch.setattr("papernets.data.crops.scaled", note)
    Crop((8, 8), area=0.5, several=True)(places(4000, 16, 16), numbers(4000))
    assert set(asked) == {"bilinear", "bicubic", "box", "nearest"}
    assert all(abs(count - 1000) < 120 for count in asked.values())


CROPS = [
    Crop((6, 5), padding=(1, 0), flip=0.5),
    Crop((6, 5), padding=(1, 0), flip=0.5, area=0.5),
    Crop((6, 5), padding=(1, 1), flip=0.5, jitter=(7, 11), several=True),
]


@pytest.mark.parametrize("crop", CROPS)
def test_a_picture_is_cropped_alike_wherever_it_stands(crop: Crop, monkeypatch) -> None:
    generator = torch.Generator().manual_seed(3)
    images = torch.randint(0, 256, (20, 3, 9, 8), dtype=torch.uint8, generator=generator)
    whole, own = crop(images, numbers(20)), torch.tensor([19, 3, 7])
    drawn = Draws(0, 1, own).uniform(CROP, NUMBERS)
    assert torch.equal(crop(images[own], drawn), whole[own])
    monkeypatch.setattr("papernets.data.crops.TOGETHER", 3 * 9 * 8)
    assert torch.equal(crop(images, numbers(20)), whole)


def test_crops_larger_than_the_photo_are_refused() -> None:
    with pytest.raises(ValueError, match=r"stored as 8x8 are too small for crops of 9x4: --set en"):
        Crop((9, 4))(places(1, 8, 8), numbers(1))


def test_a_short_side_below_the_crop_is_refused() -> None:
    words = (
        r"a short side of 200 pixels is too small for crops of 224x224: "
        r"--set augment.jitter_low=224, at least"
    )
    with pytest.raises(ValueError, match=words):
        Crop((224, 224), jitter=(200, 480))(places(1, 250, 250), numbers(1))
    Crop((224, 224), jitter=(224, 480))(places(1, 250, 250), numbers(1))


def test_the_middle_is_cut_out_without_scaling() -> None:
    """Krizhevsky et al. 2012, section 4.1: the central patch of the stored square."""
    eyes = Preprocessing(2, 4, 6, (10, 12), "photo", low=(0.0,), high=(255.0,), crop=True)
    seen = eyes(places(1, 10, 12))[0]
    assert seen[0, :, 0].tolist() == [3, 4, 5, 6] and seen[1, 0].tolist() == [3, 4, 5, 6, 7, 8]
    own = eyes.of_crops()
    assert torch.equal(own(places(1, 10, 12)[:, :, 3:7, 3:9]), eyes(places(1, 10, 12)))
    assert Preprocessing.from_dict(eyes.to_dict()) == eyes


@pytest.mark.parametrize(
    "change",
    [{"kind": "digit"}, {"picture": (3, 20)}, {"picture": (20, 5)}, {"shrink": 0.8}],
)
def test_a_crop_that_cannot_be_is_refused(change: dict) -> None:
    values = {"channels": 1, "height": 4, "width": 6, "picture": (10, 12), "kind": "photo"}
    with pytest.raises(ValueError, match="crop=True: it is for photos that are stored at least"):
        Preprocessing(**{**values, "crop": True, **change})
    with pytest.raises(ValueError, match="crop=1: give true or false"):
        Preprocessing.from_dict({**values, "crop": 1})
