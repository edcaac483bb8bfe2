"""Shapes, and the sliding window that convolution, subsampling and pooling share."""

from __future__ import annotations

from dataclasses import dataclass

Shape = tuple[int, int, int]
"""Channels, height, width."""
Pair = tuple[int, int]
"""Height, width."""
Padding = int | Pair | str


def pair(value: int | Pair) -> Pair:
    """An int as (int, int); a pair as it is."""
    return (value, value) if isinstance(value, int) else (int(value[0]), int(value[1]))


def shown(shape: Shape) -> str:
    """A shape as people write it: 6@28x28, or 84 where height and width are 1."""
    return f"{shape[0]}@{shape[1]}x{shape[2]}" if shape[1:] != (1, 1) else str(shape[0])


@dataclass(frozen=True)
class Window:
    """Kernel, stride, zero padding, each (height, width); `ceil` keeps a last partial window."""

    kernel: Pair
    stride: Pair
    padding: Padding = 0
    ceil: bool = False

    def __post_init__(self) -> None:
        if min(*self.kernel, *self.stride) < 1:
            raise ValueError(
                f"kernel {self.kernel} and stride {self.stride} must be at least 1 each way"
            )
        if isinstance(self.padding, str):
            if self.padding not in ("same", "behind"):
                raise ValueError(
                    f"padding {self.padding!r}: give 'same' or a number of pixels (0 for 'valid'), "
                    "or 'behind'"
                )
        elif min(pair(self.padding)) < 0:
            raise ValueError(f"padding {self.padding} must not be negative")

    def pads(self, size: Pair) -> tuple[Pair, Pair]:
        """((top, bottom), (left, right)) for an input of this size.

        'same' is TensorFlow's rule; 'behind' lays kernel - stride zeros below and to the right, as
        Keras's MobileNet does before its strides.
        """
        if not isinstance(self.padding, str):
            height, width = pair(self.padding)
            return (height, height), (width, width)
        if self.padding == "behind":
            height, width = (max(k - s, 0) for k, s in zip(self.kernel, self.stride, strict=True))
            return (0, height), (0, width)
        height, width = (
            max((-(-n // s) - 1) * s + k - n, 0)
            for n, k, s in zip(size, self.kernel, self.stride, strict=True)
        )
        return (height // 2, height - height // 2), (width // 2, width - width // 2)

    @property
    def fixed(self) -> Pair | None:
        """The padding (height, width), where it is alike on both sides of inputs of every size."""
        if not isinstance(self.padding, str):
            return pair(self.padding)
        sides = list(zip(self.kernel, self.stride, strict=True))
        if self.padding == "behind":
            return (0, 0) if all(k <= s for k, s in sides) else None
        if all(k == 1 or (s == 1 and k % 2) for k, s in sides):
            return self.kernel[0] // 2, self.kernel[1] // 2
        return None

    def out(self, size: Pair) -> Pair:
        """Output (height, width); 0 or less where the window does not fit."""
        sizes = []
        for n, k, s, (before, after) in zip(
            size, self.kernel, self.stride, self.pads(size), strict=True
        ):
            span = n + before + after - k
            count = (-(-span // s) if self.ceil else span // s) + 1
            if self.ceil and (count - 1) * s >= n + before:  # a window must start on the picture
                count -= 1
            sizes.append(count)
        return sizes[0], sizes[1]

    def words(self, size: Pair) -> str:
        """The output size with its arithmetic: (32 - 5)/1 + 1 = 28."""
        height, width = (
            self._division(n, k, s, sum(pads), out)
            for n, k, s, pads, out in zip(
                size, self.kernel, self.stride, self.pads(size), self.out(size), strict=True
            )
        )
        return height if height == width else f"{height} by {width}"

    def _division(self, n: int, k: int, s: int, pad: int, out: int) -> str:
        span = f"({n} - {k} + {pad})/{s}" if pad else f"({n} - {k})/{s}"
        if (n - k + pad) % s == 0:
            return f"{span} + 1 = {out}"
        if not self.ceil:
            return f"floor({span}) + 1 = {out}"
        last = -(-(n - k + pad) // s) + 1  # the window too many lies on padding alone
        return f"ceil({span}) + 1 = {out}" if out == last else f"ceil({span}) = {out}"
