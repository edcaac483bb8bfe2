"""Modules that nobody's library has: residuals, concatenation, dilation, slices, shuffles."""

import torch
import torch.nn.functional as F
from torch import nn


class Residual(nn.Module):
    """x + two dilated convolutions of x, written over."""

    def __init__(self, width, dilation):
        super().__init__()
        self.one = nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation)
        self.two = nn.Conv2d(width, width, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.two(self.relu(self.one(x)))
        y += x
        return self.relu(y)


class Branches(nn.Module):
    """Three branches of different windows, one behind another."""

    def __init__(self, width):
        super().__init__()
        self.small = nn.Conv2d(width, 2, 1)
        self.wide = nn.Conv2d(width, 2, (5, 3), padding=(2, 1))
        self.pool = nn.AvgPool2d(3, 1, 1)

    def forward(self, x):
        return torch.cat([self.small(x), self.wide(x), self.pool(x)], 1)


class Shuffled(nn.Module):
    """Half of the channels pass by, the others are convolved; then channels are shuffled."""

    def __init__(self, width):
        super().__init__()
        self.depthwise = nn.Conv2d(width // 2, width // 2, 5, padding=2, groups=width // 2)
        self.after = nn.Conv2d(width, width, 3, padding=1, groups=width)

    def forward(self, x):
        a, b = x.chunk(2, 1)
        x = torch.cat((a, self.depthwise(b)), 1)
        n, c, h, w = x.shape
        x = x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
        return self.after(x)


class HandWritten(nn.Module):
    """All of these one after another, with a strided slice, padding and enlarging between them."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3, stride=2, padding=1)
        self.residual = Residual(4, 2)
        self.branches = Branches(4)
        self.shuffled = Shuffled(8)
        self.down = nn.Conv2d(8, 4, (3, 2), stride=2, bias=False)
        self.up = nn.ConvTranspose2d(4, 2, 3, stride=2, padding=1)
        self.last = nn.Conv2d(3, 2, 3, padding=1)

    def forward(self, x):
        y = self.shuffled(self.branches(self.residual(self.stem(x))))
        y = self.down(F.pad(y, (1, 0, 1, 1)))
        y = self.up(y[:, :, :, 1:])
        y = F.interpolate(y, scale_factor=2.0, mode="nearest")
        size = [min(a, b) for a, b in zip(x.shape[2:], y.shape[2:], strict=True)]
        return self.last(torch.cat((x[..., : size[0], : size[1]], y[..., : size[0], : size[1]]), 1))
