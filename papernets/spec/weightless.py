"""Layers without weights: pooling, flattening, local normalisation, dropout."""

from __future__ import annotations

from dataclasses import dataclass

from .layer import Layer
from .window import Padding, Pair, Shape, Window, pair


@dataclass(frozen=True)
class Pool(Layer):
    """Pooling of each map by `max` or `average`; `count_padding`: an average counts its padding."""

    how: str
    kernel: int | Pair
    stride: int | Pair | None = None
    padding: Padding = 0
    ceil: bool = False
    count_padding: bool = True
    activation: str | None = None

    @property
    def kind(self) -> str:  # type: ignore[override]
        return f"{self.how} pool"

    def window(self) -> Window:
        stride = self.kernel if self.stride is None else self.stride
        return Window(pair(self.kernel), pair(stride), self.padding, self.ceil)

    def shape(self, s: Shape) -> Shape:
        return (s[0], *self.window().out(s[1:]))

    def words(self, s: Shape) -> str:
        return f"size {self.window().words(s[1:])}"

    def check(self, s: Shape) -> None:
        if self.how not in ("max", "average"):
            raise ValueError(f"pooling by {self.how!r}: there is max and average")
        if not isinstance(self.padding, str):
            for p, k in zip(pair(self.padding), pair(self.kernel), strict=True):
                if 2 * p > k:
                    raise ValueError(
                        f"padding {p} is more than half of the window's {k}: "
                        "some windows would lie on padding alone"
                    )


@dataclass(frozen=True)
class GlobalPool(Layer):
    """The average of each map: (C, H, W) to (C, 1, 1)."""

    kind = "global average pool"

    def shape(self, s: Shape) -> Shape:
        return (s[0], 1, 1)

    def sees_all(self, s: Shape) -> bool:
        return True

    def words(self, s: Shape) -> str:
        return f"average of {s[1]}×{s[2]} values a map"


@dataclass(frozen=True)
class Flatten(Layer):
    """All values in one column, channel by channel: (C, H, W) to (C*H*W, 1, 1)."""

    kind = "flatten"

    def shape(self, s: Shape) -> Shape:
        return (s[0] * s[1] * s[2], 1, 1)

    def sees_all(self, s: Shape) -> bool:
        return True

    def words(self, s: Shape) -> str:
        return f"{s[0]}×{s[1]}×{s[2]} = {s[0] * s[1] * s[2]:,} values"


@dataclass(frozen=True)
class LRN(Layer):
    """Local response normalisation: x / (k + alpha * sum of squares over `size` maps)^beta.

    Krizhevsky et al. 2012, section 3.3. `alpha` is the paper's, not divided by the size as in
    torch.
    """

    size: int
    k: float
    alpha: float
    beta: float
    kind = "lrn"

    def words(self, s: Shape) -> str:
        return f"x / ({self.k:g} + {self.alpha:g}×sum of {self.size} squares)^{self.beta:g}"


@dataclass(frozen=True)
class Dropout(Layer):
    """Zeroes values at this rate in training and scales the others by 1/(1 - rate)."""

    rate: float
    kind = "dropout"

    def words(self, s: Shape) -> str:
        return f"rate {self.rate:g}, in training only"


@dataclass(frozen=True)
class Activation(Layer):
    """An activation on its own."""

    activation: str | None
    kind = "activation"


@dataclass(frozen=True)
class Identity(Layer):
    """The input unchanged: the shortcut of a residual block."""

    kind = "identity"
