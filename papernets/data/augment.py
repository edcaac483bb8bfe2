"""Distortions of training pictures: the planar affine maps of LeNet's paper and elastic fields.

LeCun et al. 1998, section III-B, train on digits that are moved, scaled, squeezed and sheared.
Simard, Steinkraus and Platt 2003 add elastic fields: each pixel is displaced by white noise that a
Gaussian has made smooth. Both are one smooth map of the plane, so one sampling of the picture does
them together, and a picture is blurred once.

How the field is drawn. Uniform noise on (-1, 1), blurred by a Gaussian of standard deviation sigma
and multiplied by alpha, is a sum of many independent terms: nearly a Gaussian process, with
covariance  alpha^2 / (12 pi sigma^2) * exp(-d^2 / (4 sigma^2))  at distance d. That covariance is a
product of one factor for rows and one for columns, and each factor has only a few eigenvectors that
matter (about 8 of 28 for sigma 4). We draw the process from them directly: 128 random numbers a
picture in place of 1,568, and two small matrix products in place of a convolution.
"""

import math
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from papernets.data.draws import ELASTIC, MAP, Draws

CHUNK_PIXELS = 1 << 20  # pictures are distorted in groups of about this many pixels: fits the cache
KEPT_VARIANCE = 0.999  # of an elastic field, along each axis


@dataclass(frozen=True)
class Distortion:
    """How strongly training pictures are distorted; each strength is the limit of a uniform draw.

    rotate: degrees. scale: 0.15 means a size of 0.85 to 1.15 of the original. squeeze: 0.15 means
    one axis times up to 1.15 and the other divided by it. shear: pixels moved sideways per row.
    shift: pixels, each way. elastic_alpha, elastic_sigma: pixels, as in Simard et al. 2003 (their
    34 and 4 for 29x29 digits displace a pixel by 1.4 along each axis, root mean square).
    """

    rotate: float = 0.0
    scale: float = 0.0
    squeeze: float = 0.0
    shear: float = 0.0
    shift: float = 0.0
    elastic_alpha: float = 0.0
    elastic_sigma: float = 4.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"distortion {field.name}={value}: give a number of 0 or more")
        for name in ("scale", "squeeze"):
            if getattr(self, name) >= 1:
                raise ValueError(f"distortion {name}={getattr(self, name)}: give less than 1")
        if self.elastic_sigma < 1:
            raise ValueError(f"distortion elastic_sigma={self.elastic_sigma}: give 1 pixel or more")

    @property
    def is_identity(self) -> bool:
        """True when no strength is set, so that pictures come back exactly as they were."""
        moves = (self.rotate, self.scale, self.squeeze, self.shear, self.shift, self.elastic_alpha)
        return not any(moves)

    def __call__(self, images: Tensor, draws: Draws | torch.Generator) -> Tensor:
        """Each picture under its own random smooth map, sampled bilinearly, 0 outside the picture.

        images: (N, C, h, w), uint8 (rounded on return) or float (sampled in float32); the result
        has their type and device. `draws` are those of these pictures; a generator gives
        one picture after another what comes. With all strengths at 0 the pictures are returned
        unchanged.
        """
        if images.ndim != 4:
            raise ValueError(f"distort: pictures of shape {tuple(images.shape)}; give (N, C, h, w)")
        if self.is_identity:
            return images.clone()
        count, _, height, width = images.shape
        chunk = max(1, CHUNK_PIXELS // (height * width))
        result = torch.empty_like(images)
        for start in range(0, count, chunk):
            part = images[start : start + chunk]
            if isinstance(draws, Draws):
                numbers = self._drawn(draws[start : start + chunk], height, width)
            else:
                numbers = self._by_order(draws, len(part), height, width)
            grid = _maps(numbers, (height, width), self, images.device)
            moved = grid_sample(
                part.float(), grid, mode="bilinear", padding_mode="zeros", align_corners=True
            )
            if not part.is_floating_point():
                moved = moved.add_(0.5)  # the copy below cuts off the fraction: this rounds
            result[start : start + len(part)] = moved
        return result

    def _drawn(self, draws: Draws, height: int, width: int) -> tuple[Tensor, Tensor]:
        """The random numbers of maps: uniform (6, N) from -1 to 1, and normal (N, 2, k, l)."""
        shape = self._elastic(height, width)
        affine = draws.uniform(MAP, 6).mul_(2).sub_(1).T
        return affine, draws.normal(ELASTIC, math.prod(shape)).view(len(draws), *shape)

    def _by_order(
        self, generator: torch.Generator, count: int, height: int, width: int
    ) -> tuple[Tensor, Tensor]:
        """As `_drawn`, whatever the generator gives next."""
        device, shape = generator.device, (count, *self._elastic(height, width))
        affine = 2 * torch.rand(6, count, generator=generator, device=device) - 1
        if not math.prod(shape):
            return affine, torch.empty(shape, device=device)
        return affine, torch.randn(shape, generator=generator, device=device)

    def _elastic(self, height: int, width: int) -> tuple[int, int, int]:
        """How many numbers an elastic field has: two coordinates, by eigenvectors down, across."""
        sigma = self.elastic_sigma if self.elastic_alpha > 0 else 0.0
        return 2, _basis(height, sigma).shape[1] - 2, _basis(width, sigma).shape[1] - 2

    def to_dict(self) -> dict[str, float]:
        """The strengths as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Distortion":
        """The distortion that `to_dict` wrote; ValueError for a key that is not a strength."""
        known = [field.name for field in fields(cls)]
        for key in values:
            if key not in known:
                raise ValueError(f"unknown distortion {key!r}. Known: {', '.join(known)}")
        return cls(**values)


def distort(images: Tensor, draws: Draws | torch.Generator, **strengths: float) -> Tensor:
    """Pictures (N, C, h, w) under `Distortion(**strengths)`."""
    return Distortion(**strengths)(images, draws)


def _maps(
    numbers: tuple[Tensor, Tensor],
    size: tuple[int, int],
    strengths: Distortion,
    device: torch.device,
) -> Tensor:
    """Where each output pixel is read, (N, h, w, 2) as x, y in -1..1, corners at pixel centres.

    Coordinate c of picture n is  rows @ weights[n, c] @ columns.T, where rows holds (1, y, elastic
    eigenvectors) and columns (1, x, ...): the affine map is the upper left corner of the weights.
    """
    (height, width), (draws, noise) = size, numbers
    sigma = strengths.elastic_sigma if strengths.elastic_alpha > 0 else 0.0
    rows, columns = _basis(height, sigma), _basis(width, sigma)
    drawn_on = draws.device
    weights = torch.zeros(len(noise), 2, rows.shape[1], columns.shape[1], device=drawn_on)
    matrix, offset = _affine(draws, strengths)
    weights[:, :, 0, 0] = offset
    weights[:, :, 0, 1] = matrix[:, :, 0]
    weights[:, :, 1, 0] = matrix[:, :, 1]
    if sigma:
        weights[:, :, 2:, 2:] = noise * (
            strengths.elastic_alpha / (sigma * math.sqrt(12 * math.pi))
        )
    half = torch.tensor([max(width - 1, 1) / 2, max(height - 1, 1) / 2], device=drawn_on)
    weights = (weights / half[:, None, None]).to(device)
    field = rows.to(device) @ (weights @ columns.to(device).T)
    # x and y stay planes of their own: grid_sample reads them fast
    return field.permute(0, 2, 3, 1)


def _affine(draws: Tensor, strengths: Distortion) -> tuple[Tensor, Tensor]:
    """Matrices (N, 2, 2) and offsets (N, 2), in pixels from the middle, by numbers (6, N) in -1..1.

    They map a pixel of the result to the place where it is read, so they are inverses of what the
    digit does: scale, squeeze, shear sideways, turn, then move.
    """
    angle = draws[0] * math.radians(strengths.rotate)
    grow = 1 + draws[1] * strengths.scale
    stretch = torch.exp(draws[2] * math.log1p(strengths.squeeze))
    slant = draws[3] * strengths.shear
    move = draws[4:].T * strengths.shift
    cos, sin = angle.cos(), angle.sin()
    turn = torch.stack([cos, sin, -sin, cos], 1).view(-1, 2, 2)
    one, zero = torch.ones_like(slant), torch.zeros_like(slant)
    lean = torch.stack([one, -slant, zero, one], 1).view(-1, 2, 2)
    size = torch.stack([grow * stretch, zero, zero, grow / stretch], 1).view(-1, 2, 2)
    size = torch.diag_embed(1 / size.diagonal(dim1=1, dim2=2))
    matrix = size @ lean @ turn
    return matrix, -(matrix @ move[:, :, None])[:, :, 0]


@lru_cache(maxsize=32)
def _basis(length: int, sigma: float) -> Tensor:
    """Along an axis: ones, pixels from the centre, and an elastic field's eigenvectors (length, k).

    The eigenvectors carry the square roots of their eigenvalues, rescaled so that the variance
    averaged over the axis is exactly 1 although only KEPT_VARIANCE of it is kept. sigma 0: none.
    """
    place = torch.arange(length, dtype=torch.float64) - (length - 1) / 2
    basis = torch.stack([torch.ones_like(place), place], 1)
    if sigma:
        covariance = torch.exp(-((place[:, None] - place) ** 2) / (4 * sigma**2))
        values, vectors = torch.linalg.eigh(covariance)
        values, vectors = values.flip(0).clamp_min(0), vectors.flip(1)
        share = values.cumsum(0) / values.sum()
        kept = int((share < KEPT_VARIANCE).sum()) + 1
        scaled = vectors[:, :kept] * (values[:kept] / share[kept - 1]).sqrt()
        basis = torch.cat([basis, scaled], 1)
    return basis.float()
