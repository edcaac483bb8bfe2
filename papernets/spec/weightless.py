"""Layers without weights: pooling, flattening, local normalisation, dropout."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..words import plural
from .layer import Layer
from .settings import Settings, padding
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

    @property
    def operation(self) -> str:
        return "pool"

    @property
    def pads_apart(self) -> bool:
        return self.how == "max" or self.count_padding

    def window(self) -> Window:
        stride = self.kernel if self.stride is None else self.stride
        return Window(pair(self.kernel), pair(stride), self.padding, self.ceil)

    def shape(self, s: Shape) -> Shape:
        return (s[0], *self.window().out(s[1:]))

    def settings(self, s: Shape) -> Settings:
        around = padding(self.window(), s[1:])
        counts = self.how == "average" and around.get("padding")
        counted = {"padding_counted": self.count_padding} if counts else {}
        return {**around, "ceil": self.ceil, **counted}

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
class AdaptivePool(Layer):
    """Averages of each map over an even grid: (C, H, W) to (C, size, size), as torch adapts them.

    Output i averages the inputs from floor(i*H/size) to ceil((i + 1)*H/size): where the size does
    not divide H, windows overlap and are not all alike.
    """

    size: int | Pair
    kind = "adaptive average pool"

    def shape(self, s: Shape) -> Shape:
        return (s[0], *pair(self.size))

    def reach(self, s: Shape) -> Window:
        """The widest window and the smallest step."""
        kernel, step = [], []
        for n, out in zip(s[1:], pair(self.size), strict=True):
            # i*n modulo out is a multiple of their common divisor: the widest window is that of
            # the output for which it is the largest
            kernel.append(-(-(n + out - math.gcd(n, out)) // out))
            step.append(max(n // out, 1))
        return Window((kernel[0], kernel[1]), (step[0], step[1]))

    def words(self, s: Shape) -> str:
        k = self.reach(s).kernel
        return f"windows of up to {k[0]}×{k[1]} of {s[1]}×{s[2]} values"


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

    def settings(self, s: Shape) -> Settings:
        return {"size": self.size, "k": self.k, "alpha": self.alpha, "beta": self.beta}

    def words(self, s: Shape) -> str:
        return f"x / ({self.k:g} + {self.alpha:g}×sum of {self.size} squares)^{self.beta:g}"

    def check(self, s: Shape) -> None:
        if self.size < 1:
            raise ValueError(f"a window of {self.size} maps: there is at least one")


@dataclass(frozen=True)
class Dropout(Layer):
    """Zeroes values at this rate in training and scales the others by 1/(1 - rate)."""

    rate: float
    kind = "dropout"

    def settings(self, s: Shape) -> Settings:
        return {"rate": self.rate}

    def words(self, s: Shape) -> str:
        return f"rate {self.rate:g}, in training only"

    def check(self, s: Shape) -> None:
        if not 0 <= self.rate <= 1:
            raise ValueError(f"rate {self.rate:g}: a share from 0 to 1")


@dataclass(frozen=True)
class Activation(Layer):
    """An activation on its own."""

    activation: str | None
    kind = "activation"

    @property
    def operation(self) -> str:
        return ""


@dataclass(frozen=True)
class Identity(Layer):
    """The input unchanged: the shortcut of a residual block."""

    kind = "identity"


@dataclass(frozen=True)
class Pad(Layer):
    """Zeros around each map: (C, H, W) to (C, H + 2p, W + 2p).

    A pooling by maximum after it sees the zeros; its own padding never wins.
    """

    padding: int | Pair
    kind = "pad"

    def reach(self, s: Shape) -> Window:
        return Window((1, 1), (1, 1), self.padding)

    def shape(self, s: Shape) -> Shape:
        return (s[0], *self.reach(s).out(s[1:]))

    def settings(self, s: Shape) -> Settings:
        return padding(self.reach(s), s[1:])

    def words(self, s: Shape) -> str:
        height, width = pair(self.padding)
        return (
            f"{plural(height, 'row')} of zeros above and below, "
            f"{plural(width, 'column')} on each side"
        )


@dataclass(frozen=True)
class PadShortcut(Layer):
    """Every stride-th value, then channels of zeros: (C, H, W) to (out, ceil(H/s), ceil(W/s)).

    The shortcut without parameters where a residual block changes the size: option A of He et al.
    2016, section 3.3. `before` of the channels of zeros stand in front of the input's.
    """

    out: int
    stride: int | Pair = 2
    before: int = 0
    kind = "pad shortcut"

    def window(self) -> Window:
        return Window((1, 1), pair(self.stride))

    def shape(self, s: Shape) -> Shape:
        return (self.out, *self.window().out(s[1:]))

    def settings(self, s: Shape) -> Settings:
        return {"before": self.before}

    def words(self, s: Shape) -> str:
        return f"size {self.window().words(s[1:])}; channels {s[0]} + {self.out - s[0]} of zeros"

    def check(self, s: Shape) -> None:
        if not s[0] + self.before <= self.out or self.before < 0:
            more = plural(self.before, "channel")
            front = f" and {more} of zeros in front" if self.before else ""
            raise ValueError(
                f"{plural(s[0], 'channel')}{front} cannot be padded with zeros to {self.out}"
            )
