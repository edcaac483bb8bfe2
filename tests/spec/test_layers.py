"""Each layer's size, parameters, MACs and connections against the papers' arithmetic."""

import pytest
import siblings

from papernets.nets import net
from papernets.spec import (
    LRN,
    RBF,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Identity,
    Norm,
    Pad,
    PadShortcut,
    Pool,
    Subsample,
    TableConv,
    Window,
    pair,
    shown,
    walk,
)

# layer, input, output, parameters, multiply-adds; the papers' text or tables, worked out by hand
PAPERS = {
    "AlexNet conv1: 96 kernels of 11x11x3, stride 4 (section 3.5)": (
        Conv(96, 11, 4),
        (3, 227, 227),
        (96, 55, 55),
        96 * (11 * 11 * 3 + 1),
        55 * 55 * 96 * 363,
    ),
    "AlexNet conv1 on the 224 that the paper prints, padded by 2": (
        Conv(96, 11, 4, 2),
        (3, 224, 224),
        (96, 55, 55),
        34_944,
        105_415_200,
    ),
    "AlexNet conv2: 256 kernels of 5x5x48, two towers": (
        Conv(256, 5, padding=2, groups=2),
        (96, 27, 27),
        (256, 27, 27),
        256 * (5 * 5 * 48 + 1),
        27 * 27 * 256 * 1200,
    ),
    "AlexNet conv2 as one tower": (
        Conv(256, 5, padding=2),
        (96, 27, 27),
        (256, 27, 27),
        614_656,
        447_897_600,
    ),
    "AlexNet pool1: 3x3, stride 2": (Pool("max", 3, 2), (96, 55, 55), (96, 27, 27), 0, 0),
    "AlexNet fc6": (
        Dense(4096),
        (9216, 1, 1),
        (4096, 1, 1),
        37_752_832,
        37_748_736,
    ),
    "VGG conv1_1": (
        Conv(64, 3, padding=1),
        (3, 224, 224),
        (64, 224, 224),
        1_792,
        86_704_128,
    ),
    "VGG conv5_1": (Conv(512, 3, padding=1), (512, 14, 14), (512, 14, 14), 2_359_808, 462_422_016),
    "VGG fc6 on 7x7x512": (Dense(4096), (25_088, 1, 1), (4096, 1, 1), 102_764_544, 102_760_448),
    "VGG maxpool": (Pool("max", 2, 2), (64, 224, 224), (64, 112, 112), 0, 0),
    "GoogLeNet pool1: 3x3/2, 112 to 56": (
        Pool("max", 3, 2, ceil=True),
        (64, 112, 112),
        (64, 56, 56),
        0,
        0,
    ),
    "GoogLeNet 3a, 5x5 without reduction (notes 001: 120 M)": (
        Conv(32, 5, padding=2),
        (192, 28, 28),
        (32, 28, 28),
        32 * (5 * 5 * 192 + 1),
        120_422_400,
    ),
    "GoogLeNet average pool 7x7/1": (Pool("average", 7, 1), (1024, 7, 7), (1024, 1, 1), 0, 0),
    "ResNet conv1: 7x7/2, no bias, gamma and beta": (
        Conv(64, 7, 2, 3, bias=False, norm=Norm()),
        (3, 224, 224),
        (64, 112, 112),
        9_408 + 128,
        118_013_952,
    ),
    "ResNet pool1: 3x3/2, padding 1, 112 to 56": (
        Pool("max", 3, 2, 1),
        (64, 112, 112),
        (64, 56, 56),
        0,
        0,
    ),
    "ResNet projection 1x1/2": (
        Conv(128, 1, 2, bias=False, norm=Norm()),
        (64, 56, 56),
        (128, 28, 28),
        8_192 + 256,
        6_422_528,
    ),
    "ResNet global average": (GlobalPool(), (512, 7, 7), (512, 1, 1), 0, 0),
    "MobileNet depthwise 3x3": (
        Conv(32, 3, padding=1, groups=32, bias=False, norm=Norm()),
        (32, 112, 112),
        (32, 112, 112),
        288 + 64,
        3_612_672,
    ),
    "MobileNet conv1 by TensorFlow's rule": (
        Conv(32, 3, 2, "same", bias=False),
        (3, 224, 224),
        (32, 112, 112),
        864,
        10_838_016,
    ),
    "Inception v3 conv1: 3x3/2, 299 to 149, beta alone": (
        Conv(32, 3, 2, bias=False, norm=Norm(scale=False)),
        (3, 299, 299),
        (32, 149, 149),
        864 + 32,
        19_181_664,
    ),
    "Inception v3 1x7": (
        Conv(128, (1, 7), padding=(0, 3), bias=False),
        (128, 17, 17),
        (128, 17, 17),
        7 * 128 * 128,
        33_144_832,
    ),
    "lecture CONV1 on colour (notes 003: 608)": (
        Conv(8, 5),
        (3, 32, 32),
        (8, 28, 28),
        608,
        470_400,
    ),
    "batch normalisation alone": (BatchNorm(), (256, 28, 28), (256, 28, 28), 512, 0),
    "LeNet-5 C1": (Conv(6, 5), (1, 32, 32), (6, 28, 28), 156, 117_600),
    "LeNet-5 S2": (Subsample(2), (6, 28, 28), (6, 14, 14), 12, 0),
    "LeNet-5 output": (RBF(((1,) * 84,) * 10), (84, 1, 1), (10, 1, 1), 0, 840),
    "flattening VGG's last map": (Flatten(), (512, 7, 7), (25_088, 1, 1), 0, 0),
    "AlexNet's normalisation": (LRN(5, 2, 1e-4, 0.75), (96, 27, 27), (96, 27, 27), 0, 0),
    "AlexNet's dropout": (Dropout(0.5), (4096, 1, 1), (4096, 1, 1), 0, 0),
    "a shortcut": (Identity(), (64, 56, 56), (64, 56, 56), 0, 0),
    "ResNet-34 conv3_1, option A (section 3.3)": (
        PadShortcut(128),
        (64, 56, 56),
        (128, 28, 28),
        0,
        0,
    ),
    "a shortcut of zeros on an odd map": (PadShortcut(32), (16, 15, 8), (32, 8, 4), 0, 0),
    "a shortcut of zeros that keeps the size": (PadShortcut(256, 1), (64, 9, 9), (256, 9, 9), 0, 0),
    "Keras's ResNet50V2, pool1_pad": (Pad(1), (64, 112, 112), (64, 114, 114), 0, 0),
    "zeros above and below alone": (Pad((2, 0)), (3, 5, 6), (3, 9, 6), 0, 0),
}


@siblings.together("name", PAPERS)
def test_a_layer_of_a_paper(name):
    layer, given, out, params, macs = PAPERS[name]
    layer.check(given)
    assert layer.shape(given) == out
    assert layer.params(given) == params
    assert layer.macs(given) == macs


# LeCun et al. 1998, section II-B: connections count each use of a weight or bias
C3 = ((0, 1, 2),) * 6 + ((0, 1, 2, 3),) * 9 + (tuple(range(6)),)  # as wide as table I
CONNECTIONS = {
    "C1": (Conv(6, 5), (1, 32, 32), 122_304),
    "S2": (Subsample(2), (6, 28, 28), 5_880),
    "C3": (
        TableConv(C3, 5),
        (6, 14, 14),
        151_600,
    ),
    "S4": (Subsample(2), (16, 10, 10), 2_000),
    "C5": (Conv(120, 5), (16, 5, 5), 48_120),
    "F6": (Dense(84), (120, 1, 1), 10_164),
    "output": (RBF(((1,) * 84,) * 10), (84, 1, 1), 840),
}


@pytest.mark.parametrize("name", CONNECTIONS)
def test_connections_of_lenet5(name):
    layer, given, connections = CONNECTIONS[name]
    assert layer.connections(given) == connections


def test_the_table_of_c3_saves_kernels():
    c3 = CONNECTIONS["C3"][0]
    assert c3.kernels == 60
    assert c3.params((6, 14, 14)) == 1_516
    assert c3.macs((6, 14, 14)) == 60 * 25 * 100


def test_fixed_codes_are_no_parameters():
    rbf = CONNECTIONS["output"][0]
    assert (rbf.fixed((84, 1, 1)), rbf.params((84, 1, 1))) == (840, 0)


def test_rbf_on_a_map_gives_a_map():
    rbf = CONNECTIONS["output"][0]
    assert rbf.shape((84, 1, 5)) == (10, 1, 5)
    assert rbf.macs((84, 1, 5)) == 5 * 840


def test_subsampling_may_take_a_map_twice():
    pairs = Subsample(2, sources=(0, 0, 1, 1, 2, 2, 3, 3))  # LeNet-4: 8 maps on 4
    assert pairs.shape((4, 28, 28)) == (8, 14, 14)
    assert pairs.params((4, 28, 28)) == 16


def test_a_factorised_convolution_saves_a_third():
    """Szegedy et al. 2015, section 3.2: 3x1 after 1x3 is 33 % cheaper than 3x3."""
    s = (64, 17, 17)
    wide, tall = Conv(64, (1, 3), padding=(0, 1)), Conv(64, (3, 1), padding=(1, 0))
    full = Conv(64, 3, padding=1)
    assert tall.shape(wide.shape(s)) == full.shape(s) == s
    assert 3 * (wide.macs(s) + tall.macs(s)) == 2 * full.macs(s)


# input, kernel, stride -> output, ((top, bottom), (left, right)), by TensorFlow's documentation
SAME = [
    ((224, 224), (3, 3), (2, 2), (112, 112), ((0, 1), (0, 1))),
    ((224, 224), (7, 7), (2, 2), (112, 112), ((2, 3), (2, 3))),
    ((5, 6), (2, 2), (2, 2), (3, 3), ((0, 1), (0, 0))),
    ((17, 17), (1, 7), (1, 1), (17, 17), ((0, 0), (3, 3))),
    ((8, 9), (1, 1), (3, 3), (3, 3), ((0, 0), (0, 0))),
]


@pytest.mark.parametrize(("size", "kernel", "stride", "out", "pads"), SAME)
def test_same_padding_is_tensorflows(size, kernel, stride, out, pads):
    window = Window(kernel, stride, "same")
    assert window.out(size) == out
    assert window.pads(size) == pads


# size, kernel, stride, output, zeros: Keras's ZeroPadding2D(((0, 1), (0, 1))) before a 3x3 /2
BEHIND = [
    ((112, 112), (3, 3), (2, 2), (56, 56), ((0, 1), (0, 1))),
    ((25, 12), (3, 3), (2, 2), (12, 6), ((0, 1), (0, 1))),
    ((9, 9), (3, 1), (1, 1), (9, 9), ((0, 2), (0, 0))),
    ((9, 9), (1, 1), (2, 2), (5, 5), ((0, 0), (0, 0))),
]


@pytest.mark.parametrize(("size", "kernel", "stride", "out", "pads"), BEHIND)
def test_padding_behind_is_keras_mobilenets(size, kernel, stride, out, pads):
    window = Window(kernel, stride, "behind")
    assert window.out(size) == out
    assert window.pads(size) == pads


def test_a_rectangular_window_in_words():
    assert Window((5, 3), (1, 2)).words((32, 33)) == ("(32 - 5)/1 + 1 = 28 by (33 - 3)/2 + 1 = 16")
    assert Window((3, 3), (2, 2), 0, True).words((112, 112)) == "ceil((112 - 3)/2) + 1 = 56"
    assert Window((7, 7), (2, 2), 3).words((224, 224)) == "floor((224 - 7 + 6)/2) + 1 = 112"
    # a third window would start behind the picture
    assert Window((2, 2), (3, 3), 1, True).words((4, 4)) == "ceil((4 - 2 + 2)/3) = 2"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Window((0, 3), (1, 1)), r"kernel \(0, 3\) and stride \(1, 1\) must be at least 1"),
        (lambda: Window((3, 3), (1, 0)), r"stride \(1, 0\) must be at least 1"),
        (lambda: Window((3, 3), (1, 1), -1), "padding -1 must not be negative"),
        (lambda: Window((3, 3), (1, 1), "valid"), "padding 'valid': give 'same' or a number"),
    ],
)
def test_an_impossible_window(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "given", "message"),
    [
        (Conv(16, 3, groups=3), (6, 9, 9), "6 channels to 16 cannot be split into 3 groups"),
        (Conv(16, 3, groups=4), (6, 9, 9), "6 channels to 16 cannot be split into 4 groups"),
        (Dense(10), (16, 5, 5), "needs a flat input, not 16@5x5; put Flatten first"),
        (TableConv(((0, 6),), 5), (6, 9, 9), r"output map 0 .* lists \(0, 6\); .* from 0 to 5"),
        (TableConv(((0,), (1, 1)), 5), (6, 9, 9), r"output map 1 .* lists \(1, 1\)"),
        (TableConv(((0,), ()), 5), (6, 9, 9), r"output map 1 .* lists \(\)"),
        (Subsample(2, sources=(0, 4)), (4, 8, 8), "takes input map 4, but there are 4"),
        (RBF(((1, -1),)), (84, 1, 1), "the codes have 2 values, the input has 84"),
        (Pool("mean", 2), (4, 8, 8), "pooling by 'mean': there is max and average"),
        (PadShortcut(32), (64, 8, 8), "64 channels cannot be padded with zeros to 32"),
        (PadShortcut(32, before=17), (16, 8, 8), "16 channels and 17 channels of zeros in front"),
        (Pool("max", 3, 2, 2), (4, 8, 8), "padding 2 is more than half of the window's 3"),
    ],
)
def test_an_impossible_layer(layer, given, message):
    with pytest.raises(ValueError, match=message):
        layer.check(given)


def test_shapes_as_people_write_them():
    assert shown((6, 28, 28)) == "6@28x28"
    assert shown((84, 1, 1)) == "84"
    assert shown((3, 1, 5)) == "3@1x5"
    assert pair(5) == (5, 5)
    assert pair((5, 3)) == (5, 3)


def test_what_is_long_in_a_layer_does_not_fill_the_screen():
    codes = tuple((1,) * 84 for _ in range(10))
    assert repr(RBF(codes)) == "RBF(codes=<10 codes of 84>, scale=1.0)"
    assert repr(RBF(())) == "RBF(codes=<0 codes of 0>, scale=1.0)"
    table = TableConv(((0, 1), (1,)), 5, "tanh")
    assert repr(table) == "TableConv(table=<3 kernels>, kernel=5, activation='tanh')"
    assert repr(RBF(5)) == "RBF(codes=5, scale=1.0)", "what cannot be is shown as it is"
    assert repr(TableConv((5,), 3)).startswith("TableConv(table=(5,), kernel=3")


def test_no_row_of_a_network_has_a_long_repr():
    for name in ("lenet5", "lenet4", "lenet1", "googlenet"):
        assert max(len(repr(row)) for row in walk(net(name))) < 1500
