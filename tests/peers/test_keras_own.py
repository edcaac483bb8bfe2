"""Keras's older names, classifiers of one's own, and a hint that claims no size."""

import re

import numpy as np
import pytest
import torch
from keras_weights import drawn, fingerprints, picture

from papernets import from_peer
from papernets.peers.convert import convert
from papernets.spec import tensors

STORED = fingerprints()["networks"]
SHORT = {"conv1_conv": "conv1", "conv1_bn": "bn_conv1", "predictions": "fc1000"}
PARTS = {"0": "1", "1": "2a", "2": "2b", "3": "2c"}


def given(name):
    layout = STORED[name]["weights"]
    return {path: torch.from_numpy(drawn(path, tuple(shape))) for path, shape in layout}


def old(path):
    """The name in keras_applications/resnet50.py of before 1.0.7."""
    layer, weight = path.split("/")
    match = re.fullmatch(r"conv(\d)_block(\d)_(\d)_(conv|bn)", layer)
    if match:
        kind = {"conv": "res", "bn": "bn"}[match[4]]
        layer = f"{kind}{match[1]}{'abcdef'[int(match[2]) - 1]}_branch{PARTS[match[3]]}"
    return f"{SHORT.get(layer, layer)}/{weight}"


@pytest.fixture(scope="module")
def resnet():
    return given("ResNet50")


def same(one, other):
    a, b = one.state_dict(), other.state_dict()
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def test_names_of_keras_to_2_2(resnet):
    older = {old(path): tensor for path, tensor in resnet.items()}
    for name in ("res2a_branch2a", "bn2a_branch2a", "res2a_branch1", "fc1000", "res4f_branch2c"):
        assert any(path.startswith(f"{name}/") for path in older)
    now = from_peer("keras", "ResNet50", resnet)
    assert same(from_peer("keras", "ResNet50", older), now)
    counted = {p.replace("branch2a/", "branch2a_1/") + ":0": t for p, t in older.items()}
    assert same(from_peer("keras", "ResNet50", counted), now)  # w.name of TensorFlow's
    found = convert(older, "ResNet50", "keras")
    assert found.notes[0].startswith("layers have the names of Keras to 2.2: 'res2a_branch2a' is")
    assert "an epsilon of 0.001, not 1.001e-5" in found.notes[1]


def test_an_old_name_that_lacks(resnet):
    older = {old(path): tensor for path, tensor in resnet.items()}
    del older["bn3c_branch2b/gamma"]
    with pytest.raises(ValueError) as caught:
        from_peer("keras", "ResNet50", older)
    assert "there is no tensor 'conv3_block3_2_bn/gamma'" in str(caught.value)
    assert "Here layers have the names of Keras to 2.2" in str(caught.value)
    with pytest.raises(ValueError, match="Its tensors are those of Keras's ResNet50"):
        from_peer("keras", "ResNet101", {old(path): t for path, t in resnet.items()})


def body(state, *top):
    return {path: tensor for path, tensor in state.items() if path.split("/")[0] not in top}


def dense(name, kernel):
    return {f"{name}/kernel": kernel, f"{name}/bias": torch.zeros(kernel.shape[-1])}


def test_a_dense_layer_on_a_body_is_the_classifier(resnet):
    """Dense(5) after ResNet50(include_top=False, pooling="avg"), by whatever name."""
    own = body(resnet, "predictions") | {
        f"dense_7/{leaf}": resnet[f"predictions/{leaf}"] for leaf in ("kernel", "bias")
    }
    assert same(from_peer("keras", "ResNet50", own), from_peer("keras", "ResNet50", resnet))
    found = convert(own, "ResNet50", "keras")
    assert "the classifier is taken from the layer 'dense_7'" in found.notes


def test_mobilenets_classifier_is_a_convolution():
    whole = given("mobilenet_0.25_128")
    own = body(whole, "conv_preds") | {
        "dense/kernel": whole["conv_preds/kernel"][0, 0].numpy(),
        "dense/bias": whole["conv_preds/bias"].numpy(),
    }
    name = "mobilenet_0.25_128"
    assert same(from_peer("keras", name, own), from_peer("keras", name, whole))


def test_several_dense_layers_are_left_out(resnet):
    own = body(resnet, "predictions") | dense("dense", torch.zeros(2048, 64))
    own |= dense("dense_1", torch.zeros(64, 3))
    with pytest.raises(ValueError, match=r"is another one \(in its place are 'dense/kernel', "):
        from_peer("keras", "ResNet50", own)
    model = from_peer("keras", "ResNet50", own, classes=3)
    fresh = {"dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"}
    assert fresh < set(model.left_out) and len(model.left_out) == 6


def test_a_body_of_vgg_with_and_without_a_layer_on_it():
    whole = {p: torch.zeros(1).expand(tuple(s)) for p, s in STORED["VGG16"]["weights"]}
    own = body(whole, "fc1", "fc2", "predictions")
    with pytest.raises(ValueError, match=r"no classifier in these tensors \(our fc6"):
        from_peer("keras", "VGG16", own)
    model = from_peer("keras", "VGG16", own | dense("dense", torch.zeros(25088, 2)), classes=2)
    rows = {tensors(model.net)[key].row for key in model.left_out if "/" not in key}
    assert rows == {"fc6", "fc7", "fc8"}
    assert {"dense/kernel", "dense/bias"} < set(model.left_out)


def test_a_layer_beside_the_classifier_is_refused(resnet):
    with pytest.raises(ValueError, match=r"'dense/kernel' .* is a tensor that it has no place for"):
        from_peer("keras", "ResNet50", resnet | dense("dense", torch.zeros(2048, 2)))


@pytest.mark.parametrize(
    ("asked", "named", "size"),
    [
        ("MobileNet", "mobilenet_0.25_224", 224),
        ("mobilenet_1.00_128", "mobilenet_0.25_128", 128),
        ("mobilenet_0.50_160", "mobilenet_0.25_160", 160),
    ],
)
def test_a_hint_claims_no_size(asked, named, size):
    """The weights of a MobileNet are the same for every size of picture."""
    with pytest.raises(ValueError) as caught:
        from_peer("keras", asked, given("mobilenet_0.25_128"))
    rest = sorted({128, 160, 192, 224} - {size})
    assert str(caught.value).endswith(
        "Its tensors are those of Keras's MobileNet with an alpha of 0.25, which are the same for "
        f"every size: {named} for pictures of {size} pixels, and likewise for "
        f"{rest[0]}, {rest[1]} or {rest[2]}"
    )


def test_every_size_of_a_width_takes_the_same_weights():
    state = given("mobilenet_0.25_128")
    x = torch.from_numpy(picture((1, 3, 128, 128)).astype(np.float32))
    for size in (128, 224):
        model = from_peer("keras", f"mobilenet_0.25_{size}", state)
        assert model.net.input == (3, size, size)
        if size == 128:
            expected = np.array(STORED["mobilenet_0.25_128"]["logits"])
            with torch.no_grad():
                assert abs(model.double().eval()(x.double()).numpy() - expected).max() < 1e-4
