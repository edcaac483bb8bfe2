"""From stored pictures to a network's input."""

import json

import pytest
import torch
from PIL import Image

from papernets import data
from papernets.data import Preprocessing


def digit() -> torch.Tensor:
    image = torch.zeros(1, 1, 28, 28, dtype=torch.uint8)
    image[:, :, 4:24, 8:20] = 255
    return image


def test_lenet5_pads_to_32_and_maps_to_the_papers_values() -> None:
    """LeCun et al. 1998, section II-B: background -0.1, foreground 1.175."""
    result = Preprocessing(1, 32, 32)(digit())
    assert result.shape == (1, 1, 32, 32) and result.dtype == torch.float32
    assert result[0, 0, 5, 15] == pytest.approx(-0.1)
    assert result[0, 0, 6, 15] == pytest.approx(1.175)
    assert (result > 1).sum() == 20 * 12


def test_28x28_without_scaling_is_exactly_the_picture() -> None:
    images = torch.randint(0, 256, (3, 1, 28, 28), dtype=torch.uint8)
    same = Preprocessing(1, 28, 28, low=(0.0,), high=(255.0,))
    assert torch.equal(same(images), images.float())
    assert torch.equal(same(images.float()), images.float())


def test_shrink_makes_20_rows_16_and_keeps_the_middle_and_the_values() -> None:
    small = Preprocessing(1, 28, 28, shrink=0.8, low=(0.0,), high=(255.0,))
    result = small(digit())[0, 0]
    assert result.sum().item() == pytest.approx(255 * 16 * 9.6, rel=0.02)
    assert result.max() <= 255.01
    rows = (result[:, 14] > 127).nonzero()[:, 0]
    assert (rows[0].item(), rows[-1].item()) == (6, 21)
    assert torch.allclose(result, result.flip(0), atol=1e-3)


def test_shrinking_to_half_is_what_pillow_does_with_the_same_filter() -> None:
    picture = torch.randint(0, 256, (1, 1, 28, 28), dtype=torch.uint8)
    photo = Preprocessing(1, 14, 14, kind="photo", low=(0.0,), high=(255.0,))
    image = Image.fromarray(picture[0, 0].numpy()).resize((14, 14), Image.Resampling.BILINEAR)
    theirs = torch.tensor(list(image.tobytes())).view(14, 14)
    assert (photo(picture)[0, 0] - theirs).abs().max() <= 1


def test_a_photo_covers_the_input_and_its_middle_is_kept() -> None:
    image = torch.zeros(1, 1, 10, 20, dtype=torch.uint8)
    image[..., 5:15] = 100
    result = Preprocessing(1, 10, 10, (10, 20), "photo", low=(0.0,), high=(255.0,))(image)
    assert torch.equal(result, torch.full((1, 1, 10, 10), 100.0))


def test_a_digit_for_a_much_larger_network_is_enlarged_not_padded() -> None:
    result = Preprocessing(1, 224, 224)(digit())
    assert (result > 0.5).float().mean().item() == pytest.approx(20 * 12 / 28**2, rel=0.05)


def test_grey_is_repeated_and_colour_is_made_grey() -> None:
    grey = torch.full((1, 1, 4, 4), 51, dtype=torch.uint8)
    colour = Preprocessing(3, 4, 4, (4, 4), "photo", low=(0, 0, 1), high=(1, 1, 2))(grey)
    assert torch.allclose(colour[0, :, 0, 0], torch.tensor([0.2, 0.2, 1.2]))
    red = torch.tensor([255, 0, 0], dtype=torch.uint8).view(1, 3, 1, 1).expand(1, 3, 4, 4)
    single = Preprocessing(1, 4, 4, (4, 4), "photo", low=(0.0,), high=(1.0,))(red)
    assert single[0, 0, 0, 0] == pytest.approx(0.299)  # ITU-R BT.601


def test_a_strip_is_padded_as_a_digit_is() -> None:
    lenet5 = Preprocessing(1, 32, 32)
    strip = torch.cat([digit(), digit(), digit()], 3)
    result = lenet5.strip(strip)
    assert result.shape == (1, 1, 32, 88)
    assert torch.equal(lenet5.strip(digit()), lenet5(digit()))
    assert torch.equal(result[..., 4:28], lenet5(digit())[..., 4:28])


def test_for_network_takes_the_data_sets_size_and_kind() -> None:
    digits = data.open("digits")
    made = Preprocessing.for_network((1, 32, 32), digits, shrink=0.8)
    assert made == Preprocessing(1, 32, 32, (28, 28), "digit", 0.8)


def test_settings_go_through_json_and_back() -> None:
    settings = Preprocessing(3, 224, 224, (256, 256), "photo", 1.0, (-1, -2, -3), (1, 2, 3))
    assert Preprocessing.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Preprocessing(1, 32, 32, kind="sound"),
            "kind 'sound': give one of digit, garment",
        ),
        (lambda: Preprocessing(1, 0, 32), "below 1"),
        (lambda: Preprocessing(1, 32, 32, shrink=0), "shrink=0: give more than 0, at most 1"),
        (
            lambda: Preprocessing(3, 32, 32, low=(0, 0)),
            r"low=\(0, 0\): give one number, or one for ",
        ),
        (
            lambda: Preprocessing.from_dict({"channels": 1, "height": 2, "width": 2, "colour": 3}),
            "unknown preprocessing key 'colour'. Known: channels, height",
        ),
        (lambda: Preprocessing.from_dict({"channels": 1}), "preprocessing without height, width"),
        (
            lambda: Preprocessing(1, 32, 32)(torch.zeros(2, 1, 32, 32)),
            r"pictures of shape \(2, 1, 32, 32\) given; .* takes \(N, C, 28, 28\)",
        ),
        (
            lambda: Preprocessing(3, 28, 28)(torch.zeros(2, 2, 28, 28)),
            "pictures with 2 channels for a network with 3",
        ),
    ],
)
def test_errors(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"channels": True}, "channels=True: give a whole number"),
        ({"height": 32.0}, "height=32.0: give a whole number"),
        ({"width": None}, "width=None: give a whole number"),
        ({"width": 10_001}, "a size or a number of channels above 10,000"),
        ({"picture": [28]}, r"picture=\(28,\): give height and width, such as \(28, 28\)"),
        ({"picture": [28, 28.0]}, "picture=.* give height and width"),
        ({"picture": None}, "picture=None: give height and width"),
        ({"kind": []}, r"kind \(\): give one of digit"),
        ({"shrink": "x"}, "shrink='x': give more than 0, at most 1"),
        ({"shrink": float("nan")}, "shrink=nan: give more than 0, at most 1"),
        ({"shrink": 1e-9}, "shrink=1e-09: give 0.01 or more"),
        ({"low": 3}, "low=3: give one number"),
        ({"low": ["x"]}, r"low=\('x',\): give one number"),
        ({"high": [float("inf")]}, r"high=\(inf,\): give one number"),
        ({"high": [10**400]}, r"high=\(1000.*: give one number"),
    ],
)
def test_values_from_a_file_are_checked(values, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Preprocessing.from_dict({"channels": 1, "height": 32, "width": 32, **values})


def test_a_strip_may_be_wider_than_a_picture() -> None:
    assert Preprocessing(1, 32, 32).strip(torch.zeros(1, 1, 28, 10_100)).shape[-1] == 10_104


def test_blue_first():
    """Caffe's networks see blue, green, red; low and high are in that order too."""
    prepared = Preprocessing(
        3, 2, 2, (2, 2), "photo", low=(0.0, 10.0, 20.0), high=(255.0, 265.0, 275.0), order="bgr"
    )
    picture = torch.tensor([1, 2, 3], dtype=torch.uint8)[None, :, None, None].expand(1, 3, 2, 2)
    assert prepared(picture)[0, :, 0, 0].tolist() == pytest.approx([3, 12, 21])
    grey = torch.full((1, 1, 2, 2), 5, dtype=torch.uint8)
    assert prepared(grey)[0, :, 0, 0].tolist() == pytest.approx([5, 15, 25])
    assert Preprocessing.from_dict(prepared.to_dict()) == prepared


@pytest.mark.parametrize(("channels", "order"), [(3, "gbr"), (1, "bgr"), (3, None), (4, "bgr")])
def test_another_order_is_refused(channels, order):
    with pytest.raises(ValueError, match="preprocessing order="):
        Preprocessing(channels, 2, 2, (2, 2), "photo", order=order)


def test_bundles_of_before_see_red_first():
    values = Preprocessing(3, 2, 2, (2, 2), "photo").to_dict()
    del values["order"]
    assert Preprocessing.from_dict(values).order == "rgb"
