"""In which numbers a step computes: whole, or in half precision where that loses little.

In half precision the weights stay float32. torch's autocast computes products and convolutions in
16 bits, and what adds up many numbers in 32; the loss is of float32 logits. The small gradients of
fp16 would become 0: they are multiplied by a scale, which is halved where they overflow, and that
step is skipped (Micikevicius et al. 2017, arXiv 1710.03740, sections 3.1 and 3.2). bf16 has the
range of float32 and needs none.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor

from ..run.network import Logits
from .learning import HALVES

TYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}


def chosen(precision: str, device: torch.device) -> str:
    """What `auto` is on a device: bf16 on a GPU that computes it, fp16 on an older one.

    Elsewhere float32: a CPU without instructions of its own for bf16 would take longer.
    """
    if precision != "auto":
        return precision
    if device.type != "cuda":
        return "float32"
    return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp16"


def why(device: torch.device) -> str:
    """Why `auto` chose what it did, for the head of a run."""
    if device.type != "cuda":
        return "no GPU of CUDA's; bf16 is worth a try where a CPU has AMX or AVX512_BF16"
    return "this GPU computes it" if chosen("auto", device) == "bf16" else "this GPU has no bf16"


def casting(precision: str, device: torch.device) -> AbstractContextManager[object]:
    """Within it a forward pass computes in half precision where the recipe's is one."""
    if precision not in HALVES:
        return nullcontext()
    return torch.autocast(device.type, TYPES[precision])


def scaler_for(precision: str, device: torch.device) -> torch.amp.GradScaler | None:
    """What scales the gradients of fp16; None for any other precision."""
    return torch.amp.GradScaler(device.type) if precision == "fp16" else None


def laid(images: Tensor, precision: str) -> Tensor:
    """Pictures as a network of this precision takes them."""
    return images.double() if precision == "float64" else images


def whole(out: Tensor | Logits) -> Tensor | Logits:
    """What a network gives, in float32 where it computed in half precision."""
    if isinstance(out, Logits):
        return Logits(_whole(out.main), tuple(map(_whole, out.aux)))
    return _whole(out)


def _whole(values: Tensor) -> Tensor:
    return values.float() if values.dtype in TYPES.values() else values
