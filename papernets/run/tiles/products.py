"""Matrix products by oneDNN where torch has it: on many CPUs twice as fast as torch.mm."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor


@cache
def _onednn() -> Callable[..., Any] | None:
    """torch's call of oneDNN's product, which has no public name; None where it is unlike ours."""
    if not torch.backends.mkldnn.is_available():
        return None
    # not drawn by chance: that would change what dropout draws later
    left = torch.arange(6, dtype=torch.float32).view(3, 2)
    right = torch.arange(8, dtype=torch.float32).view(2, 4).t()
    try:
        product = torch.ops.mkldnn._linear_pointwise.default
        found = product(left, right, None, "none", [], "")
    except (AttributeError, RuntimeError, TypeError, NotImplementedError):
        return None
    return product if torch.equal(found, left @ right.t()) else None  # type: ignore[no-any-return]


def times_transposed(a: Tensor, b: Tensor) -> Tensor:
    """a (M, K) times the transpose of b (N, K): (M, N). Both may be transposed views."""
    return linear(a, b, None)


def linear(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """x (N, in) times the transpose of weight (out, in), plus bias (out,): (N, out)."""
    product = _onednn()
    if product is None:
        return F.linear(x, weight, bias)
    made: Tensor = product(x, weight, bias, "none", [], "")
    return made
