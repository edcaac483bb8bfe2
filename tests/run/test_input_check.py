"""What an error about a picture's size advises works."""

import re

import pytest
import torch

from papernets import create_model
from papernets.bundle.committee import Committee


def made(name, **asked):
    with torch.device("meta"):
        return create_model(name, **asked).eval()


def shown(model, height, width):
    member = model.members[0] if isinstance(model, Committee) else model
    return model(torch.zeros(1, member.net.input[0], height, width, device="meta"))


@pytest.mark.parametrize(
    ("name", "size", "ways"),
    [
        ("alexnet", (10, 10), "smallest"),
        ("alexnet", (100, 100), "input"),
        ("alexnet", (300, 260), "input dense"),
        ("vgg11", (0, 0), "smallest"),
        ("vgg11", (100, 400), "input"),
        ("lenet1", (9, 28), "smallest"),
        ("lenet5", (1, 1), "smallest"),
        ("lenet5", (40, 36), "input dense"),
        ("boosted_lenet4", (40, 40), "input dense"),
        ("googlenet", (256, 256), ""),
        ("resnet18", (0, 0), "empty"),
        ("mobilenet_v1", (5, 0), "empty"),
    ],
)
def test_the_advice_for_pictures_of_another_size_works(name, size, ways):
    model = made(name)
    if not ways:
        assert shown(model, *size).shape == (1, 1000)
        return
    with pytest.raises(ValueError) as caught:
        shown(model, *size)
    text = str(caught.value)
    name = re.match(r"\w+", text).group()  # a committee's member's
    assert ("dense=True" in text) == ("dense" in ways)
    if found := re.search(r"input=\((\d+), (\d+)\)", text):
        assert "input" in ways
        assert shown(made(name, input=size), *map(int, found.groups())).shape[0] == 1
    if "dense" in ways:
        assert shown(made(name, dense=True), *size).dim() == 4
    if "smallest" in ways:
        height, width = map(int, re.search(r"smallest input of \S+ is (\d+)x(\d+)", text).groups())
        assert shown(made(name, input=(height, width)), height, width).shape[0] == 1
        with pytest.raises(ValueError):
            made(name, input=(height - 1, width))
    if "empty" in ways:
        assert "are empty" in text
