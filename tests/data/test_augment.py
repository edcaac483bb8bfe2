"""Distortions: the identity, known maps, the elastic field against its definition, and errors."""

import numpy as np
import pytest
import torch

from papernets.data import Distortion, distort
from papernets.data.augment import _affine, _maps
from papernets.data.draws import Draws


def draws(count: int) -> Draws:
    return Draws(2, 1, torch.arange(count))


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(count: int = 8, channels: int = 1, size: int = 28) -> torch.Tensor:
    shape = (count, channels, size, size)
    return torch.randint(0, 256, shape, generator=generator(9), dtype=torch.uint8)


def test_with_no_strength_the_pictures_are_exactly_the_same() -> None:
    images = pictures()
    assert torch.equal(distort(images, generator()), images)
    assert distort(images, generator()).data_ptr() != images.data_ptr()


def test_a_tiny_strength_leaves_stored_pictures_as_they_were() -> None:
    images = pictures()
    assert torch.equal(distort(images, generator(), shift=1e-6, elastic_alpha=1e-6), images)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32, torch.float64])
def test_type_and_shape_are_kept(dtype: torch.dtype) -> None:
    images = pictures(3, 3, 17).to(dtype)
    result = distort(images, generator(), rotate=20, elastic_alpha=10)
    assert result.dtype == dtype and result.shape == images.shape
    assert result.min() >= 0 and result.max() <= 255


def test_the_same_seed_gives_the_same_pictures_and_another_seed_others() -> None:
    images, strong = pictures(), Distortion(rotate=10, shift=2, elastic_alpha=30)
    first = strong(images, generator(1))
    assert torch.equal(first, strong(images, generator(1)))
    assert not torch.equal(first, strong(images, generator(2)))


def test_each_picture_has_its_own_map() -> None:
    images = pictures(1).expand(6, -1, -1, -1)
    moved = distort(images, generator(), shift=3)
    assert len({tuple(one.flatten().tolist()) for one in moved}) == 6


def test_a_picture_is_distorted_alike_wherever_it_stands() -> None:
    """Its draw is of the seed, the epoch and its place in the training set."""
    images, strong = pictures(8), Distortion(rotate=10, shift=2, elastic_alpha=30)
    order = torch.tensor([5, 2, 7, 0])
    whole = strong(images, draws(8))
    some = strong(images[order], Draws(2, 1, order))
    assert torch.equal(some, whole[order])
    for other in (Draws(3, 1, order), Draws(2, 2, order)):
        assert not torch.equal(strong(images[order], other), some)


def test_more_pictures_than_one_chunk_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("papernets.data.augment.CHUNK_PIXELS", 28 * 28 * 3)
    images = torch.full((8, 1, 28, 28), 200, dtype=torch.uint8)
    result = distort(images, generator(), rotate=5)
    assert (result[:, :, 10:18, 10:18] == 200).all()
    images, strong = pictures(8), Distortion(rotate=10, elastic_alpha=30)
    chunked = strong(images, draws(8))
    monkeypatch.undo()
    assert torch.equal(chunked, strong(images, draws(8)))


def test_a_pixel_is_read_where_the_affine_map_says() -> None:
    """The matrices are inverses of: scale and squeeze, shear sideways, turn, then move."""
    strengths = Distortion(rotate=30, scale=0.3, squeeze=0.2, shear=0.4, shift=3)
    draws = 2 * torch.rand(6, 5, generator=generator(3)) - 1
    matrix, offset = _affine(draws, strengths)
    for n in range(5):
        angle = float(draws[0, n]) * np.radians(30)
        grow, stretch = 1 + 0.3 * float(draws[1, n]), 1.2 ** float(draws[2, n])
        turn = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        lean = [[1, 0.4 * float(draws[3, n])], [0, 1]]
        digit = np.array(turn) @ lean @ np.diag([grow * stretch, grow / stretch])
        move = 3 * draws[4:, n].double().numpy()
        point = np.array([4.0, -7.0])
        read = matrix[n].double().numpy() @ (digit @ point + move) + offset[n].double().numpy()
        np.testing.assert_allclose(read, point, atol=1e-4)


def test_a_shift_moves_the_middle_of_mass_by_what_was_drawn() -> None:
    images = torch.zeros(4, 1, 29, 29)
    images[:, :, 14, 14] = 255.0
    moved = distort(images, generator(5), shift=4)
    draws = 2 * torch.rand(6, 4, generator=generator(5)) - 1
    places = torch.arange(29.0) - 14
    mass = moved.sum((1, 2, 3))
    assert torch.allclose((moved.sum((1, 2)) * places).sum(1) / mass, 4 * draws[4], atol=1e-3)
    assert torch.allclose((moved.sum((1, 3)) * places).sum(1) / mass, 4 * draws[5], atol=1e-3)


def displacement(alpha: float, sigma: float, count: int = 4000) -> np.ndarray:
    """Horizontal displacements in pixels, (count, 29, 29), of elastic fields."""
    cpu, still = torch.device("cpu"), (torch.zeros(6, 1), torch.zeros(1, 2, 0, 0))
    strengths = Distortion(elastic_alpha=alpha, elastic_sigma=sigma)
    numbers = strengths._drawn(draws(count), 29, 29)
    field = _maps(numbers, (29, 29), strengths, cpu) - _maps(still, (29, 29), Distortion(), cpu)
    return (field[..., 0] * 14).numpy()


def blurred_noise(alpha: float, sigma: float, count: int = 4000) -> np.ndarray:
    """The same as Simard et al. 2003 make it: uniform noise, blurred by a Gaussian, times alpha."""
    random, margin = np.random.RandomState(0), int(4 * sigma)
    noise = random.uniform(-1, 1, (count, 29 + 2 * margin, 29 + 2 * margin))
    steps = np.arange(-margin, margin + 1)
    kernel = np.exp(-(steps**2) / (2 * sigma**2))
    kernel /= kernel.sum()
    band = np.zeros((29, 29 + 2 * margin))
    for row in range(29):
        band[row, row : row + len(kernel)] = kernel
    return alpha * (band @ noise @ band.T)


def test_elastic_fields_are_blurred_noise() -> None:
    """Spread and correlation at each distance agree with the definition, carried out."""
    ours, theirs = displacement(34, 4), blurred_noise(34, 4)
    assert theirs.std() == pytest.approx(1.38, abs=0.02)  # 34 / (4 sqrt(12 pi))
    assert ours.std() == pytest.approx(theirs.std(), rel=0.02)
    for distance in (1, 3, 6, 12, 24):
        pairs = [(f[:, :, 2] * f[:, :, 2 + distance]).mean() for f in (ours, theirs)]
        assert pairs[0] == pytest.approx(pairs[1], abs=0.08)
    corner = (ours[:, 0, 0] ** 2).mean() / (ours[:, 14, 14] ** 2).mean()
    assert corner == pytest.approx(1, abs=0.1)  # as strong at the edge as in the middle


def test_distortion_goes_to_json_values_and_back() -> None:
    strong = Distortion(rotate=10, elastic_alpha=34)
    assert strong.to_dict()["elastic_sigma"] == 4.0
    assert Distortion.from_dict(strong.to_dict()) == strong


@pytest.mark.parametrize(
    ("strengths", "message"),
    [
        ({"rotate": -1}, "distortion rotate=-1: give a number of 0 or more"),
        ({"shift": float("nan")}, "distortion shift=nan: give a number of 0 or more"),
        ({"scale": 1.0}, "distortion scale=1.0: give less than 1"),
        ({"elastic_sigma": 0.2}, "distortion elastic_sigma=0.2: give 1 pixel or more"),
    ],
)
def test_strengths_that_make_no_sense(strengths: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Distortion(**strengths)


def test_other_errors() -> None:
    with pytest.raises(ValueError, match=r"unknown distortion 'twist'\. Known: rotate, scale"):
        Distortion.from_dict({"twist": 1})
    with pytest.raises(ValueError, match=r"pictures of shape \(28, 28\); give \(N, C, h, w\)"):
        distort(torch.zeros(28, 28), generator())
