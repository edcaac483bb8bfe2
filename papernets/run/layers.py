"""The layers that torch lacks, as modules.

They take their constants from the paper, keep no whole numbers in buffers, and look at no values on
the way, so that they can be compiled, exported, traced, mapped and put on the meta device.
"""

from __future__ import annotations

import torch
import torch.fx
import torch.nn.functional as F
from torch import Tensor, nn

from .. import spec
from ..spec import pair
from .activations import scaled_tanh
from .lrn import Window, plain

torch.fx.wrap("plain")  # one node of a symbolic trace: it asks what kind of numbers x holds

Cut = tuple[int, int]
"""A run of neighbours: where it begins, and where it ends."""


class ScaledTanh(nn.Module):
    """1.7159 tanh(2x/3), of any shape (LeCun et al. 1998, appendix A)."""

    def forward(self, x: Tensor) -> Tensor:
        return scaled_tanh(x)


class ConnectionTable(nn.Module):
    """Convolution in which an output map sees only the input maps that a table names for it.

    (N, C, H, W) to (N, out, H', W'); `weight` is one kernel a connection, (kernels, kh, kw), and is
    computed as a full convolution with zeros, which is faster than a kernel a connection (LeCun et
    al. 1998, table I).
    """

    def __init__(self, layer: spec.TableConv, maps: int):
        """`maps` is how many there are in the input."""
        super().__init__()
        self.kernel, self.table, self.maps = pair(layer.kernel), layer.table, maps
        self.weight = nn.Parameter(torch.empty(layer.kernels, *self.kernel))
        self.bias = nn.Parameter(torch.empty(len(layer.table)))
        self.cuts, self.order = laid_out(layer.table, maps)
        self.widest_gap = max((-piece for piece in self.order if piece < 0), default=0)

    def full_weight(self) -> Tensor:
        """The kernels as a full weight (out, in, kh, kw), zero where there is no connection."""
        runs = self.weight.split(self.cuts)
        zeros = self.weight.new_zeros(self.widest_gap, *self.kernel)
        pieces = [runs[piece] if piece >= 0 else zeros[:-piece] for piece in self.order]
        return torch.cat(pieces).view(len(self.table), self.maps, *self.kernel)

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.full_weight(), self.bias)

    def extra_repr(self) -> str:
        count = sum(map(len, self.table))
        return f"{self.maps}, {len(self.table)}, kernel_size={self.kernel}, kernels={count}"


def laid_out(table: tuple[tuple[int, ...], ...], maps: int) -> tuple[list[int], list[int]]:
    """The lengths of the runs into which kernels are cut, and how the full weight is put together.

    There the n-th run is n, and -n are n zeros.
    """
    places = [at * maps + one for at, sources in enumerate(table) for one in sources]
    kernels = sorted(range(len(places)), key=places.__getitem__)
    runs: list[Cut] = []  # of kernels whose places are neighbours too
    starts: list[int] = []
    for kernel in kernels:
        if runs and runs[-1][1] == kernel and places[kernel] == places[kernel - 1] + 1:
            runs[-1] = (runs[-1][0], kernel + 1)
        else:
            runs.append((kernel, kernel + 1))
            starts.append(places[kernel])
    number = {run: at for at, run in enumerate(sorted(runs))}
    order, at = [], 0
    for run, start in zip(runs, starts, strict=True):
        order += [at - start] if start > at else []
        order.append(number[run])
        at = start + run[1] - run[0]
    order += [at - len(table) * maps] if len(table) * maps > at else []
    return [end - begin for begin, end in sorted(runs)], order


class Subsample(nn.Module):
    """Window sums times a coefficient plus a bias a map: (N, C, H, W) to (N, C', H/k, W/k).

    LeCun et al. 1998, section II-B.
    """

    def __init__(self, layer: spec.Subsample, maps: int):
        """`maps` is how many there are in the output."""
        super().__init__()
        self.weight = nn.Parameter(torch.empty(maps))
        self.bias = nn.Parameter(torch.empty(maps))
        self.kernel, self.sources = pair(layer.kernel), layer.sources

    def forward(self, x: Tensor) -> Tensor:
        x = F.avg_pool2d(x, self.kernel)
        if self.sources is not None:
            x = torch.cat([x[:, one : one + 1] for one in self.sources], 1)
        weight = self.weight * (self.kernel[0] * self.kernel[1])  # the paper adds, torch averages
        return torch.addcmul(self.bias.view(1, -1, 1, 1), x, weight.view(1, -1, 1, 1))

    def extra_repr(self) -> str:
        return f"{len(self.weight)}, kernel_size={self.kernel}"


class RBF(nn.Module):
    """Minus the squared distance to each code: (N, in) or (N, in, H, W) to classes for in.

    LeCun et al. 1998, section II-B, times `scale`.
    """

    codes: Tensor

    def __init__(self, layer: spec.RBF):
        super().__init__()
        self.register_buffer("codes", torch.tensor(layer.codes, dtype=torch.get_default_dtype()))
        self.scale = layer.scale

    def forward(self, x: Tensor) -> Tensor:
        x = x.movedim(1, -1)
        # |x - w|^2 = |x|^2 - 2 x.w + |w|^2, as a matrix product
        length = (x * x).sum(-1, keepdim=True) + (self.codes * self.codes).sum(-1)
        return ((2 * F.linear(x, self.codes) - length) * self.scale).movedim(-1, 1)

    def extra_repr(self) -> str:
        return f"{self.codes.shape[1]}, {self.codes.shape[0]}"


class LRN(nn.Module):
    """Local response normalisation across maps, of (N, C, H, W) (Krizhevsky et al. 2012, 3.3).

    `alpha` is the paper's: torch's own function divides it by the size.
    """

    def __init__(self, layer: spec.LRN):
        super().__init__()
        self.window = Window(layer.size, layer.k, layer.alpha, layer.beta)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = plain(x, self.window)
        return out

    def extra_repr(self) -> str:
        w = self.window
        return f"{w.size}, k={w.k:g}, alpha={w.alpha:g}, beta={w.beta:g}"


class PadSame(nn.Module):
    """Padding as TensorFlow's 'same' lays it on: so much that a window fits at every stride.

    (N, C, H, W) to (N, C, H', W'); of an odd amount the larger half is below, and to the right.
    """

    def __init__(self, window: spec.Window, fill: float = 0.0):
        super().__init__()
        self.kernel, self.stride, self.fill = window.kernel, window.stride, fill

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(x, around(x, self.kernel, self.stride), value=self.fill)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel}, stride={self.stride}" + (
            f", fill={self.fill}" if self.fill else ""
        )


def around(x: Tensor, kernel: spec.Pair, stride: spec.Pair) -> tuple[int, int, int, int]:
    """Left, right, top and bottom of 'same' padding, for sizes that may be symbols."""
    down, across = (
        # none of it is below zero where the window is no smaller than its step
        k - s + (-n) % s if k >= s else torch.sym_max(k - s + (-n) % s, 0)
        for n, k, s in zip((x.shape[2], x.shape[3]), kernel, stride, strict=True)
    )
    top, left = down // 2, across // 2
    return left, across - left, top, down - top


class AverageSame(nn.Module):
    """Average pooling that does not count its padding: (N, C, H, W) to (N, C, H', W').

    The padding is 'same', or lies behind: where it is alike on all sides, torch's pooling does it.
    """

    def __init__(self, window: spec.Window):
        super().__init__()
        self.kernel, self.stride, self.ceil = window.kernel, window.stride, window.ceil
        (top, bottom), (left, right) = window.pads(window.stride)
        self.pads = None if window.padding == "same" else (left, right, top, bottom)

    def forward(self, x: Tensor) -> Tensor:
        pads = self.pads or around(x, self.kernel, self.stride)
        ones = F.pad(torch.ones_like(x[:1, :1]), pads)
        share = F.avg_pool2d(ones, self.kernel, self.stride, ceil_mode=self.ceil)
        return F.avg_pool2d(F.pad(x, pads), self.kernel, self.stride, ceil_mode=self.ceil) / share

    def extra_repr(self) -> str:
        pads = f", pads={self.pads}" if self.pads else ""
        return f"kernel_size={self.kernel}, stride={self.stride}{pads}"


class PadShortcut(nn.Module):
    """Every stride-th value, then maps of zeros: (N, C, H, W) to (N, out, H', W').

    Option A of He et al. 2016, section 3.3.
    """

    def __init__(self, layer: spec.PadShortcut, maps: int):
        """`maps` is how many there are in the input."""
        super().__init__()
        self.stride, self.before = pair(layer.stride), layer.before
        self.behind = layer.out - maps - layer.before

    def forward(self, x: Tensor) -> Tensor:
        down, across = self.stride
        return F.pad(x[:, :, ::down, ::across], (0, 0, 0, 0, self.before, self.behind))

    def extra_repr(self) -> str:
        return f"stride={self.stride}, before={self.before}, behind={self.behind}"
