"""Other channels than the weights': the first convolution as timm adapts it; words for both."""

import peer_layouts as layouts
import pytest
import torch
from fingerprints import drawn
from keras_weights import drawn as drawn_by_keras
from keras_weights import fingerprints

from papernets import from_peer, net
from papernets.peers.channels import adapted, first_weight
from papernets.peers.convert import convert


@pytest.fixture(scope="module")
def state():
    every = {key: drawn(key, shape) for key, shape in layouts.mobilenet_timm(classes=4)}
    return {key: t.float() if t.is_floating_point() else t for key, t in every.items()}


def load(state, *positional, **options):
    return from_peer("timm", "mobilenetv1_100", state, *positional, **options)


def first_of(model):
    other = net("mobilenet_v1_timm", model.net.classes, channels=7)
    return model.state_dict()[first_weight(model.net, other)]


def test_one_channel_is_the_sum(state):
    """A grey picture gives what the same picture in three equal colours gave."""
    grey = load(state, in_chans=1)
    assert grey.net.input == (1, 224, 224)
    assert torch.allclose(first_of(grey), state["conv_stem.weight"].sum(1, keepdim=True))
    x = torch.randn(1, 1, 64, 64).expand(1, 1, 64, 64)
    from papernets import create_model

    small = create_model("mobilenet_v1_timm", 4, 1, 64, weights=grey.state_dict()).eval()
    whole = create_model("mobilenet_v1_timm", 4, 3, 64, weights=load(state).state_dict()).eval()
    with torch.no_grad():
        assert torch.allclose(small(x), whole(x.expand(1, 3, 64, 64)), atol=1e-4)


@pytest.mark.parametrize("n", [2, 4, 6, 9])
def test_other_numbers_repeat_and_scale(n, state):
    own = state["conv_stem.weight"]
    weight = first_of(load(state, channels=n))
    assert weight.shape == (32, n, 3, 3)
    for channel in range(n):
        assert torch.allclose(weight[:, channel], own[:, channel % 3] * (3 / n))


def test_the_weights_own_channels_are_kept(state):
    """A network of one channel that somebody trained; then for three."""
    grey = {**state, "conv_stem.weight": state["conv_stem.weight"][:, :1]}
    assert load(grey).net.input[0] == 1
    weight = first_of(load(grey, in_chans=3))
    assert torch.allclose(weight, grey["conv_stem.weight"].expand(32, 3, 3, 3) / 3)
    with pytest.raises(ValueError, match=r"'conv_stem.weight' is 32x1x5x5, not 32x3x3x3"):
        load({**state, "conv_stem.weight": torch.zeros(32, 1, 5, 5)})


def test_two_words_for_each(state):
    assert load(state, 3).net.classes == 3  # positions as they were
    assert load(state, 3, 1).net.input[0] == 1
    assert load(state, num_classes=3).net.classes == load(state, classes=3).net.classes == 3
    assert load(state, num_classes=3, classes=3, in_chans=1, channels=1).net.classes == 3
    with pytest.raises(ValueError, match="num_classes=3 and classes=4 are two words for one thing"):
        load(state, num_classes=3, classes=4)
    with pytest.raises(ValueError, match="in_chans=1 and channels=3 are two words for one thing"):
        load(state, in_chans=1, channels=3)


@pytest.mark.parametrize("channels", [0, -1, 2.5, "many", True])
def test_impossible_channels(state, channels):
    with pytest.raises(ValueError, match="channels must be a whole number of at least 1"):
        load(state, in_chans=channels)


def test_new_classes_and_channels_at_once(state):
    found = convert(state, "mobilenetv1_100", "timm", classes=2, channels=1)
    assert len(found.left_out) == 2 and found.model.net.input[0] == 1
    (note,) = [note for note in found.notes if "first convolution" in note]
    assert note.endswith("32x3x3x3) is of 3 channels: summed over them, for 1")
    wide = convert(state, "mobilenetv1_100", "timm", channels=4)
    assert "of 3 channels: repeated and cut, times 3/4, for 4" in "".join(wide.notes)


def test_keras():
    stored = fingerprints()["networks"]["mobilenet_0.25_128"]["weights"]
    given = {path: torch.from_numpy(drawn_by_keras(path, shape)) for path, shape in stored}
    model = from_peer("keras", "mobilenet_0.25_128", given, channels=1)
    name = first_weight(model.net, net("mobilenet_v1_keras", 5, 3, width=0.25))
    expected = given["conv1/kernel"].permute(3, 2, 0, 1).sum(1, keepdim=True)
    assert torch.allclose(model.state_dict()[name], expected)
    grey = {**given, "conv1/kernel": given["conv1/kernel"][:, :, :1]}
    assert from_peer("keras", "mobilenet_0.25_128", grey).net.input[0] == 1


def test_numbered_layers_of_keras():
    """The first convolution is the one with the lowest number, wherever the count began."""
    stored = fingerprints()["networks"]["InceptionV3"]["weights"]
    given = {path: torch.zeros(tuple(shape)) for path, shape in stored}
    numbers = {p.split("/")[0] for p in given if p.startswith("conv2d")}
    first = min(numbers, key=lambda layer: int(layer.partition("_")[2] or 0))
    given[f"{first}/kernel"] = torch.zeros(3, 3, 1, 32)
    assert from_peer("keras", "InceptionV3", given).net.input[0] == 1


def test_auto():
    import cifar_resnets as public

    theirs = public.drawn(public.Akamaster).float().state_dict()
    found = convert(theirs, "resnet20", "auto", channels=1)
    assert found.model.net.input[0] == 1 and any("summed" in note for note in found.notes)
    grey = {**theirs, "conv1.weight": theirs["conv1.weight"][:, :1]}
    same = convert(grey, "resnet20", "auto", channels=1)
    assert not any("summed" in note for note in same.notes)
    name = first_weight(same.model.net, net("resnet20", channels=3))
    assert torch.equal(same.model.state_dict()[name], grey["conv1.weight"])


def test_more_than_one_weight_is_refused():
    """BN-Inception begins with a convolution for each channel."""
    with pytest.raises(ValueError, match="bn_inception cannot take weights for other channels"):
        first_weight(net("bn_inception"), net("bn_inception", channels=1))


def test_a_channels_peers_file_is_known_with_other_channels():
    """resnet50's names in a network of one channel: its strides would be moved all the same."""
    layout = dict(layouts.resnet(50))
    grey = {key: torch.zeros(()).expand(shape) for key, shape in layout.items()}
    grey["conv1.weight"] = torch.zeros(64, 1, 7, 7)
    with pytest.raises(ValueError, match=r"torchvision's resnet50, which is our resnet50_v1\.5"):
        convert(grey, "resnet50", "auto", options={"channels": 1})


def test_as_timm_does_it():
    weight = torch.arange(12.0).reshape(2, 3, 1, 2)
    assert torch.equal(adapted(weight, 1), weight.sum(1, keepdim=True))
    assert torch.equal(adapted(weight, 3), weight)
    five = adapted(weight, 5)
    assert torch.allclose(five, torch.cat([weight, weight[:, :2]], 1) * 3 / 5)
