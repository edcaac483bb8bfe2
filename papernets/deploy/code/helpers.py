"""Classes that torch lacks, as the file of code has them: those that are used are written."""

from __future__ import annotations

HELPERS: dict[str, str] = {
    "chain": '''def chain(**parts):
    """Parts one after another, by their names."""
    return nn.Sequential(OrderedDict(parts))''',
    "Concat": '''class Concat(nn.ModuleDict):
    """Branches on one input, whose maps are laid side by side."""

    def __init__(self, **branches):
        super().__init__(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.values()], 1)''',
    "ScaledTanh": '''class ScaledTanh(nn.Module):
    """1.7159 tanh(2x/3) (LeCun et al. 1998, appendix A)."""

    def forward(self, x):
        return 1.7159 * torch.tanh(2 / 3 * x)''',
    "scaled_tanh": '''def scaled_tanh(x):
    """1.7159 tanh(2x/3) (LeCun et al. 1998, appendix A)."""
    return 1.7159 * torch.tanh(2 / 3 * x)''',
    "Subsample": '''class Subsample(nn.Module):
    """A window's sum times a trained coefficient, plus a trained bias, one of each a map.

    LeCun et al. 1998, section II-B. `sources[i]` is the map that map i is made of.
    """

    def __init__(self, maps, kernel, sources=None):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(maps))
        self.bias = nn.Parameter(torch.zeros(maps))
        self.kernel, self.sources = kernel, sources

    def forward(self, x):
        total = nn.functional.avg_pool2d(x, self.kernel, divisor_override=1)
        if self.sources is not None:
            total = total[:, list(self.sources)]
        return self.weight[:, None, None] * total + self.bias[:, None, None]''',
    "TableConv": '''class TableConv(nn.Module):
    """Convolution in which map i sees only the maps `table[i]`, with a kernel for each of them."""

    def __init__(self, inputs, table, kernel):
        super().__init__()
        self.places = [(i, j) for i, sources in enumerate(table) for j in sources]
        self.shape = (len(table), inputs, kernel, kernel)
        self.weight = nn.Parameter(torch.zeros(len(self.places), kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(len(table)))

    def forward(self, x):
        maps, sources = zip(*self.places)
        full = x.new_zeros(self.shape)  # a whole convolution, 0 where there is no connection
        full[list(maps), list(sources)] = self.weight
        return nn.functional.conv2d(x, full, self.bias)''',
    "RBF": '''class RBF(nn.Module):
    """Minus the squared distance to the fixed code of each class: the largest value wins."""

    def __init__(self, inputs, classes, scale=1.0):
        super().__init__()
        self.register_buffer("codes", torch.zeros(classes, inputs))
        self.scale = scale

    def forward(self, x):
        return -self.scale * (x[:, None] - self.codes).square().sum(2)''',
    "LRN": '''class LRN(nn.Module):
    """x / (k + alpha * the sum of squares over `size` maps)^beta.

    Krizhevsky et al. 2012, section 3.3. torch's own divides alpha by the size; the paper does not.
    """

    def __init__(self, size, k, alpha, beta):
        super().__init__()
        self.size, self.k, self.alpha, self.beta = size, k, alpha, beta

    def forward(self, x):
        before, maps = self.size // 2, x.shape[1]
        squares = nn.functional.pad(x * x, (0, 0, 0, 0, before, self.size - 1 - before))
        terms = [squares[:, at : at + maps] for at in range(self.size)]
        while len(terms) > 1:  # in pairs, which rounds least
            rest = terms[len(terms) // 2 * 2 :]
            terms = [a + b for a, b in zip(terms[::2], terms[1::2])] + rest
        return x * (self.k + self.alpha * terms[0]).pow(-self.beta)''',
    "NormWithoutGamma": '''class NormWithoutGamma(nn.BatchNorm2d):
    """Batch normalisation with a bias, and without a factor."""

    def __init__(self, channels, **settings):
        super().__init__(channels, **settings)
        self.register_parameter("weight", None)''',
    "PadSame": '''class PadSame(nn.Module):
    """Padding as TensorFlow's "same" lays it on: so much that a window fits at every stride."""

    def __init__(self, kernel, stride, value=0.0):
        super().__init__()
        self.kernel, self.stride, self.value = kernel, stride, value

    def forward(self, x):
        amounts = [
            max((-(-size // self.stride) - 1) * self.stride + self.kernel - size, 0)
            for size in x.shape[2:]
        ]
        (top, bottom), (left, right) = ((n // 2, n - n // 2) for n in amounts)
        return nn.functional.pad(x, (left, right, top, bottom), value=self.value)''',
    "AveragePoolSame": '''class AveragePoolSame(nn.Module):
    """Average pooling with "same" padding, which is not counted."""

    def __init__(self, kernel, stride):
        super().__init__()
        self.pad, self.pool = PadSame(kernel, stride), nn.AvgPool2d(kernel, stride)

    def forward(self, x):
        share = self.pool(self.pad(torch.ones_like(x[:1, :1])))
        return self.pool(self.pad(x)) / share''',
    "PadShortcut": '''class PadShortcut(nn.Module):
    """Every stride-th value, then maps of zeros: a shortcut without parameters.

    Option A of He et al. 2016, section 3.3.
    """

    def __init__(self, inputs, outputs, stride=2, before=0):
        super().__init__()
        self.stride = stride
        self.maps = (before, outputs - inputs - before)

    def forward(self, x):
        x = x[:, :, :: self.stride, :: self.stride]
        return nn.functional.pad(x, (0, 0, 0, 0, *self.maps))''',
}
NEEDS = {"AveragePoolSame": ("PadSame",)}
"""Helpers that another needs."""


def needed(code: str) -> list[str]:
    """The helpers that some code calls, and those that they need, in the order of HELPERS."""
    wanted = {name for name in HELPERS if f"{name}(" in code or f"({name}" in code}
    for name in [*wanted]:
        wanted |= set(NEEDS.get(name, ()))
    return [name for name in HELPERS if name in wanted]
