"""What layers would cost otherwise, against the numbers of papers and lectures."""

import pytest

from papernets.arithmetic import explained, graph
from papernets.arithmetic.ways import WAYS
from papernets.nets import list_nets, net
from papernets.spec import Conv, Net, chain, walk


def costs(one):
    """Parameters and multiply-adds by the first words of each way."""
    return {way.what: (way.cost.params, way.cost.macs) for way in one.otherwise}


def ways(name, layer):
    return costs(explained(net(name).member, layer))


def one_conv(maps, layer, side=20):
    body = chain({"conv": layer})
    return explained(Net("one", (maps, side, side), 0, body), "conv")


def find(found, words):
    return next(cost for what, cost in found.items() if words in what)


def test_the_bottleneck_of_the_lecture():
    """Notes 003: 28*28*32 filters of 5x5 on 192 maps are 120,422,400 multiply-adds, by way of 16
    maps 12,443,648."""
    one = explained(net("googlenet"), "inception_3a.b5x5.conv")
    (way,) = [way for way in one.otherwise if "reduction" in way.what]
    assert way.cost.macs == 120_422_400 and way.now.macs == 12_443_648
    assert way.rows == ("inception_3a.b5x5.reduce", "inception_3a.b5x5.conv")


def test_dense_in_the_place_of_lenets_first_layer():
    """Notes 003: 3072 inputs to 4704 neurons are 14 million weights, the filters have 456."""
    one = one_conv(3, Conv(6, 5), side=32)
    dense = find(costs(one), "dense")
    assert (one.params, dense[1], dense[0]) == (456, 14_450_688, 14_450_688 + 4_704)


@pytest.mark.parametrize(("kernel", "less"), [(5, 0.28), (7, 0.449), (11, 0.628)])
def test_stacks_of_3x3(kernel, less):
    """Simonyan and Zisserman 2014, section 2.3: 27 C^2 against 49 C^2 for 7x7; notes: 28 to 62.8 %
    fewer weights."""
    one = one_conv(64, Conv(64, kernel, bias=False))
    params, macs = find(costs(one), "stack")
    assert params == kernel // 2 * 9 * 64 * 64
    assert 1 - params / one.params == pytest.approx(less, abs=0.001)
    assert macs > params  # each of the stack slides over maps that shrink by 2


@pytest.mark.parametrize("stride", [1, 2, 4])
@pytest.mark.parametrize("padding", [0, 2, "same"])
@pytest.mark.parametrize("words", ["stack", "1 and then"])
def test_what_stands_instead_gives_as_much(words, padding, stride):
    """A stack of three, or a column and a row, costs what the layers that see as far cost."""
    one = one_conv(8, Conv(16, 7, stride, padding), side=31)
    params, macs = find(costs(one), words)
    k, out = 16, one.out[1]
    (before, behind), _ = one.place.end.window.pads((31, 31))
    wide = 31 + before + behind
    if words == "stack":
        assert params == (9 * 8 + 1) * k + 2 * (9 * k + 1) * k
        sizes = (wide - 2, wide - 4, out)
        kernels = (9 * 8, 9 * k, 9 * k)
        assert macs == sum(s * s * f * k for s, f in zip(sizes, kernels, strict=True))
    else:
        assert params == (7 * 8 + 1) * k + (7 * k + 1) * k
        assert macs == out * 31 * 7 * 8 * k + out * out * 7 * k * k


def test_one_third_less_by_3x1_and_1x3():
    """Szegedy et al. 2016, section 3.2: 3x1 and 1x3 are 33 % cheaper than 3x3."""
    one = one_conv(64, Conv(64, 3, padding=1, bias=False))
    params, _ = find(costs(one), "3x1 and then 1x3")
    assert params / one.params == pytest.approx(2 / 3)


def test_depthwise_separable_both_ways():
    """Howard et al. 2017, section 3.1: it costs 1/N + 1/F^2 of a full convolution."""
    one = one_conv(32, Conv(64, 3, padding=1, bias=False))
    _, macs = find(costs(one), "depthwise separable")
    assert macs / one.macs == pytest.approx(1 / 64 + 1 / 9)
    full = explained(net("mobilenet_v1"), "pw2")
    (way,) = [way for way in full.otherwise if "as one full" in way.what]
    assert way.now.macs / way.cost.macs == pytest.approx(1 / 128 + 1 / 9)
    assert way.rows == ("dw2", "pw2")


def test_groups_of_alexnet():
    """Krizhevsky et al. 2012: conv2 in two groups has half the weights of one without."""
    one = explained(net("alexnet"), "conv2")
    _, macs = find(costs(one), "without groups")
    assert macs == 2 * one.macs


def test_the_table_of_lenet5():
    assert find(ways("lenet5", "C3"), "without the table") == (16 * (6 * 25 + 1), 240_000)


def test_averages_in_the_place_of_a_flattened_map():
    """GoogLeNet's average before the classifier, in VGG-16: fc6 on 512 values and not 25,088."""
    assert find(ways("vgg16", "fc6"), "averages") == (513 * 4096, 512 * 4096)


def test_a_bottleneck_as_two_3x3():
    """He et al. 2016, figure 5: two 3x3 at the full width, 256 maps, are 2*9*256*256 weights."""
    params, macs = find(ways("resnet50", "conv2_2"), "without its bottleneck")
    assert params == 2 * (9 * 256 * 256 + 2 * 256)
    assert macs == 2 * 56 * 56 * 9 * 256 * 256


def test_a_block_without_its_reductions_is_the_naive_one():
    """Szegedy et al. 2015, figure 2: (a) is (b) without the 1x1 before 3x3 and 5x5, and with the
    projection of its pooling left out, which stays here."""
    block = ways("googlenet", "inception_3a")
    naive = {row.name: row.macs for row in walk(net("inception_naive_3a"))}
    project = explained(net("googlenet"), "inception_3a.pool.project").macs
    assert find(block, "without its 1x1 reductions")[1] == sum(naive.values()) + project


@pytest.mark.parametrize("name", [*list_nets("*_v1"), "inception_v4", "lenet5", "resnet34_C"])
def test_every_way_is_positive_and_stands_for_rows_that_are_there(name):
    whole = graph(net(name).member)
    for row in whole.rows.values():
        for way in (made(whole, row) for made in WAYS.values()):
            if way is not None:
                assert way.cost.params > 0 and way.cost.macs >= 0 and way.what
                assert row.name in way.rows and set(way.rows) <= set(whole.rows)
