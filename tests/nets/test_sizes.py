"""Any classes, channels and input for every whole network; below its smallest, an error says so."""

import pytest
import siblings

from papernets.nets import NETS, beside, net
from papernets.spec import Committee, smallest_input, walk

MODULES = ("inception_naive_3a", "inception_reduced_3a")
WHOLE = [entry.name for entry in NETS if entry.name not in MODULES]


def member(name, **changed):
    found = net(name, **changed)
    return found.member if isinstance(found, Committee) else found


@pytest.mark.parametrize("name", siblings.each(WHOLE))
def test_odd_numbers_everywhere(name):
    """7 classes, 2 channels, and a rectangle a little larger than the smallest input."""
    height, width = smallest_input(member(name))
    made = member(name, classes=7, channels=2, input=(height + 5, width + 12))
    rows = walk(made)
    assert made.classes == 7 and made.input == (2, height + 5, width + 12)
    assert rows[0].input[0] == 2 and rows[-1].out == (7, 1, 1)
    assert beside(made).claims == ()


@pytest.mark.parametrize(
    ("name", "side", "bare", "layer"),
    [
        # the second head's 5x5 average on 14x14 maps; its own last pooling
        ("googlenet", 79, 31, r"aux1\.pool: a 5x5 window .* input of 4x4"),
        ("inception_v3", 299, 75, r"aux\.conv5x5: a 5x5 window .* input of 4x4"),
        ("inception_v3_torchvision", 299, 75, r"aux\.conv5x5: a 5x5 window .* input of 4x4"),
    ],
)
def test_a_network_with_heads_says_what_it_takes_with_them_and_without(name, side, bare, layer):
    walk(net(name, input=side))
    said = rf"{layer}: the smallest input of {name} is {side}x{side} \({bare}x{bare} without "
    with pytest.raises(ValueError, match=said + rf"auxiliary heads: aux=False\), not {side - 1}x"):
        walk(net(name, input=side - 1))
    without = net(name, input=bare, aux=False)
    assert not any(row.aux for row in walk(without)) and without.aux_weights == ()
    assert smallest_input(net(name), heads=False) == smallest_input(without) == (bare, bare)
    with pytest.raises(
        ValueError, match=rf"the smallest input of {name} is {bare}x{bare}, not {bare - 1}x"
    ):
        walk(net(name, input=bare - 1, aux=False))


@pytest.mark.parametrize(
    ("name", "side", "layer"),
    [
        ("alexnet", 67, r"pool5: a 3x3 window .* input of 2x2"),
        ("vgg16", 32, r"pool5: a 2x2 window .* input of 1x1"),
        ("inception_v4", 75, r"reduction_b\.b3x3\.conv3x3: a 3x3 window .* input of 2x2"),
    ],
)
def test_a_network_without_heads_says_what_it_takes(name, side, layer):
    walk(net(name, input=side))
    said = rf"{layer}: the smallest input of {name} is {side}x{side}, not {side - 1}x{side - 1}$"
    with pytest.raises(ValueError, match=said):
        walk(net(name, input=side - 1))


def test_a_resnet_takes_any_picture():
    """Every window of it is padded, so that one pixel is enough."""
    assert smallest_input(net("resnet50")) == (1, 1)
    assert walk(net("resnet50", input=1))[-1].out == (1000, 1, 1)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_no_classes(name):
    assert net(name).classes == 0 and walk(net(name, channels=5, input=9))[-1].out[1:] == (9, 9)
    with pytest.raises(ValueError, match=f"{name} is a module, .* has no classes"):
        net(name, classes=10)
