"""Levels 0 to 255 brought to the range that a network sees."""

import torch
from torch import Tensor

from papernets.data.again import Emptied

TOGETHER = 1 << 18  # values that are brought to their range at a time: they stay in the cache


def ranged(
    images: Tensor, channels: int, low: Tensor, high: Tensor, again: Emptied | None = None
) -> Tensor:
    """0..255 mapped linearly to low..high, float32 (N, channels, h, w); grey repeated for colour.

    images: uint8 or float (N, C, h, w), C being 1 or `channels`. low, high: (1,) or (channels,).
    again: memory for the result on the CPU, else new memory.
    """
    by = (high - low) / 255
    if images.device.type != "cpu":
        result = torch.addcmul(low[:, None, None], images.float(), by[:, None, None])
        return result.expand(-1, channels, -1, -1).contiguous()
    empty = again.empty if again else torch.empty
    result = empty(len(images), channels, *images.shape[2:])
    some = max(1, TOGETHER // max(1, result[:1].numel()))
    buffer = torch.empty(min(some, len(images)), *images.shape[1:])
    each = list(zip(low.expand(channels), by.expand(channels).tolist(), strict=True))
    for part, values in zip(images.split(some), result.split(some), strict=True):
        seen = buffer[: len(part)].copy_(part)
        for at, (lowest, times) in enumerate(each):  # one multiplication with its addition
            torch.add(lowest, seen[:, at % seen.shape[1]], alpha=times, out=values[:, at])
    return result
