"""Modules under a common name: a block, or a mere name for several layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn


class Group(nn.Module):
    """Modules under a common name. A block is called with its branches' outputs and joins them; a
    mere name for several layers is called, if it has hooks, with what the last of them gave."""

    words = ""
    _join: Any
    _passing = False

    def __init__(self) -> None:
        super().__init__()
        object.__setattr__(self, "_join", None)  # not a child: it has no name of its own

    def forward(self, *branches: Tensor) -> Tensor:
        """What the block gives: its branches (N, C, H, W) joined."""
        if self._join is None:
            if len(branches) == 1 and self._passing:
                return branches[0]
            raise ValueError(
                f"a name for {', '.join(self._modules)} is no layer: call the network, or "
                "model.features(x, names)"
            )
        join: nn.Module = self._join
        out: Tensor = join(*branches)
        return out

    def passed(self, out: Tensor) -> Tensor:
        """What the last layer of a mere name gave, shown to the hooks on it."""
        self._passing = True
        try:
            shown: Tensor = self(out)
        finally:
            self._passing = False
        return shown

    @property
    def sparingly(self) -> Callable[[list[Tensor], int | None], Tensor] | None:
        """How the join is done with less memory, if it is."""
        return getattr(self._join, "sparingly", None)

    def extra_repr(self) -> str:
        return self.words
