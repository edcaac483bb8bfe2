"""The names of a conversion's classes: ImageNet's for a peer's classifier, else numbers."""

import json
from types import SimpleNamespace

import peer_layouts as layouts
import pytest
from fingerprints import drawn
from safetensors.torch import save_file

from papernets import load_bundle, net
from papernets.cli import main
from papernets.data.imagenet import imagenet_names
from papernets.peers import Conversion, find_peer
from papernets.peers.labels import class_names

KNOWN = find_peer("timm", "inception_v3")
HEAD = ("fc.weight", "fc.bias")


def converted(classes=1000, known=KNOWN, left_out=()):
    """A conversion as far as its classes' names go by it."""
    own = SimpleNamespace(net=net("inception_v3_torchvision", classes))
    return Conversion(own, own.net.name, {}, known, left_out=left_out)


def numbers(count):
    return tuple(map(str, range(count)))


def test_a_peers_thousand_classes_are_imagenets(tmp_path, capsys):
    layout = layouts.mobilenet_timm(classes=1000)
    state = {key: drawn(key, shape) for key, shape in layout}
    file, out = tmp_path / "m.safetensors", tmp_path / "bundle"
    save_file({k: v.float() if v.is_floating_point() else v for k, v in state.items()}, file)
    words = ["convert", str(file), "--net", "mobilenet_v1_timm", "--from", "timm"]
    assert main([*words, "--out", str(out), "--json"]) == 0
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert any("have ImageNet's names, in the order of timm's weights" in note for note in notes)
    classes = load_bundle(out).info.classes
    assert classes == imagenet_names() and classes[207] == "golden retriever"


@pytest.mark.parametrize(
    ("found", "labels", "expected"),
    [
        (converted(), "", imagenet_names()),
        (converted(1001), "", ("background", *imagenet_names())),
        (converted(), "numbers", numbers(1000)),
        (converted(), "ImageNet", imagenet_names()),
        (converted(10), "", numbers(10)),
        (converted(known=None), "", numbers(1000)),  # auto: nobody knows whose classes they are
        (converted(known=None), "imagenet", imagenet_names()),
        (converted(left_out=HEAD), "", numbers(1000)),  # a classifier that was drawn
        (converted(left_out=("aux.fc.weight", "aux.fc.bias")), "", imagenet_names()),
        (converted(left_out=("total_ops",)), "", imagenet_names()),
    ],
)
def test_whose_names_they_are(found, labels, expected):
    names, notes = class_names(found, labels)
    assert names == expected
    drawn_anew = HEAD[0] in found.left_out
    assert len(notes) == (not labels and not drawn_anew)
    if notes and expected == numbers(len(expected)):
        assert notes[0].endswith("numbers from 0; --labels FILE names them, one name per line")


def test_ten_digits_are_called_by_number_without_a_note():
    own = SimpleNamespace(net=net("lenet5"))
    found = Conversion(own, "lenet5", {}, None)
    assert class_names(found) == (numbers(10), ())
    other = Conversion(SimpleNamespace(net=net("lenet5", 12)), "lenet5", {}, None)
    assert "names the 12 classes" in class_names(other)[1][0]


def test_imagenets_names_for_another_number_of_classes():
    with pytest.raises(ValueError, match="the network has 10"):
        class_names(converted(10), "imagenet")


def test_a_file_of_names_is_stronger(tmp_path):
    names = tuple(f"thing {number}" for number in range(1000))
    labels = tmp_path / "labels.txt"
    labels.write_text("\n".join(names), encoding="utf-8")
    assert class_names(converted(), str(labels)) == (names, ())


def test_names_that_are_the_same_in_the_composed_form_are_told_apart(tmp_path):
    from papernets.peers.labels import labels_in

    labels = tmp_path / "labels.txt"
    labels.write_text("e\u0301\n\u00e9\nb\n", encoding="utf-8")
    names, notes = labels_in(labels, 3)
    assert names == ("e\u0301 (0)", "\u00e9 (1)", "b") and len(notes) == 2
