"""Network in Network against the published figures; the definition's widths typed a second time."""

import pytest
import torch

from papernets.nets.registry import look_up, net
from papernets.run.network import build
from papernets.spec import Dropout, totals, walk


def rows(name, **options):
    return {row.name: row for row in walk(net(name, **options))}


# Maps after each convolution; parameters and multiply-adds of the ledger
WIDTHS = {
    "nin_cifar10": [192, 160, 96, 192, 192, 192, 192, 192, 10],
    "nin_imagenet": [96, 96, 96, 256, 256, 256, 384, 384, 384, 1024, 1024, 1000],
}
TOTALS = {"nin_cifar10": (966_986, 222_486_528), "nin_imagenet": (7_595_176, 1_100_188_800)}


@pytest.mark.parametrize("name", WIDTHS)
def test_widths_and_totals(name):
    found = rows(name)
    assert [row.out[0] for row in found.values() if row.kind == "conv"] == WIDTHS[name]
    sums = totals(walk(net(name)))
    assert (sums.params, sums.macs) == TOTALS[name]
    assert not any(row.kind == "dense" for row in found.values())


def test_each_convolution_is_followed_by_two_of_1x1():
    """Section 3.1: a perceptron of two layers more slides over the picture."""
    for name in WIDTHS:
        kernels = [row.kernel for row in rows(name).values() if row.kind == "conv"]
        assert all(kernels[at + 1] == kernels[at + 2] == (1, 1) for at in range(0, len(kernels), 3))
        assert all(row.activation == "relu" for row in rows(name).values() if row.kind == "conv")


def test_poolings_keep_a_last_partial_window():
    """Caffe's pooling: 32 to 16 to 8, 54 to 27 to 13 to 6."""
    sides = [r.out[1] for r in rows("nin_cifar10").values() if r.kind.endswith("pool")]
    assert sides == [16, 8, 1]
    assert rows("nin_cifar10")["pool2"].kind == "average pool"
    sides = [r.out[1] for r in rows("nin_imagenet").values() if r.kind.endswith("pool")]
    assert sides == [27, 13, 6, 1]


@pytest.mark.parametrize(
    ("name", "after"), [("nin_cifar10", {"pool1", "pool2"}), ("nin_imagenet", {"pool3"})]
)
def test_dropout(name, after):
    found = list(walk(net(name)))
    assert {
        found[at - 1].name for at, r in enumerate(found) if isinstance(r.layer, Dropout)
    } == after
    assert {r.layer.rate for r in found if isinstance(r.layer, Dropout)} == {0.5}


def test_a_class_is_the_mean_of_its_map():
    """Section 3.2: global average pooling gives the scores."""
    one = net("nin_cifar10", classes=4, input=16)
    model = build(one, generator=torch.Generator().manual_seed(1)).eval()
    x = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        torch.testing.assert_close(model(x), model.features(x, ["cccp6"])["cccp6"].mean((2, 3)))


def test_it_takes_pictures_of_other_sizes():
    """There is no dense layer to be sized for one."""
    model = build(net("nin_cifar10")).eval()
    with torch.no_grad():
        assert tuple(model(torch.zeros(1, 3, 40, 36)).shape) == (1, 10)


def test_results():
    """Tables 1 to 4."""
    results = [c for c in look_up("nin_cifar10").claims if c.measured]
    assert [round(100 * c.printed, 4) for c in results] == [10.41, 8.81, 35.68, 2.35, 0.47]


def test_published_numbers_hold_for_the_published_network_alone():
    for changed in ({"classes": 12}, {"channels": 1}, {"input": 64}):
        for name in WIDTHS:
            assert look_up(name, **changed).claims == ()
            assert look_up(name).claims
