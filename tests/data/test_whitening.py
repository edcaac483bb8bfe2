"""Mean pictures, contrast and whitening: pylearn2's arithmetic, transcribed, and its invariants."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import save

from papernets.data import Preprocessing
from papernets.data.whitening import GCN, ZCA, Arrays, mean_picture, normalised, whitening


def pictures(count: int = 60, channels: int = 3, side: int = 5) -> torch.Tensor:
    draws = torch.Generator().manual_seed(1)
    smooth = torch.rand(count, channels, side, side, generator=draws).cumsum(2).cumsum(3)
    return (255 * smooth / smooth.amax()).to(torch.uint8)


RAW = Preprocessing(3, 5, 5, (5, 5), "photo", low=(0.0,), high=(255.0,))


def pylearn2(images: np.ndarray) -> np.ndarray:
    """global_contrast_normalize(X, scale=55.) and ZCA(filter_bias=0.1) as released."""
    flat = images.reshape(len(images), -1).astype(np.float64)
    flat = flat - flat.mean(1)[:, None]
    lengths = np.sqrt((flat**2).sum(1)) / 55.0
    lengths[lengths < 1e-8] = 1.0
    flat = flat / lengths[:, None]
    centred = flat - flat.mean(0)
    covariance = np.dot(centred.T, centred) / len(centred) + 0.1 * np.identity(flat.shape[1])
    values, vectors = np.linalg.eigh(covariance)
    return np.dot(centred, np.dot(vectors * np.sqrt(1.0 / values), vectors.T))


def test_gcn_and_zca_are_pylearn2s() -> None:
    assert (GCN, ZCA) == (55.0, 0.1)
    images = pictures()
    eyes = replace(RAW, gcn=GCN)
    eyes = replace(eyes, arrays=whitening(eyes, images))
    wanted = pylearn2(images.numpy()).reshape(images.shape)
    np.testing.assert_allclose(eyes(images).numpy(), wanted, atol=2e-3)


def test_a_picture_becomes_a_vector_of_the_length() -> None:
    found = normalised(pictures().float(), 55.0)
    assert found.flatten(1).norm(dim=1).tolist() == pytest.approx([55.0] * 60, rel=1e-5)
    assert found.flatten(1).mean(1).abs().max() < 1e-5
    assert (normalised(torch.full((2, 3, 5, 5), 7.0), 55.0) == 0).all()


def test_whitened_values_have_no_correlation() -> None:
    images = pictures(4000, side=3)
    eyes = Preprocessing(3, 3, 3, (3, 3), "photo", low=(0.0,), high=(255.0,))
    flat = replace(eyes, arrays=whitening(eyes, images, 1e-6))(images).flatten(1)
    covariance = (flat.T @ flat / len(flat)).numpy()
    np.testing.assert_allclose(covariance, np.eye(27), atol=0.02)


def test_each_pixels_mean_is_subtracted() -> None:
    """Krizhevsky et al. 2012, section 2: the mean activity over the training set."""
    images = pictures()
    eyes = replace(RAW, arrays=mean_picture(RAW, images))
    wanted = images.double().numpy() - images.double().numpy().mean(0)
    np.testing.assert_allclose(eyes(images).numpy(), wanted, atol=1e-3)


def test_pictures_too_large_to_whiten_are_refused() -> None:
    eyes = Preprocessing(3, 64, 64, (64, 64), "photo")
    words = r"zca whitens pictures of at most 4,096 values, and these have 3x64x64, 12,288: leave"
    with pytest.raises(ValueError, match=words):
        whitening(eyes, pictures(2, side=64))
    with pytest.raises(ValueError, match="no pictures: nothing can be measured on them"):
        mean_picture(RAW, pictures()[:0])


def of_four_bits() -> bytes:
    """A safetensors file of numbers that the format has, and torch has not."""
    head = json.dumps({"mean": {"dtype": "F4", "shape": [1, 2, 2], "data_offsets": [0, 2]}})
    return len(head).to_bytes(8, "little") + head.encode() + bytes(2)


def test_zca_that_divides_by_nothing_is_refused() -> None:
    """60 pictures of 75 values: their covariance has eigenvalues of 0."""
    with pytest.raises(ValueError, match="zca=1e-310 is too small to whiten these pictures"):
        whitening(RAW, pictures(), 1e-310)


def test_arrays_go_to_bytes_and_back() -> None:
    arrays = whitening(RAW, pictures())
    again = Arrays.of(arrays.content)
    assert again == arrays and hash(again) == hash(arrays) and again.sha256 == arrays.sha256
    assert again != mean_picture(RAW, pictures()) and repr(again) == "Arrays(3x5x5, whitening)"
    mean = mean_picture(RAW, pictures())
    assert Arrays.of(mean.content).matrix is None and repr(mean) == "Arrays(3x5x5)"


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: Arrays(torch.zeros(4)), r"a mean picture of shape \(4,\): give \(C, H, W\)"),
        (lambda: Arrays(torch.zeros(1, 2, 2) / 0), "with values that are not finite"),
        (
            lambda: Arrays(torch.zeros(1, 2, 2), torch.zeros(3, 3)),
            "a whitening matrix of 3x3 for pictures of 1x2x2: give 4x4",
        ),
        (
            lambda: Arrays(torch.zeros(1, 2, 2).double()),
            "a mean picture of float64 numbers",
        ),
        (
            lambda: Arrays(torch.zeros(1, 2, 2), torch.zeros(4, 4).to(torch.float8_e5m2)),
            "a whitening matrix of float8_e5m2 numbers: give float32",
        ),
        (lambda: Arrays.of(b"nonsense"), "the arrays are no safetensors file"),
        (lambda: Arrays.of(save({})), "the arrays are none: not a mean and a matrix"),
        (
            lambda: Arrays.of(save({f"{n}" * 999: torch.zeros(1) for n in range(30)})),
            "and 25 more: not a mean and a matrix",
        ),
        (
            lambda: Arrays.of(b"\xff" * 8),
            "of two tensors: its table has 18,446,744,073",
        ),
        (lambda: Arrays.of(of_four_bits()), "the arrays are of 'F4' numbers: give float32"),
    ],
)
def test_arrays_that_make_no_sense(made, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        made()


def test_a_preprocessing_with_arrays_is_kept_in_two_parts() -> None:
    eyes = replace(RAW, gcn=55.0, arrays=mean_picture(RAW, pictures()))
    values = eyes.to_dict()
    assert values["arrays"] == eyes.arrays.sha256 and values["gcn"] == 55.0
    assert "short" not in values and not {"gcn", "arrays"} & set(RAW.to_dict())
    assert Preprocessing.from_dict(values, eyes.content) == eyes
    with pytest.raises(ValueError, match="a mean picture say, are not there"):
        Preprocessing.from_dict(values)
    other = mean_picture(RAW, pictures(30))
    with pytest.raises(ValueError, match="the arrays of its preprocessing are others"):
        Preprocessing.from_dict(values, other.content)
    with pytest.raises(ValueError, match="mean picture of 3x5x5 for an input of 3x6x5"):
        replace(eyes, height=6)
    with pytest.raises(ValueError, match="cannot be run over a strip: train it without gcn, zca"):
        eyes.strip(pictures())


def test_a_photo_is_scaled_before_its_middle_is_cut_out() -> None:
    """Simonyan and Zisserman 2014, section 3.2: tested at Q = 384 where training went up to 512."""
    rows = torch.arange(64.0)[None, None, :, None].expand(1, 1, 64, 80)
    stored = (3 * rows).to(torch.uint8)
    eyes = Preprocessing(
        1, 24, 24, (64, 80), "photo", low=(0.0,), high=(255.0,), crop=True, short=32
    )
    seen = eyes(stored)[0, 0]
    wanted = 3 * (2 * (torch.arange(24) + 4) + 0.5)  # each is the mean of two rows and what is near
    assert (seen - wanted[:, None]).abs().max() < 0.01
    assert eyes.of_crops().short == 0
    assert Preprocessing.from_dict(eyes.to_dict()) == eyes
    for short in (23, -1, 1.5, True):
        with pytest.raises(ValueError, match=f"preprocessing short={short}: give 0, or for photos"):
            replace(eyes, short=short)
    with pytest.raises(ValueError, match="short=32: give 0, or for photos of which the middle"):
        replace(eyes, crop=False)
    with pytest.raises(ValueError, match="preprocessing gcn=-1: give a number of 0 or more"):
        replace(eyes, gcn=-1)
