"""Logits of many pictures, in batches, without gradients, and scores from logits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from ..build import Bundle

BATCH = 500


@torch.inference_mode()
def logits_of(
    model: nn.Module,
    images: Tensor,
    preprocessing: Callable[[Tensor], Tensor],
    device: torch.device | str = "cpu",
    batch: int = BATCH,
) -> Tensor:
    """Logits (N, classes) on the CPU for stored pictures uint8 (N, C, h, w).

    The model's mode is left as it was.
    """
    was = model.training
    model.eval()
    parts = [
        model(preprocessing(images[at : at + batch].to(device))).cpu()
        for at in range(0, len(images), batch)
    ]
    model.train(was)
    return torch.cat(parts)


def scaled(bundle: Bundle, logits: Tensor) -> Tensor:
    """Logits (N, classes) by the bundle's `score_scale`, float64: their softmax is its scores."""
    return logits.double() * bundle.info.score_scale
