"""Each layer of a specification, or of a rewrite, as a torch module; the layers that torch lacks.

A layer's `sparingly(given, over)` gives what calling it gives, with less memory: it takes its input
out of the list, so that nobody else holds it, and writes over values that are its own, or that
`over` points out among those given. Hooks on modules see nothing of it.
"""

from __future__ import annotations

import math
from functools import singledispatch

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .. import spec
from ..rewrite import forms
from ..spec import Shape, pair
from .activations import activate, activate_
from .lrn import Window, lrn
from .norms import make_norm, normalised_


class RowModule(nn.Module):
    """A layer of the table; `words` say what it is where the module is printed."""

    words = ""

    def __init__(self, layer: spec.Layer, s: Shape):
        """For an input of shape `s`."""
        super().__init__()
        self.layer = layer

    def extra_repr(self) -> str:
        return self.words


class Conv(RowModule):
    """Convolution, normalisation, activation: (N, C, H, W) to (N, out, H', W')."""

    layer: spec.Conv

    def __init__(self, layer: spec.Conv, s: Shape):
        super().__init__(layer, s)
        kernel = pair(layer.kernel)
        self.weight = nn.Parameter(torch.empty(layer.out, s[0] // layer.groups, *kernel))
        self.bias = nn.Parameter(torch.empty(layer.out)) if layer.bias else None
        self.norm = make_norm(layer.norm, layer.out)

    @property
    def in_channels(self) -> int:
        """The maps that it is given, as torch calls them."""
        return self.weight.shape[1] * self.layer.groups

    @property
    def out_channels(self) -> int:
        """The maps that it gives."""
        return self.weight.shape[0]

    def convolved(self, x: Tensor) -> Tensor:
        """The convolution alone."""
        layer = self.layer
        x, padding = padded(x, layer.window())
        return F.conv2d(x, self.weight, self.bias, pair(layer.stride), padding, 1, layer.groups)

    def forward(self, x: Tensor) -> Tensor:
        x = self.convolved(x)
        return activate(x if self.norm is None else self.norm(x), self.layer.activation)

    def sparingly(self, given: list[Tensor], over: int | None) -> Tensor:
        return activate_(normalised_(self.convolved(given.pop()), self.norm), self.layer.activation)


class TableConv(RowModule):
    """Convolution by a connection table; `weight` is one kernel a connection, (kernels, kh, kw).

    Computed a kernel at a time, or `dense`: as a full convolution.
    """

    layer: spec.TableConv
    source: Tensor
    target: Tensor

    def __init__(self, layer: spec.TableConv, s: Shape, dense: bool = False):
        super().__init__(layer, s)
        self.weight = nn.Parameter(torch.empty(layer.kernels, *pair(layer.kernel)))
        self.bias = nn.Parameter(torch.empty(len(layer.table)))
        source = [m for maps in layer.table for m in maps]
        target = [at for at, maps in enumerate(layer.table) for _ in maps]
        self.register_buffer("source", torch.tensor(source), persistent=False)
        self.register_buffer("target", torch.tensor(target), persistent=False)
        self.maps, self.dense = s[0], dense

    def dense_weight(self) -> Tensor:
        """The kernels as a full weight (out, in, kh, kw), zero where there is no connection."""
        out, kernel = len(self.layer.table), pair(self.layer.kernel)
        flat = self.weight.new_zeros(out * self.maps, *kernel)
        place = self.target * self.maps + self.source
        return flat.index_copy(0, place, self.weight).view(out, self.maps, *kernel)

    def forward(self, x: Tensor) -> Tensor:
        if self.dense:
            return activate(F.conv2d(x, self.dense_weight(), self.bias), self.layer.activation)
        each = F.conv2d(
            x.index_select(1, self.source), self.weight.unsqueeze(1), groups=len(self.source)
        )
        shape = (len(x), len(self.layer.table), *each.shape[2:])
        x = each.new_zeros(shape).index_add(1, self.target, each) + self.bias.view(1, -1, 1, 1)
        return activate(x, self.layer.activation)


class Subsample(RowModule):
    """Window sums times a coefficient plus a bias a map: (N, C, H, W) to (N, C', H/k, W/k)."""

    layer: spec.Subsample
    source: Tensor | None

    def __init__(self, layer: spec.Subsample, s: Shape):
        super().__init__(layer, s)
        maps = layer.shape(s)[0]
        self.weight = nn.Parameter(torch.empty(maps))
        self.bias = nn.Parameter(torch.empty(maps))
        source = torch.tensor(layer.sources) if layer.sources else None
        self.register_buffer("source", source, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        kernel = pair(self.layer.kernel)
        x = F.avg_pool2d(x, kernel)
        if self.source is not None:
            x = x.index_select(1, self.source)
        weight = self.weight * (kernel[0] * kernel[1])  # the paper adds, torch averages
        x = torch.addcmul(self.bias.view(1, -1, 1, 1), x, weight.view(1, -1, 1, 1))
        return activate(x, self.layer.activation)


class Pool(RowModule):
    """Maximum or average pooling, then activation."""

    layer: spec.Pool

    def forward(self, x: Tensor) -> Tensor:
        return activate(self.pooled(x), self.layer.activation)

    def sparingly(self, given: list[Tensor], over: int | None) -> Tensor:
        return activate_(self.pooled(given.pop()), self.layer.activation)

    def pooled(self, x: Tensor) -> Tensor:
        """The pooling alone."""
        layer, window = self.layer, self.layer.window()
        if layer.how == "max":
            x, padding = padded(x, window, fill=-math.inf)
            return F.max_pool2d(x, window.kernel, window.stride, padding, 1, layer.ceil)
        if isinstance(window.padding, str) and not layer.count_padding:
            ones, padding = padded(torch.ones_like(x[:1, :1]), window)
            x, _ = padded(x, window)
            share = F.avg_pool2d(ones, window.kernel, window.stride, padding)
            return F.avg_pool2d(x, window.kernel, window.stride, padding) / share
        x, padding = padded(x, window)
        return F.avg_pool2d(
            x, window.kernel, window.stride, padding, layer.ceil, layer.count_padding
        )


def padded(x: Tensor, window: spec.Window, fill: float = 0.0) -> tuple[Tensor, tuple[int, int]]:
    """The input and the padding left to torch; lopsided 'same' padding is laid on here."""
    if not isinstance(window.padding, str):
        return x, pair(window.padding)
    (top, bottom), (left, right) = window.pads((x.shape[2], x.shape[3]))
    if top == bottom and left == right and fill == 0.0:
        return x, (top, left)
    return F.pad(x, (left, right, top, bottom), value=fill), (0, 0)


class Dense(RowModule):
    """Fully connected layer: (N, in) to (N, out)."""

    layer: spec.Dense

    def __init__(self, layer: spec.Dense, s: Shape):
        super().__init__(layer, s)
        self.weight = nn.Parameter(torch.empty(layer.out, s[0]))
        self.bias = nn.Parameter(torch.empty(layer.out)) if layer.bias else None
        self.norm = make_norm(layer.norm, layer.out, flat=True)

    @property
    def in_features(self) -> int:
        """The values that it is given, as torch calls them: nn.Linear(model.fc.in_features, 2)."""
        return self.weight.shape[1]

    @property
    def out_features(self) -> int:
        """The values that it gives."""
        return self.weight.shape[0]

    def forward(self, x: Tensor) -> Tensor:
        x = F.linear(x, self.weight, self.bias)
        return activate(x if self.norm is None else self.norm(x), self.layer.activation)

    def sparingly(self, given: list[Tensor], over: int | None) -> Tensor:
        x = F.linear(given.pop(), self.weight, self.bias)
        return activate_(normalised_(x, self.norm), self.layer.activation)


class RBF(RowModule):
    """Minus the squared distance to each code: (N, in) or (N, in, H, W) to classes for in."""

    layer: spec.RBF
    codes: Tensor

    def __init__(self, layer: spec.RBF, s: Shape):
        super().__init__(layer, s)
        self.register_buffer("codes", torch.tensor(layer.codes, dtype=torch.float32))

    def forward(self, x: Tensor) -> Tensor:
        flat = x.dim() == 2
        x = x if flat else x.movedim(1, -1)
        # |x - w|^2 = |x|^2 - 2 x.w + |w|^2, as a matrix product
        length = (x * x).sum(-1, keepdim=True) + (self.codes * self.codes).sum(-1)
        y = (2 * F.linear(x, self.codes) - length) * self.layer.scale
        return y if flat else y.movedim(-1, 1)


class LRN(RowModule):
    """Local response normalisation by torch's function, or by `sliding` sums."""

    layer: spec.LRN

    def __init__(self, layer: spec.LRN, s: Shape, sliding: bool = False):
        super().__init__(layer, s)
        self.sliding = sliding
        self.window = Window(layer.size, layer.k, layer.alpha, layer.beta)

    def forward(self, x: Tensor) -> Tensor:
        if self.sliding:
            return lrn(x, self.window)
        layer = self.layer  # torch divides alpha by the size, the paper does not
        return F.local_response_norm(x, layer.size, layer.alpha * layer.size, layer.beta, layer.k)


class BatchNorm(RowModule):
    """Batch normalisation on its own, then activation."""

    layer: spec.BatchNorm

    def __init__(self, layer: spec.BatchNorm, s: Shape):
        super().__init__(layer, s)
        self.norm = make_norm(layer.norm, s[0])

    def forward(self, x: Tensor) -> Tensor:
        return activate(self.normalised(x), self.layer.activation)

    def sparingly(self, given: list[Tensor], over: int | None) -> Tensor:
        return activate_(self.normalised(given.pop()), self.layer.activation)

    def normalised(self, x: Tensor) -> Tensor:
        """The normalisation alone."""
        assert self.norm is not None
        out: Tensor = self.norm(x) if x.dim() == 4 else self.norm(x[:, :, None, None])[:, :, 0, 0]
        return out


class Activation(RowModule):
    """An activation alone."""

    def forward(self, x: Tensor) -> Tensor:
        return activate(x, self.layer.activation)


class GlobalPool(RowModule):
    """The mean of each map: (N, C, H, W) to (N, C, 1, 1)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean((2, 3), keepdim=True)


class Pad(RowModule):
    """Zeros around each map: (N, C, H, W) to (N, C, H + 2p, W + 2p)."""

    layer: spec.Pad

    def forward(self, x: Tensor) -> Tensor:
        height, width = pair(self.layer.padding)
        return F.pad(x, (width, width, height, height))


class PadShortcut(RowModule):
    """Every stride-th value, then channels of zeros: (N, C, H, W) to (N, out, H', W')."""

    layer: spec.PadShortcut

    def forward(self, x: Tensor) -> Tensor:
        (down, across), before = pair(self.layer.stride), self.layer.before
        behind = self.layer.out - x.shape[1] - before
        return F.pad(x[:, :, ::down, ::across], (0, 0, 0, 0, before, behind))


class Concat(nn.Module):
    """Branches joined along channels."""

    def forward(self, *branches: Tensor) -> Tensor:
        return torch.cat(branches, 1)


class Add(nn.Module):
    """Branches, each times its scale, added, then activation."""

    def __init__(self, join: spec.Add):
        super().__init__()
        self.join = join

    def forward(self, *branches: Tensor) -> Tensor:
        scales = self.join.scales or (1.0,) * len(branches)
        total = branches[0] if scales[0] == 1.0 else branches[0] * scales[0]
        for branch, scale in zip(branches[1:], scales[1:], strict=True):
            total = torch.add(total, branch, alpha=scale)
        return activate(total, self.join.activation)

    def sparingly(self, given: list[Tensor], over: int | None) -> Tensor:
        if over is None:
            return self(*given)
        scales = list(self.join.scales or (1.0,) * len(given))
        total, scale = given.pop(over), scales.pop(over)
        if scale != 1.0:
            total = total.mul_(scale)
        for scale in scales:
            total = total.add_(given.pop(0), alpha=scale)
        return activate_(total, self.join.activation)


@singledispatch
def module(layer: spec.Layer, s: Shape) -> nn.Module:
    """The module of a layer for an input of this shape."""
    raise TypeError(f"no module for a layer of kind {layer.kind!r}")


for _spec, _module in (
    (spec.Conv, Conv),
    (spec.TableConv, TableConv),
    (spec.Subsample, Subsample),
    (spec.Pool, Pool),
    (spec.Dense, Dense),
    (spec.RBF, RBF),
    (spec.LRN, LRN),
    (spec.BatchNorm, BatchNorm),
    (spec.Activation, Activation),
    (spec.GlobalPool, GlobalPool),
    (spec.Pad, Pad),
    (spec.PadShortcut, PadShortcut),
):
    module.register(_spec, _module)
module.register(forms.DenseTable, lambda layer, s: TableConv(layer, s, dense=True))
module.register(forms.SlidingLRN, lambda layer, s: LRN(layer, s, sliding=True))
module.register(spec.AdaptivePool, lambda layer, s: nn.AdaptiveAvgPool2d(pair(layer.size)))
module.register(spec.Flatten, lambda layer, s: nn.Flatten())
module.register(spec.Dropout, lambda layer, s: nn.Dropout(layer.rate))
module.register(spec.Identity, lambda layer, s: nn.Identity())
