"""Fields of modules that others wrote, against gradients: what a unit really depends on."""

import pytest
import torch
from gradients import extents, positive
from hand_written import HandWritten
from torch import nn

import papernets


def called_once(explanation, module):
    """The names of the rows that are modules, and are called no second time."""
    again = {row.name.partition("#")[0] for row in explanation.rows if "#" in row.name}
    names = dict(module.named_modules())
    return [r.name for r in explanation.rows if r.name in names and r.name not in again]


def test_fields_over_residuals_branches_dilation_and_slices_are_those_of_gradients():
    module = positive(HandWritten())
    found = papernets.explain(module, (1, 120, 120))
    names = called_once(found, module)
    judged = extents(module, names, (1, 120, 120), reach=6)
    assert {name: found[name].receptive_field for name in names} == judged
    assert len(names) == 11


class Sum(nn.Module):
    """Adds what these modules make of one value."""

    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return sum(branch(x) for branch in self.branches)


class Call(nn.Module):
    """A function as a module, between two convolutions."""

    def __init__(self, function, width=4):
        super().__init__()
        self.before = nn.Conv2d(1, 4, 3, padding=1)
        self.function = function
        self.after = nn.Conv2d(width, 2, 3, padding=1)

    def forward(self, x):
        return self.after(self.function(self.before(x)))


F = nn.functional
WINDOWS = {
    "a sum of dilations": lambda: Sum(*(nn.Conv2d(1, 2, 3, padding=d, dilation=d) for d in (1, 3))),
    "an identity beside": lambda: Sum(nn.Identity(), nn.AvgPool2d((3, 5), 1, (1, 2))),
    "another order of strides": lambda: nn.Sequential(
        nn.Conv2d(1, 2, 5, stride=3, padding=1), nn.AvgPool2d(2), nn.Conv2d(2, 2, (1, 3))
    ),
    "transposed": lambda: nn.Sequential(
        nn.Conv2d(1, 2, 3, stride=2), nn.ConvTranspose2d(2, 2, 4, stride=2, padding=1, dilation=1)
    ),
    "transposed with dilation": lambda: nn.Sequential(
        nn.Conv2d(1, 2, 3, stride=2), nn.ConvTranspose2d(2, 2, 3, stride=3, dilation=2)
    ),
    "nearest": lambda: Call(lambda x: F.interpolate(x, scale_factor=3.0)),
    "bilinear": lambda: Call(lambda x: F.interpolate(x, size=(90, 71), mode="bilinear")),
    "bilinear from corner to corner": lambda: Call(
        lambda x: F.interpolate(x, size=(90, 71), mode="bilinear", align_corners=True)
    ),
    "made smaller": lambda: Call(lambda x: F.interpolate(x, size=(17, 23), mode="nearest-exact")),
    "pixel shuffle": lambda: Call(nn.PixelShuffle(2), 1),
    "pixel unshuffle": lambda: Call(nn.PixelUnshuffle(3), 36),
    "every second value": lambda: Call(lambda x: x[:, :, ::2, 1::2]),
    "space to depth by slices": lambda: Call(
        lambda x: torch.cat([x[..., i::2, j::2] for i in (0, 1) for j in (0, 1)], 1), 16
    ),
    "channels in other places": lambda: Call(nn.ChannelShuffle(2)),
    "some channels shifted": lambda: Call(
        lambda x: torch.cat((F.pad(x[:, :2, 3:], (0, 0, 0, 3)), F.pad(x[:, 2:], (2, -2))), 1)
    ),
    "padded": lambda: Call(lambda x: F.pad(x, (3, 0, 1, 2))),
    "upside down": lambda: Call(lambda x: x.flip(2).flip(2)),
    "to tokens and back": lambda: Call(
        lambda x: x.flatten(2).transpose(1, 2).transpose(1, 2).unflatten(2, x.shape[2:])
    ),
    "written into zeros": lambda: Call(_written),
    "halves": lambda: Call(lambda x: x[:, :2] + F.pad(x[:, 2:], (2, -2)), 2),
    "windows cut out": lambda: Call(lambda x: x.unfold(2, 5, 2).mean(-1)),
}


def _anywhere(x):
    return torch.zeros(1, 9, 9, 2, device=x.device)


def _written(x):
    out = torch.zeros_like(x)
    out[:, :2, 2:] = x[:, :2, :-2]
    out[:, 2:] = x[:, 2:]
    return out


@pytest.mark.parametrize("name", WINDOWS)
def test_the_field_of_an_operation_is_that_of_gradients(name):
    module = positive(WINDOWS[name]())
    found = papernets.explain(module, (1, 60, 60))
    assert found.rows[-1].receptive_field == extents(module, [""], (1, 60, 60))[""]


class SqueezeExcite(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 8, 1), nn.Sigmoid())

    def forward(self, x):
        x = self.conv(x)
        return x * self.gate(x)


def test_what_sees_the_whole_picture_has_no_field():
    found = papernets.explain(SqueezeExcite(), (3, 32, 32))
    assert found["conv"].receptive_field == (3, 3)
    assert [(row.kind, row.sees) for row in found.rows[1:]] == [
        ("global average pool", "all"),
        ("conv", "all"),
        ("sigmoid", "all"),
        ("multiply", "all"),
    ]
    assert all(row.receptive_field is None for row in found.rows[1:])


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (lambda x: x.cumsum(2), "cumsum"),
        (lambda x: F.grid_sample(x, _anywhere(x), align_corners=True), "grid_sampler"),
        (lambda x: torch.fft.fft2(x).real, "fft"),
        (lambda x: x.sort(2).values, "sort"),
    ],
)
def test_what_cannot_be_told_is_said_and_not_guessed(function, why):
    found = papernets.explain(Call(function), (1, 20, 20))
    assert found["before"].receptive_field == (3, 3)
    last = found["after"]
    assert (last.receptive_field, last.field_stride, last.sees) == (None, None, "unknown")
    assert why in last.note
    assert last.macs == last.params - 2 or last.macs == 4 * 9 * 2 * last.out[1] * last.out[2]


def test_attention_within_a_window_sees_the_window():
    class Window(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 4, 1)

        def forward(self, x):
            n, _, h, w = x.shape
            x = self.conv(x).view(n, 4, h // 5, 5, w // 5, 5).permute(0, 2, 4, 3, 5, 1)
            x = x.reshape(-1, 25, 4)
            x = F.scaled_dot_product_attention(x, x, x)
            x = x.view(n, h // 5, w // 5, 5, 5, 4).permute(0, 5, 1, 3, 2, 4)
            return x.reshape(n, 4, h, w) * 1.0

    found = papernets.explain(Window(), (1, 30, 20))
    assert found.rows[-1].receptive_field == (5, 5)
    attention = next(row for row in found.rows if row.kind == "attention")
    assert (attention.macs, attention.products) == (0, 2 * 24 * 25 * 25 * 4)
