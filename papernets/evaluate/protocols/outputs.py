"""What networks say of pictures by a protocol: the average over views, scales and networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack

import torch
from torch import Tensor, nn

from ...bundle.committee import Committee
from ...bundle.dense import check_dense, dense_form
from ...bundle.load import Bundle
from ...bundle.modes import evaluating
from ...data import Preprocessing
from ...ranks.group import beside
from ...ranks.turns import in_turns
from ...watch import watched
from ..form import answering, answering_of
from ..infer import PIXELS, batch_of, check_classes, for_both, logits_of, scaled
from ..known import Pictures
from ..read import preprocessing_of
from .protocol import BOTH, CENTRE, CROPS, WHOLE, Protocol, check_one
from .views import Shown, Views

TINY = 1e-300
"""A probability that is 0 by rounding: its logarithm is still a number."""


def outputs_of(
    bundle: Bundle,
    pictures: Pictures,
    protocol: Protocol,
    device: torch.device | str = "cpu",
    batch: int | None = None,
) -> Tensor:
    """What a network says of pictures, as `asked_by` has it; `batch` views are shown at a time.

    Where several processes answer together, each picture is shown to one of them.
    """
    ask, group = asked_by(bundle, protocol, device, batch), beside()
    if group is None:
        return ask(pictures)
    block = batch or batch_of(bundle.model)
    return in_turns(group, len(pictures), block, lambda some: ask(pictures.some(some)))


def asked_by(
    bundle: Bundle,
    protocol: Protocol,
    device: torch.device | str = "cpu",
    batch: int | None = None,
) -> Callable[[Pictures], Tensor]:
    """What a network says of pictures, float64 (N, classes), whose softmax is its scores.

    By centre they are its logits by the bundle's `score_scale`. Otherwise the logarithms of
    averaged probabilities, or averaged logits: over the views of crops all alike; over a whole
    picture's map of outputs first, then its mirror image, then the scales; multi-crop+dense is the
    mean of both. `batch` views are shown at a time. ValueError where the network cannot be tested
    so.
    """
    asked, protocol = protocol, resolved(bundle, protocol)
    preprocessing = preprocessing_of(bundle)
    model = bundle.model.to(device)
    if protocol.name == CENTRE:
        form = answering_of(bundle)
        return lambda some: scaled(
            bundle, logits_of(form, some.images, preprocessing, device, batch, as_it_is=True)
        )
    told = _Asked(bundle, model, protocol, device, batch)

    def by_views(pictures: Pictures) -> Tensor:
        views = Views(pictures.images, pictures.files, preprocessing, protocol)
        views.check(asked, pictures.name)
        return as_outputs(told.averages(views), protocol.average)

    return by_views


def resolved(bundle: Bundle, protocol: Protocol) -> Protocol:
    """A protocol with the scales for a bundle's network.

    ValueError where it cannot be tested so, or has one class alone.
    """
    check_classes(bundle)
    eyes = preprocessing_of(bundle)
    check_one(protocol.name, isinstance(bundle.model, Committee), str(bundle.folder))
    if protocol.name in WHOLE and bundle.runtime is not None:
        raise ValueError(
            f"{protocol.name} shows whole pictures of any size, which torch alone computes: leave "
            f"out --runtime {bundle.runtime.name}"
        )
    if protocol.name in WHOLE and hasattr(bundle.model, "net"):
        check_dense(bundle.model.net)  # type: ignore[arg-type]
    if protocol.name in WHOLE:
        eyes.of_whole(eyes.height, eyes.width)  # says why, where it cannot be
    return protocol.resolved((eyes.height, eyes.width), eyes.test_side, bundle.info.network)


def values_of(outputs: Tensor, average: str) -> Tensor:
    """What is averaged of scaled outputs, classes in dimension 1: probabilities, or as they are."""
    return torch.softmax(outputs, 1) if average == "softmax" else outputs


def as_outputs(values: Tensor, average: str) -> Tensor:
    """Averages (N, classes) as outputs whose softmax is the scores."""
    return values.clamp_min(TINY).log() if average == "softmax" else values


class _Asked:
    """A network that is asked about views."""

    def __init__(
        self,
        bundle: Bundle,
        model: nn.Module,
        protocol: Protocol,
        device: torch.device | str,
        batch: int | None,
    ):
        self.protocol, self.device, self.scale = protocol, device, bundle.info.score_scale
        self.eyes = preprocessing_of(bundle)
        self.batch = batch or batch_of(model)
        self.given = batch
        crops, whole = protocol.name in CROPS, protocol.name in WHOLE
        self.plain = answering_of(bundle) if crops else None
        self.dense = answering(dense_form(model), bundle.plain) if whole else None
        first = next((p for p in model.parameters() if p.is_floating_point()), None)
        self.kind = torch.float32 if first is None else first.dtype

    @torch.inference_mode()
    def averages(self, views: Views) -> Tensor:
        """The averages over views, float64 (N, classes), on the CPU."""
        found: list[Tensor] = []
        models = [one for one in (self.plain, self.dense) if one is not None]
        told = iter(watched(range(len(views)), "pictures answered", len(views)))
        with ExitStack() as stack:
            for model in models:
                stack.enter_context(evaluating(model))
            for some in views.read():
                found.append(self._of(some))
                for _ in some:
                    next(told)
        next(told, None)
        return torch.cat(found)

    def _of(self, some: Sequence[Shown]) -> Tensor:
        crops = self._crops(some) if self.plain is not None else None
        wholes = self._wholes(some) if self.dense is not None else None
        if crops is not None and wholes is not None:
            assert self.protocol.name == BOTH
            return (crops + wholes) / 2
        one = wholes if crops is None else crops
        assert one is not None
        return one

    def _crops(self, some: Sequence[Shown]) -> Tensor:
        assert self.plain is not None
        crops = torch.cat([one.crops for one in some if one.crops is not None])
        eyes = self.eyes.of_crops()
        values = [
            self._asked(self.plain, eyes, crops[at : at + self.batch])
            for at in range(0, len(crops), self.batch)
        ]
        return torch.cat(values).unflatten(0, (len(some), -1)).mean(1)

    def _wholes(self, some: Sequence[Shown]) -> Tensor:
        """The mean over scales, of each the mean over the map, and over the mirror image."""
        scales = [
            self._at_scale([one.wholes[at] for one in some])
            for at in range(len(self.protocol.scales))
        ]
        return torch.stack(scales).mean(0)

    def _at_scale(self, wholes: Sequence[Tensor]) -> Tensor:
        """Pictures of one size are shown together; (N, classes) in their order."""
        assert self.dense is not None
        sizes: dict[tuple[int, ...], list[int]] = {}
        for at, whole in enumerate(wholes):
            sizes.setdefault(tuple(whole.shape), []).append(at)
        found: dict[int, Tensor] = {}
        for (_, height, width), several in sizes.items():
            eyes = self.eyes.of_whole(height, width)
            most = self.given or max(1, PIXELS // (2 * height * width))
            for start in range(0, len(several), most):
                part = several[start : start + most]
                images = torch.stack([wholes[at] for at in part])
                values = self._asked(self.dense, eyes, torch.cat([images, images.flip(-1)]))
                one, other = values.flatten(2).mean(2).chunk(2)
                found |= dict(zip(part, (one + other) / 2, strict=True))
        return torch.stack([found[at] for at in range(len(wholes))])

    def _asked(
        self, model: nn.Module, eyes: Preprocessing | Callable[[Tensor], Tensor], images: Tensor
    ) -> Tensor:
        """What is averaged of pictures uint8 (n, C, h, w), float64 on the CPU."""
        outputs = model(eyes(images.to(self.device)).to(self.kind)).cpu()  # not all devices have
        return values_of(for_both(outputs).double() * self.scale, self.protocol.average)  # float64
