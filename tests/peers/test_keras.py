"""Our networks with Keras's weights give Keras's outputs: Keras itself is asked, on torch.

Skipped where Keras is not installed: `pip install '.[keras]'`, or `make check`.
"""

import gc
import json
import os

import numpy as np
import pytest
import torch
from keras_weights import FINGERPRINTS, drawn, fingerprints, picture

from papernets import from_peer
from papernets.nets.registry import net
from papernets.peers.h5 import read_keras
from papernets.peers.keras import KNOWN, translate
from papernets.run.network import build

pytestmark = [
    pytest.mark.slow,
    # numpy 2.4 says so of Keras 3.15's own reading of its variables
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword"),
]
CLASSES = 13
FUNCTIONS = [name for name in KNOWN if not name.startswith("mobilenet_")]
MOBILENETS = [name for name in KNOWN if name.startswith("mobilenet_")]


@pytest.fixture(scope="module")
def keras(tmp_path_factory):
    """Keras on the torch backend, with a folder of its own for its settings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        patch.setenv("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))
        module = pytest.importorskip("keras")
        assert module.backend.backend() == "torch"
        yield module


@pytest.fixture(autouse=True)
def forget(keras):
    """Keras's counters start anew, and the networks' memory is given back."""
    yield
    keras.backend.clear_session()
    gc.collect()


def make(keras, name, classes=CLASSES, **options):
    """The network of keras.applications that goes by this name, giving logits, weights drawn."""
    known = KNOWN[name]
    if options.get("include_top", True):
        options |= {"classes": classes, "classifier_activation": None}
    if name.startswith("mobilenet_"):
        side = known.options["input"]
        options = {"alpha": known.options["width"], "input_shape": (side, side, 3)} | options
        name = "MobileNet"
    model = getattr(keras.applications, name)(weights=None, **options)
    draw(model)
    return model


def draw(model, seed=0):
    """All weights at random: moving averages and gammas are not what they are at the beginning."""
    random = np.random.default_rng(seed)
    for weight in model.weights:
        role = weight.path.split("/")[-1]
        x = random.standard_normal(weight.shape, dtype=np.float32)
        if role == "moving_variance":
            x = 1 + 0.1 * abs(x)
        elif role in ("moving_mean", "beta", "bias"):
            x = 0.1 * x
        elif role == "gamma":
            x = 1 + 0.1 * x
        else:
            size = weight.shape[:2] if "conv_dw" in weight.path else weight.shape[:-1]
            x = x * np.float32(np.sqrt(2 / np.prod(size)))
        weight.assign(x)


def ours(name, tensors):
    """Our network with these tensors of Keras's, in evaluation."""
    return from_peer("keras", name, tensors).eval()


def by_path(model):
    return {weight.path: weight for weight in model.weights}


@torch.no_grad()
def difference(ours, theirs):
    """The largest difference of outputs, as a part of the largest logit."""
    x = picture((1, *ours.net.input)).astype(np.float32)
    expected = theirs(np.ascontiguousarray(x.transpose(0, 2, 3, 1)), training=False).detach()
    assert expected.std() > 0.01 * expected.abs().max()  # not one number for all classes
    return float((ours(torch.from_numpy(x)) - expected).abs().max() / expected.abs().max())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_network_of_keras_gives_the_same_logits(keras, name):
    theirs = make(keras, name)
    assert difference(ours(name, by_path(theirs)), theirs) < 1e-5


@pytest.mark.parametrize("name", MOBILENETS)
def test_every_width_and_size_of_mobilenet(keras, name):
    theirs = make(keras, name)
    assert theirs.name == name  # Keras calls its models so
    assert difference(ours(name, by_path(theirs)), theirs) < 1e-5


@pytest.mark.parametrize("name", ["InceptionV3", "InceptionResNetV2"])
def test_numbers_of_layers_may_begin_anywhere(keras, name):
    """Keras counts on through a process: a second network's first convolution is conv2d_94."""
    make(keras, "InceptionV3")
    theirs = make(keras, name)
    assert "conv2d_94/kernel" in by_path(theirs)
    assert difference(ours(name, by_path(theirs)), theirs) < 1e-5


FILES = ("x.weights.h5", "x.keras", "x.h5")


@pytest.mark.parametrize("name", ["InceptionV3", "ResNet50", "mobilenet_0.50_128", "VGG16"])
def test_files_that_keras_writes(keras, name, tmp_path):
    """model.layers is sorted by depth, so files have the layers in another order than the code."""
    keras.layers.Conv2D(1, 1)  # the next one is conv2d_1
    theirs = make(keras, name)
    theirs.save_weights(tmp_path / "x.weights.h5")
    theirs.save(tmp_path / "x.keras")
    theirs.save(tmp_path / "x.h5")  # the whole model in the legacy layout
    direct = {path: weight.numpy() for path, weight in by_path(theirs).items()}
    for file in FILES:
        read = read_keras(tmp_path / file)
        assert {path: tuple(t.shape) for path, t in read.items()} == {
            path: value.shape for path, value in direct.items()
        }
        assert all(np.array_equal(read[path], value) for path, value in direct.items()), file
        (tmp_path / file).unlink()
    assert difference(ours(name, read), theirs) < 1e-5


@pytest.mark.parametrize("name", ["InceptionV3", "ResNet50"])
def test_a_trained_model_with_its_optimiser(keras, name, tmp_path):
    """The optimiser's own numbers, moments of every weight among them, are left alone."""
    theirs = make(keras, name, classes=3)
    theirs.compile(keras.optimizers.SGD(0.001, momentum=0.9), "mse")
    x = picture((2, *theirs.input_shape[1:])).astype(np.float32)
    theirs.train_on_batch(x, np.zeros((2, 3), np.float32))
    theirs.save(tmp_path / "x.keras")
    theirs.save(tmp_path / "x.h5")
    for file in ("x.keras", "x.h5"):
        model = ours(name, read_keras(tmp_path / file))
        assert difference(model, theirs) < 1e-5


@pytest.mark.parametrize("name", ["InceptionV3", "mobilenet_0.25_128", "VGG16", "ResNet50V2"])
def test_a_body_without_a_top(keras, name, tmp_path):
    """include_top=False: what comes before the classifier is the same, and nothing else is given.

    Ours is asked for the last row that Keras's body has.
    """
    theirs = make(keras, name, include_top=False)
    theirs.save_weights(tmp_path / "x.weights.h5")
    known = KNOWN[name]
    spec = net(known.net, **known.options)
    found = translate(known, spec, read_keras(tmp_path / "x.weights.h5"))
    model = build(spec).eval()
    missing, unexpected = model.load_state_dict(found, strict=False)
    heads = {"VGG16": ("fc6.linear", "fc7.linear", "fc8")}.get(name, ("fc",))
    assert missing == [f"{head}.{part}" for head in heads for part in ("weight", "bias")]
    assert not unexpected
    last = {"InceptionV3": "mixed_7c", "VGG16": "pool5", "ResNet50V2": "bn_last"}.get(name, "pw13")
    x = picture((1, *spec.input)).astype(np.float32)
    with torch.no_grad():
        got = model.features(torch.from_numpy(x), last)[last]
        expected = theirs(np.ascontiguousarray(x.transpose(0, 2, 3, 1)), training=False).detach()
    expected = expected.permute(0, 3, 1, 2)
    assert got.shape == expected.shape
    assert (got - expected).abs().max() < 1e-5 * expected.abs().max()


def test_a_model_in_a_model(keras, tmp_path):
    """A body in a user's own model: its layers keep their names."""
    base = make(keras, "ResNet50", include_top=False, pooling="avg")
    theirs = keras.Sequential([base, keras.layers.Dense(CLASSES, name="predictions")])
    draw(theirs)
    theirs.save_weights(tmp_path / "x.weights.h5")
    theirs.save(tmp_path / "x.keras")
    theirs.save(tmp_path / "x.h5")
    for file in FILES:
        model = ours("ResNet50", read_keras(tmp_path / file))
        assert difference(model, theirs) < 1e-5


@pytest.mark.parametrize("mode, name", [("caffe", "VGG16"), ("tf", "InceptionV3")])
def test_inputs_are_those_of_preprocess_input(keras, mode, name):
    """0 and 255 in each channel become what Keras makes of them, in Keras's order of channels."""
    inputs = KNOWN[name].inputs
    module = {"VGG16": keras.applications.vgg16, "InceptionV3": keras.applications.inception_v3}
    for value, ends in ((0, inputs.low), (255, inputs.high)):
        seen = module[name].preprocess_input(np.full((1, 1, 1, 3), value, np.float64))
        assert seen.ravel() == pytest.approx(ends, abs=1e-9)
    red = np.zeros((1, 1, 1, 3))
    red[..., 0] = 255
    where = int(np.argmax(module[name].preprocess_input(red.copy()).ravel() - inputs.low))
    assert inputs.order[where] == "r"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_network_prepares_its_inputs_as_its_module_does(keras, name):
    """The mode that each file of keras.applications gives to preprocess_input."""
    module = {
        "VGG16": "vgg16",
        "VGG19": "vgg19",
        "InceptionV3": "inception_v3",
        "InceptionResNetV2": "inception_resnet_v2",
        "MobileNet": "mobilenet",
    }.get(name, "resnet_v2" if name.endswith("V2") else "resnet")
    white = np.full((1, 1, 1, 3), 255.0)
    seen = getattr(keras.applications, module).preprocess_input(white)
    assert seen.ravel() == pytest.approx(KNOWN[name].inputs.high, abs=1e-5)


# input (height, width) small, so that the quick tests have them too
SMALL = {"VGG16": 64, "ResNet50": 32, "InceptionV3": 75, "mobilenet_0.25_128": 128}


def test_the_fingerprints_are_keras_s(keras):
    """What the quick tests hold our networks against is what this Keras gives."""
    found = {"keras": keras.__version__, "networks": {}}
    for name, side in SMALL.items():
        keras.backend.clear_session()
        theirs = make(keras, name, classes=5, input_shape=(side, side, 3))
        for weight in theirs.weights:
            weight.assign(drawn(weight.path, weight.shape).astype(np.float32))
        x = picture((1, 3, side, side)).astype(np.float32)
        logits = theirs(np.ascontiguousarray(x.transpose(0, 2, 3, 1)), training=False)
        found["networks"][name] = {
            "input": [1, 3, side, side],
            "weights": [[w.path, list(w.shape)] for w in theirs.weights],
            "logits": logits.detach().numpy().tolist(),
        }
    if os.environ.get("PAPERNETS_UPDATE_GOLDEN"):
        FINGERPRINTS.write_text(written(found), encoding="utf-8")
    stored = fingerprints()
    for name, network in found["networks"].items():
        assert stored["networks"][name]["weights"] == network["weights"]
        logits = np.array(network["logits"])
        difference = abs(np.array(stored["networks"][name]["logits"]) - logits)
        assert difference.max() < 1e-5 * abs(logits).max()


def written(found):
    """JSON with a weight a line."""
    blocks = []
    for name, network in found["networks"].items():
        weights = ",\n".join(map(json.dumps, network["weights"]))
        rest = f'"input": {network["input"]},\n"logits": {network["logits"]}'
        blocks.append(f'"{name}": {{{rest},\n"weights": [\n{weights}\n]}}')
    networks = ",\n".join(blocks)
    return f'{{"keras": "{found["keras"]}", "networks": {{\n{networks}\n}}}}\n'
