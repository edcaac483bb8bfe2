"""`papernets convert --from keras` as it is typed, on files written as Keras writes them."""

import json

import numpy as np
import pytest
import torch
from keras_weights import drawn, fingerprints, write_h5
from PIL import Image

from papernets import create_model, data, load_bundle
from papernets.cli import main

pytest.importorskip("h5py", reason="pip install h5py, or make test")

STORED = fingerprints()["networks"]


@pytest.fixture(scope="module")
def mobilenet(tmp_path_factory):
    return write_h5(tmp_path_factory.mktemp("keras") / "m.weights.h5", "mobilenet_0.25_128")


def typed(*words):
    return main(["convert", *map(str, words), "--from", "keras"])


def test_a_bundle_of_keras_s_weights(mobilenet, tmp_path, capsys):
    """The bundle gives Keras's logits, and its preprocessing Keras's inputs, -1 to 1."""
    out = tmp_path / "bundle"
    assert typed(mobilenet, "--net", "mobilenet_0.25_128", "--out", out, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["network"], said["classes"]) == ("mobilenet_v1_keras", 5)
    model = create_model(out).eval()
    x = np.random.Generator(np.random.PCG64(0)).standard_normal((1, 3, 128, 128))
    with torch.no_grad():
        got = model(torch.from_numpy(x).float()).numpy()
    expected = np.array(STORED["mobilenet_0.25_128"]["logits"])
    assert abs(got - expected).max() < 1e-5 * abs(expected).max()
    prepared = data.Preprocessing.from_dict(load_bundle(out).info.preprocessing)
    assert prepared.picture == (146, 146) and (prepared.height, prepared.width) == (128, 128)
    pictures = torch.tensor([0, 51, 255], dtype=torch.uint8)[None, :, None, None]
    seen = prepared(pictures.expand(1, 3, 146, 146))
    assert seen[0, :, 64, 64].tolist() == pytest.approx([-1, -0.6, 1])


def test_the_printed_networks_name_means_kerass_form_of_it(mobilenet, tmp_path, capsys):
    one, other = tmp_path / "one", tmp_path / "other"
    assert typed(mobilenet, "--net", "mobilenet_v1_0.25_128", "--out", one, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["network"] == "mobilenet_v1_keras"
    assert said["notes"][0].startswith("taken as keras's form of mobilenet_v1_0.25_128, which is ")
    assert typed(mobilenet, "--net", "mobilenet_0.25_128", "--out", other) == 0
    ours, theirs = (create_model(folder).state_dict() for folder in (one, other))
    assert all(torch.equal(ours[key], theirs[key]) for key in {**ours, **theirs})


def test_a_photograph_in_blue_green_red(tmp_path, capsys):
    """ResNet50: x[..., ::-1] - [103.939, 116.779, 123.68], as Keras's mode='caffe' has it."""
    out = tmp_path / "bundle"
    file = write_h5(tmp_path / "r.weights.h5", "ResNet50")
    assert typed(file, "--net", "ResNet50", "--out", out) == 0
    prepared = data.Preprocessing.from_dict(load_bundle(out).info.preprocessing)
    pictures = torch.tensor([200, 100, 50], dtype=torch.uint8)[None, :, None, None]
    seen = prepared(pictures.expand(1, 3, *prepared.picture))
    expected = np.array([50, 100, 200]) - [103.939, 116.779, 123.68]
    assert seen[0, :, 100, 100].tolist() == pytest.approx(list(expected), abs=1e-3)
    Image.new("RGB", (300, 260), (200, 100, 50)).save(tmp_path / "p.png")
    capsys.readouterr()
    assert main(["predict", str(out), str(tmp_path / "p.png"), "--json"]) == 0
    (predicted,) = json.loads(capsys.readouterr().out)
    with torch.no_grad():
        logits = create_model(out).eval()(seen)
    assert predicted["label"] == str(int(logits.argmax()))


@pytest.mark.slow
def test_numbered_layers_in_any_order(tmp_path, capsys):
    file = write_h5(tmp_path / "i.weights.h5", "InceptionV3")
    assert typed(file, "--net", "InceptionV3", "--out", tmp_path / "bundle") == 0
    given = {path: drawn(path, shape) for path, shape in STORED["InceptionV3"]["weights"]}
    first = next(path for path in given if path.startswith("conv2d"))
    model = create_model(tmp_path / "bundle")
    kernel = np.float32(given[first]).transpose(3, 2, 0, 1)
    assert np.array_equal(model.state_dict()["conv_1a.conv.weight"].numpy(), kernel)


def test_a_body_needs_a_number_of_classes(tmp_path, capsys):
    file = write_h5(tmp_path / "m.weights.h5", "mobilenet_0.25_128", top=False)
    words = (file, "--net", "mobilenet_0.25_128", "--out", tmp_path / "bundle")
    assert typed(*words) != 0
    assert "no classifier" in capsys.readouterr().err
    assert not (tmp_path / "bundle").exists()
    assert typed(*words, "--classes", 2) == 0
    assert "fc.weight, fc.bias" in capsys.readouterr().out
    assert create_model(tmp_path / "bundle").net.classes == 2


def test_what_does_not_fit_leaves_nothing(mobilenet, tmp_path, capsys):
    out = tmp_path / "bundle"
    assert typed(mobilenet, "--net", "MobileNet", "--out", out) != 0
    said = " ".join(capsys.readouterr().err.split())
    assert "'conv1/kernel' is 3x3x3x8, not 3x3x3x32" in said
    assert "Its tensors are those of Keras's MobileNet with an alpha of 0.25, which are" in said
    assert "mobilenet_0.25_224 for pictures of 224 pixels, and likewise for 128, 160" in said
    cut = tmp_path / "cut.h5"
    cut.write_bytes(mobilenet.read_bytes()[:100_000])
    assert typed(cut, "--net", "MobileNet", "--out", out) != 0
    assert "not a whole file of Keras's weights" in " ".join(capsys.readouterr().err.split())
    assert typed(mobilenet, "--net", "MobileNetV9", "--out", out) == 2
    assert "Did you mean 'MobileNet'" in " ".join(capsys.readouterr().err.split())
    assert not out.exists()


def test_keras_s_file_is_not_taken_for_another_s(mobilenet, tmp_path, capsys):
    words = ["convert", str(mobilenet), "--net", "resnet18", "--out", str(tmp_path / "b")]
    assert main([*words, "--from", "torchvision"]) == 2
    assert "give --from keras" in " ".join(capsys.readouterr().err.split())
