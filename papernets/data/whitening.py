"""What preprocessing measures on training pictures: the mean of each pixel, and what whitens them.

Krizhevsky et al. 2012 (section 2) subtract from each pixel its mean over the training set. Lin et
al. 2013 (section 4) take CIFAR-10 as Goodfellow et al. 2013 (section 5.2) do, with global
contrast normalisation and ZCA whitening. Neither paper prints their constants: they are in the
released pylearn2 (make_cifar10_gcn_whitened.py, preprocessing.ZCA).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from papernets.data.components import batches
from papernets.data.stored import Images
from papernets.words import brief, by, listed

GCN, ZCA = 55.0, 0.1  # pylearn2's: the length of a picture, and what is added to each eigenvalue
MOST_WHITENED = 4096  # values of a picture: CIFAR's 3,072, of which the matrix has 38 MB
LEAST_LENGTH = 1e-8  # of a picture that is divided by it, as in pylearn2
MOST_HEAD = 1 << 16  # bytes of a file's table: two tensors take 200
Prepare = Callable[[Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class Arrays:
    """A mean picture float32 (C, H, W), and perhaps a matrix (CHW, CHW) that whitens.

    Two are equal where all their values are.
    """

    mean: Tensor
    matrix: Tensor | None = None

    def __post_init__(self) -> None:
        size = self.mean.numel()
        if self.mean.ndim != 3:
            raise ValueError(f"a mean picture of shape {tuple(self.mean.shape)}: give (C, H, W)")
        for what, tensor in (("mean picture", self.mean), ("whitening matrix", self.matrix)):
            if tensor is not None and tensor.dtype != torch.float32:
                kind = str(tensor.dtype).removeprefix("torch.")
                raise ValueError(f"a {what} of {kind} numbers: give float32")
            if tensor is not None and not bool(tensor.isfinite().all()):
                raise ValueError("arrays of a preprocessing with values that are not finite")
        if self.matrix is not None and self.matrix.shape != (size, size):
            raise ValueError(
                f"a whitening matrix of {by(self.matrix.shape)} for pictures of "
                f"{by(self.mean.shape)}: give {size}x{size}"
            )

    def __call__(self, values: Tensor) -> Tensor:
        """Pictures (N, C, H, W) without the mean, and whitened."""
        found = values - self.mean.to(values)
        if self.matrix is None:
            return found
        return (found.flatten(1) @ self.matrix.to(values)).view(values.shape)

    @cached_property
    def content(self) -> bytes:
        """The arrays as a safetensors file holds them."""
        named = {"mean": self.mean, "matrix": self.matrix}
        return save({name: t.contiguous() for name, t in named.items() if t is not None})

    @cached_property
    def sha256(self) -> str:
        """Of the content."""
        return hashlib.sha256(self.content).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Arrays) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __repr__(self) -> str:
        whitens = "" if self.matrix is None else ", whitening"
        return f"Arrays({by(self.mean.shape)}{whitens})"

    @staticmethod
    def of(content: bytes, told: object = None) -> Arrays:
        """What `content` was; ValueError for other bytes, also than those whose SHA-256 is told."""
        if not content:
            raise ValueError("the arrays of its preprocessing, a mean picture say, are not there")
        if told is not None and hashlib.sha256(content).hexdigest() != told:
            raise ValueError("the arrays of its preprocessing are others: their checksum differs")
        head = int.from_bytes(content[:8], "little")
        if head > MOST_HEAD:
            raise ValueError(
                f"the arrays are no safetensors file of two tensors: its table has {head:,} bytes"
            )
        try:
            found = load(content)
        except SafetensorError as error:
            raise ValueError(f"the arrays are no safetensors file: {error}") from None
        except KeyError as error:  # a kind of number that the format has, and torch has not
            raise ValueError(f"the arrays are of {error} numbers: give float32") from None
        if "mean" not in found or not set(found) <= {"mean", "matrix"}:
            held = listed(map(brief, sorted(found)), 5) if found else "none"
            raise ValueError(f"the arrays are {held}: not a mean and a matrix")
        arrays = Arrays(found["mean"], found.get("matrix"))
        arrays.__dict__["content"] = content  # what is kept stays as it was written
        return arrays


def normalised(values: Tensor, length: float) -> Tensor:
    """Each picture (N, C, H, W) without its own mean, and as long a vector as `length`.

    A picture of one value becomes 0.
    """
    flat = values.flatten(1)
    flat = flat - flat.mean(1, keepdim=True)
    scale = flat.norm(dim=1, keepdim=True) / length
    return (flat / torch.where(scale < LEAST_LENGTH, 1, scale)).view(values.shape)


def mean_picture(prepare: Prepare, images: Images) -> Arrays:
    """The mean of each pixel over stored pictures as they are prepared."""
    total: Tensor | float = 0.0
    for part in _prepared(prepare, images, "pictures of which the mean is taken"):
        total = total + part.double().sum(0)
    assert isinstance(total, Tensor)
    return Arrays((total / len(images)).float())


def whitening(prepare: Prepare, images: Images, bias: float = ZCA) -> Arrays:
    """ZCA of stored pictures as they are prepared: E (D + bias)^(-1/2) E' of their covariance.

    ValueError for pictures of more than MOST_WHITENED values, whose matrix would be too large.
    """
    mean = mean_picture(prepare, images).mean
    size = mean.numel()
    if size > MOST_WHITENED:
        raise ValueError(
            f"zca whitens pictures of at most {MOST_WHITENED:,} values, and these have "
            f"{by(mean.shape)}, {size:,}: leave it out, --set zca=0, or take a smaller input"
        )
    covariance = torch.zeros(size, size, dtype=torch.float64)
    for part in _prepared(prepare, images, "pictures whose covariance is taken"):
        flat = (part - mean).flatten(1)
        covariance += flat.T @ flat
    values, vectors = torch.linalg.eigh(covariance / len(images))
    scale = (values.clamp_min(0) + bias).rsqrt()
    matrix = ((vectors * scale) @ vectors.T).float()
    if not bool(matrix.isfinite().all()):
        raise ValueError(
            f"zca={bias:g} is too small to whiten these pictures, some of whose values say nothing "
            f"new: --set zca={ZCA}"
        )
    return Arrays(mean, matrix)


def _prepared(prepare: Prepare, images: Images, what: str) -> Iterator[Tensor]:
    if not math.prod(images.shape):
        raise ValueError("no pictures: nothing can be measured on them")
    yield from (prepare(part) for part in batches(images, what))
