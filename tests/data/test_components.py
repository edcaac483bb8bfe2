"""Principal components of colours: numpy's, on real and made pictures, in memory or not."""

from pathlib import Path

import numpy as np
import pytest
import torch
from noise import noise

from papernets.data import open as open_data
from papernets.data.components import IMAGENET, measured
from papernets.data.stored import OnDemand


def by_numpy(images: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and eigenvectors (columns) of the covariance of all pixels, largest first."""
    pixels = images.permute(0, 2, 3, 1).reshape(-1, images.shape[1]).numpy() / 255
    values, vectors = np.linalg.eigh(np.cov(pixels.T, bias=True).reshape(pixels.shape[1], -1))
    return values[::-1], vectors[:, ::-1]


def agrees(images: torch.Tensor) -> None:
    found = measured(images)
    values, vectors = by_numpy(images)
    np.testing.assert_allclose(found.values, values, rtol=0, atol=1e-5)
    for mine, theirs in zip(found.vectors, vectors.T, strict=True):
        assert abs(float(np.dot(mine, theirs))) == pytest.approx(1, abs=1e-5)
        assert min(np.abs(mine - theirs).max(), np.abs(mine + theirs).max()) < 1e-5
        assert max(mine, key=abs) > 0


def test_5000_cifar_pictures_have_numpys_components(shared_data: Path) -> None:
    file = shared_data / "cifar10" / "test-00000-of-00001.parquet"
    if not file.is_file():
        pytest.skip("no CIFAR-10 in the folder of real data")
    part = open_data(str(file), channels=3, size=(32, 32)).train
    images = part.images[:5000]
    assert images.shape == (5000, 3, 32, 32)
    agrees(images)


@pytest.mark.parametrize("channels", [1, 3])
def test_made_pictures_have_numpys_components(channels: int, monkeypatch) -> None:
    draws = torch.Generator().manual_seed(0)
    mixed = torch.rand(50, channels, 9, 7, generator=draws)
    mixed[:, -1] = 0.2 * mixed[:, -1] + 0.7 * mixed[:, 0]
    images = (255 * mixed).to(torch.uint8)
    agrees(images)
    monkeypatch.setattr("papernets.data.components.VALUES", 4 * channels * 63)
    assert measured(images).values == pytest.approx(by_numpy(images)[0].tolist(), abs=1e-12)


def test_pictures_that_are_read_anew_have_the_same(tmp_path: Path) -> None:
    noise(tmp_path, 8)
    found = [
        open_data(str(tmp_path), channels=3, size=(12, 12), room=room).train.images
        for room in (None, 0.0)
    ]
    assert isinstance(found[1], OnDemand)
    assert measured(found[0]) == measured(found[1])


def test_flat_pictures_have_no_spread() -> None:
    flat = measured(torch.full((3, 3, 4, 4), 9, dtype=torch.uint8))
    assert flat.values == pytest.approx((0, 0, 0), abs=1e-12)
    with pytest.raises(ValueError, match="no pictures: the components of their colours"):
        measured(torch.empty(0, 3, 4, 4, dtype=torch.uint8))


def test_imagenets_are_directions_at_right_angles() -> None:
    vectors = np.array(IMAGENET.vectors)
    np.testing.assert_allclose(vectors @ vectors.T, np.eye(3), atol=1e-3)
    assert IMAGENET.values == (0.2175, 0.0188, 0.0045)
