"""Keras's weights without Keras: small networks whose logits it gave, and weights that do not fit.

`tests/keras_fingerprints.json` has the layouts and the logits; weights are drawn by name.
"""

import random

import numpy as np
import pytest
import torch
from keras_weights import drawn, fingerprints, picture

from papernets import from_peer
from papernets.bundle.weights import load_weights
from papernets.nets.registry import net
from papernets.peers.keras import KNOWN, classes_in, translate
from papernets.run.network import build

STORED = fingerprints()["networks"]


def layout(name):
    return {path: tuple(shape) for path, shape in STORED[name]["weights"]}


def tensors(name):
    return {path: torch.from_numpy(drawn(path, shape)) for path, shape in layout(name).items()}


def zeros(name):
    return {path: torch.zeros(shape) for path, shape in layout(name).items()}


def spec_of(name, **options):
    known = KNOWN[name]
    return net(known.net, classes=5, **{**known.options, **options})


def logits(name, given):
    known = KNOWN[name]
    spec = spec_of(name, input=STORED[name]["input"][-1])
    model = build(spec).double().eval()
    load_weights(model, translate(known, spec, given), name)
    with torch.no_grad():
        return model(torch.from_numpy(picture(STORED[name]["input"]))).numpy()


def same(name, got):
    expected = np.array(STORED[name]["logits"])
    return abs(got - expected).max() < 1e-5 * abs(expected).max()


@pytest.mark.parametrize("name", STORED)
def test_keras_s_logits(name):
    """What Keras gives, to 1e-5 of the largest: order of axes, of flattening, of numbers."""
    assert same(name, logits(name, tensors(name)))


def test_a_variance_below_0_is_refused_by_kerass_name():
    name = "mobilenet_0.25_128"
    given = tensors(name)
    path = next(path for path in given if path.endswith("moving_variance"))
    given[path] = given[path].clone()
    given[path][0] = -1
    with pytest.raises(ValueError, match=f"'{path}' has values below 0, and is a variance"):
        translate(KNOWN[name], spec_of(name), given)


def test_counters_begin_anywhere_and_tensors_come_in_any_order():
    """The 95th convolution of a process, in the order of a file sorted by name."""

    def renamed(path):
        layer, weight = path.split("/")
        kind, _, number = layer.rpartition("_")
        if layer in ("conv2d", "batch_normalization"):
            kind, number = layer, "0"
        if kind not in ("conv2d", "batch_normalization"):
            return path
        return f"{kind}_{int(number) + 94}/{weight}"

    shuffled = [(renamed(path), tensor) for path, tensor in tensors("InceptionV3").items()]
    random.Random(0).shuffle(shuffled)
    assert any(path == "conv2d_94/kernel" for path, _ in shuffled)
    assert same("InceptionV3", logits("InceptionV3", dict(shuffled)))


@pytest.mark.parametrize("name", ["VGG16", "mobilenet_0.25_128"])
def test_running_numbers_alone_are_enough_without_branches(name):
    """Keras before 3.6 writes `layers/conv2d_3/vars/0` and no names."""
    counts, unnamed, last = {}, {}, None
    for path, tensor in tensors(name).items():
        layer, weight = path.split("/")
        if layer != last:
            kind = "dense" if tensor.ndim == 2 else "conv2d"
            kind = "depthwise_conv2d" if layer.startswith("conv_dw") else kind
            kind = "batch_normalization" if weight == "gamma" else kind
            n = counts[kind] = counts.get(kind, -1) + 1
            last, now = layer, f"layers/{kind}" + (f"_{n}" if n else "")
        unnamed[f"{now}/{weight}"] = tensor
    assert classes_in(KNOWN[name], unnamed) == 5
    assert same(name, logits(name, unnamed))
    body = {p: t for p, t in unnamed.items() if "dense" not in p and p.rpartition("/")[0] != now}
    assert classes_in(KNOWN[name], body) is None


def test_running_numbers_alone_are_refused_with_branches():
    given = {f"layers/{path}": tensor for path, tensor in zeros("InceptionV3").items()}
    with pytest.raises(
        ValueError, match=r"Keras before 3\.6 .* InceptionV3 has branches.*save_weig"
    ):
        translate(KNOWN["InceptionV3"], spec_of("InceptionV3"), given)


def test_tensorflow_s_names():
    """`conv1_conv/kernel:0`, as `w.name` is in TensorFlow; `depthwise_kernel` until Keras 3."""
    given = {
        f"{p.replace('kernel', 'depthwise_kernel') if 'conv_dw' in p else p}:0": t
        for p, t in tensors("mobilenet_0.25_128").items()
    }
    assert same("mobilenet_0.25_128", logits("mobilenet_0.25_128", given))
    given = {f"model/{p}": t for p, t in tensors("mobilenet_0.25_128").items()}
    assert same("mobilenet_0.25_128", logits("mobilenet_0.25_128", given))


def test_from_peer_finds_classes_and_our_network():
    given = zeros("ResNet50")
    model = from_peer("keras", "resnet50", given)
    assert (model.net.name, model.net.classes, model.training) == ("resnet50_keras", 5, True)
    assert from_peer("Keras", "mobilenet_0.25_128", zeros("mobilenet_0.25_128")).net.input == (
        *(3, 128, 128),
    )


def test_a_new_head():
    """--classes: the body stays, and what was left out is named."""
    given = tensors("ResNet50")
    model = from_peer("keras", "ResNet50", given, classes=2)
    assert model.left_out == ("fc.weight", "fc.bias") and model.net.classes == 2
    kernel = given["conv5_block3_3_conv/kernel"].permute(3, 2, 0, 1)
    assert torch.equal(model.state_dict()["conv5_3.conv3.conv.weight"], kernel)
    body = {path: t for path, t in given.items() if "predictions" not in path}
    model = from_peer("keras", "ResNet50", body, classes=2)
    assert set(model.left_out) == {"fc.weight", "fc.bias"}
    with pytest.raises(
        ValueError, match=r"ResNet50: there is no classifier .*our fc.weight.* --classes"
    ):
        from_peer("keras", "ResNet50", body)


def wrong(name, given, match, **options):
    with pytest.raises(ValueError, match=match):
        translate(KNOWN[name], spec_of(name, **options), given)


def test_a_missing_tensor_by_keras_s_name():
    given = zeros("ResNet50")
    del given["conv3_block2_2_bn/moving_mean"]
    match = (
        r"no tensor 'conv3_block2_2_bn/moving_mean' \(128\); they begin with 'conv1_conv/kernel'"
    )
    wrong("ResNet50", given, match)
    wrong("ResNet50", {}, r"no tensor 'conv1_conv/kernel' \(7x7x3x64\); there are none")


def test_a_missing_layer_among_numbered_ones():
    given = zeros("InceptionV3")
    layers = list(dict.fromkeys(path.split("/")[0] for path in given))
    convolutions = [layer for layer in layers if layer.startswith("conv2d")]
    del given[f"{convolutions[40]}/kernel"]
    wrong(
        "InceptionV3",
        given,
        rf"94 layers conv2d .* and 93 are given: there is no '{convolutions[40]}'",
    )
    wrong("InceptionV3", {"predictions/bias": torch.zeros(5)}, "there is no")


def test_an_extra_tensor():
    given = zeros("ResNet50") | {"dense_7/kernel": torch.zeros(5, 2)}
    wrong("ResNet50", given, r"'dense_7/kernel' \(5x2\) is a tensor that it has no place for")
    given = zeros("InceptionV3")
    number = 1 + max(int(p.split("/")[0].split("_")[1]) for p in given if p.startswith("conv2d_"))
    given[f"conv2d_{number}/kernel"] = torch.zeros(1, 1, 3, 3)
    wrong("InceptionV3", given, rf"'conv2d_{number}/kernel' \(1x1x3x3\) is a tensor")


def test_a_gamma_where_keras_has_none():
    given = zeros("InceptionV3")
    given["batch_normalization/gamma"] = torch.ones(32)
    wrong("InceptionV3", given, r"'batch_normalization/gamma' \(32\) is a tensor")


def test_a_misshapen_tensor():
    given = zeros("ResNet50")
    given["conv1_conv/kernel"] = torch.zeros(64, 3, 7, 7)
    wrong("ResNet50", given, r"'conv1_conv/kernel' is 64x3x7x7, not 7x7x3x64")


@pytest.mark.parametrize(
    "tensor, match",
    [
        (torch.full((64,), torch.nan), "NaN or infinite"),
        (torch.zeros(64, dtype=torch.int8), "holds int8 numbers"),
        (torch.zeros(64, device="meta"), "no values"),
    ],
    ids=["nan", "int8", "meta"],
)
def test_no_finite_numbers(tensor, match):
    wrong("ResNet50", zeros("ResNet50") | {"conv1_bn/beta": tensor}, f"'conv1_bn/beta' .*{match}")


def test_no_array_of_numbers():
    wrong("ResNet50", {"conv1_conv/kernel": "text"}, "'conv1_conv/kernel' is a str, not an array")
    wrong("ResNet50", {"conv1_conv/kernel": None}, "'conv1_conv/kernel' is None, not an")
    wrong("ResNet50", {3: torch.zeros(1)}, "Keras's paths, such as 'fc1/kernel', not by 3")


def test_a_name_that_is_no_path():
    wrong("ResNet50", {"kernel": torch.zeros(1)}, r"'kernel' is no path of a Keras weight.*w\.path")
    given = {"a/conv1_conv/bias": torch.zeros(64), "b/conv1_conv/bias": torch.zeros(64)}
    wrong("ResNet50", given, "two tensors are called 'conv1_conv/bias'")


def test_another_network_s_tensors_are_known():
    """The file's name may lie, or the alpha be forgotten."""
    wrong("VGG19", zeros_of("VGG16"), r"Its tensors are those of Keras's VGG16$", input=224)
    given = zeros("mobilenet_0.25_128")
    wrong(
        "MobileNet", given, r"Keras's MobileNet with an alpha of 0\.25, .* mobilenet_0\.25_224 for"
    )
    wrong("ResNet50V2", zeros("ResNet50"), r"Its tensors are those of Keras's ResNet50$")


def zeros_of(name):
    """A layout with fc1 as it is for 224x224 pictures; nothing is held."""
    given = zeros(name)
    given["fc1/kernel"] = torch.zeros(1).expand(25088, 4096)
    return given
