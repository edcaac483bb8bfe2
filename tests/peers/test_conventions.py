"""What a pixel becomes: each convention by the formula that its source documents."""

import pytest
import torch

from papernets.data import Preprocessing
from papernets.peers import find_peer
from papernets.peers.conventions import CONVENTIONS, convention, preprocessing

MEAN, DEVIATION = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])


def torch_values(rgb):
    """torchvision's Normalize on ToTensor's values."""
    return (rgb / 255 - MEAN) / DEVIATION


def transformed(rgb):
    """torchvision's `_transform_input`, term by term (models/inception.py), on those."""
    x = torch_values(rgb)
    return torch.stack(
        [
            x[0] * (0.229 / 0.5) + (0.485 - 0.5) / 0.5,
            x[1] * (0.224 / 0.5) + (0.456 - 0.5) / 0.5,
            x[2] * (0.225 / 0.5) + (0.406 - 0.5) / 0.5,
        ]
    )


def caffe_values(rgb):
    """Keras's imagenet_utils, mode "caffe": blue first, less the mean, not scaled."""
    return rgb.flip(0) - torch.tensor([103.939, 116.779, 123.68])


FORMULAS = {
    "torch": torch_values,
    "tf": lambda rgb: rgb / 127.5 - 1,
    "transform_input": transformed,
    "caffe": caffe_values,
    "unit": lambda rgb: rgb / 255,
    "none": lambda rgb: rgb,
}


def seen(text, rgb):
    """What a network sees of a picture of this one colour."""
    values, _ = preprocessing((3, 224, 224), None, text)
    prepared = Preprocessing.from_dict(values)
    picture = torch.tensor(rgb, dtype=torch.uint8)[None, :, None, None]
    found = prepared(picture.expand(1, 3, *prepared.picture))
    assert found.shape == (1, 3, 224, 224) and found.std((2, 3)).max() < 1e-4
    return found[0, :, 0, 0]


@pytest.mark.parametrize("name", CONVENTIONS)
@pytest.mark.parametrize("rgb", [(0, 0, 0), (255, 255, 255), (10, 128, 240)])
def test_a_pixel(name, rgb):
    wanted = FORMULAS[name](torch.tensor(rgb, dtype=torch.float32))
    assert torch.allclose(seen(name, rgb), wanted, atol=2e-4 if name == "caffe" else 1e-5)


def test_every_convention_has_a_formula():
    assert set(FORMULAS) == set(CONVENTIONS)


def test_means_and_deviations():
    found = seen("0.4914,0.4822,0.4465/0.2023,0.1994,0.2010", (10, 128, 240))
    mean = torch.tensor([0.4914, 0.4822, 0.4465])
    wanted = (torch.tensor([10, 128, 240]) / 255 - mean) / torch.tensor([0.2023, 0.1994, 0.2010])
    assert torch.allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cafe", "unknown preprocessing 'cafe'. Did you mean 'caffe'? Give torch, tf"),
        ("0.5,0.5/0.5", "as many means as deviations above 0"),
        ("0.5/0", "as many means as deviations above 0"),
        ("a,b,c/1,1,1", "as many means as deviations above 0"),
        ("1/2/3", "as many means as deviations above 0"),
        ("0.5/-1", "as many means as deviations above 0"),
        ("nan/1", "as many means as deviations above 0"),
        ("1,1,1/1e-320,1,1", "a deviation of 9.99989e-321 is too small for values from 0 to 1"),
        ("1/1e-7", "give 1e-06 or more"),
    ],
)
def test_wrong_ones_say_so(text, words):
    with pytest.raises(ValueError) as caught:
        convention(text, 224, 256)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("peer", "name", "size", "resize", "low", "high"),
    [
        # torchvision 0.28, the weights' `transforms`
        ("torchvision", "alexnet", 224, 256, -0.485 / 0.229, 0.515 / 0.229),
        ("torchvision", "resnet152", 224, 256, -0.485 / 0.229, 0.515 / 0.229),
        ("torchvision", "googlenet", 224, 256, -1, 1),
        ("torchvision", "inception_v3", 299, 342, -1, 1),
        # timm 1.0.31, the default weights' `pretrained_cfg`: size / crop_pct, rounded down
        ("timm", "mobilenetv1_100", 224, 256, -1, 1),
        ("timm", "mobilenetv1_125", 224, 248, -1, 1),
        ("timm", "inception_v3", 299, 341, -1, 1),
        ("timm", "inception_v4", 299, 341, -1, 1),
        ("timm", "inception_resnet_v2", 299, 333, -1, 1),
        ("timm", "resnet50", 224, 235, -0.485 / 0.229, 0.515 / 0.229),
        ("timm", "vgg16", 224, 256, -0.485 / 0.229, 0.515 / 0.229),
    ],
)
def test_what_the_peers_document(peer, name, size, resize, low, high):
    values, notes = preprocessing((3, size, size), find_peer(peer, name))
    assert (values["height"], values["width"]) == (size, size)
    assert values["picture"] == [resize, resize] and values["crop"] and values["kind"] == "photo"
    assert values["low"][0] == pytest.approx(low) and values["high"][0] == pytest.approx(high)
    assert ["bicubic" in note for note in notes] == [True] * (
        peer == "timm" and not name.startswith("vgg")
    )


def test_another_convention_keeps_the_peers_sizes():
    values, _ = preprocessing((3, 299, 299), find_peer("torchvision", "inception_v3"), "torch")
    assert values["picture"] == [342, 342]
    assert values["low"] == pytest.approx([-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225])


@pytest.mark.parametrize("shape", [(3, 32, 32), (3, 224, 224), (3, 224, 160), (1, 32, 32)])
def test_without_a_convention_a_note_says_what_was_taken(shape):
    values, notes = preprocessing(shape, None)
    assert "nothing in the file says how pictures become numbers" in notes[0]
    prepared = Preprocessing.from_dict(values)
    found = prepared(torch.zeros(1, shape[0], *prepared.picture, dtype=torch.uint8))
    assert found.shape == (1, *shape)


def test_grey_networks_see_digits():
    values, notes = preprocessing((1, 32, 32), None, "0.1307/0.3081")
    assert values["kind"] == "digit" and values["picture"] == [28, 28] and not notes
    assert values["low"] == pytest.approx([-0.1307 / 0.3081])
    with pytest.raises(ValueError, match="give one number, or one for each of the 1 channel"):
        preprocessing((1, 32, 32), None, "torch")
