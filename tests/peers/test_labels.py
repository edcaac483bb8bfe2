"""The names of a conversion's classes: ImageNet's for a peer's classifier, and whose they are not."""

import json
from pathlib import Path

import peer_layouts as layouts
import pytest
from fingerprints import drawn
from safetensors.torch import save_file

from papernets import load_bundle
from papernets.cli import main
from papernets.data.imagenet import imagenet_names

NUMBERS = tuple(map(str, range(1000)))
PEER = ("--net", "mobilenetv1_100", "--from", "timm")


def written(folder, classes):
    state = {key: drawn(key, shape) for key, shape in layouts.mobilenet_timm(classes=classes)}
    path = folder / f"mobilenet-{classes}.safetensors"
    save_file({k: v.float() if v.is_floating_point() else v for k, v in state.items()}, path)
    return path


@pytest.fixture(scope="module")
def thousand(tmp_path_factory):
    return written(tmp_path_factory.mktemp("thousand"), 1000)


def classes_of(file, folder, *words):
    assert main(["convert", str(file), *map(str, words), "--out", str(folder), "--quiet"]) == 0
    return load_bundle(folder).info.classes


def test_a_peers_thousand_classes_are_imagenets(thousand, tmp_path, capsys):
    out = tmp_path / "bundle"
    assert main(["convert", str(thousand), *PEER, "--out", str(out), "--json"]) == 0
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert any("named as ImageNet's, in the order of timm's weights" in note for note in notes)
    classes = load_bundle(out).info.classes
    assert classes == imagenet_names() and classes[207] == "golden retriever"


def test_with_a_background_it_comes_first(tmp_path):
    classes = classes_of(written(tmp_path, 1001), tmp_path / "bundle", *PEER)
    assert classes[:2] == ("background", "tench")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((*PEER, "--labels", "numbers"), NUMBERS),
        ((*PEER, "--labels", "ImageNet"), imagenet_names()),
        ((*PEER, "--classes", "1000"), imagenet_names()),
        ((*PEER, "--classes", "2"), ("0", "1")),
        (("--net", "mobilenet_v1_timm"), NUMBERS),  # auto: nobody knows whose classes they are
        (("--net", "mobilenet_v1_timm", "--labels", "imagenet"), imagenet_names()),
    ],
)
def test_whose_names_they_are(thousand, tmp_path, words, expected):
    assert classes_of(thousand, tmp_path / "bundle", *words) == expected


def test_a_classifier_that_was_drawn_has_numbers(tmp_path):
    file = written(tmp_path, 10)
    assert classes_of(file, tmp_path / "drawn", *PEER, "--classes", "1000") == NUMBERS
    assert classes_of(file, tmp_path / "ten", *PEER) == NUMBERS[:10]


def test_imagenets_names_for_another_number_of_classes(tmp_path, capsys):
    file, out = written(tmp_path, 10), tmp_path / "bundle"
    words = ["convert", str(file), *PEER, "--labels", "imagenet", "--out", str(out)]
    assert main(words) == 1
    assert "the network has 10" in capsys.readouterr().err and not Path(out).exists()


def test_a_file_of_names_is_stronger(thousand, tmp_path):
    names = [f"thing {number}" for number in range(1000)]
    labels = tmp_path / "labels.txt"
    labels.write_text("\n".join(names), encoding="utf-8")
    assert classes_of(thousand, tmp_path / "bundle", *PEER, "--labels", labels) == tuple(names)
