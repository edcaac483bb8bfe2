"""What comes along trained: small, whole, and as good as its page says."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

from papernets import create_model, load, load_bundle
from papernets.bundle.find import SHIPPED, shipped
from papernets.data.known import CIFAR10
from papernets.evaluate.pictures import open_pictures
from papernets.evaluate.report import report

NAMES = sorted(folder.name for folder in SHIPPED.iterdir() if (folder / "bundle.json").is_file())


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def test_what_comes_along():
    assert NAMES == ["boosted_lenet4", "lenet1", "lenet4", "lenet5", "lenet5_scan", "resnet20"]
    assert sum(size(SHIPPED / name) for name in NAMES) < 2_500_000


@pytest.mark.parametrize("name", NAMES)
def test_it_is_read_and_answers(name):
    found = load_bundle(name)
    assert len(found.info.classes) == 10
    shape = found.info.input
    stroke = Image.new("L", (shape[2], shape[1]), 255)
    stroke.paste(0, (shape[2] // 2 - 1, 6, shape[2] // 2 + 2, shape[1] - 6))
    (answer,) = load(name).predict([stroke])
    assert answer.label in found.info.classes and 0 <= answer.score <= 1


def test_resnet20_takes_half_the_space_and_is_a_network_in_single_precision():
    folder = shipped("ResNet-20")
    assert folder == SHIPPED / "resnet20" and size(folder) <= 600_000
    assert load_bundle("resnet20").info.classes == CIFAR10
    model = create_model("resnet20", weights="resnet20")
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert sum(p.numel() for p in model.parameters()) == 269_722  # He et al. 2016, table 6: 0.27M


@pytest.mark.slow
def test_resnet20_on_the_test_pictures_of_cifar10(shared_data):
    """At most 9.5 %; He et al. 2016, table 6, has 8.75 % after 64,000 steps."""
    bundle = load_bundle("resnet20")
    score = report(bundle, open_pictures(bundle, "cifar10", data_dir=str(shared_data))).score
    assert score.images == 10_000 and score.error <= 0.095
    assert round(score.error, 4) == bundle.info.metrics["test_error"]
