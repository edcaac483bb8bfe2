"""Logits of many pictures, in batches, without gradients, and scores from logits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ..bundle.modes import evaluating
from ..watch import watched
from ..words import brief
from .form import quickest

if TYPE_CHECKING:
    from ..bundle.load import Bundle
    from ..data.stored import Images

MOST, PIXELS = 500, 1 << 20
"""Pictures in a batch, and pixels of the network's input in all of them: a batch of large pictures
would fill the memory with its activations."""


@torch.inference_mode()
def logits_of(
    model: nn.Module,
    images: Images,
    preprocessing: Callable[[Tensor], Tensor],
    device: torch.device | str = "cpu",
    batch: int | None = None,
    as_it_is: bool = False,
) -> Tensor:
    """Logits (N, classes) on the CPU for stored pictures uint8 (N, C, h, w).

    Of a network with one output, which tells two classes apart, they are 0 and that output: their
    softmax is its sigmoid.
    It is computed in the quickest form, unless the model is to be called `as_it_is`; the mode of
    each module is left as it was, also where an error stops it. `batch` None takes
    `batch_of(model)`.
    """
    model = model if as_it_is else quickest(model)
    batch = batch or batch_of(model)
    kind = next((p.dtype for p in model.parameters() if p.is_floating_point()), torch.float32)
    with evaluating(model):
        parts = [
            model(preprocessing(images[at : at + batch].to(device)).to(kind)).cpu()
            for at in watched(range(0, len(images), batch), "pictures answered", len(images), batch)
        ]
    logits = torch.cat(parts)
    return for_both(logits) if logits.dim() == 2 else logits


def for_both(outputs: Tensor) -> Tensor:
    """Outputs (N, classes, ...); of a single one, which tells two classes apart, 0 and that one."""
    alone = outputs.shape[1] == 1
    return torch.cat([torch.zeros_like(outputs), outputs], 1) if alone else outputs


def batch_of(model: nn.Module) -> int:
    """How many pictures a network, or a committee, is shown at a time: fewer where they are large.

    The answers do not depend on it but for rounding.
    """
    one = getattr(model, "members", [model])[0]
    net = getattr(one, "net", None)
    return MOST if net is None else max(1, min(MOST, PIXELS // (net.input[1] * net.input[2])))


def check_classes(bundle: Bundle) -> None:
    """ValueError for a bundle of a single class: its one output tells two apart, and the other has
    no name."""
    if len(bundle.info.classes) == 1:
        name = brief(bundle.info.classes[0])
        raise ValueError(
            f"{bundle.folder} names one class, {name}, and tells it from nothing: its one output "
            "is the score of the second of two classes. Make it again with the names of both: "
            f"papernets.save(model, folder, classes=['other', {name}]), or papernets convert "
            "--labels FILE with two lines"
        )


def scaled(bundle: Bundle, logits: Tensor) -> Tensor:
    """Logits (N, classes) by the bundle's `score_scale`, float64: their softmax is its scores."""
    return logits.double() * bundle.info.score_scale
