"""`papernets convert` as it is typed: bundles that the other verbs use, and clear refusals."""

from __future__ import annotations

import errno
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cifar_resnets as public
import numpy as np
import peer_layouts as layouts
import pytest
import torch
from fingerprints import drawn
from PIL import Image
from safetensors.torch import load_file, save_file

from papernets import create_model, data, load_bundle, net
from papernets.bundle.save import save_bundle
from papernets.cli import main
from papernets.peers import find_peer
from papernets.peers.conventions import preprocessing
from papernets.peers.convert import convert as convert_tensors
from papernets.peers.read import read_weights
from papernets.peers.recognise import theirs
from papernets.peers.save import save


@pytest.fixture(scope="module")
def mobilenet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """timm's mobilenetv1_100 with 10 classes, as a safetensors file."""
    layout = dict(layouts.mobilenet_timm(classes=10))
    state = {key: drawn(key, shape) for key, shape in layout.items()}
    path = tmp_path_factory.mktemp("weights") / "mobilenet.safetensors"
    save_file({k: v.float() if v.is_floating_point() else v for k, v in state.items()}, path)
    return path


@pytest.fixture(scope="module")
def resnet20(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """akamaster's ResNet-20, as it saves it: parallel, wrapped."""
    state = public.drawn(public.Akamaster).float().state_dict()
    path = tmp_path_factory.mktemp("weights") / "resnet20.th"
    torch.save({"state_dict": {f"module.{k}": v for k, v in state.items()}, "best": 91.7}, path)
    return path


def typed(*words: object) -> int:
    return main(["convert", *map(str, words)])


def test_a_peers_weights_become_a_bundle(
    mobilenet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "bundle"
    assert typed(mobilenet, "--net", "mobilenetv1_100", "--from", "timm", "--out", out) == 0
    said = capsys.readouterr()
    assert "mobilenet_v1_timm (timm's mobilenetv1_100): 164 tensors" in " ".join(said.out.split())
    assert f"Try next: papernets predict {out} PICTURE" in said.err
    assert sorted(os.listdir(out)) == ["bundle.json", "weights.safetensors"]
    bundle = load_bundle(out)
    assert bundle.info.classes == tuple(map(str, range(10)))
    assert bundle.info.run["converted"]["file"] == "mobilenet.safetensors"
    given, kept = load_file(mobilenet), load_file(out / "weights.safetensors")
    assert torch.equal(kept["pw13.conv.weight"], given["blocks.4.1.conv_pw.weight"])


def test_predict_and_evaluate_use_the_bundle(
    mobilenet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The scores are those of the network on the picture as the bundle says it is prepared."""
    out, labels = tmp_path / "bundle", tmp_path / "labels.txt"
    labels.write_text("ant\nbee\n", encoding="utf-8")
    photos = tmp_path / "photos"
    noise = np.random.default_rng(0).integers(0, 256, (4, 300, 400, 3), dtype=np.uint8)
    for at, values in enumerate(noise):
        folder = photos / ("ant", "bee")[at % 2]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(values).save(folder / f"{at}.png")
    words = ["--net", "mobilenetv1_100", "--from", "timm", "--classes", "2", "--labels", labels]
    assert typed(mobilenet, *words, "--out", out) == 0
    said = capsys.readouterr()
    assert "Left out, or drawn again: fc.weight, fc.bias." in said.out
    assert f"papernets train --weights {out} --data PATH" in said.err
    assert "papernets predict" not in said.err
    picture = photos / "ant" / "0.png"
    assert main(["predict", str(out), str(picture), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)[0]
    bundle = load_bundle(out)
    prepared = data.Preprocessing.from_dict(bundle.info.preprocessing)
    assert prepared.picture == (256, 256) and prepared.crop
    stored = data.fitting.load_photo(picture, 3, prepared.picture)
    with torch.no_grad():
        scores = bundle.model(prepared(stored[None])).softmax(1)[0]
    assert answer["label"] == ("ant", "bee")[int(scores.argmax())]
    assert answer["score"] == pytest.approx(float(scores.max()), abs=1e-5)
    command = ["evaluate", str(out), "--data", str(photos), "--json"]
    assert main([*command, "--out", str(tmp_path / "report")]) == 0
    assert json.loads(capsys.readouterr().out)["images"] == 4


def test_a_new_head_is_the_same_each_time(mobilenet: Path, tmp_path: Path) -> None:
    words = [mobilenet, "--net", "mobilenetv1_100", "--from", "timm", "--classes", "3", "--quiet"]
    for name in "ab":
        torch.rand(7)  # whatever was drawn before
        assert typed(*words, "--out", tmp_path / name) == 0
    first, second = (load_file(tmp_path / name / "weights.safetensors") for name in "ab")
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert first["fc.weight"].shape == (3, 1024)


def test_auto_prints_what_went_where(
    resnet20: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--net", "resnet20", "--from", "auto", "--set", "zeros=around"]
    assert typed(resnet20, *words, "--out", tmp_path / "bundle") == 0
    out, err = capsys.readouterr()
    rows = [line.split() for line in out.splitlines()]
    assert rows[0] == ["in", "the", "file", "here", "shape"]
    assert ["layer2.0.conv1.weight", "stage2_1.conv1.conv.weight", "32x16x3x3"] in rows
    assert ["linear.weight", "fc.weight", "10x64"] in rows
    assert "Note: order and shapes cannot tell strides" in " ".join(err.split())
    model = create_model(tmp_path / "bundle").eval()
    theirs = public.drawn(public.Akamaster).float()
    x = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        assert torch.allclose(model(x), theirs(x), atol=1e-4)


def test_auto_in_json(resnet20: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--net", "resnet20", "--out", tmp_path / "bundle", "--json"]
    assert typed(resnet20, *words, "--preprocessing", "0.49,0.48,0.45/0.2,0.2,0.2") == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert found["network"] == "resnet20" and found["from"] == "auto" and not err
    assert found["table"][0] == {
        "file": "conv1.weight",
        "ours": "conv1.conv.weight",
        "shape": [16, 3, 3, 3],
    }
    assert found["preprocessing"]["low"] == pytest.approx([-2.45, -2.4, -2.25])
    assert found["left_out"] == []


def test_auto_stops_at_the_first_row(
    resnet20: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(resnet20, "--net", "resnet32", "--out", tmp_path / "bundle") == 1
    out, err = capsys.readouterr()
    assert "for our stage1_4.conv1.conv.weight: 32x16x3x3 in the file, 16x16x3x3 in the n" in err
    assert out.splitlines()[-1].startswith("layer2.0.conv1.weight")
    assert os.listdir(tmp_path) == []


def test_auto_names_the_peer_whose_file_it_is(
    mobilenet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command that is said works."""
    assert typed(mobilenet, "--net", "mobilenet_v1", "--out", tmp_path / "bundle") == 1
    said = " ".join(capsys.readouterr().err.split())
    words = f"papernets convert {mobilenet} --net mobilenetv1_100 --from timm --out OUT"
    assert said.endswith(f"timm's mobilenetv1_100, which is our mobilenet_v1_timm: {words}")
    assert os.listdir(tmp_path) == []
    command = words.replace("OUT", str(tmp_path / "bundle")).split()[1:]
    assert main(command) == 0


WRONG_USE = [
    (["--net", "resnet20", "--from", "torchvison"], "unknown peer 'torchvison'. Did you mean"),
    (["--net", "resnet21", "--from", "auto"], "unknown network 'resnet21'. Did you mean"),
    (["--net", "resnet21", "--from", "timm"], "unknown network of timm, 'resnet21'. Did you mean"),
    (["--net", "resnet20", "--preprocessing", "cafe"], "Did you mean 'caffe'?"),
    (["--net", "resnet20", "--set", "zeros"], "--set zeros: give key=value"),
    (["--net", "resnet20", "--set", "zero=around"], "has no option 'zero'. Did you mean 'zeros'?"),
    (["--net", "resnet20", "--set", "zeros=up"], "zeros 'up': there is behind"),
    (["--net", "resnet18", "--from", "timm", "--set", "shortcut=B"], "--set is for --from auto"),
    (["--net", "resnet20", "--classes", "0"], "--classes 0: give 1 or more"),
    (["--net", "resnet20", "--channels", "0"], "--channels 0: give 1 or more"),
    (["--net", "resnet20", "--channels", "9" * 30], "channels must be at most 1,000,000,000"),
    (["--net", "resnet20", "--channels", "1", "--set", "channels=3"], "say different things"),
    (["--net", "resnet18", "--from", "timm", "--channels", "9" * 30], "channels must be at most"),
    (["--net", "resnet20", "--classes", "9" * 30], "classes must be at most 1,000,000,000"),
    (["--net", "resnet18", "--from", "timm", "--classes", "9" * 30], "classes must be at most"),
    (["--net", "resnet20", "--set", "classes=3"], "--set classes: classes is not an option of a"),
    (["--net", "resnet20", "--set", "classes=3"], "give --classes"),
    (["--net", "resnet20", "--set", "name=lenet5"], "the network is --net"),
    (["--net", "resnet20", "--set", "channels=0"], "channels must be a whole number of at least 1"),
    (["--net", "resnet20", "--set", "input=x"], "input must be"),
    (["--net", "alexnet", "--set", "input=8"], "the smallest input of alexnet is 67x67"),
    (["--from", "timm"], "give --net: the network whose weights these are"),
]


@pytest.mark.parametrize(("words", "said"), WRONG_USE)
def test_wrong_use(
    words: list[str], said: str, resnet20: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(resnet20, *words, "--out", tmp_path / "bundle") == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert os.listdir(tmp_path) == []


def test_unreadable_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.pth").write_text("hello, these are no weights")
    for name, said in (
        ("nowhere.pth", "no such file"),
        ("text.pth", "is not a file of weights"),
        ("", "is a folder: give the file of weights in it"),
    ):
        path = tmp_path / name
        assert typed(path, "--net", "resnet20", "--out", tmp_path / "bundle") == 1
        assert said in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["text.pth"]


class Runs:
    """What runs when it is unpickled."""

    def __init__(self, proof: Path):
        self.proof = proof

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.proof}",)


def test_a_hostile_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"state_dict": {"conv1.weight": Runs(tmp_path / "proof")}}, tmp_path / "a.pth")
    for peer in ("auto", "torchvision", "keras"):
        words = ["--net", "resnet18" if peer != "keras" else "ResNet50", "--from", peer]
        assert typed(tmp_path / "a.pth", *words, "--out", tmp_path / "bundle") == 1
        assert "asks to run posix.system" in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["a.pth"]


def test_the_wrong_network(
    mobilenet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--net", "resnet18", "--from", "torchvision", "--out", tmp_path / "bundle"]
    assert typed(mobilenet, *words) == 1
    assert "there is no tensor 'conv1.weight' (64x3x7x7" in capsys.readouterr().err
    assert os.listdir(tmp_path) == []


def test_nothing_is_written_over(
    resnet20: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "kept").write_text("mine")
    for name in ("file", "folder"):
        assert typed(resnet20, "--net", "resnet20", "--out", tmp_path / name) == 1
        assert "is there already: give a new folder as --out" in capsys.readouterr().err
    assert (tmp_path / "folder" / "kept").read_text() == "mine"
    (tmp_path / "empty").mkdir()
    assert typed(resnet20, "--net", "resnet20", "--out", tmp_path / "empty", "--quiet") == 0
    assert typed(resnet20, "--net", "resnet20", "--out", tmp_path / "new/er", "--quiet") == 0


def test_what_can_be_no_new_folder(
    resnet20: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    monkeypatch.chdir(tmp_path / "empty")
    for name, said in (
        (tmp_path / "link", "is a link: give a new folder as --out, or the one it leads to"),
        (tmp_path / "file/x", "file is a file, and"),
        (tmp_path / "file/x/y", "x/y would be inside it: give another --out"),
        ("a\0b", "cannot be the name of a new folder"),
        (".", "'.' cannot be the name of a new folder"),
    ):
        assert typed(resnet20, "--net", "resnet20", "--out", name) == 1
        assert said in " ".join(capsys.readouterr().err.split())
    assert sorted(os.listdir(tmp_path)) == ["empty", "file", "link"]


def test_folders_beside_the_bundle_are_let_be(resnet20: Path, tmp_path: Path) -> None:
    (tmp_path / ".bundle.unfinished").mkdir()
    (tmp_path / ".bundle.unfinished" / "kept").write_text("mine")
    assert typed(resnet20, "--net", "resnet20", "--out", tmp_path / "bundle", "--quiet") == 0
    assert (tmp_path / ".bundle.unfinished" / "kept").read_text() == "mine"
    assert sorted(os.listdir(tmp_path)) == [".bundle.unfinished", "bundle"]


def test_permissions_are_those_of_any_new_folder(resnet20: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    assert typed(resnet20, "--net", "resnet20", "--out", tmp_path / "bundle", "--quiet") == 0
    assert (tmp_path / "bundle").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_of_several_at_once_one_is_kept(
    resnet20: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has seen that the place is free before any of them takes it."""
    found = convert_tensors(read_weights(resnet20).tensors, "resnet20", "auto")
    prepared, _ = preprocessing((3, 32, 32), None)
    ready = threading.Barrier(4)

    def written(*given: Any) -> None:
        save_bundle(*given)
        ready.wait(60)

    def together(number: int) -> str:
        try:
            save(found, tmp_path / "bundle", "abcdefghij", prepared, {"file": str(number)})
        except FileExistsError as error:
            return str(error)
        return ""

    monkeypatch.setattr("papernets.peers.save.save_bundle", written)
    with ThreadPoolExecutor(4) as threads:
        said = list(threads.map(together, range(4)))
    winner = said.index("")
    assert ["is there already" in words for words in said] == [n != winner for n in range(4)]
    assert os.listdir(tmp_path) == ["bundle"]
    assert load_bundle(tmp_path / "bundle").info.run["converted"] == {"file": str(winner)}


def test_a_full_disk_leaves_nothing(
    resnet20: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("papernets.files.os.replace", full)
    assert typed(resnet20, "--net", "resnet20", "--out", tmp_path / "bundle", "--quiet") == 1
    assert "the disk is full" in capsys.readouterr().err
    assert os.listdir(tmp_path) == []


def test_labels(resnet20: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["plane", "car", "crane", "cat", "deer", "dog", "frog", "horse", "crane", "truck"]
    labels = tmp_path / "labels.txt"
    words = [resnet20, "--net", "resnet20", "--out", tmp_path / "bundle", "--labels", labels]
    labels.write_text("\n".join(names[:9]) + "\n", encoding="utf-8")
    assert typed(*words) == 1
    assert "has 9 lines, the network has 10 classes" in capsys.readouterr().err
    labels.write_text("\n".join([*names[:4], "", *names[5:]]), encoding="utf-8")
    assert typed(*words) == 1
    assert "line 5 is empty" in capsys.readouterr().err
    labels.write_bytes("Grün".encode("latin-1"))
    assert typed(*words) == 1
    assert "is not a text file in UTF-8" in capsys.readouterr().err
    for odd, said in (
        (tmp_path, "is a folder: give a text file of class names, one a line"),
        (Path("/dev/zero"), "/dev/zero is not a regular file: give a text file of class names"),
        (tmp_path / "pipe", "is not a regular file"),
        (tmp_path / "large", "has 20,000,000 bytes, too many for a text file of class names"),
    ):
        if odd.name == "pipe":
            os.mkfifo(odd)
        if odd.name == "large":
            odd.touch()
            os.truncate(odd, 20_000_000)
        assert typed(*words[:-1], odd) == 1
        assert said in capsys.readouterr().err
    labels.write_text("\ufeff" + "\r\n".join(names) + "\r\n\r\n", encoding="utf-8")
    assert typed(*words) == 0
    assert "has 'crane' more than once" in capsys.readouterr().err
    found = load_bundle(tmp_path / "bundle").info.classes
    assert (found[2], found[8]) == ("crane (2)", "crane (8)")
    assert (found[:2], found[9]) == (("plane", "car"), "truck")


def test_transform_input_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No state_dict records torchvision's switch: what is meant is said, and may be changed."""
    state = create_model("googlenet_torchvision", num_classes=3, aux=False).state_dict()
    known = find_peer("torchvision", "googlenet")
    names = theirs(known, net("googlenet_torchvision", 3, aux=False))
    path = tmp_path / "googlenet.pth"
    torch.save({names[key]: tensor for key, tensor in state.items()}, path)
    words = [path, "--net", "googlenet", "--from", "torchvision"]
    assert typed(*words, "--out", tmp_path / "a") == 0
    assert "want transform_input, values from -1 to 1" in " ".join(capsys.readouterr().err.split())
    info = load_bundle(tmp_path / "a").info
    assert info.options == {"aux": False} and info.preprocessing["low"] == [-1.0]
    assert typed(*words, "--out", tmp_path / "b", "--preprocessing", "torch", "--quiet") == 0
    low = load_bundle(tmp_path / "b").info.preprocessing["low"]
    assert low == pytest.approx([-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225])


def test_a_classifier_behind_dropout(
    mobilenet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sequential(Dropout(), Linear()) in the head's place, thop's counters, Lightning's prefix."""
    state = {k.replace("classifier.", "classifier.1."): v for k, v in load_file(mobilenet).items()}
    state |= {"total_ops": torch.zeros(1), "blocks.total_params": torch.zeros(1)}
    state = {f"model.{key}": tensor for key, tensor in state.items()}
    torch.save({"state_dict": {**state, "criterion.weight": torch.ones(10)}}, tmp_path / "a.ckpt")
    words = [tmp_path / "a.ckpt", "--net", "mobilenetv1_100", "--from", "timm", "--classes", "10"]
    assert typed(*words, "--out", tmp_path / "a") == 0
    out, err = (" ".join(text.split()) for text in capsys.readouterr())
    assert (
        "Left out, or drawn again: model.total_ops, model.blocks.total_params, criterion.weight."
    ) in out
    assert "no part of the network, thop's counters: model.total_ops, model.blocks.total" in err
    assert "Note: the classifier is taken from classifier.1, for classifier: what stood" in err
    assert "Try next: papernets predict" in err
    plain = tmp_path / "plain"
    assert typed(mobilenet, *words[1:], "--out", plain, "--quiet") == 0
    first, second = (load_file(tmp_path / name / "weights.safetensors") for name in ("a", "plain"))
    assert all(torch.equal(first[key], second[key]) for key in second)


def test_an_error_says_which_names_were_shortened(
    mobilenet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = {f"model.{key}": tensor for key, tensor in load_file(mobilenet).items()}
    del state["model.conv_stem.weight"]
    save_file(state, tmp_path / "a.safetensors")
    words = [tmp_path / "a.safetensors", "--net", "mobilenetv1_100", "--from", "timm"]
    assert typed(*words, "--out", tmp_path / "a") == 1
    err = " ".join(capsys.readouterr().err.split())
    assert "there is no tensor 'conv_stem.weight'" in err
    assert "Note: tensors go by shorter names: " in err


def test_weights_in_several_files(
    mobilenet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, state = tmp_path / "hub", load_file(mobilenet)
    folder.mkdir()
    index = {key: f"model-0000{1 + at % 2}-of-00002.safetensors" for at, key in enumerate(state)}
    for name in set(index.values()):
        save_file({key: state[key] for key in state if index[key] == name}, folder / name)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": index}))
    words = ["--net", "mobilenetv1_100", "--from", "timm", "--quiet", "--out"]
    assert typed(folder, *words, tmp_path / "a") == 0
    assert typed(folder / "model.safetensors.index.json", *words, tmp_path / "b") == 0
    assert typed(mobilenet, *words, tmp_path / "c") == 0
    one, two, three = (load_file(tmp_path / n / "weights.safetensors") for n in "abc")
    assert all(torch.equal(one[k], three[k]) and torch.equal(two[k], three[k]) for k in three)
    (folder / "model-00002-of-00002.safetensors").unlink()
    assert typed(folder, *words, tmp_path / "d") == 1
    assert "no such file, and model.safetensors.index.json names it" in capsys.readouterr().err


def test_other_channels(
    mobilenet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [mobilenet, "--net", "mobilenetv1_100", "--from", "timm", "--channels"]
    assert typed(*words, "1", "--out", tmp_path / "grey") == 0
    err = " ".join(capsys.readouterr().err.split())
    assert "is of 3 channels: summed over them, for 1." in err
    bundle = load_bundle(tmp_path / "grey")
    assert bundle.info.input == (1, 224, 224) and bundle.info.preprocessing["low"] == [-1.0]
    Image.new("RGB", (300, 260), (200, 100, 50)).save(tmp_path / "p.png")
    assert main(["predict", str(tmp_path / "grey"), str(tmp_path / "p.png"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["score"] > 0
    assert typed(*words, "4", "--out", tmp_path / "four") == 0
    err = " ".join(capsys.readouterr().err.split())
    assert "repeated and cut, times 3/4, for 4." in err
    assert "the network has 4 channels, pictures in files 1 or 3" in err
    assert load_bundle(tmp_path / "four").info.input == (4, 224, 224)


def test_blue_green_red_has_no_order_in_grey() -> None:
    known = find_peer("keras", "ResNet50")
    prepared, notes = preprocessing((1, 224, 224), known)
    assert "what 0 and 255 become is the mean of 3 colours', for 1 channel" in notes
    assert prepared["order"] == "rgb" and len(prepared["low"]) == 1
    assert prepared["low"][0] == pytest.approx(-(103.939 + 116.779 + 123.68) / 3)
