"""Training that begins with a bundle's weights."""

import json
import shutil

import pytest
import torch
from safetensors.torch import load_file
from small_photos import OWN, after, folder, run_of
from small_runs import do, left_by

from papernets.bundle.find import SHIPPED
from papernets.bundle.weights import renamed
from papernets.cli import main
from papernets.nets import look_up
from papernets.rewrite import classifier_tensors
from papernets.run.network import build
from papernets.train import outcome
from papernets.train.events import Started
from papernets.train.pretrained import load_pretrained
from papernets.train.settings import resolve

STILL = {"epochs": 1, "learning_rate": 1e-30}  # a step that changes no float32


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch):
    monkeypatch.setattr(outcome, "draw", lambda *_: None)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """own.py, two/ with its trained run, and three/ with another class."""
    root = tmp_path_factory.mktemp("begin")
    (root / "own.py").write_text(OWN)
    folder(root / "two", {"train": 20, "val": 9})
    folder(root / "three", {"train": 20, "val": 9})
    for part in ("train", "val"):
        shutil.copytree(root / "three" / part / "red", root / "three" / part / "violet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcome, "draw", lambda *_: None)
        do(run_of(root, "two"), root / "run")
    return root


def begun(home, kind, out, **settings):
    events = do(run_of(home, kind, weights=str(home / "run"), **{**STILL, **settings}), out)
    (started,) = (event for event in events if isinstance(event, Started))
    described = json.loads((out / "best" / "bundle.json").read_text())
    return load_file(out / "best" / "weights.safetensors"), described, started


def learnt(tensors):
    return {k: v for k, v in tensors.items() if k.endswith(("weight", "bias"))}


def test_the_same_classes_keep_every_weight(home, tmp_path):
    before = load_file(home / "run" / "best" / "weights.safetensors")
    found, described, started = begun(home, "two", tmp_path / "run")
    torch.testing.assert_close(learnt(found), learnt(before), rtol=0, atol=0)
    assert started.drawn == () and described["run"]["weights"] == "run"  # no path of this machine


def test_other_classes_draw_the_classifier_and_each_head_anew(home, tmp_path):
    before = load_file(home / "run" / "best" / "weights.safetensors")
    found, described, started = begun(home, "three", tmp_path / "run")
    heads = {"out.weight", "out.bias", "head.out.weight", "head.out.bias"}
    assert set(started.drawn) == heads and found["out.weight"].shape[0] == 3
    body = {k: v for k, v in learnt(found).items() if k not in heads}
    assert body.keys() == learnt(before).keys() - heads
    torch.testing.assert_close(body, {k: before[k] for k in body}, rtol=0, atol=0)
    assert described["classes"][-1] == "violet"


def test_as_many_classes_of_other_names_are_other_classes(home, tmp_path):
    shutil.copytree(home / "two", tmp_path / "renamed")
    for part in ("train", "val"):
        place = tmp_path / "renamed" / part
        (place / "red").rename(place / "scarlet")
    run = run_of(home, weights=str(home / "run"), data=str(tmp_path / "renamed"), **STILL)
    (started,) = (e for e in do(run, tmp_path / "run") if isinstance(e, Started))
    assert "out.weight" in started.drawn


def test_pixels_are_scaled_as_the_weights_are_used_to(home, tmp_path):
    before = json.loads((home / "run" / "best" / "bundle.json").read_text())["preprocessing"]
    _, described, _ = begun(home, "three", tmp_path / "run")
    again = described["preprocessing"]
    assert (again["low"], again["high"]) == (before["low"], before["high"])
    _, own, _ = begun(home, "three", tmp_path / "own", standardise=False, low=0.0, high=1.0)
    assert (own["preprocessing"]["low"], own["preprocessing"]["high"]) == ([0.0], [1.0])


def test_a_run_goes_on_when_the_bundle_is_gone(home, tmp_path):
    shutil.copytree(home / "run" / "best", tmp_path / "bundle")
    run = run_of(home, "three", weights=str(tmp_path / "bundle"))
    do(run, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        do(run, tmp_path / "stopped", until=after(1))
    shutil.rmtree(tmp_path / "bundle")
    do(None, tmp_path / "stopped", resume=True)
    assert left_by(tmp_path / "stopped") == left_by(tmp_path / "whole")


def test_another_body_is_refused(home, tmp_path):
    other = OWN.replace("Conv(8", "Conv(6")
    (tmp_path / "own.py").write_text(other)
    run = run_of(home, "two", net=f"{tmp_path}/own.py:make", weights=str(home / "run"))
    with pytest.raises(ValueError, match=r"best does not fit: 'conv1.conv.weight' is 8x3x3x3, the"):
        do(run, tmp_path / "run")
    assert not (tmp_path / "run").exists()  # nothing is left of a run that could not begin


def test_the_network_and_its_options_are_the_bundles():
    run = resolve("", {"weights": "lenet5"})
    assert (run.recipe.net, run.recipe.input, run.recipe.channels) == ("lenet5", (32, 32), 1)
    with pytest.raises(ValueError, match="a trained lenet5, not lenet4: papernets train lenet5 --"):
        resolve("lenet4", {"weights": "lenet5"})
    with pytest.raises(ValueError, match="is a committee: training begins with the weights of one"):
        resolve("", {"weights": "boosted_lenet4"})
    with pytest.raises(ValueError, match="is a trained lenet4, not boosted_lenet4"):
        resolve("boosted_lenet4", {"weights": "lenet4"})
    with pytest.raises(FileNotFoundError, match="alexnet does not come trained"):
        resolve("", {"weights": "alexnet"})


@pytest.mark.parametrize("name", ["lenet5", "googlenet", "vgg16", "mobilenet_v1", "resnet20"])
def test_heads_are_what_classes_give_a_shape(name):
    rows = {
        "lenet5": {"output"},
        "googlenet": {"fc", "aux1.fc2", "aux2.fc2"},
        "vgg16": {"fc8"},
        "mobilenet_v1": {"fc"},
        "resnet20": {"fc"},
    }
    assert {key.rpartition(".")[0] for key in classifier_tensors(look_up(name).net)} == rows[name]


@pytest.mark.parametrize("name", ["lenet1", "lenet4", "lenet5"])
def test_bundles_under_earlier_names_take_other_classes(name):
    """Those that come with the package have the names of November 2026: out.bias, say."""
    run = resolve("", {"weights": name})
    before = load_file(SHIPPED / name / "weights.safetensors")
    net = run.network(4).net
    found = build(net)
    left_out = load_pretrained(found, run, ("a", "b", "c", "d"))
    assert set(left_out) == set(classifier_tensors(net))
    own = found.state_dict()
    kept = {k: v for k, v in renamed(before, net).items() if k not in left_out}
    assert len(kept) == len(own) - len(left_out)
    torch.testing.assert_close({k: own[k] for k in kept}, kept, rtol=0, atol=0)


def test_the_command_says_what_it_begins_with(capsys, tmp_path):
    words = ["train", "--weights", "lenet5", "--data", "digits", "--epochs", "1"]
    assert main([*words, "--out", str(tmp_path / "run")]) == 0
    assert "begins with the weights of lenet5" in capsys.readouterr().err
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert result["test_error"] < 0.1  # MNIST's digits, of other writers
    assert main(["train", "--weights", "nowhere/at/all", "--data", "digits"]) == 2
    assert "no bundle 'nowhere/at/all'" in capsys.readouterr().err
