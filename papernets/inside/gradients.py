"""Attributions by gradient: saliency, guided backpropagation, SmoothGrad.

Each is the gradient of one class's logit, before any softmax, with respect to what the network
sees. They differ by what rectifiers do on the way back, and by what is averaged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..bundle.modes import evaluating
from ..numbers import LARGE, is_number, is_whole, plain_int
from ..words import brief
from .rules import Rule, going_back
from .subject import BATCH, Class, Given, Model, Subject, subject_of

SAMPLES, NOISE = 50, 0.15
"""Smilkov et al. 2017, section 3: 50 samples; noise of 10 to 20 % of the range of values."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """What each value of each picture did for its class: `values` float32 (N, C, H, W), signed.

    `classes` are the names of the classes asked for, `places` their numbers (N,), `scores` their
    probabilities (N,), as `predict` gives them, and `answers` what the model takes each for.
    """

    values: NDArray[np.float32]
    classes: tuple[str, ...]
    places: NDArray[np.int64]
    scores: NDArray[np.float64]
    answers: tuple[str, ...]

    @property
    def heat(self) -> NDArray[np.float32]:
        """One map a picture (N, H, W): the largest magnitude over channels (Simonyan et al. 2014,
        section 3.1)."""
        heat: NDArray[np.float32] = np.abs(self.values).max(1)
        return heat

    def __array__(self, dtype: object = None, copy: object = None) -> NDArray[np.float32]:
        return np.asarray(self.values, dtype)  # type: ignore[call-overload, no-any-return]


def saliency(
    model: Model, pictures: Given, class_: Class = None, *, batch_size: int | None = None
) -> Attribution:
    """The gradient of a class's logit (Simonyan et al. 2014, section 3)."""
    return _attributed(model, pictures, class_, batch_size, "gradient")


def guided(
    model: Model, pictures: Given, class_: Class = None, *, batch_size: int | None = None
) -> Attribution:
    """Guided backpropagation (Springenberg et al. 2015): at each ReLU only what is above 0 goes on.

    A network without ReLU has nothing to guide: this is its saliency then.
    """
    return _attributed(model, pictures, class_, batch_size, "guided")


def smooth(
    model: Model,
    pictures: Given,
    class_: Class = None,
    *,
    samples: int = SAMPLES,
    noise: float = NOISE,
    seed: int = 0,
    batch_size: int | None = None,
) -> Attribution:
    """SmoothGrad (Smilkov et al. 2017): the mean gradient over `samples` noisy copies of a picture.

    `noise` is the noise's standard deviation as a share of the picture's range of values. Its draws
    depend on the seed and the picture's place alone. Where no class is asked for, it is the one
    that the model answers without noise.
    """
    if not is_whole(samples, 1):
        raise ValueError(f"samples={brief(samples)}: give a whole number of at least 1")
    if not is_number(noise) or noise < 0:
        raise ValueError(f"noise={brief(noise)}: give a number from 0 to below {LARGE:g}")
    if not is_whole(plain_int(seed), 0):
        raise ValueError(f"seed={brief(seed)}: give a whole number of 0 or more")
    subject, parts, size = subject_of(model), [], batch_size or BATCH
    with evaluating(subject.model):
        for first, x, places, logits in _asked(subject, pictures, class_, batch_size):
            values = [
                _mean(subject, one, place, noisy(one, samples, noise, (seed, first + at), size))
                for at, (one, place) in enumerate(zip(x, places, strict=True))
            ]
            parts.append(_part(subject, torch.stack(values), places, logits))
    return joined(parts)


def noisy(
    picture: Tensor, samples: int, noise: float, seed: tuple[int, ...], size: int
) -> Iterator[Tensor]:
    """Noisy copies of a picture (C, H, W), at most `size` at a time: (n, C, H, W).

    `noise` is a share of the picture's range. How many come at a time changes none of them.
    """
    draws, done = np.random.default_rng(seed), 0
    deviation = noise * float(picture.max() - picture.min())
    while done < samples:
        some = min(size, samples - done)
        drawn = draws.standard_normal((some, *picture.shape), dtype=np.float32)
        yield picture + deviation * torch.from_numpy(drawn).to(picture)
        done += some


def gradient(
    subject: Subject, x: Tensor, places: Tensor, rule: Rule = "gradient"
) -> tuple[Tensor, Tensor]:
    """Of logits of these classes (N,) with respect to x (N, C, H, W), and all logits."""
    with torch.enable_grad(), going_back(subject.model, rule):
        seen = x.detach().requires_grad_()
        logits = subject.scores(subject.model(seen.clone()))
        asked = logits.gather(1, places[:, None]).sum()
        (found,) = torch.autograd.grad(asked, seen)
    return found, logits.detach()


def _attributed(
    model: Model, pictures: Given, class_: Class, batch_size: int | None, rule: Rule
) -> Attribution:
    subject, parts = subject_of(model), []
    with evaluating(subject.model):
        for _, x, places, logits in _asked(subject, pictures, class_, batch_size):
            found, _ = gradient(subject, x, places, rule)
            parts.append(_part(subject, found, places, logits))
    return joined(parts)


def _asked(
    subject: Subject, pictures: Given, class_: Class, batch_size: int | None
) -> Iterator[tuple[int, Tensor, Tensor, Tensor]]:
    """Batches: the first's number, what the model sees, the class asked for, and its logits."""
    first = 0
    subject.check_class(class_)
    for x in subject.batches(pictures, batch_size):
        with torch.no_grad():
            logits = subject.scores(subject.model(x))
        yield first, x, subject.places(class_, logits, first), logits
        first += len(x)


def _mean(subject: Subject, picture: Tensor, place: Tensor, copies: Iterator[Tensor]) -> Tensor:
    """The mean gradient over noisy copies."""
    total, count = torch.zeros_like(picture), 0
    for some in copies:
        found, _ = gradient(subject, some, place.expand(len(some)))
        total, count = total + found.sum(0), count + len(some)
    return total / count


def _part(subject: Subject, values: Tensor, places: Tensor, logits: Tensor) -> Attribution:
    chances = subject.probabilities(logits)
    return Attribution(
        values.float().cpu().numpy(),
        subject.named(places),
        places.cpu().numpy(),
        chances.gather(1, places[:, None])[:, 0].cpu().numpy(),
        subject.named(logits.argmax(1)),
    )


def joined(parts: Sequence[Attribution]) -> Attribution:
    """The attributions of several batches as one."""
    return Attribution(
        np.concatenate([part.values for part in parts]),
        tuple(name for part in parts for name in part.classes),
        np.concatenate([part.places for part in parts]),
        np.concatenate([part.scores for part in parts]),
        tuple(name for part in parts for name in part.answers),
    )
