"""Logits of many pictures, in batches, without gradients."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..data import Preprocessing

BATCH = 500


@torch.inference_mode()
def logits_of(
    model: nn.Module,
    images: Tensor,
    preprocessing: Preprocessing,
    device: torch.device | str = "cpu",
    batch: int = BATCH,
) -> Tensor:
    """Logits (N, classes) on the CPU for stored pictures uint8 (N, C, h, w); the model's mode is left as it was."""
    was = model.training
    model.eval()
    parts = [
        model(preprocessing(images[at : at + batch].to(device))).cpu()
        for at in range(0, len(images), batch)
    ]
    model.train(was)
    return torch.cat(parts)
