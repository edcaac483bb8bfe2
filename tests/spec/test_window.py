"""The window rules give torch's own sizes, over a sweep of kernels, strides and padding."""

from itertools import product

import pytest
import torch
import torch.nn.functional as F

from papernets.spec import Window


def judged(run, n):
    """The length that torch gives, 0 where it refuses."""
    try:
        return run(torch.zeros(1, 1, n, 1)).shape[2]
    except RuntimeError:
        return 0


def ours(window, n):
    return max(window.out((n, 1))[0], 0)


def test_pooling_gives_torchs_sizes():
    seen = 0
    for n, k, s, ceil in product(range(1, 16), range(1, 6), range(1, 5), (False, True)):
        for p in range(k // 2 + 1):
            window = Window((k, 1), (s, 1), (p, 0), ceil)
            for pool in (F.max_pool2d, F.avg_pool2d):
                size = judged(lambda x: pool(x, (k, 1), (s, 1), (p, 0), ceil_mode=ceil), n)  # noqa: B023
                assert ours(window, n) == size, (pool.__name__, window, n)
            seen += size > 0
    assert seen > 1000


def test_convolution_gives_torchs_sizes():
    for n, k, s, p in product(range(1, 13), range(1, 6), range(1, 5), range(4)):
        weight = torch.zeros(1, 1, k, 1)
        size = judged(lambda x: F.conv2d(x, weight, stride=(s, 1), padding=(p, 0)), n)  # noqa: B023
        assert ours(Window((k, 1), (s, 1), (p, 0)), n) == size, (n, k, s, p)


def test_same_padding_covers_the_picture():
    for n, k, s in product(range(1, 20), range(1, 8), range(1, 5)):
        window = Window((k, 1), (s, 1), "same")
        (before, after), _ = window.pads((n, 1))
        padded = torch.zeros(1, 1, before + n + after, 1)
        size = F.conv2d(padded, torch.zeros(1, 1, k, 1), stride=(s, 1)).shape[2]
        assert window.out((n, 1))[0] == size == -(-n // s), (n, k, s)
        assert after - before in (0, 1)  # the odd pixel goes behind


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
def test_same_padding_is_torchs_at_stride_one():
    for n, k in product(range(1, 12), range(1, 8)):
        x, weight = torch.arange(1.0, n + 1).view(1, 1, n, 1), torch.rand(1, 1, k, 1)
        (before, after), _ = Window((k, 1), (1, 1), "same").pads((n, 1))
        padded = F.conv2d(F.pad(x, (0, 0, before, after)), weight)
        theirs = F.conv2d(x, weight, padding="same")
        torch.testing.assert_close(padded, theirs)


def test_height_and_width_keep_apart():
    window = Window((5, 3), (2, 1), (0, 1))
    x = torch.zeros(1, 1, 19, 11)
    out = F.max_pool2d(x, (5, 3), (2, 1), (0, 1))
    assert window.out((19, 11)) == tuple(out.shape[2:]) == (8, 11)
